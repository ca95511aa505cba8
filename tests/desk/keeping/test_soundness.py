"""Each kind of fault is found, and named in a sentence."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from desk.keeping.soundness import CHECKS, FAULTY, faults
from frameworks.models import Framework, Rating, Revision, RevisionSubject
from frameworks.record.unguarded import without_triggers
from tests.database import execute
from tests.desk.keeping.filling import fill

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def no_check(table: str, constraint: str) -> None:
    """Have the database forget a constraint until the transaction ends."""
    connection.check_constraints()
    if connection.vendor == "postgresql":
        execute(f"ALTER TABLE {table} DROP CONSTRAINT {constraint}")


def out_of_range() -> None:
    no_check("frameworks_rating", "rating_score_in_range")
    if connection.vendor == "sqlite":
        execute("PRAGMA ignore_check_constraints = ON")
    execute("UPDATE frameworks_rating SET score = 9")
    if connection.vendor == "sqlite":
        execute("PRAGMA ignore_check_constraints = OFF")


def unbacked() -> None:
    with without_triggers(connection):
        execute("UPDATE frameworks_claim SET reading = NULL, wording_id = NULL")
        execute("UPDATE frameworks_rating SET departure = '', is_published = %s", True)


def without_trigger() -> None:
    connection.check_constraints()
    if connection.vendor == "sqlite":
        execute("DROP TRIGGER snapshot_is_for_ever_on_UPDATE")
    else:
        execute("ALTER TABLE comparisons_snapshot DISABLE TRIGGER snapshot_is_for_ever")


def altered_copy() -> None:
    with without_triggers(connection):
        execute("UPDATE comparisons_snapshot SET content = '{}'")


def retaken() -> None:
    with without_triggers(connection):
        former = Framework.objects.get(slug="renamed")
        other = Framework.objects.exclude(pk=former.pk).order_by("pk")[0]
        slug = Revision.objects.filter(model="framework", key="renamed").order_by("version")[0].after["slug"]  # type: ignore[index]
        execute("UPDATE frameworks_framework SET slug = %s WHERE id = %s", slug, other.pk)


def unfiled() -> None:
    RevisionSubject.objects.all().delete()


def filed_as_drafts() -> None:
    Revision.objects.update(is_draft=True)


FAULTS: list[tuple[str, str, Callable[[], None]]] = [
    ("history", "differs from its history: score", out_of_range),
    ("history’s subjects", "is filed under something else than it is about", unfiled),
    ("history’s subjects", "is filed under something else than it is about", filed_as_drafts),
    ("constraints and triggers", "is missing, or turned off", without_trigger),
    ("constraints", "breaks rating_score_in_range", out_of_range),
    ("published ratings", "is published, and nothing backs it", unbacked),
    ("former names", "has the former name of renamed", retaken),
    ("permanent copies", "has another content than its address says", altered_copy),
]


def test_fsck_names_each_fault_and_what_to_do() -> None:
    fill()
    assert list(faults()) == []
    checks = {check.subject: check for check in CHECKS}
    for subject, words, breaking in FAULTS:
        with transaction.atomic():
            breaking()
            assert words in " ".join(checks[subject].faults()), subject
            transaction.set_rollback(True)
    Rating.objects.filter(score=3).update(score=4)
    heard = StringIO()
    with pytest.raises(CommandError, match="wrong") as error:
        call_command("fsck", stderr=heard)
    assert error.value.returncode == FAULTY
    assert "differs from its history: score.\nWhat to do: Restore a backup" in heard.getvalue()
