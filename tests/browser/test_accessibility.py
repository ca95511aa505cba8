"""axe finds nothing to object to, on any type of page, in either theme, on a desktop and on a phone, in use or not."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import Axe, everywhere

pytestmark = pytest.mark.usefixtures("seeded")


def open_everything(page: Page) -> None:
    page.evaluate(
        "document.querySelectorAll('details, .fold').forEach(part => part.open = part.checked = true)"
    )


def use_the_matrix(page: Page) -> None:
    """Show at once what the matrix shows in use: changes, a cell, a selection, what is not understood, a failure."""
    page.get_by_label("Weight of Performance").fill("9")
    expect(page.locator(".chips")).to_contain_text("1 weight changed")
    page.locator("#tick-django").check()
    page.locator("#tick-sanic").check()
    page.locator("#cell-fastapi-performance").click()
    expect(page.locator("#opened")).to_be_visible()
    page.get_by_label("Weight of Security").fill("x")
    expect(page.locator(".notices")).to_be_visible()
    open_everything(page)
    page.route("**/?*", lambda route: route.fulfill(status=500))
    page.get_by_label("Weight of Performance").fill("8")
    expect(page.locator("#trouble")).to_contain_text("could not be updated")
    expect(page.locator(".chips")).to_contain_text("1 weight changed")
    expect(page.locator(".tray")).to_contain_text("Compare 2 side by side")
    for shown in ("#opened", ".notices"):
        expect(page.locator(shown)).to_be_visible()


def fold(page: Page) -> None:
    page.get_by_label("Only differences").check()
    expect(page.locator(".folded").first).to_be_visible()


def make_baseline(page: Page) -> None:
    page.get_by_role("link", name="Set as baseline").first.click()
    expect(page.locator(".status .chip")).to_be_visible()
    open_everything(page)


def need_more(page: Page) -> None:
    page.get_by_label("Forms").check()
    expect(page.locator("#django dt")).to_have_text(["ORM", "Forms"])


def find_more(page: Page) -> None:
    page.get_by_role("searchbox").fill("djagno admin")
    expect(page.get_by_role("status")).to_contain_text("Showing results for django")


def open_the_index(page: Page) -> None:
    page.locator(".index summary").click()
    expect(page.locator(".index-pages")).to_be_visible()


@pytest.mark.parametrize(
    "path, use",
    [
        ("/", use_the_matrix),
        ("/compare/cherrypy-vs-web2py/", fold),
        ("/compare/django-vs-flask-vs-fastapi/", make_baseline),
        ("/frameworks/fastapi/", open_everything),
        ("/capabilities/?need=orm", need_more),
        ("/search/?q=flask", find_more),
        ("/sources/", open_the_index),
        ("/questions/", open_everything),
    ],
)
def test_pages_pass_axe_in_use(page: Page, axe: Axe, path: str, use: Callable[[Page], None]) -> None:
    page.goto(path)
    use(page)
    assert everywhere(page, axe) == {}


def test_matrix_cells_and_headers_have_accessible_names(page: Page) -> None:
    page.goto("/")
    link = page.get_by_role("link", name="FastAPI, Performance: 4 of 5, 4 sources", exact=True)
    expect(link).to_have_text("4")
    expect(
        page.get_by_role("link", name="FastAPI, Maturity and adoption: 4 of 5, 4 sources, disputed")
    ).to_be_visible()
    expect(page.get_by_role("columnheader", name="Fit")).to_have_attribute("aria-sort", "descending")
    expect(page.get_by_role("rowheader", name="FastAPI")).to_be_visible()


def test_matrix_announces_a_changed_count_in_the_same_live_region(page: Page) -> None:
    page.goto("/")
    count = page.get_by_role("status").filter(has_text="frameworks")
    page.evaluate("window.counted = document.querySelector('p.count')")
    expect(count).to_have_text("10 of 10 frameworks. FastAPI first, fit 68")
    page.get_by_label("Weight of Performance").fill("0")
    expect(count).to_have_text("10 of 10 frameworks. Django first, fit 67")
    page.get_by_label("Filter by name").fill("cherry")
    expect(count).to_have_text("1 of 10 frameworks")
    # The same element: a live region that is replaced is not heard.
    assert page.evaluate("window.counted === document.querySelector('p.count')") is True


def test_matrix_passes_axe_with_forced_colours(page: Page, axe: Axe) -> None:
    page.emulate_media(forced_colors="active")
    page.goto("/?open=fastapi:performance")
    expect(page.locator("table.grid")).to_be_visible()
    assert axe(page) == []


def test_matrix_disables_animation_with_reduced_motion(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    assert page.evaluate("getComputedStyle(document.querySelector('#progress')).transitionDuration") == "0s"
