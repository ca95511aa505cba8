"""What crawlers and language models are told of the portal: every public page, none other, by its public address."""

import re
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from django.db.models import Count, Q
from django.test import Client

from frameworks.models import Criterion, Framework
from frameworks.record import revisions
from portal import sitemaps
from tests import factories
from tests.html import read
from tests.pages import PAGES, get, sitemap

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

SITE = "http://127.0.0.1:8000"
MACHINES = ["/sitemap.xml", "/robots.txt", "/llms.txt"]
LATER = datetime(2031, 5, 4, 12, tzinfo=UTC)


def test_sitemap_lists_every_canonical_page_with_a_date(client: Client) -> None:
    listed = sitemap(client)
    pages = [read(client.get(path).content) for path in PAGES.values()]
    canonical = {
        page.one("link[rel=canonical]")["href"].removeprefix(SITE)
        for page in pages
        if not page.all("meta[name=robots]")
    }
    # The sections with nothing in them are left out, as in the navigation.
    assert {urlsplit(path).path for path in canonical} - listed.keys() == {"/choose/"}
    assert all(listed.values())


def test_sitemap_pages_exist_are_indexable_and_canonical(client: Client) -> None:
    for path in sitemap(client):
        page = get(client, path)
        assert page.one("link[rel=canonical]")["href"] == SITE + path
        assert page.all("meta[name=robots]") == []


@pytest.mark.parametrize(
    "slug, model, concerned, others",
    [
        (
            "flask",
            Framework,
            ["/frameworks/flask/", "/compare/fastapi-vs-flask/", "/", "/changes/"],
            ["/frameworks/quart/", "/compare/django-vs-fastapi/", "/criteria/performance/"],
        ),
        (
            "performance",
            Criterion,
            ["/criteria/performance/", "/"],
            ["/criteria/documentation/", "/frameworks/flask/"],
        ),
    ],
)
def test_sitemap_dates_only_pages_affected_by_a_change(
    client: Client,
    slug: str,
    model: type[Framework] | type[Criterion],
    concerned: list[str],
    others: list[str],
) -> None:
    fact = model.objects.get(slug=slug)
    fact.name += " again"
    revisions.save(fact, by=factories.MAKER, reason="Renamed.", seen=1, at=LATER)
    listed = sitemap(client)
    assert {listed[path] for path in concerned} == {"2031-05-04"}
    assert all(listed[path] < "2031" for path in others)


def test_sitemap_dates_framework_criterion_and_history_of_changed_rating(client: Client) -> None:
    rating = Framework.objects.get(slug="flask").ratings.get(criterion__slug="performance")
    rating.score = 1
    revisions.save(rating, by=factories.MAKER, reason="Read again.", seen=1, at=LATER)
    dated = {path for path, day in sitemap(client).items() if day == "2031-05-04"}
    assert {"/frameworks/flask/", "/criteria/performance/", "/frameworks/flask/performance/history/"} <= dated
    assert not dated & {
        "/frameworks/django/",
        "/criteria/documentation/",
        "/frameworks/flask/documentation/history/",
    }


@pytest.mark.parametrize("path", MACHINES)
def test_sitemap_robots_and_llms_txt_omit_unpublished_frameworks(client: Client, path: str) -> None:
    factories.make_rating(
        framework=Framework.objects.get(slug="hidden"), criterion=Criterion.objects.all()[0]
    )
    assert b"idden" not in client.get(path).content


@pytest.mark.parametrize(
    "part",
    [
        "general-0",
        "general-2",
        "cells-9999999999",
        f"cells-{'9' * 30}",
        f"cells-{'9' * 5_000}",
        "nothing-1",
        "1",
    ],
)
def test_sitemap_returns_404_for_parts_that_do_not_exist(client: Client, part: str) -> None:
    assert client.get(f"/sitemap-{part}.xml").status_code == 404


@pytest.mark.both
def test_sitemap_is_divided_into_parts_by_primary_key(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = sitemap(client)
    parts = len(get_parts(client))
    monkeypatch.setattr(sitemaps, "PART", 2)
    assert len(get_parts(client)) > parts
    assert sitemap(client) == whole
    for part in get_parts(client):
        if not part.startswith(("/sitemap-general", "/sitemap-pairs")):
            assert client.get(part).content.count(b"<loc>") <= 2


def get_parts(client: Client) -> list[str]:
    return re.findall(f"<loc>{SITE}([^<]+)</loc>", client.get("/sitemap.xml").content.decode())


@pytest.mark.both
def test_sitemap_pairs_only_the_frameworks_with_most_ratings_where_there_are_many(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "PAIRED", 2)
    rated = Framework.objects.published().annotate(
        count=Count("ratings", filter=Q(ratings__is_published=True))
    )
    first, second = sorted(framework.slug for framework in rated.order_by("-count", "slug")[:2])
    pairs = [path for path in sitemap(client) if re.match("/compare/.", path)]
    assert pairs == [f"/compare/{first}-vs-{second}/"]


def test_robots_txt_is_plain_text_and_names_the_sitemap(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().endswith(f"\n\nSitemap: {SITE}/sitemap.xml\n")


def test_llms_txt_lists_and_links_the_contents(client: Client) -> None:
    change = Framework.objects.get(slug="flask")
    change.summary = "Small & <quick>."
    revisions.save(change, by=factories.MAKER, reason="Said so.", seen=1)
    response = client.get("/llms.txt")
    text = response.content.decode()
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert text.startswith("# Touchstone\n\n> Touchstone compares Python web frameworks on cited evidence.")
    assert f"- [Flask]({SITE}/frameworks/flask/): Small & <quick>.\n" in text
    assert f"- [Performance]({SITE}/criteria/performance/): " in text
    links = [part.partition(")")[0] for part in text.split(f"]({SITE}")[1:]]
    assert len(links) > 15
    assert {client.get(link).status_code for link in links} == {200}


@pytest.mark.parametrize("path", MACHINES)
def test_sitemap_robots_and_llms_txt_are_read_only_and_cookie_free(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
    response = client.get(path)
    assert not response.cookies
    if path != "/robots.txt":
        assert client.get(path, headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_sections_with_nothing_in_them_leave_the_navigation(client: Client) -> None:
    def main_links() -> set[str]:
        page = read(client.get("/criteria/").content)
        return {link["href"] for link in page.all("nav[aria-label=Main] a")}

    before = main_links()
    assert {"/components/", "/use-cases/"} <= before
    assert "/choose/" not in before
    assert "/choose/" not in client.get("/llms.txt").content.decode()
    factories.make_rule()
    assert main_links() - before == {"/choose/"}
