"""Write past the triggers, where the whole database is emptied or filled: they guard single changes."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

#: The tables with triggers of ours that are on, by the names that statements call them.
WITH_TRIGGERS = """
SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger
WHERE NOT tgisinternal AND tgenabled <> 'D' AND pg_table_is_visible(tgrelid)
"""


@contextmanager
def without_triggers(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Turn the triggers off and at the end on again, in one transaction, so that an error turns them on again, too.

    On PostgreSQL only the owner of the tables may do so. Foreign keys are checked at the end.
    """
    off_and_on = _dropped_on_sqlite if connection.vendor == "sqlite" else _disabled_on_postgresql
    with transaction.atomic(using=connection.alias), off_and_on(connection):
        yield


@contextmanager
def _dropped_on_sqlite(connection: BaseDatabaseWrapper) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, statement in triggers:
            cursor.execute(statement)
    connection.check_constraints()


@contextmanager
def _disabled_on_postgresql(connection: BaseDatabaseWrapper) -> Iterator[None]:
    # A table is not altered while foreign keys to it wait for their check, neither now nor at the end.
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute(WITH_TRIGGERS)
        tables = [table for (table,) in cursor.fetchall()]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        connection.check_constraints()
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
