"""Readers and editors reach PostgreSQL through PgBouncer, which lends connections for one transaction at a time."""

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from subprocess import CalledProcessError
from time import monotonic

from benchmarks.drills.databases import database
from benchmarks.drills.editor import Editor
from benchmarks.drills.load import load, seen_by_all, until
from benchmarks.drills.postgres import Server
from benchmarks.drills.scene import Row, Scene, at_most, row
from benchmarks.processes import NotStarted, running

from .saving import CHANGES, PROCESSES, UNSEEN, SetInstance, instance, save, unseen_for

PORT = 6432  # a part of the name of its socket
#: Connections of the server, for twelve threads that serve.
POOL = 4
EDITORS = 2
CONFIGURATION = """
[databases]
drill = host={home} dbname=drill
[pgbouncer]
pool_mode = transaction
default_pool_size = {pool}
listen_addr =
listen_port = {port}
unix_socket_dir = {home}
auth_type = trust
auth_file = {home}/users
"""
LOCKS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'drill'"


def drill(scene: Scene) -> Iterator[Row]:
    with database(scene) as place, _bouncer(place.postgres) as url:
        server = place.postgres
        here, other = (instance(scene, url, folder, DATABASE_POOL="off") for folder in ("var", "var-2"))
        with ThreadPoolExecutor(2) as pool:
            done = [pool.submit(each.run, "bin/prepare.py") for each in (here, other)]
        faults = [error.stderr for each in done if isinstance(error := each.exception(), CalledProcessError)]
        faults += ["a lock is left"] * bool(server.figure(LOCKS))
        yield row("two instances at once bring the database up to date", *faults)
        with here.serving():
            seen_by_all(here.port, ["/", CHANGES], PROCESSES)
            editors = [Editor.of(here, f"editor-{number}") for number in range(EDITORS)]
            rounds, began = scene.long(40, 3), monotonic()
            with (
                load(lambda: here.port, ["/", CHANGES, *UNSEEN]) as requests,
                ThreadPoolExecutor(EDITORS) as pool,
            ):
                saving = [pool.submit(_edit, here, editor, at, rounds) for at, editor in enumerate(editors)]
                edits = [edit for each in saving for edit in each.result()]
                number = server.figure(CONNECTIONS)
        yield row(
            f"readers beside {EDITORS} editors, no request failed",
            *[each for each in requests if not each.is_answered],
            figure=f"{len(requests)} answered in {monotonic() - began:.0f} s",
        )
        yield at_most(f"readers see each of {len(edits)} edits, after", max(edits), 1.5, "s")
        yield at_most("connections of the server", number, POOL, "connections")
        backup = str(scene.directory / "all.zip")
        here.run("manage.py", "backup", backup)
        said = here.run("manage.py", "fsck")
        yield row("a backup is made, and fsck finds nothing", *[said] * ("Nothing is wrong" not in said))


def _edit(here: SetInstance, editor: Editor, at: int, rounds: int) -> list[float]:
    """Have an editor save a rating again and again; return for how many seconds readers did not see each edit."""
    path = editor.ratings()[at]
    return [unseen_for(here.port, save(editor, path, f"Saved by {at}, {number}")) for number in range(rounds)]


@contextmanager
def _bouncer(server: Server) -> Iterator[str]:
    """Run PgBouncer before this server until the block ends; yield the address of the drill's database in it."""
    program = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        raise NotStarted("PGBOUNCER IS MISSING: apt-get install pgbouncer")
    settings, socket = server.home / "pgbouncer.ini", server.home / f".s.PGSQL.{PORT}"
    settings.write_text(CONFIGURATION.format(home=server.home, pool=POOL, port=PORT))
    (server.home / "users").write_text('"touchstone" ""\n')
    user = ["--user", server.data.owner()] if os.geteuid() == 0 else []  # it refuses to be root
    with running([program, *user, str(settings)], directory=server.home, environment=os.environ):
        if until(socket.exists, 10) > 10:
            raise NotStarted("PgBouncer does not listen")
        yield server.address("drill").replace("/drill", f":{PORT}/drill")
