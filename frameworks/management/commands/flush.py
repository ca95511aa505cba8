from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import flush
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper


class Command(flush.Command):
    """Django's own, without the triggers of SQLite: it empties the tables row by row and in any order, and they would
    hold on to snapshots, and to the claims of published ratings. PostgreSQL truncates, which asks no row."""

    def handle(self, **options: Any) -> None:
        database = options["database"]
        if options["interactive"]:
            answer = input(
                f"This deletes all data in {connections[database].settings_dict['NAME']}. Type 'yes' to go on: "
            )
            if answer != "yes":
                self.stdout.write("Nothing was deleted.")
                return
        with _triggers_aside(connections[database]):
            super().handle(**{**options, "interactive": False})


@contextmanager
def _triggers_aside(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """In one transaction: whatever happens, they are there again afterwards."""
    if connection.vendor != "sqlite":
        yield
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _, statement in triggers:
            cursor.execute(statement)
