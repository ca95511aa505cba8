"""Draw how the portal grows, from figures of the bench: `python -m benchmarks.bench.curve FILE > docs/growth.svg`."""

import json
import sys
from collections.abc import Iterator
from html import escape
from math import log10
from pathlib import Path

from .plan import PLAN, SIZES

#: Width and height of a panel, in pixels, and the space around it.
WIDTH, HEIGHT, AROUND = 400, 260, 56
#: What is drawn: the end of the figure's key, the heading, and the powers of ten at the ends of the axis.
PANELS = (
    ("cold", "A page of 50 that nobody has asked for, ms of CPU", (0, 3)),
    ("memory", "Memory of a process, MB", (1, 4)),
)
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#333}.grid{stroke:#ddd}.target{stroke:#a03c1c;stroke-width:2}"
    "polyline{fill:none}.SQLite,.PostgreSQL{stroke:#2a7c77;stroke-width:2}.PostgreSQL{stroke-dasharray:6 4}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#444}}"
)
Figures = dict[str, dict[str, dict[str, float]]]


def draw(figures: Figures) -> str:
    """Return the curves of each panel as an SVG, by database, with the targets as short lines."""
    step, wide, high = WIDTH + 2 * AROUND, len(PANELS) * (WIDTH + 2 * AROUND), HEIGHT + 2 * AROUND
    panels = (
        f'<g transform="translate({AROUND + number * step} {AROUND})">{"".join(_panel(figures, *panel))}</g>'
        for number, panel in enumerate(PANELS)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img">'
        f"<title>How time and memory grow with the number of frameworks</title><style>{STYLE}</style>"
        f"{''.join(panels)}</svg>\n"
    )


def _panel(figures: Figures, name: str, heading: str, powers: tuple[int, int]) -> Iterator[str]:
    def x(size: int) -> float:
        return WIDTH * (log10(size) - log10(SIZES[0])) / (log10(SIZES[-1]) - log10(SIZES[0]))

    def y(value: float) -> float:
        return HEIGHT * (powers[1] - log10(value)) / (powers[1] - powers[0])

    yield _text(heading, 0, -20, "start")
    for power in range(powers[0], powers[1] + 1):
        yield _line("grid", 0, WIDTH, y(10**power))
        yield _text(f"{10**power:,}", -8, y(10**power) + 4, "end")
    for size in SIZES:
        yield _text(f"{size:,}", x(size), HEIGHT + 20, "middle")
    yield _text("frameworks under 50 criteria", WIDTH / 2, HEIGHT + 42, "middle")
    for line in PLAN:
        if line.target and line.key.startswith("growth-") and line.key.endswith(f".{name}"):
            middle = x(int(line.group.removeprefix("growth-")))
            yield _line("target", middle - 14, middle + 14, y(line.target.limit))
    for number, (database, measured) in enumerate(figures.items()):
        values = [(size, measured.get(f"growth-{size}.{name}", {}).get("value")) for size in SIZES]
        points = " ".join(f"{x(size):.0f},{y(value):.0f}" for size, value in values if value)
        yield f'<polyline class="{database}" points="{points}"/>'
        yield from _key(database, database, number)
    yield from _key("target", "target", len(figures))


def _key(kind: str, name: str, number: int) -> Iterator[str]:
    yield _line(kind, 12, 44, 16 + 20 * number)
    yield _text(name, 52, 20 + 20 * number, "start")


def _line(kind: str, start: float, end: float, height: float) -> str:
    return f'<line class="{kind}" x1="{start:.0f}" x2="{end:.0f}" y1="{height:.0f}" y2="{height:.0f}"/>'


def _text(text: str, across: float, down: float, anchor: str) -> str:
    return f'<text x="{across:.0f}" y="{down:.0f}" text-anchor="{anchor}">{escape(text)}</text>'


if __name__ == "__main__":
    sys.stdout.write(draw(json.loads(Path(sys.argv[1]).read_text())))
