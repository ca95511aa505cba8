"""Migrations go forwards, back to nothing, and forwards again, on the database of the run."""

import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from frameworks.models import Rating, Revision, versioned_models
from tests.factories import make_claim, make_rating

pytestmark = [pytest.mark.both, pytest.mark.slow]

#: The judgement stands on the facts, so taking the facts back takes both.
APPS = ("frameworks", "comparisons")


@pytest.fixture
def migrated(transactional_db: None) -> Iterator[None]:
    """Whatever a test does, the next one finds everything migrated. Ratings go first: flushing has no order."""
    yield
    migrate()
    Rating.objects.all().delete()


def migrate(*target: str) -> None:
    call_command("migrate", *target, interactive=False, verbosity=0)


def tables() -> set[str]:
    return {
        name
        for name in connection.introspection.table_names()
        if name.startswith(tuple(f"{app}_" for app in APPS))
    }


def guards() -> set[str]:
    """The names of all that guards the facts: constraints and indexes, triggers, functions."""
    with connection.cursor() as cursor:
        found = {
            name for table in tables() for name in connection.introspection.get_constraints(cursor, table)
        }
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal UNION"
                " SELECT proname || '()' FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace"
                " WHERE n.nspname = current_schema() AND prorettype = 'trigger'::regtype"
            )
        # SQLite numbers foreign keys table by table: a name that says nothing.
        return {name for name in found if not re.fullmatch(r"fk_\d+", name)} | {
            name for (name,) in cursor.fetchall()
        }


def expected_tables() -> set[str]:
    return {
        model._meta.db_table
        for app in APPS
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }


def test_migrations_reverse_to_zero_and_apply_again(migrated: None) -> None:
    assert tables() == expected_tables()
    before = guards()
    migrate("frameworks", "zero")
    assert (tables(), guards()) == (set(), set())
    migrate()
    assert (tables(), guards()) == (expected_tables(), before)
    # And what came back is in working order.
    make_rating()
    assert (Rating.objects.count(), Revision.objects.filter(model="rating").count()) == (1, 1)


def test_migrations_keep_facts_when_reversed_and_restore_triggers(migrated: None) -> None:
    make_rating()
    before = guards()
    migrate("frameworks", "0002_desk")
    assert Rating.objects.count() == 1
    later = (
        "rating_published_has_claim",
        "claim_not_last_of_published",
        "source_not_last_of_published",
        "former_slug_stays",
        "record_state",
        "frameworks_recordstate",
        "catalogue_state",
        "frameworks_cataloguestate",
        "claim_reading_follows_wording",
        "wording_leads_claims",
    )
    assert {name for name in before if name.startswith(later)} == before - guards()
    migrate()
    assert guards() == before


def test_migrations_go_on_where_those_that_they_replace_were_applied(db: None) -> None:
    recorder = MigrationRecorder(connection)
    for (app, name), migration in MigrationLoader(None).disk_migrations.items():
        if app == "frameworks" and migration.replaces:
            recorder.record_unapplied(app, name)
            assert set(migration.replaces) <= recorder.applied_migrations().keys()
    migrate()
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_migrations_reverse_to_zero_with_facts_present(migrated: None) -> None:
    make_rating(framework=make_claim(joint_criterion=None).framework)
    migrate("frameworks", "zero")
    assert tables() == set()
    migrate()
    assert {model._default_manager.count() for model in versioned_models().values()} == {0}


@pytest.mark.parametrize("app", APPS)
def test_migrations_are_named_and_reversible(app: str) -> None:
    migrations = [
        migration for (label, _), migration in MigrationLoader(None).disk_migrations.items() if label == app
    ]
    assert [
        migration.name for migration in migrations if re.search(r"_auto_\d|_and_more$", migration.name)
    ] == []
    assert [
        migration.name
        for migration in migrations
        for operation in migration.operations
        if not operation.reversible
    ] == []
    assert migrations
