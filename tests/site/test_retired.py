"""What is retired is gone from all that compares, lists and counts, and still there where links lead."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from comparisons.models import UseCase
from frameworks.models import (
    Claim,
    Component,
    Criterion,
    Disagreement,
    FacetValue,
    Framework,
    Question,
    Retirable,
    Source,
)
from tests import factories
from tests.frameworks.dating import change, date_all
from tests.html import Element, order, read
from tests.pages import get, sitemap

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("retired")]

DAY = date(2026, 5, 1)
WHEN = "retired on 1 May 2026, because"
FLASK = f"Flask was {WHEN} it moved on."
SPEED = f"Performance was {WHEN} it is too broad."
SHOP = f"The shop was {WHEN} it is an advertisement."


@pytest.fixture(scope="module")
def retired(world: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """In the small world Flask, performance, the shop and SQLAlchemy are retired; the world was made in March."""
    with django_db_blocker.unblock(), transaction.atomic():
        shop = Source.objects.get(key="002")
        factories.make_answer(question=factories.make_question(text="Is it cheap?"), source=shop, line=3)
        factories.make_disagreement([shop.claims.earliest("pk")], title="Cheap or dear")
        date_all(date(2026, 3, 1))
        facts: list[tuple[Retirable, str]] = [
            (Framework.objects.get(slug="flask"), "it moved on"),
            (Criterion.objects.get(slug="performance"), "it is too broad"),
            (Source.objects.get(key="002"), "it is an advertisement"),
            (Component.objects.get(slug="sqlalchemy"), "It is built in."),
        ]
        for fact, because in facts:
            change(fact, retired_on=DAY, retired_because=because)
        yield
        transaction.set_rollback(True)


def notices(page: Element) -> list[str]:
    return page.texts(".notices li")


def test_retired_facts_keep_their_pages_which_say_when_and_why(client: Client) -> None:
    for address, because in (
        ("/frameworks/flask/", "it moved on"),
        ("/criteria/performance/", "it is too broad"),
        ("/sources/002/", "it is an advertisement"),
        ("/components/sqlalchemy/", "it is built in"),
    ):
        page = get(client, address)
        assert page.one(".retired").text.startswith(f"Retired on 1 May 2026, because {because}.")
        assert page.one("meta[name=robots]")["content"] == "noindex"
    flask = get(client, "/frameworks/flask/")
    assert flask.one(".retired a")["href"] == "/?as-of=2026-04-30"
    assert [row.one(".rating-name").text for row in flask.all("details.rating")] == [
        "Learning curve",
        "Documentation",
        "Async support",
    ]
    assert not any("report" in link["href"] for link in flask.all("a"))
    plots = get(client, "/criteria/performance/").all("table.plots tbody th")
    assert [plot.one("a").text for plot in plots] == ["FastAPI", "Django"]
    assert "Puts it in the middle of its table." in get(client, "/sources/002/").text
    assert flask.texts("#best-uses dd .fact") == ["Shop"]
    history = get(client, "/frameworks/flask/performance/history/")
    assert history.texts(".retired") == [FLASK, SPEED]
    assert client.get("/frameworks/flask/learning-curve/report/").status_code == 404


def test_retired_facts_are_gone_from_whatever_compares_lists_and_counts(client: Client) -> None:
    matrix = get(client, "/")
    assert order(matrix) == ["Quart", "FastAPI", "Django", "Sanic"]
    for address in (
        *(
            "/",
            "/frameworks/",
            "/criteria/",
            "/sources/",
            "/components/",
            "/method/",
            "/choose/",
            "/compare/",
        ),
        *("/use-cases/", "/use-cases/live-updates/", "/capabilities/", "/disagreements/", "/questions/"),
        *("/compare/django-vs-fastapi/", "/frameworks/fastapi/", "/llms.txt"),
    ):
        page = client.get(address).content.decode()
        assert "/frameworks/flask/" not in page, address
        if address != "/use-cases/live-updates/":  # a must-have rests on a claim under it
            assert "/criteria/performance/" not in page, address
        assert "w-performance" not in page, address
        if address != "/frameworks/fastapi/":  # a property rests on a claim of it
            assert "/sources/002/" not in page, address
        assert "/components/sqlalchemy/" not in page, address
    assert not {
        "/frameworks/flask/",
        "/criteria/performance/",
        "/sources/002/",
        "/components/sqlalchemy/",
    } & {address.removeprefix("http://testserver") for address in sitemap(client)}


def test_addresses_that_name_something_retired_say_so_and_show_the_rest(client: Client) -> None:
    query = (
        "w-performance=5&min-performance=5&criteria=performance&criteria=documentation&sort=performance"
        "&open=flask:documentation&framework=flask&w-documentation=3&baseline=flask"
    )
    page = get(client, f"/?{query}")
    assert sorted(notices(page)) == [FLASK, SPEED]
    assert order(page) == ["FastAPI", "Django", "Quart", "Sanic"]
    page = get(client, "/compare/django-vs-flask-vs-fastapi/?w-performance=5&rows=performance&baseline=flask")
    assert notices(page) == [FLASK, SPEED, "See all of them as they stood on 30 April 2026"]
    assert page.one("h1").text == "Django and FastAPI side by side"
    last_day = page.one(".notices a")["href"]
    then = get(client, last_day)
    assert then.one("h1").text == "Django, FastAPI and Flask side by side"
    assert (notices(then), "Performance" in then.text) == ([], True)
    assert notices(get(client, "/frameworks/django/?rows=performance")) == [SPEED]


def test_comparison_of_which_one_is_left_says_so_and_offers_others(client: Client) -> None:
    for address in ("/compare/django-vs-flask/", "/compare/?framework=django&framework=flask"):
        response = client.get(address)
        page = read(response.content)
        assert (response.status_code, notices(page)) == (410, [FLASK])
        assert [box["value"] for box in page.all("input[name=framework]") if "checked" in box] == ["django"]
    assert page.one(".way-on a")["href"].startswith("/compare/django-vs-flask/?as-of=2026-04-30")
    response = client.get("/compare/?framework=django&framework=flask&framework=quart")
    assert response["Location"] == "/compare/django-vs-quart-vs-flask/"
    for address in ("/embed/compare/django-vs-flask/", "/compare/django-vs-flask.md"):
        response = client.get(address)
        assert (response.status_code, FLASK in response.content.decode()) == (410, True)


def test_whatever_was_shared_never_breaks(client: Client) -> None:
    three = "/compare/django-vs-flask-vs-fastapi"
    for address in (
        *(f"/embed{three}/", f"{three}.json", f"{three}.csv", f"{three}.md", f"{three}.png"),
        reverse("frameworks:framework_feed", args=["flask"]),
        reverse("comparisons:feed", args=[["django", "flask"]]),
        f"{reverse('comparisons:oembed')}?url={settings.SITE_URL}{three}/",
    ):
        assert client.get(address).status_code == 200, address
    copy = get(client, f"/s/{factories.KEPT}/")
    assert "Flask" in copy.one("h1").text
    assert "Performance" in copy.text
    since = get(client, f"/s/{factories.KEPT}/changes/").one(".lede").text
    assert f"Flask ({WHEN} it moved on), Performance ({WHEN} it is too broad)" in since
    assert since.split("The source ")[1].startswith(SHOP)


def test_api_lists_nothing_retired_and_says_when_and_why_at_its_address(client: Client) -> None:
    for kind, key, because in (
        ("frameworks", "flask", "it moved on"),
        ("criteria", "performance", "it is too broad"),
        ("sources", "002", "it is an advertisement"),
    ):
        listed = client.get(f"/api/v1/{kind}").json()["items"]
        assert listed
        assert {item["retired"] for item in listed} == {None}
        assert key not in {item.get("slug", item.get("key")) for item in listed}
        one = client.get(f"/api/v1/{kind}/{key}").json()
        assert one["retired"] == {"on": "2026-05-01", "because": because}
    refused = client.get("/api/v1/matrix?w-performance=3")
    assert refused.status_code == 422
    assert refused.json()["errors"] == [{"parameter": "w-performance", "detail": SPEED}]
    gone = client.get("/api/v1/compare/django-vs-flask")
    assert (gone.status_code, gone.json()["detail"]) == (404, FLASK)
    assert client.get("/api/v1/claims/002-28").json()["source"] == "002"
    Framework.objects.filter(slug="hidden").update(retired_on=DAY, retired_because="it never came out")
    for query, detail in (
        ("claims?framework=flask", FLASK),
        ("ratings?framework=flask", FLASK),
        ("claims?criterion=performance", SPEED),
        ("ratings?criterion=performance", SPEED),
        ("claims?source=002", SHOP),
        ("ratings?source=002", SHOP),
        ("claims?framework=hidden", "There is no such framework."),
    ):
        refused = client.get(f"/api/v1/{query}")
        assert refused.status_code == 422
        assert [error["detail"] for error in refused.json()["errors"]] == [detail]


def test_citations_of_a_retired_source_say_so_and_lead_to_its_page(client: Client) -> None:
    fastapi, said = Framework.objects.get(slug="fastapi"), Claim.objects.get(key="002-28")
    tie = factories.make_tie(framework=fastapi, claims=[said])
    capability = FacetValue.objects.capabilities()[0]
    factories.make_addition(framework=fastapi, capability=capability, component=tie.component, claims=[said])
    factories.make_relation(framework=fastapi, other=Framework.objects.get(slug="quart"), claims=[said])
    factories.make_need(use_case=UseCase.objects.get(slug="live-updates"), value=capability, claims=[said])
    for address, parts in (
        ("/frameworks/fastapi/", ["#components", "#capabilities", "#related"]),
        (f"/capabilities/?need={capability.slug}", ["#fastapi"]),
        (tie.component.get_absolute_url(), ["#adds", "#extends-fastapi"]),
        ("/use-cases/live-updates/", ["#needs"]),
    ):
        page = get(client, address)
        for part in parts:
            [mark] = page.all(f"{part} a.gone")
            assert (mark.text, mark["href"], mark["title"]) == ("retired", "/sources/002/", SHOP)


def test_source_marks_what_is_retired_of_what_its_claims_are_about(client: Client) -> None:
    flask = get(client, "/sources/002/").one("#of-flask")
    assert flask.one(".aside").text == f"About Flask retired 1 claim, in the order of the text {FLASK}"
    assert flask.one(".where").text == "Flask retired , Strengths"
    fastapi = get(client, "/sources/002/").one("#of-fastapi")
    assert fastapi.one(".where").text == "FastAPI, Performance retired"


def test_nothing_links_to_questions_and_disagreements_that_are_shown_no_more(client: Client) -> None:
    answers = get(client, "/sources/002/").one("#answers")
    assert "Is it cheap?" in answers.text
    assert "Is it cheap?" not in answers.texts("a")
    changes = get(client, "/changes/?kind=other")
    linked = {link["href"].partition("#")[2] for link in changes.all(".fact-line a")}
    for fact in (Question.objects.get(text="Is it cheap?"), Disagreement.objects.get(title="Cheap or dear")):
        assert fact.slug not in linked
        assert str(fact) not in get(client, f"/search/?q={fact}").texts(".finds a")


def test_search_finds_what_is_retired_by_its_name_and_says_so(client: Client) -> None:
    for query, kind, name, because in (
        ("flask", "framework", "Flask", "it moved on"),
        ("performance", "criterion", "Performance", "it is too broad"),
        ("shop", "source", "The shop", "it is an advertisement"),
        ("sqlalchemy", "component", "SQLAlchemy", "it is built in"),
    ):
        found = get(client, f"/search/?q={query}&kind={kind}").texts(".finds li")
        assert f"{name} retired Retired on 1 May 2026, because {because}." in found
    assert get(client, "/search/?q=flask+or+django").all(".way-on") == []


def test_day_before_shows_everything_as_it_was(client: Client) -> None:
    page = get(client, f"/?as-of={DAY - timedelta(days=1)}")
    assert order(page) == ["FastAPI", "Flask", "Django", "Quart", "Sanic"]
    assert "Speed" in page.one("table").text
