"""Keep the public facts of today in memory until the record's version moves on.

While one thread reads the facts of a new version, the others answer from those of the version before.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from threading import Lock
from typing import TypeVar

from frameworks.facts import Facts, TableLoader

from . import version

Value = TypeVar("Value")

#: How often the reading is repeated when somebody writes meanwhile.
ATTEMPTS = 3


@dataclass(slots=True)
class Held:
    """Facts with their version. `writes`: what this process had written when they were last known to be current."""

    mark: str
    facts: Facts
    writes: int


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
        return before
    # Whoever has written here waits for what they wrote; all others need not.
    if before and before.writes == version.writes() and _loading.locked():
        return before
    with _loading:
        return _read()


def for_each_version(read: Callable[[], Value]) -> Callable[[], Value]:
    """Decorate a function without arguments that reads facts, so that it reads them once for each version."""
    last: tuple[str, Value] | None = None

    @wraps(read)
    def value() -> Value:
        nonlocal last
        if not version.keeps():
            return read()
        mark, before = served_mark(), last
        if before is None or before[0] != mark:
            last = before = (mark, read())
        return before[1]

    return value


def _read() -> Held:
    global _held  # noqa: PLW0603 - the one place that replaces it, under the lock
    for _ in range(ATTEMPTS):
        writes, mark = version.writes(), version.current()
        if _held and _held.mark == mark:
            return _held
        facts = Facts(TableLoader(), mark=mark)
        facts.read_all()
        new = Held(mark, facts, writes)
        if version.current(at_once=True) == mark:
            _held = new
            break
    return new
