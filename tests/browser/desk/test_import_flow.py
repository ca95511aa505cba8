"""Import in a real browser: choose the file, look over its rows, confirm."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from frameworks.models import Rating
from frameworks.record import revisions
from frameworks.tables import kinds, reading, sheets
from tests import factories
from tests.browser.chromium import PATIENCE
from tests.browser.looking import Axe
from tests.desk.signing_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def check(page: Page, axe: Axe, console: list[str]) -> None:
    """Nothing to complain of, neither for the browser nor for axe; what axe itself does to the page does not count."""
    assert console == []
    assert axe(page) == []
    console.clear()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_import_previews_an_uploaded_file_and_saves_on_confirmation(
    page: Page, live_server: LiveServer, axe: Axe, console: list[str], tmp_path: Path, scheme: str
) -> None:
    for _ in range(3):
        factories.make_rating(score=3)
    path = tmp_path / "ratings.csv"
    sheet = kinds.KINDS["rating"].sheet()
    for row, score in zip(sheet.rows, ["4", "9", "5"], strict=True):
        row[sheet.header.index("score")] = score
    # With a column of one's own in the place of another, which the page asks about.
    own = [name.replace("departure", "Notes") for name in sheet.header]
    table = sheets.Sheet(own, sheet.rows)
    path.write_bytes(sheets.write(table, "csv"))
    framework, criterion = sheet.rows[2][:2]
    faster = Rating.objects.get(framework__slug=framework, criterion__slug=criterion)
    faster.verdict = "Somebody else’s"
    revisions.save(faster, by=factories.MAKER, reason="Meanwhile.", seen=1)
    session = sign_in(factories.make_editor()).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": f"{live_server.url}/admin/"}])
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")

    page.goto("/admin/frameworks/rating/")
    page.get_by_role("link", name="Import and export").click()
    expect(page.get_by_label("File")).to_be_visible()
    check(page, axe, console)
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Preview changes").click()
    expect(page.get_by_text("The score must be between 1 and 5.")).to_be_visible()
    expect(page.get_by_label("Notes")).to_have_value("")
    check(page, axe, console)
    page.set_viewport_size({"width": 820, "height": 1100})
    assert axe(page) == []
    console.clear()
    assert page.evaluate("document.documentElement.scrollWidth") <= 820
    page.get_by_label("Leave out the 1 other refused row").check()
    page.get_by_label("Use mine").check()
    page.get_by_label("Reason for the change").fill("From the table.")
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("2 ratings imported: 2 changed.")).to_be_visible()
    assert sorted(Rating.objects.values_list("score", flat=True)) == [3, 4, 5]
    faster.refresh_from_db()
    assert (faster.score, faster.verdict) == (5, "Somebody else’s")
    assert console == []
    # Ratings go first: flushing empties the tables in any order.
    Rating.objects.all().delete()


def test_import_round_trip_works_without_javascript(
    browser: Browser, live_server: LiveServer, tmp_path: Path
) -> None:
    rating = factories.make_rating(score=3)
    context = browser.new_context(base_url=live_server.url, locale="en-GB", java_script_enabled=False)
    context.set_default_timeout(PATIENCE)
    session = sign_in(factories.make_editor()).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": f"{live_server.url}/admin/"}])
    page = context.new_page()
    page.goto("/admin/frameworks/rating/import/")
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    sheet = reading.read(path.name, path.read_bytes())
    sheet.rows[0][sheet.header.index("score")] = "5"
    path.write_bytes(sheets.write(sheet, "xlsx"))
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Preview changes").click()
    page.get_by_role("link", name="Go to the reason and to Import").click()
    expect(page.locator("input:target")).to_be_in_viewport()
    page.locator("input:target").fill("From the table.")
    page.get_by_role("button", name="Import 1 row").click()
    expect(page.get_by_text("1 rating imported: 1 changed.")).to_be_visible()
    rating.refresh_from_db()
    assert rating.score == 5
    context.close()
    Rating.objects.all().delete()
