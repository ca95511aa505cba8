"""Measure how stable the ranking is: in how many of many weightings each framework leads. Pure and reproducible.

A weighting gives each criterion a whole weight from 0 to the heaviest, all equally likely, as a visitor might set
them. Each criterion has its own stream of random numbers, seeded with its name, so that neither the order of the
criteria nor a new one changes the weights drawn for the others. `Random.random()` is the only method for which Python
guarantees the same numbers for the same seed in every version.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from hashlib import blake2b
from random import Random

import numpy as np
from numpy.typing import NDArray

from .ranking import UNRANKED, Scores, fits
from .scoring import apportion

DRAWS = 2000
#: How many fits are worked out at a time.
AT_ONCE = 2_000_000
#: How many results and sets of weightings are cached.
CACHED = 128


@dataclass(frozen=True, slots=True)
class Stability:
    """The number of weightings in which each framework, given by place, leads alone (highest first, none left out), in
    which several are level, and in which nobody is ranked."""

    alone: tuple[tuple[int, int], ...]
    level: int
    nobody: int

    @property
    def draws(self) -> int:
        """Return the number of weightings in all."""
        return sum(times for _, times in self.alone) + self.level + self.nobody

    @property
    def percents(self) -> list[int]:
        """Return the counts of `alone`, `level` and `nobody`, in this order, as percentages that add up to 100."""
        counts = [*(times for _, times in self.alone), self.level, self.nobody]
        parts = {str(place): Fraction(100 * count, self.draws) for place, count in enumerate(counts)}
        return [int(part) for part in apportion(parts, 100).values()]


def stability(
    scores: Scores,
    criteria: Sequence[str],
    *,
    minimum_coverage: Fraction,
    heaviest: int,
    draws: int = DRAWS,
) -> Stability:
    """Count who leads in each of `draws` weightings of the criteria, the same ones at every call.

    `scores` have a column for each criterion. The result does not depend on a visitor's weights, so it is cached by the
    scores.
    """
    content = blake2b(np.ascontiguousarray(scores).tobytes()).digest()
    key = (content, scores.shape, *criteria, minimum_coverage, heaviest, draws)
    if (known := _counted.get(key)) is None:
        if len(_counted) >= CACHED:
            _counted.clear()
        known = _counted[key] = _count(scores, tuple(criteria), minimum_coverage, heaviest, draws)
    return known


_counted: dict[tuple[object, ...], Stability] = {}


def forget_counts() -> None:
    """Have the next call count anew."""
    _counted.clear()


def _count(
    scores: Scores, criteria: tuple[str, ...], minimum_coverage: Fraction, heaviest: int, draws: int
) -> Stability:
    drawn = _drawn(criteria, heaviest, draws)
    rated, known = (scores > 0).astype(np.float32), scores.astype(np.float32)
    size = max(1, AT_ONCE // max(1, len(scores)))
    alone: Counter[int] = Counter()
    level = 0
    for start in range(0, draws if len(scores) else 0, size):
        weights = drawn[start : start + size].T
        factors = weights.astype(np.float32)
        covered = (rated @ factors).astype(np.int64)
        earned = (known @ factors).astype(np.int64) - covered
        values = fits(earned, covered, weights.sum(axis=0), minimum_coverage)
        best = values.max(axis=0)
        first = (values == best) & (best > UNRANKED)
        leading = first.sum(axis=0)
        alone.update(first[:, leading == 1].argmax(axis=0).tolist())
        level += int((leading > 1).sum())
    return Stability(
        alone=tuple(sorted(alone.items(), key=lambda entry: (-entry[1], entry[0]))),
        level=level,
        nobody=draws - alone.total() - level,
    )


@lru_cache(maxsize=CACHED)
def _drawn(criteria: tuple[str, ...], heaviest: int, draws: int) -> NDArray[np.int64]:
    """Return the weightings as an array, a row for each."""
    rows = [[*weights.values()] for weights in weightings(criteria, heaviest, draws)]
    return np.array(rows, np.int64).reshape(draws, len(criteria))


def weightings(criteria: Sequence[str], heaviest: int, draws: int = DRAWS) -> Iterator[dict[str, int]]:
    """Yield `draws` weightings, each a weight from 0 to `heaviest` by criterion."""
    streams = {criterion: Random(criterion) for criterion in criteria}  # noqa: S311 - repeatable, not for security
    for _ in range(draws):
        yield {criterion: int(stream.random() * (heaviest + 1)) for criterion, stream in streams.items()}
