"""The cards of the pages about several frameworks: fits with their bands and ranks. No queries."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.formats import date_format

from comparisons.comparison.matrix import Matrix, Row
from comparisons.comparison.permalinks import View
from comparisons.models import UseCase
from pictures.card import Card, CardPart, CardRow, ScaleMark, figures, part

Context = dict[str, Any]

LEGEND = "Fit, 0 to 100; bar: band left open by gaps"
APART = "Too little evidence to rank"
QUESTION = "Which Python web framework fits?"


def of_matrix(context: Context) -> Card:
    """Who is on the table, best first, and by which view of it."""
    table: Matrix = context["matrix"]
    use_case, everyone = context["use_case"], context["everyone"]
    shown, known = len(table.in_order), len(everyone)
    count = f"{shown} of {known} frameworks" if shown < known else f"{known} frameworks"
    said = [count, f"{len(context['criteria'])} criteria", *_circumstances(context)]
    return Card(
        "Compared on cited evidence",
        f"{use_case.name}: which framework fits?" if use_case else QUESTION,
        " · ".join(said),
        parts=_standings(table),
        figures=() if shown else figures((0, "framework passes the filters|frameworks pass the filters")),
        legend=LEGEND,
    )


def of_side_by_side(context: Context) -> Card:
    table: Matrix = context["matrix"]
    use_case = context["use_case"]
    said = [f"{len(table.columns)} criteria", *_circumstances(context)]
    return Card(
        "Side by side",
        " vs ".join(row.framework.name for row in table.in_order),
        " · ".join([f"Weighed for: {use_case.name}", *said] if use_case else said),
        parts=_standings(table),
        legend=LEGEND,
    )


def of_snapshot(context: Context) -> Card:
    """From what was kept alone: whatever became of it since, it stays the same."""
    kept = context["kept"]
    rows = [
        _row(one["name"], one["rank"], one["fit"], one["band"], one["coverage"])
        for one in kept.content["frameworks"]
    ]
    ranked = [row for row in rows if row.place]
    return Card(
        "Frozen comparison",
        " vs ".join(kept.names),
        f"As they compared on {date_format(kept.snapshot.stood_at, 'j F Y')}, "
        f"{len(kept.content['criteria'])} criteria",
        parts=(*part(ranked), *part((row for row in rows if not row.place), APART)),
        legend=LEGEND,
    )


def of_use_case(context: Context) -> Card:
    use_case: UseCase = context["use_case"]
    table: Matrix = context["matrix"]
    return Card(
        "Use case",
        use_case.name,
        use_case.summary,
        parts=_standings(table),
        figures=() if table.in_order else figures((0, "framework passes|frameworks pass")),
        legend=LEGEND,
    )


def of_snapshot_changes(context: Context) -> Card:
    kept = context["since"].kept
    return Card(
        "What has changed since",
        " vs ".join(kept.names),
        f"Since {date_format(kept.snapshot.stood_at, 'j F Y')}",
    )


def of_choice(context: Context) -> Card:
    """Build the card of the answer; before that, of the questions."""
    outcome, title = context["outcome"], "Which framework for my project?"
    if not outcome.candidates:
        return Card(title, "A few questions, and what the sources’ own rules answer")
    joint = " + " if outcome.is_combination else " or "
    leading = joint.join(framework.name for framework in outcome.leaders)
    return Card(
        title,
        leading or "Nothing is recommended, only warned against",
        "By the rules of the sources, for these answers",
    )


def of_capabilities(context: Context) -> Card:
    needed = ", ".join(capability.name for capability in context["needs"].capabilities)
    return Card("Capabilities", "What must I add?", f"The project needs {needed}" if needed else "")


def _circumstances(context: Context) -> Iterable[str]:
    """What makes this view another one than that of the same page without parameters."""
    view: View = context["view"]
    if context["changed_weights"]:
        yield "weights changed"
    if view.as_of:
        yield f"as of {date_format(view.as_of, 'j F Y')}"


def _standings(table: Matrix) -> tuple[CardPart, ...]:
    return (*part(map(_standing, table.ranked)), *part(map(_standing, table.unranked), APART))


def _standing(row: Row) -> CardRow:
    fit = row.fit
    low, high = fit.low_points, fit.high_points
    band = None if low is None or high is None else (low, high)
    return _row(row.framework.name, row.rank, fit.points, band, fit.coverage_percent)


def _row(name: str, rank: int | None, fit: int | None, band: Sequence[int] | None, coverage: int) -> CardRow:
    """Without a rank, the fit rests on too little to be told: the band and what it rests on are."""
    scale = ScaleMark(band[0], band[1], fit if rank else None) if band else None
    told = f"band {band[0]} to {band[1]}" if band else "no fit"
    if rank is None:
        return CardRow(name, f"{name} {told}, {coverage} % rated", scale, "–")
    return CardRow(name, f"{rank}. {name} fit {fit}, {told}", scale, str(fit), str(rank))
