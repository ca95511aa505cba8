import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from desk.keeping.backups import NoBackup, back_up, place_in, rotate
from desk.keeping.last import remember
from desk.keeping.reasons import in_words


class Command(BaseCommand):
    help = (
        "Writes all that is in the database into PATH, while others go on working, and reads it back. Sessions are left"
        " out, and so is the secret key."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "path",
            metavar="PATH",
            type=Path,
            help="A file that does not exist, or a folder, in which it is named after the time in UTC.",
        )
        parser.add_argument(
            "--keep", type=int, help="In a folder: delete all backups but this many, the newest, afterwards."
        )

    def handle(self, *args: Any, path: Path, keep: int | None, **options: Any) -> None:
        is_folder, now = path.is_dir(), timezone.now()
        if keep is not None and (keep < 1 or not is_folder):
            raise CommandError("Nothing was backed up: --keep takes a number from 1 on, and PATH a folder.")
        try:
            backup = back_up(place_in(path, now) if is_folder else path, at=now)
        except (OSError, DatabaseError, NoBackup) as error:
            raise CommandError(f"Nothing was backed up: {in_words(error)}") from error
        self.stdout.write(f"{backup.path}: {backup.rows} rows, read back, SHA-256 {backup.digest}.")
        with suppress(OSError):  # the backup is there; only /admin/status/ does not know of it
            remember(backup)
        if keep is not None:
            try:
                gone = rotate(backup.path, keep=keep, now=time.time())
            except OSError as error:
                raise CommandError(
                    f"The backup is there, but older ones were not deleted: {in_words(error)}"
                ) from error
            for old in gone:
                self.stdout.write(f"{old} was deleted.")
