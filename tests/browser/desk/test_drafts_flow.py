"""What is typed at the desk and not saved, in a real browser: kept, offered again, asked about, and gone when saved."""

import pytest
from playwright.sync_api import Dialog, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from frameworks.models import Rating
from tests import factories
from tests.browser.looking import FOCUS
from tests.desk.reading import change_url
from tests.desk.signing_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

GRID = "/admin/frameworks/rating/matrix/"


@pytest.fixture
def rating(page: Page, live_server: LiveServer) -> Rating:
    rating = factories.make_rating()
    session = sign_in(factories.make_editor(username="ada")).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": f"{live_server.url}/admin/"}])
    return rating


def test_form_is_kept_offered_restored_and_forgotten(page: Page, rating: Rating, console: list[str]) -> None:
    asked: list[str] = []

    def leave(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.goto(change_url(rating))
    page.locator("#claims-group .add-row a").click()
    page.locator("#id_claims-1-paraphrase").fill("It is light.")
    page.locator("#id_verdict").fill("Mine")
    page.goto("/admin/")  # asked, and left all the same
    assert asked == ["beforeunload"]
    page.goto(change_url(rating))
    expect(page.locator("#id_verdict")).to_have_value("Middling")
    page.get_by_role("button", name="Restore unsaved changes").click()
    expect(page.locator("#id_verdict")).to_have_value("Mine")
    expect(page.locator("#id_claims-1-paraphrase")).to_have_value("It is light.")
    page.goto(change_url(rating))
    page.get_by_role("button", name="Discard").click()
    page.locator("#id_verdict").fill("Mine")
    page.locator("[name=reason]").fill("Read again.")
    page.locator("[name=_save]").dblclick()
    expect(page.locator(".messagelist .success")).to_be_visible()
    rating.refresh_from_db()
    assert (rating.verdict, rating.version) == ("Mine", 2)
    page.goto(change_url(rating))
    expect(page.locator(".draft-offer")).to_have_count(0)
    assert console == []


def test_grid_is_kept_and_drafts_go_with_the_sign_out(page: Page, rating: Rating, console: list[str]) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(GRID)
    page.locator("#grid td[tabindex='0']").focus()
    page.keyboard.type("5 Mine")
    page.keyboard.press("Enter")
    page.reload()
    expect(page.locator("#grid tbody td").first).not_to_contain_text("Mine")
    page.get_by_role("button", name="Restore unsaved changes").click()
    expect(page.locator("#grid tbody td").first).to_contain_text("Mine")
    page.goto("/admin/")
    assert (
        page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('touchstone.draft')).length")
        == 1
    )
    page.locator("#user-tools summary").press("Enter")
    page.locator("#logout-form button").click()
    expect(page.locator("#login-form, #content")).not_to_have_count(0)
    assert (
        page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('touchstone.draft')).length")
        == 0
    )
    assert console == []


def test_rating_is_changed_by_keyboard_and_errors_have_the_focus(
    page: Page, rating: Rating, console: list[str]
) -> None:
    page.goto(change_url(rating))
    focused = "document.activeElement.id || document.activeElement.getAttribute('href')"
    assert page.evaluate(focused) == "id_score"
    # Neither behind the bar with Save, nor to be emptied first: a digit replaces the score.
    assert page.evaluate(FOCUS)["clear"]
    page.keyboard.type("4")
    stops = 0
    while page.evaluate(focused) != "#id_reason":
        page.keyboard.press("Tab")
        stops += 1
        assert stops < 9
    page.keyboard.press("Enter")
    assert page.evaluate(focused) == "id_reason"
    # Without a reason: a link to it, and the focus on it.
    page.keyboard.press("Enter")
    expect(page.locator(".error-links a")).to_have_attribute("href", "#id_reason")
    assert page.evaluate(focused) == "id_reason"
    # Of fields in one row, each with its own error.
    page.keyboard.type("Read again.")
    page.locator("#id_verdict").fill("")
    page.locator("#id_reason").press("Enter")
    expect(page.locator(".error-links a")).to_have_text("Verdict: This must not be empty.")
    assert page.evaluate(focused) == "id_verdict"
    page.keyboard.type("Good")
    page.keyboard.press("Enter")
    expect(page.locator(".messagelist .success")).to_contain_text("See it on the site")
    rating.refresh_from_db()
    assert (rating.score, rating.verdict) == (4, "Good")
    assert console == []


def test_rubric_appears_when_the_criterion_is_chosen(page: Page, rating: Rating, console: list[str]) -> None:
    page.goto("/admin/frameworks/rating/add/")
    expect(page.locator(".field-rubric .readonly")).to_contain_text("Shown once you have chosen")
    page.locator(".field-criterion .select2-selection").click()
    page.locator(".select2-results__option", has_text=rating.criterion.name).click()
    expect(page.locator(".field-rubric .readonly")).to_contain_text(rating.criterion.rubric_3)
    assert console == []


def test_form_that_the_server_does_not_read_is_still_there(
    page: Page, rating: Rating, settings: Settings
) -> None:
    page.on("dialog", lambda dialog: dialog.accept())
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 10
    page.goto(change_url(rating))
    page.locator("#id_verdict").fill("Mine")
    page.locator("[name=reason]").fill("Read again.")
    page.locator("[name=_save]").click()
    expect(page.locator(".errornote")).to_contain_text("Nothing was saved: what you sent is more than")
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
    page.get_by_role("link", name="Open the form again").click()
    page.get_by_role("button", name="Restore unsaved changes").click()
    expect(page.locator("#id_verdict")).to_have_value("Mine")
