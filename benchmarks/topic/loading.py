"""Insert many rows of a model past the ORM, in the fastest way that each database has."""

from typing import Any

from django.core.management.color import no_style
from django.db import connection, models


class Table:
    """Collects rows of one model and inserts them together. The primary keys count from 1: the table must be empty."""

    def __init__(self, model: type[models.Model], *names: str) -> None:
        """Take the attributes that `add` is given, in that order; the others have their defaults."""
        fields = {field.attname: field for field in model._meta.concrete_fields}
        rest = {name: field for name, field in fields.items() if name not in {"id", *names}}
        self.model = model
        self.columns = [str(fields[name].column) for name in ("id", *names, *rest)]
        self.defaults = tuple(field.get_default() for field in rest.values())
        self.count = 0
        self._rows: list[tuple[Any, ...]] = []
        self._is_analysed = False

    def add(self, *values: Any) -> int:
        """Add a row and return its primary key."""
        self.count += 1
        self._rows.append((self.count, *values, *self.defaults))
        return self.count

    def insert(self) -> None:
        """Insert the rows that were added since the last time. Raises IntegrityError for what a constraint refuses."""
        quote = connection.ops.quote_name
        into = f"{quote(self.model._meta.db_table)} ({', '.join(map(quote, self.columns))})"
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                    for row in self._rows:
                        copy.write_row(row)
            else:
                marks = ", ".join(["%s"] * len(self.columns))
                cursor.executemany(f"INSERT INTO {into} VALUES ({marks})", self._rows)  # noqa: S608 - our own names
        self._rows.clear()
        if (
            not self._is_analysed
        ):  # or the triggers of the tables that follow read all of this one at each row
            self.analyse()

    def analyse(self) -> None:
        """Have the planner know the table, which it would learn late."""
        self._is_analysed = True
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"ANALYZE {connection.ops.quote_name(self.model._meta.db_table)}")


def finish(tables: list[Table]) -> None:
    """Have the next primary keys follow those inserted, and the planner know all of the tables."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [table.model for table in tables]):
            cursor.execute(statement)
    for table in tables:
        table.analyse()
