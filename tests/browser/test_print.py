"""Pages on paper: how many sheets they take, and what stands on them."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.usefixtures("seeded")

TWO, THREE = "/compare/django-vs-flask/", "/compare/django-vs-flask-vs-fastapi/"
FIVE = "/compare/django-vs-flask-vs-fastapi-vs-litestar-vs-cherrypy/"
PAGES_AT_MOST = {
    "/": 1,
    "/?w-performance=9&baseline=django&open=fastapi:performance": 1,
    TWO: 2,
    THREE: 2,
    f"{THREE}?why=shown": 2,
    f"{THREE}?rows=*": 2,
    FIVE: 3,
    "/frameworks/django/": 4,
    "/frameworks/fastapi/?rows=performance&rows=documentation": 4,
}


def sheets(page: Page, paper: str = "A4") -> int:
    """Return how many sheets the page takes. The pages of a PDF are objects of its file, in plain text."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=paper, prefer_css_page_size=True)))


def most_sheets(page: Page) -> int:
    """Return how many sheets the page takes on A4 or Letter, whichever are more."""
    return max(sheets(page, paper) for paper in ("A4", "Letter"))


def test_print_takes_few_sheets_and_names_address_and_date(page: Page) -> None:
    taken = {}
    for path in PAGES_AT_MOST:
        page.goto(path)
        taken[path] = most_sheets(page)
    assert {path: most for path, most in PAGES_AT_MOST.items() if not 1 <= taken[path] <= most} == {}, taken
    for path, most in {"/": 1, f"{TWO}?baseline=django": 2}.items():
        page.goto(path)
        page.locator("#menu-take summary").click()
        page.get_by_role("button", name="Save a permanent copy").click()
        page.wait_for_url("**/s/**")
        assert most_sheets(page) <= most
    page.emulate_media(media="print")
    expect(page.locator(".printed")).to_have_text(
        re.compile(r"/s/[a-z2-7]{26}/\S*\s· permanent copy of \d+ \w+ 20\d\d$")
    )
    page.goto("/?w-performance=9")
    expect(page.locator(".printed")).to_have_text(re.compile(r"w-performance=9\S*\s· as of \d+ \w+ 20\d\d$"))
    expect(page.locator(".weights")).to_be_visible()


def test_print_has_the_claims_only_as_an_appendix_that_is_requested(page: Page) -> None:
    page.goto(TWO)
    page.locator("#menu-take summary").click()
    page.get_by_role("link", name="Print with evidence").click()
    page.wait_for_url("**evidence=shown**")
    expect(page.get_by_role("button", name="Print with evidence")).to_be_visible()
    expect(page.locator(".appendix .claims > li").first).to_contain_text("line")
    assert sheets(page) > 2
    page.get_by_role("link", name="Hide", exact=True).click()
    expect(page.locator(".appendix")).to_have_count(0)
