from contextlib import nullcontext
from typing import Any

from django.core.management.commands import flush
from django.db import connections

from frameworks.record.unguarded import without_triggers


class Command(flush.Command):
    """Django's own command, with the triggers removed meanwhile on SQLite.

    There it empties the tables row by row and in any order, and the triggers would refuse to delete snapshots and the
    claims of published ratings. PostgreSQL truncates, which fires no row triggers.
    """

    def handle(self, **options: Any) -> None:
        connection = connections[options["database"]]
        if options["interactive"]:
            answer = input(
                f"This deletes all data in {connection.settings_dict['NAME']}. Type 'yes' to continue: "
            )
            if answer != "yes":
                self.stdout.write("Nothing was deleted.")
                return
        with without_triggers(connection) if connection.vendor == "sqlite" else nullcontext():
            super().handle(**{**options, "interactive": False})
