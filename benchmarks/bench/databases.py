"""Make databases for measuring: SQLite in files, and PostgreSQL with its default settings, on a server of our own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

from tests.postgres import programs, server

#: Makes an empty database of this name and returns its address.
Make = Callable[[str], str]


class NoServer(Exception):
    """There is no PostgreSQL on this machine."""


@contextmanager
def sqlite(directory: Path) -> Iterator[Make]:
    yield lambda name: f"sqlite:///{directory / name}.sqlite3"


@contextmanager
def postgresql(_: Path) -> Iterator[Make]:
    """Run a server until the block ends. It listens on a socket in a directory of its own."""
    if not (directory := programs()):
        raise NoServer
    with server(directory, settings="") as url:

        def make(name: str) -> str:
            parts = urlsplit(url)
            with psycopg.connect(
                host=unquote(parts.hostname or ""), user=parts.username, dbname="postgres", autocommit=True
            ) as connection:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            return f"{url.rpartition('/')[0]}/{name}"

        yield make


DATABASES = {"SQLite": sqlite, "PostgreSQL": postgresql}
