"""Read all rows of a database, as values that are the same on SQLite and on PostgreSQL, and count and digest them."""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.apps import apps
from django.apps.registry import Apps
from django.contrib.sessions.models import Session
from django.db import DEFAULT_DB_ALIAS, connection, connections, models, transaction
from django.db.models.functions import Collate

from frameworks.models import CatalogueState, RecordState

Row = list[Any]

#: What each database has for itself: who is signed in, and the marks by which processes notice a change.
OWN_TO_EACH: tuple[type[models.Model], ...] = (Session, RecordState, CatalogueState)
#: The collation that orders text by its bytes.
BY_BYTES = {"sqlite": "BINARY", "postgresql": "C"}
CHUNK = 1_000  # rows


@dataclass(frozen=True)
class TableSummary:
    """What a table holds: the names of its columns, how many rows, and their SHA-256 in their plain form."""

    columns: list[str]
    rows: int
    digest: str


class Tally:
    """Counts and digests rows as they pass."""

    def __init__(self) -> None:
        self.rows = 0
        self._sha256 = sha256()

    def add(self, row: Row) -> None:
        self.rows += 1
        # PostgreSQL orders the keys of objects in its own way, SQLite leaves them as they were written.
        self._sha256.update(f"{written(row, sort_keys=True)}\n".encode())

    def summary(self, columns: list[str]) -> TableSummary:
        return TableSummary(columns, self.rows, self._sha256.hexdigest())


def written(row: Row, *, sort_keys: bool = False) -> str:
    """Return the row as one line of JSON."""
    return json.dumps(row, default=_plain, sort_keys=sort_keys, separators=(",", ":"))


def _plain(value: object) -> str:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case UUID() | Decimal():
            return str(value)
    raise TypeError(f"No plain form for {value!r}.")


def content_models(registry: Apps = apps) -> list[type[models.Model]]:
    """Return the models whose tables hold the contents of a database, in the order of the tables' names."""
    own_to_each = {model._meta.label for model in OWN_TO_EACH}
    return sorted(
        (
            model
            for model in registry.get_models(include_auto_created=True)
            if model._meta.managed and not model._meta.proxy and model._meta.label not in own_to_each
        ),
        key=lambda model: model._meta.db_table,
    )


def columns_of(model: type[models.Model]) -> list[str]:
    return [str(field.attname) for field in model._meta.concrete_fields]


def rows_of(model: type[models.Model], columns: list[str]) -> Iterator[Row]:
    """Yield the rows in the order of their primary keys, which is the same on both databases."""
    key: Any = model._meta.pk
    order = Collate(key.attname, BY_BYTES[connection.vendor]) if _is_text(key) else key.attname
    rows: Any = models.QuerySet(model).order_by(order).values_list(*columns)
    yield from map(list, rows.iterator(CHUNK))


def _is_text(field: "models.Field[Any, Any]") -> bool:
    return isinstance(field, models.CharField | models.TextField)


def tallied(rows: Iterable[Row], columns: list[str]) -> TableSummary:
    """Return the summary of these rows."""
    tally = Tally()
    for row in rows:
        tally.add(row)
    return tally.summary(columns)


def summaries() -> dict[str, TableSummary]:
    """Return the summary of each table, by its name."""
    return {
        model._meta.db_table: tallied(rows_of(model, columns), columns)
        for model in content_models()
        for columns in [columns_of(model)]
    }


@contextmanager
def one_moment() -> Iterator[None]:
    """Read everything in this block as it is at one moment, while others go on writing. Nothing may be written in it.

    Within a transaction that is open already, what that sees is read.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        connection.ensure_connection()
        sqlite: Any = connections[DEFAULT_DB_ALIAS]
        # The usual mode takes the lock of the only writer at once.
        mode, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic():
                yield
        finally:
            sqlite.transaction_mode = mode
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
