from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from desk.topics.checking import check
from frameworks.models import Claim, Criterion, Framework, Rating, Source


class Command(BaseCommand):
    help = (
        "Says everything that is missing or wrong in the topic in PATH, with file and line. Changes nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", metavar="PATH", type=Path, help="The folder of the topic.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["path"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder. Name the folder of a topic.")
        report = check(folder)
        for line in [*report.problems, *report.notes]:
            self.stderr.write(str(line))
        count = len(report.problems)
        if count or report.topic is None:
            raise CommandError(f"{count} {'thing is' if count == 1 else 'things are'} wrong.")
        counted = {
            (report.topic.item, report.topic.items): report.counts[Framework],
            ("criterion", "criteria"): report.counts[Criterion],
            ("source", "sources"): report.counts[Source],
            ("claim", "claims"): report.counts[Claim],
            ("rating", "ratings"): report.counts[Rating],
        }
        listed = ", ".join(f"{number} {words[number != 1]}" for words, number in counted.items())
        self.stdout.write(f"Nothing is wrong: {listed}.")
