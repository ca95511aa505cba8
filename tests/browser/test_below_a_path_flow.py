"""The portal below a path of another site in a real browser: its scripts ask there, and the desk saves there."""

import re
from collections.abc import Iterator

import pytest
from django.test.testcases import LiveServerThread
from playwright.sync_api import Page, expect

from frameworks.models import Rating
from tests import factories
from tests.browser.looking import expect_order
from tests.desk.reading import change_url
from tests.site.below import PATH, below_a_path

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def site() -> Iterator[str]:
    """Another server, with its address: that of all other tests stays at the root."""
    with below_a_path():
        # Files are served by the middleware: Django's own handler of them looks for the path twice.
        thread = LiveServerThread("localhost", lambda application: application)  # type: ignore[arg-type]
        thread.daemon = True
        thread.start()
        thread.is_ready.wait()
        yield f"http://localhost:{thread.port}"
        thread.terminate()


def test_matrix_filters_and_opens_below_a_path(site: str, page: Page, console: list[str]) -> None:
    page.goto(f"{site}{PATH}/")
    page.evaluate("window.stayed = true")
    page.get_by_label("Filter by name").fill("fa")
    expect_order(page, "FastAPI")
    page.locator("#cell-fastapi-performance").click()
    expect(page.locator("#opened li.against")).to_contain_text("Puts it in the middle of its table.")
    expect(page).to_have_url(re.compile(rf"{PATH}/\?q=fa&open=fastapi:performance$"))
    assert page.evaluate("window.stayed") is True
    page.get_by_role("link", name="FastAPI", exact=True).first.click()
    expect(page).to_have_url(f"{site}{PATH}/frameworks/fastapi/")
    assert console == []


def test_editor_signs_in_and_saves_below_a_path(site: str, page: Page, console: list[str]) -> None:
    factories.make_editor(username="ada", password="a long one")
    rating = Rating.objects.get_by_natural_key("fastapi", "performance")
    page.goto(f"{site}{change_url(rating)}")
    page.get_by_label("Username").fill("ada")
    page.get_by_label("Password").fill("a long one")
    page.get_by_role("button", name="Sign in").click()
    page.locator("#id_verdict").fill("Mine")
    page.locator("[name=reason]").fill("Read again.")
    page.locator("[name=_save]").click()
    expect(page.locator(".messagelist .success")).to_contain_text("was changed successfully")
    page.get_by_role("link", name="Grid", exact=True).click()
    page.get_by_role("row", name=re.compile("^FastAPI")).locator("td").first.click()
    page.keyboard.type("Splendid")
    page.keyboard.press("Enter")
    page.get_by_label("Reason for the change").fill("Read again.")
    page.get_by_role("button", name=re.compile("^Save ")).click()
    expect(page.locator("#outcome")).to_contain_text("Saved 1 change.")
    rating.refresh_from_db()
    assert rating.verdict == "Mine"
    assert console == []
