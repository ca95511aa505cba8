"""How tests look at a page in the browser, and move on it."""

from collections.abc import Sequence
from typing import Protocol

import pytest
from playwright.sync_api import Locator, Page, expect

#: What axe is asked about.
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
#: The rules whose outcome depends on theme and width. All others judge the markup, which is the same in every view.
VISUAL = [
    "color-contrast",
    "target-size",
    "scrollable-region-focusable",
    "link-in-text-block",
    "css-orientation-lock",
]


class Axe(Protocol):
    """Returns what breaks WCAG 2.2 AA on a page, by all rules or by those named."""

    def __call__(self, page: Page, rules: Sequence[str] = ()) -> list[str]: ...


def overhang(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


#: Less than anybody sees: a page that is painted while it is still being read moves a word at most.
STILL = 0.003


def shift(page: Page) -> float:
    """How much of what was on show has moved without being asked to, as the browser measures it."""
    return float(
        page.evaluate(
            """() => new Promise(done => {
                let sum = 0;
                new PerformanceObserver(list => {
                    for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
                }).observe({type: "layout-shift", buffered: true});
                setTimeout(() => done(sum), 150);
            })"""
        )
    )


#: Notes from now on whatever on show moves, also what follows an input within half a second.
WATCH_MOVES = """async () => {
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))));
    window.moves = [];
    new PerformanceObserver(list => moves.push(...list.getEntries())).observe({type: "layout-shift"});
}"""
#: What has moved, each with what it was; read two frames later, when all of the last swap is on show.
MOVES = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(
    moves.flatMap(move => move.sources.map(({node}) => (node?.outerHTML ?? node?.textContent ?? "").slice(0, 80)))
), 50))))"""


def moves(page: Page) -> list[str]:
    """What has moved since `WATCH_MOVES`, as HTML."""
    found: list[str] = page.evaluate(MOVES)
    return found


def names(page: Page) -> Locator:
    return page.locator("table.grid th.name .who a")


def expect_order(page: Page, *expected: str) -> None:
    expect(names(page)).to_have_text(list(expected))


#: What has the focus: its id or words, how visible its outline is, and whether anything lies over it.
FOCUS = """() => {
    const focused = document.activeElement;
    const at = focused.matches(".fold") ? focused.nextElementSibling : focused;
    const box = at.getBoundingClientRect();
    const shown = getComputedStyle(at);
    const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return {
        name: focused.id || focused.name || at.textContent.trim().replace(/\\s+/g, " "),
        outline: shown.outlineStyle === "none" ? 0 : parseFloat(shown.outlineWidth),
        clear: !middle || at === middle || at.contains(middle) || middle.contains(at),
    };
}"""


def tab_to(page: Page, selector: str, *, back: bool = False) -> None:
    """Presses Tab until the focus is there; fails when it never gets there."""
    wanted = page.locator(selector)
    expect(wanted).to_have_count(1)
    for _ in range(150):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        if wanted.evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"Tab never gets to {selector}")


def arrow_to(page: Page, key: str, selector: str) -> None:
    """Presses an arrow key until the focus is there; fails when it never gets there."""
    for _ in range(30):
        page.keyboard.press(key)
        if page.locator(selector).evaluate("element => element === document.activeElement"):
            return
    pytest.fail(f"{key} never gets to {selector}")


#: Contrast depends on the theme, the size of targets on the width.
VIEWS = [("light", 1280), ("dark", 390)]


#: Removes each part that holds nothing new: three others have the same tags, classes and attributes along the way.
#: Judging hundreds of citations took most of the time. What stands in the margin keeps the rest in its column.
THIN_OUT = """() => {
    const repeated = "article, details, div:not(.aside), dl, li, p, section, svg, td, tr, ul", seen = new Map();
    const own = part => [part.tagName, part.className, ...part.getAttributeNames()].join(" ");
    const ways = (part, way) => [way, ...[...part.children].flatMap(child => ways(child, way + ">" + own(child)))];
    const thinOut = (part, place) => {
        for (const child of [...part.children]) {
            const way = place + ">" + own(child);
            if (child.matches(repeated) && ways(child, way).every(each => seen.get(each) >= 3)) {
                child.remove();
                continue;
            }
            seen.set(way, (seen.get(way) || 0) + 1);
            thinOut(child, way);
        }
    };
    thinOut(document.body, "");
}"""


def everywhere(page: Page, axe: Axe, views: Sequence[tuple[str, int]] = VIEWS) -> dict[str, list[str]]:
    """What axe objects to in each theme and at each width: by all rules in the first, by the visual ones in the rest.

    The screen is so tall that nothing pinned lies over anything. Of what is alike, the page has little left afterwards.
    """
    page.evaluate(THIN_OUT)
    found: dict[str, list[str]] = {}
    for place, (theme, width) in enumerate(views):
        page.set_viewport_size({"width": width, "height": 3000})
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        if objections := axe(page, VISUAL if place else ()):
            found[f"{theme}, {width}"] = objections
    return found
