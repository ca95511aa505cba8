"""An editor takes back and readers see it, in a real browser by keyboard; the pages of the history, seen by axe."""

from collections.abc import Callable
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from frameworks.models import EditorProfile, Rating, Revision
from frameworks.record import revisions
from frameworks.record.revisions import Author
from tests import factories
from tests.browser.looking import VISUAL, Axe

from .signing_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

CELL = "/frameworks/django/speed/history/"


class World(NamedTuple):
    """Two ratings that Bob changed in one go; one of them long, one with a claim that was changed as well."""

    ratings: list[Rating]
    bobs: Revision


@pytest.fixture
def world(live_server: LiveServer) -> World:
    framework = factories.make_framework(name="Django")
    ratings = [
        factories.make_rating(
            framework=framework,
            criterion=factories.make_criterion(name=name),
            score=3,
            rationale="The sources say that it is quick enough for most of what sites need. " * 4,
        )
        for name in ("Speed", "Safety")
    ]
    bob = Author.editor(factories.make_editor(username="bob", first_name="Bob", last_name="Hopper"))
    for rating in ratings:
        rating.score, rating.rationale = 5, rating.rationale.replace("quick enough", "fast")
        bobs = revisions.save(rating, by=bob, reason="All of it is quick.", seen=1)
    assert bobs
    return World(ratings, bobs)


@pytest.fixture
def ada(page: Page, live_server: LiveServer) -> None:
    user = factories.make_editor(username="ada", first_name="Ada", last_name="Lovelace")
    EditorProfile.objects.create(user=user, public_name="Ada L.")
    sign_in(page, live_server, user)


def test_history_undoes_a_changeset_and_readers_see_it(
    page: Page, world: World, ada: None, console: list[str]
) -> None:
    page.goto(f"/admin/frameworks/rating/{world.ratings[0].pk}/history/")
    page.get_by_role("link", name="Everything saved together (version 2)").press("Enter")
    expect(page.locator("#content-main")).to_contain_text("2 changes")
    page.get_by_role("link", name="Undo this changeset").press("Enter")
    expect(page.locator(".back li")).to_have_count(2)
    page.get_by_role("textbox", name="Reason for the change").fill("Half of it was another framework’s.")
    page.get_by_role("textbox", name="Reason for the change").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("2 changes were undone.")
    assert list(Rating.objects.values_list("score", "version")) == [(3, 3)] * 2
    page.goto("/changes/")
    newest = page.locator(".changeset").first
    expect(newest.get_by_role("heading")).to_have_text("Half of it was another framework’s.")
    expect(newest).to_contain_text("by Ada L.")
    expect(newest).to_contain_text("2 ratings")
    page.goto("/frameworks/django/#speed")
    page.get_by_role("link", name="Change history of Django, Speed").press("Enter")
    expect(page).to_have_url(page.url.split("/frameworks")[0] + CELL)
    expect(page.locator("main")).to_contain_text("The current score is 3 of 5")
    expect(page.locator(".changeset h2").first).to_have_text("Half of it was another framework’s.")
    assert console == []


def test_history_restores_a_version_and_shows_a_changed_public_name(
    page: Page, world: World, ada: None, console: list[str]
) -> None:
    page.goto(f"/admin/frameworks/rating/{world.ratings[0].pk}/history/")
    page.get_by_role("link", name="Restore this version (1)").press("Enter")
    expect(page.locator("table.states")).to_contain_text("Score")
    page.get_by_role("button", name="Restore version 1").press("Enter")
    expect(page.locator(".errorlist")).to_contain_text("Give a reason for the change in one sentence")
    page.get_by_role("textbox", name="Reason for the change").fill("It was right.")
    page.get_by_role("button", name="Restore version 1").press("Enter")
    expect(page.locator(".messagelist")).to_contain_text("Version 1 was restored.")
    page.locator("#user-tools summary").press("Enter")
    page.get_by_role("link", name="Your public name").press("Enter")
    page.get_by_label("Public name").fill("A. Lovelace")
    page.get_by_label("Public name").press("Enter")
    page.get_by_role("link", name="See the public page of changes").press("Enter")
    expect(page.locator(".changeset").first).to_contain_text("by A. Lovelace")
    assert console == []


def public_pages(world: World) -> list[str]:
    return ["/changes/", "/changes/?kind=rating&before=0", f"/changes/{world.bobs.changeset}/", CELL]


def desk_pages(world: World) -> list[str]:
    first = Revision.objects.of(world.ratings[0]).get(version=1)
    whole = f"/admin/frameworks/revision/changeset/{world.bobs.changeset}/"
    return [
        f"/admin/frameworks/rating/{world.ratings[0].pk}/history/",
        f"/admin/frameworks/revision/{first.pk}/restore/",
        whole,
        f"{whole}undo/",
        "/admin/profile/",
    ]


@pytest.mark.parametrize("pages, widths", [(public_pages, (1280, 390, 320)), (desk_pages, (1280, 820))])
def test_history_pages_pass_axe_and_do_not_overflow(
    page: Page,
    world: World,
    ada: None,
    axe: Axe,
    console: list[str],
    pages: Callable[[World], list[str]],
    widths: tuple[int, ...],
) -> None:
    found = {}
    for path in pages(world):
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            page.goto(path)  # anew: the stock admin fades from one theme to the other
            page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
            assert console == [], path
            for width in widths:
                page.set_viewport_size({"width": width, "height": 2000})
                over = page.evaluate("document.documentElement.scrollWidth") > width
                rules = VISUAL if theme == "dark" else ()
                objections = axe(page, rules) if width == widths[theme == "dark"] else []
                if objections or over:
                    found[f"{path}, {theme}, {width}"] = [*objections, "runs over" if over else ""]
            console.clear()  # axe itself tries to write styles, where a style sheet imports another
    assert found == {}
