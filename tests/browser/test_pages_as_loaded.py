"""Every type of page in the browser, with the portal's own content: nothing fails, shifts, juts out or bars anybody."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import STILL, Axe, everywhere, overhang, shift
from tests.browser.pages import JUDGED_IN_USE, WIDTHS, some_pages

pytestmark = pytest.mark.usefixtures("seeded", "broken")


@some_pages
def test_pages_load_without_errors_layout_shift_sideways_scrolling_or_objections_of_axe(
    page: Page, axe: Axe, console: list[str], live_server: LiveServer, paths: list[str]
) -> None:
    """In one test, because opening the pages takes as long as looking at them."""
    hosts: list[str] = []
    objections = {}
    page.on("request", lambda request: hosts.append(request.url.removeprefix(live_server.url)[:1]))
    for path in paths:
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 800})
        console.clear()  # of what axe has caused on the page before, which frames another
        answer = page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        page.evaluate("document.fonts.ready.then(() => true)")
        assert shift(page) < STILL, path
        # The browser itself says when a page is not there; nothing else has anything to complain of.
        said = "the server responded with a status of" if answer and answer.status >= 400 else None
        assert [line for line in console if not (said and said in line)] == [], path
        over = {}
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            over[width] = overhang(page)
        assert over == dict.fromkeys(WIDTHS, 0), path
        if path not in JUDGED_IN_USE and (found := everywhere(page, axe)):
            objections[path] = found
    assert objections == {}
    assert set(hosts) == {"/"}
