"""Calculate fits: plain numbers in, exact fractions out. Published at /method/.

A fit is the weighted sum of scores, scaled to the interval 0 to 1 (simple additive weighting), over rated criteria
only; what is not rated shows in coverage and band and is never guessed. Scores run from 1 to 5, weights are whole
numbers from 0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import cycle

Scores = Mapping[str, int | None]
Weights = Mapping[str, int]

WORST, BEST = 1, 5


@dataclass(frozen=True, slots=True)
class Fit:
    """The result for one framework's scores under the weights. All values lie between 0 and 1.

    `value` is None when no criterion with a weight is rated. `low` and `high` are the band: the value if every gap
    scored worst, and if every gap scored best; None when every weight is 0. `coverage` is the rated share of weight.
    """

    value: Fraction | None
    coverage: Fraction
    low: Fraction | None
    high: Fraction | None

    @property
    def points(self) -> int | None:
        """Return the fit in points, 0 to 100."""
        return points(self.value)

    @property
    def low_points(self) -> int | None:
        """Return the lower end of the band in points, 0 to 100."""
        return points(self.low)

    @property
    def high_points(self) -> int | None:
        """Return the upper end of the band in points, 0 to 100."""
        return points(self.high)

    @property
    def band_points(self) -> int:
        """Return the width of the band in points, at least 1 so that it can be seen."""
        return max((self.high_points or 0) - (self.low_points or 0), 1)

    @property
    def is_range(self) -> bool:
        """Return whether missing scores leave more than one fit possible, in points."""
        return self.low_points != self.high_points

    @property
    def shown(self) -> tuple[int | None, int | None, int | None, int]:
        """Return all that is shown of it: the points of fit and band, and the coverage in percent."""
        return self.points, self.low_points, self.high_points, self.coverage_percent

    @property
    def coverage_percent(self) -> int:
        """Return the coverage in percent, rounded down so that 100 means complete."""
        return 100 * self.coverage.numerator // self.coverage.denominator


def share(score: int) -> Fraction:
    """Return a score of 1 to 5 as a share of the scale: 1 is 0, 5 is 1. Raises ValueError outside the scale."""
    _check(score)
    return Fraction(score - WORST, BEST - WORST)


def fit(scores: Scores, weights: Weights) -> Fit:
    """Return the weighted fit of one framework. `weights` has every criterion that counts, `scores` those rated.

    fit = Σ weight × (score − 1)/4 over rated criteria ÷ Σ weight of rated criteria.
    Raises ValueError for a negative weight or a score off the scale.
    """
    if any(weight < 0 for weight in weights.values()):
        raise ValueError("A weight is 0 or more.")
    total = sum(weights.values())
    rated = {
        name: score for name, weight in weights.items() if weight and (score := scores.get(name)) is not None
    }
    for score in rated.values():
        _check(score)
    return fit_of(
        sum(weights[name] * (score - WORST) for name, score in rated.items()),
        sum(weights[name] for name in rated),
        total,
    )


def fit_of(earned: int, covered: int, total: int) -> Fit:
    """Return the fit from sums over the criteria.

    `earned` is the sum of weight × (score − 1) over those rated, `covered` the sum of their weights, `total` that of
    all weights.
    """
    steps = BEST - WORST
    return Fit(
        value=Fraction(earned, steps * covered) if covered else None,
        coverage=Fraction(covered, total) if total else Fraction(0),
        low=Fraction(earned, steps * total) if total else None,
        high=Fraction(earned + steps * (total - covered), steps * total) if total else None,
    )


def contributions(scores: Scores, weights: Weights) -> dict[str, Fraction]:
    """Return what each rated criterion adds to the fit, in points of 100. They add up to the fit exactly."""
    rated = {name: score for name in weights if (score := scores.get(name)) is not None}
    covered = sum(weights[name] for name in rated)
    if not covered:
        return {}
    return {name: 100 * weights[name] * share(score) / covered for name, score in rated.items()}


def shown_contributions(scores: Scores, weights: Weights) -> dict[str, Fraction]:
    """Return the contributions rounded to tenths of a point, so that they add up to the fit in whole points."""
    return apportion(contributions(scores, weights), fit(scores, weights).points or 0, digits=1)


def apportion(parts: Mapping[str, Fraction], total: int, digits: int = 0) -> dict[str, Fraction]:
    """Round the parts so that they add up to the rounded total (largest remainder method, Hamilton 1792).

    `digits` is the number of decimals. The parts must add up to `total` within one half; ties go to the first part.
    """
    unit = 10**digits
    shown = {name: (part * unit).__floor__() for name, part in parts.items()}
    missing = total * unit - sum(shown.values())
    step = 1 if missing > 0 else -1
    # A part of 0 stays 0, and no part becomes negative.
    turns = cycle(
        sorted(
            (name for name, part in parts.items() if part),
            key=lambda name: step * (shown[name] - parts[name] * unit),
        )
    )
    while missing:
        name = next(turns)
        if shown[name] + step >= 0:
            shown[name] += step
            missing -= step
    return {name: Fraction(whole, unit) for name, whole in shown.items()}


def rank(values: Sequence[Fraction | int | None]) -> list[int | None]:
    """Return the rank of each value, highest first; equal values share a rank: 1, 2, 2, 4. None has no rank."""
    ordered = sorted((value for value in values if value is not None), reverse=True)
    places: dict[Fraction | int, int] = {}
    for place, value in enumerate(ordered, 1):
        places.setdefault(value, place)
    return [None if value is None else places[value] for value in values]


def _check(score: int) -> None:
    if not WORST <= score <= BEST:
        raise ValueError(f"A score lies between {WORST} and {BEST}, not at {score}.")


def points(value: Fraction | None) -> int | None:
    """Return a share of 1 as whole points of 100, halves rounded up."""
    return None if value is None else (200 * value.numerator + value.denominator) // (2 * value.denominator)
