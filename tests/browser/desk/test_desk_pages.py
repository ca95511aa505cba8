"""The desk's front page and the picture of coverage in a real browser: seen by axe, used by keyboard."""

from datetime import date

import pytest
from django.test import Client
from playwright.sync_api import Page, ViewportSize, expect
from pytest_django.live_server_helper import LiveServer

from frameworks.models import Criterion, Framework, LinkCheck, Rating
from tests import factories
from tests.browser.looking import THIN_OUT, VISUAL, Axe, overhang
from tests.pages import change

pytestmark = pytest.mark.django_db(transaction=True)

PAGES = ["/admin/", "/admin/coverage/", "/admin/frameworks/linkcheck/"]


@pytest.fixture
def desk(page: Page, live_server: LiveServer) -> Page:
    """Signed in, with three ratings to look over."""
    frameworks = [factories.make_framework(name=name) for name in ("Django", "Flask", "FastAPI")]
    criteria = [factories.make_criterion(name=name) for name in ("Speed", "Safety", "Docs")]
    for framework in frameworks:
        factories.make_rating(
            framework=framework, criterion=criteria[0], reviewed_on=date(2020, 1, 1), read=True
        )
        factories.make_claim(framework=framework, criterion=criteria[0], reading=5)
        factories.make_claim(framework=framework, criterion=criteria[1], reading=1)
    factories.make_rating(framework=frameworks[0], criterion=criteria[1], score=5, read=True)
    LinkCheck.objects.create(url="https://a.example/", is_alive=False, detail="There is no such host")
    client = Client()
    client.force_login(factories.make_editor(), backend="django.contrib.auth.backends.ModelBackend")
    cookie = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": f"{live_server.url}/admin/"}])
    return page


@pytest.mark.parametrize("path", PAGES)
def test_desk_pages_pass_axe(desk: Page, axe: Axe, console: list[str], path: str) -> None:
    found = {}
    for place, (theme, width) in enumerate([("light", 1280), ("dark", 1280), ("light", 820)]):
        desk.set_viewport_size({"width": width, "height": 1600})
        desk.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        desk.goto(path)  # anew: the stock admin fades from one theme to the other
        desk.evaluate(THIN_OUT)
        if objections := axe(desk, VISUAL if place else ()):
            found[f"{theme}, {width}"] = objections
    assert found == {}
    assert console == []


@pytest.mark.parametrize("path", PAGES[:2])
def test_desk_pages_do_not_overflow_on_a_phone_or_tablet(desk: Page, path: str) -> None:
    change(Criterion.objects.get(name="Safety"), name="Donaudampfschifffahrtsgesellschaft")
    desk.set_viewport_size({"width": 320, "height": 700})
    desk.goto(path)
    assert overhang(desk) == 0
    desk.set_viewport_size({"width": 820, "height": 1100})
    desk.goto(path)
    assert overhang(desk) == 0
    for button in desk.locator(".queue button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 820


def test_review_queue_moves_focus_to_the_next_rating_on_enter(desk: Page) -> None:
    """Enter, Enter: the focus waits on the next rating each time."""
    desk.goto("/admin/")
    expect(desk.locator(".queue tbody tr").first).to_contain_text("Django, Speed")
    desk.get_by_role("button", name="Django, Speed").focus()
    for name in ("FastAPI, Speed", "Flask, Speed"):
        desk.keyboard.press("Enter")
        expect(desk.get_by_role("button", name=name)).to_be_focused()
    assert Rating.objects.filter(reviewed_on=date(2020, 1, 1)).count() == 1


def test_forms_open_where_something_is_to_be_typed_and_are_saved_by_control_and_enter(desk: Page) -> None:
    silent = Criterion.objects.get(name="Docs")
    desk.goto(
        f"/admin/frameworks/rating/add/?framework={Framework.objects.earliest('pk').pk}&criterion={silent.pk}"
    )
    expect(desk.locator("#id_score")).to_be_focused()
    desk.goto("/admin/")
    desk.get_by_role("link", name="Add a framework").click()
    expect(desk.locator("#id_name")).to_be_focused()
    desk.keyboard.type("Bottle")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#checklist")).to_contain_text("4 of 5 still to do")
    desk.locator("#id_tagline").fill("In one file")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#id_reason")).to_be_focused()
    desk.keyboard.type("By its own words.")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".messagelist .success")).to_be_visible()
    assert Framework.objects.get(slug="bottle").tagline == "In one file"


@pytest.mark.parametrize("size", [{"width": 1280, "height": 800}, {"width": 390, "height": 844}])
def test_reason_and_save_stay_in_view_on_a_long_form(desk: Page, size: ViewportSize) -> None:
    desk.set_viewport_size(size)
    desk.goto(f"/admin/frameworks/rating/{Rating.objects.earliest('pk').pk}/change/")
    for place in ("0", "document.body.scrollHeight / 2", "document.body.scrollHeight"):
        desk.evaluate(f"scrollTo(0, {place})")
        for field in ("#id_reason", "[name=_save]"):
            expect(desk.locator(field)).to_be_in_viewport(ratio=1)
    expect(desk.get_by_role("link", name="Delete", exact=True)).to_be_in_viewport(ratio=1)
    assert overhang(desk) == 0
