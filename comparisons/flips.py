"""What would change the order: for each criterion the weight at which another framework leads, the others held.

Pure. With all weights but one held, the fit of a framework is (A + x·s)/(B + x·r): A and B what the other criteria earn
and weigh where it is rated, s its score here as a share, r whether it is rated here. Two fits are equal where a
quadratic has its roots; a framework is ranked from a linear bound on. Between these points nobody changes place.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor, isqrt

from .scoring import Scores, Weights, share

#: Square roots that are no fractions are kept to this part of 1.
PRECISION = 10**15


@dataclass(frozen=True, slots=True)
class Flip:
    """At weight `at` of the criterion, or just beyond it, the leaders change. `whole` is the first whole weight at
    which they are not what they were, `leaders` who leads beyond, by name."""

    criterion: str
    at: Fraction
    whole: int
    upwards: bool
    leaders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """One framework's fit as a function of one weight: (earned + x·gain)/(covered + x·step)."""

    earned: Fraction
    covered: int
    gain: Fraction
    step: int

    def fit(self, x: Fraction) -> Fraction | None:
        weight = self.covered + x * self.step
        return (self.earned + x * self.gain) / weight if weight else None


def flips(
    scores: Mapping[str, Scores], weights: Weights, *, minimum_coverage: Fraction, heaviest: int
) -> Iterator[Flip]:
    """The nearest change of leaders above and below each criterion's weight, where there is one from 0 to `heaviest`.

    `scores` are those of each framework, `minimum_coverage` the share of weight that it takes to be ranked.
    """
    for criterion, weight in weights.items():
        lines = {name: _line(rated, weights, criterion) for name, rated in scores.items()}
        others = sum(weights.values()) - weight
        track = _Track(lines, others, minimum_coverage)
        here = Fraction(weight)
        points = sorted({point for point in track.points(here) if 0 <= point <= heaviest})
        above = [here, *(point for point in points if point > here), Fraction(heaviest)]
        below = [here, *(point for point in reversed(points) if point < here), Fraction(0)]
        for stops in (above, below):
            if flip := track.first_change(criterion, stops):
                yield flip


def leaders(scores: Mapping[str, Scores], weights: Weights, *, minimum_coverage: Fraction) -> tuple[str, ...]:
    """Who shares the first rank, by name; nobody where nobody is ranked."""
    lines = {name: _line(rated, weights, "") for name, rated in scores.items()}
    return _Track(lines, sum(weights.values()), minimum_coverage).leaders(Fraction(0))


def _line(rated: Scores, weights: Weights, criterion: str) -> _Line:
    known = {name: score for name in weights if (score := rated.get(name)) is not None}
    own = known.pop(criterion, None)
    return _Line(
        earned=sum((weights[name] * share(score) for name, score in known.items()), Fraction(0)),
        covered=sum(weights[name] for name in known),
        gain=Fraction(0) if own is None else share(own),
        step=0 if own is None else 1,
    )


@dataclass(frozen=True, slots=True)
class _Track:
    """All frameworks along one weight. `others` is the weight of all other criteria together."""

    lines: Mapping[str, _Line]
    others: int
    minimum_coverage: Fraction

    def leaders(self, x: Fraction) -> tuple[str, ...]:
        total = self.others + x
        fits = {
            name: fit
            for name, line in self.lines.items()
            if (fit := line.fit(x)) is not None
            and line.covered + x * line.step >= self.minimum_coverage * total
        }
        best = max(fits.values(), default=None)
        return tuple(sorted(name for name, fit in fits.items() if fit == best))

    def points(self, here: Fraction) -> Iterator[Fraction]:
        """Every weight at which a leader of now can meet another, or somebody be ranked or not."""
        for line in self.lines.values():
            yield from self._bound(line)
        for name in self.leaders(here):
            for other in self.lines:
                if other != name:
                    yield from _meetings(self.lines[name], self.lines[other])

    def _bound(self, line: _Line) -> Iterator[Fraction]:
        slope = line.step - self.minimum_coverage
        if slope:
            yield (self.minimum_coverage * self.others - line.covered) / slope

    def first_change(self, criterion: str, stops: Sequence[Fraction]) -> Flip | None:
        """The first of the stops at which, or beyond which, others lead than at the first of all."""
        now, upwards = self.leaders(stops[0]), stops[-1] > stops[0]
        for stop, following in pairwise(stops):
            at_it, beyond = self.leaders(stop), self.leaders((stop + following) / 2)
            if at_it != now or beyond != now:
                return self._flip(criterion, stop, upwards, now, beyond if beyond != now else at_it)
        at_end = self.leaders(stops[-1])
        return self._flip(criterion, stops[-1], upwards, now, at_end) if at_end != now else None

    def _flip(
        self, criterion: str, at: Fraction, upwards: bool, now: tuple[str, ...], then: tuple[str, ...]
    ) -> Flip:
        whole = ceil(at) if upwards else floor(at)
        if self.leaders(Fraction(whole)) == now:
            whole += 1 if upwards else -1
        return Flip(criterion, at, whole, upwards, then)


def _meetings(one: _Line, other: _Line) -> Iterator[Fraction]:
    """The weights at which both fits are equal: the real roots of a quadratic, or of what is left of it."""
    a = one.gain * other.step - other.gain * one.step
    b = (
        one.earned * other.step
        + one.gain * other.covered
        - other.earned * one.step
        - other.gain * one.covered
    )
    c = one.earned * other.covered - other.earned * one.covered
    if not a:
        if b:
            yield -c / b
        return
    discriminant = b * b - 4 * a * c
    if discriminant >= 0:
        root = _root(discriminant)
        yield (-b + root) / (2 * a)
        yield (-b - root) / (2 * a)


def _root(square: Fraction) -> Fraction:
    """The square root: exact where it is a fraction, else the nearest one below by PRECISION."""
    over, under = isqrt(square.numerator), isqrt(square.denominator)
    if over * over == square.numerator and under * under == square.denominator:
        return Fraction(over, under)
    return Fraction(isqrt(square.numerator * PRECISION**2 // square.denominator), PRECISION)
