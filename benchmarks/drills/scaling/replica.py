"""Pages are read from a replica that follows by streaming: it falls behind, it is killed, and so is the primary."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic, sleep, time
from urllib.request import urlopen

from psycopg.errors import SerializationFailure

from benchmarks.drills.databases import database
from benchmarks.drills.editor import Editor
from benchmarks.drills.load import Request, get, load, seen_by_all, until
from benchmarks.drills.postgres import Server, postgresql
from benchmarks.drills.scene import Row, Scene, at_least, at_most, row

from .saving import CHANGES, PROCESSES, UNSEEN, SetInstance, instance, save, unseen_for

SEEN = ("/", "/frameworks/django/", "/compare/django-vs-flask/", "/matrix.csv", CHANGES)
#: The name of the database on both servers.
NAME = "drill"
#: Connections that have read facts since a moment.
HAVE_READ = """
SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query_start > to_timestamp(%s)
AND query LIKE '%%frameworks_%%' AND query NOT LIKE '%%recordstate%%'
"""
#: Seconds after a failure within which the replica is tried again, and some more.
TRIED_AGAIN = 13


@dataclass(frozen=True)
class Pair:
    """A portal with a primary and a replica, and one of its editors."""

    instance: SetInstance
    primary: Server
    replica: Server
    editor: Editor

    @property
    def port(self) -> int:
        return self.instance.port

    def readings(self, number: int) -> tuple[int, int]:
        """Ask for so many pages that nobody has seen; return for how many the primary was read, and the replica."""
        of_primary = of_replica = 0
        for _ in range(number):
            since = time()
            get(self.port, f"/sources/?q=nobody-has-seen-{since}")
            of_primary += bool(self.primary.figure(HAVE_READ, since))
            of_replica += bool(self.replica.figure(HAVE_READ, since))
        return of_primary, of_replica

    def is_read_again(self) -> bool:
        return self.readings(2 * PROCESSES) == (0, 2 * PROCESSES)

    def status(self) -> str:
        """Return the page at the desk about the installation, as one of the processes gives it."""
        return self.editor.get("/admin/status/").text


def drill(scene: Scene) -> Iterator[Row]:
    with _running(scene) as here:
        number = scene.long(200, 30)
        of_primary, of_replica = here.readings(number)
        faults = [f"the primary was for {of_primary}, the replica for {of_replica}"]
        yield row(
            f"the replica is read for {number} new pages", *faults * ((of_primary, of_replica) != (0, number))
        )
        yield from _behind(here, scene.long(10, 2))
        yield from _without_replica(here, scene.long(30, 5))
        yield from _without_primary(here, scene.long(30, 5))


@contextmanager
def _running(scene: Scene) -> Iterator[Pair]:
    with database(scene) as place:
        primary = place.postgres
        instance(scene, place.url).run("bin/prepare.py")
        with postgresql(primary) as replica:
            portal = instance(scene, place.url, DATABASE_REPLICA_URL=replica.address(NAME))
            with portal.serving():
                seen_by_all(portal.port, SEEN, PROCESSES)
                yield Pair(portal, primary, replica, Editor.of(portal, "editor"))


def _behind(here: Pair, edits: int) -> Iterator[Row]:
    """The replica stands still while an editor saves and a visitor has a permanent copy made."""
    path, *_ = here.editor.ratings()
    _replay(here, "pause")
    with load(lambda: here.port, [*SEEN, *UNSEEN]) as requests:
        hidden = 0.0
        for number in range(edits):
            saved = save(here.editor, path, f"Saved while behind, {number}")
            hidden = max(hidden, unseen_for(here.port, saved))
        with urlopen(f"http://127.0.0.1:{here.port}/compare/django-vs-flask/freeze/", b"") as answer:
            copy = answer.url.partition(str(here.port))[2]
        copies = [get(here.port, copy) for _ in range(PROCESSES * 4)]
        status = here.status()
    what = f"the replica stands still: readers see each of {edits} edits, and nothing older again, after"
    yield at_most(what, hidden, 1.5, "s")
    yield row("a permanent copy that was just made is there", *_failed(copies))
    yield row("the status page says so", *["it does not"] * ("does not have what was changed" not in status))
    yield row("no request failed meanwhile", *_failed(requests), figure=_summary(requests))
    _replay(here, "resume")
    yield at_most("the replica goes on, and is read again after", until(here.is_read_again, 20), 3, "s")


def _without_replica(here: Pair, seconds: int) -> Iterator[Row]:
    with load(lambda: here.port, [*SEEN, *UNSEEN]) as requests:
        sleep(1)
        here.replica.stop()
        sleep(seconds)
        status = here.status()
        here.replica.start()
        read_again = until(here.is_read_again, 30)
    yield row(
        "the replica is killed under load: no request failed", *_failed(requests), figure=_summary(requests)
    )
    yield row(
        "the status page says so", *["it does not"] * ("cannot be read: OperationalError" not in status)
    )
    yield at_most("it is back, and read again after", read_again, TRIED_AGAIN, "s")


def _without_primary(here: Pair, seconds: int) -> Iterator[Row]:
    path, *_ = here.editor.ratings()
    with load(lambda: here.port, [*SEEN, *UNSEEN]) as requests:
        sleep(1)
        here.primary.stop()
        stopped = monotonic()
        sleep(1)
        desk = here.editor.get(path)
        sleep(seconds - 1)
        here.primary.start()
        well = until(lambda: here.editor.get(path).status == 200, 20)
        saved = save(here.editor, path, "Saved after the return")
        hidden = unseen_for(here.port, saved)
    meant = [each for each in requests if each.began > stopped]
    share = 100 * len([each for each in meant if each.is_answered]) / max(len(meant), 1)
    yield at_least(
        f"the primary is killed under load: of {len(meant)} pages, most of them new, answered", share, 99, "%"
    )
    yield at_most("the slowest of them", max(each.seconds for each in meant), 3, "s")
    yield row("no 500", *[each for each in meant if each.status == 500])
    yield row("the desk is a 503", *[f"it answered {desk.status}"] * (desk.status != 503))
    yield at_most("the primary is back, and the desk well after", well, 2, "s")
    yield at_most("readers see an edit, and nothing older again, after", hidden, 1.5, "s")


def _replay(here: Pair, what: str) -> None:
    # What it replays from then on may remove rows that this very statement could see, which breaks it off.
    with here.replica.connect(NAME) as connection, suppress(SerializationFailure):
        connection.execute(f"SELECT pg_wal_replay_{what}()".encode())


def _failed(requests: Sequence[Request]) -> list[Request]:
    return [each for each in requests if not each.is_answered]


def _summary(requests: Sequence[Request]) -> str:
    return f"{len(requests)} answered, the slowest after {max(each.seconds for each in requests):.2f} s"
