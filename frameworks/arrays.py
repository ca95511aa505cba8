"""Hold what is compared of all frameworks as arrays: a row for each framework, a column for each criterion.

100,000 frameworks under 50 criteria take 35 MB as arrays, and gigabytes as objects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from . import dispute
from .columns import Rows

Places = NDArray[np.intp]
"""Numbers of rows: the places of frameworks among all that are published, which are in the order of their names."""

NOWHERE = np.empty(0, np.intp)

#: More than any reading.
READINGS = 6


@dataclass(frozen=True, slots=True, eq=False)
class FactArrays:
    """Scores and evidence of every cell.

    A score is 1 to 5, or 0 where there is no published rating; `lowest` and `highest` are those of the readings of its
    claims, or 0 where none has a reading.
    """

    scores: NDArray[np.int8]
    claims: NDArray[np.int32]
    lowest: NDArray[np.int8]
    highest: NDArray[np.int8]
    #: How many sources make the claims, and how many of these are of each kind but articles. A kind without any is left
    #: out.
    sources: NDArray[np.int16]
    sources_of_kind: Mapping[str, NDArray[np.int16]]
    #: Source and criterion of the claims that name a factor to weigh, by primary key, each pair once.
    factors: Rows
    #: The number of all claims, also of those that are about no framework or filed under no criterion of these.
    claim_total: int
    #: How many of these have a reading.
    reading_total: int

    @classmethod
    def build(
        cls,
        frameworks: Sequence[int],
        criteria: Sequence[int],
        *,
        scores: Rows,
        readings: Rows,
        kinds: Mapping[str, Sequence[int]],
    ) -> Self:
        """Build the arrays from rows that begin with the primary keys of framework and criterion.

        `scores` end with the score; `readings`, a row for each claim, with its joint criterion and its reading (each 0
        where there is none), its source, and 1 if it names a factor. Rows about others are left out of the cells.
        `kinds` are those of the sources that are no articles, with the keys of the sources of each.
        """
        # One criterion after the other, because ranking and comparing go through them so.
        shape, size = (len(frameworks), len(criteria)), len(frameworks) * len(criteria)
        rows, columns = _Places(frameworks), _Places(criteria)

        score = np.zeros(size, np.int8)
        cells, (scores_of_cells,) = _filed(scores, rows, columns)
        score[cells] = scores_of_cells
        # A claim with a joint criterion is in both its cells.
        joint = readings[readings[:, 2] > 0]
        voices = np.concatenate([readings[:, (0, 1, 3, 4)], joint[:, (0, 2, 3, 4)]])
        cells, (reading, source) = _filed(voices, rows, columns)
        claims = np.bincount(cells, minlength=size).astype(np.int32)
        lowest, highest = _extremes(cells, reading, size)
        speakers = _distinct(cells, source, size)
        of_kind: dict[str, NDArray[np.int16]] = {}
        for kind, keys in kinds.items():
            is_of_kind = np.isin(source, keys)
            of_kind[kind] = _distinct(cells[is_of_kind], source[is_of_kind], size)
        arrays: tuple[NDArray[Any], ...] = (score, claims, lowest, highest, speakers, *of_kind.values())
        for array in arrays:
            array.flags.writeable = False
        return cls(
            score.reshape(shape, order="F"),
            claims.reshape(shape, order="F"),
            lowest.reshape(shape, order="F"),
            highest.reshape(shape, order="F"),
            speakers.reshape(shape, order="F"),
            {kind: array.reshape(shape, order="F") for kind, array in of_kind.items()},
            np.unique(readings[readings[:, 5] > 0][:, (4, 1)], axis=0),
            len(readings),
            int(np.count_nonzero(readings[:, 3])),
        )

    @property
    def rating_total(self) -> int:
        """Return the number of published ratings."""
        return int(np.count_nonzero(self.scores))

    @property
    def dispute_total(self) -> int:
        """Return the number of published ratings in dispute."""
        return int(np.count_nonzero(dispute.are_disputed(self.lowest, self.highest) & (self.scores > 0)))


class _Places:
    """The place of each primary key in a sequence."""

    def __init__(self, keys: Sequence[int] | NDArray[np.int64]) -> None:
        listed = np.array(keys, np.int64)
        self.order = np.argsort(listed)
        self.sorted = listed[self.order]

    def of(self, keys: NDArray[np.int64]) -> Places:
        """Return the places of these keys; −1 for those that are not in the sequence."""
        if not self.sorted.size:
            return np.full(keys.shape, -1)
        near = np.minimum(np.searchsorted(self.sorted, keys), self.sorted.size - 1)
        return np.where(self.sorted[near] == keys, self.order[near], -1)


def _filed(rows: Rows, frameworks: _Places, criteria: _Places) -> tuple[Places, Rows]:
    """Return the numbers of the cells of these rows, counted down one criterion after the other, and the columns that
    follow the two keys. Rows that are in no cell are left out."""
    down, across = frameworks.of(rows[:, 0]), criteria.of(rows[:, 1])
    known = (down >= 0) & (across >= 0)
    return across[known] * frameworks.order.size + down[known], rows.T[2:, known]


def _extremes(
    cells: Places, readings: NDArray[np.int64], size: int
) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """Return the lowest and the highest reading of each cell, or 0 where none of its claims has one.

    They are written into the cells in order, and what is written last stays.
    """
    has_reading = readings > 0
    in_order = np.sort(cells[has_reading] * READINGS + readings[has_reading])
    cell, reading = np.divmod(in_order, READINGS)
    lowest, highest = np.zeros(size, np.int8), np.zeros(size, np.int8)
    highest[cell], lowest[cell[::-1]] = reading, reading[::-1]
    return lowest, highest


def _distinct(cells: Places, sources: NDArray[np.int64], size: int) -> NDArray[np.int16]:
    """Return how many different sources each cell has."""
    span = int(sources.max(initial=0)) + 1
    pairs = np.sort(cells * span + sources)
    return np.bincount(pairs[np.diff(pairs, prepend=-1) > 0] // span, minlength=size).astype(np.int16)


def places_by_key(frameworks: Sequence[int], pairs: Rows) -> dict[int, Places]:
    """Return the places of the frameworks that have each facet value, both given by primary key in pairs."""
    places = _Places(frameworks).of(pairs[:, 0])
    values, places = pairs[places >= 0, 1], places[places >= 0]
    order = np.lexsort((places, values))
    known, starts = np.unique(values[order], return_index=True)
    return dict(zip(known.tolist(), np.split(places[order], starts[1:]), strict=False))
