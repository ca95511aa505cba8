"""Reordering in a real browser: by keyboard, by the pointer, within a group; saved in one go."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from frameworks.models import Criterion, Revision
from tests import factories
from tests.browser.desk.signing_in import sign_in
from tests.browser.looking import Axe

pytestmark = pytest.mark.django_db(transaction=True)

GUIDES, LOADS = ["Articles", "Books", "Courses"], ["Memory", "Speed", "Threads"]
LIST = "/admin/frameworks/criterion/"


def in_order() -> list[str]:
    return list(Criterion.objects.in_order().values_list("name", flat=True))


def test_criteria_are_moved_by_keyboard_and_pointer(
    page: Page, live_server: LiveServer, axe: Axe, console: list[str]
) -> None:
    for at, (name, members) in enumerate((("Learning", GUIDES), ("Running", LOADS))):
        group = factories.make_group(name=name, position=at)
        for member in members:
            factories.make_criterion(name=member, group=group, position=5)
    sign_in(page, live_server, factories.make_editor())
    page.goto(LIST)
    up = page.get_by_role("button", name="Move Courses up")
    up.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")  # first in its group already
    expect(up).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="Courses: 1 of 3")).to_have_count(1)
    handle = page.locator("tr", has=page.get_by_role("link", name="Memory")).locator(".order-handle")
    last = page.locator("#result_list tbody tr").last.bounding_box()
    assert last is not None
    handle.hover()
    page.mouse.down()
    page.mouse.move(last["x"] + 40, last["y"] + last["height"] - 2, steps=8)
    page.mouse.up()
    numbers = page.locator("input[name$='-position']").evaluate_all("all => all.map(one => one.value)")
    assert numbers == ["5", "6", "7"] * 2
    assert axe(page) == []
    page.get_by_label("Reason for the change").fill("In the order of reading.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("4 criteria were changed.")).to_be_visible()
    assert in_order() == ["Courses", "Articles", "Books", "Speed", "Threads", "Memory"]
    assert len(set(Revision.objects.filter(origin="admin").values_list("changeset"))) == 1
    page.goto(f"{LIST}?o=2")
    expect(page.locator("input[name$='-position']")).to_have_count(6)
    expect(page.locator(".order-tools")).to_have_count(0)
    assert console == []
