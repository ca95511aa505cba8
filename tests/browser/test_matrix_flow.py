"""The matrix in a real browser: what swaps, what stays, and what the history and the address bar make of it."""

import re
from collections.abc import Callable
from time import monotonic, sleep

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect

from tests.browser.looking import WATCH_MOVES, expect_order, moves, names
from tests.html import order, read, standings

pytestmark = pytest.mark.usefixtures("world")


def view(page: Page) -> list[object]:
    """All that the table says, as it stands in the browser, with the state of every control."""
    document = read(page.content())
    state = page.evaluate(
        "[...document.querySelectorAll('main form :is(input:not([data-local]), select)')]"
        ".map(field => [field.name, field.type == 'checkbox' ? field.checked : field.value])"
    )
    return [standings(document), document.texts("table.grid tr"), document.texts(".chips li"), state]


def expect_view(page: Page, expected: list[object]) -> None:
    """Waits for it: a step in the history asks the server."""
    until = monotonic() + 10
    while view(page) != expected and monotonic() < until:
        page.wait_for_timeout(50)
    assert view(page) == expected


def steps(page: Page) -> int:
    return int(page.evaluate("history.length"))


def query(page: Page) -> str:
    return page.url.partition("?")[2]


@pytest.fixture
def asked(page: Page) -> list[str]:
    """The addresses asked for by htmx, in their order."""
    found: list[str] = []

    def hear(request: Request) -> None:
        if request.headers.get("hx-request"):
            found.append(request.url.partition("?")[2])

    page.on("request", hear)
    return found


# Typing


def test_matrix_reorders_while_typing_a_weight_and_keeps_focus_and_caret(
    page: Page, console: list[str]
) -> None:
    page.goto("/")
    expect_order(page, "FastAPI", "Flask", "Django", "Quart", "Sanic")
    field = page.get_by_label("Weight of Documentation, 1 by default")
    field.click()
    page.keyboard.type("10")
    expect(page).to_have_url(re.compile(r"\?w-documentation=10$"))
    # (2·½ + 10·1 + 3·½ + 1·¼) / 16, (2·¾ + 10·¾ + 3·1 + 1·1) / 16, (2·1 + 10·¾ + 3·½) / 15
    expect_order(page, "FastAPI", "Django", "Flask", "Quart", "Sanic")
    expect(field).to_be_focused()
    expect(field).to_have_value("10")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Backspace")
    expect(page).to_have_url(re.compile(r"\?w-documentation=0$"))
    expect_order(page, "FastAPI", "Flask", "Django", "Quart", "Sanic")
    assert field.evaluate("field => [field.selectionStart, field.selectionEnd]") == [0, 0]
    page.keyboard.type("1")
    expect(page).to_have_url(re.compile(r"\?w-documentation=10$"))
    expect(field).to_have_value("10")
    assert field.evaluate("field => field.selectionStart") == 1
    assert console == []


def test_matrix_filters_while_typing_a_name(page: Page, asked: list[str]) -> None:
    page.goto("/")
    field = page.get_by_label("Filter by name")
    field.click()
    page.keyboard.type("fla")
    expect_order(page, "Flask")
    expect(page.locator("p.count")).to_contain_text("1 of 5 frameworks")
    expect(field).to_be_focused()
    # Leaving the field asks nothing that was asked already.
    page.keyboard.press("Tab")
    page.wait_for_timeout(400)
    assert len(asked) == 1
    page.get_by_role("link", name="Remove: name contains “fla”").click()
    expect(names(page)).to_have_count(5)
    expect(field).to_have_value("")
    field.click()
    page.keyboard.type("fla")
    expect_order(page, "Flask")


@pytest.mark.parametrize("width", [1280, 390])
def test_matrix_filters_without_moving_what_is_around_the_rows(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/")
    page.evaluate("document.querySelectorAll('#fold-filters').forEach(box => box.checked = true)")
    page.evaluate(WATCH_MOVES)
    page.get_by_label("Filter by name").fill("a")
    expect(page).to_have_url(re.compile(r"q=a"))
    page.locator(".chips a").click()
    expect(page).not_to_have_url(re.compile(r"q=a"))
    page.get_by_label("Only differences").check()
    expect(page).to_have_url(re.compile(r"only=differences"))
    assert [moved for moved in moves(page) if not moved.startswith("<t")] == []


def test_matrix_updates_at_once_on_enter_without_a_page_load(page: Page, asked: list[str]) -> None:
    page.goto("/")
    page.evaluate("window.stayed = true")
    page.get_by_label("Filter by name").fill("dja")
    page.keyboard.press("Enter")
    expect_order(page, "Django")
    expect(page).to_have_url(re.compile(r"/\?q=dja$"))
    assert page.evaluate("window.stayed") is True
    expect(page.get_by_label("Filter by name")).to_be_focused()
    page.wait_for_timeout(400)
    assert len(asked) == 1


def test_matrix_shows_the_last_input_when_typing_during_a_request(page: Page) -> None:
    waiting: list[Route] = []

    def hold_the_first(route: Route) -> None:
        if waiting:
            route.continue_()
        else:
            waiting.append(route)

    page.goto("/")
    page.route(re.compile(r"/\?"), hold_the_first)
    field = page.get_by_label("Filter by name")
    with page.expect_request(re.compile(r"q=fl&")):
        field.fill("fl")
    field.press_sequentially("a")
    expect_order(page, "Flask")
    assert len(waiting) == 1
    waiting[0].abort()
    page.wait_for_timeout(200)
    expect(page.locator("#trouble")).to_have_text("")
    expect(field).to_have_value("fla")
    expect(page).to_have_url(re.compile(r"/\?q=fla$"))


def test_link_keeps_what_the_link_before_it_has_set_and_is_not_answered_yet(page: Page) -> None:
    page.goto("/?q=a&min-performance=2&framework=django&framework=flask&framework=quart&w-documentation=3")
    for presses, expected in (
        # Both filters are removed, the ticks stay.
        (".chips a:not(.soft)", "w-documentation=3&framework=django&framework=flask&framework=quart"),
        (".tray-names a:nth-child(-n + 2)", "w-documentation=3&framework=quart"),  # two of one name
        (".heads th.name a, .weights a", "sort=name&framework=quart"),  # single values
    ):
        page.evaluate("links => document.querySelectorAll(links).forEach(link => link.click())", presses)
        expect(page).to_have_url(re.compile(rf"/\?{expected}$"))
    page.evaluate("""document.querySelector("input[value=django][name=framework]").click();
        document.querySelector(".heads th.fit a").click()""")
    expect(page).to_have_url(re.compile(r"/\?framework=django&framework=quart$"))


def slowly(route: Route) -> None:
    sleep(0.4)
    route.continue_()


def test_matrix_links_include_input_typed_just_before(page: Page) -> None:
    page.goto("/")
    page.route(re.compile(r"/\?"), slowly)
    page.get_by_label("Weight of Documentation").fill("9")
    page.get_by_role("link", name="Docs").click()
    expect(page).to_have_url(re.compile(r"/\?w-documentation=9&sort=documentation$"))
    expect_order(page, "Django", "FastAPI", "Flask", "Quart", "Sanic")
    expect(page.locator("#w-documentation")).to_have_value("9")
    page.wait_for_timeout(600)
    expect(page).to_have_url(re.compile(r"/\?w-documentation=9&sort=documentation$"))
    # Once answered it is no longer taken along.
    page.get_by_role("link", name="Reset: 1 weight changed").click()
    expect(page).to_have_url(re.compile(r"/\?sort=documentation$"))
    expect(page.locator("#w-documentation")).to_have_value("")
    # What is ticked before the answer comes does not bring back what the link has removed.
    page.goto("/?among=django&among=flask")
    page.evaluate(
        """() => {
            document.querySelector("form .stood a").click();
            document.getElementById("tick-flask").click();
        }"""
    )
    expect(page).to_have_url(re.compile(r"/\?framework=flask$"))
    rest = "w-performance=9&sort=name"
    for query, link in {
        f"kind=micro&{rest}": "Remove: Kind: Micro",
        f"q=a&{rest}": "Remove: name contains “a”",
        f"criteria=performance&{rest}": "Reset: 1 of 4 criteria shown",
    }.items():
        page.goto(f"/?{query}&framework=flask")
        chip = page.get_by_role("link", name=link)
        chip.evaluate("chip => { chip.click(); document.getElementById('tick-fastapi').click(); }")
        expect(page).to_have_url(re.compile(rf"/\?{rest}&framework=fastapi&framework=flask$"))


# Choices


def test_matrix_filter_menus_narrow_rows_and_show_their_choices(page: Page, console: list[str]) -> None:
    page.goto("/")
    menu = page.locator("#menu-kind")
    menu.locator("summary").click()
    menu.get_by_label("Micro").check()
    expect_order(page, "FastAPI", "Flask", "Quart")
    expect(menu).to_have_attribute("open", "")
    expect(menu.locator(".menu-value")).to_have_text("Micro")
    page.locator("#menu-interface summary").click()
    expect(menu).not_to_have_attribute("open", "")
    page.locator("#menu-interface").get_by_label("WSGI").check()
    expect_order(page, "Flask")
    expect(page.locator(".chips li")).to_have_text([re.compile("Kind: Micro"), re.compile("Interface: WSGI")])
    page.get_by_role("link", name="Remove: Kind: Micro").click()
    expect_order(page, "Flask", "Django")
    expect(page.locator("#menu-kind input[value=micro]")).not_to_be_checked()
    page.locator("#menu-minimums summary").click()
    page.locator("select[name=min-documentation]").select_option("5")
    expect_order(page, "Django")
    assert console == []


def test_matrix_keeps_weights_when_a_column_is_hidden(page: Page) -> None:
    page.goto("/?w-performance=0&w-documentation=9")
    before = standings(read(page.content()))
    page.locator("#menu-columns summary").click()
    page.locator("#menu-columns").get_by_label("Documentation").uncheck()
    expect(page.locator("tr.heads th")).to_have_text(["Framework", "Fit", "Learning", "Speed", "Async"])
    assert standings(read(page.content())) == before
    expect(page.locator("#w-performance")).to_have_value("0")
    page.locator("#menu-columns").get_by_label("Documentation").check()
    expect(page.locator("#w-documentation")).to_have_value("9")
    expect(page).to_have_url(re.compile(r"/\?w-documentation=9&w-performance=0$"))


def test_matrix_offers_to_drop_a_filter_when_empty(page: Page, console: list[str]) -> None:
    page.goto("/?w-performance=9")
    page.get_by_label("Filter by name").fill("zzz")
    expect(page.locator(".empty")).to_contain_text("name contains “zzz”: 5 frameworks without it")
    page.get_by_role("link", name="name contains “zzz”", exact=True).click()
    expect(names(page)).to_have_count(5)
    expect(page.locator("#w-performance")).to_have_value("9")
    assert console == []


def test_matrix_cell_opens_and_closes_in_place(page: Page, console: list[str]) -> None:
    page.goto("/")
    cell = page.locator("#cell-fastapi-performance")
    cell.click()
    opened = page.locator("#opened")
    expect(opened.locator("li.against")).to_contain_text("Puts it in the middle of its table.")
    expect(cell).to_have_attribute("aria-expanded", "true")
    expect(cell).to_be_focused()
    expect(page).to_have_url(re.compile(r"/\?open=fastapi:performance$"))
    # It stays open under another order, below its own row.
    page.get_by_role("link", name="Framework", exact=True).click()
    expect_order(page, "Django", "FastAPI", "Flask", "Quart", "Sanic")
    expect(page.locator("#row-fastapi + #opened")).to_be_visible()
    cell.click()
    expect(opened).to_have_count(0)
    expect(cell).to_be_focused()
    assert console == []


def test_matrix_cell_opens_in_a_new_tab_on_a_modified_click(page: Page) -> None:
    page.goto("/")
    with page.context.expect_page() as other:
        page.locator("#cell-fastapi-performance").click(modifiers=["ControlOrMeta"])
    other.value.wait_for_load_state()
    expect(other.value.locator("#opened")).to_be_visible()
    expect(other.value.locator("header.mast")).to_be_visible()
    expect(page.locator("#opened")).to_have_count(0)


# The address and the history


def test_matrix_adds_a_single_history_entry_per_choice_or_typed_value(page: Page) -> None:
    page.goto("/")
    start = steps(page)
    page.get_by_label("Filter by name").press_sequentially("fla", delay=300)
    expect(page).to_have_url(re.compile(r"\?q=fla$"))
    assert steps(page) == start + 1
    page.get_by_label("Weight of Performance").press_sequentially("10", delay=300)
    expect(page).to_have_url(re.compile(r"\?q=fla&w-performance=10$"))
    assert steps(page) == start + 2
    page.get_by_label("Only differences").check()
    expect(page).to_have_url(re.compile(r"only=differences$"))
    assert steps(page) == start + 3
    page.locator("select[name=baseline]").select_option("flask")
    expect(page).to_have_url(re.compile(r"baseline=flask"))
    assert steps(page) == start + 4


def choose(page: Page) -> list[tuple[str, list[object]]]:
    """Four choices, with the address and the view after each."""
    seen = []
    doings: list[tuple[Callable[[], object], str]] = [
        (lambda: page.get_by_label("Weight of Documentation").fill("9"), "w-documentation=9"),
        (lambda: page.locator("#tick-flask").check(), "framework=flask"),
        (lambda: page.get_by_role("link", name="Docs").click(), "sort=documentation"),
        (lambda: page.locator("#cell-django-performance").click(), "open=django:performance"),
    ]
    for do, said in doings:
        do()
        expect(page).to_have_url(re.compile(re.escape(said)))
        expect(page.locator(".htmx-request")).to_have_count(0)
        seen.append((page.url, view(page)))
    return seen


def test_matrix_back_and_forward_restore_the_whole_page(page: Page, console: list[str]) -> None:
    page.goto("/")
    expect(names(page)).to_have_count(5)
    seen = [(page.url, view(page)), *choose(page)]
    for url, before in seen[-2::-1]:
        page.go_back()
        expect(page).to_have_url(url)
        expect_view(page, before)
        expect(page.locator("#trouble")).to_have_text("")
        expect(page.locator("header.mast")).to_be_visible()
    for url, before in seen[1:]:
        page.go_forward()
        expect(page).to_have_url(url)
        expect_view(page, before)
        expect(page.locator("header.mast")).to_be_visible()
    # And the page that came back is alive.
    page.get_by_label("Filter by name").fill("dja")
    expect_order(page, "Django")
    assert console == []


def test_matrix_reload_and_fresh_browser_show_the_same_view(page: Page, browser: Browser) -> None:
    page.goto("/")
    url, before = choose(page)[-1]
    page.reload()
    assert view(page) == before
    context = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 800})
    fresh = context.new_page()
    fresh.goto(url)
    assert view(fresh) == before
    context.close()


def test_matrix_repeats_a_choice_undone_by_going_back(page: Page) -> None:
    page.goto("/")
    for _ in range(2):
        page.get_by_label("Only differences").check()
        expect(page).to_have_url(re.compile("only=differences$"))
        page.go_back()
        expect(page).not_to_have_url(re.compile("only="))
        expect(page.get_by_label("Only differences")).not_to_be_checked()


def test_matrix_back_from_another_page_restores_the_whole_page(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Filter by name").fill("fla")
    expect_order(page, "Flask")
    names(page).first.click()
    expect(page.locator("h1")).to_have_text("Flask")
    page.go_back()
    expect_order(page, "Flask")
    expect(page.locator("header.mast")).to_be_visible()
    expect(page.locator("h1")).to_have_text("Which Python web framework fits, and how do you know?")
    expect(page.get_by_label("Filter by name")).to_have_value("fla")
    page.go_back()
    expect(names(page)).to_have_count(5)
    expect(page.locator("header.mast")).to_be_visible()


def test_matrix_copy_link_pins_all_weights(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/?framework=flask")
    page.get_by_label("Weight of Performance").fill("9")
    expect(page).to_have_url(re.compile("w-performance=9"))
    page.locator("#menu-take summary").click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".take [data-said]")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(
        "/?w-async-support=1&w-documentation=1&w-learning-curve=2&w-performance=9&framework=flask"
    )
    shown = standings(read(page.content()))
    page.goto(copied)
    assert standings(read(page.content())) == shown


# When something goes wrong


def test_matrix_keeps_the_table_and_reports_a_server_error(page: Page) -> None:
    page.goto("/")
    page.route(re.compile("w-performance"), lambda route: route.fulfill(status=500, body="<h1>broken</h1>"))
    field = page.get_by_label("Weight of Performance")
    field.fill("9")
    expect(page.get_by_role("alert").filter(has_text="could not be updated")).to_have_text(
        "The page could not be updated (error 500). It still shows the previous result."
    )
    assert order(read(page.content())) == ["FastAPI", "Flask", "Django", "Quart", "Sanic"]
    assert query(page) == ""
    assert "broken" not in page.content()
    # Enter asks again, and it fails again.
    with page.expect_response(re.compile("w-performance")):
        field.press("Enter")
    # Once it answers again, what was typed holds and the complaint goes.
    page.unroute_all()
    page.get_by_label("Filter by name").fill("fla")
    expect_order(page, "Flask")
    expect(page.locator("#trouble")).to_have_text("")
    expect(field).to_have_value("9")
    assert query(page) == "q=fla&w-performance=9"


def test_matrix_keeps_the_table_and_reports_a_network_failure(page: Page) -> None:
    page.goto("/")
    page.route(re.compile("w-performance"), lambda route: route.abort())
    page.get_by_label("Weight of Performance").fill("9")
    expect(page.locator("#trouble")).to_have_text(
        "The server did not respond. The page still shows the previous result."
    )
    expect(names(page)).to_have_count(5)


def test_matrix_reports_an_invalid_weight_and_keeps_the_rest(page: Page, console: list[str]) -> None:
    page.goto("/?w-documentation=9")
    page.get_by_label("Weight of Performance").fill("x")
    expect(page.locator(".notices")).to_have_text(
        "Weight of Performance: This must be a whole number from 0 to 10. It was ignored."
    )
    expect(page.locator("#w-documentation")).to_have_value("9")
    expect(page.get_by_label("Weight of Performance")).to_be_focused()
    assert query(page) == "w-documentation=9"
    assert console == []


# For a use case


def test_matrix_use_case_reorders_rows_and_its_chip_drops_it(page: Page, console: list[str]) -> None:
    page.goto("/")
    expect_order(page, "FastAPI", "Flask", "Django", "Quart", "Sanic")
    menu = page.locator("#use-case")
    menu.focus()
    menu.select_option("Live updates")
    expect(page).to_have_url(re.compile(r"/\?use-case=live-updates$"))
    expect_order(page, "FastAPI", "Django", "Quart")
    expect(menu).to_be_focused()
    field = page.get_by_label("Weight of Async support, 10 in the use case")
    expect(field).to_have_attribute("placeholder", "10")
    # The visitor goes on from there.
    field.fill("0")
    expect(page).to_have_url(re.compile(r"\?use-case=live-updates&w-async-support=0$"))
    expect(page.locator(".chips")).to_contain_text("1 weight changed")
    page.get_by_role("link", name="Remove: use case: Live updates").click()
    expect(page).to_have_url(re.compile(r"/\?w-async-support=0$"))
    expect(menu).to_have_value("")
    expect(page.locator("table.grid th.name .who a")).to_have_count(5)
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/\?use-case=live-updates$"))
    expect(menu).to_have_value("live-updates")
    expect_order(page, "FastAPI", "Django", "Quart")
    assert console == []
