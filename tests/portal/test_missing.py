"""Addresses that were mangled on their way: repaired where it is certain what was meant, else named or offered."""

import itertools
import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from comparisons.comparison.permalinks import is_parameter
from frameworks.text.mangled import UNHARMED, _query_as_meant, repaired_query, untracked
from tests import factories
from tests.html import read
from tests.pages import get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

VERSUS = "/compare/django-vs-flask/"
MEANT = "w-documentation=0&w-performance=10"


@pytest.fixture
def client(remembering: Client) -> Client:
    return remembering


def at(client: Client, path: str) -> Any:
    """The answer at a path that a client may send, but that the test client would not leave as it is."""
    return client.get("/", PATH_INFO=path.encode().decode("latin-1"))


@given(query=st.from_regex(UNHARMED, fullmatch=True, alphabet="ampqw019:_-=&"))
def test_mangled_query_is_not_what_looks_unharmed(query: str) -> None:
    assert _query_as_meant(query, is_parameter) is None


def test_mangled_queries_lead_to_what_was_meant(client: Client) -> None:
    for path in (
        "/",
        "/compare/django-vs-flask/",
        "/embed/compare/django-vs-flask/",
        "/matrix.csv",
        "/compare/",
    ):
        for query in (
            "w-documentation=0&amp;w-performance=10",
            "w-documentation=0&amp;amp;w-performance=10",
            "w-documentation=0&#38;w-performance=10".replace("#", "%23"),
            "w-documentation%3D0%26w-performance%3D10",
            "w-documentation%253D0%2526w-performance%253D10",
            "w-documentation=0%26amp%3Bw-performance%3D10",
            "w-documentation=0%26amp%3Bw-performance=10",
            "w-documentation=0;w-performance=10",
            "w-documentation=0&w-performance:10",
            "w-documentation=0&w-performance=10)",
            "w-documentation=0&w-performance=10%E2%80%9D.",
            "w-documentation=0&w-performance=10?utm_source=chat",
            "w-documentation=+0&w-performance=%2010&utm_source=x&fbclid=1",
            "w-docu%E2%80%8Bmentation=0&w-perform%C2%ADance=10",
            "w-documentation=0%5Cu0026w-performance=10",
            "w-documentation=3D0&w-performance=3D10",
            "w-documentation=0&w-perfor=%0D%0Amance=10",
            "w-documentation=0&w-performance=1=%0A0",
            r"w-documentation\u003d0\u0026w-performance\u003D10",
            "w-documentation=0%u0026w-performance%u003D10",
            r"w\-documentation\=0\&w\-performance\=10",
            "w-documentation=0&w-perfor%3Cwbr%3Emance=10",
            "w-documentation=0|w-performance=10",
            "w-documentation=0,w-performance=10",
            "w-documentation=0%20w-performance=10",
            "w-documentation=0amp;w-performance=10",
            "w%E2%80%91documentation=0&w%E2%80%93performance=10",
            "w-documentation=0&w-performance%EF%BC%9D%EF%BC%91%EF%BC%90",
            "w-documentation=0&%0D%0A%20w-perform%0Aance=10",
            "W-Documentation=0&w-performance=10&w-performance=10%20",
        ):
            response = client.get(f"{path}?{query}")
            assert (response.status_code, response.headers.get("Location")) == (302, f"{path}?{MEANT}"), query
        assert repaired_query(MEANT, is_parameter) is None


def test_free_text_and_addresses_in_a_query_stay_as_they_are() -> None:
    for query in (
        "q=R%26D",
        "q=a%26b%3Dc",
        "q=100%25",
        "q=C%2B%2B",
        "q=%2541",
        "q=foo%3Fpage%3D2",
        "q=AT%26T%3Bq%3D1",
        "q=R%26amp%3BD",
        "q=3D",
        "q=%5Cu0026x",
        "q=flask%26sort%3Dname",
        "q=(x)%20%E2%80%94",
        "w-performance",
        "rows=*",
        "address=http%3A//x/%3Fa%3D1%26b%3D2",
    ):
        assert repaired_query(query, is_parameter) is None
    for query, meant in (
        ("q=R&amp;D", "q=R%26D"),
        ("q=R&D&sort=name", "q=R%26D&sort=name"),
        ("q=AT&amp;T&fbclid&page=2", "q=AT%26T&page=2"),
        ("q=a&gt;b", "q=a%3Eb"),
        ("q=flask&w-perfor", None),
        ("q=flask&amp;sort=name", "q=flask&sort=name"),
        ("q%3Dflask%26sort%3Dname", "q=flask&sort=name"),
        ("q:django", "q=django"),
        ("among=django,flask).", "among=django,flask"),
        ("framework[0]=django&framework%5B1%5D=flask", "framework=django&framework=flask"),
        ("criteria=security%252Cperformance%7Clabel", "criteria=security,performance"),
        ("open:flask:performance&baseline:flask", "open=flask:performance&baseline=flask"),
        ("w-learning-curve=0&w-performance%3A10", "w-learning-curve=0&w-performance=10"),
        ("w-learning-curve&w-performance:10", "w-learning-curve&w-performance=10"),
        ("baseline=djan=%0D%0Ago&use-ca=se=shop", "baseline=django&use-case=shop"),
        (r"q=caf\u00e9\u0026bar&sort=name", "q=caf%C3%A9%26bar&sort=name"),
        ("q=%uD83D%uDC0D", "q=%F0%9F%90%8D"),
    ):
        assert repaired_query(query, is_parameter) == meant, query


def test_what_follows_a_weight_in_running_text_is_left_out() -> None:
    for tail in (
        "%26", "=", "'s", "%E2%80%99s", "_", "~", "~~", "/", "//", "%23x", "](https://example.org/x)", "%5D(http://x)",
        "</a>", "%3C/a%3E", "<br>", "&gt;", "&gt", "&quot;", "&rdquo;", "&nbsp;", "%E2%80%94", "-", ")", "&lt;/a&gt;",
        "|Django", "%7CDjango vs Flask%3E", "[/url]", "%5D%5BDjango%5D%5D", "[Django^]", '":https://example.org', "%94",
        ":~:text=Performance", r"\n",
    ):  # fmt: skip
        query = f"w-documentation=0&w-performance=10{tail}"
        assert repaired_query(query, is_parameter) == MEANT, tail
    for value in ("10.5", "3/5", "5 10", "50%25"):
        assert repaired_query(f"w-performance={value}", is_parameter) is None


def test_parameter_without_a_value_is_named(client: Client) -> None:
    for path in ("/", "/compare/django-vs-flask/", "/embed/compare/django-vs-flask/"):
        for query, sentences in (
            ("w-performance&sort=name", ["Weight of Performance: This has no value. It was ignored."]),
            ("w-perfor", ["There is no criterion “perfor”. It was ignored."]),
            ("w-performance10", ["There is no criterion “performance10”. It was ignored."]),
            ("w-performance=&baseline=", []),
        ):
            assert get(client, f"{path}?{query}").texts(".notices li") == sentences, (path, query)
    assert client.get("/?w-performance&baseline=")["Location"] == "/?w-performance"
    assert get(client, "/search/?q:django").one("input[name=q]")["value"] == "django"


def test_pages_name_parameters_that_they_do_not_understand(client: Client) -> None:
    for path in (
        "/", "/compare/django-vs-flask/", "/embed/compare/django-vs-flask/", "/search/", "/choose/",
        "/capabilities/", "/embed/", "/changes/",
    ):  # fmt: skip
        tracked = "utm_campaign=x&gclid=1&srsltid=1&gad_source=1&rdt_cid=1&sfmc_id=1&wt_mc=1&amp_js_v=1"
        tracked += "&fb_ref=1&__cft__[0]=1&__tn__=1&fb_action_ids=1&from=x&isappinstalled=0&ved=1&usg=1&hl=en"
        said = get(client, f"{path}?colour=red&{tracked}").texts(".notices li")
        assert said == ["This page has no parameter “colour”. It was ignored."], path
    for path in ("/matrix.csv", "/compare/django-vs-flask.csv"):
        assert json.loads(client.get(f"{path}?colour=red")["X-Notices"]) == said
        assert "X-Notices" not in client.get(f"{path}?w-performance=3")
    said = get(client, "/?w-performance=2&w-performance=3").texts(".notices li")
    assert said == ["Weight of Performance: This is given 2 times. Only the last, “3”, counts."]


@pytest.mark.parametrize(
    "typed, bare",
    [
        ("/method/?utm_source=mail&utm_campaign=new+year-1", "/method/"),
        ("/?w-speed=3&fbclid=IwAR0_x-9&sort=name", "/?w-speed=3&sort=name"),
        ("/?mc_cid=1&q=a%20b&gclid=", "/?q=a%20b"),
        ("/method/?utm_source=mail;sort=name", "/method/?utm_source=mail;sort=name"),
        ("/?utm_source=a%26sort=name", "/?utm_source=a%26sort=name"),
        ("/choose/?data=large&from=here&hl=en", "/choose/?data=large&from=here&hl=en"),
        ("/?q=utm_source=x", "/?q=utm_source=x"),
        ("/?why", "/?why"),
        ("/method/", "/method/"),
    ],
)
def test_what_certainly_tracks_readers_is_no_part_of_an_address(typed: str, bare: str) -> None:
    assert untracked(typed) == bare


def test_api_refuses_what_it_does_not_understand_but_not_what_tracks_readers(client: Client) -> None:
    refused = client.get("/api/v1/matrix?w-documentation=0&amp;w-performance=10")
    assert (refused.status_code, refused["Content-Type"]) == (422, "application/problem+json")
    assert "amp;w-performance" in refused.json()["detail"]
    assert client.get("/api/v1/matrix?utm_source=chat&fbclid=1").status_code == 200


PAGES = (
    "/method/", "/compare/django-vs-flask/", "/frameworks/django/", "/criteria/performance/", "/compare/",
    "/embed/compare/django-vs-flask/", "/matrix.csv", "/robots.txt", "/api/v1/frameworks/django",
    "/frameworks/django/performance/history/", "/changes.atom", "/frameworks/django.png",
)  # fmt: skip
#: These, and the ends below, are tried on some of the pages, in turn.
TAILS = (
    "&gt;", "&gt", "&quot;", "&rdquo;", "&#41;", "&nbsp;", "’s", "'s", "](http://example.org/x)", "_", "~", "~~", "$",
    "=", "@", "+", "&", "%26", "%", "%E2", "%00", "\x00", "</a>", "<br>", '"title"', " and", " (via", "|label", "—",
    "-", "」", "[1]", "(1)", ".html", ".htm", ".php", ";jsessionid=1", "\n", "/index.html", "/index.php", "/amp",
    "/print", "/feed/", "/👍", "/】", "/؟", "/)and-so-on", "/</a>", "/[Django^]", '/ "title")', "/(https:",
    "/<https:", "/<br>", "/}{Django", "\ufffd", "/{target=_blank}", "/—", "/|Django vs Flask>", "/](http://example.org/x/)",
    "/][Django]]", "/[/url]", "/#top", "/, and", "/=20", "«", " — a comparison", ".html)", "{x}", "^",
    "#top", "/:~:text=Performance", r"/\n", "/</a></p>", "/ – Touchstone",
)  # fmt: skip
ENDS = (
    ")", "),", ",", ";", ">", ".", "'", '"', "]", "*", "**", " ", "\u200b", "…", "”", "’", "»", "//", "/)", "/%20",
    "/.", "%29", "`",
)  # fmt: skip


def test_marks_at_the_end_of_a_path_are_left_out(client: Client, kept_world: None) -> None:
    turns = itertools.cycle(PAGES)
    for page, end in [*((page, ")") for page in PAGES), *zip(turns, ENDS * 3, strict=False)]:
        response = at(client, page + end)
        assert (response.status_code, response.headers.get("Location")) == (302, page), page + end
    for page, tail in zip(turns, TAILS, strict=False):
        response = at(client, page.rstrip("/") + tail)
        assert (response.status_code, response.headers.get("Location")) == (302, page), page + tail
    for page in ("/api/", "/api/v1/", "/api/v1/ratings"):
        assert at(client, f"{page.rstrip('/')}/)")["Location"] == page
    for page in ("/api/v1/ratings/+/+", "/api/v1/ratings/django/)", "/api/v1/frameworks/+"):
        assert at(client, page).status_code == 404, page


def test_paths_in_other_shapes_lead_to_their_pages(client: Client) -> None:
    for typed, page in (
        ("/Compare/Django-vs-Flask/", "/compare/django-vs-flask/"),
        ("/METHOD/", "/method/"),
        ("/compare//django-vs-flask/", "/compare/django-vs-flask/"),
        ("//compare/django-vs-flask/", "/compare/django-vs-flask/"),
        ("/compare/django–vs–flask/", "/compare/django-vs-flask/"),
        ("/compare/django vs flask/", "/compare/django-vs-flask/"),
        ("/compare/“django-vs-flask”/", "/compare/django-vs-flask/"),
        ("/compare/ｄｊａｎｇｏ-vs-flask/", "/compare/django-vs-flask/"),
        (
            "/compare/django-vs-flask/?sort=name&only=differences",
            "/compare/django-vs-flask/?sort=name&only=differences",
        ),
        (
            "/compare/django-vs-flask/?w-documentation=0",
            "/compare/django-vs-flask/?w-documentation=0",
        ),
        ("/compare/django-=vs-flask/", "/compare/django-vs-flask/"),
        ("/compare/django-vs- flask/", "/compare/django-vs-flask/"),
        ("/compare/django-vs-fl ask/", "/compare/django-vs-flask/"),
        ("/#!/compare/django-vs-flask", "/compare/django-vs-flask/"),
        ("/compare/django-vs-flask;only=differences", "/compare/django-vs-flask/?only=differences"),
        ("/https://example.org/compare/django-vs-flask/", "/compare/django-vs-flask/"),
        ("/http:/example.org:8000/method/", "/method/"),
        ("/compare/djan=\ngo-vs-flask/", "/compare/django-vs-flask/"),
        ("/compare/django-vs-fla=sk/", "/compare/django-vs-flask/"),
        ("/compare/django-vs-fla&shy;sk/", "/compare/django-vs-flask/"),
        ("/compare/django-vs-fla<wbr>sk/", "/compare/django-vs-flask/"),
        ("/compare/django&ndash;vs&#8211;flask/", "/compare/django-vs-flask/"),
        (r"/compare\/django\-vs\-flask\/", "/compare/django-vs-flask/"),
        (r"/compare\u002fdjango\x2dvs%u002Dflask/", "/compare/django-vs-flask/"),
        (
            r"/compare/django-vs-flask/\u003Fonly%u003Ddifferences",
            "/compare/django-vs-flask/?only=differences",
        ),
        ("/index.html", "/"),
        ("/robots.txt/", "/robots.txt"),
    ):
        response = at(client, typed)
        assert (response.status_code, response.headers.get("Location")) == (302, page), typed
    both = client.get("/compare/django-vs-flask/%3Fw-documentation=0?w-performance=10")
    assert both["Location"] == f"/compare/django-vs-flask/?{MEANT}"
    for tail in (")", "),", "/)", ".", "%29", "’s"):
        assert at(client, f"/oembed{tail}").headers.get("Location") == "/oembed", tail
    query = "url=http://127.0.0.1:8000/compare/django-vs-flask/"
    assert client.get(f"/oembed)?{query}")["Location"] == f"/oembed?{query}"
    assert client.get("/method)?q=1")["Location"] == "/method/?q=1"
    assert client.head("/method)")["Location"] == "/method/"
    assert client.post("/method)").status_code == 404


def test_usual_addresses_of_other_sites_lead_to_ours(client: Client) -> None:
    for path, page in (
        ("/openapi.json", "/api/v1/openapi.json"),
        ("/api/v1/swagger.json", "/api/v1/openapi.json"),
        ("/docs", "/api/v1/docs"),
        ("/Swagger/", "/api/v1/docs"),
        ("/api/docs/)", "/api/v1/docs"),
        ("/feed/", "/changes.atom"),
        ("/rss.xml?utm_source=x", "/changes.atom?utm_source=x"),
        ("/sitemap_index.xml", "/sitemap.xml"),
        ("/favicon.png", "/favicon.ico"),
        (f"/oembed.json?url={VERSUS}", f"/oembed?url={VERSUS}"),
        (f"/oembed.xml?url={VERSUS}", f"/oembed?format=xml&url={VERSUS}"),
    ):
        response = client.get(path)
        assert (response.status_code, response.headers.get("Location")) == (302, page), path
    for path in ("/manifest.json", "/.well-known/security.txt", "/api/v1/frameworks/docs"):
        assert client.get(path).status_code == 404, path


def test_no_path_leads_to_another_host(client: Client) -> None:
    for path in (
        "//example.org/",
        "/\\example.org",
        "/\\example.org)",
        "//example.org/method/)",
        "/https://example.org/",
    ):
        assert at(client, path).status_code == 404
    assert at(client, "//example.org/..//method/)").status_code == 404
    assert at(client, "//method/)")["Location"] == "/method/"
    # A query is repaired before it is known whether its path leads anywhere.
    repaired = client.get("/", PATH_INFO="//example.org/", QUERY_STRING="q=1&amp;sort=name")
    assert repaired["Location"] == "/%2Fexample.org/?q=1&sort=name"


def test_missing_page_offers_the_comparison_and_the_frameworks_that_are_meant(client: Client) -> None:
    factories.make_framework(name="Quart Two", slug="quart-two")
    factories.make_source(key="007", short_name="Almanac")
    for path, names in (
        ("/compares/django-vs-flask", ["Django vs Flask", "Django", "Flask"]),
        ("/compare/djanog-vs-flask/overview/", ["Django vs Flask", "Django", "Flask"]),
        ("/frameworks/flsk/", ["Flask"]),
        ("/framework/quart-two", ["Quart Two"]),
        ("/wp-login.php", []),
        ("/framworks/django/", ["Django"]),
        ("/djanga/", ["Django"]),
        ("/criterion/preformance/", ["Performance"]),
        ("/frameworks/performance/", ["Performance"]),
        ("/usecases/live-update/", ["Live updates"]),
        ("/component/sqlalchmy/", ["SQLAlchemy"]),
        ("/components/nothing-of-the-kind/", ["Components"]),
        ("/sources/7/", ["Almanac"]),
        ("/metod/", ["Method"]),
        ("/disagrement", ["Disagreements"]),
        ("/matrix/", ["Matrix"]),
    ):
        response = client.get(path)
        assert response.status_code == 404
        assert read(response.content).texts(".meant a") == names, path
    for path in (
        "/compare/django-vs-fla…/",
        "/compare/django,flask/",
        "/compare/django-flask/",
        "/compare/django-vs-flsk",
        "/compare/“django-vs-flsk”/",
    ):
        page = read(client.get(path, follow=True).content)
        assert page.texts(".way-on a") == ["Compare Django and Flask"], path
        assert page.one(".way-on a")["href"] == "/compare/django-vs-flask/"


@pytest.mark.django_db
def test_address_of_a_permanent_copy_that_was_cut_offers_the_copy(client: Client, kept_world: None) -> None:
    address = client.post("/compare/django-vs-flask/freeze/").headers["Location"].partition("?")[0]
    hash_value = address.split("/")[2]
    for path in (
        f"/s/{hash_value[:12]}…",
        f"/s/{hash_value[:20]}=0D=0A{hash_value[20:]}/",
        f"/S/{hash_value[:11].upper()}",
    ):
        response = client.get(path)
        assert response.status_code == 404
        page = read(response.content)
        assert page.texts(".meant a") == ["The permanent copy of Django vs Flask"], path
        assert page.one(".meant a")["href"] == address
    for path in (f"/s/{hash_value[:6]}", "/s/aaaaaaaaaaaa", "/s/", "/s/…/"):
        assert "permanent copy of" not in client.get(path).content.decode(), path


@pytest.mark.django_db
def test_api_address_that_names_an_entry_is_never_shortened_to_the_list(client: Client) -> None:
    for kind in ("frameworks", "criteria", "sources", "claims"):
        assert client.get(f"/api/v1/{kind}/$").status_code == 404
