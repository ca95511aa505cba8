"""Describe the picture of a page before it is drawn: a title, a line, and rows of marks or a few figures.

The picture and its alternative text are made from the same card, so that they cannot disagree.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class ScaleMark:
    """A fit on the scale of 0 to 100: a bar for the band from `low` to `high`, a mark at the fit if it is ranked."""

    low: int
    high: int
    at: int | None = None


@dataclass(frozen=True, slots=True)
class StepsMark:
    """A score of 1 to 5 as the five-step mark."""

    score: int
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class DotsMark:
    """Readings from 1 to 5, as triples of step, count and whether they dissent: a dot for each; a mark at the score, if
    there is one."""

    readings: tuple[tuple[int, int, bool], ...]
    score: int | None = None


@dataclass(frozen=True, slots=True)
class BarMark:
    """A bar from zero; `share` of the width, from 0 to 1."""

    share: float
    colour: str = "soft"


@dataclass(frozen=True, slots=True)
class CardRow:
    """One line of a chart: its rank, a name, a mark and a figure. `says` is all of that in words."""

    name: str
    says: str
    mark: ScaleMark | StepsMark | DotsMark | BarMark | None = None
    figure: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class CardPart:
    """Rows under a heading; the first part has none."""

    rows: tuple[CardRow, ...]
    heading: str = ""

    @property
    def names(self) -> str:
        return ", ".join(row.name for row in self.rows)


@dataclass(frozen=True, slots=True)
class CardFigure:
    """A number that the page is about, and what it counts."""

    number: int
    label: str


#: Up to how many rows leave room for a second line of text above them.
FEW = 4


class Heading(NamedTuple):
    """What is above the rows and figures of a card, and whether there are any, and only few rows."""

    kicker: str
    title: str
    line: str
    has_body: bool
    has_few_rows: bool


@dataclass(frozen=True, slots=True)
class Card:
    """The content of a picture or chart.

    `kicker` says what kind of page it is, `legend` how to read the marks; `more` counts the rows that are left out.
    """

    kicker: str
    title: str
    line: str = ""
    parts: tuple[CardPart, ...] = ()
    figures: tuple[CardFigure, ...] = ()
    legend: str = ""
    more: int = 0

    @property
    def heading(self) -> Heading:
        return Heading(
            self.kicker, self.title, self.line, bool(self.parts or self.figures), len(self.rows) <= FEW
        )

    @property
    def rows(self) -> list[CardRow]:
        return [row for part in self.parts for row in part.rows]

    @property
    def alt(self) -> str:
        """Return the alternative text."""
        return " ".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        yield _sentence(f"{self.kicker}: {self.title}")
        if self.line:
            yield _sentence(self.line)
        for part in self.parts:
            words = "; ".join(row.says for row in part.rows)
            if words:
                yield _sentence(f"{part.heading}: {words}" if part.heading else words)
        if self.more:
            yield f"And {self.more} more."
        if self.figures:
            yield _sentence(", ".join(f"{figure.number:,} {figure.label}" for figure in self.figures))

    def first(self, count: int) -> "Card":
        """Return a card with the first `count` rows; the others add to `more`."""
        dropped, parts = max(len(self.rows) - count, 0), []
        for part in self.parts:
            parts.append(replace(part, rows=part.rows[:count]))
            count -= len(parts[-1].rows)
        return replace(self, parts=tuple(part for part in parts if part.rows), more=self.more + dropped)


def titled(kicker: str, title: str, line: str = "") -> Callable[[object], Card]:
    """Return the builder for a page without a chart: its card has this title and line whatever the context."""
    card = Card(kicker, title, line)
    return lambda _context: card


def figures(*counted: tuple[int, str]) -> tuple[CardFigure, ...]:
    """Return figures with their nouns in singular or plural: `(1, "claim")`, `(3, "criterion|criteria")`."""
    return tuple(CardFigure(number, _noun(number, noun)) for number, noun in counted)


def part(rows: Iterable[CardRow], heading: str = "") -> tuple[CardPart, ...]:
    """Return a part with these rows, as a tuple to concatenate: empty if there are no rows."""
    all_rows = tuple(rows)
    return (CardPart(all_rows, heading),) if all_rows else ()


def _noun(number: int, noun: str) -> str:
    singular, _, plural = noun.partition("|")
    return singular if number == 1 else plural or f"{singular}s"


def _sentence(words: str) -> str:
    return words if words.endswith((".", "?", "…")) else f"{words}."
