"""Rank any number of frameworks at once, in arrays.

`scoring` defines in exact fractions what a fit is; this finds the same order. It is exact as well: all sums are whole
numbers far below 2**53, and the quotients of two such numbers are equal as floats only if they are equal.
"""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .scoring import Fit, fit_of

#: A row for each framework, a column for each criterion: 1 to 5, or 0 where it is not rated.
Scores = NDArray[np.int8]
Weights = NDArray[np.int64]

UNRANKED = -1.0


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The fits of many frameworks under the same weights, in their order.

    `earned` is the sum of weight × (score − 1) over the rated criteria, `covered` the sum of their weights, `total`
    that of all weights. `values` are the fits from 0 to 1 of those that are ranked, and `UNRANKED` for the others.
    """

    earned: NDArray[np.int64]
    covered: NDArray[np.int64]
    total: int
    values: NDArray[np.float64]

    @property
    def is_ranked(self) -> NDArray[np.bool_]:
        return self.values >= 0

    def fit(self, place: "int | np.intp") -> Fit:
        """Return the exact fit of one framework."""
        return fit_of(int(self.earned[place]), int(self.covered[place]), self.total)

    def among(self, places: NDArray[np.intp]) -> "Ranking":
        """Return the ranking of these frameworks only, in the order given."""
        return Ranking(self.earned[places], self.covered[places], self.total, self.values[places])

    def ranks(self, places: NDArray[np.intp]) -> list[int | None]:
        """Return the ranks of some of the frameworks among all; equal fits share a rank: 1, 2, 2, 4. None has none."""
        values = np.sort(self.values[self.is_ranked])
        above = values.size - np.searchsorted(values, self.values[places], side="right")
        return [
            int(number) + 1 if ranked else None
            for number, ranked in zip(above, self.is_ranked[places], strict=True)
        ]

    @property
    def leaders(self) -> NDArray[np.intp]:
        """Return the places of those that share the first rank."""
        if not self.values.size or (first := self.values.max()) < 0:
            return np.empty(0, np.intp)
        return np.flatnonzero(self.values == first)

    @property
    def runners_up(self) -> NDArray[np.intp]:
        """Return the places of those next behind a sole leader; empty if several lead, or nobody follows."""
        if self.leaders.size != 1:
            return np.empty(0, np.intp)
        behind = self.values.copy()
        behind[self.leaders] = UNRANKED
        return np.flatnonzero((behind == behind.max()) & (behind > UNRANKED))


def rank_all(scores: Scores, weights: Weights, minimum_coverage: Fraction) -> Ranking:
    """Rank frameworks by their scores under the weights, of which there is one for each criterion.

    Those that are rated on less than `minimum_coverage` of the weight, or on nothing, have no rank.
    """
    factors = weights.astype(np.float32)  # exact up to 2**24, which a sum of weights and scores never reaches
    covered = ((scores > 0).astype(np.float32) @ factors).astype(np.int64)
    earned = (scores.astype(np.float32) @ factors).astype(np.int64) - covered
    total = int(weights.sum())
    return Ranking(earned, covered, total, fits(earned, covered, total, minimum_coverage))


def fits(
    earned: NDArray[np.int64],
    covered: NDArray[np.int64],
    total: "int | NDArray[np.int64]",
    minimum_coverage: Fraction,
) -> NDArray[np.float64]:
    """Return the fit from 0 to 1 of each framework that is ranked, and `UNRANKED` for the others."""
    share, whole = minimum_coverage.as_integer_ratio()
    is_ranked = (covered > 0) & (covered * whole >= share * total)
    values = np.full(covered.shape, UNRANKED)
    np.divide(earned, 4 * covered, out=values, where=is_ranked)
    return values
