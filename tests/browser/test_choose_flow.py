"""The decision helper in a real browser: live, by keyboard alone, and without JavaScript."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests import factories
from tests.browser.looking import Axe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rules(live_server: LiveServer) -> None:
    django, flask = (factories.make_framework(name=name) for name in ("Django", "Flask"))
    building = factories.make_prompt(
        slug="building", text="What are you building?", takes_several=True, position=1
    )
    size = factories.make_prompt(slug="size", text="How large will it become?", position=2)
    shop, api = (factories.make_option(prompt=building, slug=slug, text=slug) for slug in ("shop", "api"))
    small, large = (factories.make_option(prompt=size, slug=slug, text=slug) for slug in ("small", "large"))
    factories.make_rule([shop], favours=[django], against=[flask], paraphrase="A shop wants it all.")
    factories.make_rule([shop, large], favours=[django], paraphrase="A large shop all the more.")
    factories.make_rule([api, small], favours=[flask], paraphrase="Small APIs need little.")


@pytest.mark.usefixtures("rules")
def test_choose_updates_answer_and_address_with_each_tick(page: Page, axe: Axe, console: list[str]) -> None:
    page.goto("/choose/")
    answer = page.get_by_role("region", name="The recommendation")
    expect(answer).to_contain_text("Answer a question to see a recommendation.")
    page.get_by_label("shop").check()
    expect(answer.locator(".verdict-line")).to_have_text("Django")
    expect(answer).to_contain_text("A shop wants it all.")
    expect(page).to_have_url(re.compile(r"/choose/\?building=shop$"))
    page.get_by_label("large").check()
    expect(answer).to_contain_text("A large shop all the more.")
    expect(page).to_have_url(re.compile(r"building=shop&size=large$"))
    page.get_by_label("shop").uncheck()
    expect(answer.locator(".verdict-line")).to_have_text("No source’s rules match these answers yet.")
    page.go_back()
    expect(answer).to_contain_text("A large shop all the more.")
    expect(page.get_by_label("shop")).to_be_checked()
    assert console == []
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        assert axe(page) == [], theme


@pytest.mark.usefixtures("rules")
def test_choose_keeps_the_focus_when_used_by_keyboard(page: Page) -> None:
    page.goto("/choose/")
    shop = page.get_by_label("shop")
    shop.focus()
    page.keyboard.press("Space")
    expect(page.locator(".verdict-line")).to_have_text("Django")
    expect(shop).to_be_focused()
    page.get_by_label("I don’t know yet").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile(r"building=shop&size=large$"))
    expect(page.get_by_label("large")).to_be_focused()
    expect(page.get_by_label("large")).to_be_checked()
    # Past the other questions: the link is not in the way until it has the focus.
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the recommendation").last
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".answer .verdict-line a")).to_be_focused()


@pytest.mark.usefixtures("rules")
def test_choose_keeps_the_interim_answer_in_view_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 500})
    page.goto("/choose/?building=shop")
    so_far = page.get_by_role("link", name="Django").first
    expect(so_far).to_be_in_viewport()
    so_far.click()
    expect(page.locator(".answer .verdict-line")).to_be_in_viewport()


def test_choose_works_without_javascript(browser: Browser, live_server: LiveServer, rules: None) -> None:
    context = browser.new_context(base_url=live_server.url, locale="en-GB", java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/choose/")
    plain.get_by_label("shop").check()
    plain.get_by_label("large").check()
    plain.get_by_role("button", name="Show the recommendation").click()
    expect(plain.locator(".answer .verdict-line")).to_have_text("Django")
    expect(plain).to_have_url(re.compile(r"/choose/\?building=shop&size=large$"))
    plain.get_by_role("link", name="See all frameworks").click()
    expect(plain.locator("#matrix")).to_be_visible()
    context.close()
