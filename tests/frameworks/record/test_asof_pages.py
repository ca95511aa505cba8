"""As of a date, on the pages: every comparison can be seen as it stood when that day was over."""

from typing import Any

import pytest
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from frameworks.facts import Detail, Facts
from frameworks.models import Claim, Criterion, Facet, FacetValue, Framework, Rating, Revision
from frameworks.record.asof import at_end_of
from frameworks.serving.memory import current_facts
from tests import factories
from tests.frameworks.dating import BEGINNING, LATER, change, date_all, noon, remove
from tests.html import Element, cells, order, read, standings

pytestmark = pytest.mark.django_db

STOOD = "As it stood on {}. It may have changed since: see it as it is today."
VERSUS = "/compare/flask-vs-django/"


def get(client: Client, path: str, status: int = 200) -> Element:
    response = client.get(path)
    assert response.status_code == status
    return read(response.content)


@pytest.fixture(scope="module", autouse=True)
def past(world: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Date the whole small world to the beginning."""
    with django_db_blocker.unblock():
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


def test_at_end_of_equals_the_facts_current_on_that_day() -> None:
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
def test_as_of_pages_match_the_pages_of_that_day(client: Client) -> None:
    shown = everything(client)
    rewrite()
    now = everything(client)
    assert now != shown
    assert everything(client, "as-of=2026-03-01") == shown
    assert everything(client, "as-of=2026-04-30") == shown
    assert everything(client, "as-of=2026-05-01") == now


def test_as_of_matrix_hides_later_changes(client: Client) -> None:
    rewrite()
    then, now = get(client, "/?as-of=2026-04-30"), get(client, "/")
    assert (cells(then, "flask")["Speed"], cells(now, "flask")["Speed"]) == (
        "3 · 1",
        "1 · 1",
    )
    assert (cells(then, "django")["Docs"], cells(now, "django")["Docs"]) == (
        "5 · 1",
        "1",
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
def test_as_of_page_states_the_day_and_links_to_today(client: Client, path: str) -> None:
    page = get(client, f"{path}?as-of=2026-04-30&w-performance=9")
    said = page.one(".stood")
    assert said.text == STOOD.format("30 April 2026")
    assert said.one("a")["href"] == f"{path}?w-performance=9"
    chip = next(chip for chip in page.all("a.chip") if "as it stood" in chip.text)
    assert (chip.text, chip["href"]) == ("Reset: as it stood on 30 April 2026 ×", f"{path}?w-performance=9")
    assert page.one("input#as-of")["value"] == "2026-04-30"
    assert page.one("meta[name=robots]")["content"] == "noindex"
    assert "?" not in page.one("link[rel=canonical]")["href"]
    today = get(client, path)
    assert not today.all(".stood") + today.all("meta[name=robots]")
    assert today.one("input#as-of")["value"] == ""


@pytest.mark.parametrize("path", ["/?open=flask:performance", f"{VERSUS}?baseline=flask&rows=performance"])
def test_as_of_page_offers_no_objections(client: Client, path: str) -> None:
    assert get(client, path).all("a[href=/frameworks/flask/performance/objection/]")
    then = get(client, f"{path}&as-of=2026-04-30")
    assert not [link for link in then.all("main a") if "objection" in link["href"]]


def test_as_of_links_preserve_the_day(client: Client) -> None:
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
        assert leaving == {"see it as it is today", "Reset: as it stood on 30 April 2026 ×"}
    response = client.get("/compare/?as-of=2026-04-30&framework=flask&framework=django&w-performance=9")
    assert response["Location"] == f"{VERSUS}?as-of=2026-04-30&w-performance=9"


@pytest.mark.parametrize("path", ["/", VERSUS])
@pytest.mark.parametrize(
    "value, said",
    [
        ("yesterday", "This is not a date such as 2026-11-20."),
        ("2026-02-30", "This is not a date such as 2026-11-20."),
        ("20.11.2026", "This is not a date such as 2026-11-20."),
        ("2026-11-20%00", "This is not a date such as 2026-11-20."),
        ("%ff", "This is not a date such as 2026-11-20."),
        ("0000-00-00", "This is not a date such as 2026-11-20."),
        ("9" * 50_000, "This is not a date such as 2026-11-20."),
        ("9999-12-31", "This date is in the future."),
    ],
    ids=lambda value: value[:12],
)
def test_as_of_rejects_invalid_days_and_shows_today(client: Client, path: str, value: str, said: str) -> None:
    page = get(client, f"{path}?as-of={value}")
    assert page.texts(".notices li") == [f"Date: {said} It was ignored."]
    assert page.texts("table tr") == get(client, path).texts("table tr")
    assert client.get(f"{path}?as-of={value}", headers={"HX-Request": "true"})["HX-Push-Url"] == path


@pytest.mark.parametrize("day", ["2026-02-28", "2000-01-01", "0001-01-01"])
def test_as_of_matrix_names_the_start_of_history_for_earlier_days(client: Client, day: str) -> None:
    page = get(client, f"/?as-of={day}&sort=name")
    assert standings(page) == []
    said = page.one(".stood")
    assert said.text.startswith("Nothing was recorded by")
    assert said.text.endswith("The records begin on 1 March 2026. You can also see it as it is today.")
    assert [link["href"] for link in said.all("a")] == ["/?as-of=2026-03-01&sort=name", "/?sort=name"]
    assert page.one(".empty p").text.startswith("There were no frameworks yet on")
    assert standings(get(client, said.all("a")[0]["href"]))


def test_as_of_side_by_side_rejects_frameworks_added_later(client: Client) -> None:
    revision = Revision.objects.filter(model="framework", key="flask")
    revision.update(at=noon(LATER))
    path = f"{VERSUS}?as-of=2026-04-30&w-performance=9"
    page = get(client, path, status=404)
    assert page.one(".lede p").text == (
        "On 30 April 2026 there was no framework called flask here. Select 2 to 5 of those below."
    )
    assert [link["href"] for link in page.all(".stood a")] == [f"{VERSUS}?w-performance=9"]
    assert "flask" not in [box["value"] for box in page.all("form.choose input[name=framework]")]
    kept = {box["name"]: box["value"] for box in page.all("form.choose input[type=hidden]")}
    assert kept == {"as-of": "2026-04-30", "w-performance": "9"}
    # A swap would leave the visitor on the old table: the browser is sent to that page.
    swap = client.get(path, headers={"HX-Request": "true"})
    assert (swap.status_code, swap["HX-Redirect"]) == (200, path)


def test_compare_redirect_preserves_invalid_day(client: Client) -> None:
    response = client.get("/compare/?as-of=soon&framework=flask&framework=django")
    assert response["Location"] == f"{VERSUS}?as-of=soon"
