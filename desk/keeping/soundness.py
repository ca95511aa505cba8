"""Check that what is in the database is sound: the record, the constraints, what triggers guard, permanent copies."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunSQL
from django.db.models import Exists, ExpressionWrapper, F, OuterRef, Q

from comparisons.models import Snapshot
from comparisons.sharing.snapshots import canonical, id_of
from frameworks import backing
from frameworks.models import (
    Claim,
    FormerSlug,
    Rating,
    Revision,
    RevisionSubject,
    Versioned,
    renamable_models,
)
from frameworks.models.constraints import unique_fields
from frameworks.models.subjects import is_draft, subjects_of
from frameworks.record.replaying import divergences

from .contents import content_models

#: How many rows are named that break the same constraint.
NAMED = 20
MADE = re.compile(r"CREATE TRIGGER (\w+)")
#: On PostgreSQL a trigger goes with its function.
GONE = re.compile(r"DROP (?:TRIGGER|FUNCTION) (\w+)")
TRIGGERS_THAT_ARE_ON = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'",
}
#: The exit code of `fsck` where it finds faults.
FAULTY = 3
RESTORE = "Restore a backup from before it was so (docs/backups.md), or ask for help with this list."


@dataclass(frozen=True)
class Check:
    """What is looked at, what to do about what is found, and the function that yields a sentence for each fault."""

    subject: str
    remedy: str
    faults: Callable[[], Iterable[str]]


# The record


def unfiled() -> Iterator[str]:
    """Yield a sentence for each revision beside which something else is stored than follows from it."""
    filed: dict[int, set[tuple[str, str]]] = {}
    for pk, kind, key in RevisionSubject.objects.order_by().values_list("revision", "kind", "key").iterator():
        filed.setdefault(pk, set()).add((kind, key))
    for step in Revision.objects.order_by("pk").iterator():
        subjects = subjects_of(step.model, step.key, step.before, step.after)
        if filed.get(step.pk, set()) != subjects or step.is_draft != is_draft(step.before, step.after):
            yield f"Revision {step.pk} ({step}) is filed under something else than it is about."


# Constraints


def missing_constraints() -> Iterator[str]:
    """Yield a sentence for each constraint and trigger that the migrations made and the database does not have."""
    with connection.cursor() as cursor:
        for model in content_models():
            there = connection.introspection.get_constraints(cursor, model._meta.db_table)
            for constraint in model._meta.constraints:
                if constraint.name not in there:
                    yield f"The constraint {constraint.name} is missing."
        cursor.execute(TRIGGERS_THAT_ARE_ON[connection.vendor])
        for name in sorted(expected_triggers() - {name for (name,) in cursor.fetchall()}):
            yield f"The trigger {name} is missing, or turned off."


@cache
def expected_triggers() -> set[str]:
    """Return the names of the triggers that the migrations leave on a database like this."""
    executor, names = MigrationExecutor(connection), set[str]()
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True):
        for operation in migration.operations:
            if isinstance(operation, RunSQL) and getattr(operation, "vendor", "") == connection.vendor:
                statements = " ".join(map(str, operation.sql))
                names -= set(GONE.findall(statements))
                names |= set(MADE.findall(statements))
    return names


def broken_constraints() -> Iterator[str]:
    """Yield a sentence for each row that breaks a constraint or refers to a row that is not there."""
    for model in content_models():
        rows: models.QuerySet[Any] = models.QuerySet(model).order_by("pk")
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.CheckConstraint):
                holds = ExpressionWrapper(Q(constraint.condition), models.BooleanField())
                yield from _naming(rows.alias(holds=holds).filter(holds=False), f"breaks {constraint.name}")
        for fields in _unique(model):
            twins = (
                models.QuerySet(model).values(*fields).annotate(rows=models.Count("pk")).filter(rows__gt=1)
            )
            known = twins.filter(**{f"{name}__isnull": False for name in fields})
            for twin in known.order_by()[:NAMED]:
                values = ", ".join(f"{name} {twin[name]}" for name in fields)
                yield f"{twin['rows']} rows of {model._meta.db_table} have the same {values}."
        for field in model._meta.concrete_fields:
            if field.is_relation and isinstance(field, models.ForeignKey):
                yield from _naming(_dangling(rows, field), f"refers to a {field.name} that is not there")


def _unique(model: type[models.Model]) -> Iterator[list[str]]:
    yield from ([field.name] for field in model._meta.concrete_fields if field.unique)
    yield from map(list, model._meta.unique_together)
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            yield unique_fields(constraint)


def _dangling(rows: "models.QuerySet[Any]", field: "models.ForeignKey[Any, Any]") -> "models.QuerySet[Any]":
    rows_there: models.QuerySet[Any] = models.QuerySet(field.related_model)
    target = rows_there.filter(**{field.target_field.name: OuterRef(field.attname)})
    return rows.filter(~Exists(target), **{f"{field.attname}__isnull": False})


def _naming(rows: "models.QuerySet[Any]", fault: str) -> Iterator[str]:
    for row in rows[:NAMED]:
        yield f"{row._meta.verbose_name} {_name(row)} {fault}."


def _name(row: models.Model) -> str:
    try:
        return row.key_text if isinstance(row, Versioned) else str(row.pk)
    except models.ObjectDoesNotExist:  # what it is named after is not there
        return str(row.pk)


# What triggers guard


def unbacked() -> Iterator[str]:
    """Yield a sentence for each published rating that nothing backs."""
    evidence = backing.evidence_by_cell()
    for rating in Rating.objects.filter(is_published=True).select_related("framework", "criterion"):
        if not backing.is_backed(rating, evidence):
            yield f"rating {rating.key_text} is published, and nothing backs it."


def misread() -> Iterator[str]:
    """Yield a sentence for each claim that is read otherwise than its row of the table of readings says."""
    claims = Claim.objects.filter(wording__isnull=False).order_by("key")
    for key, reading, wanted in claims.values_list("key", "reading", "wording__reading"):
        if reading != wanted:
            yield f"claim {key} is read as {reading}, and its row of the table of readings says {wanted}."


def retaken_names() -> Iterator[str]:
    """Yield a sentence for each fact with a name that is the former name of another."""
    for kind, model in renamable_models().items():
        former = FormerSlug.objects.filter(kind=kind).exclude(current=F("slug"))
        current = dict(former.values_list("slug", "current"))
        name = model.key_fields[0]
        taken = model._default_manager.filter(**{f"{name}__in": list(current)})
        for slug in taken.order_by(name).values_list(name, flat=True):
            yield f"{model._meta.verbose_name} {slug} has the former name of {current[slug]}."


# Permanent copies


def altered_snapshots() -> Iterator[str]:
    """Yield a sentence for each snapshot whose content is not that which its address was made from."""
    for snapshot in Snapshot.objects.order_by("pk").iterator(100):
        text, size = snapshot.content, len(snapshot.content.encode())
        try:
            is_canonical = canonical(json.loads(text)) == text
        except ValueError:
            is_canonical = False
        if id_of(text) != snapshot.pk or not is_canonical:
            yield f"The permanent copy {snapshot.pk} has another content than its address says."
        elif size != snapshot.size:
            yield f"The permanent copy {snapshot.pk} has {size} bytes, and says {snapshot.size}."


# The database by itself


def damaged_file() -> Iterator[str]:
    """Yield what SQLite finds wrong with its file."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA integrity_check({NAMED})")
            yield from (f"The file: {fault}." for (fault,) in cursor.fetchall() if fault != "ok")


def sequences_behind() -> Iterator[str]:
    """Yield a sentence for each sequence of PostgreSQL that would give a row a number that another has."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in content_models():
            table = model._meta.db_table
            for sequence in connection.introspection.get_sequences(cursor, table):
                column = sequence["column"]
                cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, column])
                [name] = cursor.fetchone()
                quoted = connection.ops.quote_name(column), connection.ops.quote_name(table)
                cursor.execute(
                    f"SELECT (SELECT last_value + is_called::int FROM {name}) <= max({quoted[0]}) FROM {quoted[1]}"  # noqa: S608
                )
                if cursor.fetchone() == (True,):
                    yield f"The sequence of {table} is behind its rows."


CHECKS = [
    Check("file", RESTORE, damaged_file),
    Check("history", RESTORE, divergences),
    Check("history’s subjects", RESTORE, unfiled),
    Check(
        "constraints and triggers",
        "Restore a backup into a new database (docs/backups.md), whose tables `manage.py migrate` makes complete.",
        missing_constraints,
    ),
    Check("constraints", RESTORE, broken_constraints),
    Check(
        "published ratings",
        "Add a claim with a reading or a departure to each at the desk, or unpublish it there.",
        unbacked,
    ),
    Check(
        "readings",
        "Change the reading of their row in the table of readings at the desk, and change it back.",
        misread,
    ),
    Check("former names", "Give each another name at the desk, or with `manage.py rename`.", retaken_names),
    Check("permanent copies", RESTORE, altered_snapshots),
    Check(
        "sequences",
        "Run `manage.py backup` and then `manage.py restore --replace` with what it wrote, which sets them.",
        sequences_behind,
    ),
]


def faults() -> Iterator[tuple[Check, list[str]]]:
    """Yield the checks that find something, each with a sentence for every fault."""
    for check in CHECKS:
        if sentences := list(check.faults()):
            yield check, sentences
