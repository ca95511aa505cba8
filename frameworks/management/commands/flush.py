from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management.commands import flush
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper


class Command(flush.Command):
    """Django's own command, with the triggers removed meanwhile on SQLite.

    There it empties the tables row by row and in any order, and the triggers would refuse to delete snapshots and the
    claims of published ratings. PostgreSQL truncates, which fires no row triggers.
    """

    def handle(self, **options: Any) -> None:
        database = options["database"]
        if options["interactive"]:
            answer = input(
                f"This deletes all data in {connections[database].settings_dict['NAME']}. Type 'yes' to continue: "
            )
            if answer != "yes":
                self.stdout.write("Nothing was deleted.")
                return
        with _without_triggers(connections[database]):
            super().handle(**{**options, "interactive": False})


@contextmanager
def _without_triggers(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Drop SQLite's triggers and restore them at the end, in one transaction, so that an error restores them, too."""
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
