from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from frameworks.models import Claim, Rating, Source
from frameworks.verification import copied, departures, miscounted, misread, misses, unnamed


class Command(BaseCommand):
    help = (
        "Checks every claim against the source files in DIR (the line exists, the term is on it, a tool or trait"
        " is named on it) and against the table of readings, every score and what its rationale counts against the"
        " claims, and every text of ours for runs of words copied from a source."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("dir", metavar="DIR", type=Path, help="The folder with the source files.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["dir"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder. Name the folder with the source files.")
        sources = list(Source.objects.all())
        claims = list(Claim.objects.cited())
        if not claims:
            raise CommandError("There are no claims to check. Run `manage.py seed` first.")
        ratings = Rating.objects.select_related("framework", "criterion")
        sentences = [
            *misses(sources, claims, folder),
            *unnamed(folder),
            *misread(claims),
            *departures(ratings),
            *miscounted(ratings),
            *copied(folder),
        ]
        for sentence in sentences:
            self.stderr.write(sentence)
        if sentences:
            raise CommandError(f"{len(sentences)} statements are wrong.")
        self.stdout.write(
            f"{len(claims)} claims from {len(sources)} sources are right, {len(ratings)} scores follow from them"
            " or say why they depart, and no text is copied."
        )
