"""The order of a list, and where in it a page begins: by the keys of an entry, so that what is added shifts nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

#: A slug or a key, and a number that fits into every column.
KEY, NUMBER = r"[-a-zA-Z0-9_]{1,100}", r"[0-9]{1,4}"


@dataclass(frozen=True)
class Order:
    """Names of fields, the last of which makes each entry unique. In `CRITERIA` and `CLAIMS` some are numbers.

    `numbers` counts those, which come directly before the last.
    """

    fields: tuple[str, ...]
    numbers: int = 0

    @property
    def pattern(self) -> str:
        """Return the regular expression of a place in this order, as in `003/28/key`."""
        keys = len(self.fields) - self.numbers - 1
        last = r"[^\x00-\x1f]{1,100}" if self.fields[-1] == "name" else KEY
        return "^" + "/".join([KEY] * keys + [NUMBER] * self.numbers + [last]) + "$"

    def place(self, row: Any) -> str:
        """Return the place of a row, by which the next page is found even if the row is no more."""
        return "/".join(str(value) for value in self._values(row))

    def following(self, rows: QuerySet[Any], place: str) -> QuerySet[Any]:
        """Return the rows after this place, in order; all if it is empty."""
        ordered = rows.order_by(*self.fields)
        return ordered.filter(self._beyond(place, "gt")) if place else ordered

    def preceding(self, rows: QuerySet[Any], place: str) -> QuerySet[Any]:
        """Return the rows before this place, the nearest first."""
        return rows.order_by(*(F(name).desc() for name in self.fields)).filter(self._beyond(place, "lt"))

    def _beyond(self, place: str, comparison: str) -> Q:
        values = self._read(place)
        beyond = Q()
        for number, (name, value) in enumerate(values):
            beyond |= Q(**dict(values[:number])) & Q(**{f"{name}__{comparison}": value})
        return beyond

    def _read(self, place: str) -> Sequence[tuple[str, str | int]]:
        parts = place.split("/", len(self.fields) - 1)
        return [
            (name, int(part) if re.fullmatch(NUMBER, part) and self._is_number(at) else part)
            for at, (name, part) in enumerate(zip(self.fields, parts, strict=True))
        ]

    def _is_number(self, at: int) -> bool:
        return len(self.fields) - 1 - self.numbers <= at < len(self.fields) - 1

    def _values(self, row: Any) -> list[Any]:
        values = []
        for name in self.fields:
            value = row
            for part in name.split("__"):
                value = getattr(value, part)
            values.append(value)
        return values
