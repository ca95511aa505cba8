from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from frameworks.models import Claim, Source
from frameworks.verification import misses


class Command(BaseCommand):
    help = "Checks every claim against the source files in DIR: the line exists, the term stands on it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", metavar="DIR", type=Path, help="Where the source files lie.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["dir"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder. Name the folder that holds the source files.")
        sources = list(Source.objects.all())
        claims = list(Claim.objects.cited())
        if not claims:
            raise CommandError("There are no claims to check. Run `manage.py seed` first.")
        sentences = list(misses(sources, claims, folder))
        for sentence in sentences:
            self.stderr.write(sentence)
        if sentences:
            raise CommandError(f"{len(sentences)} of {len(claims)} claims or sources do not hold.")
        self.stdout.write(f"{len(claims)} claims from {len(sources)} sources hold.")
