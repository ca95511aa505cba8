"""Every flow by keyboard alone: each stop is reached by Tab, can be seen, and is not lost when the table changes."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import FOCUS, arrow_to, expect_order, tab_to

pytestmark = pytest.mark.usefixtures("world")


def test_skip_link_is_the_first_tab_stop_and_focuses_the_content(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("main a").first).to_be_focused()


@pytest.mark.parametrize(
    "path",
    [
        "/?open=fastapi:performance&framework=flask&framework=django",
        "/compare/flask-vs-django/?baseline=flask",
        "/capabilities/?need=orm",
    ],
)
@pytest.mark.parametrize("width", [1280, 390])
def test_tab_stops_show_their_focus_and_are_not_covered(page: Page, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    page.emulate_media(reduced_motion="reduce")
    page.goto(path)
    stops = []
    for _ in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        stops.append(page.evaluate(FOCUS))
    assert len(stops) > 20
    assert [stop["name"] for stop in stops if stop["outline"] < 2] == []
    assert [stop["name"] for stop in stops if not stop["clear"]] == []


def test_matrix_menu_filters_by_keyboard_and_returns_focus(page: Page, console: list[str]) -> None:
    page.goto("/")
    tab_to(page, "#menu-kind summary")
    page.keyboard.press("Enter")
    expect(page.locator("#menu-kind")).to_have_attribute("open", "")
    tab_to(page, "#menu-kind input[value=micro]")
    page.keyboard.press("Space")
    expect_order(page, "FastAPI", "Flask", "Quart")
    # The swap took neither the focus nor the open menu away.
    expect(page.locator("#menu-kind input[value=micro]")).to_be_focused()
    expect(page.locator("#menu-kind input[value=micro]")).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.locator("#menu-kind")).not_to_have_attribute("open", "")
    expect(page.locator("#menu-kind summary")).to_be_focused()
    assert console == []


def test_matrix_menu_closes_on_an_outside_click(page: Page) -> None:
    page.goto("/")
    page.locator("#menu-kind summary").click()
    expect(page.locator("#menu-kind .panel")).to_be_visible()
    page.locator("h1").click()
    expect(page.locator("#menu-kind .panel")).to_be_hidden()


def test_matrix_cell_opens_and_closes_by_keyboard_with_claims_tabbed_next(
    page: Page, console: list[str]
) -> None:
    page.goto("/")
    tab_to(page, "#tick-fastapi")
    arrow_to(page, "ArrowRight", "#cell-fastapi-async-support")
    page.keyboard.press("Enter")
    expect(page.locator("#opened")).to_be_visible()
    expect(page.locator("#cell-fastapi-async-support")).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#opened') !== null")
    tab_to(page, "#opened a.button")
    page.keyboard.press("Enter")
    expect(page.locator("#opened")).to_have_count(0)
    page.locator("#cell-fastapi-async-support").press("Enter")
    tab_to(page, "#opened a.button")
    page.keyboard.press("Escape")
    expect(page.locator("#opened")).to_have_count(0)
    expect(page.locator("#cell-fastapi-async-support")).to_be_focused()
    assert console == []


def test_matrix_has_one_tab_stop_in_a_row_and_arrow_keys_lead_from_cell_to_cell(page: Page) -> None:
    page.goto("/")
    tab_to(page, "#tick-fastapi")
    page.keyboard.press("Tab")
    expect(page.locator("#tick-flask")).to_be_focused()
    page.keyboard.press("End")
    column = "document.activeElement.closest('td').cellIndex"
    last = page.evaluate(column)
    assert page.evaluate("document.activeElement.id").startswith("cell-flask-")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#row-fastapi a:focus")).to_have_count(1)
    assert page.evaluate(column) == last
    # The row keeps its place, through a swap as well.
    page.keyboard.press("Enter")
    expect(page.locator("#opened")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#opened")).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#row-fastapi a:focus")).to_have_count(1)
    page.keyboard.press("Home")
    expect(page.locator("#tick-fastapi")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("tr.heads .name a")).to_be_focused()


def test_skip_links_lead_to_table_weights_and_selection(page: Page) -> None:
    page.goto("/?framework=flask")
    for name, at in {
        "Skip to the weights": "#weights input >> nth=0",
        "Skip to the selection": ".tray-names a",
        "Skip to the table": ".heads .name a",
    }.items():
        page.get_by_role("link", name=name).focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.locator(at)).to_be_focused()
    page.goto("/")
    expect(page.locator("a[href='#selection']")).to_be_hidden()


def test_question_mark_shows_the_keys_and_single_keys_can_be_turned_off(
    page: Page, console: list[str]
) -> None:
    page.goto("/compare/django-vs-flask/")
    tab_to(page, "#cell-django-performance")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#cell-flask-performance")).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#cell-flask-performance")).to_be_focused()
    for key in "?/":
        page.keyboard.press(key)
        expect(page.locator("#cell-flask-performance")).to_be_focused()
    page.reload()
    page.get_by_role("button", name="Keyboard").click()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Close").click()
    page.locator("#w-performance").focus()
    page.keyboard.press("?")  # a field takes what is typed in it
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert console == []


def test_matrix_headers_sort_by_keyboard_and_keep_the_focus(page: Page) -> None:
    page.goto("/")
    tab_to(page, "tr.heads .name a")
    arrow_to(page, "ArrowRight", "tr.heads th:nth-child(3) a")
    page.keyboard.press("Enter")
    expect(page.locator("tr.heads th:nth-child(3)")).to_have_attribute("aria-sort", "descending")
    expect(page.locator("tr.heads th:nth-child(3) a")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("tr.heads th:nth-child(3)")).to_have_attribute("aria-sort", "ascending")


def test_matrix_checkbox_keeps_the_focus_after_the_swap(page: Page) -> None:
    page.goto("/")
    tab_to(page, "#tick-django")
    page.keyboard.press("Space")
    expect(page.locator(".tray-names")).to_have_text("Django")
    expect(page.locator("#tick-django")).to_be_focused()


def test_matrix_keeps_the_focus_on_the_page_after_a_chip_is_removed(page: Page) -> None:
    page.goto("/?kind=micro&w-performance=9")
    tab_to(page, ".chips li:first-child a")
    page.keyboard.press("Enter")
    expect(page.locator(".chips li")).to_have_count(1)
    assert page.evaluate("document.activeElement !== document.body")
    # Links that are gone with what they removed leave it to the table.
    page.goto("/?w-performance=9&framework=flask")
    for link in (".weights a", ".tray-clear"):
        page.focus(link)
        page.keyboard.press("Enter")
        expect(page.locator(link)).to_have_count(0)
        expect(page.locator("#table")).to_be_focused()


def test_side_by_side_can_be_reached_and_used_by_keyboard(page: Page, console: list[str]) -> None:
    page.goto("/")
    tab_to(page, "#w-performance")
    page.keyboard.type("9")
    expect(page).to_have_url(re.compile("w-performance=9$"))
    for slug in ("fastapi", "flask"):
        tab_to(page, f"#tick-{slug}")
        page.keyboard.press("Space")
        expect(page.locator(".tray")).to_contain_text("FastAPI")
    expect(page.locator(".tray-names")).to_have_text("FastAPI, Flask")
    tab_to(page, ".tray a.button")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("FastAPI and Flask side by side")
    expect(page.get_by_label("Weight of Performance")).to_have_value("9")
    tab_to(page, "#cell-fastapi-performance")
    page.keyboard.press("Enter")
    expect(page.locator("tr#performance .claims").first).to_be_visible()
    expect(page.locator("#cell-fastapi-performance")).to_be_focused()
    tab_to(page, "input[name=only]", back=True)
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile("only=differences&rows=performance$"))
    expect(page.locator("input[name=only]")).to_be_focused()
    expect(page.locator("tr#performance .claims").first).to_be_visible()
    assert console == []


def test_matrix_table_scrolls_with_arrow_keys(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/")
    tab_to(page, ".region")
    region = "document.querySelector('.region').scrollLeft"
    for _ in range(20):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(50)
        if page.evaluate(region) > 50:
            break
    assert page.evaluate(region) > 50


def test_matrix_drawers_open_by_keyboard_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/")
    for drawer, inside in (("filters", "#q"), ("weights", "#w-performance")):
        expect(page.locator(inside)).to_be_hidden()
        tab_to(page, f"#fold-{drawer}")
        page.keyboard.press("Space")
        expect(page.locator(inside)).to_be_visible()
    # A swap folds none of them.
    page.locator("#w-performance").fill("9")
    expect(page).to_have_url(re.compile("w-performance=9$"))
    expect(page.locator("#w-performance")).to_be_visible()
    expect(page.locator("#q")).to_be_visible()


def test_theme_switch_works_by_keyboard(page: Page) -> None:
    page.goto("/")
    tab_to(page, "[data-theme-switch]")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator("[data-theme-switch]")).to_be_focused()
