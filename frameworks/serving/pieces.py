"""Keep pieces of pages and files, as they were written, under all that they show. Other content is another key."""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from . import version
from .stores import Store, Usage

#: What an entry takes besides its text, in bytes, about.
OVERHEAD = 500
#: What stands for the value of a slot in a piece: no page contains such characters.
STAND_IN = re.compile("\x02([a-z_]+)\x03")


@dataclass(frozen=True, slots=True)
class Piece:
    """A rendered block: its text or, if it has slots, the format that leaves them open."""

    text: str
    slots: tuple[str, ...]

    @classmethod
    def of(cls, rendered: str) -> Self:
        """Make a piece of a block that was rendered with stand-ins for the values of its slots."""
        if not (names := tuple(dict.fromkeys(STAND_IN.findall(rendered)))):
            return cls(rendered, ())
        return cls(STAND_IN.sub(r"%(\1)s", rendered.replace("%", "%%")), names)

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the block with these values, which are escaped, in its slots."""
        return self.text % values if self.slots else self.text


_pieces: Store[Piece] = Store(settings.PIECES_BYTES)


def stand_in(name: str) -> SafeString:
    """Return what stands for the value of a slot."""
    return mark_safe(f"\x02{name}\x03")  # noqa: S308 - our own text


def find(key: Hashable) -> Piece | None:
    """Return the piece kept under this key, or None."""
    return _pieces.get(key)


def keep(key: Hashable, piece: Piece) -> None:
    _pieces.put(key, piece, len(piece.text.encode()) + OVERHEAD)


def written(mark: str, *key: Hashable, write: Callable[[], str]) -> Piece:
    """Return what is written of the facts of this version under this key; without a version nothing is kept."""
    if not mark or not version.keeps():
        return Piece.of(write())
    if (piece := find((mark, *key))) is None:
        keep((mark, *key), piece := Piece.of(write()))
    return piece


def clear() -> None:
    _pieces.clear()


def usage() -> Usage:
    """Return what this process keeps of pieces."""
    return _pieces.usage()


def hashable(value: object) -> Hashable:
    """Return a value of a template as a part of a key: collections as tuples."""
    if isinstance(value, dict):
        return tuple((key, hashable(item)) for key, item in value.items())
    if isinstance(value, Iterable) and not isinstance(value, str | tuple | frozenset):
        return tuple(hashable(item) for item in value)
    return value
