"""The cards of the pages about several frameworks: fits with their bands and ranks. No queries."""

from collections import Counter
from collections.abc import Iterable

from django.utils.formats import date_format

from comparisons.comparison.matrix import Matrix
from comparisons.comparison.matrix import Row as Standing
from comparisons.deciding.needs import Overview
from pictures.card import Bar, Card, Part, Row, Scale, figures, part

from .contexts import (
    CapabilitiesPage,
    ChoicePage,
    ChooserPage,
    MakerPage,
    MatrixPage,
    MethodPage,
    SideBySidePage,
    SnapshotChangesPage,
    SnapshotPage,
    UseCaseIndexPage,
    UseCasePage,
)
from .controls import AroundMatrix, AroundSideBySide

LEGEND = "Fit, 0 to 100; bar: band left open by gaps"
APART = "Too little evidence to rank"
QUESTION = "Which Python web framework fits?"


def of_matrix(page: MatrixPage) -> Card:
    """Who is on the table, best first, and by which view of it."""
    table, use_case = page.matrix, page.around.use_case
    shown, known = len(table.in_order), len(page.everyone)
    count = f"{shown} of {known} frameworks" if shown < known else f"{known} frameworks"
    said = [count, f"{len(table.criteria)} criteria", *_circumstances(page.around)]
    return Card(
        "Compared on cited evidence",
        f"{use_case.name}: which framework fits?" if use_case else QUESTION,
        " · ".join(said),
        parts=_standings(table),
        figures=() if shown else figures((0, "framework passes the filters|frameworks pass the filters")),
        legend=LEGEND,
    )


def of_side_by_side(page: SideBySidePage) -> Card:
    table, use_case = page.matrix, page.around.use_case
    said = [f"{len(table.columns)} criteria", *_circumstances(page.around)]
    return Card(
        "Side by side",
        " vs ".join(row.framework.name for row in table.in_order),
        " · ".join([f"Weighed for: {use_case.name}", *said] if use_case else said),
        parts=_standings(table),
        legend=LEGEND,
    )


def of_chooser(page: ChooserPage) -> Card:
    return Card(
        "Side by side",
        "Choose frameworks to compare",
        f"2 to {page.maximum} of them, with their scores, verdicts and sources",
        figures=figures((len(page.everyone), "framework to choose from|frameworks to choose from")),
    )


def of_embed(page: MakerPage) -> Card:
    embed = page.snippet.embed
    return Card(
        "Embed",
        " vs ".join(embed.names) if embed else "A comparison in your own page",
        "Live or frozen, without cookies or scripts, light or dark as the reader’s page",
    )


def of_snapshot(page: SnapshotPage) -> Card:
    """From what was kept alone: whatever became of it since, it stays the same."""
    kept = page.kept
    return Card(
        "Frozen comparison",
        " vs ".join(kept.names),
        f"As they compared on {date_format(kept.snapshot.stood_at, 'j F Y')}, "
        f"{len(kept.table.columns)} criteria",
        parts=_standings(kept.table),
        legend=LEGEND,
    )


def of_snapshot_changes(page: SnapshotChangesPage) -> Card:
    since = page.since
    return Card(
        "What has changed since",
        " vs ".join(since.kept.names),
        f"Since {date_format(since.kept.snapshot.stood_at, 'j F Y')}",
        figures=figures(
            (since.changed_total, "cell changed|cells changed"),
            (since.total, "cell compared|cells compared"),
        ),
    )


def of_use_cases(page: UseCaseIndexPage) -> Card:
    """For how many kinds of project the sources recommend each framework first."""
    known = page.known
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


def of_use_case(page: UseCasePage) -> Card:
    use_case, table = page.use_case, page.matrix
    return Card(
        "Use case",
        use_case.name,
        use_case.summary,
        parts=_standings(table),
        figures=() if table.in_order else figures((0, "framework passes|frameworks pass")),
        legend=LEGEND,
    )


def of_choice(page: ChoicePage) -> Card:
    """The answer, and how many rules speak for and against each."""
    outcome = page.outcome
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
            figures=figures((len(page.asked), "question"), (len(outcome.rules), "rule")),
        )
    return Card(
        "Which framework for my project?",
        leading or "Nothing is recommended, only warned against",
        "By the rules of the sources, for these answers",
        parts=part(rows),
        legend="Rules of the sources, for and against",
    )


def of_capabilities(page: CapabilitiesPage) -> Card:
    """What each framework has of what is ticked; before that, how many have each capability built in."""
    needs, answer = page.needs, page.answer
    title = "What must I add?"
    if isinstance(answer, Overview):
        lines = answer.overview
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
    for supply in answer.supplies:
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


def of_method(page: MethodPage) -> Card:
    """The example that is worked out on the page."""
    example = page.example
    return Card(
        "Method",
        "How scores, fit and ranks are made",
        "The example: one framework’s fit, worked out" if example else "",
        parts=part([_standing(example)]) if example else (),
        figures=figures(
            (page.extent.claim_total, "claim"),
            (page.extent.source_total, "source"),
            (page.extent.dispute_total, "score in dispute|scores in dispute"),
        ),
        legend=LEGEND if example else "",
    )


def _circumstances(around: AroundMatrix | AroundSideBySide) -> Iterable[str]:
    """What makes this view another one than that of the same page without parameters."""
    view = around.view
    if around.changed_weights:
        yield "weights changed"
    if view.as_of:
        yield f"as of {date_format(view.as_of, 'j F Y')}"


def _standings(table: Matrix) -> tuple[Part, ...]:
    return (*part(map(_standing, table.ranked)), *part(map(_standing, table.unranked), APART))


def _standing(row: Standing) -> Row:
    """Without a rank, the fit rests on too little to be told: the band and what it rests on are."""
    name, rank, fit = row.framework.name, row.rank, row.fit.points
    low, high = row.fit.low_points, row.fit.high_points
    scale = None if low is None or high is None else Scale(low, high, fit if rank else None)
    told = f"band {low} to {high}" if scale else "no fit"
    if rank is None:
        return Row(name, f"{name} {told}, {row.fit.coverage_percent} % rated", scale, "–")
    return Row(name, f"{rank}. {name} fit {fit}, {told}", scale, str(fit), str(rank))
