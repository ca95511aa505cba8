"""Backups are made while editors save, and restored elsewhere: each holds one moment, and the last holds everything."""

from collections.abc import Iterator
from time import monotonic

from benchmarks.drills.databases import database
from benchmarks.drills.scene import Row, Scene, at_least, at_most, row

from .portal import Portal

EDITORS = 4
#: Seconds that a save may take while a backup is made.
SAVE = 10


def drill(scene: Scene) -> Iterator[Row]:
    with database(scene) as place:
        portal = Portal(scene.directory / "var", place.url)
        portal.fill()
        backups = [scene.directory / f"{number}.zip" for number in range(scene.long(20, 3))]
        faults, began = [], monotonic()
        with portal.editors(EDITORS) as editors:
            for path in backups:
                said = portal.manage("backup", str(path))
                if said.code:
                    faults.append(said.last)
        seconds = (monotonic() - began) / len(backups)
        yield row(
            f"{len(backups)} backups are made while {EDITORS} editors save",
            *faults,
            figure=f"{seconds:.1f} s each",
        )
        yield at_least("the editors’ saves meanwhile", sum(each.edits for each in editors), 10, "edits")
        yield at_most("the slowest save", max(each.slowest for each in editors), SAVE, "s")

        last = scene.directory / "last.zip"
        backups.append(last)
        portal.manage("backup", str(last))
        faults = []
        for number, path in enumerate(backups):
            url = (
                place.server.make(f"restored_{number}")
                if place.server
                else f"sqlite:///{scene.directory}/restored-{number}.sqlite3"
            )
            elsewhere = Portal(scene.directory / f"var-{number}", url)
            said = elsewhere.manage("restore", str(path))
            if said.code or "Nothing is wrong" not in said.last:
                faults.append(said.last)
        yield row("each restores elsewhere, and fsck finds nothing", *faults)
        differing = ["they differ"] * (portal.exports() != elsewhere.exports())
        yield row("the export of each kind of fact is the same, byte for byte", *differing)
