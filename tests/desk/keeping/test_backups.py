"""A backup holds everything, comes back on either database, and nothing half-written ever has its name."""

import json
import os
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import OperationalError, ProgrammingError, connection
from django.db.migrations.loader import MigrationLoader
from pytest_django import Settings

from desk.keeping.backups import Backup, NoBackup, back_up, digest_of, rotate
from desk.keeping.contents import content_models, summaries, tallied
from desk.keeping.last import last_backup
from desk.keeping.reasons import in_words
from desk.keeping.soundness import faults
from frameworks.models import Claim, FormerSlug, Framework, RecordState, Revision
from frameworks.tables import sheets
from frameworks.tables.kinds import KINDS
from tests.commands import Command
from tests.database import refused
from tests.desk.keeping.filling import AWKWARD, NOW, fill
from tests.factories import make_framework, make_rating

pytestmark = pytest.mark.django_db

FORMER_SLUGS_STAY = ["comparisons", "0003_former_slugs_stay"]


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.VAR_DIR = tmp_path_factory.mktemp("var")


def exported() -> dict[str, bytes]:
    return {kind: sheets.write(KINDS[kind].sheet(), "csv") for kind in KINDS}


def said(*command: str, **options: Any) -> str:
    out = StringIO()
    call_command(*command, stdout=out, stderr=out, **options)
    return out.getvalue()


def refusal(*command: str, **options: Any) -> str:
    with pytest.raises(CommandError) as error:
        call_command(*command, stdout=StringIO(), stderr=StringIO(), **options)
    return str(error.value)


@pytest.mark.both
def test_backup_restores_everything_as_it_was(tmp_path: Path) -> None:
    editor = fill()
    path = tmp_path / "backup.zip"
    files, digest, marks = exported(), digest_of(summaries()), RecordState.objects.mark()
    empty = [
        model._meta.label
        for model in content_models()
        if not model._default_manager.exists()
        and not model._meta.auto_created
        and model._meta.app_label != "axes"
    ]
    assert empty == []
    assert digest in said("backup", str(path))
    assert path.stat().st_mode & 0o077 == 0
    noted = last_backup()
    assert noted
    assert noted.path == path
    assert [each.name for each in tmp_path.iterdir()] == ["backup.zip"]

    # All of it changes.
    make_rating(read=True)
    Session.objects.create(session_key="k", session_data="d", expire_date=NOW)
    User.objects.filter(pk=editor.pk).update(username="another")
    assert "not empty" in refusal("restore", str(path))
    assert digest_of(summaries()) != digest

    answer = said("restore", str(path), "--replace")
    assert digest in answer
    assert "Nothing is wrong" in answer
    assert (exported(), digest_of(summaries())) == (files, digest)
    assert Session.objects.count() == 0
    assert RecordState.objects.mark() != marks
    assert Revision.objects.filter(reason=AWKWARD).exists()

    # The database guards what it guarded, and goes on counting where it was.
    with refused("rating_published_has_claim"):
        Claim.objects.filter(framework__ratings__is_published=True).first().delete()  # type: ignore[union-attr]
    make_framework()
    assert list(faults()) == []
    assert FormerSlug.objects.filter(current="renamed").exists()
    assert Framework.objects.filter(slug="renamed").exists()


def test_move_takes_everything_to_another_database_and_back(tmp_path: Path, manage: Command) -> None:
    fill()
    digest, files = digest_of(summaries()), exported()
    url = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    assert digest in said("move", to=url)

    there = tmp_path / "there.zip"
    outcome = manage("backup", str(there), DATABASE_URL=url)
    assert (outcome.stderr, digest in outcome.stdout) == ("", True)
    make_framework()
    said("restore", str(there), "--replace")
    assert (digest_of(summaries()), exported()) == (digest, files)

    assert refusal("move", to=url).startswith(
        "Nothing was moved: The database is not empty: there are rows in "
    )
    assert refusal("move", to=" ") == "Nothing was moved: --to names the other database."


# What is no backup


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    make_framework(name="Django")
    return back_up(tmp_path / "backup.zip", at=NOW).path


def with_manifest(path: Path, **changes: object) -> None:
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = {**json.loads(members["manifest.json"]), **changes}
    members["manifest.json"] = json.dumps(manifest).encode()
    with ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def steps(loader: MigrationLoader) -> dict[str, set[str]]:
    """Each migration of the facts, with those that it came in place of."""
    return {
        name: {replaced for _, replaced in migration.replaces}
        for (app, name), migration in loader.disk_migrations.items()
        if app == "frameworks"
    }


@pytest.mark.parametrize(
    "without, words",
    [
        (("0005", "0006"), "It is from an older version, and has been brought up to date."),
        ((), "is restored"),
    ],
    ids=["older", "before migrations were merged"],
)
def test_restore_knows_the_migrations_of_earlier_versions(
    backup: Path, tmp_path: Path, manage: Command, without: tuple[str, ...], words: str
) -> None:
    done = json.loads(ZipFile(backup).read("manifest.json"))["migrations"]
    others = [step for step in done if step[0] != "frameworks" and (not without or step != FORMER_SLUGS_STAY)]
    earlier = [
        ["frameworks", step]
        for name, replaced in steps(MigrationLoader(connection)).items()
        if not name.startswith(without or "-")
        for step in replaced or {name}
    ]
    with_manifest(backup, migrations=[*others, *earlier])
    restored = manage("restore", str(backup), DATABASE_URL=f"sqlite:///{tmp_path / 'restored.sqlite3'}")
    assert restored.stderr == ""
    assert words in restored.stdout
    assert ("older version" in restored.stdout) is bool(without)
    assert restored.stdout.splitlines()[-1].startswith("Nothing is wrong")


@pytest.mark.both
def test_restore_refuses_what_is_no_backup_and_changes_nothing(backup: Path, tmp_path: Path) -> None:
    content = backup.read_bytes()
    before = digest_of(summaries())
    for name, written, words in (
        ("empty", b"", "is no backup, or is damaged"),
        ("text", b"Not a backup at all", "is no backup, or is damaged"),
        ("truncated", content[: len(content) // 2], "is no backup, or is damaged"),
        ("end-missing", content[:-1], "is no backup, or is damaged"),
    ):
        path = tmp_path / name
        path.write_bytes(written)
        assert words in refusal("restore", str(path), "--replace"), name
    assert "No such file or directory" in refusal("restore", str(tmp_path / "missing"))
    assert "Is a directory" in refusal("restore", str(tmp_path))
    for at in range(100, len(content), len(content) // 60):
        altered = tmp_path / "altered.zip"
        altered.write_bytes(content[:at] + bytes([content[at] ^ 0x55]) + content[at + 1 :])
        try:
            digest = Backup.read(altered).digest
        except NoBackup:
            continue
        assert digest == before  # the byte says nothing
    with_manifest(backup, format=2)
    assert "has format 2, and this version reads format 1 only" in refusal(
        "restore", str(backup), "--replace"
    )
    assert digest_of(summaries()) == before


def test_restore_names_the_version_that_does_not_fit(backup: Path) -> None:
    manifest = json.loads(ZipFile(backup).read("manifest.json"))
    done = manifest["migrations"]
    with_manifest(backup, tables={name: at for name, at in manifest["tables"].items() if name != "auth_user"})
    assert refusal("restore", str(backup), "--replace").endswith("which had other tables: auth_user.")
    with_manifest(backup, migrations=[*done, ["frameworks", "9999_later"]])
    assert "made by another version, with the migration frameworks.9999_later" in refusal(
        "restore", str(backup), "--replace"
    )
    with_manifest(backup, migrations=[step for step in done if step != FORMER_SLUGS_STAY])
    assert "made before the migration comparisons.0003_former_slugs_stay" in refusal(
        "restore", str(backup), "--replace"
    )


@pytest.mark.both
def test_restore_changes_nothing_where_a_row_is_refused(backup: Path) -> None:
    """As where a longer text comes from SQLite, which counts no letters, or the rows of two backups are mixed."""
    before = digest_of(summaries())
    with ZipFile(backup) as archive:
        members = {name: archive.read(name).decode() for name in archive.namelist()}
    members["tables/frameworks_framework.jsonl"] = members["tables/frameworks_framework.jsonl"].replace(
        '"Django"', "null"
    )
    with ZipFile(backup, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert "the table frameworks_framework is not as it was written" in refusal(
        "restore", str(backup), "--replace"
    )
    manifest = json.loads(members["manifest.json"])
    row = json.loads(members["tables/frameworks_framework.jsonl"])
    summary = tallied([row], manifest["tables"]["frameworks_framework"]["columns"])
    with_manifest(
        backup,
        tables={
            **manifest["tables"],
            "frameworks_framework": {"columns": summary.columns, "rows": 1, "digest": summary.digest},
        },
    )
    assert "does not take the rows of frameworks_framework" in refusal("restore", str(backup), "--replace")
    assert digest_of(summaries()) == before


# Where nothing can be written


def test_backup_says_why_nothing_was_written_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there.zip"
    there.write_text("Mine.")
    assert refusal("backup", str(there)) == f"Nothing was backed up: {there}: File exists."
    assert there.read_text() == "Mine."
    missing = tmp_path / "missing" / "backup.zip"
    assert "No such file or directory" in refusal("backup", str(missing))
    assert "Not a directory" in refusal("backup", str(there / "backup.zip"))
    assert "--keep takes a number from 1 on, and PATH a folder" in refusal("backup", str(tmp_path), keep=0)
    assert "--keep takes a number from 1 on, and PATH a folder" in refusal("backup", str(missing), keep=1)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert refusal("backup", str(tmp_path)) == "Nothing was backed up: No space left on device."
    assert list(tmp_path.iterdir()) == [there]


def test_backup_in_a_folder_keeps_the_newest(tmp_path: Path) -> None:
    days = [tmp_path / f"touchstone-2026-11-{day}T12-00-00Z.zip" for day in range(20, 25)]
    other, unfinished = tmp_path / "touchstone.zip", tmp_path / ".unfinished-backup-x"
    for path in (*days, other, unfinished):
        path.touch()
    said("backup", str(tmp_path), keep=3)
    [newest] = {*tmp_path.iterdir()} - {*days, other, unfinished}
    assert Backup.read(newest).rows > 0
    assert {*tmp_path.iterdir()} == {newest, *days[3:], other, unfinished}
    rotate(newest, keep=3, now=time.time() + timedelta(days=2).total_seconds())
    assert not unfinished.exists()
    later = tmp_path / "touchstone-2100-01-01T00-00-00Z.zip"  # the clock was wrong then
    later.touch()
    assert rotate(newest, keep=1, now=time.time()) == [later, *reversed(days[3:])]
    assert newest.exists()


def test_reasons_say_what_to_see_to() -> None:
    for error, words in (
        (OSError(28, "No space left on device", "/b"), "/b: No space left on device."),
        (
            OperationalError("unable to open\n  database file"),
            "unable to open database file. See that the database",
        ),
        (ProgrammingError("must be owner of table x"), "must be owner of table x. `manage.py migrate` must"),
        (NoBackup("It is damaged."), "It is damaged."),
        (ValueError(), "ValueError."),
    ):
        assert in_words(error).startswith(words)
