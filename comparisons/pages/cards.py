"""Build the cards of the pages about several frameworks: fits with their bands and ranks. No queries."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.formats import date_format

from comparisons.comparison.matrix import Matrix, Row
from pictures.card import Card, CardPart, CardRow, ScaleMark, figures, part

from .around import AroundMatrix, AroundSideBySide
from .contexts import (
    CapabilitiesPage,
    ChoicePage,
    MatrixPage,
    SideBySidePage,
    SnapshotChangesPage,
    SnapshotPage,
    UseCasePage,
)

LEGEND = "Fit, 0 to 100; bar: band it could fall in"
APART = "Not enough evidence to rank"
QUESTION = f"Which {settings.TOPIC.long_item} fits?"


def of_matrix(page: MatrixPage) -> Card:
    """Build the card of a matrix: the frameworks on the table, best first, and what has been changed."""
    table, use_case = page.matrix, page.around.use_case
    shown, known = table.total, len(page.everyone)
    count = f"{shown} of {known}" if shown < known else str(known)
    subtitle = [
        f"{count} {settings.TOPIC.items}",
        f"{len(table.criteria)} criteria",
        *_circumstances(page.around),
    ]
    return Card(
        "Compared on cited evidence",
        f"{use_case.name}: which {settings.TOPIC.item} fits?" if use_case else QUESTION,
        " · ".join(subtitle),
        parts=_standings(page.first),
        figures=() if shown else figures((0, _matching(" the filters"))),
        legend=LEGEND,
        more=page.first.beyond,
    )


def of_side_by_side(page: SideBySidePage) -> Card:
    table, use_case = page.matrix, page.around.use_case
    subtitle = [f"{len(table.columns)} criteria", *_circumstances(page.around)]
    return Card(
        "Side by side",
        " vs ".join(row.framework.name for row in table.in_order),
        " · ".join([f"Using the weights for {use_case.name}", *subtitle] if use_case else subtitle),
        parts=_standings(table),
        legend=LEGEND,
    )


def of_snapshot(page: SnapshotPage) -> Card:
    """Build the card from the stored content alone, so that it never changes."""
    frozen = page.frozen
    return Card(
        "Permanent copy",
        frozen.title,
        f"As they compared on {date_format(frozen.snapshot.stood_at, 'j F Y')}, "
        f"{len(frozen.table.columns)} criteria",
        parts=_standings(frozen.table),
        legend=LEGEND,
    )


def of_use_case(page: UseCasePage) -> Card:
    use_case, table = page.use_case, page.matrix
    return Card(
        "Use case",
        use_case.name,
        use_case.summary,
        parts=_standings(table),
        figures=() if table.in_order else figures((0, _matching())),
        legend=LEGEND,
        more=table.beyond,
    )


def of_snapshot_changes(page: SnapshotChangesPage) -> Card:
    frozen = page.since.frozen
    return Card(
        "What has changed since",
        frozen.title,
        f"Since {date_format(frozen.snapshot.stood_at, 'j F Y')}",
    )


def of_choice(page: ChoicePage) -> Card:
    """Build the card of the answer; before that, of the questions."""
    outcome, title = page.outcome, f"Which {settings.TOPIC.item} suits your project?"
    if not outcome.candidates:
        return Card(title, "A few questions, and what the sources’ own rules recommend")
    joint = " + " if outcome.is_combination else " or "
    leading = joint.join(framework.name for framework in outcome.leaders)
    return Card(
        title,
        leading or "No recommendation, only cautions",
        "By the rules of the sources, for these answers",
    )


def of_capabilities(page: CapabilitiesPage) -> Card:
    needed = ", ".join(capability.name for capability in page.needs.capabilities)
    return Card(
        "Capabilities", "What you would need to add", f"Your project needs {needed}" if needed else ""
    )


def _matching(what: str = "") -> str:
    """Return the label of how many match, in the singular and the plural."""
    return f"{settings.TOPIC.item} matches{what}|{settings.TOPIC.items} match{what}"


def _circumstances(around: AroundMatrix | AroundSideBySide) -> Iterable[str]:
    """Yield in words what sets this view apart from the page without parameters."""
    view = around.view
    if around.changed_weights:
        yield "weights changed"
    if view.as_of:
        yield f"as it stood on {date_format(view.as_of, 'j F Y')}"


def _standings(table: Matrix) -> tuple[CardPart, ...]:
    return (*part(map(_standing, table.ranked)), *part(map(_standing, table.unranked), APART))


def _standing(row: Row) -> CardRow:
    """Return a framework's row: its fit or, if too little is rated for a rank, its band and coverage."""
    name, rank, fit = row.framework.name, row.rank, row.fit.points
    low, high = row.fit.low_points, row.fit.high_points
    scale = None if low is None or high is None else ScaleMark(low, high, fit if rank else None)
    possible = f", {low}–{high} possible" if row.fit.is_range else ""
    if rank is None:
        return CardRow(name, f"{name}{possible}, {row.fit.coverage_percent}% rated", scale, "–")
    return CardRow(name, f"{rank}. {name} fit {fit}{possible}", scale, str(fit), str(rank))
