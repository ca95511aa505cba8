"""Find what would change who leads: for each criterion the nearest whole weights at which others do. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .ranking import Ranking, Scores, fits, rank_all


@dataclass(frozen=True, slots=True)
class Flip:
    """A change of leaders. `weights` are the consecutive weights of the criterion that cause it, the nearest first;
    `leaders` are the places of those who lead at the nearest."""

    criterion: str
    weights: tuple[int, ...]
    leaders: tuple[int, ...]


def flips(
    scores: Scores, weights: Mapping[str, int], *, minimum_coverage: Fraction, heaviest: int
) -> Iterator[Flip]:
    """Yield the nearest change of leaders above and below each criterion's weight, the other weights unchanged.

    `scores` have a column for each criterion, in the order of `weights`; `minimum_coverage` is the share of weight that
    it takes to be ranked. Every whole weight from 0 to `heaviest` is tried.
    """
    ranking = rank_all(scores, np.array([*weights.values()], np.int64), minimum_coverage)
    now = ranking.leaders
    for column, (criterion, weight) in enumerate(weights.items()):
        for tried in (range(weight + 1, heaviest + 1), range(weight - 1, -1, -1)):
            changed: dict[int, NDArray[np.intp]] = {}
            for other in tried:
                then = _leaders(ranking, scores[:, column], other - weight, minimum_coverage)
                if not np.array_equal(then, now):
                    changed[other] = then
                elif changed:
                    break
            if changed:
                yield Flip(criterion, tuple(changed), tuple(next(iter(changed.values())).tolist()))


def _leaders(
    ranking: Ranking, scores: NDArray[np.int8], step: int, minimum_coverage: Fraction
) -> NDArray[np.intp]:
    """Return the places of those who lead when one criterion's weight is so much more."""
    rated = (scores > 0).astype(np.int64)
    earned = ranking.earned + step * (scores.astype(np.int64) - rated)
    covered = ranking.covered + step * rated
    total = ranking.total + step
    return Ranking(earned, covered, total, fits(earned, covered, total, minimum_coverage)).leaders
