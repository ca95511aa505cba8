"""Read numbers of many rows of a table at once, as arrays.

Each column comes as one text. Of single rows, however they are turned into arrays, each costs time of the interpreter,
and while other threads answer requests it has to be waited for: sqlite3 gives way to them at every row.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Aggregate, QuerySet, TextField
from django.db.models.sql.compiler import SQLCompiler
from numpy.typing import NDArray

Rows = NDArray[np.int64]
"""Whole numbers, a row for each row of a table."""


def read_rows(queryset: QuerySet[Any, Any], *fields: str) -> Rows:
    """Return these fields of all rows, which are whole numbers, with 0 for NULL. One query; the order is any."""
    # All aggregates of a query see its rows in the same order.
    joined = {f"column_{number}": _Joined(name) for number, name in enumerate(fields)}
    texts = queryset.order_by().aggregate(**joined).values()
    return np.array([np.fromstring(text, np.int64, sep=",") if text else () for text in texts], np.int64).T


def rows_of(rows: Iterable[tuple[int, ...]], width: int) -> Rows:
    """Return tuples of this many numbers as rows."""
    return np.array(list(rows), np.int64).reshape(-1, width)


class _Joined(Aggregate):
    """The numbers of all rows, 0 for NULL, separated by commas; None if there are no rows."""

    template = "GROUP_CONCAT(COALESCE(%(expressions)s, 0))"
    output_field = TextField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        template = "STRING_AGG(COALESCE(%(expressions)s, 0)::text, ',')"
        return self.as_sql(compiler, connection, template=template, **context)
