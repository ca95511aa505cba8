"""Frozen comparisons: kept once, shown for ever, and what has changed since."""

import pytest
from django.core.management import call_command
from django.db import connection

from comparisons.models import Snapshot
from tests import factories
from tests.test_constraints import execute, refused

KEPT = "a" * 26


# What the database promises


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE comparisons_snapshot SET content = 'x'",
        "UPDATE comparisons_snapshot SET size = 1 WHERE id = %s",
        "UPDATE comparisons_snapshot SET created_at = stood_at",
        "DELETE FROM comparisons_snapshot",
        "DELETE FROM comparisons_snapshot WHERE id = %s",
    ],
)
def test_the_database_neither_changes_nor_deletes_one(statement: str) -> None:
    made = factories.make_snapshot(id=KEPT)
    with refused("snapshot_is_for_ever"):
        execute(statement, *[KEPT] * statement.count("%s"))
    assert Snapshot.objects.values().get() == {
        field.attname: getattr(made, field.attname) for field in Snapshot._meta.concrete_fields
    }


@pytest.mark.django_db
def test_nor_does_it_put_another_in_its_place() -> None:
    factories.make_snapshot(id=KEPT)
    columns = "id, content, size, stood_at, created_at"
    taken = f"SELECT id, 'other', size, stood_at, created_at FROM comparisons_snapshot WHERE id = '{KEPT}'"  # noqa: S608
    instead = {
        "sqlite": f"INSERT OR REPLACE INTO comparisons_snapshot ({columns}) {taken}",
        "postgresql": f"INSERT INTO comparisons_snapshot ({columns}) {taken}"
        " ON CONFLICT (id) DO UPDATE SET content = EXCLUDED.content",
    }
    with refused("snapshot_is_for_ever"):
        execute(instead[connection.vendor])
    assert Snapshot.objects.get().content == "{}"


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["", "A" * 26, "a" * 25, "a" * 25 + "1", "a" * 26 + "\n"])
def test_an_id_is_of_a_hash(wrong: str) -> None:
    with refused("snapshot_id_is_hash"):
        factories.make_snapshot(id=wrong)


@pytest.mark.django_db(transaction=True)
def test_flush_empties_them_and_the_promise_stays() -> None:
    factories.make_snapshot(id=KEPT)
    call_command("flush", interactive=False, verbosity=0)
    assert not Snapshot.objects.exists()
    factories.make_snapshot(id=KEPT)
    with refused("snapshot_is_for_ever"):
        execute("DELETE FROM comparisons_snapshot")
