"""An editor proposes, a reviewer looks at the preview and publishes: in a real browser, by keyboard alone."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from desk.review import proposals
from frameworks.models import Proposal, Rating
from tests import factories
from tests.browser.looking import VISUAL, Axe
from tests.browser.stillness import settle
from tests.desk.reading import change_url

from .signing_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rating() -> Rating:
    framework = factories.make_framework(name="Django")
    criterion = factories.make_criterion(name="Speed")
    factories.make_claim(framework=framework, criterion=criterion, paraphrase="It is quick.")
    return factories.make_rating(
        framework=framework, criterion=criterion, score=3, verdict="Middling", is_published=True
    )


def propose(page: Page, live_server: LiveServer, rating: Rating) -> None:
    sign_in(page, live_server, factories.make_proposer(first_name="Eve", last_name="Stone"))
    page.goto(change_url(rating))
    page.get_by_role("textbox", name="Verdict").fill("Quick")
    page.get_by_role("textbox", name="Reason for the change").fill("Read again.")
    page.get_by_role("textbox", name="Reason for the change").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("It changes nothing until a reviewer publishes it.")


def test_proposal_is_previewed_and_published_by_a_reviewer(
    page: Page, live_server: LiveServer, rating: Rating, axe: Axe
) -> None:
    propose(page, live_server, rating)
    sign_in(page, live_server, factories.make_reviewer(first_name="Rob", last_name="Glass"))
    page.goto("/admin/frameworks/proposal/")
    page.get_by_role("link", name="Read again.").press("Enter")
    expect(page.get_by_role("button", name="Publish")).to_be_visible()
    views = [("dark", 1280), ("light", 1280), ("light", 820), ("light", 390)]
    for place, (theme, width) in enumerate(views):
        page.set_viewport_size({"width": width, "height": 1600})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        # The stock admin fades its links from one colour to the other.
        settle(page)
        assert axe(page, VISUAL if place else ()) == [], (theme, width)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (theme, width)
    page.get_by_role("link", name="Framework Django").press("Enter")
    expect(page.locator(".preview")).to_contain_text("None of it is public yet")
    expect(page.locator("main")).to_contain_text("Quick")
    assert axe(page) == []
    page.locator(".preview a").press("Enter")
    # The second press of a double click on the page before decides nothing here.
    page.get_by_role("button", name="Publish").dispatch_event("click", {"detail": 2})
    assert Proposal.objects.waiting().exists()
    page.get_by_role("button", name="Publish").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("is published")
    page.goto(rating.framework.get_absolute_url())
    expect(page.locator("main")).to_contain_text("Quick")


def test_proposal_is_returned_and_resumed_by_its_author(
    page: Page, live_server: LiveServer, rating: Rating, console: list[str]
) -> None:
    propose(page, live_server, rating)
    eve = Proposal.objects.get().author
    sign_in(page, live_server, factories.make_reviewer())
    page.goto(proposals.page_of(Proposal.objects.get()))
    page.get_by_role("button", name="Request changes").click()
    expect(page.locator(".errorlist")).to_have_text("Say why, so that the author knows what to change.")
    page.get_by_label("Note to the author").fill("Says who?")
    page.get_by_role("button", name="Request changes").click()
    expect(page.locator(".messagelist")).to_be_visible()
    sign_in(page, live_server, eve)
    page.goto(proposals.page_of(Proposal.objects.get()))
    page.get_by_role("button", name="Resume editing").press("Enter")
    expect(page.get_by_role("textbox", name="Verdict")).to_have_value("Quick")
    page.get_by_role("textbox", name="Verdict").fill("Quick, says one source")
    page.get_by_role("textbox", name="Reason for the change").fill("Named the source.")
    page.get_by_role("textbox", name="Reason for the change").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Saved as proposal")
    assert sorted(Proposal.objects.values_list("status", flat=True)) == ["open", "withdrawn"]
    assert console == []
