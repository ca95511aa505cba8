"""As of a date in a real browser: the day is set in place, goes into the address, and Back leads to today."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from frameworks.models import Rating, Revision
from frameworks.record import revisions
from tests import factories
from tests.browser.looking import Axe

pytestmark = pytest.mark.usefixtures("world")

MARCH = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCORE = "#cell-flask-performance"
ONE, THREE = re.compile(": 1 of 5"), re.compile(": 3 of 5")


@pytest.fixture
def world(world: None) -> None:
    """On 1 March 2026 Flask's performance was scored 3; since 1 May it is 1."""
    Revision.objects.update(at=MARCH)
    rating = Rating.objects.get(framework__slug="flask", criterion__slug="performance")
    rating.score = 1
    revisions.save(
        rating, by=factories.MAKER, reason="Since.", seen=rating.version, at=MARCH.replace(month=5)
    )


def test_as_of_updates_the_matrix_in_place_and_back_restores_today(page: Page, console: list[str]) -> None:
    page.goto("/")
    expect(page.locator(SCORE)).to_have_accessible_name(ONE)
    page.locator("#menu-columns summary").click()
    page.locator("#as-of").fill("2026-04-30")
    expect(page.locator(".stood")).to_contain_text("As it stood on 30 April 2026.")
    expect(page.locator(SCORE)).to_have_accessible_name(THREE)
    expect(page).to_have_url(re.compile(r"/\?as-of=2026-04-30$"))
    page.locator("#w-performance").fill("9")
    expect(page).to_have_url(re.compile(r"/\?as-of=2026-04-30&w-performance=9$"))
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.go_back()
    expect(page.locator("#w-performance")).to_have_value("")
    expect(page.locator(SCORE)).to_have_accessible_name(THREE)
    page.go_back()
    expect(page.locator(SCORE)).to_have_accessible_name(ONE)
    expect(page.locator(".stood")).to_have_count(0)
    expect(page.locator("#as-of")).to_have_value("")
    page.go_forward()
    expect(page.locator(SCORE)).to_have_accessible_name(THREE)
    expect(page.locator("#as-of")).to_have_value("2026-04-30")
    page.get_by_role("link", name="Reset: as it stood on 30 April 2026").click()
    expect(page.locator(SCORE)).to_have_accessible_name(ONE)
    expect(page.locator("#as-of")).to_have_value("")
    assert console == []


def test_as_of_sends_no_request_for_a_half_typed_year(page: Page) -> None:
    asked: list[str] = []
    page.goto("/")
    page.on("request", lambda request: asked.append(request.url) if "?" in request.url else None)
    page.locator("#menu-columns summary").click()
    page.locator("#as-of").focus()
    page.keyboard.type("04042026")  # the same in any order of day and month
    expect(page).to_have_url(re.compile(r"/\?as-of=2026-04-04$"))
    expect(page.locator(SCORE)).to_have_accessible_name(THREE)
    assert len(asked) == 1
    expect(page.locator("#as-of")).to_be_focused()


def test_side_by_side_keeps_as_of_and_links_to_the_first_day_with_all(page: Page) -> None:
    page.goto("/compare/flask-vs-django/")
    expect(page.locator(SCORE)).to_have_accessible_name(ONE)
    page.locator("#as-of").fill("2026-04-30")
    expect(page.locator(SCORE)).to_have_accessible_name(THREE)
    page.get_by_role("link", name="Back to the matrix").click()
    expect(page).to_have_url(re.compile(r"/\?as-of=2026-04-30&framework=flask&framework=django$"))
    page.get_by_role("link", name="Compare 2 side by side").click()
    page.locator("#as-of").fill("2026-02-01")
    expect(page.locator("h1")).to_have_text("Some of these frameworks are not known here")
    page.get_by_role("link", name="1 March 2026").click()
    expect(page.locator(SCORE)).to_have_accessible_name(THREE)


@pytest.mark.parametrize("path", ["/", "/compare/flask-vs-django/"])
def test_as_of_is_submitted_by_a_button_without_javascript(
    plain: Page,
    path: str,
) -> None:
    plain.goto(path)
    if path == "/":
        plain.locator("#menu-columns summary").click()
    plain.locator("#as-of").fill("2026-04-30")
    plain.get_by_role("button", name="Apply").click()
    expect(plain.locator(SCORE)).to_have_accessible_name(THREE)
    expect(plain).to_have_url(re.compile(r"[?&]as-of=2026-04-30(&|$)"))
    plain.locator(".stood").get_by_role("link", name="see it as it is today").click()
    expect(plain.locator(SCORE)).to_have_accessible_name(ONE)


@pytest.mark.parametrize("path", ["/?as-of=2026-04-30", "/compare/flask-vs-django/?as-of=2026-04-30"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_as_of_views_pass_axe_and_do_not_overflow(page: Page, axe: Axe, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(path)
    assert axe(page) == []
    page.set_viewport_size({"width": 390, "height": 800})
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
