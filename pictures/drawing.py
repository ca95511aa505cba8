"""Cards as SVG, and as the pictures of 1200 × 630 that platforms show beside a link. Pure but for the cache.

A chart (SVG) is as high as its rows need and follows light or dark, also as an image in a README; a picture (PNG) has
its size from the platforms, the typefaces of the portal, and shows the rows that it has room for.
"""

from dataclasses import replace
from hashlib import sha256

from django.core.cache import cache
from django.utils.html import escape

from .card import Card, CardPart, CardRow
from .rasterising import png_of
from .rows import DOUBLE, FIGURES, axis_of, draw_rows, is_double
from .svg import BOLD, CHART, LIGHT, PICTURE, SANS, SERIF, STYLE, Canvas, Drawing
from .text_metrics import Face, clean, wrapped

KEPT_FOR = 7 * 24 * 60 * 60  # seconds

#: Where there is nothing but words, they are larger.
ALONE = 1.3
#: More rows than that no chart shows.
MOST_ROWS = 40


def chart(card: Card, *, brand: str, address: str) -> str:
    """As a file of its own. Of the address and the portal's name the foot and the head tell."""
    shown = tidy(card).first(MOST_ROWS)
    drawing = _drawn(shown, CHART, brand, address)
    about = f"<title>{escape(shown.title)}</title><desc>{escape(shown.alt)}</desc>"
    return drawing.file(round(drawing.y), STYLE, about)


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
    return drawing.file(PICTURE.height, LIGHT)


def fitting(card: Card) -> Card:
    """With the rows that a picture has room for, those without a rank folded into a sentence if need be."""
    shown, canvas = tidy(card), PICTURE
    room = int(_room(shown, canvas) / canvas.lowest)
    if is_double(shown):
        return shown.first(2 * int(_room(shown, canvas) / (canvas.lowest * DOUBLE)))
    headings = sum(bool(part.heading) for part in shown.parts)
    if len(shown.rows) + headings <= room:
        return shown
    if headings and len(shown.parts) > 1:
        ranked = replace(shown, parts=shown.parts[:-1]).first(room - 1)
        return replace(ranked, parts=(*ranked.parts, _folded(shown.parts[-1], canvas)))
    return shown.first(room - headings)


def _room(card: Card, canvas: Canvas) -> float:
    """How high the rows of a picture may be together."""
    drawing = Drawing(canvas)
    _head(drawing, card, "")
    return canvas.foot - drawing.y - _around(card, canvas)


def _around(card: Card, canvas: Canvas) -> float:
    """What is written over the rows, and the space under them."""
    return canvas.small * (1 + (1.4 if axis_of(card) else 0))


def _folded(apart: CardPart, canvas: Canvas) -> CardPart:
    """All its rows in one line of words."""
    face, names = Face(SANS, canvas.small), [row.name for row in apart.rows]
    for kept in range(len(names), 0, -1):
        more = f" and {len(names) - kept} more" if kept < len(names) else ""
        words = f"{apart.heading}: {', '.join(names[:kept])}{more}"
        if face.width(words) <= canvas.room:
            break
    return CardPart((CardRow(words, words),))


def tidy(card: Card) -> Card:
    """With words as they can be drawn."""

    def row(one: CardRow) -> CardRow:
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


def _drawn(card: Card, canvas: Canvas, brand: str, address: str) -> Drawing:
    drawing = Drawing(canvas)
    _head(drawing, card, brand)
    if card.parts:
        draw_rows(drawing, card)
    if card.figures:
        _figures(drawing, card)
    _foot(drawing, card, address)
    return drawing


def _title(card: Card, canvas: Canvas) -> tuple[Face, list[str]]:
    """In the largest size that holds it on one line, or else in the smallest on two, of about one length."""
    room = canvas.room / canvas.slack
    for size in canvas.titles:
        face = Face(SERIF, size * (1 if card.has_body or not canvas.height else ALONE))
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


def _line(card: Card, canvas: Canvas) -> tuple[Face, list[str]]:
    """Of several sentences the first, where there is no room for all."""
    face, room, most = Face(SANS, canvas.text), canvas.room / canvas.slack, 2 if len(card.rows) <= 4 else 1
    lines = wrapped(card.line, face, room, most)
    first, is_several, _ = card.line.partition(". ")
    return face, wrapped(f"{first}.", face, room, most) if is_several and " ".join(
        lines
    ) != card.line else lines


def _head(drawing: Drawing, card: Card, brand: str) -> None:
    canvas, unit = drawing.canvas, drawing.canvas.small
    base = canvas.margin * 0.62 + unit
    small, large = Face(BOLD, unit), Face(SERIF, unit * 1.35)
    left = canvas.room - drawing.width(brand, large) - unit
    drawing.words(canvas.margin, base, drawing.fit(card.kicker, small, left), small, "soft")
    drawing.words(canvas.right, base, brand, large, "ink", "end")
    drawing.y = base + unit * 0.75
    drawing.rect(canvas.margin, drawing.y, canvas.room, 2, "ink")
    drawing.y += unit * 0.9 if card.has_body or not canvas.height else unit * 4
    face, lines = _title(card, canvas)
    for line in lines:
        drawing.y += face.size * 1.06
        # Large letters stand a little further to the right than small ones at the same place.
        drawing.words(canvas.margin - face.size * 0.03, drawing.y - face.size * 0.08, line, face)
    face, lines = _line(card, canvas)
    drawing.y += unit * 0.35
    for line in lines:
        drawing.y += face.size * 1.38
        drawing.words(canvas.margin, drawing.y - face.size * 0.1, line, face, "soft")
    drawing.y += unit * 0.9


def _foot(drawing: Drawing, card: Card, address: str) -> None:
    """How to read the marks, and where the page is: the host alone, where there is no room for more."""
    canvas, face = drawing.canvas, Face(SANS, drawing.canvas.small)
    if canvas.height:
        drawing.y = canvas.foot
    drawing.rect(canvas.margin, drawing.y, canvas.room, 1, "hair")
    drawing.y += canvas.small * 1.6
    legend = " · ".join(filter(None, [f"and {card.more} more" if card.more else "", card.legend]))
    told = drawing.fit(legend, face, canvas.room * 0.8)
    drawing.words(canvas.margin, drawing.y, told, face, "soft")
    left = canvas.room - drawing.width(told, face) - canvas.small * 2
    host = address.partition("/")[0]
    where = address if drawing.width(address, face) <= left else drawing.fit(host, face, left)
    drawing.words(canvas.right, drawing.y, where, face, "soft", "end")
    drawing.y += canvas.small * 1.4


def _figures(drawing: Drawing, card: Card) -> None:
    """Side by side, each number over what it counts."""
    canvas = drawing.canvas
    number, label = Face(SERIF, canvas.small * 3.6), Face(SANS, canvas.small * 1.1)
    if canvas.height:
        drawing.y = canvas.foot - FIGURES * canvas.small
    across = canvas.room / max(len(card.figures), 3)
    for place, figure in enumerate(card.figures):
        x = canvas.margin + place * across
        drawing.words(x, drawing.y + number.size * 0.8, f"{figure.number:,}", number)
        told = drawing.fit(figure.label, label, across - canvas.small)
        drawing.words(x, drawing.y + number.size * 0.8 + label.size * 1.7, told, label, "soft")
    drawing.y += number.size * 0.8 + label.size * 3.2
