"""Names as people give them, and the terms that explain themselves, on a narrow screen."""

import pytest
from playwright.sync_api import Page, expect

from comparisons.models import UseCase
from frameworks.models import Criterion, CriterionGroup, FacetValue, Framework, Source
from tests.browser.looking import overhang, tab_to
from tests.pages import change

PAGES = (
    "/", "/frameworks/", "/frameworks/flask/", "/frameworks/django/", "/criteria/", "/criteria/performance/",
    "/sources/", "/sources/001/", "/use-cases/", "/use-cases/shop/", "/choose/", "/capabilities/", "/search/?q=flask",
    "/changes/", "/method/", "/compare/", "/compare/django-vs-flask/", "/disagreements/", "/questions/", "/embed/",
)  # fmt: skip

#: The words in cells that lie beyond the edge of their cell, over their neighbour.
BEYOND = """() => [...document.querySelectorAll(":is(.grid, .versus) :is(th, td)")].flatMap(
  cell => [...cell.querySelectorAll("*"), cell].flatMap(e => [...e.childNodes]).filter(
    node => node.nodeType === 3 && node.data.trim() && cell.checkVisibility()
      && !node.parentElement.closest(".vh, label")
  ).filter(node => {
    const [range, edge] = [document.createRange(), cell.getBoundingClientRect()];
    range.selectNodeContents(node);
    return [...range.getClientRects()].some(box => box.right > edge.right + 1 || box.left < edge.left - 1);
  }).map(node => node.data.trim()))"""


@pytest.mark.usefixtures("world")
def test_names_of_any_length_and_script_stay_in_their_place(page: Page) -> None:
    word = "Donaudampfschifffahrtsgesellschaft"
    for slug, name in {
        "flask": "W" * 60,
        "django": "إطار عمل (سريع) 3",
        "fastapi": "框架" * 20 + "🦄",
    }.items():
        change(Framework.objects.get(slug=slug), name=name, tagline=word * 3)
    change(Criterion.objects.get(slug="performance"), name=word, short_name=word[:20])
    change(Source.objects.get(key="001"), short_name=word)
    change(UseCase.objects.get(slug="shop"), name=(word * 3)[:60])
    for group in CriterionGroup.objects.all():
        change(group, name=f"{word} {group.pk}")
    for value in FacetValue.objects.all():
        change(value, name=f"{word} {value.pk}")
    over, beyond = {}, {}
    for width, paths in (
        (320, PAGES),
        (390, ("/", "/compare/django-vs-flask/")),
        (768, ("/compare/django-vs-flask-vs-fastapi/",)),
        (1280, ("/", "/compare/django-vs-flask-vs-fastapi/")),
    ):
        page.set_viewport_size({"width": width, "height": 700})
        for path in paths:
            page.goto(path)
            over[width, path], beyond[width, path] = overhang(page), page.evaluate(BEYOND)
    assert over == dict.fromkeys(over, 0)
    assert not any(beyond.values()), beyond
    page.goto("/frameworks/django/")
    expect(page.locator("h1 bdi")).to_have_text("إطار عمل (سريع) 3")


@pytest.mark.usefixtures("world")
def test_terms_explain_themselves_in_place_by_keyboard(page: Page) -> None:
    page.goto("/frameworks/flask/")
    tab_to(page, ".figures div:first-child a.term")
    page.keyboard.press("Enter")
    expect(page.locator("#meaning")).to_contain_text("How well the scores suit your weights")
    expect(page.locator("#meaning")).to_be_focused()
    expect(page).to_have_url("/frameworks/flask/")
    page.keyboard.press("Escape")
    expect(page.locator("#meaning")).to_be_hidden()
    expect(page.locator("a.term").first).to_be_focused()
