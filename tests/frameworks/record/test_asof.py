"""As of a date: every comparison can be asked for as it stood when that day was over."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from comparisons.comparison.forms import DayForm
from frameworks.facts import Detail
from frameworks.models import Facet, Framework
from frameworks.models.schema import State
from frameworks.record import revisions
from frameworks.record.asof import RecordedFact, at_end_of, facts_of, history_begins
from tests import factories
from tests.frameworks.dating import BEGINNING, LATER, date_all, noon, remove
from tests.pages import get

# The rebuild by itself, without a database

NUMBERS = count(1)


def recorded(model: str, name: str, /, **state: Any) -> RecordedFact:
    return RecordedFact(next(NUMBERS), model, name, state)


GROUP = recorded("criteriongroup", "g", slug="g", name="Group")
SPEED = recorded("criterion", "speed", slug="speed", name="Speed", group=["g"], default_weight=3)
DJANGO = recorded("framework", "django", slug="django", name="Django")
SOURCE = recorded("source", "001", key="001", short_name="The almanac")


def a_claim(key: str, line: int, **state: Any) -> RecordedFact:
    fields: State = {
        "source": ["001"],
        "framework": ["django"],
        "criterion": ["speed"],
        "joint_criterion": None,
    }
    return recorded("claim", key, key=key, line=line, **(fields | state))


def a_rating(**state: Any) -> RecordedFact:
    fields: State = {"framework": ["django"], "criterion": ["speed"], "score": 4, "is_published": True}
    return recorded("rating", "django/speed", **(fields | state))


def test_facts_of_links_facts_and_builds_cells_in_memory() -> None:
    past = facts_of(
        [
            a_claim("b", 9, reading=2),
            a_claim("a", 9, reading=5),
            a_claim("c", 1),
            a_rating(),
            DJANGO,
            SPEED,
            GROUP,
            SOURCE,
        ]
    )
    [framework] = past.frameworks
    [cell] = past.row(framework, Detail.CLAIMS)
    assert (cell.framework.name, cell.criterion.group.name, cell.score, cell.tally.spread) == (
        "Django", "Group", 4, 3,
    )  # fmt: skip
    # In the order of the source's lines, those of one line as they were made.
    assert [claim.key for claim in cell.claims] == ["c", "b", "a"]
    assert [claim.source.short_name for claim in cell.claims] == ["The almanac"] * 3


def test_facts_of_ignores_unknown_and_missing_fields() -> None:
    odd = recorded("criterion", "speed", slug="speed", name="Speed", group=["g"], colour="mauve")
    [criterion] = facts_of([GROUP, odd]).criteria
    assert (criterion.default_weight, criterion.review_interval_days, criterion.is_scored) == (1, 180, True)


@pytest.mark.parametrize(
    "missing, left",
    [(GROUP, (0, 1, 0)), (SPEED, (0, 1, 0)), (DJANGO, (1, 0, 0)), (SOURCE, (1, 1, 0))],
    ids=lambda value: value.key if isinstance(value, RecordedFact) else "",
)
def test_facts_of_omits_facts_with_missing_references(
    missing: RecordedFact, left: tuple[int, int, int]
) -> None:
    facts = [one for one in (GROUP, SPEED, DJANGO, SOURCE, a_claim("a", 1)) if one is not missing]
    past = facts_of(facts)
    cells = [cell for row in past.rows(past.frameworks) for cell in row]
    assert (len(past.criteria), len(past.frameworks), sum(cell.tally.claims for cell in cells)) == left


def test_facts_of_hides_unpublished_and_unscored_facts() -> None:
    hidden = DJANGO._replace(state=DJANGO.state | {"is_published": False})
    assert facts_of([hidden]).frameworks == ()
    assert facts_of([GROUP, SPEED._replace(state=SPEED.state | {"is_scored": False})]).criteria == ()
    past = facts_of([GROUP, SPEED, DJANGO, a_rating(is_published=False)])
    [cell] = past.row(past.frameworks[0], Detail.VERDICTS)
    assert (cell.score, cell.rating) == (None, None)


def test_facts_of_is_blank_without_facts() -> None:
    assert facts_of([]).is_blank
    assert not facts_of([SOURCE]).is_blank


# From revisions


@pytest.mark.django_db
def test_at_end_of_uses_the_newest_revision_by_midnight() -> None:
    framework = factories.make_framework(name="Quart")
    date_all(BEGINNING)
    midnight = datetime(2026, 5, 2, tzinfo=UTC)
    framework.name = "Quart Two"
    revisions.save(framework, by=factories.MAKER, reason="x", seen=1, at=midnight - timedelta(microseconds=1))
    framework.name = "Quart Three"
    revisions.save(framework, by=factories.MAKER, reason="x", seen=2, at=midnight)
    remove(framework, date(2026, 6, 1))
    days = [date(2026, 2, 28), BEGINNING, date(2026, 4, 30), LATER, date(2026, 5, 2), date(2026, 6, 1)]
    assert [[one.name for one in at_end_of(day).frameworks] for day in days] == [
        [], ["Quart"], ["Quart"], ["Quart Two"], ["Quart Three"], [],
    ]  # fmt: skip
    assert history_begins() == BEGINNING
    made_again = Framework(slug="quart", name="Quart Four")
    revisions.save(made_again, by=factories.MAKER, reason="x", at=noon(date(2026, 7, 1)))
    assert [one.name for one in at_end_of(date(2026, 7, 1)).frameworks] == ["Quart Four"]


# On the pages


def test_as_of_matrix_suggests_no_day_without_history(client: Client, db: None) -> None:
    page = get(client, "/?as-of=2026-03-01")
    assert page.one(".stood").text == (
        "As it stood on 1 March 2026. It may have changed since: see it as it is today."
    )
    assert page.one(".empty p").text == "There were no frameworks yet on 1 March 2026."


@pytest.mark.parametrize("items", [1, 3], indirect=True, scope="module")
@pytest.mark.parametrize(
    "path, queries",
    [
        ("/?as-of=DAY", 5),
        ("/?as-of=DAY&q=f&kind=value-0&capability=value-0&min-scored-0=2&w-scored-0=9&sort=-scored-0", 5),
        ("/?as-of=DAY&open=f0:scored-0", 5),
        ("/?as-of=DAY&q=nothing", 5),
        ("/?as-of=2000-01-01", 6),
        ("/compare/?as-of=DAY", 5),
        ("/compare/f0-vs-f1/?as-of=DAY&baseline=f1&only=differences", 5),
        ("/compare/f0-vs-f1/?as-of=2000-01-01", 7),
        ("/?as-of=DAY&use-case=case-0", 5),
    ],
)
@pytest.mark.django_db
def test_as_of_query_count_is_constant(
    client: Client,
    items: None,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    queries: int,
) -> None:
    with django_assert_num_queries(queries):
        response = client.get(path.replace("DAY", timezone.localdate().isoformat()))
    assert response.status_code == (404 if "vs" in path and "2000" in path else 200)


def test_day_form_accepts_today_and_rejects_tomorrow() -> None:
    today = date(2026, 11, 20)
    form = DayForm({"as-of": "2026-11-20"}, today=today)
    assert (form.day, form.errors) == (today, {})
    form = DayForm({"as-of": "2026-11-21"}, today=today)
    assert form.day is None
    assert form.errors["as-of"] == ["This date is in the future."]


@pytest.mark.parametrize("slug", ["as-of", "use-case"])
def test_facet_rejects_reserved_slug(db: None, slug: str) -> None:
    with pytest.raises(Exception, match="uses this name in its address"):
        Facet(slug=slug, name="Taken").full_clean()
