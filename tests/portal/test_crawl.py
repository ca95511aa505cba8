"""What a crawler reaches: the pages of the sitemap and a few more, however many views of them there are."""

from urllib.parse import urldefrag, urljoin

import pytest
from django.conf import settings
from django.test import Client

from tests.html import read
from tests.pages import PAGES, sitemap

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

#: What is linked to and is in no sitemap: for programs, and the history of a cell that was never rated.
BESIDES = {
    "/changes.atom",
    "/choose/",  # without rules it is in no navigation, but texts lead there
    *(
        f"/api/v1/{name}"
        for name in ("", "docs", "openapi.json", "frameworks", "criteria", "sources", "claims")
    ),
    *(f"/api/v1/{name}" for name in ("ratings", "changes", "matrix")),
}


@pytest.fixture
def client(remembering: Client) -> Client:
    return remembering


def links(client: Client, path: str) -> set[str]:
    """The addresses of ours that a crawler goes on to from a page."""
    response = client.get(path)
    assert response.status_code == 200, path
    if not response["Content-Type"].startswith("text/html"):
        return set()
    followed = [
        link["href"]
        for link in read(response.content).all("a[href]")
        if "nofollow" not in link.attributes.get("rel", "").split()
    ]
    addresses = {urldefrag(urljoin(f"{settings.SITE_URL}{path}", address))[0] for address in followed}
    home = f"{settings.SITE_URL}/"
    return {address.removeprefix(home[:-1]) for address in addresses if address.startswith(home)}


def test_a_crawl_reaches_the_sitemap_and_little_else(client: Client) -> None:
    listed = set(sitemap(client))
    assert not [path for path in listed if "?" in path]
    seen, waiting = {"/"}, ["/"]
    while waiting:
        found = links(client, waiting.pop()) - seen
        seen |= found
        waiting += found
        assert len(seen) < 2 * len(listed)
    histories = {path for path in seen if path.endswith("/history/")}
    assert seen - listed - BESIDES - histories == set()
    # The history of a cell is linked to from rows that a crawler does not open; the sitemap has it.
    profiles_and_pairs = {path for path in listed if path.startswith(("/frameworks/", "/compare/d"))}
    assert seen >= {path for path in profiles_and_pairs if not path.endswith("/history/")}


def test_no_link_with_parameters_is_followed(client: Client) -> None:
    more = (
        "/?q=zzz&kind=micro", "/?sort=name&w-performance=9&why=shown&framework=flask&framework=quart",
        "/compare/flask-vs-fastapi/?rows=*&baseline=flask&w-performance=9&only=differences", "/choose/?building=shop",
        "/compare/flask-vs-nobody-vs-django/", "/?as-of=2020-01-01", "/embed/compare/django-vs-flask/?w-performance=9",
        "/embed/?framework=flask&framework=django", "/search/?q=flask&kind=claim",
    )  # fmt: skip
    for path in {*PAGES.values(), *more}:
        response = client.get(path, follow=True)
        for link in read(response.content).all("a[href]"):
            if "?" in link["href"] and not link["href"].startswith("http"):
                assert "nofollow" in link.attributes.get("rel", "").split(), (path, link["href"])
        if "?" in path:
            assert response["X-Robots-Tag"] == "noindex", path


def test_plain_pages_are_indexed_whoever_comes_first(client: Client) -> None:
    assert "X-Robots-Tag" not in client.get("/?utm_source=mail")
    assert "X-Robots-Tag" not in client.get("/")
    assert client.get("/?sort=name")["X-Robots-Tag"] == "noindex"


def test_robots_keep_from_views_but_not_from_cards(client: Client) -> None:
    everybody, cards = client.get("/robots.txt").content.decode().split("\n\n")[:2]
    assert everybody.startswith("User-agent: *\nDisallow: /admin/\n")
    assert everybody.endswith("Disallow: /*?")
    assert "User-agent: Twitterbot\n" in cards
    assert "?" not in cards


def test_icons_are_where_browsers_and_phones_look_without_being_told(client: Client) -> None:
    for path, kind, begin in [
        ("/favicon.ico", "image/x-icon", b"\0\0\1\0\1\0\x20\x20"),
        ("/apple-touch-icon.png", "image/png", b"\x89PNG"),
        ("/apple-touch-icon-precomposed.png", "image/png", b"\x89PNG"),
        ("/apple-touch-icon-120x120-precomposed.png", "image/png", b"\x89PNG"),
    ]:
        answer = client.get(path)
        assert (answer.status_code, answer["Content-Type"]) == (200, kind), path
        assert answer["Cache-Control"] == "public, max-age=2592000"
        assert answer.content.startswith(begin)
        assert not answer.cookies
    assert client.get("/apple-touch-icon-x.png").status_code == 404
