"""The cards of the pages about facts, each made of what its page has anyway: no queries."""

from collections.abc import Iterable, Sequence

from django.utils.formats import date_format

from frameworks.cells import Cell
from frameworks.models import Criterion, Framework
from pictures.card import Bar, Card, Dots, Row, Steps, figures, part

from .benchmarking import BenchmarkIndexPage
from .contexts import (
    CellHistoryPage,
    ChangesetPage,
    ChangesPage,
    ComponentIndexPage,
    ComponentPage,
    CriterionIndexPage,
    CriterionPage,
    DisagreementIndexPage,
    FrameworkIndexPage,
    FrameworkPage,
    ObjectionPage,
    ObjectionSentPage,
    QuestionIndexPage,
    SourceIndexPage,
    SourcePage,
)
from .dossiers import Dispute, Plot

EVIDENCE = "Bars: claims of the sources"
DISPUTED = "dot: sources disagree"


def of_frameworks(page: FrameworkIndexPage) -> Card:
    found = page.frameworks
    return Card(
        "Frameworks",
        f"{len(found)} Python web frameworks and their evidence",
        parts=part(_counted((one.name, one.claim_count) for one in found)),
        legend=EVIDENCE,
    )


def of_framework(page: FrameworkPage) -> Card:
    """Each rating as a mark; figures where nothing is rated."""
    framework = page.framework
    cells = [cell for _, group in page.profile.rated for cell in group if cell.state == "rated"]
    counted = figures(
        (page.profile.rating_total, "criterion rated|criteria rated"),
        (page.profile.claim_total, "claim"),
        (page.profile.source_total, "source"),
    )
    return Card(
        "Framework",
        framework.name,
        framework.tagline or framework.kind_line,
        parts=part(_steps(cell.criterion.name, cell) for cell in cells),
        figures=() if cells else counted,
        legend=", ".join(f"{figure.number} {figure.label}" for figure in counted)
        if not _disputed(cells)
        else f"{page.profile.rating_total} of {page.profile.criterion_total} rated · {DISPUTED}",
    )


def of_criteria(page: CriterionIndexPage) -> Card:
    found = page.criteria
    return Card(
        "Criteria",
        f"{len(found)} criteria, their questions and weights",
        parts=part(_counted((one.name, one.claim_count) for one in found)),
        legend=EVIDENCE,
    )


def of_criterion(page: CriterionPage) -> Card:
    """All readings on a dot plot, each score marked."""
    criterion, plots = page.criterion, page.dossier.plots
    counted = figures(
        (len(plots), "framework described|frameworks described"), (page.dossier.claim_total, "claim")
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


def of_sources(page: SourceIndexPage) -> Card:
    found = page.sources
    return Card(
        "Sources",
        f"The {len(found)} texts that every score rests on" if len(found) != 1 else "The text behind it all",
        parts=part(_counted((one.short_name, one.claim_count) for one in found)),
        legend=EVIDENCE,
    )


def of_source(page: SourcePage) -> Card:
    source = page.source
    counted = [
        (framework.name if framework else "Frameworks in general", len(claims))
        for framework, claims in page.dossier.claims_by_framework
    ]
    return Card(
        f"Source {source.key}",
        source.short_name,
        f"The publisher: {source.interest_short}" if source.interest_short else source.title,
        parts=part(_counted(counted)),
        figures=() if counted else figures((0, "claim")),
        legend=EVIDENCE,
    )


def of_components(page: ComponentIndexPage) -> Card:
    kinds = page.kinds
    return Card(
        "Components",
        "Tools and standards around the frameworks",
        "What each is, and how it stands to which framework",
        parts=part(_counted((f"{kind[:1].upper()}{kind[1:]}", len(found)) for kind, found in kinds)),
        figures=() if kinds else figures((0, "component")),
        legend="Bars: components of each kind",
    )


def of_component(page: ComponentPage) -> Card:
    component = page.component
    said = [
        *((tie.framework.name, tie.get_kind_display()) for tie in page.ties),
        *((one.framework.name, f"adds {one.capability.name}") for one in page.additions),
    ]
    rows = [Row(name, f"{name}: {words}", figure=words) for name, words in said]
    return Card(
        component.get_kind_display().capitalize(),
        component.name,
        component.summary,
        parts=part(rows),
        legend="How it stands to the frameworks, by the sources",
    )


def of_disagreements(page: DisagreementIndexPage) -> Card:
    disputes: list[Dispute] = [*page.disputes.entries, *page.disputes.others]
    return Card(
        "Disagreements",
        "Where the sources disagree",
        parts=part(map(_dispute, disputes)),
        figures=() if disputes else figures((0, "contradiction")),
        legend="By how many of five steps readings lie apart, widest first",
    )


def of_benchmarks(page: BenchmarkIndexPage) -> Card:
    """The first of the benchmarks in bars, and how many there are."""
    charts = page.charts
    counted = figures((len(charts), "benchmark"), (page.figure_total, "figure"))
    if not charts:
        return Card(
            "Benchmarks", "Measured figures, and what they leave unsaid", figures=counted, legend="From zero"
        )
    first = charts[0]
    rows = []
    for party in first.parties:
        figure = party.bars[0].figure
        share, words = figure.value / first.scale.top, figure.in_words
        rows.append(Row(party.framework.name, f"{party.framework.name} {words}", Bar(share, "petrol"), words))
    return Card(
        "Benchmarks",
        "Measured figures, and what they leave unsaid",
        first.benchmark.title,
        parts=part(rows),
        legend=f"In {first.benchmark.unit}, the first of {len(charts)} benchmarks",
    )


def of_questions(page: QuestionIndexPage) -> Card:
    rows = [
        Row(one.text, f"{one.text} {_number(len(one.answers.all()), 'answer')}", figure=str(len(one.answers.all())))
        for one in page.questions
    ]  # fmt: skip
    return Card(
        "Questions",
        "What readers ask, and what each source answers",
        parts=part(rows),
        figures=() if rows else figures((0, "question")),
        legend="How many sources answer",
    )


def of_changes(page: ChangesPage) -> Card:
    rows = []
    for entry in page.entries:
        when = f"{date_format(entry.at, 'j M Y')}"
        reason = entry.first.reason
        rows.append(Row(reason, f"{when}, {_number(entry.total, 'fact')}: {reason}", figure=when))
    return Card(
        "Changes",
        "What was changed, when and why",
        parts=part(rows),
        figures=() if rows else figures((0, "change")),
        legend="Newest first, each with its reason",
    )


def of_changeset(page: ChangesetPage) -> Card:
    first = page.first
    rows = [
        Row(step.name, f"{step.kind} {step.name} {done}", figure=done)
        for step in page.steps
        for done in ["new" if step.revision.action == "created" else step.revision.get_action_display()]
    ]
    return Card(
        "What was changed",
        first.reason,
        f"{date_format(first.at, 'j F Y')}, by {first.public_author}: {', '.join(page.counts)}",
        parts=part(rows),
        legend="Changed in one go",
    )


def of_cell_history(page: CellHistoryPage) -> Card:
    framework, criterion, rating = page.framework, page.criterion, page.rating
    title = f"{framework.name}, {criterion.name}"
    if rating is None:
        return Card(
            "History of a rating",
            title,
            "Today it is not rated",
            figures=figures((page.page.paginator.count, "step")),
        )
    rows = [
        Row(
            date_format(one.since, "j F Y"),
            f"from {date_format(one.since, 'j F Y')} {_scored(one.score)}",
            Steps(one.score or 0),
            str(one.score or "–"),
        )
        for one in page.stretches
    ]
    row = Row("Today", f"Today {rating.score} of 5", Steps(rating.score), str(rating.score))
    return Card(
        "History of a rating",
        title,
        rating.verdict,
        parts=part(rows[:4] or [row]),
        figures=figures((page.page.paginator.count, "step recorded|steps recorded")) if not rows else (),
        legend="Scores of 1 to 5, since when",
    )


def of_objection(page: ObjectionPage) -> Card:
    cell = page.cell
    rows = [_steps("The score", cell)] if cell.score else []
    said = cell.rating.verdict if cell.rating else cell.criterion.question
    return _objecting(cell.framework, cell.criterion, said, rows)


def of_objection_sent(page: ObjectionSentPage) -> Card:
    return _objecting(page.framework, page.criterion, page.criterion.question, [])


def _objecting(framework: Framework, criterion: Criterion, said: str, rows: Sequence[Row]) -> Card:
    return Card(
        "Something wrong with this cell?",
        f"{framework.name}, {criterion.name}",
        said,
        parts=part(rows),
        legend="Tell the editors, without an account",
    )


def _scored(score: int | None) -> str:
    return f"{score} of 5" if score else "not published"


def _steps(name: str, cell: Cell) -> Row:
    apart = ", sources disagree" if cell.is_disputed else ""
    return Row(
        name,
        f"{name} {cell.score} of 5{apart}",
        Steps(cell.score or 0, cell.is_disputed),
        str(cell.score or ""),
    )


def _disputed(cells: Iterable[Cell]) -> bool:
    return any(cell.is_disputed for cell in cells)


def _plotted(plot: Plot) -> Row:
    cell = plot.cell
    name, score = cell.framework.name, cell.score
    readings = tuple((dot.step, dot.count, dot.dissents) for dot in plot.dots)
    told = f"{name} {score} of 5" if score else f"{name} not scored"
    if readings:
        low, high = readings[0][0], readings[-1][0]
        told += f", readings {low} to {high}" if low != high else f", all readings {low}"
    return Row(name, told, Dots(readings, score), str(score) if score else "–")


def _counted(counts: Iterable[tuple[str, int]], noun: str = "claim") -> Sequence[Row]:
    found = list(counts)
    most = max((count for _, count in found), default=0) or 1
    return [
        Row(name, f"{name} {_number(count, noun)}", Bar(count / most), f"{count:,}") for name, count in found
    ]


def _dispute(dispute: Dispute) -> Row:
    title = (
        dispute.entry.title
        if dispute.entry
        else f"{dispute.cell.framework}, {dispute.cell.criterion}"
        if dispute.cell
        else ""
    )
    steps = _number(dispute.spread, "step") if dispute.spread is not None else ""
    return Row(title, f"{title} ({steps} apart)" if steps else title, figure=steps or "–")


def _number(count: int, noun: str) -> str:
    return " ".join(f"{figure.number:,} {figure.label}" for figure in figures((count, noun)))
