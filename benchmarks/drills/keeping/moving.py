"""Everything moves from SQLite to PostgreSQL and back, and is the same, byte for byte; editors then go on."""

from collections.abc import Iterator

from benchmarks.drills.databases import database
from benchmarks.drills.scene import Row, Scene, row

from .portal import Portal


def drill(scene: Scene) -> Iterator[Row]:
    with database(scene) as place:
        portals = [
            Portal(scene.directory / "first", f"sqlite:///{scene.directory}/first.sqlite3"),
            Portal(scene.directory / "second", place.url),
            Portal(scene.directory / "third", f"sqlite:///{scene.directory}/third.sqlite3"),
        ]
        first, second, third = portals
        first.fill()
        with first.editors(1):
            first.manage("createsuperuser", "--no-input", "--username=drill", "--email=drill@example.org")
        there = first.manage("move", "--to", second.url)
        yield row("everything moves from SQLite to PostgreSQL", *[there.last] * bool(there.code))
        back = second.manage("move", "--to", third.url)
        yield row("everything moves from PostgreSQL to SQLite", *[back.last] * bool(back.code))
        yield row("it is the same, by digest", *["it differs"] * (not there.digest == back.digest != ""))
        exports = [portal.exports() for portal in portals]
        yield row(
            "the export of each kind of fact is the same, byte for byte",
            *["they differ"] * (len(set(exports)) > 1),
            figure=f"{exports[0].count(chr(10))} kinds",
        )
        faults = []
        for portal in (second, third):
            with portal.editors(2) as editors:
                pass
            if not all(each.edits for each in editors):
                faults.append(f"nobody can save on {portal.url.partition(':')[0]}")
            if (said := portal.manage("fsck")).code:
                faults.append(said.last)
        yield row("editors go on where it has moved, and fsck finds nothing", *faults)
        again = first.manage("move", "--to", second.url)
        yield row(
            "a database that is not empty is left as it is",
            *[again.last] * ("is not empty" not in again.last or not again.code),
        )
