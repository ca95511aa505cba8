"""What every answer carries besides its words: who may keep it, what the browser may run, and no cookie."""

import pytest
from django.test import Client
from pytest_django import Settings

from tests.factories import KEPT
from tests.html import read
from tests.pages import ERRORS, EVERYWHERE, PAGES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kept_world")]


@pytest.fixture
def client(remembering: Client) -> Client:
    """Nothing is changed by these tests."""
    return remembering


COMPARISONS = [
    "/",
    "/?kind=micro&w-performance=9",
    "/compare/flask-vs-fastapi/",
    "/compare/flask-vs-fastapi/?only=differences",
    "/capabilities/?need=orm&need=admin",
]
FILES = ["/matrix.csv", "/compare/flask-vs-fastapi.json", f"/s/{KEPT}.md", "/compare/flask.json"]
HTMX = {"HX-Request": "true"}


def vary(client: Client, path: str, **headers: str) -> set[str]:
    response = client.get(path, headers={**headers, "Accept-Encoding": "gzip"})
    return {name.strip().lower() for name in response["Vary"].split(",")}


# Page and fragment


@pytest.mark.parametrize("path", COMPARISONS)
def test_page_and_fragment_vary_on_htmx_headers(client: Client, path: str) -> None:
    expected = {"hx-request", "hx-history-restore-request", "accept-encoding"}
    assert vary(client, path) == expected
    assert vary(client, path, **HTMX) == expected


@pytest.mark.parametrize("path", ["/?q=", "/compare/flask-vs-fastapi/?only="])
def test_redirect_varies_on_htmx_header(client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 302
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("path", COMPARISONS)
def test_fragment_pushes_its_address_and_page_does_not(client: Client, path: str) -> None:
    assert "HX-Push-Url" not in client.get(path)
    assert client.get(path, headers=HTMX)["HX-Push-Url"] == path


@pytest.mark.parametrize("path", COMPARISONS)
@pytest.mark.parametrize(
    "headers",
    [
        {"HX-History-Restore-Request": "true"},
        # htmx 2 says both.
        {"HX-History-Restore-Request": "true", "HX-Request": "true"},
    ],
)
def test_history_restore_request_returns_whole_page(
    client: Client, path: str, headers: dict[str, str]
) -> None:
    restored = client.get(path, headers=headers)
    assert restored.content == client.get(path).content
    assert "HX-Push-Url" not in restored


@pytest.mark.parametrize("path", [path for path, _ in ERRORS.values()])
def test_error_page_is_complete_for_htmx_and_pushes_no_address(client: Client, path: str) -> None:
    """Either at once, or by sending the browser to it: a chooser is another page than the form's."""
    response = client.get(path, headers=HTMX)
    assert "HX-Push-Url" not in response
    if "HX-Redirect" in response:
        response = client.get(response["HX-Redirect"])
        assert response.status_code >= 400
    assert read(response.content).one("html body main h1").text


# Cookies and caches


@pytest.mark.parametrize("path", FILES)
def test_files_set_no_cookie_and_do_not_vary_on_cookies(client: Client, path: str) -> None:
    for headers in ({}, HTMX):
        response = client.get(path, headers=headers)
        assert not response.cookies
        assert "Set-Cookie" not in response
        assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("path", [*EVERYWHERE, *FILES])
def test_every_page_is_identical_for_signed_in_editor(
    client: Client, admin_client: Client, path: str
) -> None:
    assert admin_client.get(path).content == client.get(path).content


# Methods


@pytest.mark.parametrize("path", PAGES.values())
def test_head_matches_get_without_body(client: Client, path: str) -> None:
    same = {"X-Request-ID": "the-same-for-both"}
    head, get = client.head(path, headers=same), client.get(path, headers=same)
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.items()) == dict(get.items())


@pytest.mark.parametrize("path", PAGES.values())
def test_every_page_rejects_write_methods(client: Client, path: str) -> None:
    for method in ("post", "put", "patch", "delete"):
        response = getattr(client, method)(path)
        assert (method, response.status_code, response["Allow"]) == (method, 405, "GET, HEAD")
        assert not response.cookies


# What the browser may do


def test_every_answer_states_what_browsers_may_do_with_it(settings: Settings) -> None:
    """Pages, files, feeds, pictures, the API, the desk's door, errors, redirects, what never changed."""
    settings.SECURE_HSTS_SECONDS = 60
    client = Client()
    paths = [
        *EVERYWHERE,
        *FILES,
        "/matrix.svg",
        "/changes.atom",
        "/api/v1/frameworks",
        "/api/v1/nowhere",
        "/?q=",
    ]
    paths += ["/admin/", "/admin/login/", "/live/", "/robots.txt", "/favicon.ico", "/static/nowhere.css"]
    etag = {"If-None-Match": client.get("/")["ETag"]}
    answers = {path: client.get(path, secure=True) for path in paths}
    answers |= {
        "unchanged": client.get("/", headers=etag, secure=True),
        "not so": client.post("/", secure=True),
    }
    assert {answer.status_code for answer in answers.values()} >= {200, 302, 304, 400, 404, 405}
    for path, answer in answers.items():
        assert answer["Permissions-Policy"].startswith("accelerometer=(), "), path
        assert "clipboard-write=(self)" in answer["Permissions-Policy"]
        expected = {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
            "X-Permitted-Cross-Domain-Policies": "none",
            "Strict-Transport-Security": "max-age=60",
        }
        assert {name: answer.get(name) for name in expected} == expected, path
        assert "default-src 'none'" in answer["Content-Security-Policy"], path


def test_other_sites_may_show_pictures_frames_and_the_api_alone(client: Client) -> None:
    shared = [
        "/embed/compare/flask-vs-fastapi/",
        "/embed/compare/flask-vs-nothing/",
        "/matrix.svg",
        "/matrix.png",
        "/api/v1/frameworks",
    ]
    own = ["/", "/matrix.csv", "/changes.atom", "/admin/login/", "/nowhere/", "/accent.css"]
    for paths, policy in ((shared, "cross-origin"), (own, "same-origin")):
        assert {path: client.get(path)["Cross-Origin-Resource-Policy"] for path in paths} == dict.fromkeys(
            paths, policy
        )


def test_redirect_to_https_has_a_policy_too(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = Client().get("/")
    assert response.status_code == 301
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "Permissions-Policy" in response


def test_content_security_policy_is_strict_and_identical_everywhere(client: Client) -> None:
    """But for what is framed, and the one page that frames it: `test_embeds.py` has these."""
    paths = [path for path in [*EVERYWHERE, *FILES, "/admin/login/", "/live/"] if path != PAGES["embed"]]
    policies = {client.get(path)["Content-Security-Policy"] for path in paths}
    assert len(policies) == 1
    directives = dict(directive.split(" ", 1) for directive in policies.pop().split("; "))
    assert directives == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
