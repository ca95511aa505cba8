"""Measure how soon the matrix is repainted when somebody types in a filter, with 300 frameworks and 40 criteria.

Run it from the project's root, where the tests in the browser run too: `python -m benchmarks.repaint`. It serves a
made-up topic as `make run` ships it. Printed are medians and the worst of several texts, in milliseconds: from the
moment at which the filter has waited for further keys, and asks, until the frame with the answer is painted; what of it
the server and the swap took; and, in time of the processor, what the browser spent on the page until then. No text is
typed twice, so that no answer comes from memory.
"""

import argparse
import statistics
import sys
from collections import defaultdict
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.shipped import portal
from tests.browser.chromium import CHROMIUM_FLAGS, chromium

#: Milliseconds within which the repaint must come.
TARGET = 100
#: Texts that some fifty of 300 names hold, each followed by one that only a dozen hold.
TEXTS = {
    "many": "bdfgklmnprst",
    "few": ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te"),
}

#: JavaScript that notes when a swap's steps happen: `repaint` resolves with their times after the next frame.
WATCH = """
() => {
    const times = {};
    const note = (name) => () => { times[name] = performance.now(); };
    document.addEventListener("htmx:before:request", note("asked"));
    document.addEventListener("htmx:before:swap", note("answered"));
    window.repaint = () => new Promise((done) => {
        document.addEventListener("htmx:after:swap", () => {
            note("swapped")();
            requestAnimationFrame(() => {
                const channel = new MessageChannel();
                channel.port1.onmessage = () => { note("painted")(); done({...times}); };
                channel.port2.postMessage(0);
            });
        }, { once: true });
    });
}
"""
#: What the browser itself counts, in seconds of the processor, by the name under which it is printed.
COUNTED = {
    "all of the page": "TaskDuration",
    "style": "RecalcStyleDuration",
    "layout": "LayoutDuration",
    "scripts": "ScriptDuration",
}


def counts(session: CDPSession) -> dict[str, float]:
    """Return what the browser has spent on the page until now, in milliseconds."""
    values = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return {name: 1000 * values[counted] for name, counted in COUNTED.items()}


def type_text(page: Page, session: CDPSession, text: str) -> dict[str, float]:
    """Type a text into the filter by name; return how long its repaint took, and what was spent on it."""
    before = counts(session)
    page.evaluate("() => { window.repainted = window.repaint(); }")
    page.locator("#q").fill(text)
    times: dict[str, Any] = page.evaluate("() => window.repainted")
    after = counts(session)
    return {
        "until painted": times["painted"] - times["asked"],
        "until answered": times["answered"] - times["asked"],
        "swap": times["swapped"] - times["answered"],
        "paint after the swap": times["painted"] - times["swapped"],
    } | {name: after[name] - before[name] for name in COUNTED}


def measure(address: str) -> dict[str, dict[str, list[float]]]:
    """Return the milliseconds of each kind, by how many rows come."""
    figures: dict[str, dict[str, list[float]]] = {amount: defaultdict(list) for amount in TEXTS}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        page.goto(address)
        page.evaluate(WATCH)
        for texts in zip(*TEXTS.values(), strict=True):
            for amount, text in zip(TEXTS, texts, strict=True):
                for name, milliseconds in type_text(page, session, text).items():
                    figures[amount][name].append(milliseconds)
        browser.close()
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--frameworks", type=int, default=300)
    parser.add_argument("--criteria", type=int, default=40)
    parser.add_argument("--rated", type=int, default=40, help="criteria of a framework, on average (40)")
    parser.add_argument("--url", help="of a portal that is already running")
    options = parser.parse_args()
    if options.url:
        figures = measure(options.url)
    else:
        size = [f"--{name}={getattr(options, name)}" for name in ("frameworks", "criteria", "rated")]
        with portal(["make_topic", *size]) as address:
            figures = measure(address)
    for amount, kinds in figures.items():
        for name, values in kinds.items():
            print(
                f"{amount} rows, {name:20} median {statistics.median(values):6.1f} ms, "
                f"worst {max(values):6.1f} ms, of {len(values)}"
            )
    return int(any(statistics.median(kinds["until painted"]) > TARGET for kinds in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
