"""The search in a real browser: results while typing, the slash, the head with its index, with and without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import overhang, tab_to
from tests.browser.pages import WIDTHS

pytestmark = pytest.mark.usefixtures("world")


def expect_first(page: Page, name: str) -> None:
    expect(page.locator(".finding section:first-of-type h3").first).to_have_text(name)


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


# Searching


def test_search_updates_results_and_address_while_typing(page: Page, console: list[str]) -> None:
    page.goto("/frameworks/")
    page.keyboard.press("/")
    page.keyboard.type("fastpi")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q=fastpi$"))
    expect(page.get_by_role("status")).to_contain_text("Showing results for fastapi")
    box = page.get_by_role("searchbox")
    box.press("End")
    box.press_sequentially(" moder")
    expect(page).to_have_url(re.compile(r"q=fastpi\+moder$"))
    expect(page.locator("#found-claim mark").last).to_have_text("Moderate")
    expect(box).to_be_focused()
    expect(box).to_have_value("fastpi moder")
    # One stretch of typing is one step back.
    page.go_back()
    expect(page).to_have_url(re.compile(r"q=fastpi$"))
    expect(box).to_have_value("fastpi")
    page.reload()
    expect_first(page, "FastAPI")
    assert console == []


def test_search_narrows_to_a_kind_and_back_to_everything(page: Page) -> None:
    page.goto("/search/?q=flask")
    page.get_by_role("link", name="Frameworks 1").click()
    expect(page).to_have_url(re.compile("kind=framework$"))
    expect(page.locator(".finding section")).to_have_count(1)
    page.get_by_role("searchbox").fill("django")
    expect(page).to_have_url(re.compile(r"q=django&kind=framework$"))
    expect_first(page, "Django")
    page.get_by_role("link", name="Everything").click()
    expect(page).to_have_url(re.compile(r"/search/\?q=django$"))


def test_search_keeps_results_and_reports_a_server_error(page: Page) -> None:
    page.goto("/search/?q=flask")
    page.route("**/search/?*", lambda route: route.fulfill(status=500))
    page.get_by_role("searchbox").fill("django")
    expect(page.locator("#trouble")).to_contain_text("could not be updated")
    expect_first(page, "Flask")


def test_search_works_without_javascript(plain: Page) -> None:
    plain.goto("/criteria/")
    expect(plain.locator(".seek kbd")).to_be_hidden()
    plain.get_by_role("searchbox", name="Search").fill("djagno")
    plain.get_by_role("searchbox", name="Search").press("Enter")
    expect(plain).to_have_url(re.compile(r"/search/\?q=djagno$"))
    expect_first(plain, "Django")
    plain.get_by_role("link", name="Frameworks 1").click()
    expect(plain).to_have_url(re.compile("kind=framework$"))
    plain.locator("summary", has_text="More").click()
    plain.locator(".index-pages").get_by_role("link", name="Disagreements").click()
    expect(plain.locator("h1")).to_have_text("Where the sources disagree")


# The slash


@pytest.mark.parametrize("path", ["/", "/search/", "/search/?q=flask"])
def test_search_shortcut_focuses_the_box_and_escape_leaves_it(page: Page, path: str) -> None:
    page.goto(path)
    page.keyboard.press("/")
    assert focused(page) == "seek"
    expect(page.locator("#seek")).to_have_attribute("aria-keyshortcuts", "/")
    page.locator("#seek").fill("")
    page.keyboard.press("Escape")
    assert focused(page) != "seek"


def test_search_box_returns_focus_to_the_previous_element_on_escape(page: Page) -> None:
    page.goto("/")
    tab_to(page, "[data-theme-switch]")
    page.keyboard.press("/")
    expect(page.locator("#seek")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-theme-switch]")).to_be_focused()


def test_search_shortcut_ignores_a_slash_typed_in_a_field(page: Page) -> None:
    page.goto("/")
    page.locator("#q").press_sequentially("a/b")
    expect(page.locator("#q")).to_have_value("a/b")
    page.keyboard.press("Control+/")
    assert focused(page) == "q"
    page.goto("/search/")
    page.keyboard.press("/")
    page.keyboard.type("rest/api")
    expect(page.locator("#seek")).to_have_value("rest/api")


def test_search_shortcut_focuses_the_search_link_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/")
    expect(page.locator("#seek")).to_be_hidden()
    page.keyboard.press("/")
    expect(page.get_by_role("link", name="Search")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("searchbox")).to_be_visible()


# The head


def test_contents_menu_opens_by_keyboard_and_closes_on_escape_or_leaving(page: Page) -> None:
    page.goto("/")
    index, pages = page.locator(".index"), page.locator(".index-pages")
    expect(pages).to_be_hidden()
    tab_to(page, ".index summary")
    page.keyboard.press("Enter")
    expect(pages).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(pages).to_be_hidden()
    expect(index.locator("summary")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#seek")
    expect(pages).to_be_hidden()
    index.locator("summary").click()
    expect(pages).to_be_visible()
    page.locator("h1").click(force=True)
    page.mouse.click(600, 700)
    expect(pages).to_be_hidden()


def test_header_is_a_single_row_of_equal_height_on_all_pages(page: Page) -> None:
    sizes: dict[int, set[tuple[int, int, int]]] = {}
    for path in ("/", "/search/?q=flask", "/frameworks/flask/", "/nowhere/"):
        page.goto(path)
        for width in [*WIDTHS, 820, 1024]:
            page.set_viewport_size({"width": width, "height": 800})
            box = page.locator(".mast").bounding_box()
            switch = page.locator("[data-theme-switch]").bounding_box()
            assert box
            assert switch
            size = round(box["height"]), round(switch["x"]), round(switch["y"])
            sizes.setdefault(width, set()).add(size)
            page.locator(".index summary").click()
            expect(page.locator(".index-pages")).to_be_visible()
            panel = page.locator(".index-pages").bounding_box()
            assert panel
            assert panel["x"] >= 0
            assert panel["x"] + panel["width"] <= width
            assert overhang(page) == 0
            # The panel lies over the page: the head is as high as before.
            assert page.locator(".mast").bounding_box() == box
            page.locator(".index summary").click()
    for width, found in sizes.items():
        assert len(found) == 1, (width, found)
        assert next(iter(found))[0] < 70, width


@pytest.mark.parametrize(
    "path, current",
    [
        ("/", {"page": ["Matrix", "Matrix"]}),
        ("/compare/django-vs-flask/", {"true": ["Matrix", "Matrix"]}),
        ("/frameworks/flask/", {"true": ["Frameworks", "Frameworks"]}),
        ("/sources/", {"page": ["Sources", "Sources"]}),
        ("/nowhere/", {}),
    ],
)
def test_header_marks_the_current_page(page: Page, path: str, current: dict[str, list[str]]) -> None:
    page.goto(path)
    found: dict[str, list[str]] = {}
    for link in page.locator(".mast [aria-current]").all():
        found.setdefault(str(link.get_attribute("aria-current")), []).append(str(link.text_content()))
    assert found == current
