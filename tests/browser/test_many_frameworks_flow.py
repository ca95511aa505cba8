"""More than 50 frameworks in a real browser: names are suggested as they are typed, and the keyboard is enough."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.contents import Contents
from tests.browser.looking import Axe, names
from tests.worlds import make_many


@pytest.fixture(autouse=True)
def many(live_server: LiveServer, transactional_db: None, contents: Contents) -> None:
    contents.put(make_many)


def test_names_are_suggested_and_chosen_by_keyboard(page: Page, console: list[str], axe: Axe) -> None:
    page.goto("/")
    page.get_by_label("Baseline", exact=True).focus()
    page.keyboard.type("me 4")
    expect(page.locator("#baseline-names option")).to_have_count(10)
    page.keyboard.press("Control+a")
    page.keyboard.type("frame 02")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/\?baseline=f02$"))
    expect(page.get_by_label("Baseline", exact=True)).to_be_focused()
    assert axe(page) == []
    page.goto("/compare/f00-vs-f01/?w-speed=7")
    page.locator("#menu-add summary").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("frame 02")
    expect(page.locator("#q-names option")).to_have_count(1)
    assert axe(page) == []
    # To leave the field is no change of the comparison: what was typed stays.
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Add")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/compare/f00-vs-f01-vs-f02/\?w-speed=7$"))
    page.goto("/embed/?framework=f50")
    page.get_by_label("Name or tagline contains").fill("frame 4")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Frame 44")).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Frame 44").check()
    expect(page.locator("#snippet")).to_be_visible()
    assert console == []


def test_rows_below_the_window_follow_what_is_typed(page: Page, console: list[str]) -> None:
    page.goto("/")
    page.get_by_label("Filter by name").press_sequentially("frame")
    expect(page).to_have_url(re.compile(r"q=frame$"))
    expect(names(page)).to_have_text([f"Frame {number:02}" for number in range(50)])
    expect(page.locator("#tick-f49")).to_have_attribute("tabindex", "0")
    page.get_by_label("Select Frame 49 to compare").check()
    expect(page.get_by_label("Remove Frame 49")).to_be_visible()
    # What is ticked is not lost by typing, and can be removed afterwards.
    page.get_by_label("Filter by name").fill("frame 4")
    expect(names(page)).to_have_count(10)
    expect(page.get_by_label("Select Frame 49 to compare")).to_be_checked()
    page.get_by_label("Remove Frame 49").click()
    expect(page.get_by_label("Select Frame 49 to compare")).not_to_be_checked()
    assert console == []


def test_frameworks_are_found_and_ticked_without_javascript(plain: Page) -> None:
    plain.goto("/")
    plain.get_by_label("Baseline", exact=True).fill("frame 02")
    plain.keyboard.press("Enter")
    expect(plain).to_have_url(re.compile(r"baseline=frame\+02"))
    expect(plain.get_by_label("Baseline", exact=True)).to_have_value("Frame 02")
    plain.goto("/compare/f00-vs-f01/")
    plain.locator("#menu-add summary").click()
    plain.get_by_label("Name of the framework").fill("frame 5")
    plain.keyboard.press("Enter")
    expect(plain.locator(".found")).to_have_text("1 framework has “frame 5” in its name or tagline.")
    plain.get_by_label("Frame 50").check()
    plain.get_by_label("Name or tagline contains").fill("frame 49")
    plain.keyboard.press("Enter")
    expect(plain.get_by_label("Frame 50")).to_be_checked()
    plain.get_by_label("Frame 49").check()
    plain.get_by_role("button", name="Compare side by side").click()
    expect(plain).to_have_url(re.compile(r"/compare/f00-vs-f01-vs-f50-vs-f49/$"))
