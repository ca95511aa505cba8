"""A comparison taken along: its files are the view on show, and a key press copies one."""

import json
import re

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests import factories
from tests.browser.looking import Axe, everywhere

pytestmark = pytest.mark.usefixtures("world")

VERSUS = "/compare/flask-vs-django/"


def place(page: Page) -> Locator:
    return page.locator("#menu-take")


def copied(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def served(page: Page, url: str) -> str:
    return page.request.get(url).text().removeprefix("\ufeff")


@pytest.mark.parametrize("name", ["CSV", "JSON", "Markdown"])
def test_take_along_menu_copies_each_format_by_keyboard(page: Page, console: list[str], name: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{VERSUS}?w-performance=9")
    place(page).locator("summary").focus()
    page.keyboard.press("Enter")
    button = page.get_by_role("button", name=f"Copy as {name}")
    for _ in range(14):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    expect(button).to_be_focused()
    page.keyboard.press("Enter")
    expect(place(page).get_by_role("status")).to_have_text("Copied.")
    url = str(place(page).get_by_role("link", name=name).get_attribute("href"))
    assert "w-performance=9" in url
    assert "w-documentation=1" in url
    assert copied(page).split() == served(page, url).split()
    # Copying is no choice: the view, its address and the open menu stay.
    expect(page).to_have_url(re.compile(r"/compare/flask-vs-django/\?w-performance=9$"))
    expect(button).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_hidden()
    assert console == []


def test_take_along_menu_copies_the_current_weights(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")
    place(page).locator("summary").click()
    page.get_by_label("Weight of Performance").fill("9")
    expect(page).to_have_url(re.compile("w-performance=9"))
    page.get_by_role("button", name="Copy as JSON").click()
    expect(place(page).get_by_role("status")).to_have_text("Copied.")
    assert json.loads(copied(page))["weights"]["performance"] == 9


def refuse(route: Route) -> None:
    route.fulfill(status=500)


def test_take_along_menu_reports_a_failed_copy(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(VERSUS)
    page.evaluate("navigator.clipboard.writeText('before')")
    page.route("**/*.md*", refuse)
    place(page).locator("summary").click()
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(place(page).get_by_role("status")).to_have_text(
        "Not copied. Follow the link and copy the text from there."
    )
    assert copied(page) == "before"


def test_take_along_menu_passes_axe_when_open(page: Page, axe: Axe) -> None:
    found = {}
    for path in ("/", VERSUS, f"/s/{factories.KEPT}/"):
        page.goto(path)
        place(page).locator("summary").click()
        expect(place(page).locator(".panel")).to_be_visible()
        if objections := everywhere(page, axe):
            found[path] = objections
    assert found == {}


@pytest.mark.parametrize("width", [320, 390, 740, 820, 1000, 1280, 1900])
def test_take_along_menu_stays_on_screen_when_open(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for path in ("/", VERSUS, f"/s/{factories.KEPT}/"):
        page.goto(path)
        place(page).locator("summary").click()
        box = place(page).locator(".panel").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
