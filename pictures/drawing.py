"""Draw cards as SVG charts, and as the PNG pictures that platforms show beside a link. Pure but for the cache.

A chart is as high as its rows need and follows the light or dark theme, also as an image in a README. A picture is
1200 × 630, has the typefaces of the portal, and shows the rows that it has room for.
"""

from dataclasses import replace
from functools import lru_cache
from hashlib import sha256

from django.core.cache import cache
from django.utils.html import escape

from .card import Card, CardPart, CardRow, Heading
from .rasterising import png_of
from .rows import DOUBLE, FIGURES_HEIGHT, axis_of, draw_rows, has_two_columns
from .svg import ACCENT, BOLD, CHART, PICTURE, SANS, SERIF, Canvas, Drawing, Pair, both_styles, light_style
from .text_metrics import Face, clean, wrapped

CACHE_TIMEOUT = 7 * 24 * 60 * 60  # seconds

#: How much larger titles are on cards without rows and figures.
WORDS_ONLY = 1.3
#: The most rows that a chart shows.
ROWS_MAX = 40


def chart(card: Card, *, brand: str, address: str, accent: Pair = ACCENT) -> str:
    """Return the card as an SVG file, with the portal's name in its head and the page's address in its foot.

    The accent colour is given for light and for dark ground.
    """
    shown = tidy(card).first(ROWS_MAX)
    drawing = _drawn(shown, CHART, brand, address)
    about = f"<title>{escape(shown.title)}</title><desc>{escape(shown.alt)}</desc>"
    return drawing.file(round(drawing.y), both_styles(accent), about)


def picture(card: Card, *, brand: str, address: str, accent: Pair = ACCENT) -> bytes:
    """Return the card as PNG, 1200 × 630 pixels, cached for a week."""
    svg = svg_of(card, brand=brand, address=address, accent=accent)
    key = f"picture:{sha256(svg.encode()).hexdigest()}"
    png: bytes | None = cache.get(key)
    if png is None:
        png = png_of(svg)
        cache.set(key, png, CACHE_TIMEOUT)
    return png


def svg_of(card: Card, *, brand: str, address: str, accent: Pair = ACCENT) -> str:
    """Return the SVG that a picture is rendered from."""
    drawing = _drawn(fitting(card), PICTURE, brand, address)
    return drawing.file(PICTURE.height, light_style(accent))


def fitting(card: Card) -> Card:
    """Return a card with the rows that a picture has room for, the last part folded into one line if necessary."""
    shown, canvas = tidy(card), PICTURE
    height = _room(shown.heading, bool(axis_of(shown)), canvas)
    room = int(height / canvas.lowest)
    if has_two_columns(shown):
        return shown.first(2 * int(height / (canvas.lowest * DOUBLE)))
    headings = sum(bool(part.heading) for part in shown.parts)
    if len(shown.rows) + headings <= room:
        return shown
    if headings and len(shown.parts) > 1:
        ranked = replace(shown, parts=shown.parts[:-1]).first(room - 1)
        return replace(ranked, parts=(*ranked.parts, _folded(shown.parts[-1], canvas)))
    return shown.first(room - headings)


@lru_cache(maxsize=1_000)
def _room(heading: Heading, has_axis: bool, canvas: Canvas) -> float:
    """Return the height that the rows of a picture may have together, in pixels."""
    drawing = Drawing(canvas)
    _head(drawing, heading, "")
    return canvas.foot - drawing.y - canvas.small * (1 + (1.4 if has_axis else 0))


def _folded(part: CardPart, canvas: Canvas) -> CardPart:
    """Return the part with all its rows in one line of words, shortened to fit."""
    face, names = Face(SANS, canvas.small), [row.name for row in part.rows]
    for count in range(len(names), 0, -1):
        more = f" and {len(names) - count} more" if count < len(names) else ""
        words = f"{part.heading}: {', '.join(names[:count])}{more}"
        if face.width(words) <= canvas.room:
            break
    return CardPart((CardRow(words, words),))


def tidy(card: Card) -> Card:
    """Return the card with texts that can be drawn, and no more rows than a chart shows."""

    def clean_row(row: CardRow) -> CardRow:
        return CardRow(clean(row.name), clean(row.says), row.mark, clean(row.figure), row.place)

    return replace(
        card,
        kicker=clean(card.kicker),
        title=clean(card.title),
        line=clean(card.line),
        parts=tuple(
            replace(part, rows=tuple(map(clean_row, part.rows[:ROWS_MAX])), heading=clean(part.heading))
            for part in card.parts
        ),
        more=card.more + sum(max(len(part.rows) - ROWS_MAX, 0) for part in card.parts),
    )


# The parts of a drawing, from head to foot


def _drawn(card: Card, canvas: Canvas, brand: str, address: str) -> Drawing:
    drawing = Drawing(canvas)
    _head(drawing, card.heading, brand)
    if card.parts:
        draw_rows(drawing, card)
    if card.figures:
        _figures(drawing, card)
    _foot(drawing, card, address)
    return drawing


def _title(heading: Heading, canvas: Canvas) -> tuple[Face, list[str]]:
    """Return the lines of the title: one in the largest size that fits, or two of similar length in the smallest."""
    room = canvas.room / canvas.slack
    for size in canvas.titles:
        face = Face(SERIF, size * (1 if heading.has_body or not canvas.height else WORDS_ONLY))
        if face.width(heading.title) <= room:
            return face, [heading.title]
    half = max(face.width(heading.title) / 2, *map(face.width, heading.title.split()))
    narrowest = next(
        (
            width
            for tenths in range(10, 20)
            if (width := min(half * tenths / 10, room)) and _fits_two_lines(heading.title, face, width)
        ),
        room,
    )
    return face, wrapped(heading.title, face, narrowest, 2)


def _fits_two_lines(title: str, face: Face, room: float) -> bool:
    return " ".join(wrapped(title, face, room, 2)) == title


def _line(heading: Heading, canvas: Canvas) -> tuple[Face, list[str]]:
    """Return the lines of the text below the title; only its first sentence if there is no room for all."""
    face, room, most = Face(SANS, canvas.text), canvas.room / canvas.slack, 2 if heading.has_few_rows else 1
    lines = wrapped(heading.line, face, room, most)
    first, is_several, _ = heading.line.partition(". ")
    return face, wrapped(f"{first}.", face, room, most) if is_several and " ".join(
        lines
    ) != heading.line else lines


def _head(drawing: Drawing, heading: Heading, brand: str) -> None:
    canvas, unit = drawing.canvas, drawing.canvas.small
    base = canvas.margin * 0.62 + unit
    small, large = Face(BOLD, unit), Face(SERIF, unit * 1.35)
    left = canvas.room - drawing.width(brand, large) - unit
    drawing.words(canvas.margin, base, drawing.fit(heading.kicker, small, left), small, "soft")
    drawing.words(canvas.right, base, brand, large, "ink", "end")
    drawing.y = base + unit * 0.75
    drawing.rect(canvas.margin, drawing.y, canvas.room, 2, "ink")
    drawing.y += unit * 0.9 if heading.has_body or not canvas.height else unit * 4
    face, lines = _title(heading, canvas)
    for line in lines:
        drawing.y += face.size * 1.06
        # Large letters have wider side bearings: move them left, so that they align with small ones.
        drawing.words(canvas.margin - face.size * 0.03, drawing.y - face.size * 0.08, line, face)
    face, lines = _line(heading, canvas)
    drawing.y += unit * 0.35
    for line in lines:
        drawing.y += face.size * 1.38
        drawing.words(canvas.margin, drawing.y - face.size * 0.1, line, face, "soft")
    drawing.y += unit * 0.9


def _foot(drawing: Drawing, card: Card, address: str) -> None:
    """Draw the legend, and the address of the page: the host alone if there is no room for more."""
    canvas, face = drawing.canvas, Face(SANS, drawing.canvas.small)
    if canvas.height:
        drawing.y = canvas.foot
    drawing.rect(canvas.margin, drawing.y, canvas.room, 1, "hair")
    drawing.y += canvas.small * 1.6
    legend = " · ".join(filter(None, [f"and {card.more} more" if card.more else "", card.legend]))
    shown = drawing.fit(legend, face, canvas.room * 0.8)
    drawing.words(canvas.margin, drawing.y, shown, face, "soft")
    left = canvas.room - drawing.width(shown, face) - canvas.small * 2
    host = address.partition("/")[0]
    where = address if drawing.width(address, face) <= left else drawing.fit(host, face, left)
    drawing.words(canvas.right, drawing.y, where, face, "soft", "end")
    drawing.y += canvas.small * 1.4


def _figures(drawing: Drawing, card: Card) -> None:
    """Draw the figures side by side, each number above what it counts."""
    canvas = drawing.canvas
    number, label = Face(SERIF, canvas.small * 3.6), Face(SANS, canvas.small * 1.1)
    if canvas.height:
        drawing.y = canvas.foot - FIGURES_HEIGHT * canvas.small
    across = canvas.room / max(len(card.figures), 3)
    for place, figure in enumerate(card.figures):
        x = canvas.margin + place * across
        drawing.words(x, drawing.y + number.size * 0.8, f"{figure.number:,}", number)
        words = drawing.fit(figure.label, label, across - canvas.small)
        drawing.words(x, drawing.y + number.size * 0.8 + label.size * 1.7, words, label, "soft")
    drawing.y += number.size * 0.8 + label.size * 3.2
