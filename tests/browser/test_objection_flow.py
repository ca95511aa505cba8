"""A reader objects and an editor answers, by keyboard alone, with and without JavaScript."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from frameworks.models import Objection, Rating
from frameworks.pages import objections
from tests import factories
from tests.browser.chromium import PATIENCE
from tests.browser.looking import FOCUS, Axe, everywhere, tab_to
from tests.desk.signing_in import sign_in

from .stillness import settle

pytestmark = pytest.mark.usefixtures("world")

PAGE = "/frameworks/flask/performance/objection/"
TEXT = "The second source says the opposite, on line 12."


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def visitor(browser: Browser, live_server: LiveServer, request: pytest.FixtureRequest) -> Iterator[Page]:
    context = browser.new_context(
        base_url=live_server.url,
        locale="en-GB",
        viewport={"width": 1280, "height": 800},
        java_script_enabled=request.param,
    )
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


def test_objection_can_be_submitted_by_keyboard(visitor: Page) -> None:
    visitor.goto("/?open=flask:performance")
    visitor.get_by_role("link", name="Report a problem with this score").focus()
    visitor.keyboard.press("Enter")
    expect(visitor).to_have_url(re.compile(f"{PAGE}$"))
    visitor.get_by_label("What is wrong?").focus()
    visitor.keyboard.type("Wrong.")
    visitor.keyboard.press("Tab")
    visitor.keyboard.type("nowhere")
    # The trap is no stop: the button comes next.
    visitor.keyboard.press("Tab")
    expect(visitor.get_by_role("button", name="Send to the editors")).to_be_focused()
    visitor.keyboard.press("Enter")
    expect(visitor.locator(".wrong")).to_have_text(
        ["Enter 10 to 1,000 characters; you entered 6.", objections.NO_URL]
    )
    expect(visitor.get_by_label("Where can it be checked?")).to_have_value("nowhere")
    visitor.get_by_label("What is wrong?").fill(TEXT)
    visitor.get_by_label("Where can it be checked?").fill("")
    visitor.keyboard.press("Enter")
    expect(visitor.locator("h1")).to_have_text("Thank you")
    assert [(found.text, found.url) for found in Objection.objects.all()] == [(TEXT, "")]
    assert visitor.context.cookies() == []


def test_objection_tab_stops_are_in_order_and_show_their_focus(page: Page) -> None:
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 600})
        page.emulate_media(reduced_motion="reduce")
        page.goto(PAGE)
        tab_to(page, "#objection-text")
        stops = []
        while not page.evaluate("document.activeElement === document.body"):
            stops.append(page.evaluate(FOCUS))
            page.keyboard.press("Tab")
        assert [stop["name"] for stop in stops[:4]] == [
            "objection-text",
            "objection-url",
            "Send to the editors",
            "Cancel",
        ]
        assert [stop["name"] for stop in stops if stop["outline"] < 2 or not stop["clear"]] == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_objection_pages_pass_axe(page: Page, axe: Axe, console: list[str]) -> None:
    page.goto(PAGE)
    assert everywhere(page, axe) == {}
    page.get_by_label("What is wrong?").fill("Wrong.")
    page.get_by_role("button", name="Send to the editors").click()
    expect(page.locator(".wrong")).to_be_visible()
    assert everywhere(page, axe) == {}
    page.goto(f"{PAGE}sent/")
    assert everywhere(page, axe) == {}
    page.goto("/compare/flask-vs-sanic/")
    page.locator("summary:visible").last.click()
    assert everywhere(page, axe) == {}
    assert [said for said in console if "422" not in said] == []


def settled(page: Page, axe: Axe) -> list[str]:
    """What axe finds once the stock admin's links have faded to the colours of the theme."""
    settle(page)
    return axe(page)


def test_objection_can_be_answered_by_keyboard(
    page: Page, live_server: LiveServer, axe: Axe, console: list[str]
) -> None:
    rating = Rating.objects.get(framework__slug="flask", criterion__slug="performance")
    found = Objection.objects.create(framework=rating.framework, criterion=rating.criterion, text=TEXT)
    session = sign_in(factories.make_editor(username="ada")).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": f"{live_server.url}/admin/"}])
    page.goto(f"/admin/frameworks/rating/{rating.pk}/change/")
    page.get_by_role("link", name=f"answer it (problem report {found.pk})").focus()
    console.clear()  # what the stock boxes of that form complained of
    page.keyboard.press("Enter")
    expect(page.locator("#content h1")).to_have_text("Problem report on Flask, Performance")
    assert console == []
    for width in (1280, 390):
        page.set_viewport_size({"width": width, "height": 2000})
        page.emulate_media(color_scheme="dark")
        assert settled(page, axe) == []
        page.emulate_media(color_scheme="light")
        assert settled(page, axe) == []
    tab_to(page, "#id_note")
    page.keyboard.type("Line 12 says the same.")
    tab_to(page, "button[value=dismissed]")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("is dismissed.")
    expect(page.locator(".paginator")).to_contain_text("0 problem reports")
    found.refresh_from_db()
    assert (found.status, found.note) == ("dismissed", "Line 12 says the same.")
