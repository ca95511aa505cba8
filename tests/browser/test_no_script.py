"""Without JavaScript the same addresses show the same tables, and every flow goes on by plain forms and links."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import expect_order, names
from tests.html import order, read
from tests.pages import PAGES

pytestmark = pytest.mark.usefixtures("world")


def test_matrix_and_side_by_side_are_the_same_without_javascript(page: Page, plain: Page) -> None:
    for path in (
        "/",
        "/?q=a&kind=micro&w-performance=9&sort=-documentation&baseline=flask&open=fastapi:performance",
        "/?kind=full-stack&framework=flask&framework=django&criteria=performance",
        "/compare/flask-vs-django-vs-fastapi/?w-performance=9&baseline=django&only=differences",
    ):
        page.goto(path)
        plain.goto(path)
        with_scripts, without = read(page.content()), read(plain.content())
        assert without.texts("main form tr") == with_scripts.texts("main form tr")
        assert without.texts(".chips li") == with_scripts.texts(".chips li")
        assert without.texts(".status p") == with_scripts.texts(".status p")


def test_matrix_submits_filters_and_weights_by_button_without_javascript(plain: Page) -> None:
    plain.goto("/")
    expect(plain.get_by_role("button", name="Apply")).to_be_visible()
    plain.locator("#menu-kind summary").click()
    plain.locator("#menu-kind").get_by_label("Micro").check()
    plain.get_by_label("Weight of Performance").fill("0")
    plain.locator("select[name=baseline]").select_option("flask")
    plain.get_by_role("button", name="Apply").click()
    # Half of the weight that is left is rated for Quart: enough to be ranked.
    expect_order(plain, "Quart", "Flask", "FastAPI")
    expect(plain.locator("#w-performance")).to_have_value("0")
    expect(plain.locator("#menu-kind .menu-value")).to_have_text("Micro")
    plain.get_by_role("link", name="Remove: Kind: Micro").click()
    expect(names(plain)).to_have_count(5)
    plain.get_by_label("Filter by name").fill("fla")
    plain.keyboard.press("Enter")
    expect_order(plain, "Flask")
    expect(plain.locator("#w-performance")).to_have_value("0")


def test_matrix_sorts_and_opens_cells_without_javascript(plain: Page) -> None:
    plain.goto("/?w-performance=9")
    plain.get_by_role("link", name="Docs").click()
    expect(plain).to_have_url(re.compile(r"sort=documentation"))
    assert order(read(plain.content())) == ["Django", "FastAPI", "Flask", "Quart", "Sanic"]
    plain.locator("#cell-fastapi-performance").click()
    expect(plain.locator("#opened li.against")).to_contain_text("Puts it in the middle of its table.")
    expect(plain).to_have_url(re.compile(r"/\?w-performance=9&sort=documentation&open=fastapi:performance$"))
    plain.get_by_role("link", name="Close").click()
    expect(plain.locator("#opened")).to_have_count(0)


def test_side_by_side_opens_from_ticked_boxes_without_javascript(plain: Page) -> None:
    plain.goto("/?w-performance=9")
    plain.locator("#tick-flask").check()
    plain.locator("#tick-django").check()
    plain.get_by_role("button", name="Compare selected").click()
    expect(plain).to_have_url(re.compile(r"/compare/flask-vs-django/\?w-performance=9$"))
    expect(plain.locator("tr#performance .claims")).to_have_count(0)
    plain.locator("#cell-flask-performance").click()
    expect(plain.locator("tr#performance .claims").first).to_be_visible()
    plain.get_by_label("Only differences").check()
    plain.get_by_role("button", name="Apply").click()
    expect(plain.locator(".folded")).to_contain_text("1 identical row hidden.")
    plain.get_by_role("link", name=re.compile("Set as baseline.*Django")).click()
    expect(plain.locator("h1")).to_have_text("Django and Flask side by side")


def test_matrix_drawers_open_on_a_phone_without_javascript(plain: Page) -> None:
    plain.set_viewport_size({"width": 390, "height": 800})
    plain.goto("/")
    expect(plain.get_by_label("Filter by name")).to_be_hidden()
    plain.get_by_text("Filters", exact=True).click()
    expect(plain.get_by_label("Filter by name")).to_be_visible()
    expect(plain.get_by_label("Weight of Performance")).to_be_hidden()
    plain.get_by_text("Weights", exact=True).click()
    expect(plain.get_by_label("Weight of Performance")).to_be_visible()


def test_pages_hide_the_theme_switch_without_javascript(plain: Page) -> None:
    for name in ("matrix", "framework", "search"):  # all pages have the same head
        plain.goto(PAGES[name])
        expect(plain.locator("h1")).to_be_visible()
        expect(plain.locator("[data-theme-switch]")).to_be_hidden()
