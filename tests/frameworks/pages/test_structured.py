"""What search engines are told of each page: schema.org's terms, and nothing that the page does not say."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frameworks.models import Component, Criterion, Framework, Source
from frameworks.pages import structured
from tests import factories
from tests.html import Element
from tests.pages import PAGES, change, get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

#: What is not to be found by search, or is on its way somewhere else.
WITHOUT = {"snapshot", "snapshot, what has changed", "objection", "objection sent"}


def told(client: Client, path: str) -> dict[str, dict[str, Any]]:
    """The data on a page by their type."""
    blocks = data_of(get(client, path))
    found = {block["@type"]: block for block in blocks}
    assert len(found) == len(blocks)
    return found


def data_of(page: Element) -> list[dict[str, Any]]:
    scripts = page.all("script[type=application/ld+json]")
    return [json.loads("".join(map(str, script.children))) for script in scripts]


def everything(data: Any) -> list[dict[str, Any]]:
    """All objects within."""
    if isinstance(data, list):
        return [found for one in data for found in everything(one)]
    if not isinstance(data, dict):
        return []
    return [data, *(found for value in data.values() for found in everything(value))]


@pytest.mark.parametrize("name", [name for name in PAGES if name not in WITHOUT])
def test_structured_data_gives_breadcrumbs_on_every_page(remembering: Client, name: str) -> None:
    path = PAGES[name].partition("?")[0]
    data = told(remembering, PAGES[name])
    if path == "/":
        assert data["WebSite"]["url"] == f"{settings.SITE_URL}/"
        return
    way = data["BreadcrumbList"]["itemListElement"]
    assert [step["position"] for step in way] == list(range(1, len(way) + 1))
    assert (way[0]["name"], way[0]["item"]) == ("Touchstone", f"{settings.SITE_URL}/")
    assert way[-1]["item"] == get(remembering, PAGES[name]).one("link[rel=canonical]")["href"]
    for step in way[:-1]:
        assert remembering.get(step["item"].removeprefix(settings.SITE_URL)).status_code == 200


def test_structured_data_describes_frameworks_criteria_sources_and_components(client: Client) -> None:
    flask, performance = Framework.objects.get(slug="flask"), Criterion.objects.get(slug="performance")
    source, component = Source.objects.get(key="002"), Component.objects.get(slug="sqlalchemy")
    change(flask, website="https://flask.example", tagline="A small one")
    data = told(client, "/frameworks/flask/")["SoftwareApplication"]
    assert (data["name"], data["sameAs"], data["description"]) == (
        "Flask", ["https://flask.example"], "A small one",
    )  # fmt: skip
    assert told(client, "/criteria/performance/")["DefinedTerm"]["description"] == performance.question
    assert told(client, "/sources/002/")["Article"]["headline"] == source.title
    assert told(client, "/components/sqlalchemy/")["SoftwareApplication"]["name"] == component.name


@pytest.mark.parametrize("path", ["/", "/compare/flask-vs-fastapi/", "/compare/fastapi-vs-flask/"])
def test_structured_data_lists_frameworks_in_page_order(client: Client, path: str) -> None:
    listed = [one["name"] for one in told(client, path)["ItemList"]["itemListElement"]]
    text = get(client, path).all("table")[0].text
    assert len(listed) >= 2
    assert sorted(listed, key=text.index) == listed


def test_structured_data_search_url_returns_results(client: Client) -> None:
    template = told(client, "/")["WebSite"]["potentialAction"]["target"]["urlTemplate"]
    path = template.removeprefix(settings.SITE_URL).replace("{search_term_string}", "flask")
    assert "Flask" in get(client, path).one("main").text


def test_structured_data_escapes_names(client: Client) -> None:
    hostile = "</script><!-- & \"'"
    change(
        Framework.objects.get(slug="flask"),
        name=hostile,
        tagline=hostile,
        summary=f"{hostile}\u2028{hostile}",
    )
    for path in ("/frameworks/flask/", "/compare/flask-vs-fastapi/"):
        names = {one.get("name") for block in told(client, path).values() for one in everything(block)}
        assert hostile in names or any(hostile in str(name) for name in names)


def test_structured_data_needs_no_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    framework, source = factories.make_framework(), factories.make_source()
    with django_assert_num_queries(0):
        structured.data_block(structured.framework(framework))
        structured.data_block(structured.source(source))
        structured.data_block(structured.ranking("All", [framework]))
