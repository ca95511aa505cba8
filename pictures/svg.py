"""Write SVG elements on a canvas, in the sizes, colours and typefaces of cards. Pure."""

from base64 import b64encode
from dataclasses import dataclass
from hashlib import sha256

from django.utils.html import escape

from .text_metrics import Face, Family, fitted, with_glyphs

SERIF: Family = "newsreader-500"
SANS: Family = "public-sans-400"
BOLD: Family = "public-sans-600"

#: A colour on light and on dark ground.
Pair = tuple[str, str]

# The tokens of static/touchstone.css, but for the accent, which a topic may choose.
COLOURS: dict[str, Pair] = {
    "paper": ("#f8f5ee", "#171613"),
    "ink": ("#211f1a", "#e9e5da"),
    "soft": ("#635d50", "#aaa393"),
    "hair": ("#ddd6c7", "#37342c"),
    "petrol": ("#2a7c77", "#4fa9a1"),
    "pale": ("#a9cfca", "#2c5f5a"),
}
#: The accent, unless the drawing is given another.
ACCENT: Pair = ("#a03c1c", "#ee8d63")
#: The portal's typefaces with fallbacks: an image in a README has only the fonts of its reader's machine.
TYPEFACES = {
    SERIF: "font-family:Newsreader,Georgia,'Times New Roman',serif;font-weight:500",
    SANS: "font-family:'Public Sans',system-ui,'Segoe UI',Helvetica,Arial,sans-serif",
    BOLD: "font-family:'Public Sans',system-ui,'Segoe UI',Helvetica,Arial,sans-serif;font-weight:600",
}


def _style(place: int, accent: Pair) -> str:
    return "".join(f".{name}{{fill:{pair[place]}}}" for name, pair in {**COLOURS, "accent": accent}.items())


_TYPE = "".join(f".{family}{{{rules}}}" for family, rules in TYPEFACES.items())


def light_style(accent: Pair) -> str:
    """Return the style sheet of a picture."""
    return f"{_style(0, accent)}{_TYPE}"


def both_styles(accent: Pair) -> str:
    """Return the style sheet of a chart, which follows the theme of its reader."""
    return f"{light_style(accent)}@media (prefers-color-scheme:dark){{{_style(1, accent)}}}"


def style_hash(accent: Pair) -> str:
    """Return the hash of a chart's style sheet, which is all that its content security policy lets it load."""
    return f"'sha256-{b64encode(sha256(both_styles(accent).encode()).digest()).decode()}'"


@dataclass(frozen=True, slots=True)
class Canvas:
    """The sizes of a drawing, in pixels.

    `height` 0 means as high as the rows need; `lowest` and `highest` bound the height of a row; `slack` is the factor
    by which other typefaces may be wider.
    """

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
        """Return the width between the margins."""
        return self.width - 2 * self.margin

    @property
    def right(self) -> int:
        return self.width - self.margin

    @property
    def foot(self) -> float:
        """Return the y coordinate at which the foot begins, on a canvas of fixed height."""
        return self.height - self.small * 2.9


PICTURE = Canvas(1200, 630, 64, (72, 62, 54, 47), 29, 23, 44, 100, 1.0)
CHART = Canvas(860, 0, 32, (36, 30, 26), 17, 14, 40, 40, 1.2)


class Drawing:
    """A list of SVG elements, drawn from the top down; `y` is where the next one begins, in pixels."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
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
        """Draw words on the baseline `y`; `anchor` says which end is at `x`."""
        drawn = self._drawable(words, face)
        place = f'x="{_short(x)}" y="{_short(y)}"' + (f' text-anchor="{anchor}"' if anchor != "start" else "")
        style = f'class="{face.family} {colour}" font-size="{_short(face.size)}"'
        self.elements.append(f"<text {style} {place}>{escape(drawn)}</text>")

    def fit(self, words: str, face: Face, room: float) -> str:
        """Return the words, shortened with an ellipsis if they are wider than `room`."""
        return fitted(self._drawable(words, face), face, room / self.canvas.slack)

    def _drawable(self, words: str, face: Face) -> str:
        """Return the words as the fonts can draw them. A chart, which is as high as it needs, is drawn by the browser,
        which has other fonts to fall back on."""
        return with_glyphs(words, face.family) if self.canvas.height else words

    def width(self, words: str, face: Face) -> float:
        """Return the width of the words in pixels, with the slack for other typefaces."""
        return face.width(words) * self.canvas.slack

    def file(self, height: int, style: str, about: str = "") -> str:
        """Return the elements as an SVG file of this height; `about` is its text for screen readers."""
        width = self.canvas.width
        paper = f'<rect class="paper" width="{width}" height="{height}"/>'
        size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        # Digits of equal width align in columns.
        figures = 'font-variant-numeric="lining-nums tabular-nums"'
        inside = "".join([about, f"<style>{style}</style>", paper, *self.elements])
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {figures}>{inside}</svg>\n'


def _short(number: float) -> str:
    """Return a number of pixels, rounded to a tenth."""
    return f"{number:.1f}".removesuffix(".0")
