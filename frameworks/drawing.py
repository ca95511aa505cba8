"""Cards as SVG, and as the pictures of 1200 × 630 that platforms show beside a link. Pure but for the cache.

A chart (SVG) is as high as its rows need and follows light or dark, also as an image in a README; a picture (PNG) has
its size from the platforms, the typefaces of the portal, and shows the rows that it has room for.
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

import resvg_py
from django.core.cache import cache
from django.utils.html import escape

from .cards import Bar, Card, Dots, Part, Row, Scale, Steps
from .lettering import FONTS, Face, Family, clean, fitted, known, wrapped

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

#: Part of the cache's key: pictures of another kind of drawing are other pictures.
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


PICTURE = Sheet(1200, 630, 64, (72, 62, 54), 29, 23, 46, 70, 1.0)
CHART = Sheet(860, 0, 32, (36, 30, 26), 17, 14, 40, 40, 1.2)
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
        return fitted(words, face, room / self.sheet.slack)

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
    drawing = _drawn(fitting(card), PICTURE, brand, address)
    svg = _file(drawing, PICTURE.height, f"<style>{LIGHT}</style>", "")
    key = f"picture:{sha256(svg.encode()).hexdigest()}"
    drawn: bytes | None = cache.get(key)
    if drawn is None:
        drawn = rendered(svg)
        cache.set(key, drawn, KEPT_FOR)
    return drawn


def rendered(svg: str) -> bytes:
    """Of our own making only: the library follows references to local files."""
    fonts = [str(FONTS / f"{family}.ttf") for family in TYPEFACES]
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True, font_files=fonts))


def fitting(card: Card) -> Card:
    """With the rows that a picture has room for, those without a rank folded into a sentence if need be."""
    shown = tidy(card)
    sheet, rows = PICTURE, len(shown.rows)
    top = _head_height(shown, sheet)
    left = sheet.height - 2 * sheet.small - 46 - top
    room = int(left // sheet.lowest) - bool(_axis(shown))
    if _is_double(shown, sheet):
        return shown.first(2 * room)
    headed = [part for part in shown.parts if part.heading]
    if rows + len(headed) <= room:
        return shown
    apart = headed[-1] if headed and len(shown.parts) > 1 else None
    if apart is None:
        return shown.first(room - len(headed) - (rows + len(headed) > room))
    first = replace(shown, parts=shown.parts[:-1]).first(room - 2)
    folded = Row(f"{apart.heading}: {apart.names}", f"{apart.heading}: {apart.names}")
    return replace(first, parts=(*first.parts, Part((folded,))))


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
    """In the largest size that holds it on one line, or else in the smallest on two."""
    room = sheet.room / sheet.slack
    for size in sheet.titles:
        face = Face(SERIF, size)
        if face.width(card.title) <= room:
            return face, [card.title]
    return face, wrapped(card.title, face, room, 2)


def _line(card: Card, sheet: Sheet) -> tuple[Face, list[str]]:
    face = Face(SANS, sheet.text)
    return face, wrapped(card.line, face, sheet.room / sheet.slack, 2 if len(card.rows) < 5 else 1)


def _head_height(card: Card, sheet: Sheet) -> float:
    drawing = Drawing(sheet)
    _head(drawing, card, "")
    return drawing.y


def _head(drawing: Drawing, card: Card, brand: str) -> None:
    sheet = drawing.sheet
    unit = sheet.small
    base = sheet.margin * 0.62 + unit
    drawing.words(sheet.margin, base, card.kicker, Face(BOLD, unit), "soft")
    drawing.words(sheet.right, base, brand, Face(SERIF, unit * 1.35), "ink", "end")
    drawing.y = base + unit * 0.75
    drawing.rect(sheet.margin, drawing.y, sheet.room, 2, "ink")
    face, lines = _title(card, sheet)
    drawing.y += unit * 0.9
    for line in lines:
        drawing.y += face.size * 1.06
        drawing.words(sheet.margin - face.size * 0.03, drawing.y - face.size * 0.08, line, face)
    face, lines = _line(card, sheet)
    drawing.y += unit * 0.35
    for line in lines:
        drawing.y += face.size * 1.38
        drawing.words(sheet.margin, drawing.y - face.size * 0.1, line, face, "soft")
    drawing.y += unit * 0.9


def _foot(drawing: Drawing, card: Card, address: str) -> None:
    sheet = drawing.sheet
    face = Face(SANS, sheet.small)
    if sheet.height:
        drawing.y = sheet.height - sheet.small * 2.9
    drawing.rect(sheet.margin, drawing.y, sheet.room, 1, "hair")
    drawing.y += sheet.small * 1.6
    told = drawing.fit(address, face, sheet.room * 0.5)
    drawing.words(sheet.right, drawing.y, told, face, "soft", "end")
    left = sheet.room - drawing.width(told, face) - sheet.small * 2
    legend = f"and {card.more} more · {card.legend}" if card.more and card.legend else card.legend
    legend = f"and {card.more} more" if card.more and not legend else legend
    drawing.words(sheet.margin, drawing.y, drawing.fit(legend, face, left), face, "soft")
    drawing.y += sheet.small * 1.4


def _figures(drawing: Drawing, card: Card) -> None:
    """Side by side, each number over what it counts."""
    sheet = drawing.sheet
    number, label = Face(SERIF, sheet.small * 3.6), Face(SANS, sheet.small * 1.1)
    if sheet.height:
        drawing.y = max(drawing.y, sheet.height - sheet.small * 9.6)
    across = sheet.room / max(len(card.figures), 3)
    for place, figure in enumerate(card.figures):
        x = sheet.margin + place * across
        drawing.words(x, drawing.y + number.size * 0.8, f"{figure.number:,}", number, "petrol")
        told = drawing.fit(figure.label, label, across - sheet.small)
        drawing.words(x, drawing.y + number.size * 0.8 + label.size * 1.7, told, label, "soft")
    drawing.y += number.size * 0.8 + label.size * 3.2


# Rows


def _is_double(card: Card, sheet: Sheet) -> bool:
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
    size = min(height * 0.58, drawing.sheet.text * 1.3)
    face = Face(SERIF, size)
    place = size * 1.5 if any(row.place for row in rows) else 0
    names = max((drawing.width(row.name, face) for row in rows if row.mark), default=0)
    name_room = min(names, (right - left) * (0.42 if any(row.mark for row in rows) else 1) - place)
    figure = max((drawing.width(row.figure, face) for row in rows), default=0)
    return Columns(
        left=left,
        name=left + place,
        mark=left + place + name_room + size * 1.1,
        mark_end=right - figure - (size * 0.9 if figure else 0),
        right=right,
        height=height,
        face=face,
    )


def _rows(drawing: Drawing, card: Card) -> None:
    sheet, rows = drawing.sheet, card.rows
    is_double = _is_double(card, sheet)
    axis = _axis(card)
    lines = (len(rows) + 1) // 2 if is_double else len(rows) + sum(bool(part.heading) for part in card.parts)
    height = float(sheet.lowest)
    if sheet.height:
        left = sheet.height - 2 * sheet.small - 46 - drawing.y - (sheet.small * 1.2 if axis else 0)
        height = min(sheet.highest, left / max(lines, 1))
    if is_double:
        gap = sheet.margin
        half = (sheet.room - gap) / 2
        top = drawing.y
        for place, x in enumerate((sheet.margin, sheet.margin + half + gap)):
            drawing.y = top
            some = rows[place * lines : (place + 1) * lines]
            columns = _columns(drawing, rows, x, x + half, height)
            for row in some:
                _row(drawing, row, columns)
        drawing.y = top + lines * height + sheet.small * 0.6
        return
    columns = _columns(drawing, rows, sheet.margin, sheet.right, height)
    if axis:
        _axis_words(drawing, axis, columns)
    for part in card.parts:
        if part.heading:
            _heading(drawing, part.heading, columns)
        for row in part.rows:
            _row(drawing, row, columns)
    drawing.y += sheet.small * 0.6


def _axis_words(drawing: Drawing, axis: Sequence[str], columns: Columns) -> None:
    small = drawing.sheet.small * 0.9
    drawing.y += small
    for place, words in enumerate(axis):
        x = columns.across(place / (len(axis) - 1) if len(axis) == 3 else (2 * place + 1) / 10)
        drawing.words(x, drawing.y, words, Face(SANS, small), "soft", "middle")
    drawing.y += small * 0.3


def _heading(drawing: Drawing, words: str, columns: Columns) -> None:
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
    unit = drawing.sheet.small / 22
    match mark:
        case Scale():
            _scale(drawing, mark, columns, middle, unit)
        case Dots():
            _dots(drawing, mark, columns, middle, unit)
        case Steps():
            _steps(drawing, mark, columns, middle, unit)
        case Bar():
            width = max(mark.share * (columns.mark_end - columns.mark), 2)
            drawing.rect(columns.mark, middle - 9 * unit, width, 18 * unit, "petrol")


def _scale(drawing: Drawing, mark: Scale, columns: Columns, middle: float, unit: float) -> None:
    drawing.rect(columns.mark, middle - unit, columns.mark_end - columns.mark, 2 * unit, "hair")
    low, high = columns.across(mark.low / 100), columns.across(mark.high / 100)
    drawing.rect(low, middle - 8 * unit, max(high - low, 3 * unit), 16 * unit, "pale")
    if mark.at is not None:
        at = columns.across(mark.at / 100)
        drawing.rect(at - 3.5 * unit, middle - 16 * unit, 7 * unit, 32 * unit, "petrol")


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
        drawing.rect(x - 3.5 * unit, middle - 18 * unit, 7 * unit, 36 * unit, "petrol")
    for step, count, dissents in mark.readings:
        x = _step_x(columns, step)
        radius = (7 + min(count - 1, 5) * 1.2) * unit
        drawing.circle(x, middle, radius + 2 * unit, "paper")
        drawing.circle(x, middle, radius, "accent" if dissents else "ink")


def _step_x(columns: Columns, step: int) -> float:
    return columns.across((2 * step - 1) / 10)


def _steps(drawing: Drawing, mark: Steps, columns: Columns, middle: float, unit: float) -> None:
    width, gap = 26 * unit, 5 * unit
    x = columns.mark_end - 5 * width - 4 * gap
    if mark.is_disputed:
        drawing.circle(x - 16 * unit, middle, 5 * unit, "accent")
    for step in range(5):
        colour = "petrol" if step < mark.score else "hair"
        drawing.rect(x + step * (width + gap), middle - 6 * unit, width, 12 * unit, colour)


def _short(number: float) -> str:
    """To a tenth of a pixel."""
    return f"{number:.1f}".removesuffix(".0")
