"""As of a date: every comparison can be asked for as it stood when that day was over."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

import pytest
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from comparisons.comparison.forms import DayForm
from frameworks.facts import Detail, Facts
from frameworks.models import Claim, Criterion, Facet, FacetValue, Framework, Rating, Revision, Versioned
from frameworks.models.schema import State
from frameworks.record import revisions
from frameworks.record.asof import RecordedFact, at_end_of, facts_of, history_begins
from frameworks.serving.memory import current_facts
from tests import factories
from tests.html import Element, cells, order, read, standings
from tests.worlds import make_world

Fact = TypeVar("Fact", bound=Versioned)

STOOD = "This is how it stood on {}. It may have changed since: see it as it is today."
BEGINNING, LATER = date(2026, 3, 1), date(2026, 5, 1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def date_all(day: date) -> None:
    """Everything written so far was written on that day."""
    Revision.objects.update(at=noon(day))


def change(fact: Fact, on: date = LATER, **fields: Any) -> Fact:
    for name, value in fields.items():
        setattr(fact, name, value)
    revisions.save(fact, by=factories.MAKER, reason="Since.", seen=fact.version, at=noon(on))
    return fact


def remove(fact: Versioned, on: date = LATER) -> None:
    revisions.delete(fact, by=factories.MAKER, reason="Since.", seen=fact.version, at=noon(on))


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

VERSUS = "/compare/flask-vs-django/"


def get(client: Client, path: str, status: int = 200) -> Element:
    response = client.get(path)
    assert response.status_code == status
    return read(response.content)


@pytest.fixture
def world(db: None) -> None:
    make_world()
    date_all(BEGINNING)


def told(facts: Facts) -> list[Any]:
    """All that facts say, but for the numbers by which a database knows them."""
    brief, full = (
        [cell for row in facts.rows(facts.frameworks, detail) for cell in row]
        for detail in (Detail.SCORES, Detail.CLAIMS)
    )
    return [
        [(one.slug, one.kind_line) for one in facts.frameworks],
        [(one.slug, one.group.slug) for one in facts.criteria],
        [(one.slug, [value.slug for value in one.values.all()]) for one in facts.facets],
        [
            facts.holders(facet.slug, value.slug).tolist()
            for facet in facts.facets
            for value in facet.values.all()
        ],
        [(cell.state, cell.score, cell.tally) for cell in brief],
        [(cell.state, cell.score, cell.tally, [claim.key for claim in cell.claims]) for cell in full],
        [cell.rating and cell.rating.verdict for cell in full],
    ]


def test_at_end_of_equals_the_facts_current_on_that_day(world: None) -> None:
    before = told(current_facts())
    assert told(at_end_of(BEGINNING)) == before
    rewrite()
    assert told(at_end_of(BEGINNING)) == before
    assert told(at_end_of(LATER)) == told(current_facts()) != before


def everything(client: Client, query: str = "") -> list[list[str]]:
    """All that a comparison says of the facts: the tables, the menus with their counts, and each open cell."""
    joint = "&" if query else ""
    pages = [
        get(client, f"/?{query}{joint}sort=name"),
        get(client, f"/?{query}{joint}kind=micro&min-performance=3&q=a&sort=-performance&baseline=flask"),
        get(client, f"/?{query}{joint}open=fastapi:performance"),
        get(client, f"/compare/flask-vs-django-vs-fastapi/?{query}"),
        get(client, f"/compare/flask-vs-fastapi/?{query}{joint}w-documentation=9&only=differences"),
    ]
    return [
        [*page.texts("table tr"), *page.texts(".menu .tick"), *page.texts(".count"), *page.texts("h1")]
        + [field["placeholder"] for field in page.all("input.typed") if "placeholder" in field]
        for page in pages
    ]


def rewrite() -> None:
    """A good deal happens: scores, names, weights, claims, traits; things come and things go."""
    flask = Framework.objects.get(slug="flask")
    performance = Criterion.objects.get(slug="performance")
    change(Rating.objects.get(framework=flask, criterion=performance), score=1, verdict="Changed")
    remove(Rating.objects.get(framework__slug="django", criterion__slug="documentation"))
    change(Framework.objects.get(slug="django"), name="Djangonaut", tagline="Renamed")
    change(performance, default_weight=9, name="Speed", position=0)
    change(performance.group, position=0, name="Under stress")
    change(Claim.objects.get(key="002-28"), reading=5, paraphrase="Now praises it.")
    change(Facet.objects.get(slug="interface"), position=9, name="Gateway")
    change(FacetValue.objects.get(slug="micro"), name="Tiny", position=7)
    remove(flask.traits.get(value__slug="micro"))
    change(Framework.objects.get(slug="quart"), is_published=False)
    factories.make_rating(framework=Framework.objects.get(slug="sanic"), criterion=performance, score=5)
    factories.make_criterion(name="Newcomer", group=performance.group)
    factories.make_framework(name="Aiohttp")
    Revision.objects.filter(at__gt=noon(LATER)).update(at=noon(LATER))


@override_settings(OBJECTIONS=False)  # only of today can readers say that something is wrong
def test_as_of_pages_match_the_pages_of_that_day(client: Client, world: None) -> None:
    shown = everything(client)
    rewrite()
    now = everything(client)
    assert now != shown
    assert everything(client, "as-of=2026-03-01") == shown
    assert everything(client, "as-of=2026-04-30") == shown
    assert everything(client, "as-of=2026-05-01") == now


def test_as_of_matrix_hides_later_changes(client: Client, world: None) -> None:
    rewrite()
    then, now = get(client, "/?as-of=2026-04-30"), get(client, "/")
    assert (cells(then, "flask")["Speed"], cells(now, "flask")["Speed"]) == ("3 · 1 claim", "1 · 1 claim")
    assert (cells(then, "django")["Docs"], cells(now, "django")["Docs"]) == (
        "5 · 1 claim",
        "1 claim, not scored yet",
    )
    assert "Quart" in order(then)
    assert {"Quart", "Aiohttp"} & set(order(now)) == {"Aiohttp"}
    assert (
        then.one("input#w-performance")["placeholder"],
        now.one("input#w-performance")["placeholder"],
    ) == ("3", "9")
    opened = get(client, "/?as-of=2026-04-30&open=fastapi:performance").one("#opened").text
    assert "Puts it in the middle of its table." in opened
    assert "Now praises it." not in opened


@pytest.mark.parametrize("path", ["/", VERSUS])
def test_as_of_page_states_the_day_and_links_to_today(client: Client, world: None, path: str) -> None:
    page = get(client, f"{path}?as-of=2026-04-30&w-performance=9")
    said = page.one(".stood")
    assert said.text == STOOD.format("30 April 2026")
    assert said.one("a")["href"] == f"{path}?w-performance=9"
    chip = next(chip for chip in page.all("a.chip") if "as of" in chip.text)
    assert (chip.text, chip["href"]) == ("Reset: as of 30 April 2026 ×", f"{path}?w-performance=9")
    assert page.one("input#as-of")["value"] == "2026-04-30"
    assert page.one("meta[name=robots]")["content"] == "noindex"
    assert "?" not in page.one("link[rel=canonical]")["href"]
    today = get(client, path)
    assert not today.all(".stood") + today.all("meta[name=robots]")
    assert today.one("input#as-of")["value"] == ""


@pytest.mark.parametrize("path", ["/?open=flask:performance", f"{VERSUS}?baseline=flask&rows=performance"])
def test_as_of_page_offers_no_objections(client: Client, world: None, path: str) -> None:
    assert get(client, path).all("a[href=/frameworks/flask/performance/objection/]")
    then = get(client, f"{path}&as-of=2026-04-30")
    assert not [link for link in then.all("main a") if "objection" in link["href"]]


def test_as_of_links_preserve_the_day(client: Client, world: None) -> None:
    address = (
        "/?as-of=2026-04-30&kind=micro&criteria=performance&w-performance=9&only=differences&framework=flask"
    )
    for path in (
        address,
        f"{address}&framework=fastapi&open=flask:performance",
        f"{VERSUS}?as-of=2026-04-30&baseline=flask",
    ):
        page = get(client, path)
        within = [
            link for link in page.all("main form a") if "?" in link["href"] or "/compare/" in link["href"]
        ]
        assert len(within) > 5
        leaving = {link.text for link in within if "as-of=2026-04-30" not in link["href"]}
        assert leaving == {"see it as it is today", "Reset: as of 30 April 2026 ×"}
    response = client.get("/compare/?as-of=2026-04-30&framework=flask&framework=django&w-performance=9")
    assert response["Location"] == f"{VERSUS}?as-of=2026-04-30&w-performance=9"


@pytest.mark.parametrize("path", ["/", VERSUS])
@pytest.mark.parametrize(
    "value, said",
    [
        ("yesterday", "That is no date such as 2026-11-20."),
        ("2026-02-30", "That is no date such as 2026-11-20."),
        ("20.11.2026", "That is no date such as 2026-11-20."),
        ("2026-11-20%00", "That is no date such as 2026-11-20."),
        ("%ff", "That is no date such as 2026-11-20."),
        ("0000-00-00", "That is no date such as 2026-11-20."),
        ("9" * 50_000, "That is no date such as 2026-11-20."),
        ("9999-12-31", "That day has not come yet."),
    ],
    ids=lambda value: value[:12],
)
def test_as_of_rejects_invalid_days_and_shows_today(
    client: Client, world: None, path: str, value: str, said: str
) -> None:
    page = get(client, f"{path}?as-of={value}")
    assert page.texts(".notices li") == [f"As of: {said} It was left out."]
    assert page.texts("table tr") == get(client, path).texts("table tr")
    assert client.get(f"{path}?as-of={value}", headers={"HX-Request": "true"})["HX-Push-Url"] == path


def test_day_form_accepts_today_and_rejects_tomorrow() -> None:
    today = date(2026, 11, 20)
    form = DayForm({"as-of": "2026-11-20"}, today=today)
    assert (form.day, form.errors) == (today, {})
    form = DayForm({"as-of": "2026-11-21"}, today=today)
    assert form.day is None
    assert form.errors["as-of"] == ["That day has not come yet."]


@pytest.mark.parametrize("day", ["2026-02-28", "2000-01-01", "0001-01-01"])
def test_as_of_matrix_names_the_start_of_history_for_earlier_days(
    client: Client, world: None, day: str
) -> None:
    page = get(client, f"/?as-of={day}&sort=name")
    assert standings(page) == []
    said = page.one(".stood")
    assert said.text.startswith("Nothing had been recorded by")
    assert said.text.endswith("the history begins on 1 March 2026. Or see it as it is today.")
    assert [link["href"] for link in said.all("a")] == ["/?as-of=2026-03-01&sort=name", "/?sort=name"]
    assert page.one(".empty p").text.startswith("There were no frameworks yet on")
    assert standings(get(client, said.all("a")[0]["href"]))


def test_as_of_matrix_suggests_no_day_without_history(client: Client, db: None) -> None:
    page = get(client, "/?as-of=2026-03-01")
    assert page.one(".stood").text == STOOD.format("1 March 2026")
    assert page.one(".empty p").text == "There were no frameworks yet on 1 March 2026."


def test_as_of_side_by_side_rejects_frameworks_added_later(client: Client, world: None) -> None:
    revision = Revision.objects.filter(model="framework", key="flask")
    revision.update(at=noon(LATER))
    path = f"{VERSUS}?as-of=2026-04-30&w-performance=9"
    page = get(client, path, status=404)
    assert page.one(".lede p").text == (
        "On 30 April 2026 there was no framework called flask here. Tick 2 to 5 of those below."
    )
    assert [link["href"] for link in page.all(".stood a")] == [f"{VERSUS}?w-performance=9"]
    assert "flask" not in [box["value"] for box in page.all("form.choose input[name=framework]")]
    kept = {box["name"]: box["value"] for box in page.all("form.choose input[type=hidden]")}
    assert kept == {"as-of": "2026-04-30", "w-performance": "9"}
    # A swap would leave the visitor on the old table: the browser is sent to that page.
    swap = client.get(path, headers={"HX-Request": "true"})
    assert (swap.status_code, swap["HX-Redirect"]) == (200, path)


def test_compare_redirect_preserves_invalid_day(client: Client, world: None) -> None:
    response = client.get("/compare/?as-of=soon&framework=flask&framework=django")
    assert response["Location"] == f"{VERSUS}?as-of=soon"


@pytest.mark.parametrize("slug", ["as-of", "use-case"])
def test_facet_rejects_reserved_slug(db: None, slug: str) -> None:
    with pytest.raises(Exception, match="uses this name in its address"):
        Facet(slug=slug, name="Taken").full_clean()


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
