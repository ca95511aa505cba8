"""Filters choose rows: any of these, all of those, at least so much. They never touch a score."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pytest
from django.db import transaction
from django.http import QueryDict
from pytest_django import DjangoDbBlocker

from comparisons.arithmetic.scoring import Fit
from comparisons.comparison.filters import FrameworkFilter, Selection, must_have
from comparisons.comparison.forms import WeighingForm, notices
from comparisons.comparison.matrix import build_matrix
from comparisons.models import Need, UseCase
from frameworks.models import Criterion, FacetValue, Framework
from frameworks.serving.memory import current_facts
from tests.factories import (
    make_criterion,
    make_facet,
    make_facet_value,
    make_framework,
    make_rating,
    make_trait,
)
from tests.worlds import CATALOGUE

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Asked:
    filters: FrameworkFilter
    selection: Selection


Ask = Callable[..., Asked]


@pytest.fixture(scope="module")
def ask(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Ask]:
    """Call it with a query string and must-haves: the filters over a small catalogue, made once and left as it is."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_catalogue()
        facts = current_facts()

        def ask(query: str, *needs: Need) -> Asked:
            filters = FrameworkFilter(QueryDict(query), facets=facts.facets, criteria=facts.criteria)
            wanted = {"use-case": [must_have(need) for need in needs]} if needs else {}
            return Asked(filters, Selection(facts, {**wanted, **filters.predicates}))

        yield ask
        transaction.set_rollback(True)


def make_catalogue() -> None:
    kind = make_facet(slug="kind", name="Kind", position=1)
    capability = make_facet(slug="capability", name="Built in", position=2, requires_all=True)
    values: dict[str, FacetValue] = {
        slug: make_facet_value(facet=facet, slug=slug)
        for facet, slugs in (
            (kind, "api full-stack micro"),
            (capability, "admin forms orm sessions validation"),
        )
        for slug in slugs.split()
    }
    speed, security = make_criterion(slug="speed", name="Speed"), make_criterion(slug="security")
    for name, (tagline, traits, *scores) in CATALOGUE.items():
        framework = make_framework(name=name, tagline=tagline)
        for slug in traits.split():
            make_trait(framework=framework, value=values[slug])
        for criterion, score in zip((speed, security), scores, strict=True):
            if score is not None:
                make_rating(framework=framework, criterion=criterion, score=score)
    make_rating(framework=Framework.objects.get(name="Quart"), criterion=speed, score=5, is_published=False)
    hidden = make_framework(name="Hidden", is_published=False)
    make_trait(framework=hidden, value=values["micro"])


def names(selection: Selection, places: Iterable[int] | None = None) -> list[str]:
    """The names of those on the table, or at these places."""
    chosen = selection.places if places is None else places
    return [selection.facts.frameworks[place].name for place in chosen]


def notices_of(query: str, chosen: Asked) -> list[str]:
    weighing = WeighingForm(
        QueryDict(query),
        criteria=list(Criterion.objects.in_order()),
        frameworks={framework.slug: framework for framework in Framework.objects.all()},
    )
    return list(notices(QueryDict(query), chosen.filters.form, weighing))


EVERYONE = list(CATALOGUE)


@pytest.mark.parametrize(
    "query, on_the_table",
    [
        ("", EVERYONE),
        # any of the values
        ("kind=micro", ["Flask", "Quart"]),
        ("kind=micro&kind=full-stack", ["Django", "Flask", "Quart"]),
        ("kind=micro&kind=api", ["FastAPI", "Flask", "Quart"]),
        # all of the values
        ("capability=orm", ["Django"]),
        ("capability=orm&capability=admin", ["Django"]),
        ("capability=orm&capability=validation", []),
        ("capability=sessions", []),
        # several filters at once
        ("kind=api&kind=full-stack&capability=validation", ["FastAPI"]),
        ("kind=micro&min-speed=3", ["Flask"]),
        # a minimum: neither unrated nor unpublished ones pass
        ("min-speed=2", ["Django", "FastAPI", "Flask", "Tornado"]),
        ("min-speed=4", ["FastAPI", "Tornado"]),
        ("min-speed=5", ["FastAPI"]),
        ("min-speed=4&min-security=4", ["FastAPI"]),
        # a word in name or tagline
        ("q=FLASK", ["Flask", "Quart"]),
        ("q=t", ["Django", "FastAPI", "Flask", "Quart", "Tornado"]),
        ("q=%25", []),
        ("q=%27%22%3B", []),
        ("q=rails", []),
        # letters beyond ASCII, too, on either database
        ("q=ÄPFEL", ["Tornado"]),
    ],
)
def test_filter_selects_matching_frameworks(ask: Ask, query: str, on_the_table: list[str]) -> None:
    assert names(ask(query).selection) == on_the_table


@pytest.mark.parametrize(
    "query, notice",
    [
        ("kind=nonsense", "Kind: “nonsense” is not one of the choices."),
        (
            "min-speed=abc",
            "Minimum score for Speed: “abc” is not one of the choices.",
        ),
        (
            "min-speed=1",
            "Minimum score for Speed: “1” is not one of the choices.",
        ),
        (
            "min-speed=%00",
            "Minimum score for Speed: “\0” is not one of the choices.",
        ),
        ("kind=%00", "Kind: “\0” is not one of the choices."),
        ("q=%00", "Filter by name: Null characters are not allowed."),
        ("min-rust=3", "There is no criterion “rust”."),
        ("w-rust=3", "There is no criterion “rust”."),
        ("w-speed=1e9", "Weight of Speed: This must be a whole number from 0 to 10."),
        ("w-speed=11", "Weight of Speed: This must be a whole number from 0 to 10."),
        ("w-speed=-1", "Weight of Speed: This must be a whole number from 0 to 10."),
        ("baseline=rails", "Baseline: “rails” is not one of the choices."),
        ("open=django:rust", "Open cell: There is no such cell."),
    ],
)
def test_filter_drops_invalid_parameters_with_a_notice(ask: Ask, query: str, notice: str) -> None:
    chosen = ask(query)
    assert names(chosen.selection) == EVERYONE
    assert chosen.filters.applied == {}
    assert notices_of(query, chosen) == [f"{notice} It was ignored."]


def test_filter_applies_valid_parameters_when_others_are_invalid(ask: Ask) -> None:
    chosen = ask("kind=nonsense&min-speed=9&q=flask")
    assert names(chosen.selection) == ["Flask", "Quart"]
    assert chosen.filters.applied == {"q": "flask"}


def test_filter_gives_no_notice_for_valid_parameters(ask: Ask) -> None:
    query = "kind=micro&min-speed=3&w-speed=0&sort=-speed&utm_source=somewhere"
    assert notices_of(query, ask(query)) == []


@pytest.mark.parametrize("length", [61, 8192])
def test_filter_notices_stay_short_for_long_input(ask: Ask, length: int) -> None:
    long = "a" * length
    query = f"q={long}&kind={long}&min-{long}=3"
    said = notices_of(query, ask(query))
    assert [sentence.partition(":")[0][:12] for sentence in said] == ["Filter by na", "Kind", "There is no "]
    assert max(map(len, said)) < 220


# The upper end is what Django lets through; SQLite goes a thousand deep.
@pytest.mark.parametrize("times", [150, 1000])
@pytest.mark.parametrize(
    "value, on_the_table",
    [
        ("kind=micro", ["Flask", "Quart"]),
        ("capability=orm", ["Django"]),
        ("min-speed=4", ["FastAPI", "Tornado"]),
        ("q=quart", ["Quart"]),
    ],
)
def test_filter_handles_repeated_parameters(
    ask: Ask, times: int, value: str, on_the_table: list[str]
) -> None:
    chosen = ask("&".join([value] * times))
    assert names(chosen.selection) == on_the_table
    assert chosen.selection.counts()["kind"] == ask(value).selection.counts()["kind"]


# Counts


@pytest.mark.parametrize(
    "query, kinds, capabilities",
    [
        (
            "",
            {"api": 2, "full-stack": 1, "micro": 2},
            {"admin": 1, "forms": 1, "orm": 1, "validation": 1},
        ),
        # A choice of any counts as if it were not made: that is what another tick would add.
        ("kind=micro", {"api": 2, "full-stack": 1, "micro": 2}, {}),
        # A must-have counts within what it asks for already.
        ("capability=orm", {"full-stack": 1}, {"admin": 1, "forms": 1, "orm": 1}),
        ("min-speed=4", {"api": 1}, {"validation": 1}),
        ("kind=api&min-speed=3", {"api": 1, "full-stack": 1, "micro": 1}, {"validation": 1}),
        ("q=rails", {}, {}),
    ],
)
def test_filter_counts_frameworks_per_facet_value(
    ask: Ask, query: str, kinds: dict[str, int], capabilities: dict[str, int]
) -> None:
    assert ask(query).selection.counts() == {"kind": kinds, "capability": capabilities}


@pytest.mark.parametrize("value", ["api", "full-stack", "micro"])
def test_filter_count_equals_the_rows_after_choosing_the_value(ask: Ask, value: str) -> None:
    found = ask(f"kind={value}&min-speed=3").selection
    assert found.counts()["kind"][value] == len(found.places)


# Blame


@pytest.mark.parametrize(
    "query, blamed",
    [
        ("capability=sessions", [("capability", 5)]),
        ("kind=micro&min-security=4", [("kind", 2), ("min-security", 2)]),
        ("q=rails&kind=micro", [("q", 2)]),
        ("q=rails&capability=sessions", []),  # neither alone would help
    ],
)
def test_filter_blame_names_the_filters_that_empty_the_table(
    ask: Ask, query: str, blamed: list[tuple[str, int]]
) -> None:
    chosen = ask(query)
    assert names(chosen.selection) == []
    assert chosen.selection.blame() == blamed


@pytest.mark.parametrize(
    "dropped, left",
    [
        ("kind", ["Django", "FastAPI", "Flask", "Tornado"]),
        ("min-speed", ["FastAPI", "Quart"]),
        ("q", ["FastAPI"]),  # not set, so that nothing is dropped
    ],
)
def test_filter_without_drops_only_the_named_filter(ask: Ask, dropped: str, left: list[str]) -> None:
    selection = ask("kind=api&min-speed=3").selection
    assert names(selection, np.flatnonzero(selection.without(dropped))) == left


# Must-haves


def needed(wanted: str | tuple[str, int]) -> Need:
    """A facet's value as `kind:micro`, or a criterion with the lowest score that will do."""
    if isinstance(wanted, tuple):
        return Need(criterion=Criterion.objects.get(slug=wanted[0]), minimum=wanted[1])
    facet, _, value = wanted.partition(":")
    return Need(value=FacetValue.objects.get(facet__slug=facet, slug=value))


@pytest.mark.parametrize(
    "wanted, on_the_table",
    [
        (["kind:micro"], ["Flask", "Quart"]),
        # Each of them, also where a visitor who names several means any of them.
        (["kind:micro", "kind:api"], ["Quart"]),
        ([("speed", 1)], ["Django", "FastAPI", "Flask", "Tornado"]),
        ([("speed", 4)], ["FastAPI", "Tornado"]),
        (["capability:orm", ("security", 5)], ["Django"]),
        (["capability:orm", ("speed", 4)], []),
    ],
)
def test_filter_requires_all_must_haves_of_a_use_case(
    ask: Ask, wanted: list[str | tuple[str, int]], on_the_table: list[str]
) -> None:
    assert names(ask("", *map(needed, wanted)).selection) == on_the_table


def test_must_haves_add_to_the_filters_and_are_blamed_together(ask: Ask) -> None:
    needs = [needed("kind:micro"), needed(("security", 2))]
    assert names(ask("q=fl", *needs).selection) == ["Flask"]
    chosen = ask("capability=orm", *needs).selection
    assert names(chosen) == []
    assert chosen.blame() == [("use-case", 1), ("capability", 1)]


def test_must_have_rejects_an_empty_need() -> None:
    with pytest.raises(ValueError, match="asks for nothing"):
        must_have(Need(use_case=UseCase(name="Shop"), number=1))


# And never a score


@pytest.mark.parametrize("query", ["kind=micro", "capability=orm", "min-speed=4", "q=flask"])
def test_filter_changes_no_fit(ask: Ask, query: str) -> None:
    def fits(chosen: Asked) -> dict[str, Fit]:
        table = build_matrix(chosen.selection.facts, chosen.selection.places)
        return {row.framework.name: row.fit for row in table.in_order}

    everyone, some = fits(ask("")), fits(ask(query))
    assert 0 < len(some) < len(everyone)
    assert some == {name: everyone[name] for name in some}
