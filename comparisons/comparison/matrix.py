"""Builds the matrix from the objects it is handed: rows of cells, scored, ranked, compared. No queries.

The same object serves the matrix (frameworks down) and the side by side (`lines`, criteria down).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from comparisons.arithmetic import scoring
from frameworks.cells import Cell, Key
from frameworks.models import Criterion, CriterionGroup, Framework


@dataclass(frozen=True, slots=True)
class Column:
    """A criterion with the weight it has in this view. `is_alike`: every framework on show has the same in it."""

    criterion: Criterion
    weight: int
    is_alike: bool

    @property
    def is_default_weight(self) -> bool:
        return self.weight == self.criterion.default_weight


@dataclass(frozen=True, slots=True)
class Entry:
    """A cell among others: best of its criterion on show, and steps above or below the baseline's."""

    cell: Cell
    is_best: bool
    delta: int | None


@dataclass(frozen=True, slots=True)
class Row:
    """A framework with its fit, its rank among those on show, and its entries in the order of the columns."""

    framework: Framework
    fit: scoring.Fit
    rank: int | None
    entries: tuple[Entry, ...]
    delta: int | None
    is_baseline: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion with its entries in the order of the frameworks: the matrix turned."""

    column: Column
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """`ranked` rows have enough evidence, `unranked` ones too little: are rated on less than `minimum_coverage` of
    the weight; `columns` are those shown."""

    columns: tuple[Column, ...]
    ranked: tuple[Row, ...]
    unranked: tuple[Row, ...]
    in_order: tuple[Row, ...]
    minimum_coverage: Fraction

    @property
    def groups(self) -> list[tuple[CriterionGroup, list[Column]]]:
        return [(group, list(columns)) for group, columns in groupby(self.columns, _group)]

    @property
    def grouped_lines(self) -> list[tuple[CriterionGroup, list[Line]]]:
        """The matrix turned, in the order in which the frameworks were handed in."""
        lines = [
            Line(column, tuple(row.entries[place] for row in self.in_order))
            for place, column in enumerate(self.columns)
        ]
        return [(group, list(found)) for group, found in groupby(lines, lambda line: _group(line.column))]

    @property
    def entries(self) -> Iterator[Entry]:
        for row in self.in_order:
            yield from row.entries

    @property
    def disputes(self) -> int:
        return sum(entry.cell.is_disputed for entry in self.entries)

    @property
    def leaders(self) -> list[Row]:
        return [row for row in self.in_order if row.rank == 1]

    @property
    def lead(self) -> int | None:
        """By how many points shown the leader leads; None where fewer than two are ranked or several lead."""
        shown = sorted((row.fit.points or 0 for row in self.in_order if row.rank is not None), reverse=True)
        return shown[0] - shown[1] if len(shown) > 1 and len(self.leaders) == 1 else None


def build_matrix(
    frameworks: Sequence[Framework],
    criteria: Sequence[Criterion],
    cells: Mapping[Key, Cell],
    *,
    weights: Mapping[str, int] | None = None,
    shown: Iterable[str] = (),
    sort: str = "fit",
    baseline: str = "",
    only_differences: bool = False,
    minimum_coverage: float = 0.5,
) -> Matrix:
    """Scores and ranks the frameworks under `weights` (by slug; those not named keep the criterion's default).

    All criteria count, whether `shown` names them or not (empty: all are shown). `sort` is fit, name or a criterion,
    a leading `-` reverses. `baseline` names the framework that the others are measured against. `only_differences`
    leaves out the columns in which all on show are alike. Frameworks rated on less than `minimum_coverage` of the
    weight get no rank.
    """
    weighing = {criterion.slug: criterion.default_weight for criterion in criteria} | dict(weights or {})
    wanted = set(shown)
    alike = {criterion.pk: _alike(frameworks, criterion, cells) for criterion in criteria}
    visible = [
        criterion
        for criterion in criteria
        if (not wanted or criterion.slug in wanted) and not (only_differences and alike[criterion.pk])
    ]
    fits = [
        scoring.fit(
            {criterion.slug: cells[framework.pk, criterion.pk].score for criterion in criteria}, weighing
        )
        for framework in frameworks
    ]
    threshold = Fraction(str(minimum_coverage))
    ranks = scoring.rank(
        [fit.value if fit.value is not None and fit.coverage >= threshold else None for fit in fits]
    )
    columns = tuple(Column(criterion, weighing[criterion.slug], alike[criterion.pk]) for criterion in visible)
    best = {criterion.pk: _best(frameworks, criterion, cells) for criterion in visible}
    base = next((place for place, framework in enumerate(frameworks) if framework.slug == baseline), None)
    rows = tuple(
        Row(
            framework,
            fit,
            rank,
            tuple(
                Entry(
                    cell := cells[framework.pk, criterion.pk],
                    cell.score is not None and cell.score == best[criterion.pk],
                    None
                    if base is None or base == place
                    else _difference(cell.score, cells[frameworks[base].pk, criterion.pk].score),
                )
                for criterion in visible
            ),
            None if base is None or base == place else _difference(fit.points, fits[base].points),
            base == place,
        )
        for place, (framework, fit, rank) in enumerate(zip(frameworks, fits, ranks, strict=True))
    )
    ordered = _sorted(rows, sort, cells, {criterion.slug: criterion for criterion in criteria})
    return Matrix(
        columns,
        tuple(row for row in ordered if row.rank is not None),
        tuple(row for row in ordered if row.rank is None),
        rows,
        threshold,
    )


def _sorted(
    rows: Sequence[Row], sort: str, cells: Mapping[Key, Cell], criteria: Mapping[str, Criterion]
) -> list[Row]:
    """Best first by fit or score, A to Z by name; what is not known stands last in either direction."""
    name = sort.removeprefix("-")
    is_reversed = sort.startswith("-")
    by_name = sorted(rows, key=lambda row: row.framework.name.casefold())
    if name == "name":
        return by_name[::-1] if is_reversed else by_name

    def value(row: Row) -> Fraction | int | None:
        if name in criteria:
            return cells[row.framework.pk, criteria[name].pk].score
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
    """The highest score on show, or None where it would not set anyone apart."""
    scores = [score for framework in frameworks if (score := cells[framework.pk, criterion.pk].score)]
    return max(scores) if scores and not (len(set(scores)) == 1 and len(scores) == len(frameworks)) else None


def _difference(value: int | None, base: int | None) -> int | None:
    return None if value is None or base is None else value - base


def _group(column: Column) -> CriterionGroup:
    return column.criterion.group
