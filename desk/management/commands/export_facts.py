from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from frameworks.tables import sheets
from frameworks.tables.kinds import KINDS


class Command(BaseCommand):
    help = "Writes all facts of a kind into FILE, which ends in .csv, .xlsx or .json."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", metavar="KIND", choices=KINDS, help=", ".join(KINDS))
        parser.add_argument("file", metavar="FILE", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            sheet = KINDS[options["kind"]].sheet()
            content = sheets.write(sheet, sheets.ending(file.name))
            draft = file.with_name(f".unfinished-{file.name}")  # so that a full disk leaves no half of a file
            try:
                draft.write_bytes(content)
                draft.replace(file)
            finally:
                draft.unlink(missing_ok=True)
        except (sheets.Unreadable, sheets.Unwritable, OSError) as error:
            raise CommandError(f"Nothing was exported: {error}") from error
        self.stdout.write(f"Exported: {len(sheet.rows)} rows.")
