"""The page on which the API is tried out: its script is not ours, and keeps to our rules all the same."""

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.browser.looking import Axe

DOCS = "/api/v1/docs"


@pytest.fixture(autouse=True)
def facts(live_server: LiveServer) -> None:
    factories.make_rating(
        framework=factories.make_framework(name="Django"), criterion=factories.make_criterion(name="Speed")
    )


def load(page: Page) -> None:
    """Go to the page and have it load what it is for."""
    page.goto(DOCS)
    page.get_by_role("button", name="Load Swagger UI").click()


def test_api_docs_load_without_errors_cookies_or_external_requests(
    page: Page, live_server: LiveServer, console: list[str]
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    load(page)
    expect(page.get_by_text("All frameworks, filtered, weighted and ranked")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert [address for address in asked if not address.startswith((live_server.url, "data:"))] == []
    assert console == []
    assert page.context.cookies() == []


def test_api_docs_try_out_an_endpoint_by_keyboard(page: Page, console: list[str]) -> None:
    page.goto(DOCS)
    page.get_by_role("button", name="Load Swagger UI").focus()
    page.keyboard.press("Enter")
    page.locator("#operations-Facts-framework .opblock-summary-control").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Try it out").focus()
    page.keyboard.press("Enter")
    page.locator("#operations-Facts-framework input").fill("django")
    page.get_by_role("button", name="Execute").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".live-responses-table .response-col_status").last).to_have_text("200")
    expect(page.locator(".live-responses-table")).to_contain_text('"name": "Django"')
    assert console == []


def test_api_docs_follow_the_theme(page: Page) -> None:
    ground = page.locator("#swagger-ui")
    page.emulate_media(color_scheme="dark")
    load(page)
    expect(ground).to_have_css("background-color", "rgb(28, 32, 34)")
    page.get_by_role("button", name="Colour theme: same as the system").click()
    expect(ground).to_have_css("background-color", "rgb(255, 255, 255)")
    page.get_by_role("button", name="Colour theme: light").click()
    expect(ground).to_have_css("background-color", "rgb(28, 32, 34)")


def test_api_docs_load_at_once_where_the_address_names_an_operation(page: Page) -> None:
    page.goto(f"{DOCS}#/Facts/framework")
    expect(page.locator("#operations-Facts-framework")).to_be_visible()


def test_api_docs_say_that_the_script_is_loading_and_that_it_could_not_be_loaded(page: Page) -> None:
    held: list[Route] = []
    page.route("**/swagger-ui-bundle*", lambda route: held.append(route))  # noqa: PLW0108 - marked by playwright
    load(page)
    status = page.locator("main").get_by_role("status")
    expect(status).to_have_text("Loading Swagger UI, a script of about 400 kB…")
    held[0].abort()
    expect(status).to_have_text("Swagger UI could not be loaded. Reload the page to try again.")


def test_api_docs_have_headings_in_order_and_targets_of_size(page: Page, axe: Axe) -> None:
    load(page)
    expect(page.get_by_text("All frameworks, filtered, weighted and ranked")).to_be_visible()
    assert axe(page, ["heading-order", "target-size"]) == []


def test_api_docs_link_to_the_api_page_without_javascript(browser: Browser, live_server: LiveServer) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(DOCS)
    page.get_by_role("link", name="API documentation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("API")
    context.close()
