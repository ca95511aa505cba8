"""A database of which the n-th call fails, or every call."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection


class Faults:
    """Counts the calls of the database, and lets the n-th of them fail, or all from the n-th on."""

    def __init__(self, nth: int, *, for_good: bool = False, error: Exception | None = None) -> None:
        self.nth, self.for_good = nth, for_good
        self.error = error or OperationalError("the connection was lost")
        self.calls = 0
        self.has_failed = False

    def __call__(self, run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.calls += 1
        if self.calls == self.nth or (self.for_good and self.calls > self.nth):
            self.has_failed = True
            raise self.error
        return run(sql, params, many, context)


@contextmanager
def failing(nth: int = 1, *, for_good: bool = False, error: Exception | None = None) -> Iterator[Faults]:
    """Let the n-th database call of the block fail; with `for_good`, all that follow as well. With 0, none fails."""
    faults = Faults(nth, for_good=for_good, error=error)
    with connection.execute_wrapper(faults):
        yield faults


def steps(count: int, most: int) -> list[int]:
    """Return at most so many numbers from 1 to `count`, evenly, with the first and the last."""
    if count <= most:
        return list(range(1, count + 1))
    return sorted({1 + round(at * (count - 1) / (most - 1)) for at in range(most)})
