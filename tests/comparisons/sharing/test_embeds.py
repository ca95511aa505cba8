"""Comparisons in other people's pages: the frames, the page that makes the snippet, oEmbed."""

import json
from html import escape
from typing import Any
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from comparisons.models import Snapshot
from frameworks.models import Criterion, Framework
from frameworks.pages import conditional
from tests import factories
from tests.factories import KEPT
from tests.frameworks.changing import rename
from tests.html import Element, read
from tests.pages import PAGES, change

pytestmark = pytest.mark.django_db
reads = pytest.mark.usefixtures("kept_world")
changes = pytest.mark.usefixtures("world")

SITE = "http://127.0.0.1:8000"
LIVE = "/embed/compare/flask-vs-fastapi/"
FROZEN = f"/embed/s/{KEPT}/"
FRAMES = [
    LIVE,
    f"{LIVE}?w-performance=9&baseline=fastapi&only=differences&theme=dark",
    f"{LIVE}?use-case=live-updates",
    FROZEN,
    f"{FROZEN}?theme=light",
]
NOTHING = [
    ("/embed/compare/flask/", 400),
    ("/embed/compare/django-vs-fastapi-vs-flask-vs-quart-vs-sanic-vs-nobody/", 404),
    ("/embed/compare/flask-vs-nobody/", 404),
    ("/embed/compare/-vs-/", 400),
    ("/embed/compare/%00-vs-flask/", 404),
    (f"/embed/s/{'b' * 26}/", 404),
    ("/embed/s/%00/", 404),
    ("/embed/nowhere/", 404),
    (f"{LIVE}?{'&'.join(f'p{number}=1' for number in range(1200))}", 400),
    (f"{FROZEN}?{'&'.join(f'p{number}=1' for number in range(1200))}", 400),
]
HOSTILE = '</textarea><script>alert("1")</script>&amp;'


def get(client: Client, path: str) -> Element:
    response = client.get(path)
    assert response.status_code == 200, path
    return read(response.content)


# What stands in the frame


@reads
def test_embed_shows_frameworks_fits_scores_and_revision(client: Client) -> None:
    page = get(client, LIVE)
    assert page.one("a.brand").text == "Touchstone"
    assert page.one("a.brand")["href"] == "/"
    assert page.one("h1 a").text == "Flask, FastAPI"
    assert page.one("h1 a")["href"] == "/compare/flask-vs-fastapi/"
    assert page.one("header p").text == (
        "With the default weights, FastAPI leads Flask by 18 points. 1 of 8 scores is in dispute."
    )
    assert [head.parts for head in page.all("th.party")] == [
        ["Flask", "fit 71 rank 2", "61–75 possible"],
        ["FastAPI", "fit 89 rank 1"],
    ]
    assert page.texts("tbody tr")[0:2] == [
        "Learning curve 2 5 1 source 4 1 source",
        "Documentation 1 4 1 source 4 1 source",
    ]
    assert "not scored" in page.texts("tbody tr")[3]
    assert page.all("td .disputed")
    assert " claims. As it stood on " in page.one("footer").text
    assert ", revision " in page.one("footer").text


@reads
def test_embed_table_has_a_caption_and_header_scopes(client: Client) -> None:
    page = get(client, LIVE)
    assert page.one("table caption").text
    assert [head["scope"] for head in page.all("thead th")] == ["col"] * 4
    assert [head["scope"] for head in page.all("tbody th")] == ["row"] * 4
    assert page.one(".region")["role"] == "region"
    assert page.one(".region")["tabindex"] == "0"


@reads
def test_embed_shows_the_same_scores_and_fits_as_side_by_side(client: Client) -> None:
    for query in ("", "?w-performance=9", "?use-case=live-updates", "?baseline=fastapi"):
        frame, page = get(client, LIVE + query), get(client, f"/compare/flask-vs-fastapi/{query}")
        assert frame.texts("th.party b") == [party.parts[0] for party in page.all("thead .party")]
        fits = [figure.split()[0] for figure in page.texts("thead .fit-figure")]
        assert frame.texts("th.party .figure") == fits
        assert frame.texts("td.rated b") == page.texts("td.rated .cell b")
        assert frame.texts("tbody .n") == page.texts("td .cell .n")


@reads
def test_embed_accepts_the_parameters_of_side_by_side(client: Client) -> None:
    page = get(client, f"{LIVE}?w-performance=9&baseline=fastapi&only=differences&theme=dark")
    assert page.one("header p").text.startswith("With 1 weight changed, FastAPI leads ")
    assert page.one("html")["data-theme"] == "dark"
    assert page.one("meta[name=color-scheme]")["content"] == "dark"
    assert page.texts("th.party b") == ["FastAPI", "Flask"]
    assert "1 criterion is not shown because all are alike" in page.one("footer").text
    assert "Plus and minus compare with FastAPI." in page.one("footer").text
    assert page.texts("tbody th") == ["Learning curve", "Performance", "Async support"]
    assert page.texts("td.weight") == ["2", "9 instead of 3", "1"]
    assert page.texts("tbody .delta") == ["+1", "−2"]
    assert page.one("h1 a")["href"] == (
        "/compare/flask-vs-fastapi/?w-async-support=1&w-documentation=1&w-learning-curve=2&w-performance=9"
        "&baseline=fastapi&only=differences"
    )


@reads
def test_embed_as_of_returns_404_before_all_facts_and_everything_today(client: Client) -> None:
    response = client.get(f"{LIVE}?as-of=2001-01-01")
    assert response.status_code == 404
    assert read(response.content).one("h1").text == "There is no comparison here"
    today = timezone.localdate()
    page = get(client, f"{LIVE}?as-of={today}")
    assert page.texts("table tr") == get(client, LIVE).texts("table tr")
    assert page.one("h1 a")["href"] == f"/compare/flask-vs-fastapi/?as-of={today}"


@reads
def test_embed_reports_invalid_parameters(client: Client) -> None:
    page = get(client, f"{LIVE}?w-performance=x&theme=purple&w-nothing=1")
    assert len(page.all(".notices li")) == 3
    assert "data-theme" not in page.one("html")


@changes
def test_snapshot_embed_stays_unchanged_and_is_cached_as_immutable(client: Client) -> None:
    before = client.get(FROZEN)
    assert before["Cache-Control"] == "public, max-age=31536000, immutable"
    assert before["ETag"].startswith('"')
    change(Framework.objects.get(slug="flask"), name="Flagon", is_published=False)
    after = client.get(FROZEN)
    assert (after.content, after["ETag"]) == (before.content, before["ETag"])
    again = client.get(FROZEN, headers={"If-None-Match": before["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    page = read(after.content)
    assert page.one("h1 a")["href"] == f"/s/{KEPT}/"
    assert page.texts("th.party b") == get(client, f"/s/{KEPT}/").texts(".party-name")
    assert " As it stood on " in f" {page.one('header p').text}"


@reads
@pytest.mark.parametrize("path", FRAMES)
def test_embed_links_target_the_top_window_without_forms_or_scripts(client: Client, path: str) -> None:
    page = get(client, path)
    assert {link["target"] for link in page.all("a")} == {"_top"}
    for tag in ("form", "script", "button", "input", "style", "iframe", "img"):
        assert page.all(tag) == []
    assert [link["href"] for link in page.all("link[rel=stylesheet]")] == ["/static/embed.css"]
    assert not [element for element in page.descendants if "style" in element]
    assert page.one("meta[name=robots]")["content"] == "noindex"
    assert page.one("link[rel=canonical]")["href"].startswith(f"{SITE}/")
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert page.one("title").text.endswith(" · Touchstone")


@reads
@pytest.mark.parametrize("path, status", NOTHING, ids=[path[:60] for path, _ in NOTHING])
def test_embed_renders_a_small_error_page_for_an_invalid_address(
    client: Client, path: str, status: int
) -> None:
    response = client.get(path)
    assert response.status_code == status
    page = read(response.content)
    assert page.one("h1").text == "There is no comparison here"
    assert {link["target"] for link in page.all("a")} == {"_top"}
    assert page.one("a.brand")["href"] == "/"
    assert len(response.content) < 2000


@changes
def test_embed_states_the_limit_for_too_many_frameworks(client: Client) -> None:
    factories.make_framework(name="Sixth")
    response = client.get("/embed/compare/django-vs-fastapi-vs-flask-vs-quart-vs-sanic-vs-sixth/")
    assert response.status_code == 400
    assert read(response.content).one("header p").text == "A comparison takes 2 to 5 frameworks."


# Who may frame what


def policy(client: Client, path: str, **headers: str) -> dict[str, str]:
    response = client.get(path, headers=headers)
    said = dict(part.split(" ", 1) for part in response["Content-Security-Policy"].split("; "))
    said["X-Frame-Options"] = response.get("X-Frame-Options", "")
    return said


@reads
@pytest.mark.parametrize("path", [*FRAMES, *(path for path, _ in NOTHING)], ids=lambda path: path[:60])
def test_embed_policy_allows_framing_anywhere_and_only_own_styles(client: Client, path: str) -> None:
    assert policy(client, path) == {
        "default-src": "'none'",
        "style-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "*",
        "X-Frame-Options": "",
    }


@reads
@pytest.mark.parametrize("path", [LIVE, FROZEN])
def test_embed_304_response_still_allows_framing(client: Client, path: str) -> None:
    """A browser takes over the headers of a 304."""
    tag = client.get(path)["ETag"]
    response = client.get(path, headers={"If-None-Match": tag})
    assert response.status_code == 304
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response


@reads
@pytest.mark.parametrize(
    "path",
    [
        *["/embed/", "/embed/?framework=flask&framework=django", "/admin/login/", "/admin/", "/live/"],
        *[
            f"/oembed?url={SITE}/compare/flask-vs-fastapi/",
            "/oembed",
            "/embedded/",
            "/static/x.css",
        ],
        *["/changes.atom", "/sitemap.xml", "/robots.txt", "/llms.txt", f"/s/{KEPT}/embed/"],
    ],
)
def test_pages_other_than_embeds_forbid_framing(client: Client, path: str) -> None:
    """Of pages `test_every_page.py` says so."""
    said = policy(client, path)
    assert said["frame-ancestors"] == "'none'"
    assert said["X-Frame-Options"] == "DENY"


@reads
def test_snippet_page_is_the_only_page_allowed_to_contain_frames(client: Client) -> None:
    assert policy(client, "/embed/")["frame-src"] == "'self'"
    tag = client.get("/embed/")["ETag"]
    assert policy(client, "/embed/", **{"If-None-Match": tag})["frame-src"] == "'self'"
    assert [path for path in PAGES.values() if "frame-src" in policy(client, path)] == [PAGES["embed"]]


@reads
@pytest.mark.parametrize("path", [*FRAMES, *(path for path, _ in NOTHING)], ids=lambda path: path[:60])
def test_embed_sets_and_reads_no_cookie(client: Client, admin_client: Client, path: str) -> None:
    response = client.get(path)
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")
    assert admin_client.get(path).content == response.content


@reads
@pytest.mark.parametrize("path", [LIVE, FROZEN])
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_embed_rejects_unsafe_methods(client: Client, path: str, method: str) -> None:
    response = getattr(client, method)(path)
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")


# The snippet


def snippet(page: Element) -> Element:
    """The frame that the snippet makes in the page that it is pasted into."""
    return read(page.one("textarea#snippet").text.encode()).one("iframe")


@reads
def test_side_by_side_links_to_its_snippet_with_its_weights(client: Client) -> None:
    page = get(client, "/compare/flask-vs-fastapi/?w-performance=9&baseline=fastapi")
    (way,) = [link for link in page.all("a") if link.text == "Embed"]
    made = get(client, way["href"])
    frame = snippet(made)
    assert frame["src"] == (
        f"{SITE}/embed/compare/fastapi-vs-flask/?w-async-support=1&w-documentation=1&w-learning-curve=2"
        "&w-performance=9&baseline=fastapi"
    )
    assert frame["title"] == "FastAPI vs Flask, compared on cited evidence · Touchstone"
    assert (frame["width"], frame["loading"]) == ("640", "lazy")
    assert frame["sandbox"] == (
        "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
    )
    assert made.one("iframe.framed")["src"] == frame["src"].removeprefix(SITE)
    assert made.one("iframe.framed")["height"] == frame["height"]
    assert get(client, frame["src"].removeprefix(SITE)).texts("td.weight")[2] == "9 instead of 3"


@reads
def test_snapshot_links_to_its_snippet(client: Client) -> None:
    (way,) = [link for link in get(client, f"/s/{KEPT}/").all("a") if link.text == "Embed"]
    made = get(client, way["href"])
    assert snippet(made)["src"] == f"{SITE}/embed/s/{KEPT}/"
    assert made.one("input#address")["value"] == f"/s/{KEPT}/"


@reads
def test_snippet_page_form_sets_frameworks_size_and_theme(client: Client) -> None:
    query = "framework=flask&framework=django&theme=dark&width=400&height=300&only=differences"
    page = get(client, f"/embed/?{query}")
    frame = snippet(page)
    assert frame["src"] == f"{SITE}/embed/compare/flask-vs-django/?only=differences&theme=dark"
    assert (frame["width"], frame["height"]) == ("400", "300")
    assert page.one("form#maker")["method"] == "get"
    assert [box["value"] for box in page.all("input[name=framework]") if "checked" in box] == [
        "django",
        "flask",
    ]
    response = client.get(f"/embed/?{query}", headers={"HX-Request": "true"})
    assert response["HX-Push-Url"] == (
        "/embed/?only=differences&framework=flask&framework=django&theme=dark&width=400&height=300"
    )
    assert get(client, response["HX-Push-Url"]).texts("#snippet") == page.texts("#snippet")


@reads
@pytest.mark.parametrize(
    "address, frame",
    [
        ("/compare/flask-vs-django/", "/embed/compare/flask-vs-django/"),
        (f"{SITE}/compare/flask-vs-django/", "/embed/compare/flask-vs-django/"),
        (f"{SITE}/compare/flask-vs-django", "/embed/compare/flask-vs-django/"),
        (f"{SITE}/embed/compare/flask-vs-django/?theme=dark", "/embed/compare/flask-vs-django/"),
        (f"{SITE}/s/{KEPT}/#cell", f"/embed/s/{KEPT}/"),
        (
            f"{SITE}/compare/flask-vs-django/?only=differences",
            "/embed/compare/flask-vs-django/?only=differences",
        ),
    ],
)
def test_snippet_page_accepts_a_pasted_address(client: Client, address: str, frame: str) -> None:
    page = get(client, f"/embed/?{urlencode({'address': address})}")
    assert snippet(page)["src"] == SITE + frame
    assert page.all(".notices") == []


@reads
def test_address_that_nobody_escaped_keeps_its_parameters(client: Client) -> None:
    page = f"{SITE}/compare/flask-vs-django/"
    for rest in ("w-performance=10&w-documentation=0", "only=differences&w-performance=0&baseline=flask"):
        meant = snippet(get(client, f"/embed/?{urlencode({'address': f'{page}?{rest}'})}"))["src"]
        shown = get(client, f"/embed/?address={page}?{rest}&width=700")
        assert (snippet(shown)["src"], shown.texts(".notices li")) == (meant, [])
        for typed in (f"{page}?{rest}", f"{page}?{rest}&format=json&maxwidth=9999"):
            html = json.loads(client.get(f"/oembed?url={typed}").content)["html"]
            assert meant.replace("&", "&amp;") in html
    for address, beside, ignored in (
        (page, "w-performance=3", ["w-performance"]),
        (f"{page}?w-performance=3", "framework=sanic&framework=quart&use-case=none", ["use-case"]),
        (
            f"{SITE}/s/{KEPT}/?only=differences",
            "w-performance=3&baseline=flask",
            ["w-performance", "baseline"],
        ),
    ):
        said = get(client, f"/embed/?address={quote(address)}&{beside}").texts(".notices li")
        assert said == [
            f"The address has its own settings, so “{name}” beside it was ignored." for name in ignored
        ]
    for path in (f"/embed/s/{KEPT}/", f"/s/{KEPT}/"):
        said = get(client, f"{path}?w-performance=3").texts(".notices li")
        assert said == ["This page has no parameter “w-performance”. It was ignored."]
    said = get(client, "/compare/flask-vs-django/?min-performance=3&min-nothing=1").texts(".notices li")
    assert said == [
        "There is no criterion “nothing”. It was ignored.",
        "This page has no parameter “min-performance”. It was ignored.",
    ]


ELSEWHERE = [
    "https://example.org/compare/flask-vs-django/",
    "http://127.0.0.1:8001/compare/flask-vs-django/",
    "http://127.0.0.1/compare/flask-vs-django/",
    "http://u:p@127.0.0.1:8000/compare/flask-vs-django/",
    "http://127.0.0.1:8000@example.org/compare/flask-vs-django/",
    "javascript:alert(1)//127.0.0.1:8000/compare/flask-vs-django/",
    "//example.org/compare/flask-vs-django/",
    "/\\example.org/compare/flask-vs-django/",
    "http://[::1/compare/flask-vs-django/",
    "http://127.0.0.1:8000\u2100/compare/flask-vs-django/",
    "http://127.0.0.1:99999999/compare/flask-vs-django/",
    f"{SITE}/",
    f"{SITE}/compare/",
    f"{SITE}/compare/-vs-/",
    f"{SITE}/compare/flask-vs-nobody/x/",
    f"{SITE}/s/{'b' * 26}/",
    f"{SITE}/s/%00/",
    f"{SITE}/frameworks/flask/",
    f"{SITE}/admin/",
    f"{SITE}/compare/flask-vs-django/?{'&'.join(['a=1'] * 1200)}",
    "flask vs django",
    "\x00",
    "%00",
    "\ud800".encode("utf-8", "replace").decode(),
    "<script>alert(1)</script>",
    "a" * 50_000,
    f"{SITE}/compare/{'a-vs-' * 10_000}/",
]


@reads
@pytest.mark.parametrize("address", ELSEWHERE, ids=lambda address: repr(address[:50]))
def test_snippet_page_reports_an_invalid_address_and_keeps_the_ticks(client: Client, address: str) -> None:
    query = urlencode({"framework": ["flask", "django"], "address": address}, doseq=True)
    page = get(client, f"/embed/?{query}")
    assert len(page.all(".notices li")) in {1, 2}
    assert snippet(page)["src"] == f"{SITE}/embed/compare/flask-vs-django/"
    assert page.one("input#address")["value"] == ""


@reads
@pytest.mark.parametrize(
    "query, said",
    [
        ("", []),
        ("framework=flask", []),
        (
            f"address={SITE}/compare/flask-vs-nobody/",
            ["Some of the frameworks at this address are not known here."],
        ),
        ("width=1&height=99999&theme=x&framework=flask&framework=django", 3),
        (f"width={'9' * 5000}&framework=nobody", 2),
        ("w-performance=x&w-nothing=1", 2),
    ],
)
def test_snippet_page_reports_invalid_input(client: Client, query: str, said: list[str] | int) -> None:
    notices = get(client, f"/embed/?{query}").texts(".notices li")
    assert (len(notices) if isinstance(said, int) else notices) == said


@changes
def test_snippet_page_rejects_more_than_five_frameworks(client: Client) -> None:
    factories.make_framework(name="Sixth")
    slugs = ["django", "fastapi", "flask", "quart", "sanic", "sixth"]
    page = get(client, f"/embed/?{urlencode({'framework': slugs}, doseq=True)}")
    assert page.texts(".notices li") == ["6 frameworks are too many: you can compare up to 5."]
    assert page.all("textarea") == []


@changes
def test_snippet_and_oembed_escape_a_hostile_name(client: Client) -> None:
    change(Framework.objects.get(slug="flask"), name=HOSTILE)
    made = get(client, "/embed/?framework=flask&framework=django")
    assert snippet(made)["title"] == f"{HOSTILE} vs Django, compared on cited evidence · Touchstone"
    assert made.one("textarea#snippet").text.count("<") == 2
    assert get(client, "/embed/compare/flask-vs-django/").one("h1").text == f"{HOSTILE}, Django"
    told = oembed(client, f"{SITE}/compare/flask-vs-django/")
    assert told["title"].startswith(HOSTILE)
    assert escape(HOSTILE) in told["html"]
    assert "<script" not in told["html"]


# oEmbed


def oembed(client: Client, url: str, **parameters: str | int) -> dict[str, Any]:
    response = client.get("/oembed", {"url": url, **parameters})
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    found: dict[str, Any] = json.loads(response.content)
    return found


@reads
@pytest.mark.parametrize(
    "path", ["/compare/flask-vs-fastapi/", "/compare/flask-vs-fastapi/?w-performance=9", f"/s/{KEPT}/"]
)
def test_comparison_pages_link_to_their_oembed(client: Client, path: str) -> None:
    link = get(client, path).one("link[type=application/json+oembed]")
    assert link["rel"] == "alternate"
    told = json.loads(client.get(link["href"].removeprefix(SITE)).content)
    assert told["version"] == "1.0"
    assert told["type"] == "rich"
    assert (told["provider_name"], told["provider_url"]) == ("Touchstone", f"{SITE}/")
    assert told["cache_age"] == 3600
    frame = read(told["html"].encode()).one("iframe")
    assert (frame["width"], frame["height"]) == (str(told["width"]), str(told["height"]))
    page = get(client, frame["src"].removeprefix(SITE))
    assert page.one("title").text == f"{told['title']} · Touchstone"
    assert path.partition("?")[0] in page.one("h1 a")["href"]


@reads
def test_oembed_frame_keeps_the_weights_of_the_page(client: Client) -> None:
    told = oembed(client, f"{SITE}/compare/flask-vs-fastapi/?w-performance=9&kind=%22%3E")
    frame = read(told["html"].encode()).one("iframe")
    assert frame["src"].endswith("?w-async-support=1&w-documentation=1&w-learning-curve=2&w-performance=9")


@reads
def test_oembed_names_a_thumbnail_of_the_view_with_its_size(client: Client) -> None:
    told = oembed(client, f"{SITE}/compare/flask-vs-fastapi/?w-performance=9")
    assert "w-performance=9" in told["thumbnail_url"]
    picture = client.get(told["thumbnail_url"].removeprefix(SITE)).content
    size = (int.from_bytes(picture[16:20]), int.from_bytes(picture[20:24]))
    assert size == (told["thumbnail_width"], told["thumbnail_height"]) == (1200, 630)


@reads
def test_oembed_respects_maxwidth_and_maxheight(client: Client) -> None:
    told = oembed(client, f"{SITE}/compare/flask-vs-fastapi/", maxwidth=300, maxheight=200, format="json")
    assert (told["width"], told["height"]) == (300, 200)
    assert "thumbnail_url" not in told
    told = oembed(client, f"{SITE}/compare/flask-vs-fastapi/", maxwidth=5000, maxheight=5000)
    assert told["width"] == 640
    assert 200 < told["height"] < 600


@reads
@pytest.mark.parametrize(
    "query, status",
    [
        ("", 400),
        ("url=", 400),
        (f"url={SITE}/compare/flask-vs-fastapi/&format=yaml", 501),
        (f"url={SITE}/compare/flask-vs-fastapi/&format=%00", 501),
        (f"url={SITE}/compare/flask-vs-fastapi/&maxwidth=x", 400),
        (f"url={SITE}/compare/flask-vs-fastapi/&maxwidth=0", 400),
        (f"url={SITE}/compare/flask-vs-fastapi/&maxheight={'9' * 5000}", 400),
        (f"url={SITE}/compare/flask-vs-nobody/", 404),
        (f"url={SITE}/compare/flask/", 404),
        *[(urlencode({"url": address}), 404) for address in ELSEWHERE],
    ],
    ids=lambda value: repr(value)[:60],
)
def test_oembed_rejects_invalid_requests_without_echoing_them(
    client: Client, query: str, status: int
) -> None:
    response = client.get(f"/oembed?{query}")
    assert response.status_code == status
    assert response["Access-Control-Allow-Origin"] == "*"
    assert json.loads(response.content).keys() == {"status", "title"}
    assert len(response.content) < 200
    assert "script" not in response.content.decode()


@reads
def test_oembed_knows_an_address_however_it_is_written(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://compare.example.org"
    plain = oembed(client, "https://compare.example.org/compare/flask-vs-django/?sort=name&w-performance=9")[
        "html"
    ]
    page = "compare.example.org/compare/flask-vs-django"
    for address in (
        f"http://{page}/?w-performance=9",
        "HTTPS://Compare.Example.org:443/compare/flask-vs-django/?w-performance=9#performance",
        f"https://www.{page}?w-performance=9&utm_source=chat",
        f"https://{page}//?w-performance=9)",
        "https://compare.example.org/Compare/Flask-vs-Django?w-performance%3D9",
        "https://compare.example.org/compare/%66lask-vs-django/%3Fw-performance=9",
        f" https://{page}/)?w-performance=9 ",
        f"<https://{page}/?w-performance=9>",
        f'"https://{page}/?w-performance=9"',
        f"//{page}/?w-performance=9",
        f"{page}/?w-performance=9",
        quote(f"https://{page}/?w-performance=9", safe=""),
        quote(quote(f"https://{page}/?w-performance=9", safe=""), safe=""),
        f"https:/{page}/?w-performance=9",
        "https://compare.example.org/compare/Flask-VS-Django?w-performance=9",
        "https://compare.example.org/compare/flask%20vs%20django?w-performance=9",
        "https://compare.example.org/embed/compare/flask-vs-django/?w-performance=9",
    ):
        assert oembed(client, address)["html"] == plain, address
    copy = oembed(client, f"http://compare.example.org/s/{KEPT.upper()}")
    assert f"/embed/s/{KEPT}/" in copy["html"]
    for elsewhere in (
        f"https://x:y@{page}/",
        f"https://{page.replace('.org', '.org.example.com')}/",
        f"ftp://{page}/",
    ):
        assert client.get("/oembed", {"url": elsewhere}).status_code == 404


@reads
def test_oembed_is_xml_where_a_page_offers_it(client: Client) -> None:
    link = get(client, "/compare/flask-vs-django/").one("link[type=text/xml+oembed]")["href"]
    response = client.get(link.removeprefix(SITE))
    assert response["Content-Type"] == "text/xml; charset=utf-8"
    assert client.get(link.removeprefix(SITE).replace("=xml", "=XML")).content == response.content
    told = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    asked = oembed(client, f"{SITE}/compare/flask-vs-django/")
    assert {element.tag: element.text for element in told} == {
        name: str(value) for name, value in asked.items()
    }


@reads
def test_oembed_rejects_too_many_parameters(client: Client) -> None:
    assert client.get(f"/oembed?{'&'.join(['url=1'] * 1200)}").status_code == 400


@reads
def test_oembed_accepts_only_the_public_site_url(client: Client, settings: Settings) -> None:
    settings.SITE_URL = "https://compare.example.org"
    told = oembed(client, "https://compare.example.org/compare/flask-vs-fastapi/")
    assert 'src="https://compare.example.org/embed/compare/flask-vs-fastapi/"' in told["html"]
    assert client.get("/oembed", {"url": f"{SITE}/compare/flask-vs-fastapi/"}).status_code == 404


# Former names


@changes
def test_embed_redirects_a_former_name(client: Client) -> None:
    rename(Framework.objects.get(slug="flask"), "flagon")
    response = client.get(f"{LIVE}?baseline=flask")
    assert (response.status_code, response["Location"]) == (
        301,
        "/embed/compare/flagon-vs-fastapi/?baseline=flagon",
    )


@changes
def test_oembed_and_snippet_page_resolve_former_names(client: Client) -> None:
    rename(Criterion.objects.get(slug="performance"), "speed")
    rename(Framework.objects.get(slug="flask"), "flagon")
    address = f"{SITE}/compare/flask-vs-fastapi/?w-performance=9"
    told = oembed(client, address)
    assert "/embed/compare/flagon-vs-fastapi/?" in told["html"]
    assert "w-speed=9" in told["html"]
    page = get(client, f"/embed/?{urlencode({'address': address})}")
    assert page.texts(".notices li") == []
    assert "/embed/compare/flagon-vs-fastapi/?" in page.one("textarea").text


# What it costs


@changes
@pytest.mark.parametrize(
    "path", [LIVE, "/embed/?framework=flask&framework=django", f"/oembed?url={SITE}/compare/flask-vs-django/"]
)
def test_embed_snippet_page_and_oembed_answer_304_with_a_single_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    tag = client.get(path)["ETag"]
    conditional.release()
    with django_assert_num_queries(1):
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 304


@changes
def test_snapshot_embed_takes_a_single_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert Snapshot.objects.count() == 1
    with django_assert_num_queries(1):
        client.get(FROZEN)


@reads
def test_embed_error_page_does_not_echo_markup_from_the_path(client: Client) -> None:
    response = client.get(f"/embed/compare/{quote('<b>x</b>-vs-flask')}/")
    assert b"<b>x" not in response.content
    assert "x</b>" not in response.content.decode()
