"""Build the matrix from the facts: rows of cells, scored, ranked and compared. No queries.

The same object serves the matrix (frameworks down) and the side by side (`lines`, criteria down).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

from comparisons.arithmetic import scoring
from frameworks.cells import Cell, Key
from frameworks.facts import Facts
from frameworks.models import Criterion, CriterionGroup, Framework


@dataclass(frozen=True, slots=True)
class Column:
    """A criterion with its weight in this view. `is_alike`: all frameworks on show have the same state and score."""

    criterion: Criterion
    weight: int
    is_alike: bool

    @property
    def usual(self) -> int | None:
        """Return its default weight if the weight in this view differs, or None."""
        default: int = self.criterion.default_weight
        return None if self.weight == default else default


class Entry(NamedTuple):
    """A cell among others: whether it is the best of its criterion, its steps above or below the baseline's, and
    whether its criterion is the first of its group on show. A tuple, because there are hundreds on a page."""

    cell: Cell
    is_best: bool
    delta: int | None
    starts_group: bool = False

    @property
    def shown(self) -> tuple[int | None, int, bool, bool, int | None, bool]:
        """Return all that the matrix shows of it, in plain values."""
        cell = self.cell
        return cell.score, cell.tally.claims, cell.is_disputed, self.is_best, self.delta, self.starts_group


@dataclass(frozen=True, slots=True)
class Row:
    """A framework with its fit, its rank among those on show, its scores by criterion (hidden ones, too), and its
    entries in the order of the columns. `delta` is the difference from the baseline's fit, in points."""

    framework: Framework
    fit: scoring.Fit
    rank: int | None
    scores: Mapping[str, int | None]
    entries: tuple[Entry, ...]
    delta: int | None
    is_baseline: bool

    @property
    def shown(self) -> tuple[object, ...]:
        """Return all that the matrix shows of its cells, in plain values."""
        return tuple(entry.shown for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion with its entries in the order of the frameworks: a row of the transposed matrix."""

    column: Column
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A computed comparison, which page, file, picture, embed, snapshot and API all read.

    `ranked` rows have enough evidence; `unranked` ones are rated on less than `minimum_coverage` of the weight;
    `in_order` has all of them in the order of the frameworks given. `columns` are those shown; `criteria`, `weights`
    (by slug) and `cells` are those that count.
    """

    columns: tuple[Column, ...]
    ranked: tuple[Row, ...]
    unranked: tuple[Row, ...]
    in_order: tuple[Row, ...]
    criteria: Sequence[Criterion]
    weights: Mapping[str, int]
    cells: Mapping[Key, Cell]
    minimum_coverage: Fraction

    @property
    def shown(self) -> tuple[str, ...]:
        """Return the slugs of the columns."""
        return tuple(column.criterion.slug for column in self.columns)

    @property
    def groups(self) -> list[tuple[CriterionGroup, list[Column]]]:
        return [(group, list(columns)) for group, columns in groupby(self.columns, _group)]

    @property
    def grouped_lines(self) -> list[tuple[CriterionGroup, list[Line]]]:
        """Return the transposed matrix by group, in the order of the frameworks given."""
        lines = [
            Line(column, tuple(row.entries[place] for row in self.in_order))
            for place, column in enumerate(self.columns)
        ]
        return [(group, list(members)) for group, members in groupby(lines, lambda line: _group(line.column))]

    @property
    def entries(self) -> Iterator[Entry]:
        for row in self.in_order:
            yield from row.entries

    @property
    def cell_total(self) -> int:
        return len(self.in_order) * len(self.columns)

    @property
    def disputes(self) -> int:
        return sum(entry.cell.is_disputed for entry in self.entries)

    @property
    def claim_total(self) -> int:
        """Return the number of distinct claims in the cells on show; 0 unless the matrix was built with claims."""
        return len({claim.pk for entry in self.entries for claim in entry.cell.claims})

    @property
    def names(self) -> list[str]:
        return [row.framework.name for row in self.in_order]

    @property
    def leaders(self) -> list[Row]:
        return [row for row in self.in_order if row.rank == 1]

    @property
    def lead(self) -> int | None:
        """Return the leader's lead in whole points; None if fewer than two are ranked or several lead."""
        shown = sorted((row.fit.points or 0 for row in self.in_order if row.rank is not None), reverse=True)
        return shown[0] - shown[1] if len(shown) > 1 and len(self.leaders) == 1 else None

    def verdict(self, under: str, *, no_point: str = "less than a point") -> str:
        """Return a sentence that says who leads, beginning with `under`, the weights under which it holds.

        `no_point` is the wording for a lead of less than a point.
        """
        *others, last = [row.framework.name for row in self.leaders] or [""]
        if not last:
            return "None of these has enough evidence to be ranked."
        if others:
            return f"{under} {', '.join(others)} and {last} are level."
        if self.lead is None:
            return f"Only {last} has enough evidence to be ranked."
        return f"{under} {last} leads by {self.lead or no_point}."


def build_matrix(
    facts: Facts,
    frameworks: Sequence[Framework],
    *,
    weights: Mapping[str, int] | None = None,
    shown: Iterable[str] = (),
    sort: str = "fit",
    baseline: str = "",
    only_differences: bool = False,
    minimum_coverage: float = 0.5,
    with_claims: bool = False,
) -> Matrix:
    """Score and rank the frameworks under `weights` (by slug; those not named keep the criterion's default).

    All criteria count, whether `shown` names them or not (empty: all are shown). `sort` is fit, name or a criterion,
    a leading `-` reverses. `baseline` names the framework that the others are measured against. `only_differences`
    leaves out the columns in which all on show are alike. Frameworks rated on less than `minimum_coverage` of the
    weight get no rank. `with_claims`: each cell has its claims.
    """
    criteria, cells = facts.criteria, facts.cells(frameworks, with_claims=with_claims)
    weighing = {criterion.slug: criterion.default_weight for criterion in criteria} | dict(weights or {})
    wanted = set(shown)
    alike = {criterion.pk: _alike(frameworks, criterion, cells) for criterion in criteria}
    visible = [
        criterion
        for criterion in criteria
        if (not wanted or criterion.slug in wanted) and not (only_differences and alike[criterion.pk])
    ]
    fits = [scoring.fit(facts.scores(framework), weighing) for framework in frameworks]
    threshold = Fraction(str(minimum_coverage))
    ranks = scoring.rank(
        [fit.value if fit.value is not None and fit.coverage >= threshold else None for fit in fits]
    )
    columns = tuple(Column(criterion, weighing[criterion.slug], alike[criterion.pk]) for criterion in visible)
    base = next((place for place, framework in enumerate(frameworks) if framework.slug == baseline), None)
    rows = tuple(
        Row(
            framework,
            fit,
            rank,
            facts.scores(framework),
            entries,
            None if base is None or base == place else _difference(fit.points, fits[base].points),
            base == place,
        )
        for place, (framework, fit, rank, entries) in enumerate(
            zip(frameworks, fits, ranks, compared(frameworks, visible, cells, base), strict=True)
        )
    )
    ordered = _sorted(rows, sort)
    return Matrix(
        columns=columns,
        ranked=tuple(row for row in ordered if row.rank is not None),
        unranked=tuple(row for row in ordered if row.rank is None),
        in_order=rows,
        criteria=criteria,
        weights=weighing,
        cells=cells,
        minimum_coverage=threshold,
    )


def compared(
    frameworks: Sequence[Framework],
    criteria: Sequence[Criterion],
    cells: Mapping[Key, Cell],
    base: int | None = None,
) -> list[tuple[Entry, ...]]:
    """Return the entries of each framework: its cells, compared with the others and with those of the `base`."""
    best = {criterion.pk: _best(frameworks, criterion, cells) for criterion in criteria}
    before = [None, *(criterion.group_id for criterion in criteria)]
    return [
        tuple(
            Entry(
                cell := cells[framework.pk, criterion.pk],
                cell.score is not None and cell.score == best[criterion.pk],
                None
                if base is None or base == place
                else _difference(cell.score, cells[frameworks[base].pk, criterion.pk].score),
                criterion.group_id != group_before,
            )
            for criterion, group_before in zip(criteria, before, strict=False)
        )
        for place, framework in enumerate(frameworks)
    ]


def _sorted(rows: Sequence[Row], sort: str) -> list[Row]:
    """Sort the rows best first by fit or score, A to Z by name; unknown values come last in either direction."""
    name = sort.removeprefix("-")
    is_reversed = sort.startswith("-")
    by_name = sorted(rows, key=lambda row: row.framework.name.casefold())
    if name == "name":
        return by_name[::-1] if is_reversed else by_name

    def value(row: Row) -> Fraction | int | None:
        if name in row.scores:
            return row.scores[name]
        # Without a rank the fit rests on too little to sort by: more evidence comes first.
        return row.fit.value if row.rank is not None else row.fit.coverage

    known = [row for row in by_name if value(row) is not None]
    unknown = [row for row in by_name if value(row) is None]
    return sorted(known, key=lambda row: value(row) or 0, reverse=not is_reversed) + unknown


def _alike(frameworks: Sequence[Framework], criterion: Criterion, cells: Mapping[Key, Cell]) -> bool:
    return (
        len(
            {
                (cell.state, cell.score)
                for framework in frameworks
                for cell in [cells[framework.pk, criterion.pk]]
            }
        )
        <= 1
    )


def _best(frameworks: Sequence[Framework], criterion: Criterion, cells: Mapping[Key, Cell]) -> int | None:
    """Return the highest score on show, or None if all frameworks have it."""
    scores = [score for framework in frameworks if (score := cells[framework.pk, criterion.pk].score)]
    return max(scores) if scores and not (len(set(scores)) == 1 and len(scores) == len(frameworks)) else None


def _difference(value: int | None, base: int | None) -> int | None:
    return None if value is None or base is None else value - base


def _group(column: Column) -> CriterionGroup:
    return column.criterion.group
