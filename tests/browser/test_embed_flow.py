"""Comparisons in somebody else's page, in a real browser: shown from another origin, and nothing but the frames."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from html import escape
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import FrameLocator, Page, expect
from pytest_django.live_server_helper import LiveServer

from comparisons.sharing.embedding import SANDBOX
from tests.browser.looking import Axe, everywhere, overhang
from tests.factories import KEPT
from tests.html import read

pytestmark = pytest.mark.usefixtures("seeded")

VERSUS = "/embed/compare/django-vs-flask/"
MANY = "/embed/compare/django-vs-flask-vs-fastapi-vs-litestar-vs-web2py/"


class Quiet(SimpleHTTPRequestHandler):
    def log_request(self, code: object = "-", size: object = "-") -> None:
        """Nobody reads it."""


@contextmanager
def elsewhere(folder: Path) -> Iterator[str]:
    """Somebody else's site: the portal goes by another name here, localhost."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def host(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    with elsewhere(tmp_path) as address:
        yield tmp_path / "index.html", address


def framing(
    page: Page, host: tuple[Path, str], source: str, width: int = 640, height: int = 800
) -> FrameLocator:
    """A page of somebody else's that frames this address."""
    file, address = host
    file.write_text(
        f'<!doctype html><title>A blog</title><h1>A blog</h1><iframe src="{escape(source)}" title="x" width="{width}"'
        f' height="{height}" sandbox="{SANDBOX}"></iframe>'
    )
    page.goto(address)
    return page.frame_locator("iframe")


def test_embed_renders_on_another_site_without_cookies(
    page: Page, live_server: LiveServer, host: tuple[Path, str], console: list[str]
) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    frame = framing(page, host, live_server.url + VERSUS)
    expect(frame.get_by_role("heading", level=1)).to_have_text("Django, Flask")
    expect(frame.get_by_role("row", name=re.compile("Performance"))).to_be_visible()
    # The style sheet counts, also in a sandbox.
    paper = frame.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert paper == "rgb(248, 245, 238)"
    assert page.context.cookies() == []
    ours = [url.removeprefix(live_server.url) for url in requests if url.startswith(live_server.url)]
    assert ours == [VERSUS, "/static/embed.css"]
    assert console == []


def test_embed_link_opens_the_comparison_in_the_top_window(
    page: Page, live_server: LiveServer, host: tuple[Path, str]
) -> None:
    frame = framing(page, host, live_server.url + VERSUS)
    frame.get_by_role("link", name="Full comparison with every source").click()
    page.wait_for_url(f"{live_server.url}/compare/django-vs-flask/")
    expect(page.locator("table.versus")).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/compare/django-vs-flask/", "/", "/embed/", f"/s/{KEPT}/", "/admin/login/"]
)
def test_pages_other_than_embeds_cannot_be_framed(
    page: Page, live_server: LiveServer, host: tuple[Path, str], console: list[str], path: str
) -> None:
    framing(page, host, live_server.url + path)
    page.wait_for_load_state("networkidle")
    assert [frame.url for frame in page.frames if live_server.url in frame.url and frame.title()] == []
    assert any("frame-ancestors" in complaint or "X-Frame-Options" in complaint for complaint in console)


def test_embed_shows_an_error_page_for_an_unknown_framework(
    page: Page, live_server: LiveServer, host: tuple[Path, str]
) -> None:
    frame = framing(page, host, f"{live_server.url}/embed/compare/django-vs-nobody/")
    expect(frame.get_by_role("heading")).to_have_text("There is no comparison here")
    frame.get_by_role("link", name="Touchstone").click()
    page.wait_for_url(f"{live_server.url}/")


def test_embed_follows_the_system_theme_unless_overridden(page: Page) -> None:
    """By itself: within a frame from elsewhere the browser does not always take over what it is told to prefer."""

    def expect_paper(colour: str) -> None:
        expect(page.locator("body")).to_have_css("background-color", colour)

    light, dark = "rgb(248, 245, 238)", "rgb(23, 22, 19)"
    page.emulate_media(color_scheme="dark")
    page.goto(VERSUS)
    expect_paper(dark)
    page.goto(f"{VERSUS}?theme=light")
    expect_paper(light)
    page.emulate_media(color_scheme="light")
    page.goto(f"{VERSUS}?theme=dark")
    expect_paper(dark)


@pytest.mark.parametrize(
    "path", [VERSUS, MANY, f"{VERSUS}?baseline=flask&only=differences", f"/embed/s/{KEPT}/"]
)
def test_embed_scrolls_only_the_table_at_narrow_widths(page: Page, path: str) -> None:
    page.goto(path)
    over = {}
    for width in (280, 320, 390, 600, 800):
        page.set_viewport_size({"width": width, "height": 800})
        over[width] = overhang(page)
    assert over == dict.fromkeys(over, 0)
    page.set_viewport_size({"width": 280, "height": 800})
    page.evaluate("document.querySelector('.region').scrollLeft = 200")
    box = page.locator("tbody th").first.bounding_box()
    assert box
    assert box["x"] < 20


def test_embed_fits_two_frameworks_at_the_narrowest_width(page: Page) -> None:
    page.set_viewport_size({"width": 280, "height": 800})
    page.goto(VERSUS)
    region = page.locator(".region")
    assert region.evaluate("region => region.scrollWidth - region.clientWidth") <= 0


@pytest.mark.parametrize(
    "versus",
    [
        "django-vs-flask",
        "cherrypy-vs-web2py",
        "django-vs-flask-vs-fastapi-vs-litestar-vs-web2py",
        "flask-vs-fastapi-vs-django?use-case=rest-api&baseline=flask&only=differences",
    ],
)
def test_snippet_height_fits_the_embed_at_the_default_width(page: Page, versus: str) -> None:
    slugs, _, query = versus.partition("?")
    ticks = "&".join(f"framework={slug}" for slug in slugs.split("-vs-"))
    page.goto(f"/embed/?{ticks}&{query}")
    frame = read(page.locator("textarea").input_value().encode()).one("iframe")
    page.set_viewport_size({"width": int(frame["width"]), "height": 100})
    page.goto("/embed/" + frame["src"].partition("/embed/")[2])
    tall = page.evaluate("document.documentElement.scrollHeight")
    assert tall <= int(frame["height"]) <= tall + 100


def test_embed_scrolls_down_but_not_sideways_in_a_narrow_frame(
    page: Page, live_server: LiveServer, host: tuple[Path, str]
) -> None:
    page.goto(f"/embed/?{'&'.join(f'framework={slug}' for slug in ('django', 'flask', 'fastapi'))}&width=280")
    snippet = read(page.locator("textarea").input_value().encode()).one("iframe")
    source = live_server.url + "/embed/" + snippet["src"].partition("/embed/")[2]
    frame = framing(page, host, source, int(snippet["width"]), int(snippet["height"]))
    root = frame.locator("html")
    assert root.evaluate("root => root.scrollHeight - root.clientHeight") > 0
    assert root.evaluate("root => root.scrollWidth - root.clientWidth") == 0
    link = frame.get_by_role("link", name="Full comparison with every source")
    expect(link).not_to_be_in_viewport()
    page.locator("iframe").hover()
    page.mouse.wheel(0, 2000)
    expect(link).to_be_in_viewport()


@pytest.mark.parametrize(
    "path", [VERSUS, f"/embed/s/{KEPT}/", "/embed/compare/django-vs-nobody/", f"{MANY}?baseline=flask"]
)
def test_embed_passes_axe(page: Page, axe: Axe, path: str) -> None:
    page.goto(path)
    assert everywhere(page, axe, [("light", 280), ("dark", 390), ("light", 800)]) == {}


def test_snippet_page_passes_axe(page: Page, axe: Axe) -> None:
    page.goto("/embed/?framework=django&framework=flask&w-performance=9")
    assert everywhere(page, axe) == {}


def test_snippet_page_updates_snippet_and_preview_when_ticked(page: Page, console: list[str]) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/compare/django-vs-flask/?w-performance=9")
    page.locator("details:has(a:text-is('Embed')) > summary").click()
    page.get_by_role("link", name="Embed", exact=True).click()
    preview = page.frame_locator("iframe.framed")
    expect(preview.get_by_role("heading", level=1)).to_have_text("Django, Flask")
    page.get_by_label("FastAPI").check()
    expect(preview.get_by_role("heading", level=1)).to_have_text("Django, FastAPI, Flask")
    expect(preview.locator("header p")).to_contain_text("With 1 weight changed")
    page.locator("select#theme").select_option("Dark")
    expect(preview.locator("html[data-theme=dark]")).to_be_attached()
    page.get_by_role("button", name="Copy the snippet").click()
    expect(page.locator(".snippet-ways [data-said]")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("textarea").input_value()
    assert "theme=dark" in copied
    expect(page).to_have_url(re.compile(r"theme=dark"))
    # The preview makes no steps of its own in the history.
    page.go_back()
    expect(page.locator("select#theme")).to_have_value("")
    page.go_back()
    expect(page.get_by_label("FastAPI")).not_to_be_checked()
    assert console == []


def test_snippet_page_works_without_javascript(page: Page) -> None:
    context = page.context.browser.new_context(java_script_enabled=False) if page.context.browser else None
    assert context
    plain = context.new_page()
    page.goto("/embed/")
    plain.goto(page.url)
    plain.get_by_label("Django").check()
    plain.get_by_label("Flask").check()
    plain.get_by_role("button", name="Create the snippet").click()
    assert "/embed/compare/django-vs-flask/" in plain.locator("textarea").input_value()
    expect(plain.get_by_role("button", name="Copy the snippet")).to_be_hidden()
    expect(plain.frame_locator("iframe.framed").get_by_role("heading", level=1)).to_have_text("Django, Flask")
    context.close()
