"""The picture of every page: there, of the right size, saying what the page says, told in its alternative text."""

import os
import re
import struct
import subprocess
import sys
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.test import Client
from PIL import Image, ImageChops
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings

from comparisons.models import Snapshot
from frameworks.models import Framework
from pictures import drawing, text_metrics
from pictures.card import BarMark, Card, CardRow, DotsMark, ScaleMark, StepsMark, figures, part
from pictures.rasterising import png_of
from pictures.svg import ACCENT, CHART, PICTURE, Canvas, light_style, style_hash
from pictures.text_metrics import Face
from tests import factories
from tests.html import Element, fits, read
from tests.pages import ERRORS, PAGES, change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

SVG = "{http://www.w3.org/2000/svg}"
OBJECTION = "/frameworks/flask/performance/objection/"
LONG = "W" * 60


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is drawn while the test runs, as SVG: nothing is rendered, which takes long."""
    seen: list[str] = []

    def note(svg: str) -> bytes:
        seen.append(svg)
        return b"PNG"

    monkeypatch.setattr(drawing, "png_of", note)
    return seen


def head(client: Client, path: str) -> Element:
    return read(client.get(path).content).one("head")


def said(page: Element, name: str) -> str:
    key = "name" if name.startswith("twitter") else "property"
    return page.one(f"meta[{key}={name}]")["content"]


def picture_path(page: Element) -> str:
    return said(page, "og:image").removeprefix("http://127.0.0.1:8000")


def words(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]  # noqa: S314 - ours


def size(png: bytes) -> tuple[int, int]:
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


# Every page has one


@pytest.mark.parametrize("path", [*PAGES.values(), OBJECTION])
def test_picture_is_named_in_open_graph_tags_of_every_page(
    client: Client, drawn: list[str], path: str
) -> None:
    page = head(client, path)
    assert said(page, "og:site_name") == "Touchstone"
    assert said(page, "og:type") == "website"
    assert said(page, "og:url") == f"http://127.0.0.1:8000{path}"
    assert (said(page, "og:image:width"), said(page, "og:image:height")) == ("1200", "630")
    assert said(page, "og:image:type") == "image/png"
    assert said(page, "twitter:card") == "summary_large_image"
    assert page.one("meta[name=description]")["content"] == said(page, "og:description")
    assert re.search(r"\.png\?.*v=[0-9a-f]{10}$", said(page, "og:image"))
    response = client.get(picture_path(page))
    assert (response.status_code, response["Content-Type"]) == (200, "image/png")
    assert len(drawn) == 1


@pytest.mark.parametrize("path", [*PAGES.values(), OBJECTION])
def test_picture_alternative_text_matches_the_drawing(client: Client, drawn: list[str], path: str) -> None:
    page = head(client, path)
    client.get(picture_path(page))
    told = said(page, "og:image:alt")
    assert told == said(page, "twitter:image:alt")
    assert said(page, "og:title") in told
    # Without the name of the portal, the legend, the address, and what stands over the marks.
    axis = {"0", "50", "100", "1", "2", "3", "4", "5", "–"}
    shown = [word for word in words(drawn[0])[:-2] if word not in {*axis, "Touchstone"}]
    assert len(shown) > 1
    for word in " ".join(shown).replace("…", "").split():
        assert word in told, (word, told)
    for number in re.findall(r"fit (\d+)", told):
        assert number in words(drawn[0])


def test_picture_differs_between_pages_with_different_content(client: Client, drawn: list[str]) -> None:
    same = {"matrix, a cell open", "source", "changes, narrowed", "history of a cell"}
    paths = [path for name, path in PAGES.items() if name not in same]
    for path in paths:
        client.get(picture_path(head(client, path)))
    assert len(set(drawn)) == len(drawn) == len(paths)


def test_picture_is_png_of_1200_by_630_pixels(client: Client) -> None:
    response = client.get("/compare/flask-vs-fastapi.png")
    assert size(response.content) == (1200, 630)
    assert client.get("/matrix.png").content != response.content


def test_picture_shows_same_fits_as_page(client: Client, drawn: list[str]) -> None:
    for query in ("", "?w-performance=9", "?use-case=live-updates"):
        page = read(client.get(f"/compare/flask-vs-fastapi/{query}").content)
        client.get(f"/compare/flask-vs-fastapi.png{query}")
        for name, fit in fits(page).items():
            assert re.search(rf"\d\. {name} fit {fit}\b", said(page, "og:image:alt"))
            assert str(fit) in words(drawn[-1])


def test_picture_separates_unranked_frameworks(client: Client, drawn: list[str]) -> None:
    page = head(client, "/")
    assert said(page, "og:image:alt").endswith(
        "Not enough evidence to rank: Quart, 29–100 possible, 28% rated; Sanic, 0–100 possible, 0% rated."
    )
    client.get("/matrix.png")
    assert words(drawn[0]).index("Not enough evidence to rank") < words(drawn[0]).index("Quart")


def test_picture_draws_no_marks_when_all_weights_are_zero(client: Client, drawn: list[str]) -> None:
    query = "&".join(
        f"w-{name}=0" for name in ("learning-curve", "documentation", "performance", "async-support")
    )
    page = head(client, f"/compare/flask-vs-fastapi/?{query}")
    assert "Flask, 0% rated" in said(page, "og:image:alt")
    client.get(picture_path(page))
    assert "pale" not in re.findall(r'<rect class="(\w+)"', drawn[0])
    assert "petrol" not in re.findall(r'<rect class="(\w+)"', drawn[0])


def test_picture_lists_many_unranked_frameworks_on_a_single_line(client: Client, drawn: list[str]) -> None:
    for number in range(9):
        factories.make_framework(name=f"Another {number}")
    page = head(client, "/")
    client.get("/matrix.png")
    line = "Not enough evidence to rank: Quart, Another 0, Another 1, "
    found = [word for word in words(drawn[0]) if word.startswith(line)]
    assert len(found) == 1
    assert re.search(r" and \d+ more$", found[0])
    assert found[0] in said(page, "og:image:alt")


def test_picture_is_absent_for_error_pages_and_hidden_frameworks(client: Client) -> None:
    for path, status in ERRORS.values():
        assert not read(client.get(path).content).all("meta[property=og:image]")
        for ending in ("png", "svg"):
            response = client.get(f"{path.rstrip('/')}.{ending}")
            assert response.status_code == status
            assert response["Content-Type"] == "text/plain; charset=utf-8"
            assert response.content.decode() == (
                f"There is no picture here, because there is no such page (status {status}).\n"
            )


NO_PAGE = [
    "/admin.png",
    "/robots.txt.png",
    "/compare/flask-vs-fastapi/freeze.png",
    "/changes.atom.png",
    "/matrix/.png",
    "/%00.png",
    "/.png",
    "/a//b.svg",
]


@pytest.mark.parametrize("path", NO_PAGE)
def test_picture_returns_404_for_addresses_without_page(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_picture_redirects_like_its_page(client: Client) -> None:
    response = client.get("/compare.png?framework=flask&framework=fastapi&w-performance=9")
    assert response["Location"] == "/compare/flask-vs-fastapi.png?w-performance=9"
    assert client.get("/matrix.svg?q=")["Location"] == "/matrix.svg"


HOSTILE = [
    "q=%00",
    "q=" + "x" * 50_000,
    "w-performance=" + "9" * 400,
    "as-of=9999-99-99",
    "as-of=2026-11-20",
    "sort=%F0%9F%A6%84",
    "use-case=%00",
    "framework=%00",
    "page=9999999999999999999999",
    "v=" + "0" * 50_000,
    "baseline=1e400",
    "criteria=%ED%A0%80",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_picture_handles_hostile_parameters_without_error(
    client: Client, drawn: list[str], query: str
) -> None:
    for path in ("/matrix", "/compare/flask-vs-fastapi", "/search", "/changes", "/capabilities", "/choose"):
        for ending in ("png", "svg"):
            assert client.get(f"{path}.{ending}?{query}").status_code in {200, 302, 404}


def test_picture_rejects_post(client: Client) -> None:
    assert client.post("/matrix.png").status_code == 405
    assert client.post("/matrix.svg").status_code == 405


# Caches


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_picture_returns_304_with_a_single_query(
    client: Client, drawn: list[str], django_assert_num_queries: DjangoAssertNumQueries, ending: str
) -> None:
    whole = client.get(f"/compare/flask-vs-fastapi.{ending}")
    assert re.fullmatch(r'"[0-9a-f]{32}"', whole["ETag"])
    assert whole["Cache-Control"] == "public, max-age=3600"
    # Compressed on its way, it comes back weak.
    for tag in (whole["ETag"], f"W/{whole['ETag']}"):
        with django_assert_num_queries(1):
            again = client.get(f"/compare/flask-vs-fastapi.{ending}", headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
    change(Framework.objects.get(slug="flask"), name="Flask 4")
    again = client.get(f"/compare/flask-vs-fastapi.{ending}", headers={"If-None-Match": whole["ETag"]})
    assert again.status_code == 200


def test_picture_address_changes_only_with_its_content(client: Client) -> None:
    before = said(head(client, "/criteria/performance/"), "og:image")
    change(Framework.objects.get(slug="flask"), summary="Small.")
    assert said(head(client, "/criteria/performance/"), "og:image") == before
    change(Framework.objects.get(slug="flask"), name="Flask 4")
    assert said(head(client, "/criteria/performance/"), "og:image") != before


def test_picture_is_cached_and_identical_without_cache(
    client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    render = png_of

    def counting(svg: str) -> bytes:
        calls.append(svg)
        return render(svg)

    monkeypatch.setattr(drawing, "png_of", counting)
    first = client.get("/sources.png").content
    assert client.get("/sources.png?v=1234").content == first
    assert len(calls) == 1
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert client.get("/sources.png").content == first
    assert len(calls) == 2


def test_picture_of_snapshot_never_changes(client: Client) -> None:
    path = f"/s/{factories.KEPT}"
    before = {ending: client.get(f"{path}.{ending}") for ending in ("png", "svg")}
    alt = said(head(client, f"{path}/"), "og:image:alt")
    assert "1. FastAPI fit 89" in alt
    kept = Snapshot.objects.get(pk=factories.KEPT)
    assert f"{kept.stood_at:%-d %B %Y}" in alt
    change(Framework.objects.get(slug="flask"), name="Flask 4", is_published=False)
    for ending, response in before.items():
        assert response["Cache-Control"] == "public, max-age=31536000, immutable"
        assert client.get(f"{path}.{ending}").content == response.content


ASKING = [
    "/",
    "/compare/flask-vs-fastapi/",
    "/frameworks/flask/",
    "/criteria/performance/",
    "/sources/",
    "/changes/",
    "/components/sqlalchemy/",
]


@pytest.mark.parametrize("path", ASKING)
def test_picture_query_count_is_at_most_that_of_its_page(
    client: Client, drawn: list[str], django_assert_max_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    with django_assert_max_num_queries(60) as asked:
        page = head(client, path)
    with django_assert_max_num_queries(len(asked.captured_queries)):
        client.get(picture_path(page))


# The chart for a README


def test_chart_is_self_contained_and_accessible(client: Client) -> None:
    response = client.get("/compare/flask-vs-fastapi.svg")
    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    svg = response.content.decode()
    root = ElementTree.fromstring(svg)  # noqa: S314 - ours
    assert [child.tag for child in root][:3] == [f"{SVG}title", f"{SVG}desc", f"{SVG}style"]
    assert root[0].text == "Flask vs FastAPI"
    assert "1. FastAPI fit 89; 2. Flask fit 71, 61–75 possible." in (root[1].text or "")
    assert root.attrib["role"] == "img"
    assert not re.search(r"href|url\(|@import|<script|<image|<foreignObject|style=", svg)
    assert re.findall(r'https?://[^"<]+', svg) == ["http://www.w3.org/2000/svg"]
    assert "prefers-color-scheme:dark" in svg


def test_chart_security_policy_allows_only_its_own_style(client: Client) -> None:
    policy = client.get("/matrix.svg")["Content-Security-Policy"]
    assert f"style-src {style_hash(ACCENT)}" in policy.split("; ")
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy


def test_chart_height_grows_with_frameworks_up_to_a_limit(client: Client) -> None:
    def height() -> int:
        return int(ElementTree.fromstring(text(client, "/matrix.svg")).attrib["height"])  # noqa: S314 - ours

    small = height()
    for number in range(60):
        factories.make_framework(name=f"Another {number}")
    svg = text(client, "/matrix.svg")
    assert "and 25 more" in " ".join(words(svg))
    assert small + 34 * 40 <= height() <= small + 36 * 40


def test_picture_and_chart_escape_names(client: Client, drawn: list[str]) -> None:
    change(Framework.objects.get(slug="flask"), name='</text><script>alert("&")</script>')
    client.get("/compare/flask-vs-fastapi.png")
    chart = text(client, "/compare/flask-vs-fastapi.svg")
    for svg in (drawn[0], chart):
        assert "<script" not in svg
        assert any(word.startswith("</text><script>") for word in words(svg))


# Letters


def ink_width(words: str, face: Face) -> int:
    """How far to the right the words reach when they are drawn from the left edge."""
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="700" height="60"><rect width="700" height="60" fill="#fff"/>'
        f'<style>{light_style(ACCENT)}</style><text class="{face.family}" font-size="{face.size}" x="0" y="44">{words}'
        "</text></svg>"
    )
    picture = Image.open(BytesIO(png_of(svg))).convert("L")
    inked = ImageChops.invert(picture).getbbox()
    assert inked
    return inked[2]


@pytest.mark.parametrize("family", ["newsreader-500", "public-sans-400", "public-sans-600"])
@pytest.mark.parametrize("words", ["Django and Flask", "0123456789", "Größer, ≥ 5 – “so”"])
def test_face_width_matches_rendered_text(family: text_metrics.Family, words: str) -> None:
    face = Face(family, 40)
    # Pairs of letters are kerned, and there is a little white after the last.
    assert 0.92 * face.width(words) <= ink_width(words, face) <= face.width(words)


def test_fitted_and_wrapped_never_exceed_the_width() -> None:
    face = Face("newsreader-500", 40)
    for words in ("a", LONG, "Django " * 20, ""):
        assert face.width(text_metrics.fitted(words, face, 300)) <= 300
        for line in text_metrics.wrapped(words, face, 300, 2):
            assert face.width(line) <= 300
    assert text_metrics.fitted("Django", face, 300) == "Django"
    assert text_metrics.wrapped("Django and Flask and FastAPI", face, 320, 2) == [
        "Django and Flask",
        "and FastAPI",
    ]


@pytest.mark.parametrize(
    "given, clean, known",
    [
        ("Django", "Django", "Django"),
        ("日本語 web", "日本語 web", "? web"),
        ("Sanic 🦔🦔!", "Sanic 🦔🦔!", "Sanic ?!"),
        ("Zoe\u0308", "Zoë", "Zoë"),
        ("a\x00b\x0b c\ud800\ufffe\u202e", "ab c", "ab c"),
        ("  a\n\tb ", "a b", "a b"),
    ],
)
def test_known_replaces_missing_glyphs_with_question_mark(given: str, clean: str, known: str) -> None:
    assert text_metrics.clean(given) == clean
    assert text_metrics.with_glyphs(clean, "public-sans-400") == known


def test_picture_and_chart_keep_long_text_inside_the_edges(drawn: list[str]) -> None:
    strange = "日本語🦔 " + LONG
    marks: list[Any] = [
        ScaleMark(0, 100, 50),
        StepsMark(3, is_disputed=True),
        DotsMark(((1, 9, True), (5, 1, False)), 3),
        BarMark(1),
        None,
    ]
    for mark in marks:
        for count in (1, 2, 5, 10, 40):
            rows = [
                CardRow(f"{strange}{n}", f"{strange}{n}", mark, "about 34,000", "12") for n in range(count)
            ]
            parts = (*part(rows), *part(rows, LONG * 3))
            card = Card(LONG, strange * 9, strange * 9, parts, figures((10**9, LONG)), LONG * 4)
            drawing.picture(card, brand="Touchstone", address=LONG * 3)
            svg = drawing.chart(card, brand="Touchstone", address=LONG * 3)
            for one, canvas in ((drawn[-1], PICTURE), (svg, CHART)):
                _inside(one, canvas)


def _inside(svg: str, canvas: Canvas) -> None:
    root = ElementTree.fromstring(svg)  # noqa: S314 - ours
    height = int(root.attrib["height"])
    for line in root.iter(f"{SVG}text"):
        face = Face(line.attrib["class"].split()[0], float(line.attrib["font-size"]))  # type: ignore[arg-type]
        wide = face.width(line.text or "") * canvas.slack
        shift = {"start": 0, "middle": 0.5, "end": 1}[line.attrib.get("text-anchor", "start")]
        left = float(line.attrib["x"]) - shift * wide
        assert left >= 0, line.text
        assert left + wide <= canvas.width + 1, line.text
        assert 0 < float(line.attrib["y"]) < height, line.text
    for rect in root.iter(f"{SVG}rect"):
        at, wide = float(rect.attrib.get("x", 0)), float(rect.attrib["width"])
        assert min(at, wide) >= 0
        assert at + wide <= canvas.width
        low = float(rect.attrib.get("y", 0)) + float(rect.attrib["height"])
        assert low <= height + 1


def test_picture_of_same_card_has_same_bytes() -> None:
    card = Card("Framework", "Flask", "Small.", part([CardRow("Speed", "Speed 3 of 5", StepsMark(3), "3")]))
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
    assert png_of(svg) == png_of(svg)
    first = drawing.picture(card, brand="Touchstone", address="example.org/a/")
    cache.clear()
    assert drawing.picture(card, brand="Touchstone", address="example.org/a/") == first


def test_png_of_renders_identically_without_system_fonts() -> None:
    """In a process of its own: where the machine's typefaces are is asked once."""
    card = Card("Framework", "Flask", "Small.", part([CardRow("Speed", "Speed 3 of 5", StepsMark(3), "3")]))
    svg = drawing.svg_of(card, brand="Touchstone", address="example.org/a/")
    told = "import sys; from pictures.rasterising import png_of; sys.stdout.buffer.write(png_of(sys.stdin.read()))"
    elsewhere = {"PATH": os.environ["PATH"], "HOME": "/nowhere", "FONTCONFIG_PATH": "/nowhere"}
    alone = subprocess.run(
        [sys.executable, "-c", told], input=svg.encode(), capture_output=True, env=elsewhere, check=True
    )
    assert alone.stderr == b""
    assert alone.stdout == png_of(svg)
    assert "FONTCONFIG_FILE" not in os.environ
