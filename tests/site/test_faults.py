"""A visitor’s whole session with a database of which the n-th call fails: never a 500, always words."""

import pytest
from django.test import Client
from pytest_django import Settings

from comparisons.models import Snapshot
from frameworks.models import Objection
from frameworks.serving import version
from tests.desk.reading import form_on
from tests.faults import failing
from tests.html import read
from tests.pages import ERRORS, PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.both, pytest.mark.usefixtures("world")]

FILES = (
    "/matrix.csv", "/matrix.png", "/compare/flask-vs-fastapi.md", "/frameworks/flask.png", "/changes.atom",
    "/sitemap.xml", "/embed/compare/flask-vs-fastapi/", "/names/?q=f", "/oembed?url=http://localhost/",
)  # fmt: skip
API = ("/api/v1/frameworks", "/api/v1/matrix", "/api/v1/claims", "/api/v1/frameworks/flask")


@pytest.fixture
def visitor() -> Client:
    return Client(raise_request_exception=False)


def test_no_fault_of_the_database_is_a_500_to_a_visitor(visitor: Client) -> None:
    for number, path in enumerate([*PAGES.values(), *ERRORS, *FILES, *API]):
        with failing(0) as counted:
            usual = visitor.get(path)
        # Another call each time. In the drill `faults` each call of each address fails in turn.
        for nth in {1 + number % counted.calls} if counted.calls else ():
            with failing(nth) as faults:
                response = visitor.get(path)
            assert faults.has_failed, path
            # What is only asked for beside the page, as for a redirect that may be meant, may be missing.
            assert response.status_code in {503, usual.status_code}, (path, nth)
            if response.status_code == 503:
                assert response["Retry-After"] == "5", path
                assert response["Cache-Control"] == "no-store", path
                is_problem = path.startswith("/api/v1/")
                kind = "application/problem+json" if is_problem else "text/html; charset=utf-8"
                assert response["Content-Type"] == kind, path
                assert response["X-Request-ID"] in response.content.decode(), path


def test_address_seen_before_goes_on_answering_and_says_its_age(
    visitor: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch, keeping: None
) -> None:
    settings.VERSION_SECONDS = 0
    monkeypatch.setattr(version, "PAUSE", 0)
    seen = {path: visitor.get(path) for path in ("/", "/frameworks/flask/", *FILES[:-1], *API[:3])}
    with failing(for_good=True) as faults:
        for path, before in seen.items():
            now = visitor.get(path)
            assert (now.status_code, now["Age"]) == (200, "0"), path
            assert now["Warning"] == '110 - "Response is Stale"'
            if b"<main" not in before.content:
                assert now.content == before.content, path
                continue
            [line] = read(now.content).all(".aged")
            assert line.text.startswith(
                "The database cannot be reached at the moment. This page is as it was"
            ), path
            assert "ETag" not in now
        known = visitor.get("/", headers={"If-None-Match": seen["/"]["ETag"]})
        assert (known.status_code, known["Age"]) == (304, "0")
        unseen = visitor.get("/frameworks/fastapi/")
        assert unseen.status_code == 503
        assert visitor.get("/live/").status_code == 200
        assert visitor.get("/ready/").status_code == 503
    assert faults.has_failed
    assert "Age" not in visitor.get("/")
    assert visitor.get("/frameworks/fastapi/").status_code == 200


def test_what_a_reader_sent_comes_back_to_be_sent_again(visitor: Client) -> None:
    report = "/frameworks/flask/performance/objection/"
    typed = {"text": "The source says <otherwise>,\r\non line 7.", "url": "https://example.org/?a=1&b=2"}
    for path, sent, stored in (
        (report, form_on(visitor.get(report), **typed), Objection),
        ("/compare/flask-vs-fastapi/freeze/?w-performance=9", {}, Snapshot),
    ):
        before = stored.objects.count()
        with failing(for_good=True):
            response = visitor.post(path, sent)
        assert response.status_code == 503, path
        page = read(response.content)
        assert (page.one("form")["action"], form_on(response)) == (path, sent)
        assert stored.objects.count() == before
        for _ in range(2):
            assert visitor.post(path, form_on(response)).status_code == 302, path
        assert stored.objects.count() == before + 1
    assert Objection.objects.latest("pk").text == "The source says <otherwise>,\non line 7."


@pytest.mark.parametrize("accepted", ["", "gzip", "br", "zstd"])
def test_page_that_was_seen_in_another_coding_is_given_in_the_one_accepted(
    visitor: Client, keeping: None, settings: Settings, accepted: str
) -> None:
    settings.VERSION_SECONDS = 0
    visitor.get("/frameworks/flask/", headers={"Accept-Encoding": "br"})
    visitor.get("/api/v1/claims", headers={"Accept-Encoding": "br"})
    with failing(for_good=True):
        for path in ("/frameworks/flask/", "/api/v1/claims"):
            now = visitor.get(path, headers={"Accept-Encoding": accepted})
            assert (now.status_code, now.get("Content-Encoding", "")) == (200, accepted), path
            assert int(now["Content-Length"]) == len(now.content)
