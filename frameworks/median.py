"""Work out the score that follows from the readings of a cell. Pure arithmetic, without queries.

The rule, as the page on the method states it: each source has one figure, the median of its readings; the score is the
median of these figures. Whoever speaks, and however often, has one voice.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from statistics import median
from typing import Any, Generic, Protocol, TypeVar

from .models.constraints import STEPS

S = TypeVar("S")
MIDDLE = Fraction(sum(STEPS), 2)


@dataclass(frozen=True, slots=True)
class Derivation(Generic[S]):
    """What follows from readings: one figure a source, the median of the figures, and the score, 1 to 5."""

    figures: Mapping[S, Fraction]
    median: Fraction

    @property
    def score(self) -> int:
        return nearest_step(self.median)

    @property
    def is_tie(self) -> bool:
        """Return whether the median is halfway between two steps."""
        return self.median % 1 == Fraction(1, 2)

    @property
    def median_text(self) -> str:
        return in_figures(self.median)

    @property
    def shown(self) -> list[tuple[S, str]]:
        """Return each source with its figure as text."""
        return [(source, in_figures(figure)) for source, figure in self.figures.items()]

    def __str__(self) -> str:
        """Return it in one line: `Almanac 4, Herald 3.5; median 3.75: score 4`."""
        figures = ", ".join(f"{source} {in_figures(figure)}" for source, figure in self.figures.items())
        return f"{figures}; median {self.median_text}: score {self.score}"


def derive(readings: Iterable[tuple[S, int | None]]) -> Derivation[S] | None:
    """Return what follows from these readings, each given with its source; None where there is no reading."""
    by_source: dict[S, list[Fraction]] = {}
    for source, reading in readings:
        if reading is not None:
            by_source.setdefault(source, []).append(Fraction(reading))
    if not by_source:
        return None
    figures = {source: median(own) for source, own in by_source.items()}
    return Derivation(figures, median(figures.values()))


def in_figures(figure: Fraction) -> str:
    """Return a figure as a decimal without needless zeros: `3`, `3.5`, `3.75`."""
    return f"{float(figure):.2f}".rstrip("0").rstrip(".")


def nearest_step(figure: Fraction) -> int:
    """Return the nearest step of the scale; halfway between two, the one nearer to the middle of the scale.

    Evidence that is balanced between two steps supports the less extreme of them only. So a tie is broken towards 3,
    for high and low alike, and favours no framework.
    """
    lower = floor(figure)
    share = figure - lower
    if share == Fraction(1, 2):
        return lower if figure > MIDDLE else lower + 1
    return lower if share < Fraction(1, 2) else lower + 1


def departure_in_words(departure: str, *, is_read: bool) -> str:
    """Return a stated departure as pages print it, beginning with what it departs from; empty where there is none.

    `is_read` says whether a claim of the cell has a reading.
    """
    if not departure:
        return ""
    unread = "No claim has a reading, and the editors say why they score it"
    lead = "The editors depart from the median" if is_read else unread
    return f"{lead}: {departure}"


class Score(Protocol):
    """A score with the editors' reason for departing from the median, empty where it does not."""

    score: int
    departure: str


def departs(rating: Score, derived: Derivation[Any]) -> str:
    """Say in a sentence that a score does not follow from its claims without saying so, or says so and does follow."""
    if rating.score != derived.score and not rating.departure:
        return f"The median of the sources is {derived.score}, and the rating does not say why it is {rating.score}."
    if rating.score == derived.score and rating.departure:
        return f"The score follows from the median of the sources, {derived.score}, so it does not depart from it."
    return ""
