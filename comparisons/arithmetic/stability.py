"""How stable the ranking is: of many weightings, in how many each framework leads. Pure, the same on every machine.

A weighting gives each criterion a whole weight from 0 to the heaviest, all as likely as each other, as a visitor might
set them. Each criterion has a stream of its own, seeded with its name, so that neither the order of the criteria nor a
new one moves what is drawn for the others. `Random.random()` is the one method of which Python promises the same
numbers for the same seed in every version.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from random import Random

from .scoring import Scores, apportion, leaders

DRAWS = 2000
#: Results that are kept, each with the scores that it follows from: some 60 kB for 300 frameworks on 18 criteria.
CACHED = 128


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
        """Return the same in their order as parts of 100, rounded so that they add up to it."""
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

    A visitor's weights have no part in it, so that the result is kept for the next who looks at the same scores.
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
    """Do the same with the scores of each framework in the order of the criteria."""
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
    """Yield the weightings themselves."""
    streams = {criterion: Random(criterion) for criterion in criteria}  # noqa: S311 - repeatable, not unforeseeable
    for _ in range(draws):
        yield {criterion: int(stream.random() * (heaviest + 1)) for criterion, stream in streams.items()}
