"""Sort what the pages about one fact show. Pure: no queries, no weights.

Horizontal positions in drawings are whole percentages of the width, so that they fit any screen.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import groupby
from math import isqrt

from frameworks.cells import Cell, Key
from frameworks.dispute import is_disputed
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
    not cited for a recommendation.
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
    """A source's claims by framework, and its readings against those of other sources, widest gap first."""

    claims_by_framework: list[tuple[Framework | None, list[Claim]]]
    claim_total: int
    stances: list[Stance]
    apart_total: int


def of_source(source: Source, claims: Sequence[Claim], cells: Mapping[Key, Cell]) -> Stances:
    """Compare the readings of a source with the others' in each cell where both have any."""
    stances = []
    for cell in cells.values():
        own = [claim.reading for claim in cell.claims if claim.reading and claim.source_id == source.pk]
        others = [claim.reading for claim in cell.claims if claim.reading and claim.source_id != source.pk]
        if own and others:
            stances.append(Stance(cell, sum(own) / len(own), sum(others) / len(others)))
    by_framework: dict[Framework | None, list[Claim]] = defaultdict(list)
    for claim in claims:
        by_framework[claim.framework].append(claim)
    return Stances(
        claims_by_framework=sorted(by_framework.items(), key=lambda item: (item[0] is None, -len(item[1]))),
        claim_total=len(claims),
        stances=sorted(stances, key=lambda stance: -abs(stance.gap)),
        apart_total=sum(abs(stance.gap) >= 1 for stance in stances),
    )


@dataclass(frozen=True, kw_only=True)
class Disputes:
    """The editors' entries and every other cell in dispute, each widest spread first."""

    entries: list[Dispute]
    others: list[Dispute]
    cell_total: int


def of_disagreements(entries: Sequence[Disagreement], cells: Mapping[Key, Cell]) -> Disputes:
    """Collect the editors' entries, and the disputed cells that none of these covers."""
    disputes = []
    covered: set[Key] = set()
    for entry in entries:
        claims = sorted(entry.claims.all(), key=_reading_order)
        keys = {
            (claim.framework_id, claim.criterion_id) for claim in claims if claim.framework_id is not None
        }
        spreads = [cells[key].tally.spread for key in keys if key in cells]
        covered |= keys
        known = [spread for spread in spreads if spread is not None]
        disputes.append(Dispute(max(known, default=None), entry=entry, claims=tuple(claims)))
    others = [
        Dispute(cell.tally.spread, cell=cell, claims=cell.claims)
        for key, cell in cells.items()
        if cell.is_disputed and key not in covered
    ]
    return Disputes(
        entries=sorted(disputes, key=lambda dispute: -(dispute.spread or 0)),
        others=sorted(others, key=lambda dispute: -(dispute.spread or 0)),
        cell_total=sum(cell.is_disputed for cell in cells.values()),
    )


def _by_group(cells: Sequence[Cell]) -> list[tuple[CriterionGroup, list[Cell]]]:
    return [(group, list(members)) for group, members in groupby(cells, lambda cell: cell.criterion.group)]


def _reading_order(claim: Claim) -> tuple[str, int, int]:
    return claim.source.key, claim.line, claim.pk


def _voices(claims: Sequence[Claim]) -> tuple[Voice, ...]:
    """Group claims by source; they must be in reading order."""
    return tuple(Voice(source, tuple(group)) for source, group in groupby(claims, lambda claim: claim.source))


def _dots(readings: Sequence[int], dissenting: AbstractSet[int | None] = frozenset()) -> list[Dot]:
    return [Dot(step, count, step in dissenting) for step, count in sorted(Counter(readings).items())]
