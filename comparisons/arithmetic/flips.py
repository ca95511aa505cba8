"""Find what would change who leads: for each criterion the nearest whole weights at which others do. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, takewhile

import numpy as np
from numpy.typing import NDArray

from .ranking import UNRANKED, Ranking, Scores, fits, rank_all

#: How many fits are worked out at a time.
AT_ONCE = 2_000_000


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
    factors = np.array([*weights.values()], np.int64)
    ranking = rank_all(scores, factors, minimum_coverage)
    leads_now = np.isin(np.arange(len(scores)), ranking.leaders)
    size = max(1, AT_ONCE // max(1, len(scores) * (heaviest + 1)))
    for start in range(0, len(weights), size):
        columns = slice(start, start + size)
        steps = np.arange(heaviest + 1) - factors[columns, None]
        leads = _leads(ranking, scores[:, columns], steps, minimum_coverage)
        is_changed = (leads != leads_now[:, None, None]).any(axis=0).tolist()
        for place, (criterion, weight) in enumerate(islice(weights.items(), start, start + size)):
            for tried in (range(weight + 1, heaviest + 1), range(weight - 1, -1, -1)):
                if nearest := _nearest(tried, is_changed[place]):
                    yield Flip(
                        criterion, nearest, tuple(np.flatnonzero(leads[:, place, nearest[0]]).tolist())
                    )


def _nearest(tried: range, is_changed: list[bool]) -> tuple[int, ...]:
    """Return the first of these weights under which others lead, and those that follow without a gap."""
    first = next((place for place, weight in enumerate(tried) if is_changed[weight]), len(tried))
    return tuple(takewhile(is_changed.__getitem__, tried[first:]))


def _leads(
    ranking: Ranking, scores: Scores, steps: NDArray[np.int64], minimum_coverage: Fraction
) -> NDArray[np.bool_]:
    """Return whether each framework leads when the weight of one of these criteria changes by one of its steps.

    The axes are frameworks, criteria and steps; `steps` has a row for each criterion.
    """
    rated = (scores > 0).astype(np.int64)[:, :, None]
    earned = ranking.earned[:, None, None] + steps * (scores.astype(np.int64)[:, :, None] - rated)
    covered = ranking.covered[:, None, None] + steps * rated
    values = fits(earned, covered, ranking.total + steps, minimum_coverage)
    best = values.max(axis=0, initial=UNRANKED)
    leads: NDArray[np.bool_] = (values == best) & (best > UNRANKED)
    return leads
