"""Take the pictures of docs/ from the seeded portal: `make pictures`. Collected only where it is named."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from PIL import Image
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from frameworks.models import Framework, Objection, Rating
from frameworks.record import revisions
from frameworks.record.revisions import Author
from frameworks.tables import kinds, sheets
from tests import factories
from tests.desk.reading import change_url

from .desk.signing_in import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seeded")]

DOCS = Path(__file__).parents[2] / "docs"
#: As many as a palette holds: with fewer the accents, which are small, turn grey.
COLOURS = 256


class Camera:
    """Takes pictures of pages, 1280 pixels wide, in the light theme, each as soon as its letters are there."""

    def __init__(self, page: Page, live_server: LiveServer) -> None:
        self.page, self.live_server = page, live_server

    def be(self, user: User) -> None:
        sign_in(self.page, self.live_server, user)

    def show(self, path: str, height: int) -> Page:
        self.page.set_viewport_size({"width": 1280, "height": height})
        self.page.goto(path)
        self.page.reload()  # the letters are only used where they are there at once
        return self.page

    def take(self, name: str) -> None:
        self.page.evaluate("document.fonts.ready")
        self.page.wait_for_timeout(500)  # the stock admin fades its links from one colour to the other
        picture = Image.open(BytesIO(self.page.screenshot())).convert("RGB")
        picture.quantize(COLOURS).save(DOCS / f"{name}.png", optimize=True)


@pytest.fixture
def camera(page: Page, live_server: LiveServer) -> Camera:
    return Camera(page, live_server)


@pytest.fixture
def ada() -> User:
    return factories.make_editor(username="ada", first_name="Ada", last_name="Lovelace")


@pytest.fixture
def rating() -> Rating:
    return Rating.objects.get(framework__slug="django", criterion__slug="async-support")


def change(camera: Camera, fact: Any, reason: str, **fields: str) -> None:
    page = camera.show(change_url(fact), 900)
    for name, words in fields.items():
        page.locator(f"#id_{name}").fill(words)
    page.get_by_role("textbox", name="Reason for the change").fill(reason)


def save(camera: Camera) -> None:
    camera.page.locator("[name=_save]").first.click()


def test_matrix(camera: Camera) -> None:
    camera.show("/", 1000)
    camera.take("matrix")


def test_desk(camera: Camera, ada: User, rating: Rating) -> None:
    Objection.objects.create(
        framework=rating.framework, criterion=rating.criterion, text="Line 40 says more."
    )
    camera.be(ada)
    camera.show("/admin/", 720)
    camera.take("editors/desk")


def test_rating(camera: Camera, ada: User, rating: Rating) -> None:
    camera.be(ada)
    camera.show(change_url(rating), 900)
    camera.take("editors/rating")


def test_grid(camera: Camera, ada: User) -> None:
    camera.be(ada)
    page = camera.show("/admin/frameworks/rating/matrix/", 900)
    page.get_by_role("gridcell").filter(has_text="Asynchronous views").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".claims:not([hidden]) li")
    camera.take("editors/grid")


def test_checklist(camera: Camera, ada: User) -> None:
    bottle = factories.make_framework(
        name="Bottle", tagline="A micro-framework in one file", is_published=False
    )
    factories.make_claim(framework=bottle, criterion=Rating.objects.earliest("pk").criterion)
    camera.be(ada)
    camera.show(change_url(bottle), 720)
    camera.take("editors/checklist")


def test_conflict(camera: Camera, ada: User, rating: Rating) -> None:
    camera.be(ada)
    change(camera, rating, "Read again.", verdict="Asynchronous views, but not throughout")
    rating.verdict = "Asynchronous in places"
    bob = Author.editor(factories.make_editor(first_name="Bob", last_name="Hopper"))
    revisions.save(rating, by=bob, reason="One source says otherwise.", seen=rating.version)
    save(camera)
    camera.page.set_viewport_size({"width": 1280, "height": 600})
    camera.take("editors/conflict")


def test_proposal(camera: Camera, rating: Rating) -> None:
    camera.be(factories.make_proposer(first_name="Eve", last_name="Stone"))
    change(camera, rating, "The newer lines say so.", verdict="Asynchronous views, but not throughout")
    save(camera)
    camera.be(factories.make_reviewer(first_name="Rob", last_name="Glass"))
    camera.show("/admin/frameworks/proposal/", 1000).get_by_role(
        "link", name="The newer lines say so."
    ).click()
    camera.take("editors/proposal")


def test_import(camera: Camera, ada: User, tmp_path: Path) -> None:
    sheet = kinds.KINDS["framework"].sheet()
    for row, tagline in zip(sheet.rows[:2], ("Small by design", ""), strict=True):
        row[sheet.header.index("tagline")] = tagline
    sheet.rows[2][sheet.header.index("website")] = "not an address"
    path = tmp_path / "frameworks.csv"
    path.write_bytes(sheets.write(sheet, "csv"))
    camera.be(ada)
    page = camera.show("/admin/frameworks/framework/", 780)
    page.get_by_role("link", name="Import and export").click()
    page.get_by_label("File").set_input_files(path)
    page.get_by_role("button", name="Preview changes").click()
    page.wait_for_selector(".import-rows")
    camera.take("editors/import")
    assert Framework.objects.filter(tagline="Small by design").count() == 0
