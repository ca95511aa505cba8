"""Measure, shorten and wrap words in the typefaces of pictures, because SVG does not wrap lines.

The advance widths are in a table made from the fonts (`static/vendor/README.md`).
"""

import json
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple

FONTS = Path(__file__).parent / "fonts"
#: The most characters that any text of a picture has.
LENGTH_MAX = 300
#: What replaces a run of characters that the fonts do not have.
MISSING = "?"
ELLIPSIS = "…"

Family = Literal["newsreader-500", "public-sans-400", "public-sans-600"]


class Face(NamedTuple):
    """A family and weight in a size, in pixels."""

    family: Family
    size: float

    def width(self, words: str) -> float:
        """Return the width of the words in pixels; unknown characters count one em."""
        return _thousandths(self.family, words) * self.size / 1000


@lru_cache(maxsize=4096)
def _thousandths(family: Family, words: str) -> int:
    """Return the width of the words in thousandths of an em."""
    advances = _advances()[family]
    return sum(advances.get(letter, 1000) for letter in words)


@cache
def _advances() -> dict[str, dict[str, int]]:
    """Return advance widths by family and character, in thousandths of an em."""
    advances: dict[str, dict[str, int]] = json.loads((FONTS / "advances.json").read_text("utf-8"))
    return advances


@lru_cache(maxsize=4096)
def clean(words: str) -> str:
    """Return the words without invisible characters and what XML forbids, on one line, at most 300 characters long."""
    composed = words[: 2 * LENGTH_MAX]
    if not (composed.isascii() and composed.isprintable()):
        composed = unicodedata.normalize("NFC", composed)
        composed = "".join(
            " " if letter.isspace() else letter for letter in composed if _is_space_or_visible(letter)
        )
    return cut(" ".join(composed.split()), LENGTH_MAX)


def _is_space_or_visible(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) not in {"Cc", "Cf", "Cn", "Co", "Cs"}


def cut(words: str, length: int) -> str:
    """Return the words, cut to `length` characters with an ellipsis if they are longer."""
    return words if len(words) <= length else words[: length - 1].rstrip() + ELLIPSIS


def with_glyphs(words: str, family: Family) -> str:
    """Return the words with a question mark in place of characters that the font has no glyphs for."""
    glyphs = _advances()[family]
    drawn: list[str] = []
    for letter in words:
        if letter in glyphs:
            drawn.append(letter)
        elif drawn[-1:] != [MISSING]:
            drawn.append(MISSING)
    return "".join(drawn)


def fitted(words: str, face: Face, room: float) -> str:
    """Return the words, cut with an ellipsis if they are wider than `room`, in pixels."""
    if face.width(words) <= room:
        return words
    beginning = words
    while beginning and face.width(beginning.rstrip() + ELLIPSIS) > room:
        beginning = beginning[:-1]
    return beginning.rstrip(" ,.;:") + ELLIPSIS


def wrapped(words: str, face: Face, room: float, lines_max: int) -> list[str]:
    """Return the words in at most `lines_max` lines no wider than `room`, in pixels; the last is cut."""
    lines: list[str] = []
    rest = words.split()
    while rest and len(lines) < lines_max - 1:
        count = 1
        while count < len(rest) and face.width(" ".join(rest[: count + 1])) <= room:
            count += 1
        lines.append(fitted(" ".join(rest[:count]), face, room))
        rest = rest[count:]
    return [*lines, fitted(" ".join(rest), face, room)] if rest else lines
