"""Build the cards of the pages about one fact, each from what its page holds already: no queries.

Ratings, readings and benchmarks are drawn as charts. Every other page has a title and a line.
"""

from collections.abc import Iterable

from django.conf import settings
from django.utils.formats import date_format
from django.utils.text import capfirst

from frameworks.cells import Cell
from frameworks.models import Criterion, Framework
from pictures.card import BarMark, Card, CardRow, DotsMark, StepsMark, figures, part

from .benchmarking import BenchmarkIndexPage
from .contexts import (
    CellHistoryPage,
    ChangesetPage,
    ComponentPage,
    CriterionPage,
    FrameworkPage,
    ObjectionPage,
    ObjectionSentPage,
    SourcePage,
)
from .dossiers import Plot

DISPUTED = "dot: in dispute"


def of_framework(page: FrameworkPage) -> Card:
    """Return each rating as a mark; figures where nothing is rated."""
    framework = page.framework
    cells = [cell for _, group in page.profile.rated for cell in group if cell.state == "rated"]
    counted = figures(
        (page.profile.rating_total, "criterion rated|criteria rated"),
        (page.profile.claim_total, "claim"),
        (page.profile.source_total, "source"),
    )
    return Card(
        capfirst(settings.TOPIC.item),
        framework.name,
        framework.tagline or framework.kind_line,
        parts=part(_steps(cell.criterion.name, cell) for cell in cells),
        figures=() if cells else counted,
        legend=", ".join(f"{figure.number} {figure.label}" for figure in counted)
        if not _disputed(cells)
        else f"{page.profile.rating_total} of {page.profile.criterion_total} rated · {DISPUTED}",
    )


def of_criterion(page: CriterionPage) -> Card:
    """Return all readings on a dot plot, each score marked."""
    criterion, plots = page.criterion, page.dossier.plots
    counted = figures(
        (len(plots), f"{settings.TOPIC.item} described|{settings.TOPIC.items} described"),
        (page.dossier.claim_total, "claim"),
    )
    drawn = [plot for plot in plots if plot.cell.readings or plot.cell.score]
    return Card(
        "Criterion",
        criterion.name,
        criterion.question,
        parts=part(map(_plotted, drawn)) if criterion.is_scored else (),
        figures=() if drawn and criterion.is_scored else counted,
        legend="Mark: our score. Dots: readings of the sources" if drawn else "From the sources’ claims",
    )


def of_benchmarks(page: BenchmarkIndexPage) -> Card:
    """Return the first of the benchmarks in bars, and how many there are."""
    charts = page.charts
    counted = figures((len(charts), "benchmark"), (page.figure_total, "figure"))
    if not charts:
        return Card(
            "Benchmarks", "Measured figures, and what they do not state", figures=counted, legend="From zero"
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
        "Measured figures, and what they do not state",
        first.benchmark.title,
        parts=part(rows),
        legend=f"In {first.benchmark.unit}, the first of {len(charts)} benchmarks",
    )


def of_source(page: SourcePage) -> Card:
    """Return the source's name, with its publisher's interest; its title where none is known."""
    source = page.source
    interest = f"The publisher: {source.interest_short}" if source.interest_short else source.title
    return Card(f"Source {source.key}", source.short_name, interest)


def of_component(page: ComponentPage) -> Card:
    """Return the component's kind, name and summary."""
    component = page.component
    return Card(component.get_kind_display().capitalize(), component.name, component.summary)


def of_changeset(page: ChangesetPage) -> Card:
    """Return the reason for the changeset, its date, its author and what it counts."""
    first = page.first
    counts = f"{date_format(first.at, 'j F Y')}, by {first.public_author}: {', '.join(page.counts)}"
    return Card("Change", first.reason, counts)


def of_cell_history(page: CellHistoryPage) -> Card:
    """Return the cell with the current verdict."""
    verdict = page.rating.verdict if page.rating else "There is no score at present"
    return Card("Change history", _cell(page.framework, page.criterion), verdict)


def of_objection(page: ObjectionPage) -> Card:
    """Return the cell with an invitation to report a problem."""
    return _objection(page.cell.framework, page.cell.criterion)


def of_objection_sent(page: ObjectionSentPage) -> Card:
    """Return the same card as that of the form."""
    return _objection(page.framework, page.criterion)


def _objection(framework: Framework, criterion: Criterion) -> Card:
    line = "Tell the editors, without an account"
    return Card("Report a problem with this score", _cell(framework, criterion), line)


def _cell(framework: Framework, criterion: Criterion) -> str:
    return f"{framework.name}, {criterion.name}"


def _steps(name: str, cell: Cell) -> CardRow:
    apart = ", in dispute" if cell.is_disputed else ""
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
    description = f"{name} {score} of 5" if score else f"{name} not scored"
    if readings:
        low, high = readings[0][0], readings[-1][0]
        description += f", readings {low} to {high}" if low != high else f", all readings {low}"
    return CardRow(name, description, DotsMark(readings, score), str(score) if score else "–")
