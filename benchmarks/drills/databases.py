"""Give a drill an empty database of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from .postgres import Server, postgresql
from .scene import POSTGRESQL, Scene


@dataclass(frozen=True)
class Place:
    """An empty database: its address, and its server where it is of PostgreSQL."""

    url: str
    server: Server | None = None

    @property
    def postgres(self) -> Server:
        """Return the server, for drills that run on PostgreSQL alone."""
        if self.server is None:
            raise TypeError("This drill runs on PostgreSQL alone.")
        return self.server


@contextmanager
def database(scene: Scene) -> Iterator[Place]:
    """Make the database of a drill; it is gone when the block ends."""
    if scene.database != POSTGRESQL:
        yield Place(f"sqlite:///{scene.directory}/drill.sqlite3")
        return
    with postgresql() as server:
        yield Place(server.make("drill"), server)
