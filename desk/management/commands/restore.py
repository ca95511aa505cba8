from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils.formats import date_format

from desk.keeping.backups import Backup, NoBackup
from desk.keeping.reasons import in_words
from desk.keeping.restoring import CannotRestore, restore
from frameworks.management.turns import my_turn


class Command(BaseCommand):
    help = "Puts what `manage.py backup` wrote into PATH into the database, all or nothing, and checks it with fsck."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", metavar="PATH", type=Path, help="The backup.")
        parser.add_argument(
            "--replace", action="store_true", help="Delete all that is in the database instead of refusing."
        )

    def handle(self, *args: Any, path: Path, replace: bool, **options: Any) -> None:
        try:
            backup = Backup.read(path)
            with my_turn():
                is_up_to_date = restore(backup, replace=replace)
        except (NoBackup, CannotRestore, OSError, DatabaseError) as error:
            raise CommandError(f"Nothing was restored: {in_words(error)}") from error
        self.stdout.write(
            f"{backup.site} of {date_format(backup.made_at, 'j F Y, H:i')} UTC is restored: {backup.rows} rows,"
            f" SHA-256 {backup.digest}."
        )
        if not is_up_to_date:
            call_command("migrate", interactive=False, verbosity=0)
            self.stdout.write("It is from an older version, and has been brought up to date.")
        call_command("fsck", stdout=self.stdout, stderr=self.stderr)
