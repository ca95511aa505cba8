"""What would change the order: for each criterion the weight at which another framework leads, the others held.

Pure, and in whole numbers. With all weights but one held, the fit of a framework is (A + x·s)/(B + x·r), but for a
factor that all share: A and B what the other criteria earn and weigh where it is rated, s its score here above the
worst, r whether it is rated here. Two fits are equal where a quadratic has its roots; a framework is ranked from a
linear bound on. Between these points nobody changes place.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import dropwhile, pairwise, takewhile
from math import isqrt

from .scoring import WORST, Scores, Weights

#: Square roots that are no fractions are kept to this part of 1.
PRECISION = 10**15


@dataclass(frozen=True, slots=True)
class Flip:
    """At weight `at` of the criterion, or just beyond it, the leaders change: to `leaders`, by name.

    `run` are the whole weights, nearest first, from the first to the last in a row at which they are not what they
    were; `there` leads at the first of them. A change that no whole weight can show has no run.
    """

    criterion: str
    at: Fraction
    upwards: bool
    leaders: tuple[str, ...]
    run: tuple[int, ...]
    there: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    """One framework's fit as a function of one weight: (earned + x·gain)/(covered + x·step)."""

    name: str
    earned: int
    covered: int
    gain: int
    step: int

    def without(self, score: int | None, weight: int) -> "_Line":
        """The line along the weight of a criterion under which it has this score, from the line that stands still."""
        if score is None:
            return self
        gain = score - WORST
        return _Line(self.name, self.earned - weight * gain, self.covered - weight, gain, 1)


def flips(
    scores: Mapping[str, Scores], weights: Weights, *, minimum_coverage: Fraction, heaviest: int
) -> Iterator[Flip]:
    """The nearest change of leaders above and below each criterion's weight, where there is one from 0 to `heaviest`.

    `scores` are those of each framework, `minimum_coverage` the share of weight that it takes to be ranked.
    """
    still = _still(scores, weights)
    total = sum(weights.values())
    for criterion, weight in weights.items():
        lines = [line.without(scores[line.name].get(criterion), weight) for line in still]
        track = _Track(lines, total - weight, minimum_coverage)
        now = track.leaders(weight)
        points = {point for point in track.points(now) if 0 <= point <= heaviest}
        above = [Fraction(weight), *sorted(point for point in points if point > weight), Fraction(heaviest)]
        below = [
            Fraction(weight),
            *sorted((point for point in points if point < weight), reverse=True),
            Fraction(0),
        ]
        for stops, ahead in ((above, range(weight + 1, heaviest + 1)), (below, range(weight - 1, -1, -1))):
            if change := track.first_change(now, stops):
                at, leaders = change
                run = track.run(now, ahead)
                there = track.leaders(run[0]) if run else ()
                yield Flip(criterion, at, stops is above, leaders, run, there)


def leaders(scores: Mapping[str, Scores], weights: Weights, *, minimum_coverage: Fraction) -> tuple[str, ...]:
    """Who shares the first rank, by name; nobody where nobody is ranked."""
    return _Track(_still(scores, weights), sum(weights.values()), minimum_coverage).leaders(0)


def _still(scores: Mapping[str, Scores], weights: Weights) -> list[_Line]:
    """Everybody under the weights as they are."""
    found = []
    for name, rated in scores.items():
        known = [
            (weight, score) for slug, weight in weights.items() if (score := rated.get(slug)) is not None
        ]
        earned = sum(weight * (score - WORST) for weight, score in known)
        found.append(_Line(name, earned, sum(weight for weight, _ in known), 0, 0))
    return found


@dataclass(frozen=True, slots=True)
class _Track:
    """All frameworks along one weight. `others` is the weight of all other criteria together."""

    lines: Sequence[_Line]
    others: int
    minimum_coverage: Fraction

    def leaders(self, x: Fraction | int) -> tuple[str, ...]:
        over, under = x.numerator, x.denominator
        needed = self.minimum_coverage.numerator * (self.others * under + over)
        best, weighing, found = 0, 0, list[str]()
        for line in self.lines:
            weight = line.covered * under + over * line.step
            if not weight or weight * self.minimum_coverage.denominator < needed:
                continue
            earned = line.earned * under + over * line.gain
            ahead = earned * weighing - best * weight
            if not found or ahead > 0:
                best, weighing, found = earned, weight, [line.name]
            elif not ahead:
                found.append(line.name)
        return tuple(sorted(found))

    def points(self, now: tuple[str, ...]) -> Iterator[Fraction]:
        """Every weight at which the leaders of now can part, meet another, or somebody comes to be ranked or ceases.

        Leaders are level until they part, so that one of them stands for all.
        """
        first = next((line for line in self.lines if line.name in now), None)
        for line in self.lines:
            for bound in self._bound(line):
                if first is None or line.name in now or not _is_behind(line, first, bound):
                    yield bound
            if first and line is not first:
                yield from _meetings(first, line)

    def _bound(self, line: _Line) -> Iterator[Fraction]:
        least = self.minimum_coverage
        if slope := line.step * least.denominator - least.numerator:
            yield Fraction(least.numerator * self.others - line.covered * least.denominator, slope)

    def first_change(
        self, now: tuple[str, ...], stops: Sequence[Fraction]
    ) -> tuple[Fraction, tuple[str, ...]] | None:
        """The first of the stops at which, or beyond which, others lead than now; and who does."""
        for stop, following in pairwise(stops):
            beyond = self.leaders((stop + following) / 2)
            if beyond != now:
                return stop, beyond
            at_it = self.leaders(stop)
            if at_it != now:
                return stop, at_it
        at_end = self.leaders(stops[-1])
        return (stops[-1], at_end) if at_end != now else None

    def run(self, now: tuple[str, ...], ahead: Sequence[int]) -> tuple[int, ...]:
        """The first whole weights in a row at which others lead than now."""
        changed = dropwhile(lambda x: self.leaders(x) == now, ahead)
        return tuple(takewhile(lambda x: self.leaders(x) != now, changed))


def _is_behind(one: _Line, other: _Line, x: Fraction) -> bool:
    """Whether its fit is the smaller of the two there; not where one of them has none."""
    over, under = x.numerator, x.denominator
    earned, weight = one.earned * under + over * one.gain, one.covered * under + over * one.step
    other_earned, other_weight = (
        other.earned * under + over * other.gain,
        other.covered * under + over * other.step,
    )
    return weight > 0 and other_weight > 0 and earned * other_weight < other_earned * weight


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
            yield Fraction(-c, b)
        return
    discriminant = b * b - 4 * a * c
    if discriminant >= 0:
        root = _root(discriminant)
        yield (-b + root) / (2 * a)
        yield (-b - root) / (2 * a)


def _root(square: int) -> Fraction:
    """The square root: exact where it is whole, else the nearest one below by PRECISION."""
    whole = isqrt(square)
    return Fraction(whole) if whole * whole == square else Fraction(isqrt(square * PRECISION**2), PRECISION)
