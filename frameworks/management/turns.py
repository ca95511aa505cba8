"""Have one instance at a time bring the database up to date; the others wait, and find it done."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

#: The number of the advisory lock of PostgreSQL, the same in every instance. It is no other application's: its database
#: is the portal's own.
LOCK = 5_206_918_475

_depth = 0


@contextmanager
def my_turn(database: str = "default") -> Iterator[None]:
    """Wait until no other process on this database is in such a block. A process may be in several at once.

    SQLite locks its file while it writes and not between two migrations, so the folder of the file is locked.
    """
    global _depth  # noqa: PLW0603 - a process would wait for itself
    connection = connections[database]
    waiting = _postgresql if connection.vendor == "postgresql" else _sqlite
    with nullcontext() if _depth else waiting(connection):
        _depth += 1
        try:
            yield
        finally:
            _depth -= 1


@contextmanager
def _postgresql(connection: BaseDatabaseWrapper) -> Iterator[None]:
    # A transaction of its own has the lock, on a connection of its own: behind PgBouncer nothing else stays on one
    # connection of the server, and whoever is killed loses it.
    with closing(connection.copy()) as own:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        yield


@contextmanager
def _sqlite(connection: BaseDatabaseWrapper) -> Iterator[None]:
    folder = Path(connection.settings_dict["NAME"]).parent
    handle = os.open(folder, os.O_RDONLY) if folder.is_dir() else None
    if handle is not None:
        fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)
