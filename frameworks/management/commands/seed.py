from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.base import DeserializationError
from django.db import DatabaseError

from frameworks.management.turns import my_turn
from frameworks.models import Framework
from frameworks.record.revisions import Conflict, Refused
from frameworks.record.seeding import fixture_files, plant


class Command(BaseCommand):
    help = "Loads the fixtures in one transaction. If run again, it changes nothing that an editor has changed since."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="Do nothing if there is content already.")
        parser.add_argument(
            "--prune",
            action="store_true",
            help="Also delete what an earlier seed created and the fixtures no longer contain, unless an editor has"
            " changed it.",
        )
        parser.add_argument(
            "--fixtures",
            type=Path,
            default=settings.TOPIC.folder,
            help="The folder with the fixtures. Default: that of the topic.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with my_turn():
            self._seed(**options)

    def _seed(self, **options: Any) -> None:
        if options["if_empty"] and Framework.objects.exists():
            return
        try:
            outcome = plant(fixture_files(options["fixtures"]), prune=options["prune"])
        except (FileNotFoundError, DeserializationError, DatabaseError, Conflict, Refused) as error:
            raise CommandError(f"Nothing was seeded: {error}") from error
        names = ["created", "updated", "unchanged", "kept", *["pruned"] * options["prune"]]
        self.stdout.write("Seeded: " + ", ".join(f"{outcome[name]} {name}" for name in names) + ".")
