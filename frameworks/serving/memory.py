"""Keep the public facts of today in memory until the record's version moves on.

While one thread reads the facts of a new version, the others answer from those of the version before; and so do all
while the database fails. `age` says how old these may be.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from threading import Lock
from time import monotonic, sleep
from typing import TypeVar

from django.db import DatabaseError

from frameworks.catalogue import Catalogue
from frameworks.facts import Facts, TableLoader
from frameworks.models import CatalogueState

from . import replica, version
from .outages import is_outage

Value = TypeVar("Value")

#: How often the reading is repeated when somebody writes meanwhile.
ATTEMPTS = 3

#: For how many seconds an answer rests while another thread reads the facts. A thread that lets go of the interpreter
#: often, as answers do, mostly has it back before one that waits for it wakes: without a rest, reading takes a minute.
GIVING_WAY = 0.001


@dataclass(slots=True)
class Held:
    """Facts with their version. `writes`: what this process had written when they were last known to be current, and
    `known_at`: when that was, by the monotonic clock. `is_behind`: those of a newer version could not be read."""

    mark: str
    facts: Facts
    writes: int
    known_at: float
    is_behind: bool = False


_held: Held | None = None
_loading = Lock()


def current_facts() -> Facts:
    """Return today's facts: from memory where they are those of the current version, else from their tables."""
    return held().facts if version.keeps() else Facts(TableLoader())


def served_mark() -> str:
    """Return the mark of the version that pages show now; read it before the facts, so that it is never the newer."""
    return held().mark if version.keeps() else version.current()


def held() -> Held:
    """Return the facts in memory, of the current version or, while that is being read, of the one before."""
    writes, mark, before = version.writes(), version.current(), _held
    if before and before.mark == mark:
        before.writes = max(before.writes, writes)
        before.known_at, before.is_behind = version.read_at(), False
        return before
    if before and version.silent_since() is not None and not replica.is_current():
        return before
    # Whoever has written here waits for what they wrote; all others need not.
    may_read = _loading.acquire(blocking=before is None or before.writes != version.writes())
    if before and not may_read:
        sleep(GIVING_WAY)
        return before
    try:
        return _read()
    except DatabaseError as error:
        if before is None or not is_outage(error) or replica.has_failed(error):
            raise
        before.is_behind = True
        return before
    finally:
        _loading.release()


def age() -> float:
    """Return for how many seconds nothing has shown that what is served is current; 0 while the database answers."""
    if _held and _held.is_behind:
        return monotonic() - _held.known_at
    silent_since = version.silent_since()
    return 0.0 if silent_since is None else monotonic() - silent_since


def for_each_version(read: Callable[[], Value]) -> Callable[[], Value]:
    """Decorate a function without arguments that reads the record, so that it reads it once for each version."""
    return _once_for(served_mark, read)


def for_each_catalogue(read: Callable[[], Value]) -> Callable[[], Value]:
    """Decorate a function without arguments that reads neither ratings nor claims, so that it reads once as long as
    nothing else changes."""
    return _once_for(lambda: current_facts().catalogue.mark, read)


def _once_for(current_mark: Callable[[], str], read: Callable[[], Value]) -> Callable[[], Value]:
    last: tuple[str, Value] | None = None

    @wraps(read)
    def value() -> Value:
        nonlocal last
        if not version.keeps():
            return read()
        mark, before = current_mark(), last
        if before is None or before[0] != mark:
            last = before = (mark, read())
        return before[1]

    return value


def _catalogue() -> Catalogue:
    """Return the catalogue: the one in memory if nothing of it has changed."""
    mark = CatalogueState.objects.mark()
    if _held and _held.facts.catalogue.mark == mark:
        return _held.facts.catalogue
    return Catalogue(TableLoader(), mark=mark)


def _read() -> Held:
    global _held  # noqa: PLW0603 - the one place that replaces it, under the lock
    for _ in range(ATTEMPTS):
        writes, mark = version.writes(), version.current()
        if _held and _held.mark == mark:
            return _held
        facts = Facts(TableLoader(), mark=mark, known_catalogue=_catalogue())
        facts.read_all()
        new = Held(mark, facts, writes, version.read_at())
        if version.current(at_once=True) == mark:
            _held = new
            break
    return new
