"""Copying a link: by keyboard, said aloud and to be seen; and by hand where the browser or a script does not help."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.factories import KEPT
from tests.html import read
from tests.pages import table

pytestmark = pytest.mark.usefixtures("world")

PINNED = "w-async-support=1&w-documentation=1&w-learning-curve=2&w-performance=9"
#: Where one stands, and the link that is offered there.
PLACES = {
    "matrix": ("/?w-performance=9&sort=name", f"/?{PINNED}&sort=name"),
    "side by side": (
        "/compare/flask-vs-django/?w-performance=9&baseline=django",
        f"/compare/django-vs-flask/?{PINNED}&baseline=django",
    ),
    "snapshot": (f"/s/{KEPT}/", f"/s/{KEPT}/"),
}
places = pytest.mark.parametrize("at, link", PLACES.values(), ids=PLACES)


def button(page: Page) -> Locator:
    if not page.locator("#menu-take[open]").count():
        page.locator("#menu-take summary").click()
    return page.get_by_role("button", name="Copy link")


def chosen(page: Page) -> Iterator[None]:
    """Goes on after each of some choices."""
    yield
    page.get_by_label("Weight of Documentation").fill("9")
    expect(page).to_have_url(re.compile("w-documentation=9"))
    yield
    page.get_by_role("link", name="Docs").click()
    expect(page).to_have_url(re.compile("sort=documentation"))
    yield
    page.locator("table.grid tbody input[type=checkbox]").first.check()
    expect(page).to_have_url(re.compile("framework="))
    yield


def test_what_is_offered_shows_what_will_be_got_when_it_is_asked_for(page: Page, console: list[str]) -> None:
    page.goto("/?w-performance=9&sort=name")
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.locator("#menu-take summary").first.click()
    previews = page.locator(".take .glimpse")
    expect(previews).to_have_count(6)
    assert fetched == []
    for place in range(6):
        previews.nth(place).locator("summary").click()
    expect(previews.nth(0).locator("pre")).to_have_text(re.compile(f"/\\?{PINNED}&sort=name$"))
    expect(previews.nth(1).locator("pre")).to_contain_text("# Python web frameworks compared")
    expect(previews.nth(1).locator("small")).to_have_text(
        re.compile(r"^The first 8 lines; in all \d+ lines, \d+ kB\.$")
    )
    expect(previews.nth(2).locator("pre")).to_contain_text("FastAPI")
    for place in (4, 5):
        expect(previews.nth(place).locator("img")).to_have_js_property("complete", True)
        assert previews.nth(place).locator("img").evaluate("picture => picture.naturalWidth") > 0
    assert console == []


@places
@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_copy_link_copies_by_keyboard_and_announces_it(
    page: Page, console: list[str], at: str, link: str, key: str
) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(at)
    expect(page.locator(".take .copy [data-said]")).to_have_text("")
    button(page).focus()
    page.keyboard.press(key)
    said = page.locator(".take .copy").get_by_role("status")
    expect(said).to_have_text("Copied.")
    expect(said).to_be_visible()
    expect(button(page)).to_be_focused()
    expect(page.locator(".take .copy textarea")).to_have_count(0)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.evaluate("location.origin") + link
    assert console == []


@places
@pytest.mark.parametrize("clipboard", ["undefined", "{writeText: () => Promise.reject(new Error('no'))}"])
def test_copy_link_selects_the_address_when_the_clipboard_is_unavailable(
    page: Page, console: list[str], at: str, link: str, clipboard: str
) -> None:
    page.add_init_script(f"Object.defineProperty(navigator, 'clipboard', {{value: {clipboard}}})")
    page.goto(at)
    for _ in range(2):
        button(page).click()
        expect(page.locator(".take .copy").get_by_role("status")).to_have_text(
            "The browser did not allow copying. Copy the text from here:"
        )
        field = page.get_by_role("textbox", name="Text to copy")
        expect(field).to_be_focused()
        expect(field).to_have_js_property("readOnly", True)
        assert page.evaluate("getSelection().toString()") == page.evaluate("location.origin") + link
    assert console == []


def test_copy_link_clears_its_message_when_the_view_changes(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/")
    button(page).click()
    expect(page.locator(".take .copy [data-said]")).to_have_text("Copied.")
    page.get_by_label("Only differences").check()
    expect(page).to_have_url("/?only=differences")
    expect(page.locator(".take .copy [data-said]")).to_have_text("")


def test_copy_link_reproduces_the_same_table_for_other_visitors(page: Page, plain: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/?kind=micro&baseline=flask")
    page.get_by_label("Use case").select_option("live-updates")
    expect(page).to_have_url(re.compile("use-case=live-updates"))
    for _ in chosen(page):
        button(page).click()
        expect(page.locator(".take .copy [data-said]")).to_have_text("Copied.")
        copied = page.evaluate("navigator.clipboard.readText()")
        assert table(page.request.get(copied).body()) == table(page.request.get(page.url).body()) != ""
        plain.goto(copied)
        assert read(plain.content()).texts("table.grid tr") == read(page.content()).texts("table.grid tr")
        assert plain.locator("table.grid input").count() > 0
        states = [
            one.locator("table.grid input:checked").evaluate_all("ticks => ticks.map(tick => tick.value)")
            + [field.input_value() for field in one.locator("table.grid .weights input").all()]
            for one in (page, plain)
        ]
        assert states[0] == states[1]


def test_matrix_keeps_tick_and_sort_while_a_request_is_pending(page: Page) -> None:
    page.goto("/")
    page.route(re.compile(r"/\?sort=documentation$"), lambda route: None)  # no answer ever
    page.get_by_role("link", name="Docs").click()
    page.locator("#tick-flask").check()
    expect(page).to_have_url("/?sort=documentation&framework=flask")


@places
def test_copy_link_is_a_plain_link_without_javascript(plain: Page, at: str, link: str) -> None:
    plain.goto(at)
    expect(button(plain)).to_be_hidden()
    offered = plain.get_by_role("link", name="Link", exact=True)
    expect(offered).to_be_visible()
    offered.click()
    expect(plain).to_have_url(link)
