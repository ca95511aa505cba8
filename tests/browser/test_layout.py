"""How the pages stand on a screen, with the portal's own content: sizes, widths, what moves, what is asked of whom."""

import gzip

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect
from pytest_django.live_server_helper import LiveServer

from frameworks.models import Rating
from frameworks.record import revisions
from tests import factories
from tests.browser.chromium import CHROMIUM_FLAGS, chromium
from tests.browser.looking import STILL, overhang, shift
from tests.browser.pages import WIDTHS

pytestmark = pytest.mark.usefixtures("broken")


# With everything open


@pytest.mark.usefixtures("seeded")
def test_matrix_menus_stay_within_the_page_when_open(page: Page) -> None:
    page.goto("/?kind=full-stack&kind=micro&interface=wsgi&interface=asgi")
    for width in [*WIDTHS, 800, 960, 1100, 1200, 1440]:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("document.querySelectorAll('.fold').forEach(box => box.checked = true)")
        for menu in page.locator("details.menu").all():
            menu.evaluate("menu => menu.open = true")
            panel = menu.locator(".panel").bounding_box()
            assert panel, width
            assert panel["x"] >= 0, width
            assert panel["x"] + panel["width"] <= width, (width, menu.get_attribute("id"))
            assert overhang(page) == 0, width
            menu.evaluate("menu => menu.open = false")


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("path", ["/compare/django-vs-flask-vs-fastapi/", "/frameworks/fastapi/"])
def test_side_by_side_and_profile_do_not_overflow_with_open_cells(page: Page, path: str) -> None:
    page.goto(path)
    page.evaluate("document.querySelectorAll('main details').forEach(part => part.open = true)")
    over = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        over[width] = overhang(page)
    assert over == dict.fromkeys(WIDTHS, 0)


@pytest.mark.usefixtures("seeded")
def test_matrix_and_side_by_side_need_no_sideways_scrolling_on_a_phone(page: Page) -> None:
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto("/")
        heads = page.locator(".heads th:visible")
        expect(heads).to_have_count(6)  # name, fit, and the four criteria that move the ranking most
        assert page.locator(".region").evaluate("region => region.scrollWidth <= region.clientWidth"), width
        page.get_by_text("All 18 criteria").click()
        expect(heads).to_have_count(20)
        assert page.locator(".region").evaluate("region => region.scrollWidth > region.clientWidth"), width
        assert overhang(page) == 0
        for parties in ("django-vs-flask", "django-vs-flask-vs-fastapi"):
            page.goto(f"/compare/{parties}/")
            over = page.locator(".versus").evaluate("it => it.scrollWidth - it.parentNode.clientWidth")
            assert over <= 0, (width, parties)
            page.locator("#security").evaluate(
                "row => row.scrollIntoView({block: 'end', behavior: 'instant'})"
            )
            expect(page.locator("#head-flask .fit-figure")).to_be_in_viewport()
            expect(
                page.locator("#head-flask").get_by_role("link", name="Flask", exact=True)
            ).to_be_in_viewport()


# The first view


@pytest.mark.usefixtures("seeded")
def test_matrix_first_load_stays_within_size_limits(page: Page) -> None:
    """Compressed here, since the measuring server does not: gzip at its usual strength, which the real one betters."""
    sizes = {"document": 0, "stylesheet": 0, "print": 0, "script": 0, "font": 0}

    def weigh(request: Request) -> None:
        response = request.response()
        kind = "print" if "/print." in request.url else request.resource_type
        assert response
        body = response.body()
        sizes[kind] = sizes.get(kind, 0) + len(body if kind == "font" else gzip.compress(body, 6))

    page.on("requestfinished", weigh)
    page.goto("/")
    page.wait_for_load_state("networkidle")
    assert sizes.keys() <= {"document", "stylesheet", "print", "script", "font", "other"}  # other: the icon
    assert 0 < sizes["document"] <= 25_000
    assert 0 < sizes["stylesheet"] <= 16_000
    assert 0 < sizes["print"] <= 3_000  # fetched last, and nothing waits for it
    assert 0 < sizes["script"] <= 25_000
    assert 0 < sizes["font"] <= 80_000


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("width", [390, 1280])
def test_pages_do_not_shift_when_fonts_load_late(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/*.woff2", hold)
    for path in (
        "/",
        "/frameworks/fastapi/",
        "/capabilities/?need=orm&need=async",
        "/method/",
        "/sources/000/",
    ):
        page.goto(path, wait_until="domcontentloaded")
        page.wait_for_timeout(300)
        assert len(held) == 2, path
        for route in held:
            route.continue_()
        held.clear()
        page.evaluate("document.fonts.ready.then(() => true)")
        assert shift(page) < STILL, path


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("width", [320, 390, 1280])
def test_snapshot_does_not_shift_when_it_says_what_has_changed(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"/s/{factories.KEPT}/")
    for score in (None, 1):
        if score:
            rating = Rating.objects.get(framework__slug="django", criterion__slug="performance")
            rating.score = score
            revisions.save(rating, by=factories.MAKER, reason="Read again.", seen=rating.version)
            page.reload()
        expect(page.locator("#since")).to_contain_text("1 of 54" if score else "None of the 54")
        assert shift(page) < STILL, score


@pytest.mark.usefixtures("seeded")
def test_pages_keep_room_for_the_scrollbar(browser: Browser, live_server: LiveServer) -> None:
    """As on desktops whose scrollbars take room, which Playwright hides otherwise."""
    shown = browser.browser_type.launch(
        executable_path=chromium(), args=CHROMIUM_FLAGS, ignore_default_args=["--hide-scrollbars"]
    )
    page = shown.new_page(viewport={"width": 1280, "height": 800})
    widths = []
    for path in ("/", "/search/"):
        page.goto(live_server.url + path)
        widths.append(page.evaluate("document.body.getBoundingClientRect().width"))
    assert widths == [1265, 1265]
    shown.close()


# What stays in view


def top(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box
    return box["y"]


def left(page: Page, selector: str) -> float:
    box = page.locator(selector).bounding_box()
    assert box
    return box["x"]


@pytest.mark.usefixtures("seeded")
def test_matrix_shows_all_criteria_and_pins_headers_on_a_desktop(page: Page) -> None:
    page.goto("/")
    region = "document.querySelector('.region')"
    assert page.evaluate(f"{region}.scrollWidth - {region}.clientWidth") <= 0
    page.evaluate("scrollTo({top: 500, behavior: 'instant'})")
    assert page.evaluate("scrollY") > 200
    assert 0 <= top(page, "tr.heads .name") < 120
    expect(page.locator("tr.heads .name")).to_be_in_viewport(ratio=1)
    expect(page.locator("#w-performance")).to_be_in_viewport(ratio=1)


@pytest.mark.usefixtures("seeded")
def test_matrix_scrolls_in_its_region_with_pinned_names_on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto("/")
    page.get_by_text("All 18 criteria").click()
    before = left(page, "#row-django th.name")
    page.locator("#cell-fastapi-performance").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('.region').scrollBy(400, 200)")
    assert page.evaluate("document.querySelector('.region').scrollLeft") > 300
    assert left(page, "#row-django th.name") == pytest.approx(before, abs=2)
    # It scrolls sideways only: there is no scrolling within scrolling.
    assert page.locator(".region").evaluate("region => region.scrollTop") == 0
    assert overhang(page) == 0


@pytest.mark.usefixtures("seeded")
def test_side_by_side_pins_headers_when_scrolled(page: Page) -> None:
    page.goto("/compare/django-vs-flask-vs-fastapi/")
    page.evaluate("scrollTo({top: 900, behavior: 'instant'})")
    assert page.evaluate("scrollY") > 500
    assert top(page, "table.versus thead tr") == pytest.approx(0, abs=1)
    expect(page.locator("#head-flask a").first).to_be_in_viewport(ratio=1)


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("path", ["/frameworks/fastapi/#performance", "/frameworks/fastapi/#%zz"])
def test_profile_opens_the_rating_named_in_the_fragment(page: Page, console: list[str], path: str) -> None:
    page.goto(path)
    expect(page.locator("[data-theme-switch]")).to_be_visible()
    opened = [rating.get_attribute("id") for rating in page.locator("details.rating[open]").all()]
    assert opened == (["performance"] if path.endswith("performance") else [])
    # A row that is open shows its reasons without a further click, and so does one that is opened.
    expect(page.locator(".reasons .claims")).to_have_count(len(opened))
    page.locator("#documentation summary").click()
    expect(page.locator("#documentation .claims")).to_be_visible()
    expect(page.locator("#documentation .unopened")).to_have_count(0)
    assert console == []


# The theme


@pytest.mark.usefixtures("seeded")
def test_theme_follows_the_system_until_chosen_and_then_persists(page: Page, console: list[str]) -> None:
    def paper() -> str:
        return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))

    light, dark = "rgb(248, 245, 238)", "rgb(23, 22, 19)"
    page.goto("/")
    assert paper() == light
    page.emulate_media(color_scheme="dark")
    assert paper() == dark
    page.emulate_media(color_scheme="light")
    switch = page.locator("[data-theme-switch]")
    expect(switch).to_have_accessible_name("Colour theme: same as the system")
    switch.click()
    switch.click()
    expect(switch).to_have_accessible_name("Colour theme: dark")
    assert paper() == dark
    page.reload()
    assert paper() == dark
    page.goto("/frameworks/")
    assert paper() == dark
    expect(switch).to_have_accessible_name("Colour theme: dark")
    switch.click()
    expect(switch).to_have_accessible_name("Colour theme: same as the system")
    page.reload()
    assert paper() == light
    assert console == []


@pytest.mark.usefixtures("seeded")
def test_matrix_prints_dark_text_without_controls_in_dark_theme(page: Page) -> None:
    page.emulate_media(color_scheme="dark", media="print")
    page.goto("/")
    assert page.evaluate("getComputedStyle(document.body).color") in {"rgb(0, 0, 0)", "rgb(33, 31, 26)"}
    expect(page.locator(".controls")).to_be_hidden()
    expect(page.locator("table.grid")).to_be_visible()
