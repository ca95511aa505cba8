"""Build the matrix from the facts: rows of cells, scored, ranked and compared.

The same object serves the matrix (frameworks down) and the side by side (`lines`, criteria down).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple, Self, TypeVar

import numpy as np
from django.template.defaultfilters import pluralize

from comparisons.arithmetic import scoring
from comparisons.arithmetic.ranking import Ranking, rank_all
from frameworks.arrays import NOWHERE, Places
from frameworks.catalogue import LISTED
from frameworks.cells import Cell, KindCounts, Tally, kinds_behind
from frameworks.facts import CellRow, Detail, Facts
from frameworks.models import Criterion, CriterionGroup, Framework

T = TypeVar("T")


class Column(NamedTuple):
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
    def shown(self) -> tuple[int | None, Tally, KindCounts, int | None, bool]:
        """Return all that the matrix shows of it, in plain values."""
        cell, _, delta, starts_group = self
        return cell.score, cell.tally, cell.others, delta, starts_group

    @property
    def words(self) -> tuple[object, ...]:
        """Return all that a side by side shows of it while it is closed, in plain values."""
        cell, is_best, *_ = self
        framework, criterion, rating = cell.framework, cell.criterion, cell.rating
        verdict = rating.verdict if rating else ""
        return framework.slug, framework.name, criterion.slug, criterion.name, verdict, is_best, self.shown

    @property
    def under(self) -> str:
        """Return the slug of its criterion."""
        return self.cell.criterion.slug

    @property
    def about(self) -> str:
        """Return the name of its criterion."""
        return str(self.cell.criterion.name)


@dataclass(frozen=True, slots=True)
class Row:
    """A framework with its fit, its rank among all on the table, its cells under all criteria (hidden ones, too), and
    its entries in the order of the columns. `delta` is the difference from the baseline's fit, in points."""

    framework: Framework
    fit: scoring.Fit
    rank: int | None
    cells: CellRow
    entries: tuple[Entry, ...]
    delta: int | None
    is_baseline: bool
    is_ticked: bool = False

    @property
    def look(self) -> tuple[bool, bool, bool, int | None, bool, bool]:
        """Return what changes the look of its beginning, besides the figures in it."""
        sign = None if self.delta is None else (self.delta > 0) - (self.delta < 0)
        has_band = self.fit.low is not None
        return self.is_baseline, self.is_ticked, self.rank is not None, sign, has_band, self.fit.is_range

    @property
    def figures(self) -> dict[str, object]:
        """Return the figures in its beginning."""
        fit = self.fit
        return {
            "rank": self.rank,
            "points": fit.points,
            "low_points": fit.low_points,
            "high_points": fit.high_points,
            "band_points": fit.band_points,
            "coverage": fit.coverage_percent,
            "delta": abs(self.delta or 0),
        }

    @property
    def shown(self) -> tuple[tuple[object, ...], ...]:
        """Return all that the matrix shows of its entries, in plain values: `Entry.shown` of each, in half its time."""
        return tuple(
            [(cell.score, cell.tally, cell.others, delta, starts) for cell, _, delta, starts in self.entries]
        )

    @property
    def scores(self) -> dict[str, int | None]:
        """Return its scores by criterion."""
        return {cell.criterion.slug: cell.score for cell in self.cells}


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion with its entries in the order of the frameworks: a row of the transposed matrix."""

    column: Column
    entries: tuple[Entry, ...]

    @property
    def words(self) -> tuple[tuple[object, ...], ...]:
        """Return all that a side by side shows of its entries while it is closed, in plain values."""
        return tuple(entry.words for entry in self.entries)


@dataclass(frozen=True, slots=True)
class Portion:
    """The rows of a matrix that are shown: `number` counts from 1, `size` is how many rows a portion has.

    `after` is the place of the framework that comes before them among the facts; if it is on the table, it counts
    instead of the number.
    """

    number: int
    size: int = LISTED
    after: int | None = None

    def rows(self, order: Places) -> slice:
        """Return which rows these are, of frameworks whose places are in this order."""
        start = (self.number - 1) * self.size
        if self.after is not None and (at := np.flatnonzero(order == self.after)).size:
            start = int(at[0]) + 1
        return slice(start, start + self.size)


#: The portion that is shown where there is no way to others.
FIRST = Portion(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A computed comparison, which page, file, picture, embed, snapshot and API all read.

    `ranked` rows have enough evidence; `unranked` ones are rated on less than `minimum_coverage` of the weight;
    `in_order` has both in the order of the frameworks given. They are the rows of one portion. `places` are those of
    all frameworks on the table; `ranked_total`, `leaders`, `lead` (in points) and `runner_up` speak of all, the last
    two None if fewer than two are ranked or several lead. `columns` are those shown; `criteria` and `weights` (by
    slug) are those that count.
    """

    columns: tuple[Column, ...]
    ranked: tuple[Row, ...]
    unranked: tuple[Row, ...]
    in_order: tuple[Row, ...]
    criteria: Sequence[Criterion]
    weights: Mapping[str, int]
    minimum_coverage: Fraction
    places: Places
    ranked_total: int
    leaders: tuple[Framework, ...]
    lead: int | None
    runner_up: Framework | None
    #: How many rows of the table come after this portion.
    rows_after: int = 0

    @property
    def total(self) -> int:
        """Return the number of frameworks on the table."""
        return len(self.places)

    @property
    def beyond(self) -> int:
        """Return how many of them are not in this portion."""
        return self.total - len(self.in_order)

    @property
    def shown(self) -> str:
        """Return the slugs of the columns, separated by blanks."""
        return " ".join(column.criterion.slug for column in self.columns)

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
    def differences(self) -> Self:
        """Return the matrix without the columns in which all are alike."""
        alike = [column.is_alike for column in self.columns]

        def narrowed(rows: Iterable[Row]) -> tuple[Row, ...]:
            return tuple(replace(row, entries=tuple(_unless(alike, row.entries))) for row in rows)

        return replace(
            self,
            columns=tuple(_unless(alike, self.columns)),
            ranked=narrowed(self.ranked),
            unranked=narrowed(self.unranked),
            in_order=narrowed(self.in_order),
        )

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
    def kinds(self) -> list[tuple[str, str]]:
        """Return the letter and the name of each kind of source behind the cells on show; none if all are articles."""
        return kinds_behind(entry.cell for entry in self.entries)

    @property
    def claim_total(self) -> int:
        """Return the number of distinct claims in the cells on show; 0 unless the matrix was built with claims."""
        return len({claim.pk for entry in self.entries for claim in entry.cell.claims})

    @property
    def names(self) -> list[str]:
        return [row.framework.name for row in self.in_order]

    def verdict(self, weights: str) -> str:
        """Return a sentence that says who leads, beginning with `weights`: `With the default weights`."""
        *others, last = [framework.name for framework in self.leaders] or [""]
        if not last:
            return "None of these has enough evidence to be ranked."
        if others:
            return f"{weights}, {', '.join(others)} and {last} are level."
        if self.lead is None or self.runner_up is None:
            return f"Only {last} has enough evidence to be ranked."
        points = f"{self.lead} point{pluralize(self.lead)}" if self.lead else "less than a point"
        return f"{weights}, {last} leads {self.runner_up.name} by {points}."


def build_matrix(
    facts: Facts,
    places: Places,
    *,
    weights: Mapping[str, int] | None = None,
    shown: Iterable[str] = (),
    sort: str = "fit",
    baseline: str = "",
    only_differences: bool = False,
    ticked: Collection[str] = (),
    minimum_coverage: float = 0.5,
    detail: Detail = Detail.SCORES,
    portion: Portion | None = None,
) -> Matrix:
    """Score and rank the frameworks at `places` under `weights` (by slug; those not named keep the default).

    All criteria count, whether `shown` names them or not (empty: all are shown). `sort` is fit, name or a criterion,
    a leading `-` reverses. `baseline` names the framework that the others are measured against, `ticked` those that are
    marked. `only_differences` leaves out the columns in which all on the table are alike. Frameworks rated on less than
    `minimum_coverage` of the weight get no rank. `detail` is what the cells have; only those of the `portion` are built
    (None: of all).
    """
    criteria = facts.criteria
    weighing = {criterion.slug: criterion.default_weight for criterion in criteria} | dict(weights or {})
    wanted = set(shown)
    span = Span.of(facts, places)
    visible = [
        number
        for number, criterion in enumerate(criteria)
        if (not wanted or criterion.slug in wanted) and not (only_differences and span.is_alike[number])
    ]
    starts = _group_starts(criteria, visible)
    threshold = Fraction(str(minimum_coverage))
    factors = np.array([weighing[criterion.slug] for criterion in criteria], np.int64)
    ranking = rank_all(facts.arrays.scores, factors, threshold).among(places)
    order = _order(facts, places, ranking, sort)
    shown_rows = portion.rows(places[order]) if portion else slice(0, len(order))
    rows_after = max(0, len(order) - shown_rows.stop)
    order = order[shown_rows]
    frameworks = [facts.frameworks[place] for place in places[order]]
    base = facts.by_slug.get(baseline)
    base_at = np.flatnonzero(places == facts.place[baseline]) if base else NOWHERE
    base_row = facts.row(base, detail) if base and base_at.size else None
    base_points = ranking.fit(base_at[0]).points if base_row else None
    rows = [
        Row(
            framework,
            fit,
            rank,
            cells,
            _entries(cells, starts, span.best, None if framework is base else base_row),
            None if framework is base else difference(fit.points, base_points),
            base_row is not None and framework is base,
            framework.slug in ticked,
        )
        for framework, rank, cells, fit in zip(
            frameworks,
            ranking.ranks(order),
            facts.rows(frameworks, detail),
            [ranking.fit(place) for place in order],
            strict=True,
        )
    ]
    leaders, runners_up = ranking.leaders, ranking.runners_up
    return Matrix(
        columns=tuple(
            Column(criteria[number], weighing[criteria[number].slug], span.is_alike[number])
            for number in visible
        ),
        ranked=tuple(row for row in rows if row.rank is not None),
        unranked=tuple(row for row in rows if row.rank is None),
        in_order=tuple(row for _, row in sorted(zip(order, rows, strict=True), key=lambda pair: pair[0])),
        criteria=criteria,
        weights=weighing,
        minimum_coverage=threshold,
        places=places,
        ranked_total=int(np.count_nonzero(ranking.is_ranked)),
        leaders=tuple(facts.frameworks[place] for place in places[leaders]),
        lead=(ranking.fit(leaders[0]).points or 0) - (ranking.fit(runners_up[0]).points or 0)
        if len(runners_up)
        else None,
        runner_up=facts.frameworks[places[runners_up].min()] if len(runners_up) else None,
        rows_after=rows_after,
    )


@dataclass(frozen=True, slots=True)
class Span:
    """For each criterion, whether all frameworks on the table have the same state and score, and their highest score;
    None if nobody is rated or all have the same."""

    is_alike: list[bool]
    best: list[int | None]

    @classmethod
    def of(cls, facts: Facts, places: Places) -> "Span":
        scores, claims = facts.arrays.scores, facts.arrays.claims
        # A row for each criterion, as they lie in memory.
        shown = scores.T.take(places, axis=1)
        lowest, highest = shown.min(axis=1, initial=scoring.BEST), shown.max(axis=1, initial=0)
        is_alike, best = [], []
        for number, (low, high) in enumerate(zip(lowest.tolist(), highest.tolist(), strict=True)):
            cited = np.count_nonzero(claims[:, number][places]) if high == 0 else 0
            is_alike.append(low >= high and cited in {0, len(places)})
            best.append(high if high > low else None)
        return cls(is_alike, best)


def best_scores(rows: Sequence[CellRow]) -> list[int | None]:
    """Return the same highest scores from the cells of all frameworks."""
    columns = [[cell.score or 0 for cell in column] for column in zip(*rows, strict=True)]
    return [max(column) if max(column) > min(column) else None for column in columns]


def _group_starts(criteria: Sequence[Criterion], shown: Iterable[int]) -> dict[int, bool]:
    """Return, for each criterion that is shown, by number, whether it is the first of its group there."""
    starts, group = {}, None
    for number in shown:
        starts[number] = criteria[number].group_id != group
        group = criteria[number].group_id
    return starts


def _entries(
    cells: CellRow, starts: Mapping[int, bool], best: Sequence[int | None], base: CellRow | None
) -> tuple[Entry, ...]:
    """Return the cells under the criteria that `starts` names, compared with the best of each criterion and with those
    of the `base`."""
    return tuple(
        Entry(
            cell := cells[number],
            cell.score is not None and cell.score == best[number],
            difference(cell.score, base[number].score) if base else None,
            starts_group,
        )
        for number, starts_group in starts.items()
    )


def compared(rows: Sequence[CellRow], base: CellRow | None = None) -> list[tuple[Entry, ...]]:
    """Return the entries of each framework: all its cells, compared with those of the others and of the `base`."""
    best = best_scores(rows)
    criteria = [cell.criterion for cell in rows[0]] if rows else []
    starts = _group_starts(criteria, range(len(criteria)))
    return [_entries(row, starts, best, None if row is base else base) for row in rows]


def _order(facts: Facts, places: Places, ranking: Ranking, sort: str) -> Places:
    """Return the numbers of the rows, those that are ranked first: best first by fit or score, A to Z by name.

    Unknown values come last in either direction, equal ones A to Z, which is the order of the places.
    """
    name, is_reversed = sort.removeprefix("-"), sort.startswith("-")
    is_ranked = ranking.is_ranked
    if name == "name":
        value = places.astype(np.float64) * (1 if is_reversed else -1)
    elif name in facts.column:
        value = facts.arrays.scores[:, facts.column[name]][places].astype(np.float64)
        value = np.where(value == 0, -UNKNOWN, -value if is_reversed else value)
    else:
        # Without a rank the fit rests on too little to sort by: more evidence comes first.
        value = np.where(is_ranked, ranking.values, ranking.covered / max(ranking.total, 1))
        value = -value if is_reversed else value
    return np.lexsort((places, -value, ~is_ranked))


#: Larger than any score.
UNKNOWN = 10


def difference(value: int | None, base: int | None) -> int | None:
    """Return how far a value is above the base; None if one of them is unknown."""
    return None if value is None or base is None else value - base


def _unless(hidden: Sequence[bool], items: Iterable[T]) -> Iterator[T]:
    return (item for item, is_hidden in zip(items, hidden, strict=True) if not is_hidden)


def _group(column: Column) -> CriterionGroup:
    return column.criterion.group
