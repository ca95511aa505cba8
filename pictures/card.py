"""What the picture of a page says, before it is drawn: a title, a line, and rows of marks or a few figures.

The picture and its alternative text are made of the same card, so that they cannot disagree.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class ScaleMark:
    """A fit on the scale of 0 to 100: a bar for the band, a mark for the fit where there is a rank."""

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
    """Readings from 1 to 5: a dot for each step that has some, with how many and whether they dissent; a mark for the
    score, where there is one."""

    readings: tuple[tuple[int, int, bool], ...]
    score: int | None = None


@dataclass(frozen=True, slots=True)
class BarMark:
    """A number from zero, as a share of the width from 0 to 1."""

    share: float
    colour: str = "soft"


@dataclass(frozen=True, slots=True)
class CardRow:
    """One line of a chart: its place, a name, a mark and a figure. `says` is all of that in words."""

    name: str
    says: str
    mark: ScaleMark | StepsMark | DotsMark | BarMark | None = None
    figure: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class CardPart:
    """Rows under a heading of their own; none for the first."""

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


@dataclass(frozen=True, slots=True)
class Card:
    """`kicker` says what kind of page it is, `legend` how to read the marks. `more`: rows that found no room."""

    kicker: str
    title: str
    line: str = ""
    parts: tuple[CardPart, ...] = ()
    figures: tuple[CardFigure, ...] = ()
    legend: str = ""
    more: int = 0

    @property
    def has_body(self) -> bool:
        return bool(self.parts or self.figures)

    @property
    def rows(self) -> list[CardRow]:
        return [row for part in self.parts for row in part.rows]

    @property
    def alt(self) -> str:
        """What is to be seen, for whoever cannot see it."""
        return " ".join(self._sentences())

    def _sentences(self) -> Iterator[str]:
        yield _sentence(f"{self.kicker}: {self.title}")
        if self.line:
            yield _sentence(self.line)
        for part in self.parts:
            said = "; ".join(row.says for row in part.rows)
            if said:
                yield _sentence(f"{part.heading}: {said}" if part.heading else said)
        if self.more:
            yield f"And {self.more} more."
        if self.figures:
            yield _sentence(", ".join(f"{figure.number:,} {figure.label}" for figure in self.figures))

    def first(self, count: int) -> "Card":
        """With no more rows than so many."""
        dropped, kept = max(len(self.rows) - count, 0), []
        for part in self.parts:
            kept.append(replace(part, rows=part.rows[:count]))
            count -= len(kept[-1].rows)
        return replace(self, parts=tuple(part for part in kept if part.rows), more=self.more + dropped)


def titled(kicker: str, title: str, line: str = "") -> Callable[[object], Card]:
    """Return the builder for a page without a chart: its card has the title and a line, whatever the page shows."""
    card = Card(kicker, title, line)
    return lambda _context: card


def figures(*counted: tuple[int, str]) -> tuple[CardFigure, ...]:
    """Each with its noun in the right number: `(1, "claim")`, `(3, "criterion|criteria")`."""
    return tuple(CardFigure(number, _noun(number, noun)) for number, noun in counted)


def part(rows: Iterable[CardRow], heading: str = "") -> tuple[CardPart, ...]:
    """None where there are no rows."""
    found = tuple(rows)
    return (CardPart(found, heading),) if found else ()


def _noun(number: int, noun: str) -> str:
    singular, _, plural = noun.partition("|")
    return singular if number == 1 else plural or f"{singular}s"


def _sentence(words: str) -> str:
    return words if words.endswith((".", "?", "…")) else f"{words}."
