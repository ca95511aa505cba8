from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from frameworks.models import Revision
from frameworks.record.revisions import Author, Conflict, Refused
from frameworks.tables import header, imports, reading, sheets
from frameworks.tables.kinds import KINDS, Kind
from frameworks.tables.rows import ImportRow, Status


class Command(BaseCommand):
    help = "Imports the rows of FILE in one transaction. If a row is refused, says why and imports nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kind", metavar="KIND", choices=KINDS, help=", ".join(KINDS))
        parser.add_argument(
            "file", metavar="FILE", type=Path, help="A .csv, .tsv, .xlsx, .ods or .json file."
        )
        parser.add_argument(
            "--reason", required=True, help="The reason for the change in one sentence, shown in the history."
        )
        parser.add_argument("--author", default="Command line", help="The name shown in the history.")
        parser.add_argument("--dry-run", action="store_true", help="Only report what would be imported.")

    def handle(self, *args: Any, **options: Any) -> None:
        kind, file = KINDS[options["kind"]], options["file"]
        by = Author(_short(options, "author", 150), Revision.Origin.IMPORT)
        reason = _short(options, "reason", 300)
        try:
            if file.stat().st_size > sheets.FILE_MAX:
                raise sheets.Unreadable(sheets.TOO_LARGE)
            sheet = reading.read(file.name, file.read_bytes(), kind.headings)
            header.check_columns(kind, sheet.header)
            if missing := header.missing_key(kind, sheet.header):
                raise sheets.Unreadable(f"The column “{missing}” is missing. It identifies each row.")
            for name, guess in header.open_columns(kind, sheet.header).items():
                if guess:
                    raise sheets.Unreadable(
                        f"There is no column “{sheets.shortened(name)}”. Did you mean “{guess}”?"
                    )
            self._say_how_it_was_read(kind, sheet)
            rows = imports.compare(kind, sheet, sheets.first_row(file.name))
            self._say(rows)
            if any(row.status == Status.REFUSED for row in rows):
                raise CommandError("Nothing was imported.")
            if options["dry_run"]:
                self.stdout.write("Nothing was imported.")
                return
            imports.confirm(kind, sheet, sheets.first_row(file.name), by=by, reason=reason)
            self.stdout.write("Imported.")
        except imports.RowsChanged as error:
            raise CommandError("Nothing was imported: somebody else saved at the same moment.") from error
        except (sheets.Unreadable, OSError, DatabaseError, Conflict, Refused) as error:
            raise CommandError(f"Nothing was imported: {error}") from error

    def _say_how_it_was_read(self, kind: Kind, sheet: sheets.Sheet) -> None:
        for note in sheet.notes:
            self.stderr.write(note)
        if remarks := header.remarks(kind, sheet.header):
            self.stderr.write(f"Ignored columns: {', '.join(remarks)}.")

    def _say(self, rows: list[ImportRow]) -> None:
        for row in rows:
            for problem in row.problems:
                column = f", column {problem.column}" if problem.column else ""
                self.stderr.write(f"Row {row.number}{column}: {problem.sentence}")
        for taken, count in Counter(taken for row in rows for taken in row.taken_as).items():
            self.stderr.write(
                f"Column {taken.column}: “{taken.cell}” taken for “{taken.text}” in {count} rows."
            )
        counts = Counter(row.status for row in rows)
        self.stdout.write(", ".join(f"{counts[status]} {status}" for status in Status) + ".")


def _short(options: dict[str, Any], name: str, longest: int) -> str:
    text = str(options[name]).strip()
    if not text.isprintable() or not 0 < len(text) <= longest:
        raise CommandError(f"--{name} takes 1 to {longest} characters.")
    return text
