"""Backing up and restoring are killed at any moment, or find no room: all or nothing, and nothing half-written."""

import resource
from collections.abc import Iterator
from pathlib import Path
from time import monotonic

from benchmarks.drills.databases import database
from benchmarks.drills.scene import Row, Scene, row

from .portal import Portal

#: Bytes that a file may have: less than a backup of the shipped content.
ROOM = 100_000


def drill(scene: Scene) -> Iterator[Row]:
    with database(scene) as place:
        portal = Portal(scene.directory / "var", place.url)
        portal.fill()
        before, folder = scene.directory / "before.zip", scene.directory / "backups"
        folder.mkdir()
        old = portal.manage("backup", str(before))
        yield from _killed_backups(scene, portal, folder)
        full = portal.manage("backup", str(folder), limited=_limit_files)
        yield row(
            "a backup that finds no room says so, and leaves nothing",
            *[full.last] * (not full.code or "File too large" not in full.last),
            *(path.name for path in _named(folder)),
        )
        yield from _killed_restores(scene, portal, before, old.digest)
        restored = portal.manage("restore", "--replace", str(before))
        yield row("it can be restored afterwards", *[restored.last] * (restored.digest != old.digest))


def _killed_backups(scene: Scene, portal: Portal, folder: Path) -> Iterator[Row]:
    began = monotonic()
    portal.manage("backup", str(scene.directory / "timed.zip"))
    whole, count, killed = monotonic() - began, scene.long(40, 6), 0
    for number in range(count):
        # Starting takes most of the time, and nothing is written then.
        killed += (
            portal.manage("backup", str(folder), kill_after=whole * (0.4 + 0.6 * number / count)).code < 0
        )
    faults = []
    for path in _named(folder):
        trial = Portal(
            scene.directory / "var-trial", f"sqlite:///{scene.directory}/trial-{path.stem}.sqlite3"
        )
        if (said := trial.manage("restore", str(path))).code:
            faults.append(f"{path.name}: {said.last}")
        path.unlink()
    yield row("a backup that is killed is not there, or whole", *faults, figure=f"{killed} of {count} killed")


def _killed_restores(scene: Scene, portal: Portal, path: Path, old: str) -> Iterator[Row]:
    began = monotonic()
    portal.manage("restore", "--replace", str(path))
    whole, count, killed, faults = monotonic() - began, scene.long(40, 6), 0, []
    now = old
    for number in range(count):
        if now == old:
            with portal.editors(1):
                pass
            now = portal.manage("backup", str(scene.directory / f"edited-{number}.zip")).digest
        after = whole * (0.3 + 0.6 * number / count)
        killed += portal.manage("restore", "--replace", str(path), kill_after=after).code < 0
        said = portal.manage("backup", str(scene.directory / f"killed-{number}.zip"))
        if said.digest not in {old, now}:
            faults.append(said.last)
        now = said.digest
    checked = portal.manage("fsck")
    faults += [checked.last] * bool(checked.code)
    yield row(
        "a restore that is killed has done all or nothing", *faults, figure=f"{killed} of {count} killed"
    )


def _named(folder: Path) -> list[Path]:
    return sorted(folder.glob("[!.]*"))


def _limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, ROOM))
