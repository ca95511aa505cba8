"""Find what would change who leads: for each criterion the nearest whole weights at which others do. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from .scoring import Scores, Weights, leaders


@dataclass(frozen=True, slots=True)
class Flip:
    """A change of leaders. `weights` are the consecutive weights of the criterion that cause it, the nearest first;
    `leaders` are the names of those who lead at the nearest."""

    criterion: str
    weights: tuple[int, ...]
    leaders: tuple[str, ...]


def flips(
    scores: Mapping[str, Scores], weights: Weights, *, minimum_coverage: Fraction, heaviest: int
) -> Iterator[Flip]:
    """Yield the nearest change of leaders above and below each criterion's weight, the other weights unchanged.

    `scores` are those of each framework, `minimum_coverage` is the share of weight that it takes to be ranked. Every
    whole weight from 0 to `heaviest` is tried.
    """
    now = leaders(scores, weights, minimum_coverage)
    for criterion, weight in weights.items():
        for tried in (range(weight + 1, heaviest + 1), range(weight - 1, -1, -1)):
            changed: dict[int, tuple[str, ...]] = {}
            for other in tried:
                then = leaders(scores, {**weights, criterion: other}, minimum_coverage)
                if then != now:
                    changed[other] = then
                elif changed:
                    break
            if changed:
                yield Flip(criterion, tuple(changed), next(iter(changed.values())))
