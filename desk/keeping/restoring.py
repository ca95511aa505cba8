"""Put the contents of a backup in the place of those of a database, all or nothing."""

import secrets
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from itertools import islice
from typing import Any

from django.apps import apps
from django.apps.registry import Apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models
from django.db.migrations.executor import MigrationExecutor

from frameworks.models import CatalogueState, RecordState
from frameworks.record.unguarded import without_triggers

from .backups import Backup
from .contents import CHUNK, OWN_TO_EACH, Row, columns_of, content_models, rows_of, tallied

#: A migration: application and name.
Step = tuple[str, str]

#: Tables that `migrate` fills.
FILLED_BY_MIGRATE = {"auth_permission", "django_content_type"}


class CannotRestore(Exception):
    """Raised where a backup cannot be restored into this database. The sentence says why, and what to do."""


def restore(backup: Backup, *, replace: bool = False) -> bool:
    """Put the contents of the backup into the database, which is empty unless its contents are to be replaced.

    A database without tables gets them first, as they were when the backup was made. Returns whether they are up to
    date. Raises CannotRestore, and then the contents are as they were, or DatabaseError where the database cannot be
    reached.
    """
    executor = MigrationExecutor(connection)
    done = _as_named_now(backup.migrations, executor)
    if unknown := done - executor.loader.disk_migrations.keys():
        raise CannotRestore(
            f"It was made by another version, with the migration {_first(unknown)}."
            " Update Touchstone, or restore it with the version that made it."
        )
    is_blank = not connection.introspection.table_names()
    if not is_blank:
        _refuse_other_tables(done, executor)
    registry = _migrated(done, executor) if is_blank else apps
    known = {model._meta.db_table for model in content_models(registry)}
    if set(backup.tables) != known:
        differing = ", ".join(sorted(set(backup.tables) ^ known))
        raise CannotRestore(f"It was made by another version, which had other tables: {differing}.")
    with without_triggers(connection):
        if not is_blank:
            _make_empty(replace=replace)
        for model in content_models(registry):
            _fill(model, backup)
        _mark_as_changed()
    ContentType.objects.clear_cache()
    return registry is apps


def _as_named_now(done: AbstractSet[Step], executor: MigrationExecutor) -> AbstractSet[Step]:
    """Return which of today's migrations were done, where some have come in place of earlier ones."""
    for step, migration in executor.loader.replacements.items():
        replaced = {(app, name) for app, name in migration.replaces}
        done = done - replaced | {step} if replaced <= done else done
    return done


def _refuse_other_tables(done: AbstractSet[Step], executor: MigrationExecutor) -> None:
    """Raise CannotRestore where the database does not have the tables that the backup was made of."""
    applied = _as_named_now(executor.recorder.applied_migrations().keys(), executor)
    if not applied:
        raise CannotRestore("The database holds tables of something else. Name an empty one in DATABASE_URL.")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CannotRestore("The database is not up to date. Run `manage.py migrate`, then restore it.")
    if later := applied - done:
        raise CannotRestore(
            f"It was made before the migration {_first(later)}. Name a database without tables in DATABASE_URL:"
            " there it is restored as it was, and then brought up to date."
        )


def _first(migrations: Iterable[tuple[str, str]]) -> str:
    return ".".join(min(migrations))


def _migrated(done: AbstractSet[Step], executor: MigrationExecutor) -> Apps:
    """Make the tables as they were when the backup was made, and return the models as they were then."""
    graph = executor.loader.graph
    applied = done & graph.nodes.keys()
    last = [
        key
        for key in sorted(applied)
        if not any(child.key in applied and child.key[0] == key[0] for child in graph.node_map[key].children)
    ]
    executor.migrate(last)
    return apps if set(last) == set(graph.leaf_nodes()) else executor.loader.project_state(last).apps


def _make_empty(*, replace: bool) -> None:
    """Delete all rows; unless they are to be replaced, raise CannotRestore where there are any that count."""
    for model in content_models():
        table = model._meta.db_table
        if not replace and table not in FILLED_BY_MIGRATE and models.QuerySet(model).exists():
            raise CannotRestore(
                f"The database is not empty: there are rows in {table}. Name an empty one in DATABASE_URL, or replace"
                " all that is in it with --replace."
            )
    with connection.cursor() as cursor:
        for model in [*content_models(), *OWN_TO_EACH]:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - one of our own


def _fill(model: type[models.Model], backup: Backup) -> None:
    """Insert the rows of a table, and read them back."""
    table = model._meta.db_table
    summary = backup.tables[table]
    if set(summary.columns) != set(columns_of(model)):
        raise CannotRestore(f"Its table {table} has other columns: {', '.join(summary.columns)}.")
    try:
        _insert(model, summary.columns, backup.rows_of(table))
        read_back = tallied(rows_of(model, summary.columns), summary.columns)
    except (DatabaseError, ValidationError, ValueError, TypeError) as error:
        raise CannotRestore(f"The database does not take the rows of {table}: {error}") from error
    if read_back != summary:
        raise CannotRestore(f"The database does not give back the rows of {table} as they are in it.")


def _insert(model: type[models.Model], columns: list[str], rows: Iterator[Row]) -> None:
    """Insert plain rows, numbers included, and have the database count on from there."""
    fields: list[Any] = [model._meta.get_field(name) for name in columns]
    quote = connection.ops.quote_name
    table, named = quote(model._meta.db_table), ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {table} ({named}) VALUES ({places})"  # noqa: S608 - our own table and columns

    def stored(row: Row) -> Row:
        return [
            field.get_db_prep_save(field.to_python(value), connection)
            for field, value in zip(fields, row, strict=True)
        ]

    with connection.cursor() as cursor:
        while batch := [stored(row) for row in islice(rows, CHUNK)]:
            cursor.executemany(statement, batch)
        for reset in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(reset)


def _mark_as_changed() -> None:
    """Have all processes notice that they have nothing in memory that is still so."""
    for model in (RecordState, CatalogueState):
        models.QuerySet(model).create(pk=1, mark=secrets.token_hex(16))
