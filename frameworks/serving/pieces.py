"""Keep pieces of pages, as they were rendered, under all that they show. Other content is another key."""

from collections.abc import Hashable, Iterable

from django.conf import settings

from .stores import Store

#: What an entry takes besides its text, in bytes, about.
OVERHEAD = 400

_pieces: Store[str] = Store(settings.PIECES_BYTES)


def find(key: Hashable) -> str | None:
    """Return the piece kept under this key, or None."""
    return _pieces.get(key)


def keep(key: Hashable, text: str) -> None:
    _pieces.put(key, text, len(text.encode()) + OVERHEAD)


def clear() -> None:
    _pieces.clear()


def hashable(value: object) -> Hashable:
    """Return a value of a template as a part of a key: collections as tuples."""
    if isinstance(value, dict):
        return tuple((key, hashable(item)) for key, item in value.items())
    if isinstance(value, Iterable) and not isinstance(value, str | tuple | frozenset):
        return tuple(hashable(item) for item in value)
    return value
