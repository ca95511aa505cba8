"""Keep pieces of pages and files, as they were written, under all that they show. Other content is another key."""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from .stores import Store, Usage

#: What an entry takes besides its text, in bytes, about.
OVERHEAD = 500
#: What stands for the value of a slot in a piece: no page contains such characters.
STAND_IN = re.compile("\x02([a-z_]+)\x03")


@dataclass(frozen=True, slots=True)
class Piece:
    """A rendered block: what it says between its slots, and the names of these, each as often as it occurs."""

    texts: tuple[str, ...]
    slots: tuple[str, ...]

    @classmethod
    def of(cls, rendered: str) -> Self:
        """Make a piece of a block that was rendered with stand-ins for the values of its slots."""
        parts = STAND_IN.split(rendered)
        return cls(tuple(parts[::2]), tuple(parts[1::2]))

    @property
    def size(self) -> int:
        """Return how many bytes the block takes without the values of its slots."""
        return sum(len(text.encode()) for text in self.texts)

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the block with these values, which are escaped, in its slots."""
        if not self.slots:
            return self.texts[0]
        parts = [""] * (len(self.texts) + len(self.slots))
        parts[::2], parts[1::2] = self.texts, map(values.__getitem__, self.slots)
        return "".join(parts)


_pieces: Store[Piece] = Store(settings.PIECES_BYTES)


def stand_in(name: str) -> SafeString:
    """Return what stands for the value of a slot."""
    return mark_safe(f"\x02{name}\x03")  # noqa: S308 - our own text


def find(key: Hashable) -> Piece | None:
    """Return the piece kept under this key, or None."""
    return _pieces.get(key)


def keep(key: Hashable, piece: Piece) -> None:
    _pieces.put(key, piece, piece.size + OVERHEAD)


def written(mark: str, *key: Hashable, write: Callable[[], str]) -> Piece:
    """Return what is written of the facts of this version under this key.

    Facts that are not kept in memory have no version, and nothing of them is kept.
    """
    if not mark:
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
