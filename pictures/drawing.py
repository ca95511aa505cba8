"""Cards as SVG, and as the pictures of 1200 × 630 that platforms show beside a link. Pure but for the cache.

A chart (SVG) is as high as its rows need and follows light or dark, also as an image in a README; a picture (PNG) has
its size from the platforms, the typefaces of the portal, and shows the rows that it has room for.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.utils.html import escape

from .card import Bar, Card, Dots, Part, Row, Scale, Steps
from .rasterising import png_of
from .text_metrics import Face, Family, clean, fitted, known, wrapped

SERIF: Family = "newsreader-500"
SANS: Family = "public-sans-400"
BOLD: Family = "public-sans-600"

# The tokens of static/touchstone.css, light and dark.
COLOURS = {
    "paper": ("#f8f5ee", "#171613"),
    "ink": ("#211f1a", "#e9e5da"),
    "soft": ("#635d50", "#aaa393"),
    "hair": ("#ddd6c7", "#37342c"),
    "petrol": ("#2a7c77", "#4fa9a1"),
    "pale": ("#a9cfca", "#2c5f5a"),
    "accent": ("#a03c1c", "#ee8d63"),
}
#: The portal's own typefaces where there are any; an image in a README has only what its reader's machine has.
TYPEFACES = {
    SERIF: "font-family:Newsreader,Georgia,'Times New Roman',serif;font-weight:500",
    SANS: "font-family:'Public Sans',system-ui,'Segoe UI',Helvetica,Arial,sans-serif",
    BOLD: "font-family:'Public Sans',system-ui,'Segoe UI',Helvetica,Arial,sans-serif;font-weight:600",
}


def _style(place: int) -> str:
    return "".join(f".{name}{{fill:{both[place]}}}" for name, both in COLOURS.items())


_TYPE = "".join(f".{family}{{{rules}}}" for family, rules in TYPEFACES.items())
#: What a picture is drawn by, and what a chart brings along.
LIGHT = f"{_style(0)}{_TYPE}"
STYLE = f"{LIGHT}@media (prefers-color-scheme:dark){{{_style(1)}}}"
#: For the security policy of a chart that is opened by itself: it may have this one style, and nothing else.
STYLE_HASH = f"'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'"

KEPT_FOR = 7 * 24 * 60 * 60  # seconds


@dataclass(frozen=True, slots=True)
class Sheet:
    """Sizes in pixels. `height` 0: as high as its rows need. `slack`: how much wider other typefaces may be."""

    width: int
    height: int
    margin: int
    titles: tuple[int, ...]
    text: int
    small: int
    lowest: int
    highest: int
    slack: float

    @property
    def room(self) -> float:
        return self.width - 2 * self.margin

    @property
    def right(self) -> int:
        return self.width - self.margin

    @property
    def foot(self) -> float:
        """Where the foot begins, of a sheet with a height."""
        return self.height - self.small * 2.9


PICTURE = Sheet(1200, 630, 64, (72, 62, 54, 47), 29, 23, 44, 100, 1.0)
CHART = Sheet(860, 0, 32, (36, 30, 26), 17, 14, 40, 40, 1.2)
#: Where there is nothing but words, they are larger. Where rows stand in two columns, they are lower.
ALONE, DOUBLE = 1.3, 0.65
#: How wide a mark of five steps is with what stands before it, in heights of its row.
_STEPS = 4.6
#: How high figures are with what they count, in sizes of small type.
_FIGURES = 6.9
#: More rows than that no chart shows.
MOST_ROWS = 40


class Drawing:
    """Elements from the top down; `y` is where the next one begins."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.elements: list[str] = []
        self.y = 0.0

    def rect(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        place, size = f'x="{_short(x)}" y="{_short(y)}"', f'width="{_short(width)}" height="{_short(height)}"'
        self.elements.append(f'<rect class="{colour}" {place} {size}/>')

    def circle(self, x: float, y: float, radius: float, colour: str) -> None:
        self.elements.append(
            f'<circle class="{colour}" cx="{_short(x)}" cy="{_short(y)}" r="{_short(radius)}"/>'
        )

    def words(
        self, x: float, y: float, words: str, face: Face, colour: str = "ink", anchor: str = "start"
    ) -> None:
        """On the base line `y`; `anchor` says which end stands at `x`."""
        drawn = known(words, face.family) if self.sheet.height else words
        place = f'x="{_short(x)}" y="{_short(y)}"' + (f' text-anchor="{anchor}"' if anchor != "start" else "")
        looks = f'class="{face.family} {colour}" font-size="{_short(face.size)}"'
        self.elements.append(f"<text {looks} {place}>{escape(drawn)}</text>")

    def fit(self, words: str, face: Face, room: float) -> str:
        drawn = known(words, face.family) if self.sheet.height else words
        return fitted(drawn, face, room / self.sheet.slack)

    def width(self, words: str, face: Face) -> float:
        return face.width(words) * self.sheet.slack


def chart(card: Card, *, brand: str, address: str) -> str:
    """As a file of its own. Of the address and the portal's name the foot and the head tell."""
    shown = tidy(card).first(MOST_ROWS)
    drawing = _drawn(shown, CHART, brand, address)
    about = f"<title>{escape(shown.title)}</title><desc>{escape(shown.alt)}</desc>"
    return _file(drawing, round(drawing.y), f"<style>{STYLE}</style>", about)


def picture(card: Card, *, brand: str, address: str) -> bytes:
    """As PNG, 1200 × 630. Drawn once, as long as the cache remembers it; the same without a cache."""
    svg = svg_of(card, brand=brand, address=address)
    key = f"picture:{sha256(svg.encode()).hexdigest()}"
    drawn: bytes | None = cache.get(key)
    if drawn is None:
        drawn = png_of(svg)
        cache.set(key, drawn, KEPT_FOR)
    return drawn


def svg_of(card: Card, *, brand: str, address: str) -> str:
    """What a picture is drawn from."""
    drawing = _drawn(fitting(card), PICTURE, brand, address)
    return _file(drawing, PICTURE.height, f"<style>{LIGHT}</style>", "")


def fitting(card: Card) -> Card:
    """With the rows that a picture has room for, those without a rank folded into a sentence if need be."""
    shown, sheet = tidy(card), PICTURE
    room = int(_room(shown, sheet) / sheet.lowest)
    if _is_double(shown):
        return shown.first(2 * int(_room(shown, sheet) / (sheet.lowest * DOUBLE)))
    headings = sum(bool(part.heading) for part in shown.parts)
    if len(shown.rows) + headings <= room:
        return shown
    if headings and len(shown.parts) > 1:
        ranked = replace(shown, parts=shown.parts[:-1]).first(room - 1)
        return replace(ranked, parts=(*ranked.parts, _folded(shown.parts[-1], sheet)))
    return shown.first(room - headings)


def _room(card: Card, sheet: Sheet) -> float:
    """How high the rows of a picture may be together."""
    drawing = Drawing(sheet)
    _head(drawing, card, "")
    return sheet.foot - drawing.y - _around(card, sheet)


def _around(card: Card, sheet: Sheet) -> float:
    """What is written over the rows, and the space under them."""
    return sheet.small * (1 + (1.4 if _axis(card) else 0))


def _folded(apart: Part, sheet: Sheet) -> Part:
    """All its rows in one line of words."""
    face, names = Face(SANS, sheet.small), [row.name for row in apart.rows]
    for kept in range(len(names), 0, -1):
        more = f" and {len(names) - kept} more" if kept < len(names) else ""
        words = f"{apart.heading}: {', '.join(names[:kept])}{more}"
        if face.width(words) <= sheet.room:
            break
    return Part((Row(words, words),))


def tidy(card: Card) -> Card:
    """With words as they can be drawn."""

    def row(one: Row) -> Row:
        return replace(one, name=clean(one.name), says=clean(one.says), figure=clean(one.figure))

    return replace(
        card,
        kicker=clean(card.kicker),
        title=clean(card.title),
        line=clean(card.line),
        parts=tuple(
            replace(part, rows=tuple(map(row, part.rows[:MOST_ROWS])), heading=clean(part.heading))
            for part in card.parts
        ),
        more=card.more + sum(max(len(part.rows) - MOST_ROWS, 0) for part in card.parts),
    )


# From the head to the foot


def _drawn(card: Card, sheet: Sheet, brand: str, address: str) -> Drawing:
    drawing = Drawing(sheet)
    _head(drawing, card, brand)
    if card.parts:
        _rows(drawing, card)
    if card.figures:
        _figures(drawing, card)
    _foot(drawing, card, address)
    return drawing


def _file(drawing: Drawing, height: int, style: str, about: str) -> str:
    width = drawing.sheet.width
    paper = f'<rect class="paper" width="{width}" height="{height}"/>'
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    # Figures of one width stand under each other.
    figures = 'font-variant-numeric="lining-nums tabular-nums"'
    inside = "".join([about, style, paper, *drawing.elements])
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {figures}>{inside}</svg>\n'


def _title(card: Card, sheet: Sheet) -> tuple[Face, list[str]]:
    """In the largest size that holds it on one line, or else in the smallest on two, of about one length."""
    room = sheet.room / sheet.slack
    for size in sheet.titles:
        face = Face(SERIF, size * (1 if card.has_body or not sheet.height else ALONE))
        if face.width(card.title) <= room:
            return face, [card.title]
    half = max(face.width(card.title) / 2, *map(face.width, card.title.split()))
    even = next(
        (
            some
            for tenths in range(10, 20)
            if (some := min(half * tenths / 10, room)) and _holds(card, face, some)
        ),
        room,
    )
    return face, wrapped(card.title, face, even, 2)


def _holds(card: Card, face: Face, room: float) -> bool:
    return " ".join(wrapped(card.title, face, room, 2)) == card.title


def _line(card: Card, sheet: Sheet) -> tuple[Face, list[str]]:
    """Of several sentences the first, where there is no room for all."""
    face, room, most = Face(SANS, sheet.text), sheet.room / sheet.slack, 2 if len(card.rows) <= 4 else 1
    lines = wrapped(card.line, face, room, most)
    first, is_several, _ = card.line.partition(". ")
    return face, wrapped(f"{first}.", face, room, most) if is_several and " ".join(
        lines
    ) != card.line else lines


def _head(drawing: Drawing, card: Card, brand: str) -> None:
    sheet, unit = drawing.sheet, drawing.sheet.small
    base = sheet.margin * 0.62 + unit
    small, large = Face(BOLD, unit), Face(SERIF, unit * 1.35)
    left = sheet.room - drawing.width(brand, large) - unit
    drawing.words(sheet.margin, base, drawing.fit(card.kicker, small, left), small, "soft")
    drawing.words(sheet.right, base, brand, large, "ink", "end")
    drawing.y = base + unit * 0.75
    drawing.rect(sheet.margin, drawing.y, sheet.room, 2, "ink")
    drawing.y += unit * 0.9 if card.has_body or not sheet.height else unit * 4
    face, lines = _title(card, sheet)
    for line in lines:
        drawing.y += face.size * 1.06
        # Large letters stand a little further to the right than small ones at the same place.
        drawing.words(sheet.margin - face.size * 0.03, drawing.y - face.size * 0.08, line, face)
    face, lines = _line(card, sheet)
    drawing.y += unit * 0.35
    for line in lines:
        drawing.y += face.size * 1.38
        drawing.words(sheet.margin, drawing.y - face.size * 0.1, line, face, "soft")
    drawing.y += unit * 0.9


def _foot(drawing: Drawing, card: Card, address: str) -> None:
    """How to read the marks, and where the page is: the host alone, where there is no room for more."""
    sheet, face = drawing.sheet, Face(SANS, drawing.sheet.small)
    if sheet.height:
        drawing.y = sheet.foot
    drawing.rect(sheet.margin, drawing.y, sheet.room, 1, "hair")
    drawing.y += sheet.small * 1.6
    legend = " · ".join(filter(None, [f"and {card.more} more" if card.more else "", card.legend]))
    told = drawing.fit(legend, face, sheet.room * 0.8)
    drawing.words(sheet.margin, drawing.y, told, face, "soft")
    left = sheet.room - drawing.width(told, face) - sheet.small * 2
    host = address.partition("/")[0]
    where = address if drawing.width(address, face) <= left else drawing.fit(host, face, left)
    drawing.words(sheet.right, drawing.y, where, face, "soft", "end")
    drawing.y += sheet.small * 1.4


def _figures(drawing: Drawing, card: Card) -> None:
    """Side by side, each number over what it counts."""
    sheet = drawing.sheet
    number, label = Face(SERIF, sheet.small * 3.6), Face(SANS, sheet.small * 1.1)
    if sheet.height:
        drawing.y = sheet.foot - _FIGURES * sheet.small
    across = sheet.room / max(len(card.figures), 3)
    for place, figure in enumerate(card.figures):
        x = sheet.margin + place * across
        drawing.words(x, drawing.y + number.size * 0.8, f"{figure.number:,}", number)
        told = drawing.fit(figure.label, label, across - sheet.small)
        drawing.words(x, drawing.y + number.size * 0.8 + label.size * 1.7, told, label, "soft")
    drawing.y += number.size * 0.8 + label.size * 3.2


# Rows


def _is_double(card: Card) -> bool:
    """Many short rows stand in two columns."""
    return len(card.rows) > 5 and all(isinstance(row.mark, Steps) for row in card.rows)


def _axis(card: Card) -> tuple[str, ...]:
    """What is written over the marks: the ends of a scale, or its steps."""
    marks = [row.mark for row in card.rows]
    if any(isinstance(mark, Scale) for mark in marks):
        return ("0", "50", "100")
    return ("1", "2", "3", "4", "5") if any(isinstance(mark, Dots) for mark in marks) else ()


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the parts of a row begin and end, and how high it is."""

    left: float
    name: float
    mark: float
    mark_end: float
    right: float
    height: float
    face: Face

    def across(self, share: float) -> float:
        return self.mark + share * (self.mark_end - self.mark)


def _columns(drawing: Drawing, rows: Sequence[Row], left: float, right: float, height: float) -> Columns:
    """As wide as the names and figures need, so that the marks have the rest; but that is no less than half, or what
    a mark of five steps takes."""
    size = min(height * 0.62, drawing.sheet.text * 1.7)
    face = Face(SERIF, size)
    place = size * 1.5 if any(row.place for row in rows) else 0
    figure = max((drawing.width(row.figure, face) for row in rows), default=0)
    mark_end = right - figure - (size * 0.7 if figure else 0)
    is_stepped = all(isinstance(row.mark, Steps) for row in rows)
    names = max((drawing.width(row.name, face) for row in rows if row.mark), default=0)
    most = mark_end - left - place - (_STEPS * height if is_stepped else (right - left) * 0.4)
    mark = left + place + min(names, most) + size * 0.8
    return Columns(left, left + place, mark, mark_end, right, height, face)


def _rows(drawing: Drawing, card: Card) -> None:
    sheet, rows, is_double = drawing.sheet, card.rows, _is_double(card)
    axis = _axis(card)
    lines = (len(rows) + 1) // 2 if is_double else len(rows) + sum(bool(part.heading) for part in card.parts)
    height = sheet.lowest * (DOUBLE if is_double else 1)
    if sheet.height:
        left = (
            sheet.foot
            - drawing.y
            - (sheet.small * 1.4 if axis else 0)
            - (_FIGURES * sheet.small if card.figures else 0)
        )
        height = min(sheet.highest, left / max(lines, 1))
    if is_double:
        _double(drawing, rows, lines, height)
    else:
        columns = _columns(drawing, rows, sheet.margin, sheet.right, height)
        _axis_words(drawing, axis, columns)
        for part in card.parts:
            _heading(drawing, part.heading, columns)
            for row in part.rows:
                _row(drawing, row, columns)
    drawing.y += sheet.small * 0.6


def _double(drawing: Drawing, rows: Sequence[Row], lines: int, height: float) -> None:
    """Down the first column, then down the second."""
    sheet, top = drawing.sheet, drawing.y
    half = (sheet.room - sheet.margin) / 2
    for place, x in enumerate((sheet.margin, sheet.right - half)):
        drawing.y = top
        columns = _columns(drawing, rows, x, x + half, height)
        for row in rows[place * lines : (place + 1) * lines]:
            _row(drawing, row, columns)
    drawing.y = top + lines * height


def _axis_words(drawing: Drawing, axis: Sequence[str], columns: Columns) -> None:
    if not axis:
        return
    small = drawing.sheet.small * 0.9
    drawing.y += small
    for place, words in enumerate(axis):
        x = columns.across(place / (len(axis) - 1) if len(axis) == 3 else (2 * place + 1) / 10)
        drawing.words(x, drawing.y, words, Face(SANS, small), "soft", "middle")
    drawing.y += small * 0.3


def _heading(drawing: Drawing, words: str, columns: Columns) -> None:
    if not words:
        return
    small = Face(BOLD, drawing.sheet.small)
    drawing.rect(columns.left, drawing.y + columns.height * 0.3, columns.right - columns.left, 1, "hair")
    base = drawing.y + columns.height * 0.3 + small.size * 1.35
    drawing.words(columns.left, base, drawing.fit(words, small, columns.right - columns.left), small, "soft")
    drawing.y += columns.height


def _row(drawing: Drawing, row: Row, columns: Columns) -> None:
    middle = drawing.y + columns.height / 2
    base = middle + columns.face.size * 0.32
    if row.place:
        drawing.words(columns.left, base, row.place, Face(SANS, columns.face.size * 0.72), "soft")
    if row.mark is None and not row.figure:
        face = Face(SANS, drawing.sheet.small)
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
        case Scale():
            _scale(drawing, mark, columns, middle, unit)
        case Dots():
            _dots(drawing, mark, columns, middle, unit)
        case Steps():
            _steps(drawing, mark, columns, middle, unit)
        case Bar():
            width = mark.share * (columns.mark_end - columns.mark)
            drawing.rect(columns.mark, middle - 10 * unit, width, 20 * unit, mark.colour)


def _scale(drawing: Drawing, mark: Scale, columns: Columns, middle: float, unit: float) -> None:
    drawing.rect(columns.mark, middle - 1, columns.mark_end - columns.mark, 2, "hair")
    low, high = columns.across(mark.low / 100), columns.across(mark.high / 100)
    drawing.rect(low, middle - 8 * unit, max(high - low, 3 * unit), 16 * unit, "pale")
    if mark.at is not None:
        at = columns.across(mark.at / 100)
        drawing.rect(at - 4 * unit, middle - 18 * unit, 8 * unit, 36 * unit, "petrol")


def _dots(drawing: Drawing, mark: Dots, columns: Columns, middle: float, unit: float) -> None:
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


def _steps(drawing: Drawing, mark: Steps, columns: Columns, middle: float, unit: float) -> None:
    width, gap = 40 * unit, 8 * unit
    x = columns.mark_end - 5 * width - 4 * gap
    if mark.is_disputed:
        drawing.circle(x - 26 * unit, middle, 8 * unit, "accent")
    for step in range(5):
        colour = "petrol" if step < mark.score else "hair"
        drawing.rect(x + step * (width + gap), middle - 9 * unit, width, 18 * unit, colour)


def _short(number: float) -> str:
    """To a tenth of a pixel."""
    return f"{number:.1f}".removesuffix(".0")
