"""Tell which version of the record is served: read from one row, at most once a second in each process.

Whoever has written in this process calls `forget`, so that the next request reads the version at once. While it cannot
be read, the one read last goes on being served, or a later one that a replica has, and `silent_since` says so.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from time import monotonic

from django.conf import settings
from django.db import DatabaseError

from frameworks.models import Recorded, RecordState
from frameworks.models.history import Tables

from . import replica, sections
from .outages import is_outage

#: Whether what is shown here must be read anew: in a preview, which is rolled back.
_is_apart: ContextVar[bool] = ContextVar("is_apart", default=False)


UNKNOWN = Recorded("")


@dataclass(slots=True)
class _Known:
    """The version read last, how far the record had come by then, and which sections were empty. `writes` counts what
    was written since the start, to notice a write during the reading."""

    mark: str = ""
    recorded: Recorded = UNKNOWN
    empty: frozenset[str] = frozenset()
    until: float = 0.0
    writes: int = 0
    #: When it was read, by the monotonic clock; how much had been written by then; whether it could not be read since.
    read_at: float = 0.0
    writes_read: int = 0
    is_silent: bool = False


#: Seconds after a failure for which nobody tries to read the version.
PAUSE = 0.5
#: Seconds for which others trust the version that was read last while one thread reads the next.
READING = 4.0

_known = _Known()
_lock = Lock()


def keeps() -> bool:
    """Return whether anything may be kept or taken from memory here."""
    return bool(settings.KEEP_IN_MEMORY) and not _is_apart.get()


def current(*, at_once: bool = False) -> str:
    """Return the mark of the newest version; it differs after every change of the record.

    It was read at most `VERSION_SECONDS` ago (with `at_once` just now), and never before what this process has written;
    unless the database fails, with which `at_once` raises what the database does if no replica goes on.
    """
    if keeps() and not at_once and _may_be_trusted():
        return _known.mark
    tables = tuple(sections.ROWS.values())
    if not keeps():
        recorded = RecordState.objects.recorded(tables, using=replica.PRIMARY)
        if not _is_apart.get():
            _note(recorded)
            _known.is_silent = False
        return recorded.mark
    now, writes = monotonic(), _known.writes
    try:
        recorded = RecordState.objects.recorded(tables, using=replica.PRIMARY)
    except DatabaseError as error:
        if not is_outage(error):
            _known.until, _known.is_silent = 0.0, False
            raise
        has_it = _go_on(tables, now, writes)
        if not _known.is_silent or (at_once and not has_it):
            raise
        return _known.mark
    has_it = replica.has(replica.recorded(tables), recorded)
    with _lock:
        _note(recorded)
        if writes == _known.writes:
            replica.settle(is_current=has_it, newest=recorded.at)
            _known.mark, _known.until = recorded.mark, now + settings.VERSION_SECONDS
            _known.read_at, _known.writes_read, _known.is_silent = now, writes, False
    return recorded.mark


def _may_be_trusted() -> bool:
    """Return whether the version need not be read now: it is new enough, or another thread is reading it.

    Whoever comes after a write in this process reads it in any case.
    """
    if monotonic() < _known.until:
        return True
    with _lock:
        now = monotonic()
        if now < _known.until:
            return True
        if _known.mark and _known.writes_read == _known.writes:
            _known.until = now + READING
        return False


def _go_on(tables: tuple[Tables, ...], now: float, writes: int) -> bool:
    """Have the version known last served while the database is silent, or that of a replica that is not behind it;
    return whether there is such a replica."""
    copy = replica.recorded(tables)
    has_it = replica.has(copy, _known.recorded)
    with _lock:
        _known.is_silent = has_it or bool(_known.mark)
        if writes == _known.writes:
            replica.settle(is_current=has_it, is_alone=has_it, newest=_known.recorded.at)
            _known.until = monotonic() + PAUSE if _known.is_silent else 0.0
            if copy and has_it:
                _note(copy)
                _known.read_at = _known.read_at if _known.mark else now
                _known.mark, _known.writes_read = copy.mark, writes
    return has_it


def _note(recorded: Recorded) -> None:
    """Remember how far the record has come, and which sections have no rows."""
    names = zip(
        sections.ROWS, recorded.filled, strict=False
    )  # before the first revision nothing is known of any
    _known.recorded = recorded
    _known.empty = frozenset(name for name, is_filled in names if not is_filled)


def empty_sections() -> frozenset[str]:
    """Return the route names of the sections that had nothing to show when the version was read."""
    return _known.empty


def changed_at() -> datetime | None:
    """Return when something was last recorded, as read with the version; None if nothing was, or it was never read."""
    return _known.recorded.at


def silent_since() -> float | None:
    """Return when the version was last read, by the monotonic clock, if it could not be read since; else None."""
    return _known.read_at if _known.is_silent else None


def read_at() -> float:
    """Return when the version was last read, by the monotonic clock."""
    return _known.read_at


def writes() -> int:
    """Return how often something was written in this process."""
    return _known.writes


def forget() -> None:
    """Have the next request read the version, because something was written."""
    with _lock:
        _known.writes += 1
        _known.until = 0.0
        replica.forget()


@contextmanager
def apart() -> Iterator[None]:
    """Neither take from memory nor keep anything in this block: what it sees will be rolled back."""
    token = _is_apart.set(True)
    try:
        yield
    finally:
        _is_apart.reset(token)
