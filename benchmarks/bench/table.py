"""Print figures as a table: what was measured, what it must reach, the figure and a verdict on each database."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, log10

from .plan import PlanLine, Target

HEADINGS = "What", "Target"
REACHED, MISSED, UNKNOWN, NO_TARGET = "reached", "missed", "not measured", ""


@dataclass(frozen=True)
class MeasuredFigure:
    """What was measured for a line of the plan. Without a value, the note says why."""

    key: str
    value: float | None
    note: str = ""


def verdict(target: Target | None, figure: MeasuredFigure | None) -> str:
    if figure is None or figure.value is None:
        return UNKNOWN
    if target is None:
        return NO_TARGET
    return REACHED if target.is_reached(figure.value) else MISSED


def number(value: float) -> str:
    """Return a value of zero or more with three significant digits, or all that it has: `0.0412`, `7.31`, `12,345`."""
    if not isfinite(value):
        return "∞"
    digits = 0 if value >= 100 or value == int(value) else 2 - int(log10(value) // 1)
    return f"{value:,.{digits}f}"


def target_words(line: PlanLine) -> str:
    if line.target is None:
        return ""
    return f"{'≥' if line.target.is_minimum else '≤'} {line.target.limit:,g} {line.unit}"


def figure_words(line: PlanLine, figure: MeasuredFigure | None) -> str:
    if figure is None:
        return ""
    if figure.value is None:
        return figure.note
    value = number(figure.value) if line.target else f"{number(figure.value)} {line.unit}"
    return f"{value} ({figure.note})" if figure.note else value


def table(lines: Iterable[PlanLine], figures: Mapping[str, Mapping[str, MeasuredFigure]]) -> str:
    """Return the table in Markdown, with columns as wide as their content. `figures` is by database and by key."""
    heads = [*HEADINGS, *(head for database in figures for head in (database, "Verdict"))]
    rows = [
        [
            line.what,
            target_words(line),
            *(
                cell
                for measured in figures.values()
                for figure in [measured.get(line.key)]
                for cell in (figure_words(line, figure), verdict(line.target, figure))
            ),
        ]
        for line in lines
    ]
    widths = [max(len(row[column]) for row in [heads, *rows]) for column in range(len(heads))]
    return "\n".join(
        f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |"
        for row in [heads, ["-" * width for width in widths], *rows]
    )


def summary(lines: Sequence[PlanLine], figures: Mapping[str, Mapping[str, MeasuredFigure]]) -> str:
    """Return how many lines reached their target, missed it, or were not measured, over all databases."""
    verdicts = [
        verdict(line.target, measured.get(line.key)) for measured in figures.values() for line in lines
    ]
    counts = ((verdicts.count(word), word) for word in (REACHED, MISSED, UNKNOWN))
    return ", ".join(f"{count} {word}" for count, word in counts if count) + "."
