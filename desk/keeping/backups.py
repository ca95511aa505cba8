"""Write all contents of a database into one file, and read such a file.

A backup is a ZIP file: `manifest.json`, and for each table a file with a row on each line, as JSON. The same file
restores on SQLite and on PostgreSQL. It holds accounts and their secrets, so that only its owner may read it.
"""

import errno
import json
import os
import re
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Self
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from .contents import Row, TableSummary, Tally, columns_of, content_models, one_moment, rows_of, written

#: The version of the format.
FORMAT = 1
MANIFEST = "manifest.json"
#: What reading a file raises that is no backup, or no longer.
DAMAGE = (
    BadZipFile,
    EOFError,
    KeyError,
    NotImplementedError,
    RecursionError,
    RuntimeError,
    TypeError,
    ValueError,
    zlib.error,
)
#: A backup in a folder is named after its time; an unfinished one is hidden.
NAME = "touchstone-%Y-%m-%dT%H-%M-%SZ.zip"
NAMED = re.compile(r"touchstone-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.zip")
UNFINISHED = ".unfinished-backup-"
UNFINISHED_FOR = 24 * 60 * 60  # seconds, after which it was interrupted


class NoBackup(Exception):
    """Raised where a file is no backup that can be read. The sentence says why."""


@dataclass(frozen=True)
class Backup:
    """A backup in a file: of which site, when it was made, the migrations that had been applied, and its tables."""

    path: Path
    site: str
    made_at: datetime
    migrations: frozenset[tuple[str, str]]
    tables: dict[str, TableSummary]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all contents: two databases with the same contents have the same."""
        return digest_of(self.tables)

    def rows_of(self, table: str) -> Iterator[Row]:
        with ZipFile(self.path) as archive, archive.open(_member(table)) as lines:
            for line in lines:
                yield json.loads(line)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the whole file, and check the number of rows and the digest of each table.

        Raises NoBackup where it is none, or not as it was written, and OSError.
        """
        try:
            with ZipFile(path) as archive:
                manifest = json.loads(archive.read(MANIFEST))
            if (made_as := manifest["format"]) != FORMAT:
                raise NoBackup(f"{path} has format {made_as}, and this version reads format {FORMAT} only.")
            backup = cls(
                path,
                manifest["site"],
                datetime.fromisoformat(manifest["made_at"]),
                frozenset((app, name) for app, name in manifest["migrations"]),
                {name: TableSummary(**table) for name, table in manifest["tables"].items()},
            )
            for name, table in backup.tables.items():
                tally = Tally()
                for row in backup.rows_of(name):
                    tally.add(row)
                if tally.summary(table.columns) != table:
                    raise NoBackup(f"{path} is damaged: the table {name} is not as it was written.")
        except DAMAGE as error:
            raise NoBackup(f"{path} is no backup, or is damaged ({' '.join(str(error).split())}).") from error
        return backup


def digest_of(tables: dict[str, TableSummary]) -> str:
    content = {name: (table.rows, table.digest) for name, table in tables.items()}
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def place_in(folder: Path, at: datetime) -> Path:
    """Return the path of a backup in a folder, named after its time."""
    return folder / at.astimezone(UTC).strftime(NAME)


def back_up(path: Path, *, at: datetime) -> Backup:
    """Write a backup to a path that does not exist, read it back, and return it. Others may write meanwhile.

    Until it is complete and checked it has another name, so that nothing half-written has the name of a backup.
    Raises OSError, FileExistsError among them, DatabaseError, and NoBackup where what was written cannot be read back.
    """
    if os.path.lexists(path):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
    handle, name = tempfile.mkstemp(prefix=UNFINISHED, dir=path.parent)  # readable by its owner alone
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            _write(file, at=at)
            file.flush()
            os.fsync(file.fileno())
        backup = Backup.read(unfinished)
        os.link(unfinished, path)  # never takes the place of a file
    finally:
        unfinished.unlink(missing_ok=True)
    _write_through(path.parent)
    return replace(backup, path=path)


def _write(file: Any, *, at: datetime) -> None:
    with ZipFile(file, "w", ZIP_DEFLATED) as archive, one_moment():
        tables = {}
        for model in content_models():
            table, columns, tally = model._meta.db_table, columns_of(model), Tally()
            with archive.open(_member(table), "w", force_zip64=True) as member:
                for row in rows_of(model, columns):
                    tally.add(row)
                    member.write(f"{written(row)}\n".encode())
            tables[table] = tally.summary(columns)
        manifest = {
            "format": FORMAT,
            "site": settings.SITE_NAME,
            "made_at": at.astimezone(UTC).isoformat(),
            "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
            "tables": {name: asdict(table) for name, table in tables.items()},
        }
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1))


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"


def _write_through(folder: Path) -> None:
    """Have the name of a new file outlive a failure of power, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def rotate(latest: Path, *, keep: int, now: float) -> list[Path]:
    """Delete all backups in the folder of the latest but the newest `keep`, and return their paths.

    The latest stays, also where the clock has been put back since others were named.

    What an interrupted run left unfinished goes, too, once it is a day old at `now`, in seconds of the Unix epoch.
    """
    folder = latest.parent
    others = [path for path in folder.iterdir() if NAMED.fullmatch(path.name) and path != latest]
    gone = sorted(others, reverse=True)[keep - 1 :]
    for path in gone:
        path.unlink()
    for path in folder.glob(f"{UNFINISHED}*"):
        if now - path.stat().st_mtime > UNFINISHED_FOR:
            path.unlink()
    return gone
