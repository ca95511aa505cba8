"""Django's command, run by one process at a time: several instances may be started at once."""

from typing import Any

from django.core.management.commands import migrate

from frameworks.management.turns import my_turn


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with my_turn(options["database"]):
            super().handle(*args, **options)
