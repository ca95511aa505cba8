"""The cards of the pages about one fact, each made of what its page has anyway: no queries.

Ratings, readings and benchmarks are drawn as charts. Every other page has a title and a line.
"""

from collections.abc import Iterable
from typing import Any

from django.utils.formats import date_format

from frameworks.cells import Cell
from pictures.card import BarMark, Card, CardRow, DotsMark, StepsMark, figures, part

from .dossiers import Plot

Context = dict[str, Any]

DISPUTED = "dot: sources disagree"


def of_framework(context: Context) -> Card:
    """Each rating as a mark; figures where nothing is rated."""
    framework = context["framework"]
    cells = [cell for _, group in context["rated"] for cell in group if cell.state == "rated"]
    counted = figures(
        (context["rating_total"], "criterion rated|criteria rated"),
        (context["claim_total"], "claim"),
        (context["source_total"], "source"),
    )
    return Card(
        "Framework",
        framework.name,
        framework.tagline or framework.kind_line,
        parts=part(_steps(cell.criterion.name, cell) for cell in cells),
        figures=() if cells else counted,
        legend=", ".join(f"{figure.number} {figure.label}" for figure in counted)
        if not _disputed(cells)
        else f"{context['rating_total']} of {context['criterion_total']} rated · {DISPUTED}",
    )


def of_criterion(context: Context) -> Card:
    """All readings on a dot plot, each score marked."""
    criterion, plots = context["criterion"], context["plots"]
    counted = figures(
        (len(plots), "framework described|frameworks described"), (context["claim_total"], "claim")
    )
    drawn = [plot for plot in plots if plot.cell.readings or plot.cell.score]
    return Card(
        "Criterion",
        criterion.name,
        criterion.question,
        parts=part(map(_plotted, drawn)) if criterion.is_scored else (),
        figures=() if drawn and criterion.is_scored else counted,
        legend="Mark: our score. Dots: what the sources amount to"
        if drawn
        else "From the claims of the sources",
    )


def of_benchmarks(context: Context) -> Card:
    """The first of the benchmarks in bars, and how many there are."""
    charts = context["charts"]
    counted = figures((len(charts), "benchmark"), (context["figure_total"], "figure"))
    if not charts:
        return Card(
            "Benchmarks", "Measured figures, and what they leave unsaid", figures=counted, legend="From zero"
        )
    first = charts[0]
    rows = []
    for party in first.parties:
        figure = party.bars[0].figure
        share, words = figure.value / first.scale.top, figure.in_words
        rows.append(
            CardRow(party.framework.name, f"{party.framework.name} {words}", BarMark(share, "petrol"), words)
        )
    return Card(
        "Benchmarks",
        "Measured figures, and what they leave unsaid",
        first.benchmark.title,
        parts=part(rows),
        legend=f"In {first.benchmark.unit}, the first of {len(charts)} benchmarks",
    )


def of_source(context: Context) -> Card:
    source = context["source"]
    interest = f"The publisher: {source.interest_short}" if source.interest_short else source.title
    return Card(f"Source {source.key}", source.short_name, interest)


def of_component(context: Context) -> Card:
    component = context["component"]
    return Card(component.get_kind_display().capitalize(), component.name, component.summary)


def of_changeset(context: Context) -> Card:
    first = context["first"]
    counts = f"{date_format(first.at, 'j F Y')}, by {first.public_author}: {', '.join(context['counts'])}"
    return Card("What was changed", first.reason, counts)


def of_cell_history(context: Context) -> Card:
    rating = context["rating"]
    return Card("History of a rating", _cell(context), rating.verdict if rating else "Today it is not rated")


def of_objection(context: Context) -> Card:
    return Card("Something wrong with this cell?", _cell(context), "Tell the editors, without an account")


def _cell(context: Context) -> str:
    return f"{context['framework'].name}, {context['criterion'].name}"


def _steps(name: str, cell: Cell) -> CardRow:
    apart = ", sources disagree" if cell.is_disputed else ""
    return CardRow(
        name,
        f"{name} {cell.score} of 5{apart}",
        StepsMark(cell.score or 0, cell.is_disputed),
        str(cell.score or ""),
    )


def _disputed(cells: Iterable[Cell]) -> bool:
    return any(cell.is_disputed for cell in cells)


def _plotted(plot: Plot) -> CardRow:
    cell = plot.cell
    name, score = cell.framework.name, cell.score
    readings = tuple((dot.step, dot.count, dot.dissents) for dot in plot.dots)
    told = f"{name} {score} of 5" if score else f"{name} not scored"
    if readings:
        low, high = readings[0][0], readings[-1][0]
        told += f", readings {low} to {high}" if low != high else f", all readings {low}"
    return CardRow(name, told, DotsMark(readings, score), str(score) if score else "–")
