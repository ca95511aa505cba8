"""Feeds of what was changed: XML whatever was written, authors as they wish to be called, nothing unpublished."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from frameworks.models import EditorProfile
from frameworks.record.revisions import Author
from tests import factories
from tests.frameworks.changing import NOON, change, editor, rated
from tests.html import read

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
SITE = "http://127.0.0.1:8000"


def feed(client: Client, address: str = "/changes.atom") -> ET.Element:
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(response.content)  # noqa: S314 - our own


def said(element: ET.Element, name: str) -> str:
    return element.findtext("/".join(ATOM + step for step in name.split("/"))) or ""


def reasons(client: Client, address: str) -> list[str]:
    return [said(entry, "title") for entry in feed(client, address).iter(f"{ATOM}entry")]


def link(element: ET.Element, rel: str = "alternate") -> str:
    return next(found.attrib["href"] for found in element.findall(f"{ATOM}link") if found.get("rel") == rel)


def test_feed_entry_shows_author_reason_date_and_values(client: Client) -> None:
    rating, by = rated(), Author.editor(editor("Ada L."))
    change(rating, by=by, reason="A benchmark <says> so & more.", score=4)
    change(rating.framework, by=by, reason="As its site says.", tagline="x", at=NOON + timedelta(hours=1))
    found = feed(client)
    assert said(found, "title") == "Changes · Touchstone"
    assert (link(found), link(found, "self")) == (f"{SITE}/changes/", f"{SITE}/changes.atom")
    entry = next(one for one in found.iter(f"{ATOM}entry") if said(one, "author/name") == "Ada L.")
    assert said(entry, "title") == "A benchmark <says> so & more."
    assert said(entry, "published") == "2026-11-20T12:00:00+00:00"
    assert said(entry, "updated") == "2026-11-20T13:00:00+00:00"
    assert link(entry) == f"{SITE}/changes/{by.changeset}/"
    assert said(entry, "id") == f"urn:uuid:{by.changeset}"
    summary = read(said(entry, "summary").encode())
    assert summary.one("p").text == "1 framework, 1 rating"
    assert summary.texts("li") == [
        "Rating Django, Performance changed: Score 3 → 4",
        "Framework Django changed (“As its site says.”): Tagline empty → x",
    ]
    assert summary.all("a")[0]["href"] == f"{SITE}/frameworks/django/#performance"


def test_feed_uses_current_public_names_of_editors(client: Client) -> None:
    by = Author.editor(editor())
    assert by.user
    change(factories.make_framework(), by=by, tagline="x")
    assert b"an editor" in client.get("/changes.atom").content
    assert b"Lovelace" not in client.get("/changes.atom").content
    EditorProfile.objects.create(user_id=by.user.pk, public_name="Ada L.")
    assert b"Ada L." in client.get("/changes.atom").content


def test_feed_exists_for_each_framework_and_comparison(client: Client) -> None:
    ada = editor()
    for name in ("Django", "Flask", "Quart"):
        framework = factories.make_framework(name=name)
        change(framework, by=Author.editor(ada), reason=f"Of {name}.", tagline="x")
    assert "Of Flask." in reasons(client, "/frameworks/flask.atom")
    assert "Of Django." not in reasons(client, "/frameworks/flask.atom")
    both = reasons(client, "/compare/flask-vs-django.atom")
    assert {"Of Flask.", "Of Django."} <= set(both)
    assert "Of Quart." not in both
    found = feed(client, "/compare/flask-vs-django.atom")
    assert said(found, "title") == "Changes to Django and Flask · Touchstone"
    assert link(found, "self") == f"{SITE}/compare/django-vs-flask.atom"
    assert link(found) == f"{SITE}/compare/django-vs-flask/"
    assert (
        client.get("/compare/django-vs-flask.atom").content
        == client.get("/compare/flask-vs-django.atom").content
    )


@pytest.mark.parametrize(
    "address",
    [
        "/frameworks/nobody.atom",
        "/frameworks/hidden.atom",
        "/compare/django.atom",
        "/compare/django-vs-hidden.atom",
        "/compare/django-vs-nobody.atom",
        "/compare/django-vs-%00.atom",
        pytest.param(f"/compare/django-vs-{'x' * 50_000}.atom", id="long"),
        "/compare/-vs-.atom",
    ],
)
def test_feed_returns_404_for_unknown_or_unpublished_frameworks(client: Client, address: str) -> None:
    factories.make_framework(name="Django")
    factories.make_framework(name="Hidden", is_published=False)
    assert client.get(address).status_code == 404


def test_feed_hides_unpublished_frameworks(client: Client) -> None:
    hidden = factories.make_framework(name="Hidden", is_published=False)
    shown = factories.make_framework(name="Shown")
    factories.make_relation(framework=hidden, other=shown)
    for address in ("/changes.atom", "/frameworks/shown.atom"):
        assert b"idden" not in client.get(address).content


def test_feed_is_valid_xml_for_any_text(client: Client) -> None:
    by = Author.editor(editor("Ada\x08\ufffe ]]> & <L>"))
    framework = factories.make_framework(name="Bell\x07", slug="bell")
    change(framework, by=by, reason="Read\x01 \x1b[31magain 🎺", tagline="\x02<b>\uffff")
    for address in ("/changes.atom", "/frameworks/bell.atom"):
        assert "Read [31magain 🎺" in reasons(client, address)
        authors = [said(entry, "author/name") for entry in feed(client, address).iter(f"{ATOM}entry")]
        assert "Ada ]]> & <L>" in authors


@pytest.mark.parametrize("query", ["?page=%00", "?framework=%00&kind=" + "9" * 5_000], ids=["NUL", "long"])
def test_feed_ignores_query_parameters(client: Client, query: str) -> None:
    factories.make_framework()
    assert client.get(f"/changes.atom{query}").content == client.get("/changes.atom").content


def test_feed_without_entries_has_a_fixed_date(client: Client) -> None:
    found = feed(client)
    assert datetime.fromisoformat(said(found, "updated")) == datetime(1970, 1, 1, tzinfo=UTC)
    assert found.findall(f"{ATOM}entry") == []


def test_feed_is_limited_to_the_newest_entries(client: Client) -> None:
    framework = factories.make_framework()
    ada = editor()
    for number in range(40):
        at = NOON + timedelta(minutes=number)
        change(framework, by=Author.editor(ada), reason=f"{number}.", tagline=str(number), at=at)
    shown = reasons(client, "/changes.atom")
    assert len(shown) == 30
    assert [reason for reason in shown if reason == "0."] == []


@pytest.mark.parametrize(
    "page, feeds",
    [
        ("/", ["/changes.atom"]),
        ("/changes/", ["/changes.atom"]),
        ("/frameworks/django/", ["/changes.atom", "/frameworks/django.atom"]),
        ("/compare/flask-vs-django/", ["/changes.atom", "/compare/django-vs-flask.atom"]),
    ],
)
def test_pages_link_to_their_feeds(client: Client, page: str, feeds: list[str]) -> None:
    for name in ("Django", "Flask"):
        factories.make_framework(name=name)
    links = read(client.get(page).content).all("head link[type=application/atom+xml]")
    assert [link["href"] for link in links] == feeds
    assert len({link["title"] for link in links}) == len(feeds)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    "address, queries",
    [("/changes.atom", 18), ("/frameworks/django.atom", 14), ("/compare/django-vs-flask.atom", 14)],
)
def test_feed_query_count_is_constant(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, address: str, queries: int, count: int
) -> None:
    rating, ada = rated(), editor("Ada L.")
    factories.make_framework(name="Flask")
    for score in range(count):
        change(rating, by=Author.editor(ada), score=score + 1, verdict="Read again")
    with django_assert_num_queries(queries):
        client.get(address)


@pytest.mark.usefixtures("world")
def test_feed_ids_stay_when_the_portal_moves(client: Client, settings: Settings) -> None:
    def ids(address: str) -> list[str]:
        found = feed(client, address)
        return [said(found, "id"), *(said(entry, "id") for entry in found.iter(f"{ATOM}entry"))]

    feeds = ("/changes.atom", "/frameworks/flask.atom", "/compare/django-vs-flask.atom")
    before = [ids(address) for address in feeds]
    settings.SITE_URL = "https://elsewhere.example:8443"
    assert [ids(address) for address in feeds] == before
    assert len({found[0] for found in before}) == 3
    assert all(one.startswith("urn:uuid:") for found in before for one in found)
