"""Cells: what is known of one framework under one criterion, gathered in two queries."""

from typing import Any, Literal

import pytest
from pytest_django import DjangoAssertNumQueries

from frameworks.cells import Cell, Tally, gather, kinds_behind, tally
from frameworks.dispute import spread
from frameworks.models import Claim, Criterion, Framework, Rating, Source
from tests.factories import make_claim, make_criterion, make_framework, make_rating, make_source

DJANGO, SPEED = Framework(pk=1, slug="django", name="Django"), Criterion(pk=1, slug="speed", name="Speed")


def cell(score: int | None, *readings: int | None) -> Cell:
    claims = tuple(Claim(pk=pk, reading=reading, source_id=pk % 2) for pk, reading in enumerate(readings, 1))
    rating = None if score is None else Rating(score=score)
    return Cell.of(DJANGO, SPEED, rating, claims)


# One cell


@pytest.mark.parametrize(
    "readings, apart",
    [([], None), ([None], None), ([3], 0), ([2, 4, None], 2), ([5, 1, 3], 4), ([4, 4], 0)],
)
def test_spread_is_distance_between_lowest_and_highest_reading(
    readings: list[int | None], apart: int | None
) -> None:
    assert spread(readings) == apart
    assert tally(Claim(reading=reading) for reading in readings).spread == apart


@pytest.mark.parametrize(
    "found, state, score, steps",
    [
        (cell(4, 4), "rated", 4, [True, True, True, True, False]),
        (cell(1, 1), "rated", 1, [True, False, False, False, False]),
        (cell(None, 4), "evidence", None, [False] * 5),
        (cell(None), "silent", None, [False] * 5),
    ],
)
def test_cell_state_is_rated_evidence_or_silent(
    found: Cell, state: Literal["rated", "evidence", "silent"], score: int | None, steps: list[bool]
) -> None:
    assert (found.state, found.score, found.steps) == (state, score, steps)


@pytest.mark.parametrize(
    "found, is_disputed",
    [
        (cell(3, 2, 4), True),
        (cell(None, 2, 4), True),
        (cell(3, 3, 4), False),
        (cell(3, 5), False),
        (cell(3, 2, None), False),
        (cell(None), False),
    ],
)
def test_cell_is_disputed_when_readings_are_two_steps_apart(found: Cell, is_disputed: bool) -> None:
    assert found.is_disputed is is_disputed


@pytest.mark.parametrize(
    "found, dissent",
    [
        (cell(4, 2, 4, 5, None), [True, False, False, False]),
        (cell(3, 2, 4), [True, True]),  # nobody stands with the score
        (cell(2, 2, 5, 4, 5), [False, True, False, True]),
        (cell(4, 4, 5), [False, False]),  # one step is no dispute
        (cell(None, 1, 5), [False, False]),  # no verdict to dissent from
        (cell(3), []),
    ],
)
def test_cell_cited_marks_readings_furthest_from_score_as_dissent(found: Cell, dissent: list[bool]) -> None:
    assert found.cited == list(zip(found.claims, dissent, strict=True))


def test_cell_cited_is_empty_without_loaded_claims() -> None:
    assert Cell(DJANGO, SPEED, 3, Tally(2, 1, 5)).cited == []


def test_cell_sorts_readings_and_counts_each_source_once() -> None:
    found = cell(3, 5, None, 2, 4)
    assert (found.readings, found.tally.sources) == ([2, 4, 5], 2)


# Gathered


def test_cell_names_kinds_of_sources_unless_all_are_articles() -> None:
    article, other = Source(key="1"), Source(key="2")
    statement = Source(key="3", kind="statement", authors="Ada Lovelace", date_stated="3 May 2026")
    measurement = Source(key="4", kind="measurement", interest_short="Publisher sells servers")

    for pk, source in enumerate((article, other, statement, measurement), 1):
        source.pk = pk

    def behind(*sources: Source) -> Cell:
        return Cell.of(DJANGO, SPEED, None, [Claim(source=source) for source in sources])

    assert (behind().marks, behind().voices) == ("", "0 sources")
    assert (behind(article, other).kinds, behind(article, other).voices) == ([], "2 sources")
    mixed = behind(article, statement, article, measurement, other)
    assert mixed.kinds == ["2 articles", "1 measurement", "1 statement"]
    assert mixed.voices == "2 articles, 1 measurement, 1 statement"
    # Without its claims, a cell says the same.
    counted = Cell(DJANGO, SPEED, tally=mixed.tally, others=(("measurement", 1), ("statement", 1)))
    assert (counted.by_kind, counted.marks) == (mixed.by_kind, "sma")
    measured = Cell(DJANGO, SPEED, tally=Tally(2, sources=1), others=(("measurement", 1),))
    assert measured.voices == "1 measurement"
    assert kinds_behind([behind(article), counted]) == [
        ("a", "article"),
        ("m", "measurement"),
        ("s", "statement by a person"),
    ]
    assert [source.remark for source in (article, statement, measurement)] == [
        "",
        "statement by Ada Lovelace, 3 May 2026",
        "measurement · Publisher sells servers",
    ]


def facts(cells: dict[Any, Cell]) -> dict[tuple[str, str], tuple[str, int | None, Tally]]:
    return {
        (found.framework.slug, found.criterion.slug): (found.state, found.score, found.tally)
        for found in cells.values()
    }


@pytest.mark.django_db
@pytest.mark.parametrize("with_claims", [False, True])
def test_gather_returns_published_ratings_and_all_claims(with_claims: bool) -> None:
    django, flask = make_framework(slug="django"), make_framework(slug="flask")
    speed, growth = make_criterion(slug="speed"), make_criterion(slug="growth")
    parts = make_criterion(slug="parts")
    make_claim(framework=django, criterion=speed, reading=2)
    make_claim(framework=django, criterion=speed, joint_criterion=growth, reading=5)
    make_claim(framework=django, criterion=growth)
    make_rating(framework=django, criterion=speed, score=4)
    make_claim(framework=flask, criterion=speed, reading=3)
    make_rating(framework=flask, criterion=speed, is_published=False)
    make_claim(framework=None, criterion=parts, reading=5)
    make_claim(criterion=parts)

    cells = gather([django, flask], [speed, growth, parts], with_claims=with_claims)
    assert facts(cells) == {
        ("django", "speed"): ("rated", 4, Tally(2, 2, 5, 2)),
        ("django", "growth"): ("evidence", None, Tally(2, 5, 5, 2)),
        ("django", "parts"): ("silent", None, Tally()),
        ("flask", "speed"): ("evidence", None, Tally(1, 3, 3, 1)),
        ("flask", "growth"): ("silent", None, Tally()),
        ("flask", "parts"): ("silent", None, Tally()),
    }


@pytest.mark.django_db
def test_gather_omits_rating_of_unpublished_framework() -> None:
    rating = make_rating(framework=make_framework(is_published=False), score=5)
    cells = gather([rating.framework], [rating.criterion])
    assert cells[rating.framework.pk, rating.criterion.pk].state == "evidence"


@pytest.mark.django_db
def test_gather_sorts_claims_by_source_and_line_and_repeats_joint_claims() -> None:
    django, speed, growth = make_framework(), make_criterion(), make_criterion()
    first, second = make_source(key="000"), make_source(key="001")
    about = {"framework": django, "criterion": speed}
    late = make_claim(source=second, line=3, **about)
    joint = make_claim(source=first, line=20, joint_criterion=growth, **about)
    early = make_claim(source=first, line=5, **about)
    cells = gather([django], [speed, growth], with_claims=True)
    assert cells[django.pk, speed.pk].claims == (early, joint, late)
    assert cells[django.pk, growth.pk].claims == (joint,)
    assert gather([django], [speed])[django.pk, speed.pk].claims == ()


@pytest.mark.django_db
@pytest.mark.parametrize("with_claims", [False, True])
@pytest.mark.parametrize("count", [1, 3])
def test_gather_takes_two_queries_for_any_number_of_cells(
    with_claims: bool, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    criteria = [make_criterion() for _ in range(count)]
    frameworks = [make_framework() for _ in range(count)]
    for framework in frameworks:
        for criterion in criteria:
            make_rating(framework=framework, criterion=criterion)
    with django_assert_num_queries(2):
        cells = gather(frameworks, criteria, with_claims=with_claims)
        # What a page shows of a claim is at hand.
        said = [(str(claim), claim.source.title) for found in cells.values() for claim in found.claims]
    assert len(cells) == count**2
    assert len(said) == (count**2 if with_claims else 0)
