"""Register the sections of the portal that a topic may do without: with nothing in them they leave the navigation."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet

Rows = Callable[[], QuerySet[Any]]

#: What each section lists, by the name of its page's route. Whoever has such a page registers it.
ROWS: dict[str, Rows] = {}


def register(rows: Mapping[str, Rows]) -> None:
    ROWS.update(rows)
