from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk.topics.starting import NotEmpty, begin, in_commands


class Command(BaseCommand):
    help = "Begins a topic in PATH: a folder with topic.toml and an example of each kind of file, ready to be changed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path", metavar="PATH", type=Path, help="A folder that is empty or does not exist."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["path"]
        try:
            begin(folder)
        except (NotEmpty, OSError) as error:
            raise CommandError(f"Nothing was written: {error}") from error
        place = in_commands(folder)
        self.stdout.write(
            f"{folder} is a topic. Change its files, check them with `manage.py check_topic {place}`,"
            f" and look at it with `TOPIC={place} make run`."
        )
