"""Something of which the n-th call fails, or every call: the database, or methods that stand for what may fail."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any
from unittest.mock import patch

from django.db import OperationalError, connection


class Faults:
    """Counts calls, and lets the n-th of them fail, or all from the n-th on."""

    def __init__(self, nth: int, *, for_good: bool = False, error: BaseException | None = None) -> None:
        self.nth, self.for_good = nth, for_good
        self.error = error or OperationalError("the connection was lost")
        self.calls = 0
        self.has_failed = False

    def count(self) -> None:
        """Count a call. Raises the error where it is one that fails."""
        self.calls += 1
        if self.calls == self.nth or (self.for_good and self.calls > self.nth):
            self.has_failed = True
            raise type(self.error)(*self.error.args)

    def __call__(self, run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.count()
        return run(sql, params, many, context)


@contextmanager
def failing(nth: int = 1, *, for_good: bool = False, error: Exception | None = None) -> Iterator[Faults]:
    """Let the n-th database call of the block fail; with `for_good`, all that follow as well. With 0, none fails."""
    faults = Faults(nth, for_good=for_good, error=error)
    with connection.execute_wrapper(faults):
        yield faults


@contextmanager
def failing_methods(
    nth: int, methods: Sequence[tuple[Any, str]], error: BaseException, *, is_done: bool = False
) -> Iterator[Faults]:
    """Let the n-th call of these methods of classes fail: before anything is done, or with `is_done` after it."""
    faults = Faults(nth, error=error)

    def counted(method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def call(*args: Any, **kwargs: Any) -> Any:
            if not is_done:
                faults.count()
            result = method(*args, **kwargs)
            if is_done:
                faults.count()
            return result

        return call

    with ExitStack() as stack:
        for owner, name in methods:
            stack.enter_context(patch.object(owner, name, counted(getattr(owner, name))))
        yield faults


_opening: Faults | None = None


@contextmanager
def failing_files(nth: int, error: OSError) -> Iterator[Faults]:
    """Let the n-th opening of a file that is to be written fail."""
    global _opening  # noqa: PLW0603 - what Python tells of its doings is told for good, so the hook is always there
    if _opening is None:
        sys.addaudithook(_opened)
    _opening = faults = Faults(nth, error=error)
    try:
        yield faults
    finally:
        _opening = Faults(0)


def _opened(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _opening is not None and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        _opening.count()


def steps(count: int, most: int) -> list[int]:
    """Return at most so many numbers from 1 to `count`, evenly, with the first and the last."""
    if count <= most:
        return list(range(1, count + 1))
    return sorted({1 + round(at * (count - 1) / (most - 1)) for at in range(most)})
