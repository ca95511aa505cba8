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
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import CDPSession, Page, sync_playwright

from benchmarks.shipped import portal
from tests.browser.chromium import CHROMIUM_FLAGS, chromium

#: Milliseconds within which the repaint must come.
TARGET = 100
#: Texts that many names hold, or few, each followed by the one that deleting its last letter leaves.
TEXTS = (
    "a",
    "an",
    "ba",
    "bar",
    "do",
    "dor",
    "e",
    "ev",
    "gi",
    "lo",
    "ma",
    "mar",
    "na",
    "o",
    "po",
    "ra",
    "su",
    "te",
)

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


def type_texts(page: Page, session: CDPSession) -> Iterator[dict[str, float]]:
    """Type each text into the filter by name; yield how long its repaint took, and what was spent on it."""
    field = page.locator("#q")
    for text in TEXTS:
        before = counts(session)
        page.evaluate("() => { window.repainted = window.repaint(); }")
        field.press_sequentially(text) if len(text) == 1 else field.fill(text)
        times: dict[str, Any] = page.evaluate("() => window.repainted")
        after = counts(session)
        yield {
            "until painted": times["painted"] - times["asked"],
            "until answered": times["answered"] - times["asked"],
            "swap": times["swapped"] - times["answered"],
            "paint after the swap": times["painted"] - times["swapped"],
        } | {name: after[name] - before[name] for name in COUNTED}


def measure(address: str, slower: float) -> dict[str, list[float]]:
    """Return the milliseconds of each kind on a processor that is slowed down by this factor."""
    figures = defaultdict(list)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        page.goto(address)
        page.evaluate(WATCH)
        for spent in type_texts(page, session):
            for name, milliseconds in spent.items():
                figures[name].append(milliseconds)
        browser.close()
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--frameworks", type=int, default=300)
    parser.add_argument("--criteria", type=int, default=40)
    parser.add_argument("--rated", type=int, default=40, help="criteria of a framework, on average (40)")
    parser.add_argument("--slower", type=float, default=1, help="slows the browser's processor down (1)")
    parser.add_argument("--url", help="of a portal that is already running")
    options = parser.parse_args()
    if options.url:
        figures = measure(options.url, options.slower)
    else:
        size = [f"--{name}={getattr(options, name)}" for name in ("frameworks", "criteria", "rated")]
        with portal(["make_topic", *size]) as address:
            figures = measure(address, options.slower)
    for name, values in figures.items():
        print(
            f"{name:20} median {statistics.median(values):6.1f} ms, worst {max(values):6.1f} ms, of {len(values)}"
        )
    return int(statistics.median(figures["until painted"]) > TARGET)


if __name__ == "__main__":
    sys.exit(main())
