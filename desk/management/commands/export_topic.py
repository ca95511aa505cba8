from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk.topics.starting import NotEmpty
from desk.topics.writing import write


class Command(BaseCommand):
    help = "Writes the content of the database, with all that was changed at the desk, as a topic into PATH."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path", metavar="PATH", type=Path, help="A folder that is empty or does not exist."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["path"]
        try:
            total = write(folder)
        except (NotEmpty, OSError) as error:
            raise CommandError(f"Nothing was written: {error}") from error
        self.stdout.write(f"{folder} is a topic, with {total} entries.")
