"""Notice within seconds that a server is away or frozen, and try again by one thread at a time.

A refused connection fails at once by itself. A server whose processes are frozen, or whose machine is gone, says
nothing: the kernel goes on confirming what is sent to it, so no timeout of TCP or of the server ends the wait. We do.
"""

from collections.abc import Generator
from threading import Lock
from time import monotonic
from types import SimpleNamespace
from typing import Any, TypeVar

import psycopg
from django.db.backends.postgresql import base

from frameworks.serving import patience

Value = TypeVar("Value")

#: Seconds that an unused connection may take to say that it still works.
TO_WAKE = 1.0
#: Seconds after a failure during which nobody tries to connect.
PAUSE = 0.5
#: Seconds that a trial may take, at most, before another thread makes one.
TRIAL = 4.0


class Silence(psycopg.OperationalError):
    """The server gives no sign of life."""


class Breaker:
    """Lets one thread at a time try to connect to a server that was away, while all others fail at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._is_away = False
        self._closed_until = 0.0

    def enter(self) -> None:
        """Begin to connect. Raises Silence while somebody else tries to, or has just failed."""
        with self._lock:
            if not self._is_away:
                return
            if (now := monotonic()) < self._closed_until:
                raise Silence("the server was away a moment ago")
            self._closed_until = now + TRIAL

    def fail(self) -> None:
        with self._lock:
            self._is_away, self._closed_until = True, monotonic() + PAUSE

    def succeed(self) -> None:
        self._is_away = False


#: That of each database, by its alias: a replica that is away does not keep anybody from the primary.
breakers: dict[str, Breaker] = {}


class ImpatientConnection(psycopg.Connection[Any]):
    """Waits for the server as long as `patience` says, and is closed where that is not enough."""

    breaker: Breaker

    def wait(self, gen: Generator[Any, Any, Value], *args: Any, **options: Any) -> Value:
        if (seconds := patience.seconds()) is None:
            return super().wait(gen, *args, **options)
        try:
            return super().wait(_watched(gen, seconds), *args, **options)
        except Silence:
            self.breaker.fail()
            self.close()  # what it still sends would be taken for the answer to the next query
            raise


def _watched(gen: Generator[Any, Any, Value], seconds: float) -> Generator[Any, Any, Value]:
    """Pass on what the generator waits for. Raises Silence where nothing has arrived for so many seconds."""
    try:
        wanted, last = next(gen), monotonic()
        while True:
            ready = yield wanted
            if ready:
                last = monotonic()
            elif monotonic() - last > seconds:
                raise Silence(f"the server has said nothing for {seconds:g} seconds")
            wanted = gen.send(ready)
    except StopIteration as done:
        return done.value  # type: ignore[no-any-return]


class DatabaseWrapper(base.DatabaseWrapper):
    #: The driver as it is, but for the kind of connections that it makes.
    Database = SimpleNamespace(**{**vars(psycopg), "connect": ImpatientConnection.connect})  # type: ignore[assignment]

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        breaker = breakers.setdefault(self.alias, Breaker())
        if patience.seconds() is not None:
            breaker.enter()
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            breaker.fail()
            raise
        breaker.succeed()
        connection.breaker = breaker
        return connection

    def is_usable(self) -> bool:
        limit = patience.seconds()
        with patience.at_most(limit and min(limit, TO_WAKE)):
            return bool(super().is_usable())
