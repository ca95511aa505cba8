"""What the portal tells its operators: a line for each request, figures for Prometheus, reports of errors."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.conf import settings as configured
from django.core.exceptions import MiddlewareNotUsed
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from prometheus_client import REGISTRY
from pytest_django import Settings

from config import metrics, reporting, surrogate
from config.logs import JsonFormatter
from config.requests import observed
from config.settings import client_network
from tests.commands import Command


def answer(request: HttpRequest) -> HttpResponse:
    """Make two queries, as some page might."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.execute("SELECT 2")
    return HttpResponse("page", status=203)


# Logs


def line(record: logging.LogRecord) -> dict[str, Any]:
    written = JsonFormatter().format(record)
    assert "\n" not in written
    found: dict[str, Any] = json.loads(written)
    return found


@pytest.mark.django_db
def test_request_is_logged_as_a_line_of_json_without_what_is_private(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LOG_REQUESTS = True
    respond, ask = observed(answer), RequestFactory()
    with caplog.at_level("INFO", "touchstone.requests"):
        respond(ask.get("/?q=flask", headers={"Cookie": "sessionid=secret"}, REMOTE_ADDR="192.0.2.7"))
        respond(ask.post("/admin/login/?next=private", {"password": "secret"}))
        respond(ask.get("/a%0Ab/"))
    public, desk, broken = map(line, caplog.records)
    assert (public["path"], public["query"], public["status"], public["queries"], public["kept"]) == (
        "/", "q=flask", 203, 2, False,
    )  # fmt: skip
    assert public["milliseconds"] > 0
    assert public["level"] == "INFO"
    assert "query" not in desk
    assert broken["path"] == "/a\nb/"
    assert not any(word in json.dumps([public, desk]) for word in ("secret", "private", "192.0.2.7"))


@pytest.mark.django_db
def test_request_says_whether_memory_answered(
    client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.LOG_REQUESTS = settings.KEEP_IN_MEMORY = True
    with caplog.at_level("INFO", "touchstone.requests"):
        client.get("/sources/")
        client.get("/sources/")
    assert [line(record)["kept"] for record in caplog.records] == [False, True]


def test_exception_stays_within_its_line() -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 0, "what %s", ("happened",), (type(error), error, None)
        )
    found = line(record)
    assert found["message"] == "what happened"
    assert "ValueError: two\nlines" in found["exception"]


def test_requests_are_observed_only_where_somebody_wants_to_know(settings: Settings) -> None:
    settings.LOG_REQUESTS = settings.METRICS = False
    with pytest.raises(MiddlewareNotUsed):
        observed(answer)


# Figures


def figure(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.mark.django_db
def test_requests_are_counted_by_method_status_and_memory(settings: Settings) -> None:
    settings.METRICS = True
    labels = {"method": "GET", "status": "203", "kept": "no"}
    before = figure("touchstone_requests_total", **labels), figure("touchstone_queries_total")
    observed(answer)(RequestFactory().get("/"))
    assert figure("touchstone_requests_total", **labels) == before[0] + 1
    assert figure("touchstone_queries_total") == before[1] + 2
    observed(answer)(RequestFactory().generic("BREW", "/"))
    assert figure("touchstone_requests_total", **{**labels, "method": "other"}) >= 1


@pytest.mark.both
@pytest.mark.django_db
def test_figures_are_shown_to_this_machine_and_to_the_token_alone(settings: Settings, tmp_path: Path) -> None:
    settings.METRICS_TOKEN, settings.VAR_DIR = "a token", tmp_path
    noted = {"made_at": "2026-11-30T03:30:00+00:00", "path": "all.zip", "rows": 7}
    (tmp_path / "last-backup.json").write_text(json.dumps(noted))
    ask = RequestFactory()
    token = {"Authorization": "Bearer a token"}
    for request in (
        ask.get("/metrics"),
        ask.get("/metrics", REMOTE_ADDR="::1"),
        ask.get("/metrics", REMOTE_ADDR="192.0.2.1", headers=token),
    ):
        response = metrics.figures(request)
        assert response["Content-Type"].startswith("text/plain")
        assert response["Cache-Control"] == "no-store"
        assert b"touchstone_database_up 1.0" in response.content
        assert b"touchstone_last_backup_timestamp_seconds 1.7960094e+09" in response.content
    settings.METRICS_TOKEN = ""
    for request in (
        ask.get("/metrics", REMOTE_ADDR="192.0.2.1"),
        ask.get("/metrics", REMOTE_ADDR=""),
        ask.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}),  # a proxy asks for somebody
        ask.get("/metrics", REMOTE_ADDR="192.0.2.1", headers={"Authorization": "Bearer "}),
    ):
        with pytest.raises(Http404):
            metrics.figures(request)


def test_figures_have_an_address_only_where_they_are_wanted(client: Client, manage: Command) -> None:
    assert client.get("/metrics").status_code == 404
    ask = (
        "from django.test import Client; c = Client(); c.get('/live/'); r = c.get('/metrics');"
        "print(r.status_code, 'touchstone_requests_total' in r.content.decode())"
    )
    outcome = manage("shell", "--no-imports", "-c", ask, METRICS="on", DJANGO_ALLOWED_HOSTS="testserver")
    assert outcome.stdout == "200 True\n"


# Reports


@pytest.fixture
def reports() -> Iterator[list[dict[str, Any]]]:
    """What would be sent, were there anybody to send it to."""
    import sentry_sdk

    sent: list[dict[str, Any]] = []

    class Recorder(sentry_sdk.Transport):
        def capture_envelope(self, envelope: Any) -> None:
            if event := envelope.get_event():
                sent.append(event)

    reporting.start("https://key@errors.example.org/1", transport=Recorder)
    yield sent
    sentry_sdk.get_client().close()
    sentry_sdk.get_global_scope().set_client(None)


def test_report_has_no_secrets(reports: list[dict[str, Any]], settings: Settings) -> None:
    event: Any = {
        "request": {
            "method": "POST",
            "url": "https://compare.example.org/admin/login/",
            "query_string": "next=private",
            "cookies": {"sessionid": "secret"},
            "headers": {"Cookie": "secret", "X-Forwarded-For": "192.0.2.7"},
            "env": {"REMOTE_ADDR": "192.0.2.7"},
            "data": {"password": "secret"},
        },
        "user": {"ip_address": "192.0.2.7"},
        "server_name": "private",
    }
    told = json.dumps(reporting.without_secrets(event, {}))
    assert not any(word in told for word in ("secret", "private", "192.0.2.7"))
    public: Any = {"request": {"url": "https://compare.example.org/", "query_string": "q=flask"}}
    assert reporting.without_secrets(public, {})["request"]["query_string"] == "q=flask"


def test_errors_are_reported_without_values_of_variables(reports: list[dict[str, Any]]) -> None:
    try:
        password = "a secret"
        raise ValueError(f"something of {len(password)} characters")
    except ValueError:
        logging.getLogger("touchstone.test").exception("It failed.")
    (report,) = reports
    assert report["exception"]["values"][0]["type"] == "ValueError"
    assert "a secret" not in json.dumps(
        report["exception"]["values"][0]["stacktrace"]["frames"][-1].get("vars", {})
    )


def test_wrong_address_for_reports_is_refused_in_a_sentence() -> None:
    with pytest.raises(reporting.NotReporting, match="must be an address like https://"):
        reporting.start("nonsense")


# A cache in front


def headers_to(cache: bool, *own: tuple[str, str], status: str = "200 OK") -> dict[str, str]:
    """What a cache or anybody else gets of an answer with these headers."""
    environ: dict[str, Any] = {"HTTP_SURROGATE_CAPABILITY": "nginx=Surrogate/1.0"} if cache else {}
    setup_testing_defaults(environ)
    received: dict[str, str] = {}

    def page(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        start_response(status, [*own])
        return [b""]

    surrogate.cacheable(page)(environ, lambda status, headers: received.update(headers))
    return received


def test_cache_in_front_is_told_to_store_public_pages_to_the_end_of_the_second(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(surrogate, "time", lambda: 1_700_000_000.9)
    tag = ("ETag", 'W/"1"')
    told = {"Cache-Control": "stale-while-revalidate=1", "X-Accel-Expires": "@1700000000"}
    for status in ("200 OK", "304 Not Modified"):
        assert headers_to(True, tag, status=status) == dict([tag]) | told
    assert headers_to(False, tag) == dict([tag])
    for own, status in (
        ([], "200 OK"),
        ([tag], "404 Not Found"),
        ([tag, ("Cache-Control", "no-store")], "200 OK"),
        ([tag, ("Set-Cookie", "a=b")], "200 OK"),
    ):
        assert headers_to(True, *own, status=status) == dict(own)


# Cookies and limits


def test_cookies_behind_a_proxy_are_for_https_alone_and_requests_are_logged(manage: Command) -> None:
    ask = (
        "from django.test import Client; c = Client(); c.get('/admin/login/', secure=True);"
        "from django.conf import settings as s;"
        "print(*c.cookies, c.cookies['__Secure-csrftoken']['secure'], c.cookies['__Secure-csrftoken']['samesite'],"
        "s.SESSION_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY, s.LOG_REQUESTS)"
    )
    outcome = manage(
        "shell", "--no-imports", "-c", ask,
        DJANGO_HTTPS="on", SITE_URL="https://compare.example.org", DJANGO_ALLOWED_HOSTS="testserver", DJANGO_DEBUG="on",
    )  # fmt: skip
    assert outcome.stdout == "__Secure-csrftoken True Lax __Secure-sessionid True True True\n"
    assert not configured.LOG_REQUESTS


@pytest.mark.parametrize(
    "address, network",
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("unknown", ""),
    ],
)
def test_sign_in_is_limited_by_address_and_of_ipv6_by_network(address: str, network: str) -> None:
    assert client_network(RequestFactory().get("/", REMOTE_ADDR=address)) == network
