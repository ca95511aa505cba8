import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from desk.keeping.backups import NoBackup, back_up, digest_of
from desk.keeping.contents import one_moment, summaries
from desk.keeping.reasons import in_words
from desk.keeping.soundness import FAULTY


class Command(BaseCommand):
    help = (
        "Copies all that is in the database into another, which is empty: from SQLite to PostgreSQL, say, or back."
        " Stop the portal first, and have DATABASE_URL name the other afterwards."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to",
            metavar="DATABASE_URL",
            required=True,
            help="The other database, written as in DATABASE_URL.",
        )

    def handle(self, *args: Any, to: str, **options: Any) -> None:
        if not to.strip():
            raise CommandError("Nothing was moved: --to names the other database.")
        try:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "contents.zip"
                backup = back_up(path, at=timezone.now())
                _restore(path, to)
            with one_moment():
                now = digest_of(summaries())
        except (OSError, DatabaseError, NoBackup) as error:
            raise CommandError(f"Nothing was moved: {in_words(error)}") from error
        if now != backup.digest:
            raise CommandError(
                "Somebody wrote to this database meanwhile, which the other does not have. Stop the portal, empty the"
                " other database, and move again."
            )
        self.stdout.write(
            f"Everything is in both databases now: {backup.rows} rows, SHA-256 {backup.digest}."
            " Have DATABASE_URL name the other, and start the portal."
        )


def _restore(path: Path, url: str) -> None:
    """Restore the backup in a process of its own, whose settings name the other database. Raises CommandError."""
    outcome = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, settings.BASE_DIR / "manage.py", "restore", path],
        # Without a pool, the reason is given why there is no connection.
        env={**os.environ, "DATABASE_URL": url, "DATABASE_REPLICA_URL": "", "DATABASE_POOL": "off"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = outcome.stderr.strip().removeprefix("CommandError: ").removeprefix("Nothing was restored: ")
    if outcome.returncode == FAULTY:
        raise CommandError(f"Everything is in both databases now, but not sound in either:\n{said}")
    if outcome.returncode:
        raise CommandError(f"Nothing was moved: {said}")
