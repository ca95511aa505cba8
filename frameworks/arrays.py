"""Hold what is compared of all frameworks as arrays: a row for each framework, a column for each criterion.

100,000 frameworks under 50 criteria take 35 MB as arrays, and gigabytes as objects.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from . import dispute
from .columns import Rows

Places = NDArray[np.intp]
"""Numbers of rows: the places of frameworks among all that are published, which are in the order of their names."""

NOWHERE = np.empty(0, np.intp)


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
    #: How many sources make the claims.
    sources: NDArray[np.int16]
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
    ) -> Self:
        """Build the arrays from rows that begin with the primary keys of framework and criterion.

        `scores` end with the score; `readings`, a row for each claim, with its joint criterion and its reading (each 0
        where there is none), its source, and 1 if it names a factor. Rows about others are left out of the cells.
        """
        rows, columns = _Places(frameworks), _Places(criteria)

        # One criterion after the other, because ranking and comparing go through them so.
        shape, size = (len(frameworks), len(criteria)), len(frameworks) * len(criteria)
        score, lowest, highest = (np.zeros(size, np.int8) for _ in range(3))
        claims = np.zeros(size, np.int32)
        cells, scores_of_cells = _known(scores, rows, columns)
        score[cells] = scores_of_cells
        sources = _Places(np.unique(readings[:, 4]))
        voices = []
        # A claim with a joint criterion is in both its cells.
        for criterion in (1, 2):
            cells, reading = _known(readings[:, (0, criterion, 3)], rows, columns)
            _, source = _known(readings[:, (0, criterion, 4)], rows, columns)
            voices.append(cells * sources.order.size + sources.of(source))
            np.add.at(claims, cells, np.int32(1))
            np.maximum.at(highest, cells, reading)
            # The lowest is held as what is missing to 6 until all are known, so that 0 can mean that there is none.
            np.maximum.at(lowest, cells, np.where(reading, 6 - reading, 0))
        np.subtract(6, lowest, out=lowest, where=lowest > 0)
        voices_of_cells = np.unique(np.concatenate(voices)) // max(sources.order.size, 1)
        speakers = np.bincount(voices_of_cells, minlength=size).astype(np.int16)
        for array in (score, claims, lowest, highest, speakers):
            array.flags.writeable = False
        return cls(
            score.reshape(shape, order="F"),
            claims.reshape(shape, order="F"),
            lowest.reshape(shape, order="F"),
            highest.reshape(shape, order="F"),
            speakers.reshape(shape, order="F"),
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


def _known(rows: Rows, frameworks: _Places, criteria: _Places) -> tuple[Places, NDArray[np.int64]]:
    """Return the numbers of the cells of these rows, counted down one criterion after the other, and what follows the
    two keys."""
    down, across = frameworks.of(rows[:, 0]), criteria.of(rows[:, 1])
    known = (down >= 0) & (across >= 0)
    return across[known] * frameworks.order.size + down[known], rows[known, 2]


def places_by_key(frameworks: Sequence[int], pairs: Rows) -> dict[int, Places]:
    """Return the places of the frameworks that have each facet value, both given by primary key in pairs."""
    places = _Places(frameworks).of(pairs[:, 0])
    values, places = pairs[places >= 0, 1], places[places >= 0]
    order = np.lexsort((places, values))
    known, starts = np.unique(values[order], return_index=True)
    return dict(zip(known.tolist(), np.split(places[order], starts[1:]), strict=False))
