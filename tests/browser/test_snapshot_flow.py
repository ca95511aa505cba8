"""Freezing a comparison in a real browser: by keyboard, without scripts, and what it says after an edit."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from comparisons.models import Snapshot
from frameworks.models import Framework, Rating
from frameworks.record import revisions
from tests import factories
from tests.browser.looking import Axe

pytestmark = pytest.mark.usefixtures("world")

VERSUS = "/compare/flask-vs-django/?w-documentation=9"
FROZEN = re.compile(r"/s/[a-z2-7]{26}/$")


def freeze(page: Page) -> None:
    page.goto(VERSUS)
    page.locator("#menu-take summary").click()
    button = page.get_by_role("button", name="Save a permanent copy")
    button.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(FROZEN)


def rate(framework: str, criterion: str, score: int, reason: str) -> None:
    rating = Rating.objects.get(framework__slug=framework, criterion__slug=criterion)
    rating.score = score
    revisions.save(rating, by=factories.MAKER, reason=reason, seen=rating.version)


def test_snapshot_reports_later_changes_but_stays_unchanged(page: Page, console: list[str], axe: Axe) -> None:
    freeze(page)
    address = page.url
    expect(page.locator("#since")).to_contain_text("None of the 8 scores has changed since")
    table = page.locator("table.frozen").inner_text()
    rate("flask", "documentation", 5, "The manual was rewritten.")
    page.reload()
    expect(page.locator("#since")).to_contain_text("1 of ")
    summary = page.locator("#changed-cells > summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#changed-cells")).to_contain_text("The manual was rewritten.")
    assert page.locator("table.frozen").inner_text() == table
    assert axe(page) == []
    page.get_by_role("link", name="See the comparison as it is today").first.click()
    expect(page).to_have_url(re.compile(r"/compare/flask-vs-django/\?.*w-documentation=9"))
    page.goto(VERSUS)
    page.locator("#menu-take summary").click()
    page.get_by_role("button", name="Save a permanent copy").click()
    expect(page).to_have_url(FROZEN)
    assert page.url != address
    assert console == []


def test_snapshot_of_the_same_content_has_the_same_address(page: Page) -> None:
    freeze(page)
    first = page.url
    freeze(page)
    assert page.url == first
    assert [kept.pk for kept in Snapshot.objects.exclude(pk=factories.KEPT)] == [first.split("/")[-2]]


def test_snapshot_keeps_the_old_name_after_a_rename(page: Page) -> None:
    freeze(page)
    flask = Framework.objects.get(slug="flask")
    flask.name = "Bottle"
    revisions.save(flask, by=factories.MAKER, reason="Renamed.", seen=flask.version)
    page.reload()
    expect(page.locator("h1")).to_contain_text("Flask and Django as they stood on")


def test_snapshot_works_without_javascript(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url)
    try:
        page = context.new_page()
        freeze(page)
        rate("django", "documentation", 2, "Two links are dead.")
        page.get_by_role("link", name="see what has changed").click()
        expect(page.locator("h1")).to_contain_text("What has changed since")
        expect(page.locator("main")).to_contain_text("Two links are dead.")
    finally:
        context.close()


def test_snapshot_rate_limit_is_reported_and_links_back_to_the_comparison(
    page: Page, settings: object
) -> None:
    settings.SNAPSHOTS_AN_HOUR = 1  # type: ignore[attr-defined]
    freeze(page)
    page.goto("/compare/flask-vs-django/?w-documentation=3")
    page.locator("#menu-take summary").click()
    page.get_by_role("button", name="Save a permanent copy").click()
    expect(page.locator("main")).to_contain_text(
        "Your address has reached the limit for permanent copies: 1 an hour."
    )
    page.locator("main a", has_text="comparison").first.click()
    expect(page).to_have_url(re.compile(r"/compare/flask-vs-django/\?.*w-documentation=3$"))
