"""Side by side in a real browser: weights, baseline and folding swap in place, and what stands open stays open."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.html import read

pytestmark = pytest.mark.usefixtures("world")

VERSUS = "/compare/flask-vs-django/"


def heads(page: Page) -> Locator:
    return page.locator("table.versus thead th .party > a")


def rows(page: Page) -> Locator:
    return page.locator("table.versus tbody th .weighed > a")


def fits(page: Page) -> list[str]:
    return [figure.removesuffix(" of 100") for figure in read(page.content()).texts("thead .fit-figure")]


def test_side_by_side_updates_fits_while_typing_a_weight_and_keeps_the_focus(
    page: Page, console: list[str]
) -> None:
    page.goto(VERSUS)
    assert fits(page) == ["71", "54"]
    field = page.get_by_label("Weight of Documentation, 1 by default")
    field.click()
    page.keyboard.type("9")
    expect(page.locator(".lede > p")).to_contain_text("With your weights, Django leads Flask by 5 points.")
    assert fits(page) == ["73", "78"]
    expect(field).to_be_focused()
    expect(page).to_have_url(re.compile(r"/compare/flask-vs-django/\?w-documentation=9$"))
    page.get_by_role("link", name="Reset: 1 weight changed").click()
    expect(page.locator(".lede > p")).to_contain_text(
        "With the default weights, Flask leads Django by 17 points."
    )
    expect(field).to_have_value("")
    assert console == []


def test_side_by_side_keeps_a_cell_open_when_weights_change(page: Page, console: list[str]) -> None:
    page.goto(VERSUS)
    page.locator("#cell-flask-performance").click()
    expect(page.locator("tr#performance .claims")).to_have_count(2)
    expect(page.locator("#cell-flask-performance")).to_be_focused()
    page.get_by_label("Weight of Documentation").fill("9")
    expect(page.locator(".lede > p")).to_contain_text("With your weights")
    expect(page.locator("tr#performance .claims")).to_have_count(2)
    expect(page.locator("tr#documentation .claims")).to_have_count(0)
    page.get_by_role("link", name="Show all claims").click()
    expect(page.locator("tr#documentation .claims").first).to_be_visible()
    page.locator("#cell-django-performance").click()
    expect(page.locator("tr#performance .claims")).to_have_count(0)
    expect(page.locator("tr#documentation .claims").first).to_be_visible()
    assert console == []


def test_side_by_side_moves_the_baseline_first_and_updates_the_address(
    page: Page, console: list[str]
) -> None:
    page.goto(VERSUS)
    expect(heads(page)).to_have_text(["Flask", "Django"])
    page.get_by_role("link", name=re.compile("Set as baseline.*Django")).click()
    expect(heads(page)).to_have_text(["Django", "Flask"])
    expect(page).to_have_url(re.compile(r"/compare/django-vs-flask/\?baseline=django$"))
    expect(page.locator("h1")).to_have_text("Django and Flask side by side")
    page.get_by_label("Weight of Documentation").fill("9")
    expect(page).to_have_url(re.compile(r"/compare/django-vs-flask/\?w-documentation=9&baseline=django$"))
    expect(heads(page)).to_have_text(["Django", "Flask"])
    page.get_by_role("link", name="Remove: baseline: Django").click()
    expect(page).to_have_url(re.compile(r"/compare/django-vs-flask/\?w-documentation=9$"))
    page.go_back()
    page.go_back()
    expect(page).to_have_url(re.compile(r"/compare/django-vs-flask/\?baseline=django$"))
    expect(page.get_by_label("Weight of Documentation")).to_have_value("")
    page.go_back()
    expect(heads(page)).to_have_text(["Flask", "Django"])
    expect(page.locator("header.mast")).to_be_visible()
    assert console == []


def test_side_by_side_folds_and_unfolds_identical_rows(page: Page) -> None:
    page.goto(VERSUS)
    everything = ["Learning curve", "Documentation", "Performance", "Async support"]
    expect(rows(page)).to_have_text(everything)
    page.get_by_label("Only differences").check()
    expect(rows(page)).to_have_text(["Learning curve", "Documentation", "Async support"])
    page.get_by_role("link", name="Show all", exact=True).click()
    expect(rows(page)).to_have_text(everything)
    expect(page.get_by_label("Only differences")).not_to_be_checked()


def test_side_by_side_copy_link_pins_all_weights(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{VERSUS}?w-performance=9&only=differences")
    page.locator("#menu-take summary").click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".take [data-said]")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()").endswith(
        f"{VERSUS}?w-async-support=1&w-documentation=1&w-learning-curve=2&w-performance=9&only=differences"
    )


def test_side_by_side_keeps_ticks_and_weights_from_and_to_the_matrix(page: Page) -> None:
    page.goto("/?w-performance=9")
    page.locator("#tick-sanic").check()
    page.locator("#tick-flask").check()
    page.get_by_role("link", name="Compare 2 side by side").click()
    expect(heads(page)).to_have_text(["Flask", "Sanic"])
    expect(page.get_by_label("Weight of Performance")).to_have_value("9")
    page.locator("#menu-add summary").click()
    page.locator("#menu-add").get_by_role("link", name="Django").click()
    expect(heads(page)).to_have_text(["Flask", "Sanic", "Django"])
    page.get_by_role("link", name=re.compile("Remove.*Sanic")).click()
    expect(heads(page)).to_have_text(["Flask", "Django"])
    page.get_by_role("link", name="Back to the matrix").click()
    expect(page.locator(".tray-names")).to_have_text("Django, Flask")
    expect(page.locator("#w-performance")).to_have_value("9")


def test_side_by_side_keeps_the_table_and_reports_a_server_error(page: Page) -> None:
    page.goto(VERSUS)
    page.route(re.compile("w-performance"), lambda route: route.fulfill(status=500, body="<h1>broken</h1>"))
    page.get_by_label("Weight of Performance").fill("9")
    expect(page.locator("#trouble")).to_have_text(
        "The page could not be updated (error 500). It still shows the previous result."
    )
    expect(heads(page)).to_have_text(["Flask", "Django"])
    assert page.url.endswith(VERSUS)
