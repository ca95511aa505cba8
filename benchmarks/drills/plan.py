"""List the drills: the name of each, its module, what it does, and how long it may take.

A drill is a module with a function `drill(scene)` that yields rows. To add one, write the module and a line here.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import import_module

from .scene import DATABASES, POSTGRESQL, SQLITE, Row, Scene

HERE = __name__.rpartition(".")[0]


@dataclass(frozen=True)
class Drill:
    name: str
    #: The module below this package.
    module: str
    what: str
    #: Seconds after which it has failed, in its short and in its long form.
    limit: int
    long_limit: int
    databases: tuple[str, ...] = DATABASES

    @property
    def run(self) -> Callable[[Scene], Iterable[Row]]:
        """Return its function. Imported late: most drills need Django set up on their own database, or not at all."""
        run: Callable[[Scene], Iterable[Row]] = import_module(f"{HERE}.{self.module}").drill
        return run


DRILLS: tuple[Drill, ...] = (
    Drill("faults", "faults.nth", "each call of what may fail does so in turn", 240, 3_000),
    Drill(
        "outage",
        "faults.outage",
        "PostgreSQL is stopped under load, and started again",
        120,
        180,
        (POSTGRESQL,),
    ),
    Drill(
        "frozen",
        "faults.frozen",
        "PostgreSQL is frozen under load, and goes on later",
        120,
        150,
        (POSTGRESQL,),
    ),
    Drill(
        "terminated", "faults.terminated", "connections of PostgreSQL are broken off", 120, 150, (POSTGRESQL,)
    ),
    Drill("locked", "faults.locked", "another program locks the SQLite file", 150, 150, (SQLITE,)),
    Drill(
        "migrating", "faults.migrating", "three instances are started at once on an empty database", 120, 120
    ),
    Drill(
        "proxy",
        "proxied.proxy",
        "nginx as shipped stores pages, and the portal goes away",
        180,
        420,
        (POSTGRESQL,),
    ),
    Drill(
        "path",
        "proxied.path",
        "the portal lies below a path of another site",
        180,
        300,
        (POSTGRESQL,),
    ),
    Drill(
        "half-open", "proxied.half_open", "connections lie open and send half a request", 120, 420, (SQLITE,)
    ),
    Drill("overload", "proxied.overload", "far more is asked than can be answered", 120, 240, (POSTGRESQL,)),
    Drill(
        "backup",
        "keeping.backing_up",
        "backups are made while editors save, and restored elsewhere",
        240,
        1800,
    ),
    Drill(
        "move",
        "keeping.moving",
        "everything moves from SQLite to PostgreSQL and back",
        300,
        300,
        (POSTGRESQL,),
    ),
    Drill("restore", "keeping.restoring", "backups and restores are killed, or find no room", 400, 2400),
    Drill(
        "operating",
        "installed.operating",
        "docs/operating.md is followed on a fresh Debian",
        2_700,
        5_400,
        (POSTGRESQL,),
    ),
    Drill("hostile", "faults.hostile", "every parameter and path is given junk", 400, 7_200),
    Drill("killed", "faults.killed", "commands and servers are killed while they write", 240, 480),
    Drill("restart", "faults.restart", "three instances behind nginx are started anew under load", 240, 480),
    Drill(
        "replica",
        "scaling.replica",
        "a replica falls behind and dies, the primary dies",
        240,
        480,
        (POSTGRESQL,),
    ),
    Drill(
        "pgbouncer",
        "scaling.bouncer",
        "PgBouncer lends connections for one transaction",
        240,
        480,
        (POSTGRESQL,),
    ),
    Drill("editors", "editing.editors", "sixteen editors save at once, one sends things twice", 240, 5_400),
    Drill("disk", "machine.disk", "the disk is full, or read-only", 240, 240),
    Drill("clock", "machine.clock", "the clock jumps, forth and back", 240, 240),
)
BY_NAME = {drill.name: drill for drill in DRILLS}
