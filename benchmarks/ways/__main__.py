"""Count the clicks of ten tasks, by doing them: five of a visitor, five at the desk, each from a cold start.

Run it from the project's root, where the tests in the browser run too: `python -m benchmarks.ways`. It serves the
shipped content on a database of its own. A click is a press of the mouse or the finger, or a key other than those that
type a text; going into a field is one as well, and choosing a file two. Signing in is not counted. Every task ends with
a look at what it was for. With words of tasks, it does those alone.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django
from django.core.management import call_command
from django.utils.text import slugify
from openpyxl import load_workbook
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from benchmarks.processes import await_port, free_port, running
from tests.browser.chromium import CHROMIUM_FLAGS, chromium

ROOT = Path(__file__).resolve().parents[2]
#: How each task is done, and what the browser is for it.
WAYS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
    "keyboard": {"viewport": {"width": 1280, "height": 800}},
    "no JavaScript": {"viewport": {"width": 1280, "height": 800}, "java_script_enabled": False},
}
STEPS_MAX = 150
TIMEOUT = 30_000  # milliseconds, on a busy machine
TO_MAIN = "Skip to main content"
#: Words that read as 4.
TERMS = {"Performance": "good", "Documentation": "well documented", "Flexibility": "flexible"}
#: JavaScript that returns the key which leads towards a field; none where it has the focus.
NEXT_KEY = """
(field) => {
    const focused = document.activeElement;
    if (field === focused) return "";
    const isBefore = focused !== document.body && field.compareDocumentPosition(focused) & 4;
    if (field.closest(".grid tr:not(.opened)")?.contains(focused)) return isBefore ? "ArrowLeft" : "ArrowRight";
    const isCell = field.matches(".grid td > a, .grid .name *") && focused.matches(".grid :is(td, th) *");
    const row = field.closest(".versus tr");
    const isBelow = focused.matches(".versus .cell") && row && !row.contains(focused);
    if (isCell || isBelow) return isBefore ? "ArrowUp" : "ArrowDown";
    return isBefore ? "Shift+Tab" : "Tab";
}
"""


class Hand:
    """Does what a person would, in one of the ways, and counts."""

    def __init__(self, page: Page, way: str) -> None:
        self.page, self.way, self.clicks = page, way, 0

    @property
    def has_script(self) -> bool:
        return self.way != "no JavaScript"

    def key(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.clicks += 1

    def reach(self, target: Locator) -> None:
        """Go there by Tab or Shift and Tab, in the matrix by arrow keys."""
        for _ in range(STEPS_MAX):
            if not (key := target.evaluate(NEXT_KEY)):
                return
            self.key(key)
        raise AssertionError(f"Tab does not lead to {target}")

    def press(self, target: Locator) -> None:
        """Follow a link, press a button, open a menu, tick a box."""
        target = target.first
        if self.way == "keyboard":
            self.reach(target)
            is_box = target.evaluate("field => /^(checkbox|radio)$/.test(field.type)")
            self.key("Space" if is_box else "Enter")
        elif self.way == "phone":
            target.tap()
            self.clicks += 1
        else:
            target.click()
            self.clicks += 1

    def skip(self, name: str) -> None:
        """Take a skip link, which is there for the keyboard alone."""
        if self.way == "keyboard":
            self.press(self.page.get_by_role("link", name=name))

    def fill(self, target: Locator, text: str) -> None:
        target = target.first
        if self.way == "keyboard":
            self.reach(target)
        elif not target.evaluate("field => field === document.activeElement"):
            self.clicks += 1
        target.clear()
        target.press_sequentially(text)

    def give(self, target: Locator, file: Path) -> None:
        if self.way == "keyboard":
            self.reach(target)
        self.clicks += 2
        target.set_input_files(file)


# A visitor


def choose_and_say_why(hand: Hand) -> None:
    page = hand.page
    page.goto("/")
    hand.skip("Skip to content")
    hand.press(page.get_by_role("link", name="answer a few questions"))
    hand.skip("Skip to content")
    hand.press(page.get_by_label("An API for other programs"))
    if hand.has_script:
        expect(page.locator(".verdict-line")).to_contain_text("FastAPI")
    hand.press(page.get_by_label("Authentication should be built in", exact=True))
    if not hand.has_script:
        hand.press(page.get_by_role("button", name="Show the recommendation"))
    expect(page.locator("#the-answer [role=status] > p").first).to_contain_text("rule")
    expect(page.locator(".candidate .claims .cite").first).to_be_attached()


def who_says_so(hand: Hand) -> None:
    page = hand.page
    page.goto("/")
    hand.skip("Skip to the table")
    cell = page.get_by_role("link", name=re.compile("^Django, Async support: "))
    if not cell.is_visible():
        hand.press(page.locator("label[for=fold-all]"))
    hand.press(cell)
    expect(page.locator("#opened .claims .cite").first).to_contain_text("line")


def compare(hand: Hand) -> Page:
    page = hand.page
    page.goto("/")
    hand.skip("Skip to the table")
    names = ("FastAPI", "Flask") if hand.way == "keyboard" else ("Flask", "FastAPI")
    for name in names:
        hand.press(page.get_by_label(f"Select {name} to compare"))
        if hand.has_script:
            expect(page.locator(".tray")).to_contain_text(name)
    if hand.has_script:
        hand.press(page.get_by_role("link", name="Compare 2 side by side"))
    else:
        hand.press(page.get_by_role("button", name="Compare selected"))
    expect(page.locator("h1")).to_contain_text("side by side")
    hand.skip("Skip to the table")
    return page


def send_own_weights(hand: Hand) -> None:
    page = compare(hand)
    hand.fill(page.locator("[name=w-performance]"), "9")
    if hand.has_script:
        page.wait_for_url("**w-performance=9**")
    else:
        hand.press(page.get_by_role("button", name="Apply"))
    hand.press(page.locator("#menu-take summary"))
    link = page.locator("#menu-take li a").first
    expect(link).to_have_attribute("href", re.compile("w-performance=9"))
    hand.press(page.get_by_role("button", name="Copy link") if hand.has_script else link)
    if hand.has_script:
        expect(page.locator("[data-said]")).to_have_text("Copied.")


def put_into_a_wiki(hand: Hand) -> None:
    page = compare(hand)
    hand.press(page.locator("#menu-take summary"))
    if hand.has_script:
        hand.press(page.get_by_role("button", name="Copy as Markdown"))
        expect(page.locator("[data-said]")).to_have_text("Copied.")
    else:
        hand.press(page.get_by_role("link", name="Markdown", exact=True))
        expect(page.locator("body")).to_contain_text("# ")


def report_a_score(hand: Hand) -> None:
    page = hand.page
    page.goto("/")
    hand.skip("Skip to the table")
    hand.press(page.get_by_role("link", name=re.compile("^FastAPI, Performance: ")))
    if hand.has_script:
        expect(page.locator("#opened")).to_be_visible()
    hand.press(page.get_by_role("link", name="Report a problem with this score"))
    hand.fill(page.locator("textarea"), "The documentation says that this has changed since.")
    hand.press(page.get_by_role("button", name="Send to the editors"))
    expect(page.locator("h1")).to_contain_text("Thank you")


# At the desk


def change_a_score(hand: Hand) -> None:
    page = hand.page
    page.goto("/admin/")
    hand.skip(TO_MAIN)
    hand.press(page.locator(".queue th a"))
    score = page.locator("#id_score")
    hand.fill(score, "2" if score.input_value() != "2" else "3")
    departure = page.locator("#id_departure")
    hand.fill(departure, "The newest release changed this.")
    save(hand, "Read again.")


def import_rows(hand: Hand) -> None:
    page = hand.page
    page.goto("/admin/")
    hand.press(page.locator("#desk-nav > a", has_text="Claims"))
    hand.skip(TO_MAIN)
    hand.press(page.get_by_role("link", name="Import and export"))
    hand.skip(TO_MAIN)
    # Downloaded, edited in the spreadsheet, and saved there.
    hand.give(page.locator("input[type=file]"), edited_in_a_spreadsheet())
    hand.press(page.get_by_role("button", name="Preview changes"))
    hand.skip("Go to the reason and to Import")
    hand.fill(page.locator("[name=reason]"), "From the table.")
    hand.press(page.get_by_role("button", name="Import 200 rows"))
    expect(page.locator(".messagelist")).to_contain_text("200 claims imported")


def take_an_import_back(hand: Hand) -> None:
    page = hand.page
    import_rows(Hand(page, hand.way))
    page.goto("/admin/")
    hand.skip(TO_MAIN)
    hand.press(page.locator(".changesets").get_by_role("link", name="Undo"))
    hand.skip("Go to the reason and to Undo")
    hand.fill(page.locator("[name=reason]"), "A mistake.")
    hand.press(page.get_by_role("button", name=re.compile("^Undo")))
    expect(page.locator(".messagelist .success")).to_contain_text("undone")


def review_three_proposals(hand: Hand) -> None:
    propose_three()
    page = hand.page
    page.goto("/admin/")
    hand.skip(TO_MAIN)
    hand.press(page.get_by_role("link", name="3 proposals waiting"))
    for _ in range(3):
        hand.skip("Go to the decision")
        name = page.locator("#content > h1").inner_text()
        hand.press(page.get_by_role("button", name="Publish"))
        expect(page.locator(".messagelist .success")).to_contain_text(f"{name} is published")
    expect(page).to_have_url(re.compile("/proposal/$"))


def add_a_framework(hand: Hand) -> None:
    page = hand.page
    page.goto("/admin/")
    hand.skip(TO_MAIN)
    hand.press(page.get_by_role("link", name="Add a framework"))
    hand.fill(page.locator("#id_name"), f"Bottle {hand.way}")
    if not hand.has_script:
        hand.fill(page.locator("#id_slug"), f"bottle-{slugify(hand.way)}")
    save(hand)
    hand.press(page.locator("#checklist").get_by_role("link", name="Add a source"))
    hand.fill(page.locator("#id_key"), f"b{len(hand.way)}")
    hand.fill(page.locator("#id_short_name"), f"Article on {hand.way}")
    hand.fill(page.locator("#id_title"), "An article on Bottle")
    save(hand)
    for criterion, term in TERMS.items():
        silent = page.locator("#checklist li details")
        hand.press(silent.locator("summary"))
        hand.press(silent.get_by_role("link", name=f"Rate {criterion}", exact=True))
        hand.fill(page.locator("#id_score"), "4")
        hand.fill(page.locator("#id_verdict"), "Good")
        hand.fill(page.locator("#id_rationale"), "By step 4.")
        hand.fill(page.locator("#id_claims-0-line"), "12")
        hand.fill(page.locator("#id_claims-0-term"), term)
        hand.fill(page.locator("#id_claims-0-paraphrase"), f"It is good at {criterion.lower()}.")
        save(hand)
    hand.press(page.locator("#checklist").get_by_role("button", name="Publish"))
    expect(page.locator("#checklist")).to_contain_text("Public.")


def save(hand: Hand, why: str = "") -> None:
    """Give the reason where it is not filled in, and save: by keyboard from the field that has the focus."""
    reason, keys = hand.page.locator("#id_reason"), "Control+Enter"
    if not reason.input_value():
        if hand.way == "keyboard":
            hand.key(keys)
        hand.fill(reason, why)
    if hand.way == "keyboard":
        hand.key(keys)
    else:
        hand.press(hand.page.locator("[name=_save]"))
    expect(hand.page.locator(".messagelist .success")).to_be_visible()


TASKS: dict[str, Callable[[Hand], None]] = {
    "choose for a REST API with authentication, and say why": choose_and_say_why,
    "find who says that Django's async support is good": who_says_so,
    "send Flask against FastAPI with one's own weights": send_own_weights,
    "put it into a wiki": put_into_a_wiki,
    "report a wrong score": report_a_score,
    "change a score": change_a_score,
    "add a framework with a source and three ratings": add_a_framework,
    "import 200 edited rows from a spreadsheet": import_rows,
    "take the import back": take_an_import_back,
    "review three proposals": review_three_proposals,
}


# What the tasks begin with


def edited_in_a_spreadsheet() -> Path:
    """Return the exported claims as a workbook in which the notes of 200 rows are other ones."""
    from frameworks.tables import sheets
    from frameworks.tables.kinds import KINDS

    path = Path(tempfile.mkdtemp(dir=os.environ["VAR_DIR"])) / "claims.xlsx"
    path.write_bytes(sheets.write(KINDS["claim"].sheet(), "xlsx"))
    book = load_workbook(path)
    rows = book.active.iter_rows(min_row=1, max_row=201)
    note = next(cell.column for cell in next(rows) if cell.value == "note")
    for row in rows:
        row[note - 1].value = f"Read again, {path.parent.name}."
    book.save(path)
    return path


def propose_three() -> None:
    """Have somebody who may not publish propose a verdict for three ratings."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from desk.review import proposals
    from frameworks.models import Rating, Revision
    from frameworks.record import revisions

    eve = User.objects.get(username="eve")
    for rating in Rating.objects.published().order_by("pk")[:3]:
        by = revisions.Author("Eve", Revision.Origin.ADMIN, eve)
        with proposals.kept_aside(by) as written:
            rating.verdict = f"Proposed at {timezone.now():%H:%M:%S}"
            revisions.save(rating, by=by, reason="Read again.", seen=rating.version)
        proposals.propose(written, at=timezone.now())


def make_editors() -> str:
    """Create an editor who may publish, and one who may not; return the key of a session of the first."""
    from django.contrib.auth.models import Group, User
    from django.test import Client

    ada, eve = (User.objects.create_user(name, is_staff=True) for name in ("ada", "eve"))
    ada.groups.set(Group.objects.all())
    eve.groups.set(Group.objects.filter(name="Editors"))
    client = Client()
    client.force_login(ada, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


@contextmanager
def served() -> Iterator[tuple[str, str]]:
    """Serve the shipped content, and yield the address and the key of an editor's session."""
    port = free_port()
    with tempfile.TemporaryDirectory() as directory:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DJANGO_ALLOW_ASYNC_UNSAFE": "true",  # Playwright keeps an event loop in this thread
            "PYTEST_VERSION": "none",  # keeps the settings from reading .env
            "VAR_DIR": directory,
            "PORT": str(port),
            "LOG_LEVEL": "ERROR",
        }
        django.setup()
        for command in ("migrate", "seed"):
            call_command(command, verbosity=0)
        session = make_editors()
        subprocess.run([sys.executable, "bin/prepare.py"], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        server = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "config.wsgi"]
        with running(server, directory=ROOT, environment=os.environ) as process:
            await_port(process, port)
            yield f"http://127.0.0.1:{port}", session


def clicks(browser: Browser, address: str, session: str, task: str, way: str) -> str:
    """Do the task and return how many clicks it took, or why it cannot be done."""
    context = browser.new_context(base_url=address, locale="en-GB", **WAYS[way])
    context.set_default_timeout(TIMEOUT)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.add_cookies([{"name": "sessionid", "value": session, "url": f"{address}/admin/"}])
    hand = Hand(context.new_page(), way)
    try:
        TASKS[task](hand)
    except (AssertionError, PlaywrightError) as error:
        return f"not done: {str(error).splitlines()[0]}"
    finally:
        context.close()
    return str(hand.clicks)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("tasks", nargs="*", help="words of the tasks to do (all)")
    words = parser.parse_args().tasks
    tasks = [task for task in TASKS if not words or any(word in task for word in words)]
    expect.set_options(timeout=TIMEOUT)
    are_done = True
    with served() as (address, session), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        for task in tasks:
            counted = {way: clicks(browser, address, session, task, way) for way in WAYS}
            are_done &= all(count.isdigit() for count in counted.values())
            print(f"{task}: {', '.join(f'{way} {count}' for way, count in counted.items())}", flush=True)
        browser.close()
    return int(not are_done)


if __name__ == "__main__":
    sys.exit(main())
