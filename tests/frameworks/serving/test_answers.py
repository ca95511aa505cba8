"""Answers are given from memory, the same as if they were made anew, to whoever asks for the same."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frameworks.models import Framework
from frameworks.serving import answers, version
from frameworks.serving.stores import Store
from tests.pages import PAGES, change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world", "keeping")]

SAME_ID = {"X-Request-ID": "the-same-for-both"}
#: These look at no facts that a version covers, or belong to one visitor.
ALWAYS_MADE = {"objection sent"}
FILES = [
    "/matrix.csv",
    "/matrix.json",
    "/compare/flask-vs-fastapi.md",
    "/matrix.svg",
    "/changes.atom",
    "/sitemap.xml",
]
FILES += ["/api/v1/matrix", "/api/v1/frameworks", "/embed/compare/flask-vs-fastapi/"]
HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize("path", [path for name, path in PAGES.items() if name not in ALWAYS_MADE] + FILES)
def test_answer_is_given_from_memory_without_a_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    first = client.get(path, headers=SAME_ID)
    if "immutable" in first.get("Cache-Control", ""):
        pytest.skip("never changes, and any cache keeps it")
    with django_assert_num_queries(0):
        again = client.get(path, headers=SAME_ID)
    assert again.content == first.content
    assert dict(again.items()) == dict(first.items())


def test_answer_changes_with_the_facts(client: Client) -> None:
    assert b"Changed tagline" not in client.get("/frameworks/flask/").content
    change(Framework.objects.get(slug="flask"), tagline="Changed tagline")
    version.forget()
    assert b"Changed tagline" in client.get("/frameworks/flask/").content


def test_page_and_fragment_are_kept_apart(client: Client) -> None:
    for _ in range(2):
        assert b"<html" in client.get("/").content
        assert b"<html" not in client.get("/", headers=HTMX).content
        assert b"<html" in client.get("/", headers={**HTMX, "HX-History-Restore-Request": "true"}).content
        # htmx may send its headers percent-encoded, and says so.
        encoded = {"HX-Request": "%74rue", "HX-Request-URI-AutoEncoded": "true"}
        assert b"<html" not in client.get("/", headers=encoded).content


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd", ""])
def test_answer_is_kept_as_compressed_for_each_coding(client: Client, coding: str) -> None:
    headers = {"Accept-Encoding": coding}
    for _ in range(2):
        response = client.get("/method/", headers=headers)
        assert response.get("Content-Encoding", "") == coding


@pytest.mark.parametrize(
    "path", ["/?utm_source=mail", "/?sort=fit", "/?w-performance=3", "/?utm_source=a&utm_medium=b"]
)
def test_address_that_changes_nothing_has_the_answer_of_the_canonical_address(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    plain = client.get("/")
    entries = len(answers._answers)
    response = client.get(path)
    assert (response.content, response["ETag"]) == (plain.content, plain["ETag"])
    assert len(answers._answers) == entries
    with django_assert_num_queries(0):
        assert client.get(path).content == plain.content
    assert client.get(path, headers={"If-None-Match": plain["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    "path", ["/method/", "/frameworks/flask/", "/criteria/performance/", "/matrix.csv", "/api/v1/frameworks"]
)
@pytest.mark.parametrize("followed", ["utm_source=mail&utm_medium=a", "fbclid=IwAR0_x-9"])
def test_link_that_tracks_readers_has_the_answer_of_the_bare_address(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str, followed: str
) -> None:
    plain = client.get(path)
    entries = len(answers._answers)
    with django_assert_num_queries(0):
        response = client.get(f"{path}?{followed}")
    assert (response.content, response["ETag"]) == (plain.content, plain["ETag"])
    assert len(answers._answers) == entries


def test_address_with_a_notice_has_an_answer_of_its_own(client: Client) -> None:
    plain = client.get("/")
    assert client.get("/?w-performance=99").content != plain.content
    assert client.get("/").content == plain.content


def test_answer_to_a_known_etag_is_304_from_memory(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    tag = client.get("/method/")["ETag"]
    with django_assert_num_queries(0):
        response = client.get("/method/", headers={"If-None-Match": tag})
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", tag)
    assert "Content-Length" not in response


def test_wrong_host_is_refused_though_the_answer_is_kept(client: Client) -> None:
    client.get("/")
    assert client.get("/", headers={"Host": "elsewhere.example"}).status_code == 400


def test_errors_and_desk_are_never_kept(client: Client) -> None:
    for path in ("/nowhere/", "/admin/login/", "/frameworks/nobody/", "/?q="):
        client.get(path)
    assert len(answers._answers) == 0


def test_junk_addresses_push_no_used_answer_out(
    client: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    monkeypatch.setattr(answers, "_answers", Store(400_000))
    used = [path for name, path in PAGES.items() if "snapshot" not in name and name not in ALWAYS_MADE][:10]
    for path in used * 2:
        client.get(path)
    for junk in range(100):
        client.get(f"/search/?q=junk{junk}")
    with django_assert_num_queries(0):
        for path in used:
            client.get(path)
    assert answers._answers.bytes <= 400_000
    assert len(answers._answers) < 100  # so junk has been pushed out
