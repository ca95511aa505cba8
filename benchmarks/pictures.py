"""Measure how long it takes to draw a picture of each kind, 1200 × 630 pixels.

Run it from the project's root: `python -m benchmarks.pictures`. It needs no database.
"""

import os
import statistics
from time import perf_counter, process_time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from pictures import drawing  # noqa: E402 - Django comes first
from pictures.card import BarMark, Card, CardRow, DotsMark, ScaleMark, StepsMark, figures, part  # noqa: E402
from pictures.rasterising import png_of  # noqa: E402

NAMES = [
    "Django",
    "FastAPI",
    "Flask",
    "Litestar",
    "Pyramid",
    "Tornado",
    "Sanic",
    "Quart",
    "web2py",
    "CherryPy",
]
TIMES = 15


def ranking(count: int, ranked: int) -> Card:
    rows = [
        CardRow(name, name, ScaleMark(40, 90, 70), "70", str(place))
        for place, name in enumerate(NAMES[:count], 1)
    ]
    parts = (*part(rows[:ranked]), *part(rows[ranked:], "Too little evidence to rank"))
    return Card(
        "Side by side", " vs ".join(NAMES[:count][:5]), f"{count} criteria", parts, legend="Fit, 0 to 100"
    )


CARDS = {
    "2 side by side": ranking(2, 2),
    "5 side by side": ranking(5, 3),
    "matrix of 10": ranking(10, 3),
    "framework, 18 ratings": Card(
        "Framework",
        "Django",
        "Full-stack framework with batteries included",
        part(CardRow(f"Criterion {number}", "", StepsMark(4), "4") for number in range(18)),
    ),
    "criterion, 4 dot plots": Card(
        "Criterion",
        "Performance",
        "How fast does it answer?",
        part(CardRow(name, "", DotsMark(((2, 1, True), (4, 3, False)), 3), "3") for name in NAMES[:4]),
    ),
    "benchmark, 3 bars": Card(
        "Benchmarks",
        "Measured figures, and what they leave unsaid",
        parts=part(CardRow(name, "", BarMark(0.5), "about 34,000") for name in NAMES[:3]),
    ),
    "list of 8 lines": Card(
        "Questions",
        "What readers ask, and what each source answers",
        parts=part(
            CardRow("Which framework should a newcomer start with?", "", figure="2") for _ in range(8)
        ),
    ),
    "figures only": Card("Method", "How scores are made", figures=figures((717, "claim"), (4, "source"))),
}


def main() -> None:
    medians = []
    for name, card in CARDS.items():
        svg = drawing.svg_of(card, brand="Touchstone", address="touchstone.example/compare/")
        wall_times, cpu_times = [], []
        for _ in range(TIMES):
            wall_start, cpu_start = perf_counter(), process_time()
            png_of(svg)
            wall_times.append(1000 * (perf_counter() - wall_start))
            cpu_times.append(1000 * (process_time() - cpu_start))
        start = perf_counter()
        drawing.svg_of(card, brand="Touchstone", address="touchstone.example/compare/")
        layout_time = 1000 * (perf_counter() - start)
        medians.append(statistics.median(cpu_times))
        print(
            f"{name:24} median {statistics.median(wall_times):5.1f} ms ({medians[-1]:.1f} ms of processor), "
            f"worst {max(wall_times):.1f} ms, of {TIMES}; laid out in {layout_time:.1f} ms"
        )
    print(
        f"Over all kinds: median {statistics.median(medians):.1f} ms of processor, worst {max(medians):.1f} ms"
    )


if __name__ == "__main__":
    main()
