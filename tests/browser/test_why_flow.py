"""Why this ranking, in a real browser: it follows every change, and its links show what they speak of."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.looking import expect_order

pytestmark = pytest.mark.usefixtures("world")


def tagline(page: Page) -> Locator:
    return page.locator(".explained .tagline")


def test_why_follows_weights_and_filters_and_keeps_open_parts_open(page: Page, console: list[str]) -> None:
    page.goto("/?why=shown")
    expect(tagline(page)).to_have_text("FastAPI leads Flask by 18 points.")
    page.get_by_text("Criterion by criterion").click()
    page.get_by_text("How often each framework leads").click()
    page.get_by_label("Weight of Learning curve").fill("9")
    expect(tagline(page)).to_have_text("Quart leads Flask by 13 points.")
    expect(page.locator(".points tfoot")).to_have_text(re.compile(r"^Fit\s*100\s+87\s+82\s+52\s*$"))
    expect(page.locator(".points")).to_be_visible()
    expect(page.locator(".shares")).to_be_visible()
    page.get_by_label("Filter by name").fill("django")
    expect(tagline(page)).to_have_text("Only Django is shown, so there is no ranking to explain.")
    expect(page.locator(".shares")).to_have_count(0)
    assert console == []


def test_why_applies_and_reverts_a_flip_by_keyboard(page: Page, console: list[str]) -> None:
    page.goto("/compare/flask-vs-django/?why=shown")
    page.evaluate("window.stayed = true")
    turn = page.locator("#flip-documentation")
    expect(turn).to_have_text("Set Documentation to 6 or more")
    turn.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/compare/flask-vs-django/\?w-documentation=6&why=shown$"))
    expect(tagline(page)).to_have_text("Django leads Flask by less than a point.")
    expect(page.locator("#w-documentation")).to_have_value("6")
    expect(turn).to_have_text("Set Documentation to 5 or less")
    expect(turn).to_be_focused()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"w-documentation=5&why=shown$"))
    expect(tagline(page)).to_have_text(re.compile("^Flask leads Django"))
    expect(turn).to_be_focused()
    page.go_back()
    expect(tagline(page)).to_have_text("Django leads Flask by less than a point.")
    assert page.evaluate("window.stayed") is True
    assert console == []


def test_why_is_reached_by_the_link_at_the_top(page: Page) -> None:
    page.goto("/")
    page.get_by_role("link", name="Why this ranking").click()
    expect(page.locator(".points")).to_be_attached()
    expect(page.get_by_role("heading", name="Why this ranking")).to_be_in_viewport()
    # And the page is as alive as before.
    page.get_by_label("Weight of Documentation").fill("10")
    expect_order(page, "FastAPI", "Django", "Flask", "Quart", "Sanic")
    expect(tagline(page)).to_have_text(re.compile("^FastAPI leads Django"))


@pytest.fixture
def plain(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page in which no script runs."""
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_why_flip_links_work_without_javascript(plain: Page) -> None:
    plain.goto("/")
    plain.get_by_role("link", name="Why this ranking").click()
    expect(plain).to_have_url(re.compile(r"/\?why=shown#why$"))
    plain.get_by_role("link", name="Set Learning curve to 5 or more").click()
    expect(plain).to_have_url(re.compile(r"/\?w-learning-curve=5&why=shown$"))
    expect_order(plain, "Quart", "FastAPI", "Flask", "Django", "Sanic")
    plain.get_by_text("Criterion by criterion").click()
    expect(plain.locator(".points tfoot")).to_be_visible()
