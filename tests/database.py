"""The database by itself: plain SQL, what it refuses, and requests that come at once."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction


def execute(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def analyse() -> None:
    """Have PostgreSQL plan its queries by what the transaction that is open has written, of which it knows nothing.

    Only our own tables: the lock on those that all databases share would make other workers wait for our end.
    """
    if connection.vendor == "postgresql":
        execute(f"ANALYZE {', '.join(connection.introspection.table_names())}")


@contextmanager
def refused(constraint: str) -> Iterator[None]:
    """The database says no, and by which constraint."""
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        yield


Post = Callable[[], Any]


def at_once(*posts: Post) -> list[Any]:
    """The answers of requests that are sent in the same moment, each from a thread of its own."""
    start = threading.Barrier(len(posts))

    def send(post: Post) -> Any:
        start.wait(timeout=10)
        try:
            return post()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(posts)) as pool:
        return list(pool.map(send, posts))
