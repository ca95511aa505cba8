"""Measure how stable the ranking is: in how many of many weightings each framework leads. Pure and reproducible.

A weighting gives each criterion a whole weight from 0 to the heaviest, all equally likely, as a visitor might set
them. Each criterion has its own stream of random numbers, seeded with its name, so that neither the order of the
criteria nor a new one changes the weights drawn for the others. `Random.random()` is the only method for which Python
guarantees the same numbers for the same seed in every version.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from random import Random

from .scoring import Scores, apportion, leaders

DRAWS = 2000
#: How many results are cached, each with its scores: some 60 kB for 300 frameworks on 18 criteria.
CACHED = 128


@dataclass(frozen=True, slots=True)
class Stability:
    """The number of weightings in which each framework leads alone (highest first, none left out), in which several are
    level, and in which nobody is ranked."""

    alone: tuple[tuple[str, int], ...]
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
    scores: Mapping[str, Scores],
    criteria: Sequence[str],
    *,
    minimum_coverage: Fraction,
    heaviest: int,
    draws: int = DRAWS,
) -> Stability:
    """Count who leads in each of `draws` weightings of the criteria, the same ones at every call.

    The result does not depend on a visitor's weights, so it is cached by the scores.
    """
    rows = tuple(
        (name, tuple(rated.get(criterion) for criterion in criteria))
        for name, rated in sorted(scores.items())
    )
    return count_leaders(rows, tuple(criteria), minimum_coverage, heaviest, draws)


@lru_cache(maxsize=CACHED)
def count_leaders(
    rows: tuple[tuple[str, tuple[int | None, ...]], ...],
    criteria: tuple[str, ...],
    minimum_coverage: Fraction,
    heaviest: int,
    draws: int,
) -> Stability:
    """Count who leads, as `stability` does, given hashable rows: scores in the order of the criteria."""
    scores = {name: dict(zip(criteria, row, strict=True)) for name, row in rows}
    led = Counter(
        leaders(scores, weights, minimum_coverage) for weights in weightings(criteria, heaviest, draws)
    )
    alone = [(names[0], times) for names, times in led.items() if len(names) == 1]
    return Stability(
        alone=tuple(sorted(alone, key=lambda entry: (-entry[1], entry[0]))),
        level=sum(times for names, times in led.items() if len(names) > 1),
        nobody=led[()],
    )


def weightings(criteria: Sequence[str], heaviest: int, draws: int = DRAWS) -> Iterator[dict[str, int]]:
    """Yield `draws` weightings, each a weight from 0 to `heaviest` by criterion."""
    streams = {criterion: Random(criterion) for criterion in criteria}  # noqa: S311 - repeatable, not for security
    for _ in range(draws):
        yield {criterion: int(stream.random() * (heaviest + 1)) for criterion, stream in streams.items()}
