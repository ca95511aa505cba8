from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import pluralize
from django.utils import timezone
from django.utils.text import slugify

from desk.topics.drafting import draft
from desk.topics.sheet import read_comparison
from desk.topics.starting import NotEmpty, in_commands, room
from frameworks.tables.sheets import FILE_MAX, TOO_LARGE, Unreadable


class Command(BaseCommand):
    help = (
        "Drafts a topic from FILE, a comparison: what is compared goes down, criteria go across, any words are in the"
        " cells. Each cell becomes a claim; rubrics, readings and scores are left to you."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="A .csv, .tsv, .xlsx, .ods or .json file."
        )
        parser.add_argument(
            "--into",
            metavar="PATH",
            type=Path,
            help="A folder that is empty or does not exist. By default called after the file, beside it.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        folder: Path = options["into"] or file.with_name(slugify(file.stem) or "topic")
        try:
            if file.stat().st_size > FILE_MAX:
                raise Unreadable(TOO_LARGE)
            comparison = read_comparison(file.name, file.read_bytes())
            files = draft(comparison, file.name, timezone.localdate())
            with room(folder):
                for name, text in files.items():
                    path = folder / name
                    path.parent.mkdir(exist_ok=True)
                    path.write_text(text, encoding="utf-8", newline="\n")
        except (Unreadable, NotEmpty, OSError) as error:
            raise CommandError(f"No topic was drafted: {error}") from error
        for note in [*comparison.notes, *(f"Left out: {sentence}" for sentence in comparison.left_out)]:
            self.stderr.write(note)
        rows, criteria = len(comparison.items), len(comparison.criteria)
        claims = sum(bool(words) for _, values in comparison.items for words in values)
        self.stdout.write(
            f"{folder} is a topic: {rows} row{pluralize(rows)}, {criteria} {pluralize(criteria, 'criterion,criteria')},"
            f" {claims} claim{pluralize(claims)}. Look at it with `TOPIC={in_commands(folder)} make run`."
        )
