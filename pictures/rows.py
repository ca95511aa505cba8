"""Draw the rows of a card: names, figures and marks, in columns as wide as they need."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .card import BarMark, Card, CardRow, DotsMark, ScaleMark, StepsMark
from .svg import BOLD, SANS, SERIF, Drawing
from .text_metrics import Face

#: The height of rows in two columns, as a factor.
DOUBLE = 0.65
#: The width of a mark of five steps with the dot before it, in heights of its row.
_STEPS = 4.6
#: The height of the figures with their labels, in multiples of the small font size.
FIGURES_HEIGHT = 6.9


def has_two_columns(card: Card) -> bool:
    """Return whether the rows are drawn in two columns: more than five, all with five-step marks."""
    return len(card.rows) > 5 and all(isinstance(row.mark, StepsMark) for row in card.rows)


def axis_of(card: Card) -> tuple[str, ...]:
    """Return the labels above the marks: the ends and middle of a scale, or its steps; empty if there is no axis."""
    marks = [row.mark for row in card.rows]
    if any(isinstance(mark, ScaleMark) for mark in marks):
        return ("0", "50", "100")
    return ("1", "2", "3", "4", "5") if any(isinstance(mark, DotsMark) for mark in marks) else ()


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the parts of a row begin and end, and how high it is, in pixels."""

    left: float
    name: float
    mark: float
    mark_end: float
    right: float
    height: float
    face: Face

    def across(self, share: float) -> float:
        """Return the x coordinate at a share of the mark's width, 0 to 1."""
        return self.mark + share * (self.mark_end - self.mark)


def _columns(drawing: Drawing, rows: Sequence[CardRow], left: float, right: float, height: float) -> Columns:
    """Return columns as wide as names and figures need, with at least 40 % of the width, or the width of a five-step
    mark, for the marks."""
    size = min(height * 0.62, drawing.canvas.text * 1.7)
    face = Face(SERIF, size)
    place = size * 1.5 if any(row.place for row in rows) else 0
    figure = max((drawing.width(row.figure, face) for row in rows), default=0)
    mark_end = right - figure - (size * 0.7 if figure else 0)
    is_stepped = all(isinstance(row.mark, StepsMark) for row in rows)
    names = max((drawing.width(row.name, face) for row in rows if row.mark), default=0)
    names_max = mark_end - left - place - (_STEPS * height if is_stepped else (right - left) * 0.4)
    mark = left + place + min(names, names_max) + size * 0.8
    return Columns(left, left + place, mark, mark_end, right, height, face)


def draw_rows(drawing: Drawing, card: Card) -> None:
    """Draw all rows with axis and headings; on a canvas of fixed height they share the space above the foot."""
    canvas, rows, has_columns = drawing.canvas, card.rows, has_two_columns(card)
    axis = axis_of(card)
    lines = (
        (len(rows) + 1) // 2 if has_columns else len(rows) + sum(bool(part.heading) for part in card.parts)
    )
    height = canvas.lowest * (DOUBLE if has_columns else 1)
    if canvas.height:
        available = (
            canvas.foot
            - drawing.y
            - (canvas.small * 1.4 if axis else 0)
            - (FIGURES_HEIGHT * canvas.small if card.figures else 0)
        )
        height = min(canvas.highest, available / max(lines, 1))
    if has_columns:
        _double(drawing, rows, lines, height)
    else:
        columns = _columns(drawing, rows, canvas.margin, canvas.right, height)
        _axis_words(drawing, axis, columns)
        for part in card.parts:
            _heading(drawing, part.heading, columns)
            for row in part.rows:
                _row(drawing, row, columns)
    drawing.y += canvas.small * 0.6


def _double(drawing: Drawing, rows: Sequence[CardRow], lines: int, height: float) -> None:
    """Draw the rows down the first column, then down the second."""
    canvas, top = drawing.canvas, drawing.y
    half = (canvas.room - canvas.margin) / 2
    for place, x in enumerate((canvas.margin, canvas.right - half)):
        drawing.y = top
        columns = _columns(drawing, rows, x, x + half, height)
        for row in rows[place * lines : (place + 1) * lines]:
            _row(drawing, row, columns)
    drawing.y = top + lines * height


def _axis_words(drawing: Drawing, axis: Sequence[str], columns: Columns) -> None:
    if not axis:
        return
    small = drawing.canvas.small * 0.9
    drawing.y += small
    for place, words in enumerate(axis):
        x = columns.across(place / (len(axis) - 1) if len(axis) == 3 else (2 * place + 1) / 10)
        drawing.words(x, drawing.y, words, Face(SANS, small), "soft", "middle")
    drawing.y += small * 0.3


def _heading(drawing: Drawing, words: str, columns: Columns) -> None:
    if not words:
        return
    small = Face(BOLD, drawing.canvas.small)
    drawing.rect(columns.left, drawing.y + columns.height * 0.3, columns.right - columns.left, 1, "hair")
    base = drawing.y + columns.height * 0.3 + small.size * 1.35
    drawing.words(columns.left, base, drawing.fit(words, small, columns.right - columns.left), small, "soft")
    drawing.y += columns.height


def _row(drawing: Drawing, row: CardRow, columns: Columns) -> None:
    middle = drawing.y + columns.height / 2
    base = middle + columns.face.size * 0.32
    if row.place:
        drawing.words(columns.left, base, row.place, Face(SANS, columns.face.size * 0.72), "soft")
    if row.mark is None and not row.figure:
        face = Face(SANS, drawing.canvas.small)
        drawing.words(
            columns.left, base, drawing.fit(row.name, face, columns.right - columns.left), face, "soft"
        )
    else:
        end = columns.mark if row.mark else columns.mark_end
        name = drawing.fit(row.name, columns.face, end - columns.name - columns.face.size * 0.5)
        drawing.words(columns.name, base, name, columns.face)
    if row.figure:
        drawing.words(columns.right, base, row.figure, columns.face, "ink", "end")
    _mark(drawing, row.mark, columns, middle)
    drawing.y += columns.height


def _mark(drawing: Drawing, mark: Any, columns: Columns, middle: float) -> None:
    unit = columns.height / 66
    match mark:
        case ScaleMark():
            _scale(drawing, mark, columns, middle, unit)
        case DotsMark():
            _dots(drawing, mark, columns, middle, unit)
        case StepsMark():
            _steps(drawing, mark, columns, middle, unit)
        case BarMark():
            width = mark.share * (columns.mark_end - columns.mark)
            drawing.rect(columns.mark, middle - 10 * unit, width, 20 * unit, mark.colour)


def _scale(drawing: Drawing, mark: ScaleMark, columns: Columns, middle: float, unit: float) -> None:
    drawing.rect(columns.mark, middle - 1, columns.mark_end - columns.mark, 2, "hair")
    low, high = columns.across(mark.low / 100), columns.across(mark.high / 100)
    drawing.rect(low, middle - 8 * unit, max(high - low, 3 * unit), 16 * unit, "pale")
    if mark.at is not None:
        at = columns.across(mark.at / 100)
        drawing.rect(at - 4 * unit, middle - 18 * unit, 8 * unit, 36 * unit, "petrol")


def _dots(drawing: Drawing, mark: DotsMark, columns: Columns, middle: float, unit: float) -> None:
    drawing.rect(
        columns.across(0.1), middle - unit, columns.across(0.9) - columns.across(0.1), 2 * unit, "hair"
    )
    for step in range(1, 6):
        drawing.rect(_step_x(columns, step) - unit, middle - 6 * unit, 2 * unit, 12 * unit, "hair")
    if mark.readings:
        first, last = (_step_x(columns, mark.readings[place][0]) for place in (0, -1))
        drawing.rect(first, middle - 1.5 * unit, last - first, 3 * unit, "soft")
    if mark.score:
        x = _step_x(columns, mark.score)
        drawing.rect(x - 4 * unit, middle - 26 * unit, 8 * unit, 52 * unit, "petrol")
    for step, count, dissents in mark.readings:
        x = _step_x(columns, step)
        radius = (7 + min(count - 1, 5) * 1.2) * unit
        drawing.circle(x, middle, radius + 2 * unit, "paper")
        drawing.circle(x, middle, radius, "accent" if dissents else "ink")


def _step_x(columns: Columns, step: int) -> float:
    return columns.across((2 * step - 1) / 10)


def _steps(drawing: Drawing, mark: StepsMark, columns: Columns, middle: float, unit: float) -> None:
    width, gap = 40 * unit, 8 * unit
    x = columns.mark_end - 5 * width - 4 * gap
    if mark.is_disputed:
        drawing.circle(x - 26 * unit, middle, 8 * unit, "accent")
    for step in range(5):
        colour = "petrol" if step < mark.score else "hair"
        drawing.rect(x + step * (width + gap), middle - 9 * unit, width, 18 * unit, colour)
