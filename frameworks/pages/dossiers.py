"""Sort what the pages about one fact show. No weights, and no queries but those by which facts read their cells.

Horizontal positions in drawings are whole percentages of the width, so that they fit any screen.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from heapq import nsmallest
from itertools import groupby
from math import isqrt
from statistics import fmean

import numpy as np

from frameworks.cells import Cell, Key, keys_of, kinds_behind
from frameworks.dispute import are_disputed, is_disputed, spread
from frameworks.facts import Detail, Facts
from frameworks.models import (
    CAPABILITY,
    Claim,
    Criterion,
    CriterionGroup,
    Disagreement,
    Facet,
    Framework,
    Source,
    Trait,
)

#: With more silent criteria than this, a profile names them in one sentence instead of giving each a row.
SILENT_ROWS = 4
#: Unscored criteria with a section of their own in the profile, by slug.
WITH_SECTION = {"philosophy", "strengths", "limits", "best-uses"}
#: How many of a source's gaps are listed.
WIDEST = 12

ReadingCount = tuple[int, int, int | None, int, bool, int, int]
"""Framework, criterion, joint criterion and source by primary key; whether it is its own; number and sum."""


def across(step: int) -> int:
    """Return the position of a step from 1 to 5, in percent of the width: the middle of its fifth."""
    return 20 * step - 10


@dataclass(frozen=True, slots=True)
class Dot:
    """The readings at one step. `dissents`: they are those furthest from the score of a disputed cell."""

    step: int
    count: int
    dissents: bool = False

    @property
    def x(self) -> int:
        return across(self.step)

    @property
    def radius(self) -> int:
        """Return the radius in pixels; the area grows roughly with the count."""
        return 4 + isqrt(self.count - 1)


@dataclass(frozen=True, slots=True)
class Plot:
    """A cell as a row of the dot plot: a mark for the score, a dot for each step with readings, a line between."""

    cell: Cell

    @property
    def dots(self) -> list[Dot]:
        dissenting = {claim.reading for claim, dissents in self.cell.cited if dissents}
        return _dots(self.cell.readings, dissenting)

    @property
    def score_x(self) -> int | None:
        return across(self.cell.score) if self.cell.score else None

    @property
    def low_x(self) -> int | None:
        return across(self.cell.tally.lowest) if self.cell.tally.lowest else None

    @property
    def high_x(self) -> int | None:
        return across(self.cell.tally.highest) if self.cell.tally.highest else None


@dataclass(frozen=True, slots=True)
class Stance:
    """A source's mean reading in one cell and the mean of the other sources', in steps."""

    cell: Cell
    own: float
    others: float

    @property
    def gap(self) -> float:
        return self.own - self.others

    @property
    def bar_x(self) -> int:
        """Return the left end of the bar, in percent: the others' mean is at 50, a step is 12 wide."""
        return round(50 + 12 * min(self.gap, 0))

    @property
    def bar_width(self) -> int:
        """Return the width of the bar, in percent, at least 1."""
        return max(round(12 * abs(self.gap)), 1)


@dataclass(frozen=True, slots=True)
class Voice:
    """The claims of one source on a subject."""

    source: Source
    claims: tuple[Claim, ...]

    @property
    def dots(self) -> list[Dot]:
        return _dots([claim.reading for claim in self.claims if claim.reading])


@dataclass(frozen=True, slots=True)
class DisputeSubject:
    """One framework (None: frameworks in general) under one criterion, with the claims about it by source."""

    framework: Framework | None
    criterion: Criterion
    voices: tuple[Voice, ...]


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute: an editors' entry with its claims by source, or a cell whose readings lie apart.

    `spread` is the widest among the cells that the claims belong to; None where none of them has two readings.
    """

    spread: int | None
    entry: Disagreement | None = None
    cell: Cell | None = None
    claims: tuple[Claim, ...] = ()

    @property
    def is_wide(self) -> bool:
        return is_disputed(self.spread)

    @property
    def subjects(self) -> list[DisputeSubject]:
        """Return the claims by subject, the one with most claims first, and within each by source."""
        if self.cell:
            return [DisputeSubject(self.cell.framework, self.cell.criterion, _voices(self.claims))]
        by_subject: dict[tuple[Framework | None, Criterion], list[Claim]] = defaultdict(list)
        for claim in self.claims:
            by_subject[claim.framework, claim.criterion].append(claim)
        ordered = sorted(by_subject.items(), key=lambda item: -len(item[1]))
        return [
            DisputeSubject(framework, criterion, _voices(claims))
            for (framework, criterion), claims in ordered
        ]


def facets(framework: Framework) -> list[tuple[Facet, list[Trait]]]:
    """Return the framework's traits by facet, in the order of both. Costs no query after `with_traits()`.

    Capabilities are left out: `provisions` lists them with those to be added.
    """
    by_facet: dict[Facet, list[Trait]] = defaultdict(list)
    for trait in framework.traits.all():
        if trait.value.facet.slug != CAPABILITY:
            by_facet[trait.value.facet].append(trait)
    return [
        (facet, sorted(by_facet[facet], key=lambda trait: (trait.value.position, trait.value.name)))
        for facet in sorted(by_facet, key=lambda facet: (facet.position, facet.name))
    ]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """`rated` groups hold the scored cells, without the silent ones where these are many.

    `described` holds the cells that only describe, by slug with underscores, and `background` those of them that have
    no section of their own; silent ones are left out of both. `other_uses` are the claims on its best uses that are
    not cited for a recommendation. `kinds` explains the letters beside the numbers of sources.
    """

    rated: list[tuple[CriterionGroup, list[Cell]]]
    silent: list[Cell]
    described: dict[str, Cell]
    other_uses: list[Claim]
    background: list[Cell]
    rating_total: int
    criterion_total: int
    silent_total: int
    claim_total: int
    source_total: int
    dispute_total: int
    kinds: list[tuple[str, str]]


def of_framework(
    framework: Framework, criteria: Sequence[Criterion], cells: Mapping[Key, Cell], cited: AbstractSet[Claim]
) -> Profile:
    """Build the profile of a framework; `cited` are the claims behind its recommendations."""
    own = [cells[framework.pk, criterion.pk] for criterion in criteria]
    scored = [cell for cell in own if cell.criterion.is_scored]
    silent = [cell for cell in scored if cell.state == "silent"]
    described = [cell for cell in own if not cell.criterion.is_scored and cell.claims]
    is_sparse = len(silent) > SILENT_ROWS
    return Profile(
        rated=_by_group([cell for cell in scored if not is_sparse or cell.state != "silent"]),
        silent=silent if is_sparse else [],
        described={cell.criterion.slug.replace("-", "_"): cell for cell in described},
        other_uses=[
            claim
            for cell in described
            if cell.criterion.slug == "best-uses"
            for claim in cell.claims
            if claim not in cited
        ],
        background=[cell for cell in described if cell.criterion.slug not in WITH_SECTION],
        rating_total=sum(cell.state == "rated" for cell in scored),
        criterion_total=len(scored),
        silent_total=len(silent),
        claim_total=len({claim.pk for cell in own for claim in cell.claims}),
        source_total=len({claim.source_id for cell in own for claim in cell.claims}),
        dispute_total=sum(cell.is_disputed for cell in scored),
        kinds=kinds_behind(scored),
    )


@dataclass(frozen=True, kw_only=True)
class Plots:
    """Cells with claims, best first and unscored last; the rubric with the frameworks scored at each step."""

    plots: list[Plot]
    rubric: list[tuple[int, str, list[Framework]]]
    silent: list[Cell]
    rating_total: int
    framework_total: int
    claim_total: int
    dispute_total: int


def of_criterion(criterion: Criterion, frameworks: Sequence[Framework], cells: Mapping[Key, Cell]) -> Plots:
    """Build the dot plot of a criterion."""
    ordered = sorted(
        (cells[framework.pk, criterion.pk] for framework in frameworks),
        key=lambda cell: (
            -(cell.score or 0),
            cell.state == "silent",
            cell.framework.name.casefold(),
        ),
    )
    return Plots(
        plots=[Plot(cell) for cell in ordered if cell.claims],
        rubric=[
            (step, sentence, [cell.framework for cell in ordered if cell.score == step])
            for step, sentence in criterion.rubric
        ],
        silent=[cell for cell in ordered if not cell.claims],
        rating_total=sum(cell.state == "rated" for cell in ordered),
        framework_total=len(ordered),
        claim_total=sum(cell.tally.claims for cell in ordered),
        dispute_total=sum(cell.is_disputed for cell in ordered),
    )


@dataclass(frozen=True, kw_only=True)
class Stances:
    """A source's readings against those of other sources: the widest gaps, and how many there are in all."""

    stances: list[Stance]
    stance_total: int
    apart_total: int


def by_framework(claims: Iterable[Claim]) -> list[tuple[Framework | None, list[Claim]]]:
    """Return claims by framework, the one with most claims first, frameworks in general last."""
    said: dict[Framework | None, list[Claim]] = defaultdict(list)
    for claim in claims:
        said[claim.framework].append(claim)
    return sorted(said.items(), key=lambda item: (item[0] is None, -len(item[1])))


def of_source(readings: Iterable[ReadingCount], facts: Facts) -> Stances:
    """Compare the readings of a source with the others' in each cell where both have any."""
    frameworks = {framework.pk: framework for framework in facts.frameworks}
    columns = {criterion.pk: column for column, criterion in enumerate(facts.criteria)}
    means = {
        key: pair for key, pair in _means(readings).items() if key[0] in frameworks and key[1] in columns
    }

    def order(key: Key) -> tuple[float, str, int]:
        own, others = means[key]
        return -abs(own - others), frameworks[key[0]].name, columns[key[1]]

    widest = nsmallest(WIDEST, means, key=order)
    rows = facts.rows([frameworks[framework] for framework, _ in widest])
    return Stances(
        stances=[Stance(row[columns[key[1]]], *means[key]) for key, row in zip(widest, rows, strict=True)],
        stance_total=len(means),
        apart_total=sum(abs(own - others) >= 1 for own, others in means.values()),
    )


def _means(readings: Iterable[ReadingCount]) -> dict[Key, tuple[float, float]]:
    """Return the mean reading of a source and the mean of the others' mean readings, in each cell where both have any.

    However often a source speaks, it counts once.
    """
    counts: dict[bool, dict[Key, dict[int, tuple[int, int]]]] = {True: {}, False: {}}
    for framework, criterion, joint, source, is_own, count, total in readings:
        for key in keys_of(framework, criterion, joint):
            by_source = counts[is_own].setdefault(key, {})
            count_before, total_before = by_source.get(source, (0, 0))
            by_source[source] = count_before + count, total_before + total
    means = {
        is_own: {
            key: fmean(total / count for count, total in by_source.values())
            for key, by_source in cells.items()
        }
        for is_own, cells in counts.items()
    }
    return {key: (own, means[False][key]) for key, own in means[True].items() if key in means[False]}


@dataclass(frozen=True, kw_only=True)
class Disputes:
    """The editors' entries, and the places of every other cell in dispute, each widest spread first.

    A place is a row and a column of the facts. `cell_total` counts the cells in dispute, whether an entry covers them
    or not.
    """

    entries: list[Dispute]
    elsewhere: list[tuple[int, int]]
    cell_total: int


def of_disagreements(entries: Sequence[Disagreement], facts: Facts) -> Disputes:
    """Collect the editors' entries, and the disputed cells that none of these covers."""
    lowest, highest = facts.arrays.lowest, facts.arrays.highest
    disputes = []
    covered: set[tuple[int, int]] = set()
    for entry in entries:
        claims = sorted(entry.claims.all(), key=_reading_order)
        readings: dict[tuple[int, int], list[int | None]] = defaultdict(list)
        for claim in claims:
            if (
                claim.framework
                and claim.framework.slug in facts.place
                and claim.criterion.slug in facts.column
            ):
                place = facts.place[claim.framework.slug], facts.column[claim.criterion.slug]
                readings[place].append(claim.reading)
        covered |= readings.keys()
        # Of the claims that the entry cites, cell by cell: others of the cell are not part of it.
        spreads = [apart for cited in readings.values() if (apart := spread(cited)) is not None]
        disputes.append(Dispute(max(spreads, default=None), entry=entry, claims=tuple(claims)))
    disputed = np.argwhere(are_disputed(lowest, highest)).tolist()
    others = [(row, column) for row, column in disputed if (row, column) not in covered]
    apart_by_place = highest - lowest
    return Disputes(
        entries=sorted(disputes, key=lambda known: -(known.spread or 0)),
        elsewhere=sorted(
            others, key=lambda place: (-int(apart_by_place[place]), facts.frameworks[place[0]].name, place[1])
        ),
        cell_total=len(disputed),
    )


def in_dispute(places: Sequence[tuple[int, int]], facts: Facts) -> list[Dispute]:
    """Return the disputes in these cells of the facts, with their claims."""
    rows = facts.rows([facts.frameworks[row] for row, _ in places], Detail.CLAIMS)
    cells = [row[column] for row, (_, column) in zip(rows, places, strict=True)]
    return [Dispute(cell.tally.spread, cell=cell, claims=cell.claims) for cell in cells]


def _by_group(cells: Sequence[Cell]) -> list[tuple[CriterionGroup, list[Cell]]]:
    return [(group, list(members)) for group, members in groupby(cells, lambda cell: cell.criterion.group)]


def _reading_order(claim: Claim) -> tuple[str, int, int]:
    return claim.source.key, claim.line, claim.pk


def _voices(claims: Sequence[Claim]) -> tuple[Voice, ...]:
    """Group claims by source; they must be in reading order."""
    return tuple(Voice(source, tuple(group)) for source, group in groupby(claims, lambda claim: claim.source))


def _dots(readings: Sequence[int], dissenting: AbstractSet[int | None] = frozenset()) -> list[Dot]:
    return [Dot(step, count, step in dissenting) for step, count in sorted(Counter(readings).items())]
