"""Have one instance at a time bring the database up to date; the others wait, and find it done."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

#: The number of the advisory lock of PostgreSQL, the same in every instance. It is no other application's: its database
#: is the portal's own.
LOCK = 5_206_918_475


@contextmanager
def my_turn(database: str = "default") -> Iterator[None]:
    """Wait until no other process on this database is in such a block. A process may be in several at once.

    SQLite locks its file while it writes and not between two migrations, so the folder of the file is locked.
    """
    connection: Any = connections[database]
    waiting = _postgresql if connection.vendor == "postgresql" else _sqlite
    with waiting(connection):
        yield


@contextmanager
def _postgresql(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        # Where the connection has been lost, the lock has gone with it.
        if connection.connection is not None:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


_depth = 0


@contextmanager
def _sqlite(connection: BaseDatabaseWrapper) -> Iterator[None]:
    global _depth  # noqa: PLW0603 - a process would wait for itself
    folder = Path(connection.settings_dict["NAME"]).parent
    handle = os.open(folder, os.O_RDONLY) if not _depth and folder.is_dir() else None
    if handle is not None:
        fcntl.flock(handle, fcntl.LOCK_EX)
    _depth += 1
    try:
        yield
    finally:
        _depth -= 1
        if handle is not None:
            os.close(handle)
