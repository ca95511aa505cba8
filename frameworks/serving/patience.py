"""Limit how long a request waits for the database, so that one that is frozen, or gone without a word, is noticed.

Commands set no limit: a migration may take as long as it takes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_seconds: ContextVar[float | None] = ContextVar("seconds", default=None)


def seconds() -> float | None:
    """Return for how many seconds the database may be silent here; None for as long as it likes."""
    return _seconds.get()


@contextmanager
def at_most(seconds: float | None) -> Iterator[None]:
    """Wait for no more than so many seconds for each sign of life within this block; with None, without a limit."""
    token = _seconds.set(seconds)
    try:
        yield
    finally:
        _seconds.reset(token)
