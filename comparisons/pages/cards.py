"""The cards of the pages about several frameworks: fits with their bands and ranks. No queries."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.formats import date_format

from comparisons.comparison.matrix import Matrix
from comparisons.comparison.matrix import Row as Standing
from comparisons.comparison.permalinks import View
from comparisons.models import UseCase
from pictures.card import Bar, Card, Part, Row, Scale, figures, part

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


def of_chooser(context: Context) -> Card:
    return Card(
        "Side by side",
        "Choose frameworks to compare",
        f"2 to {context['maximum']} of them, with their scores, verdicts and sources",
        figures=figures((len(context["everyone"]), "framework to choose from|frameworks to choose from")),
    )


def of_embed(context: Context) -> Card:
    embed = context["snippet"].embed
    return Card(
        "Embed",
        " vs ".join(embed.names) if embed else "A comparison in your own page",
        "Live or frozen, without cookies or scripts, light or dark as the reader’s page",
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


def of_snapshot_changes(context: Context) -> Card:
    since = context["since"]
    return Card(
        "What has changed since",
        " vs ".join(since.kept.names),
        f"Since {date_format(since.kept.snapshot.stood_at, 'j F Y')}",
        figures=figures(
            (since.changed_total, "cell changed|cells changed"),
            (since.total, "cell compared|cells compared"),
        ),
    )


def of_use_cases(context: Context) -> Card:
    """For how many kinds of project the sources recommend each framework first."""
    known = context["known"]
    first = Counter(
        name for one in known for name in {f.name for said in one.leading for f in said.frameworks.all()}
    )
    most = max(first.values(), default=1)
    ordered = sorted(first.items(), key=lambda item: (-item[1], item[0]))
    return Card(
        "Use cases",
        f"{len(known)} kinds of project, and what is recommended",
        parts=part(
            Row(name, f"{name} for {count} of {len(known)}", Bar(count / most), str(count))
            for name, count in ordered
        ),
        figures=() if first else figures((len(known), "use case")),
        legend="For how many it is recommended first" if first else "",
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


def of_choice(context: Context) -> Card:
    """The answer, and how many rules speak for and against each."""
    outcome = context["outcome"]
    rows = []
    for one in outcome.candidates:
        rules = f"{len(one.pro)} for, {len(one.contra)} against"
        rows.append(Row(one.framework.name, f"{one.framework.name}: {rules}", figure=rules))
    joint = " + " if outcome.is_combination else " or "
    leading = joint.join(framework.name for framework in outcome.leaders)
    if not rows:
        return Card(
            "Which framework for my project?",
            "A few questions, and what the sources’ own rules answer",
            figures=figures((len(context["asked"]), "question"), (len(outcome.rules), "rule")),
        )
    return Card(
        "Which framework for my project?",
        leading or "Nothing is recommended, only warned against",
        "By the rules of the sources, for these answers",
        parts=part(rows),
        legend="Rules of the sources, for and against",
    )


def of_capabilities(context: Context) -> Card:
    """What each framework has of what is ticked; before that, how many have each capability built in."""
    needs = context["needs"]
    title = "What must I add?"
    if not needs.capabilities:
        lines = context["overview"]
        counts = [(line.capability.name, len(line.built_in)) for line in lines]
        rows = [
            Row(name, f"{name} built into {count}", Bar(count / max(most, 1)), str(count))
            for most in [max((count for _, count in counts), default=0)]
            for name, count in counts
        ]
        return Card(
            "Capabilities",
            title,
            parts=part(rows),
            figures=() if rows else figures((0, "capability|capabilities")),
            legend="How many frameworks have it built in",
        )
    rows = []
    for supply in context["supplies"]:
        told = f"{supply.built_in} built in, {supply.to_add} to add"
        rows.append(
            Row(
                supply.framework.name,
                f"{supply.framework.name}: {told}",
                Bar(supply.built_in / len(needs.capabilities)),
                told,
            )
        )
    wanted = ", ".join(capability.name for capability in needs.capabilities)
    return Card(
        "What must I add?",
        f"The project needs {wanted}",
        parts=part(rows),
        figures=() if rows else figures((0, "framework has any of it|frameworks have any of it")),
        legend=f"Bars: built in, of {len(needs.capabilities)} needed",
    )


def of_method(context: Context) -> Card:
    """The example that is worked out on the page."""
    example: Standing | None = context["example"]
    return Card(
        "Method",
        "How scores, fit and ranks are made",
        "The example: one framework’s fit, worked out" if example else "",
        parts=part([_standing(example)]) if example else (),
        figures=figures(
            (context["claim_total"], "claim"),
            (context["source_total"], "source"),
            (context["dispute_total"], "score in dispute|scores in dispute"),
        ),
        legend=LEGEND if example else "",
    )


def _circumstances(context: Context) -> Iterable[str]:
    """What makes this view another one than that of the same page without parameters."""
    view: View = context["view"]
    if context["changed_weights"]:
        yield "weights changed"
    if view.as_of:
        yield f"as of {date_format(view.as_of, 'j F Y')}"


def _standings(table: Matrix) -> tuple[Part, ...]:
    return (*part(map(_standing, table.ranked)), *part(map(_standing, table.unranked), APART))


def _standing(row: Standing) -> Row:
    fit = row.fit
    low, high = fit.low_points, fit.high_points
    band = None if low is None or high is None else (low, high)
    return _row(row.framework.name, row.rank, fit.points, band, fit.coverage_percent)


def _row(name: str, rank: int | None, fit: int | None, band: Sequence[int] | None, coverage: int) -> Row:
    """Without a rank, the fit rests on too little to be told: the band and what it rests on are."""
    scale = Scale(band[0], band[1], fit if rank else None) if band else None
    told = f"band {band[0]} to {band[1]}" if band else "no fit"
    if rank is None:
        return Row(name, f"{name} {told}, {coverage} % rated", scale, "–")
    return Row(name, f"{rank}. {name} fit {fit}, {told}", scale, str(fit), str(rank))
