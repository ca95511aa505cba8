"""What the database holds for tests in the browser: made once in each process, then copied back in milliseconds."""

import sqlite3
from collections.abc import Callable

from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, transaction
from django.http import QueryDict

from comparisons.comparison import comparing
from tests import factories


def make_nothing() -> None:
    """Leave the database as the migrations leave it."""


def make_seed() -> None:
    """Plant the portal's own content, and freeze a comparison at the address that tests name."""
    call_command("seed", verbosity=0)
    factories.make_snapshot(comparing.side_by_side(QueryDict(), ["django", "flask", "fastapi"]))


class Contents:
    """The database of this process. Its server answers from other threads, so that no transaction could hide a test."""

    def __init__(self) -> None:
        self.copies: dict[Callable[[], None], sqlite3.Connection] = {}

    def put(self, make: Callable[[], None]) -> None:
        """Put what this makes in place of all that is there, whatever the tests before have changed."""
        if connection.vendor != "sqlite":
            call_command("flush", interactive=False, verbosity=0)
            make()
        elif make in self.copies:
            connection.ensure_connection()
            self.copies[make].backup(connection.connection)
        else:
            self.copies[make] = self._made(make)
        ContentType.objects.clear_cache()

    def _made(self, make: Callable[[], None]) -> sqlite3.Connection:
        connection.ensure_connection()
        if make is not make_nothing:
            self.put(make_nothing)
        with transaction.atomic():
            make()
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        connection.connection.backup(copy)
        return copy
