"""What must I add, in a real browser: ticking swaps the answer, by keyboard alone as well as without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import tab_to

pytestmark = pytest.mark.usefixtures("world")


def expect_answers(page: Page, *frameworks: str) -> None:
    expect(page.locator("#needs section:not(#unnamed) h2")).to_have_text(list(frameworks))


def test_capabilities_updates_in_place_when_ticked_by_keyboard(page: Page, console: list[str]) -> None:
    page.goto("/capabilities/")
    expect(page.get_by_role("table")).to_be_visible()
    tab_to(page, "#need-orm")
    page.keyboard.press("Space")
    expect_answers(page, "Django", "Flask")
    expect(page).to_have_url("/capabilities/?need=orm")
    expect(page.locator("#need-orm")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("#flask dt")).to_have_text(["ORM", "Not mentioned"])
    expect(page).to_have_url("/capabilities/?need=orm&need=admin")
    expect(page.get_by_role("status").first).to_have_text("1 framework has everything built in.")
    expect(page.locator("#need-admin")).to_be_focused()
    tab_to(page, "p.onward a.button:not(.quiet)")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/?capability=admin&capability=orm")
    page.go_back()
    expect_answers(page, "Django", "Flask")
    expect(page.locator("#need-admin")).to_be_checked()
    assert console == []


def test_capabilities_adds_a_history_entry_for_each_tick(page: Page) -> None:
    page.goto("/capabilities/?need=orm")
    page.get_by_label("Validation").check()
    expect_answers(page, "Django", "FastAPI", "Flask")
    page.get_by_role("link", name="Clear selection").click()
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.get_by_label("ORM")).not_to_be_checked()
    page.go_back()
    expect_answers(page, "Django", "FastAPI", "Flask")
    page.go_back()
    expect_answers(page, "Django", "Flask")
    expect(page.get_by_label("Validation")).not_to_be_checked()
    expect(page.get_by_label("ORM")).to_be_checked()


def test_capabilities_works_without_javascript(plain: Page) -> None:
    plain.goto("/capabilities/")
    plain.get_by_label("ORM").check()
    plain.get_by_role("button", name="Show").click()
    expect_answers(plain, "Django", "Flask")
    expect(plain).to_have_url("/capabilities/?need=orm")
    plain.get_by_role("link", name="SQLAlchemy").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("SQLAlchemy")
