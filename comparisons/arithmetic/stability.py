"""How firm the order is: of many weightings, in how many each framework leads. Pure, and the same on every machine.

A weighting gives each criterion a whole weight from 0 to the heaviest, all as likely as each other, as a visitor might
set them. Each criterion has a stream of its own, seeded with its name, so that neither the order of the criteria nor a
new one moves what is drawn for the others. `Random.random()` is the one method of which Python promises the same
numbers for the same seed in every version.

The weights that a criterion has in all the weightings stand side by side in the lanes of one large whole number: one
multiplication weighs a score in all of them at once.
"""

import sys
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from random import Random
from typing import Final

from .scoring import WORST, Scores, apportion

DRAWS = 2000
#: What one weighting has of a large number: 32 bits, more than all weights together, four times over.
LANE: Final = "I"
#: Fits of different size differ by 1 ÷ (weight × weight) or more: as whole numbers of so many bits they still do.
FINE = 40


@dataclass(frozen=True, slots=True)
class Stability:
    """In how many weightings each framework is alone in the lead (most often first, never is left out), in how many
    several are level, and in how many nobody is ranked."""

    alone: tuple[tuple[str, int], ...]
    level: int
    nobody: int

    @property
    def draws(self) -> int:
        return sum(times for _, times in self.alone) + self.level + self.nobody

    @property
    def percents(self) -> list[int]:
        """The same in their order as parts of 100, rounded so that they add up to it."""
        counts = [*(times for _, times in self.alone), self.level, self.nobody]
        parts = {str(place): Fraction(100 * count, self.draws) for place, count in enumerate(counts)}
        return [int(part) for part in apportion(parts, 100).values()]


def stability(
    scores: Mapping[str, Scores],
    criteria: Sequence[str],
    *,
    minimum_coverage: Fraction,
    heaviest: int,
    draws: int = DRAWS,
) -> Stability:
    """Who leads in each of `draws` weightings of the criteria, the same ones at every call."""
    columns = {criterion: _weights(criterion, heaviest, draws) for criterion in criteria}
    total = sum(columns.values())
    led: Counter[str] = Counter()
    level = nobody = 0
    names = list(scores)
    abreast = [_fits(rated, columns, total, minimum_coverage, draws) for rated in scores.values()]
    for fits in zip(*abreast, strict=True) if abreast else [()] * draws:
        best = max(fits, default=-1)
        if best < 0:
            nobody += 1
        elif fits.count(best) > 1:
            level += 1
        else:
            led[names[fits.index(best)]] += 1
    return Stability(tuple(sorted(led.items(), key=lambda one: (-one[1], one[0]))), level, nobody)


def weightings(criteria: Sequence[str], heaviest: int, draws: int = DRAWS) -> list[dict[str, int]]:
    """The weightings themselves."""
    columns = [_lanes(_weights(criterion, heaviest, draws), draws) for criterion in criteria]
    return [dict(zip(criteria, weights, strict=True)) for weights in zip(*columns, strict=True)]


@lru_cache(maxsize=256)
def _weights(criterion: str, heaviest: int, draws: int) -> int:
    """What one criterion weighs in each weighting, a lane each."""
    chance = Random()  # noqa: S311 - to be repeated, not to be unforeseeable
    chance.seed(criterion, version=2)
    drawn = array(LANE, (int(chance.random() * (heaviest + 1)) for _ in range(draws)))
    return int.from_bytes(drawn.tobytes(), sys.byteorder)


def _lanes(number: int, draws: int) -> memoryview:
    return memoryview(number.to_bytes(draws * array(LANE).itemsize, sys.byteorder)).cast(LANE)


def _fits(
    rated: Scores, columns: Mapping[str, int], total: int, minimum_coverage: Fraction, draws: int
) -> list[int]:
    """One framework's fit in each weighting as a whole number that keeps the order; −1 where it is not ranked."""
    known = [(column, score) for name, column in columns.items() if (score := rated.get(name)) is not None]
    earned = sum(column * (score - WORST) for column, score in known)
    covered = sum(column for column, _ in known)
    over, under = minimum_coverage.numerator, minimum_coverage.denominator
    return [
        (gained << FINE) // weight if weight and weight * under >= over * all_of_it else -1
        for gained, weight, all_of_it in zip(
            _lanes(earned, draws), _lanes(covered, draws), _lanes(total, draws), strict=True
        )
    ]
