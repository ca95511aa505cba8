from typing import Any

from django.core.management.commands import flush
from django.db import connections

from frameworks.models import Rating


class Command(flush.Command):
    """Django's own, but ratings go first: it empties the tables in any order, and a published rating would hold on
    to its claims."""

    def handle(self, **options: Any) -> None:
        database = options["database"]
        if options["interactive"]:
            answer = input(
                f"This deletes all data in {connections[database].settings_dict['NAME']}. Type 'yes' to go on: "
            )
            if answer != "yes":
                self.stdout.write("Nothing was deleted.")
                return
        if Rating._meta.db_table in connections[database].introspection.table_names():
            Rating.objects.using(database).delete()
        super().handle(**{**options, "interactive": False})
