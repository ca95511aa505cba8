"""The grid in a real browser: typed in by keyboard alone, undone, pasted into, saved, and two editors at one cell."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Browser, Dialog, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from desk.review import proposals
from frameworks.models import Claim, Criterion, Framework, Objection, Proposal, Rating, Revision
from frameworks.record import revisions
from frameworks.record.revisions import Author
from tests import factories
from tests.browser.looking import VISUAL, Axe
from tests.browser.stillness import settle
from tests.desk.signing_in import sign_in

URL = "/admin/frameworks/rating/matrix/"
BOB = Author("Bob Hopper", Revision.Origin.ADMIN)


@pytest.fixture(autouse=True)
def _world(live_server: LiveServer) -> None:
    """Three frameworks under three criteria; Flask is not rated, and has a claim on its performance."""
    group = factories.make_group(name="Running it")
    criteria = [
        factories.make_criterion(name=name, group=group, position=place)
        for place, name in enumerate(["Performance", "Security", "Scaling"])
    ]
    factories.make_source(key="009", short_name="Ninth")
    for name, score in (("Django", 3), ("FastAPI", 5)):
        framework = factories.make_framework(name=name)
        for criterion in criteria:
            factories.make_rating(framework=framework, criterion=criterion, score=score, verdict="Middling")
    flask = factories.make_framework(name="Flask")
    factories.make_claim(framework=flask, criterion=criteria[0], paraphrase="It is light.", reading=4)


def enter(page: Page, live_server: LiveServer, user: User) -> None:
    session = sign_in(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": f"{live_server.url}/admin/"}])
    page.goto(URL)


@pytest.fixture
def grid(page: Page, live_server: LiveServer) -> Page:
    """The grid as Ada sees it, with the focus in its first cell."""
    enter(page, live_server, factories.make_editor(username="ada", first_name="Ada", last_name="Lovelace"))
    page.get_by_role("button", name="Show").focus()
    page.keyboard.press("Tab")  # the menu of keys
    page.keyboard.press("Tab")
    return page


def cell(page: Page, framework: str, criterion: str) -> Locator:
    column = page.locator("#grid .heads th").all_inner_texts().index(criterion)
    return page.get_by_role("row", name=re.compile(f"^{framework}")).locator("td").nth(column - 1)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def said(page: Page) -> Locator:
    return page.locator("#said")


def save(page: Page, why: str = "Read again.") -> None:
    page.get_by_label("Reason for the change").fill(why)
    page.get_by_role("button", name=re.compile("^Save ")).click()


def rating(framework: str, criterion: str = "performance") -> Rating:
    return Rating.objects.get_by_natural_key(framework, criterion)


def somebody_else(framework: str = "django", **fields: object) -> None:
    standing = rating(framework)
    for name, value in fields.items():
        setattr(standing, name, value)
    revisions.save(standing, by=BOB, reason="The benchmark is new.", seen=standing.version)


# By keyboard alone


def test_grid_is_a_single_tab_stop_with_arrow_key_navigation(grid: Page, console: list[str]) -> None:
    expect(cell(grid, "Django", "Performance")).to_be_focused()
    expect(grid.locator("#grid [tabindex='0']")).to_have_count(1)
    press(grid, "ArrowRight", "ArrowDown")
    expect(cell(grid, "FastAPI", "Security")).to_be_focused()
    press(grid, "Home")
    expect(cell(grid, "FastAPI", "Performance")).to_be_focused()
    press(grid, "End")
    expect(cell(grid, "FastAPI", "Scaling")).to_be_focused()
    press(grid, "Control+Home", "ArrowUp", "ArrowLeft")
    expect(cell(grid, "Django", "Performance")).to_be_focused()
    press(grid, "Control+End", "PageUp", "PageDown")
    expect(cell(grid, "Flask", "Scaling")).to_be_focused()
    expect(grid.locator("#grid [tabindex='0']")).to_have_count(1)
    press(grid, "Tab")
    expect(grid.locator("#grid :focus")).to_have_count(0)
    assert console == []


def test_grid_typing_changes_score_verdict_or_both(grid: Page) -> None:
    grid.keyboard.type("4")
    expect(grid.get_by_role("textbox", name="Django, Performance")).to_be_focused()
    press(grid, "Enter")
    expect(said(grid)).to_have_text("Django, Performance: 3 to 4")
    expect(cell(grid, "Django", "Performance")).to_have_text("4 Middlingwas 3")
    expect(cell(grid, "FastAPI", "Performance")).to_be_focused()
    grid.keyboard.type("Good enough")
    press(grid, "Tab")
    expect(cell(grid, "FastAPI", "Performance")).to_have_text("5 Good enoughverdict changed")
    expect(cell(grid, "FastAPI", "Security")).to_be_focused()
    grid.keyboard.type("2 Not so good")
    press(grid, "Shift+Tab")
    expect(cell(grid, "FastAPI", "Security")).to_have_text("2 Not so goodwas 5, verdict changed")
    expect(cell(grid, "FastAPI", "Performance")).to_be_focused()
    press(grid, "F2")
    expect(grid.locator("#editor")).to_have_value("5 Good enough")
    grid.keyboard.type("!")
    press(grid, "Escape")
    expect(cell(grid, "FastAPI", "Performance")).to_have_text("5 Good enoughverdict changed")
    expect(cell(grid, "FastAPI", "Performance")).to_be_focused()
    expect(grid.get_by_role("button", name="Save 3 changes")).to_be_enabled()


@pytest.mark.parametrize("typed, why", [
    ("6", "A score is 1, 2, 3, 4 or 5."),
    ("3.5 Nearly", "A score is 1, 2, 3, 4 or 5."),
    ("x" * 81, "A verdict has at most 80 characters; this has 81."),
])  # fmt: skip
def test_grid_rejects_an_invalid_score_or_overlong_verdict(grid: Page, typed: str, why: str) -> None:
    grid.keyboard.type(typed)
    press(grid, "Enter")
    expect(said(grid)).to_have_text(f"Django, Performance: not accepted. {why}")
    expect(grid.locator("#editor")).to_be_focused()
    expect(grid.locator("#editor")).to_have_attribute("aria-invalid", "true")
    press(grid, "Escape")
    expect(cell(grid, "Django", "Performance")).to_have_text("3 Middling1 claim, review due")
    expect(grid.get_by_role("button", name="Nothing to save")).to_be_disabled()


def test_grid_has_nothing_to_save_after_typing_the_saved_value(grid: Page) -> None:
    grid.keyboard.type("4")
    press(grid, "Enter", "ArrowUp")
    grid.keyboard.type("3 Middling")
    press(grid, "Enter")
    expect(said(grid)).to_have_text("Django, Performance: 4 to 3")
    expect(grid.get_by_role("button", name="Nothing to save")).to_be_disabled()


def test_grid_delete_key_unpublishes_a_rating(grid: Page) -> None:
    press(grid, "Delete")
    expect(said(grid)).to_have_text("Django, Performance: to be unpublished")
    save(grid)
    expect(grid.locator("#outcome")).to_contain_text("Saved 1 change.")
    expect(cell(grid, "Django", "Performance")).to_have_text("3 Middling1 claim, draft, review due")
    assert rating("django").is_published is False
    cell(grid, "Flask", "Performance").click()
    press(grid, "Delete")
    expect(said(grid)).to_have_text("There is no published rating here.")


def test_grid_undoes_and_redoes_step_by_step(grid: Page) -> None:
    grid.keyboard.type("4")
    press(grid, "Enter")
    grid.keyboard.type("1")
    press(grid, "Enter", "Control+z")
    expect(said(grid)).to_have_text("Undone. FastAPI, Performance: 1 to 5")
    expect(cell(grid, "FastAPI", "Performance")).to_be_focused()
    press(grid, "Control+z", "Control+z")
    expect(grid.get_by_role("button", name="Nothing to save")).to_be_disabled()
    press(grid, "Control+Shift+z")
    expect(said(grid)).to_have_text("Redone. Django, Performance: 3 to 4")
    press(grid, "Control+y")
    expect(grid.get_by_role("button", name="Save 2 changes")).to_be_enabled()
    grid.get_by_role("button", name="Undo").click()
    expect(grid.get_by_role("button", name="Save 1 change")).to_be_enabled()


# Blocks


def paste(page: Page, text: str) -> None:
    """As from a spreadsheet: put on the clipboard by another page of this browser."""
    page.evaluate(
        """text => {
            const area = document.createElement("textarea");
            area.value = text;
            document.body.append(area);
            const last = document.activeElement;
            area.select();
            document.execCommand("copy");
            area.remove();
            last.focus();
        }""",
        text,
    )
    press(page, "Control+v")


def test_grid_copies_and_pastes_a_block_by_keyboard(grid: Page) -> None:
    press(grid, "Shift+ArrowRight", "Shift+ArrowDown")
    expect(said(grid)).to_have_text("2 × 2 cells selected")
    expect(grid.locator("#grid td[aria-selected=true]")).to_have_count(4)
    press(grid, "Control+c")
    expect(said(grid)).to_have_text("4 cells copied")
    press(grid, "Escape", "ArrowDown", "ArrowDown")
    press(grid, "Control+End", "ArrowUp", "ArrowLeft", "Control+v")
    expect(said(grid)).to_have_text("4 cells changed by pasting.")
    expect(cell(grid, "FastAPI", "Scaling")).to_have_text("3 Middlingwas 5")
    expect(cell(grid, "Flask", "Scaling")).to_have_text("5 Middlingnew, needs a rationale")
    press(grid, "Control+z")
    expect(said(grid)).to_have_text("Undone. 4 cells changed.")
    expect(grid.get_by_role("button", name="Nothing to save")).to_be_disabled()


def test_grid_pastes_a_spreadsheet_block_and_rejects_invalid_values(grid: Page) -> None:
    paste(grid, '4 Quick\t9\t\t1\r\n1\t"Some ""good"" words"\tGood enough\r\n')
    expect(said(grid)).to_have_text(
        "4 cells changed by pasting. 1 value did not fit in the grid. "
        "1 not accepted. Django, Security: A score is 1, 2, 3, 4 or 5."
    )
    expect(cell(grid, "Django", "Performance")).to_have_text("4 Quickwas 3, verdict changed")
    expect(cell(grid, "Django", "Scaling")).to_have_text("3 Middling1 claim, review due")
    expect(cell(grid, "FastAPI", "Performance")).to_have_text("1 Middlingwas 5")
    expect(cell(grid, "FastAPI", "Security")).to_have_text('5 Some "good" wordsverdict changed')
    save(grid)
    expect(grid.locator("#outcome")).to_contain_text("Saved 4 changes.")
    assert (rating("django").score, rating("django").verdict) == (4, "Quick")
    assert rating("fastapi", "scaling").verdict == "Good enough"
    assert Revision.objects.filter(origin="grid").values("changeset").distinct().count() == 1


def test_grid_fills_a_mouse_selection_with_a_pasted_value(grid: Page) -> None:
    cell(grid, "Django", "Performance").hover()
    grid.mouse.down()
    cell(grid, "FastAPI", "Scaling").hover()
    grid.mouse.up()
    expect(grid.locator("#grid td[aria-selected=true]")).to_have_count(6)
    paste(grid, "2")
    expect(said(grid)).to_have_text("6 cells changed by pasting.")
    cell(grid, "Django", "Security").click()
    expect(grid.locator("#grid td[aria-selected=true]")).to_have_count(0)
    cell(grid, "Flask", "Scaling").click(modifiers=["Shift"])
    expect(grid.locator("#grid td[aria-selected=true]")).to_have_count(6)
    cell(grid, "FastAPI", "Security").dblclick()
    expect(grid.locator("#editor")).to_have_value("2 Middling")


# Saving


def test_grid_save_requires_a_reason_and_keeps_changes_until_then(grid: Page) -> None:
    grid.keyboard.type("4")
    press(grid, "Enter")
    grid.get_by_role("button", name="Save 1 change").click()
    expect(grid.locator("#outcome")).to_contain_text("Give a reason for the change in one sentence")
    expect(grid.get_by_label("Reason for the change")).to_be_focused()
    assert rating("django").score == 3
    grid.keyboard.type("The benchmark is new.")
    press(grid, "Enter")
    expect(grid.locator("#outcome")).to_contain_text("Saved 1 change.")
    expect(cell(grid, "Django", "Performance")).to_have_text("4 Middling1 claim")
    expect(grid.get_by_label("Reason for the change")).to_have_value("")
    step = Revision.objects.of(rating("django")).first()
    assert step is not None
    assert (step.author_name, step.reason, step.origin) == ("Ada Lovelace", "The benchmark is new.", "grid")
    undo = grid.get_by_role("link", name="Undo in another tab")
    expect(undo).to_have_attribute("href", f"/admin/frameworks/revision/changeset/{step.changeset}/undo/")
    # At the version that was saved: the next save is no conflict.
    cell(grid, "Django", "Performance").click()
    grid.keyboard.type("5")
    press(grid, "Enter")
    save(grid)
    expect(grid.get_by_role("button", name="Nothing to save")).to_be_disabled()
    assert rating("django").version == 3


def test_grid_saves_a_new_rating_only_with_a_rationale(grid: Page) -> None:
    press(grid, "ArrowDown", "ArrowDown")
    grid.keyboard.type("4 Light and quick")
    press(grid, "Enter")
    expect(said(grid)).to_have_text(re.compile("^Flask, Performance: empty to 4, .*needs a rationale$"))
    save(grid)
    expect(grid.locator("#outcome")).to_contain_text("Flask, Performance was left out: it needs a rationale.")
    assert not Rating.objects.filter(framework__slug="flask").exists()
    grid.get_by_role("button", name="Open Flask, Performance").click()
    expect(grid.get_by_role("heading", name="Flask, Performance")).to_be_focused()
    expect(grid.get_by_label("Published")).to_be_checked()
    expect(grid.locator("#panel")).to_contain_text("It is light.")
    grid.get_by_label("Rationale").fill("One source says so.")
    grid.get_by_label("Separate reason for this cell").fill("First reading.")
    press(grid, "Tab", "Escape")
    expect(cell(grid, "Flask", "Performance")).to_be_focused()
    save(grid)
    expect(grid.locator("#outcome")).to_contain_text("Saved 1 change.")
    made = rating("flask")
    assert (made.score, made.rationale, made.is_published) == (4, "One source says so.", True)
    step = Revision.objects.of(made).first()
    assert step is not None
    assert step.reason == "First reading."


def test_grid_panel_queues_a_claim_and_saves_it_with_the_rating(grid: Page, console: list[str]) -> None:
    security = Criterion.objects.get(slug="security")
    factories.make_wording(criterion=security, words="up to you", reading=2)
    press(grid, "ArrowDown", "ArrowDown", "ArrowRight")
    grid.keyboard.type("2 Leaves it to you")
    press(grid, "Control+Enter")
    expect(grid.get_by_role("heading", name="Flask, Security")).to_be_focused()
    expect(grid.get_by_label("Published")).not_to_be_checked()
    grid.get_by_label("Rationale").fill("Said in so many words.")
    grid.get_by_text("Add a claim").click()
    grid.get_by_role("combobox", name="Source").select_option("009")
    grid.get_by_role("spinbutton", name="Line").fill("12")
    grid.get_by_label("Term").fill("up to you")
    grid.get_by_label("Paraphrase").fill("Leaves security to its user.")
    for _ in range(2):
        grid.get_by_role("button", name="Add claim").click()
        grid.get_by_role("combobox", name="Source").select_option("009")
        grid.get_by_role("spinbutton", name="Line").fill("12")
        grid.get_by_label("Paraphrase").fill("Leaves security to its user, again.")
    expect(grid.locator("#queued li")).to_have_count(2)
    expect(grid.locator("#queued")).to_contain_text("“up to you” Leaves security to its user.")
    expect(grid.get_by_label("Published")).to_be_checked()
    grid.get_by_role("button", name="Remove the claim from 009, line 12").last.click()
    expect(cell(grid, "Flask", "Security")).to_contain_text("new, 1 claim to add")
    save(grid)
    expect(grid.locator("#outcome")).to_contain_text("Saved 2 changes.")
    expect(cell(grid, "Flask", "Security")).to_have_text("2 Leaves it to you1 claim")
    made = rating("flask", "security")
    claim = Claim.objects.get(source__key="009")
    assert (made.is_published, made.rationale) == (True, "Said in so many words.")
    assert (claim.term, claim.criterion.slug) == ("up to you", "security")
    assert console == []


def test_grid_panel_shows_objections_and_edits_or_drops_changes(grid: Page) -> None:
    django = Framework.objects.get(slug="django")
    Objection.objects.create(
        framework=django, criterion=rating("django").criterion, text="That <b>was</b> 2019."
    )
    press(grid, "Control+Enter")
    expect(grid.locator("#panel .objections")).to_contain_text("That <b>was</b> 2019.")
    grid.get_by_label("Score").fill("9")
    press(grid, "Tab")
    expect(grid.locator("#panel .problem")).to_have_text("Not accepted. A score is 1, 2, 3, 4 or 5.")
    grid.get_by_label("Score").fill("2")
    press(grid, "Tab")
    expect(cell(grid, "Django", "Performance")).to_have_text("2 Middlingwas 3")
    grid.get_by_role("button", name="Discard changes").click()
    expect(grid.get_by_label("Score")).to_have_value("3")
    expect(grid.get_by_role("button", name="Nothing to save")).to_be_disabled()


def test_grid_keeps_a_rejected_cell_pending_with_the_reason(grid: Page) -> None:
    press(grid, "ArrowDown", "ArrowDown", "ArrowRight")
    grid.keyboard.type("2 Leaves it to you")
    press(grid, "Control+Enter")
    grid.get_by_label("Rationale").fill("So I think.")
    grid.get_by_label("Published").check()
    save(grid)
    expect(grid.locator("#outcome")).to_contain_text("No claim about Flask under Security has a reading")
    expect(cell(grid, "Flask", "Security")).to_contain_text("not saved")
    expect(grid.get_by_role("button", name="Save 1 change")).to_be_enabled()


def test_grid_warns_before_leaving_with_unsaved_changes(grid: Page) -> None:
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    grid.on("dialog", stay)
    grid.keyboard.type("4")
    press(grid, "Enter")
    grid.get_by_role("link", name="Claims").click()
    expect(cell(grid, "Django", "Performance")).to_have_text("4 Middlingwas 3")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("answer, told", [
    ({"status": 500, "body": "Oops"}, "The server did not accept the changes (500)."),
    ({"status": 403, "body": "No"}, "You do not have permission to save here, or your session has ended."),
    ({"status": 400, "json": {"error": "That was too much."}}, "That was too much."),
])  # fmt: skip
def test_grid_keeps_changes_when_saving_fails(grid: Page, answer: dict[str, Any], told: str) -> None:
    grid.keyboard.type("4")
    press(grid, "Enter")
    grid.route(f"**{URL}", lambda route: route.fulfill(**answer))
    save(grid)
    expect(grid.locator("#outcome")).to_contain_text(told)
    grid.unroute(f"**{URL}")
    expect(grid.get_by_label("Reason for the change")).to_have_value("Read again.")
    grid.get_by_role("button", name="Save 1 change").click()
    expect(grid.locator("#outcome")).to_contain_text("Saved 1 change.")


def test_grid_saves_after_signing_in_again_in_another_tab(grid: Page, live_server: LiveServer) -> None:
    User.objects.create_superuser("grace", password="correct horse battery")
    grid.keyboard.type("4")
    press(grid, "Enter")
    grid.context.clear_cookies(name="sessionid")
    save(grid)
    expect(grid.locator("#outcome")).to_contain_text("You have been signed out.")
    with grid.expect_popup() as opened:
        grid.get_by_role("link", name="Sign in in another tab").click()
    tab = opened.value
    tab.get_by_label("Username").fill("grace")
    tab.get_by_label("Password").fill("correct horse battery")
    tab.get_by_role("button", name="Sign in").click()
    expect(tab.locator("#user-tools")).to_be_visible()
    grid.get_by_role("button", name="Save 1 change").click()
    expect(grid.locator("#outcome")).to_contain_text("Saved 1 change.")
    assert rating("django").score == 4


def test_grid_reports_a_missing_framework_and_saves_the_rest(grid: Page) -> None:
    grid.keyboard.type("4")
    press(grid, "ArrowDown", "ArrowDown")
    cell(grid, "FastAPI", "Security").click()
    grid.keyboard.type("2")
    press(grid, "Enter")
    Framework.objects.filter(slug="fastapi").update(slug="fast-api")
    save(grid)
    expect(grid.locator("#outcome")).to_contain_text("Saved 1 change.")
    expect(grid.locator("#outcome")).to_contain_text(
        "FastAPI, Security: not saved. This framework is not here any more."
    )
    expect(cell(grid, "FastAPI", "Security")).to_have_text("2 Middlingnot saved, was 5")
    assert rating("django").score == 4


def test_grid_regains_focus_after_saving_by_keyboard(grid: Page) -> None:
    grid.keyboard.type("4")
    press(grid, "Enter")
    grid.get_by_label("Reason for the change").fill("Read again.")
    press(grid, "Tab", "Enter")
    expect(grid.locator("#outcome")).to_contain_text("Saved 1 change.")
    expect(cell(grid, "FastAPI", "Performance")).to_be_focused()


def test_grid_panel_keeps_typed_text_when_closed_with_escape(grid: Page) -> None:
    press(grid, "Control+Enter")
    grid.locator("#panel textarea[name=rationale]").fill("Measured anew.")
    press(grid, "Escape")
    expect(grid.locator("#panel")).to_be_hidden()
    expect(cell(grid, "Django", "Performance")).to_contain_text("rationale changed")
    expect(cell(grid, "Django", "Performance")).to_be_focused()


def test_grid_panel_keeps_an_unfinished_claim_and_warns_when_saving(grid: Page) -> None:
    press(grid, "Control+Enter")
    grid.get_by_text("Add a claim").click()
    grid.get_by_label("Paraphrase").fill("It is")
    press(grid, "Escape", "ArrowRight")
    grid.keyboard.type("4")
    press(grid, "Control+Enter")
    expect(grid.get_by_role("heading", name="Django, Security")).to_be_focused()
    expect(grid.get_by_label("Paraphrase")).to_be_hidden()
    save(grid)
    expect(grid.locator("#outcome")).to_contain_text(
        "Django, Performance: the claim that you are typing has not been added yet."
    )
    grid.get_by_role("button", name="Open Django, Performance").click()
    expect(grid.get_by_label("Paraphrase")).to_have_value("It is")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    grid.on("dialog", stay)
    grid.get_by_role("link", name="Claims", exact=True).click()
    assert asked == ["beforeunload"]


# Two editors at one cell


def clash(page: Page) -> Locator:
    """Both changed Django's performance, and this editor something else besides."""
    page.keyboard.type("1 Slow")
    press(page, "Tab")
    page.keyboard.type("4")
    press(page, "Enter")
    somebody_else(score=5, rationale="Measured.")
    save(page)
    expect(page.get_by_role("heading", name="Changed while you were editing")).to_be_focused()
    return page.locator("#clashes article")


def test_grid_conflict_shows_both_values_and_saves_the_rest(grid: Page) -> None:
    article = clash(grid)
    expect(grid.locator("#outcome")).to_contain_text("Saved 1 change.")
    assert rating("django", "security").score == 4
    expect(article.get_by_role("heading")).to_have_text("Django, Performance")
    expect(article.locator(".step-by")).to_contain_text("Bob Hopper changed it on")
    expect(article.locator(".step-by")).to_contain_text("“The benchmark is new.”")
    expect(article.locator("tbody tr")).to_have_text(
        ["Score351", "VerdictMiddlingMiddlingSlow", "RationaleBy the rubric.Measured.By the rubric."]
    )
    expect(cell(grid, "Django", "Performance")).to_contain_text("changed by somebody else")
    assert rating("django").score == 5
    # It is not saved over before this editor has chosen.
    grid.get_by_label("Reason for the change").fill("Again.")
    grid.get_by_role("button", name="Save 1 change").click()
    expect(grid.locator("#outcome")).to_contain_text("was left out: first choose which values to keep.")


def test_grid_conflict_take_mine_applies_my_changes_on_top_of_theirs(grid: Page) -> None:
    clash(grid).get_by_role("button", name="Use mine").click()
    expect(grid.locator("#clashes")).to_be_hidden()
    expect(cell(grid, "Django", "Performance")).to_be_focused()
    expect(cell(grid, "Django", "Performance")).to_have_text("1 Slowwas 5, verdict changed")
    save(grid, "Mine.")
    expect(grid.get_by_role("button", name="Nothing to save")).to_be_disabled()
    now = rating("django")
    assert (now.score, now.verdict, now.rationale, now.version) == (1, "Slow", "Measured.", 3)


def test_grid_conflict_take_theirs_drops_my_change(grid: Page) -> None:
    clash(grid).get_by_role("button", name="Keep theirs").click()
    expect(cell(grid, "Django", "Performance")).to_have_text("5 Middling1 claim, review due")
    expect(grid.get_by_role("button", name="Nothing to save")).to_be_disabled()


def test_grid_conflict_merge_opens_the_cell_and_names_fields_changed_by_both(grid: Page) -> None:
    clash(grid).get_by_role("button", name="Merge").click()
    expect(grid.locator(".clash-note")).to_have_text(
        "Both of you changed score (theirs: 5). The field shows your value."
    )
    expect(grid.get_by_label("Rationale")).to_have_value("Measured.")
    expect(grid.get_by_label("Verdict")).to_have_value("Slow")
    grid.get_by_label("Score").fill("5")
    press(grid, "Tab", "Escape")
    save(grid, "Both.")
    expect(grid.get_by_role("button", name="Nothing to save")).to_be_disabled()
    now = rating("django")
    assert (now.score, now.verdict, now.rationale, now.version) == (5, "Slow", "Measured.", 3)


def test_grid_conflict_recreates_a_rating_deleted_meanwhile(grid: Page) -> None:
    grid.keyboard.type("1")
    press(grid, "Enter")
    revisions.delete(rating("django"), by=BOB, reason="Not ours to say.", seen=1)
    Claim.objects.filter(framework__slug="django", criterion__slug="performance").update(reading=1)
    save(grid)
    article = grid.locator("#clashes article")
    expect(article.locator(".step-by")).to_contain_text("Bob Hopper deleted it on")
    article.get_by_role("button", name="Use mine").click()
    save(grid, "It is.")
    expect(grid.get_by_role("button", name="Nothing to save")).to_be_disabled()
    assert (rating("django").score, rating("django").rationale) == (1, "By the rubric.")


# Others than full editors


def test_grid_proposal_resets_the_cells_and_can_be_resumed(page: Page, live_server: LiveServer) -> None:
    enter(page, live_server, factories.make_proposer())
    cell(page, "Django", "Performance").click()
    page.keyboard.type("1")
    press(page, "Enter")
    expect(page.locator("#save")).to_contain_text("It changes nothing until a reviewer publishes it")
    page.get_by_label("Reason for the change").fill("Read again.")
    page.get_by_role("button", name="Propose 1 change").click()
    number = re.compile(r"Saved as proposal \d+\. It changes nothing until a reviewer publishes it\.")
    expect(page.locator("#outcome")).to_contain_text(number)
    proposal = Proposal.objects.get()
    link = page.locator("#outcome").get_by_role("link")
    expect(link).to_have_attribute("href", proposals.page_of(proposal))
    expect(cell(page, "Django", "Performance")).to_have_text("3 Middling1 claim, review due")
    expect(page.get_by_role("button", name="Nothing to save")).to_be_disabled()
    assert rating("django").score == 3

    link.press("Enter")
    page.get_by_role("link", name="Resume editing").press("Enter")
    expect(said(page)).to_have_text("Resumed: 1 cell, 0 claims. Nothing is saved yet.")
    expect(cell(page, "Django", "Performance")).to_be_focused()
    expect(cell(page, "Django", "Performance")).to_have_text("1 Middlingwas 3")
    expect(page.get_by_label("Reason for the change")).to_have_value("Read again.")
    page.keyboard.type("2")
    press(page, "Enter")
    page.get_by_role("button", name="Propose 1 change").click()
    expect(page.locator("#outcome")).to_contain_text(number)
    expect(said(page)).to_be_empty()
    assert [one.status for one in Proposal.objects.order_by("pk")] == ["withdrawn", "open"]


def test_grid_is_read_only_for_a_reviewer(page: Page, live_server: LiveServer) -> None:
    user = factories.make_reviewer()
    enter(page, live_server, user)
    cell(page, "Django", "Performance").click()
    page.keyboard.type("4")
    expect(said(page)).to_have_text("Django, Performance: You do not have permission to change ratings.")
    expect(page.locator("#editor")).to_have_count(0)
    press(page, "Control+Enter")
    expect(page.get_by_role("heading", name="Django, Performance")).to_be_focused()
    expect(page.get_by_label("Score")).to_be_disabled()


# Accessibility


def look_everywhere(page: Page, axe: Axe) -> dict[str, list[str]]:
    found = {}
    for place, (theme, width) in enumerate([("light", 1280), ("dark", 1280), ("light", 820)]):
        page.set_viewport_size({"width": width, "height": 2400})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        # The stock admin fades its links from one colour to the other.
        settle(page)
        if objections := axe(page, VISUAL if place else ()):
            found[f"{theme}, {width}"] = objections
    return found


def test_grid_passes_axe_at_rest_and_in_use(grid: Page, axe: Axe) -> None:
    assert look_everywhere(grid, axe) == {}
    press(grid, "ArrowDown", "ArrowDown")
    grid.keyboard.type("4 Light")
    press(grid, "Control+Enter")
    expect(grid.get_by_role("heading", name="Flask, Performance")).to_be_focused()
    grid.get_by_text("Add a claim").click()
    grid.get_by_role("combobox", name="Source").select_option("009")
    grid.get_by_role("spinbutton", name="Line").fill("12")
    grid.get_by_label("Paraphrase").fill("It is.")
    grid.get_by_role("button", name="Add claim").click()
    press(grid, "Escape", "Shift+ArrowRight", "Shift+ArrowUp")
    assert look_everywhere(grid, axe) == {}
    press(grid, "Control+Home")
    clash(grid)
    press(grid, "Tab")
    assert look_everywhere(grid, axe) == {}
    cell(grid, "FastAPI", "Scaling").click()
    grid.keyboard.type("7")
    press(grid, "Enter")
    expect(grid.locator("#editor")).to_be_focused()
    assert look_everywhere(grid, axe) == {}


def test_grid_active_cell_is_never_covered_by_pinned_headers(grid: Page) -> None:
    grid.set_viewport_size({"width": 820, "height": 500})
    press(grid, "Control+End", "Control+Home")
    covered = """cell => {
        const box = cell.getBoundingClientRect();
        return document.elementFromPoint(box.left + box.width / 2, box.top + 6)?.closest("td") !== cell;
    }"""
    for key in (
        "ArrowDown",
        "ArrowRight",
        "End",
        "Control+End",
        "ArrowUp",
        "ArrowLeft",
        "Home",
        "Control+Home",
    ):
        press(grid, key)
        assert grid.locator("#grid td:focus").evaluate(covered) is False, key


def test_grid_without_javascript_links_to_the_forms_and_hides_the_save_box(
    page: Page, browser: Browser, live_server: LiveServer
) -> None:
    enter(page, live_server, factories.make_editor())
    context = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    plain = context.new_page()
    plain.goto(f"{live_server.url}{URL}")
    expect(plain.locator("noscript p")).to_be_visible()
    expect(plain.locator("#save")).to_be_hidden()
    plain.locator("noscript a").click()
    expect(plain.get_by_role("heading", level=1)).to_contain_text("ating")
    context.close()
