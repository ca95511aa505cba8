"""How wide words are in the typefaces that pictures are drawn with, and how they are cut to the room there is.

SVG does not wrap lines. The widths stand in a table made from the fonts (`static/vendor/README.md`).
"""

import json
import unicodedata
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

FONTS = Path(__file__).parent / "fonts"
#: No text of a picture is longer, whoever wrote it.
LONGEST = 300
#: What stands for characters that the fonts do not have, however many stand together.
MISSING = "?"
ELLIPSIS = "…"

Family = Literal["newsreader-500", "public-sans-400", "public-sans-600"]


class Face(NamedTuple):
    """A family and weight in a size, in pixels."""

    family: Family
    size: float

    def width(self, words: str) -> float:
        known = _advances()[self.family]
        return sum(known.get(letter, 1000) for letter in words) * self.size / 1000


@cache
def _advances() -> dict[str, dict[str, int]]:
    """By family and character, in thousandths of the size."""
    found: dict[str, dict[str, int]] = json.loads((FONTS / "advances.json").read_text("utf-8"))
    return found


def clean(words: str) -> str:
    """Without what XML forbids and nobody sees, and no longer than a picture can use."""
    composed = unicodedata.normalize("NFC", words[: 2 * LONGEST])
    seen = "".join(" " if letter.isspace() else letter for letter in composed if _is_space_or_visible(letter))
    return cut(" ".join(seen.split()), LONGEST)


def _is_space_or_visible(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) not in {"Cc", "Cf", "Cn", "Co", "Cs"}


def cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: most - 1].rstrip() + ELLIPSIS


def known(words: str, family: Family) -> str:
    """As it can be drawn: where the font has no glyphs, a question mark instead of empty boxes."""
    glyphs = _advances()[family]
    drawn: list[str] = []
    for letter in words:
        if letter in glyphs:
            drawn.append(letter)
        elif drawn[-1:] != [MISSING]:
            drawn.append(MISSING)
    return "".join(drawn)


def fitted(words: str, face: Face, room: float) -> str:
    """Cut at its end where it is wider than the room."""
    if face.width(words) <= room:
        return words
    kept = words
    while kept and face.width(kept.rstrip() + ELLIPSIS) > room:
        kept = kept[:-1]
    return kept.rstrip(" ,.;:") + ELLIPSIS


def wrapped(words: str, face: Face, room: float, most: int) -> list[str]:
    """In lines no wider than the room, at most so many: the last is cut."""
    lines: list[str] = []
    rest = words.split()
    while rest and len(lines) < most - 1:
        taken = 1
        while taken < len(rest) and face.width(" ".join(rest[: taken + 1])) <= room:
            taken += 1
        lines.append(fitted(" ".join(rest[:taken]), face, room))
        rest = rest[taken:]
    return [*lines, fitted(" ".join(rest), face, room)] if rest else lines
