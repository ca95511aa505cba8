"""Explain a ranking: what each criterion adds to the fits, what would change who leads, and how robust the lead is.

All criteria count, whichever columns are shown. No queries.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from django.conf import settings
from django.template.defaultfilters import pluralize

from comparisons.arithmetic import scoring
from comparisons.arithmetic.flips import flips
from comparisons.arithmetic.ranking import Scores
from comparisons.arithmetic.stability import stability
from comparisons.comparison.comparing import Comparison
from comparisons.comparison.matrix import Matrix, Portion, Row, build_matrix
from comparisons.comparison.permalinks import View
from frameworks.cells import Cell
from frameworks.models import Criterion, CriterionGroup, Framework
from frameworks.models.constraints import WEIGHT_MAX

#: How many ranked frameworks are drawn; with more their table would be too wide.
DRAWN = 10
#: The number of tints; neighbouring groups have different ones.
TINTS = 5
#: A stretch of fewer points has no room for its figure, on a wide screen or on a phone.
NARROW, NARROW_ON_A_PHONE = 4, 11
#: How many frameworks or criteria a sentence names.
NAMED = 3
#: How many frameworks are named where all are meant, before the others are only counted.
LISTED = 10
#: How many frameworks the table of shares has, before the others are one row.
SHARES = 50


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one criterion adds to one framework's fit, in points; None if it is not rated. `start` is where it begins
    on the bar, from 0 to 100."""

    cell: Cell
    weight: int
    points: float | None
    start: float


@dataclass(frozen=True, slots=True)
class GroupStretch:
    """What a group of criteria adds together, drawn in one tint."""

    group: CriterionGroup
    tint: int
    parts: tuple[Contribution, ...]
    points: float
    start: float

    @property
    def letter(self) -> str:
        """Return what marks it besides its tint: `A` for the first."""
        return "ABCDE"[self.tint]

    @property
    def room(self) -> str:
        return "none" if self.points < NARROW else "little" if self.points < NARROW_ON_A_PHONE else ""


@dataclass(frozen=True, slots=True)
class FitBar:
    """One ranked framework's fit, made up of stretches."""

    row: Row
    stretches: tuple[GroupStretch, ...]

    @property
    def parts(self) -> list[Contribution]:
        return [part for stretch in self.stretches for part in stretch.parts]


@dataclass(frozen=True, slots=True)
class Lead:
    """The leader's lead over the second, in points, with the criteria that add most to it and those that cost most."""

    first: Framework
    second: Framework
    points: int
    ahead: tuple[tuple[Criterion, float], ...]
    behind: tuple[tuple[Criterion, float], ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """Weights of a criterion that would change who leads, with the names of those who lead `then` and the address of
    the view with the nearest of these weights."""

    criterion: Criterion
    weight: int
    weights: tuple[int, ...]
    then: tuple[str, ...]
    url: str
    key: str

    @property
    def condition(self) -> str:
        """Return the change in words: `Set Performance to 7 or more`."""
        return f"Set {self.criterion.name} to {self.span}"

    @property
    def span(self) -> str:
        """Return the weights in words: `7 or more`."""
        weights = self.weights
        upwards = weights[0] > self.weight
        end = WEIGHT_MAX if upwards else 0
        if len(weights) == 1:
            return str(weights[0])
        if weights[-1] == end:
            return f"{weights[0]} or {'more' if upwards else 'less'}"
        return f"{min(weights)}–{max(weights)}"


@dataclass(frozen=True, slots=True)
class Share:
    """The share of the weightings drawn that have this result; `percent` is rounded so that all shares make 100."""

    who: str
    times: int = 0
    percent: int = 0
    draws: int = 0

    @property
    def words(self) -> str:
        """Return the percentage in words; rounding never makes it all or nothing."""
        if self.percent == 0 and self.times:
            return "less than 1%"
        if self.percent == 100 and self.times < self.draws:
            return "more than 99%"
        return f"{self.percent}%"


@dataclass(frozen=True, slots=True)
class Firmness:
    """How often the weightings drawn put each framework first. `phrases` make a sentence: those that lead now, then the
    others up to `NAMED` in all, then the rest together."""

    draws: int
    shares: tuple[Share, ...]
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Why:
    """The whole section, or without `is_shown` only who leads, with the address that shows the rest.

    `only` is the framework on the table if there is just one, `leaders` are names, `ranked` is how many are;
    `firmness` is None if no weights can change the order.
    """

    is_shown: bool
    url: str
    hide_url: str
    total: int
    only: Framework | None
    leaders: tuple[str, ...]
    counts: bool
    ranked: int
    bars: tuple[FitBar, ...]
    undrawn: int
    lead: Lead | None
    turns: tuple[Turn, ...]
    others: int
    firmness: Firmness | None

    @property
    def lines(self) -> list[tuple[CriterionGroup, int, list[GroupStretch], list[list[Contribution]]]]:
        """Return the bars as a table: each group with its tint, its stretches, and the parts of each criterion."""
        return [
            (
                abreast[0].group,
                abreast[0].tint,
                list(abreast),
                [list(parts) for parts in zip(*(stretch.parts for stretch in abreast), strict=True)],
            )
            for abreast in zip(*(bar.stretches for bar in self.bars), strict=True)
        ]


def explain(comparison: Comparison, path: str, *, says_what_changes_it: bool = False) -> Why:
    """Explain the ranking of the frameworks on the table. Links start from the comparison's view at `path`.

    `says_what_changes_it`: the page names the nearest change of the leader also where the section is not shown.
    """
    table, view, facts = comparison.table, comparison.view, comparison.facts
    bars = tuple(_bar(row, table) for row in _best(comparison)) if view.why else ()
    counts = any(table.weights.values())
    can_change = table.total > 1 and counts
    scores = facts.arrays.scores[table.places]
    finds_turns = can_change and (bool(view.why) or says_what_changes_it)
    turns = tuple(_turns(comparison, scores, path)) if finds_turns else ()
    return Why(
        is_shown=bool(view.why),
        url=shown_url(view, path),
        hide_url=view.url(path, why=""),
        total=table.total,
        only=facts.frameworks[table.places[0]] if table.total == 1 else None,
        leaders=named(table.leaders),
        counts=counts,
        ranked=table.ranked_total,
        bars=bars,
        undrawn=table.ranked_total - len(bars),
        lead=_lead(table, bars),
        turns=turns,
        others=len(table.criteria) - len({turn.criterion for turn in turns}),
        firmness=_firmness(comparison, scores) if can_change and view.why else None,
    )


def _best(comparison: Comparison) -> Sequence[Row]:
    """Return the rows of the first in rank, whichever the page shows."""
    table = comparison.table
    return build_matrix(
        comparison.facts,
        table.places,
        weights=table.weights,
        minimum_coverage=settings.MINIMUM_COVERAGE,
        portion=Portion(1, DRAWN),
    ).ranked


def named(frameworks: Sequence[Framework]) -> tuple[str, ...]:
    """Return their names; if they are very many, those of the first, and how many others there are."""
    if len(frameworks) <= LISTED + 1:
        return tuple(framework.name for framework in frameworks)
    return (*(framework.name for framework in frameworks[:LISTED]), f"{len(frameworks) - LISTED} others")


def shown_url(view: View, path: str) -> str:
    """Return the address of this view at `path` with the whole section, and that scrolls to it."""
    return f"{view.url(path, why='shown')}#why"


def _bar(row: Row, table: Matrix) -> FitBar:
    shown = scoring.shown_contributions(row.scores, table.weights)
    cells = {cell.criterion.slug: cell for cell in row.cells}
    start = Fraction(0)
    stretches = []
    for place, (group, members) in enumerate(groupby(table.criteria, key=lambda criterion: criterion.group)):
        parts, begin = [], start
        for criterion in members:
            points = shown.get(criterion.slug)
            weight, known = table.weights[criterion.slug], None if points is None else float(points)
            parts.append(Contribution(cells[criterion.slug], weight, known, float(start)))
            start += points or 0
        stretches.append(GroupStretch(group, place % TINTS, tuple(parts), float(start - begin), float(begin)))
    return FitBar(row, tuple(stretches))


def _lead(table: Matrix, bars: Sequence[FitBar]) -> Lead | None:
    """Return the lead, or None if nothing leads alone or nothing else is ranked. Without bars it has no parts."""
    if table.lead is None or table.runner_up is None:
        return None
    ours, theirs = (bars[0].parts, bars[1].parts) if bars else ([], [])
    differences = [
        (mine.cell.criterion, round((mine.points or 0) - (its.points or 0), 1))
        for mine, its in zip(ours, theirs, strict=True)
    ]
    ordered = sorted(differences, key=lambda difference: -difference[1])
    return Lead(
        table.leaders[0],
        table.runner_up,
        table.lead,
        tuple((criterion, points) for criterion, points in ordered[:NAMED] if points > 0),
        tuple((criterion, -points) for criterion, points in ordered[: -NAMED - 1 : -1] if points < 0),
    )


def _turns(comparison: Comparison, scores: Scores, path: str) -> list[Turn]:
    """Return what would change who leads, the nearest first."""
    table, view = comparison.table, comparison.view
    by_slug = {criterion.slug: criterion for criterion in table.criteria}
    weights = {slug: table.weights[slug] for slug in by_slug}
    changes = flips(scores, weights, minimum_coverage=table.minimum_coverage, heaviest=WEIGHT_MAX)
    turns: dict[str, Turn] = {}
    for flip in sorted(changes, key=lambda flip: abs(flip.weights[0] - weights[flip.criterion])):
        # The key of a criterion's nearest turn is its slug, so that after that change the way back has the same key.
        key = flip.criterion if flip.criterion not in turns else f"{flip.criterion}:too"
        turns[key] = Turn(
            by_slug[flip.criterion],
            weights[flip.criterion],
            flip.weights,
            named([_framework(comparison, number) for number in flip.leaders]),
            view.url(path, weights={**view.weights, flip.criterion: flip.weights[0]}),
            key,
        )
    return list(turns.values())


def _framework(comparison: Comparison, number: int) -> Framework:
    """Return a framework on the table by its number there."""
    framework: Framework = comparison.facts.frameworks[comparison.table.places[number]]
    return framework


def _firmness(comparison: Comparison, scores: Scores) -> Firmness:
    table = comparison.table
    drawn = stability(
        scores,
        [criterion.slug for criterion in table.criteria],
        minimum_coverage=table.minimum_coverage,
        heaviest=WEIGHT_MAX,
    )
    counted = [
        *((_framework(comparison, number).name, times) for number, times in drawn.alone),
        ("Several level", drawn.level),
        ("None ranked", drawn.nobody),
    ]
    *led, level, nobody = (
        Share(who, times, percent, drawn.draws)
        for (who, times), percent in zip(counted, drawn.percents, strict=True)
    )
    leading = [framework.name for framework in table.leaders]
    never = [Share(name) for name in leading if name not in {share.who for share in led}]
    ordered = sorted([*led, *never], key=lambda share: share.who not in leading)
    return Firmness(drawn.draws, (*_shortened(led), level, nobody), tuple(_phrases(ordered, level, nobody)))


def _shortened(led: Sequence[Share]) -> Iterator[Share]:
    """Yield the first shares, and the others together if they are very many."""
    yield from led[:SHARES]
    if rest := led[SHARES:]:
        times, percent = sum(share.times for share in rest), sum(share.percent for share in rest)
        yield Share(f"{len(rest)} other{pluralize(len(rest))}", times, percent, rest[0].draws)


def _phrases(led: Sequence[Share], level: Share, nobody: Share) -> Iterator[str]:
    for place, share in enumerate(led[:NAMED]):
        yield f"{share.who} {'' if place else 'leads alone '}in {share.words}"
    if rest := sum(share.percent for share in led[NAMED:]):
        yield f"{'another' if len(led) == NAMED + 1 else 'others'} in {rest}%"
    if level.percent:
        yield f"several are level in {level.words}"
    if nobody.percent:
        yield f"no {settings.TOPIC.item} is ranked in {nobody.words}"
