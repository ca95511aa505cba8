"""Read what each edit has read anew: numbers of many rows of a table at once, as arrays, by queries compiled once.

Each column comes as one text. Of single rows, however they are turned into arrays, each costs time of the interpreter,
and while other threads answer requests it has to be waited for: sqlite3 gives way to them at every row.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, QuerySet, TextField
from django.db.models.sql.compiler import SQLCompiler
from numpy.typing import NDArray

Rows = NDArray[np.int64]
"""Whole numbers, a row for each row of a table."""


class CompiledQuery:
    """A query that is always the same. It is compiled once for each kind of database, which takes longer than the rest.

    `build` returns it as one of values. They come as the database's driver has them: on SQLite, moments are without a
    time zone, and truth is 1 or 0.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._compiled: dict[str, tuple[str, tuple[Any, ...]]] = {}

    @cached_property
    def _queryset(self) -> QuerySet[Any, Any]:
        return self._build()

    def rows(self, using: str = "") -> list[tuple[Any, ...]]:
        """Return all rows of the result, from this database or from that which the router names. One query."""
        connection = connections[using or self._queryset.db]
        if not (compiled := self._compiled.get(connection.vendor)):
            compiled = self._compiled[connection.vendor] = self._queryset.query.sql_with_params()
        with connection.cursor() as cursor:
            cursor.execute(*compiled)
            return list(cursor.fetchall())


class CompiledColumns:
    """The fields that `read_rows` returns of a query that is always the same."""

    def __init__(self, build: Callable[[], QuerySet[Any, Any]], *fields: str) -> None:
        self._query = CompiledQuery(lambda: _joined(build(), fields))
        self._width = len(fields)

    def read(self) -> Rows:
        """Return the fields of all rows. One query."""
        return _split(self._query.rows(), self._width)


def read_rows(queryset: QuerySet[Any, Any], *fields: str) -> Rows:
    """Return these fields of all rows, which are whole numbers, with 0 for NULL. One query; the order is any."""
    return _split(list(_joined(queryset, fields)), len(fields))


def rows_of(rows: Iterable[tuple[int, ...]], width: int) -> Rows:
    """Return tuples of this many numbers as rows."""
    return np.array(list(rows), np.int64).reshape(-1, width)


def _joined(queryset: QuerySet[Any, Any], fields: Sequence[str]) -> QuerySet[Any, Any]:
    """Return a query of a single row, with the values of each field joined."""
    # All aggregates of a query see its rows in the same order.
    return queryset.order_by().values_list(*map(_Joined, fields))


def _split(results: Sequence[tuple[str | None, ...]], width: int) -> Rows:
    """Return the columns that a query has joined as rows; no rows where they are None, or there is no result."""
    texts = results[0] if results else (None,) * width
    return np.array([np.fromstring(text, np.int64, sep=",") if text else () for text in texts], np.int64).T


class _Joined(Func):
    """The numbers of all rows, 0 for NULL, separated by commas; None if there are no rows."""

    template = "GROUP_CONCAT(COALESCE(%(expressions)s, 0))"
    output_field = TextField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        template = "STRING_AGG(COALESCE(%(expressions)s, 0)::text, ',')"
        return self.as_sql(compiler, connection, template=template, **context)
