"""Commands and servers are killed while they write: all of it is there or nothing, and what was acknowledged is."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import monotonic, sleep

from benchmarks.drills.databases import database
from benchmarks.drills.editor import Editor
from benchmarks.drills.load import get, post, until
from benchmarks.drills.scene import Row, Scene, row
from benchmarks.drills.tables import write_ratings
from benchmarks.instances.instance import ROOT, Instance
from benchmarks.processes import free_port

EDITORS = 3
#: Seconds after which a command is killed, each in turn, from when it has read its modules.
MOMENTS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
COUNT = (
    "from frameworks.models import Framework, Revision;"
    " print(Framework.objects.count(), Revision.objects.count())"
)
#: Counts the ratings whose verdict is this.
WORDED = "from frameworks.models import Rating; print(Rating.objects.filter(verdict={!r}).count())"
COPY = "/compare/django-vs-flask/freeze/?w-performance={}&w-security={}&w-maturity={}"


def drill(scene: Scene) -> Iterator[Row]:
    moments = MOMENTS if scene.is_long else MOMENTS[1::2]
    with database(scene) as place:
        instance = Instance(ROOT / "fixtures", scene.directory / "var", free_port(), place.url)
        instance.var.mkdir()
        for moment in moments:
            _kill(instance, moment, "manage.py", "migrate")
        instance.run("manage.py", "migrate")
        missing = instance.run("manage.py", "showmigrations", "--plan").count("[ ]")
        yield row(
            f"migrate, killed {len(moments)} times, ends when it is run again",
            *["some are missing"] * bool(missing),
        )
        found = {_counts(instance)} | {_kill_and_count(instance, moment) for moment in moments}
        instance.run("manage.py", "seed")
        whole = _counts(instance)
        yield row(
            f"seed, killed {len(moments)} times, has written all or nothing",
            *[f"there were {counts}" for counts in found - {"0 0", whole}],
            figure=f"frameworks and revisions in the end: {whole}",
        )
        yield row("the history replays to the facts", *_faults(instance, "verify_history"))
        yield _imports(instance, scene.directory / "ratings.csv", scene.long(12, 4))
        yield from _edits(instance, scene.long(10, 4))
        yield _copies(instance, scene.long(10, 3))
        yield row("afterwards fsck finds nothing", *_faults(instance, "fsck"))


def _edits(instance: Instance, rounds: int) -> Iterator[Row]:
    """Kill the whole server while editors save, again and again, and compare what they were told with what is there."""
    instance.run("bin/prepare.py")
    told: dict[str, str] = {}
    sent: dict[str, set[str]] = {}
    editors: list[Editor] = []
    for number in range(rounds):
        with instance.serving() as server:
            if not editors:
                editors = [Editor.of(instance, f"editor-{each}") for each in range(EDITORS)]
                paths = editors[0].ratings()[:EDITORS]
            writers = [
                Thread(target=_edit, args=(editor, path, number, told, sent))
                for editor, path in zip(editors, paths, strict=True)
            ]
            for writer in writers:
                writer.start()
            sleep(2 + number % 3 * 0.37)
            os.killpg(server.pid, signal.SIGKILL)
            for writer in writers:
                writer.join()
    with instance.serving():
        there = {path: editors[0].get(path).form["verdict"][0] for path in paths}
    lost = [
        f"{path} has {there[path]!r}, and {word!r} was acknowledged"
        for path, word in told.items()
        # What was sent after it, and not acknowledged, may have been written all the same.
        if there[path] not in {word, *sent[path]}
    ]
    total = sum(map(len, sent.values()))
    yield row(
        f"a server that is killed {rounds} times while {EDITORS} editors save loses nothing that it acknowledged",
        *lost,
        *["nobody could save"] * (not told),
        figure=f"{total} edits in flight when it was killed",
    )


def _imports(instance: Instance, file: Path, count: int) -> Row:
    """Kill the import of all ratings with another verdict, again and again, and count the ratings that have it."""
    command = ("manage.py", "import_facts", "rating", str(file), "--reason", "The drill.")
    total = write_ratings(instance, file, verdict="Imported whole")
    began = monotonic()
    instance.run(*command)
    seconds, partly, done = monotonic() - began, [], 0
    for number in range(count):
        write_ratings(instance, file, verdict=(verdict := f"Imported {number}"))
        _kill(instance, seconds * (0.4 + 0.6 * number / count), *command)
        there = int(instance.run("manage.py", "shell", "--no-imports", "-c", WORDED.format(verdict)))
        done += there == total
        partly += [f"{there} of {total} rows"] * (there not in {0, total})
    return row(
        f"an import of {total} rows, killed {count} times, has written all or nothing",
        *partly,
        figure=f"all {done} times",
    )


def _copies(instance: Instance, rounds: int) -> Row:
    """Kill the server while readers save permanent copies, and look for those that were acknowledged."""
    told: list[str] = []
    for number in range(rounds):
        with instance.serving() as server:
            readers = [
                Thread(target=_copy, args=(instance.port, number, each, told)) for each in range(EDITORS)
            ]
            for reader in readers:
                reader.start()
            before = len(told)
            until(lambda known=before: len(told) > known, 20)  # type: ignore[misc]
            sleep(number % 3 * 0.17)
            os.killpg(server.pid, signal.SIGKILL)
            for reader in readers:
                reader.join()
    with instance.serving():
        lost = [path for path in told if not get(instance.port, path).is_answered]
    return row(
        f"a server that is killed {rounds} times while permanent copies are saved keeps those that it acknowledged",
        *lost,
        *["nobody could save"] * (not told),
        figure=f"{len(told)} acknowledged",
    )


def _copy(port: int, number: int, reader: int, told: list[str]) -> None:
    """Save permanent copies until the server is gone, ten from each address, which are as many as one may."""
    for turn in range(100):
        path = COPY.format(turn % 11, turn // 11, (EDITORS * number + reader) % 11)
        answer = post(port, path, {}, source=f"127.0.{number + 1}.{10 * reader + turn // 10 + 1}")
        if not answer.status:
            return
        if answer.status == 302:
            told.append(answer.headers["location"])


def _edit(editor: Editor, path: str, number: int, told: dict[str, str], sent: dict[str, set[str]]) -> None:
    """Save the form of a rating again and again until the server is gone."""
    turn = 0
    while True:
        turn += 1
        word = f"Edit {number}-{turn}"
        page = editor.get(path)
        if not page.status:
            return
        sent.setdefault(path, set()).add(word)
        answer = editor.post(path, page.form | {"verdict": [word], "reason": ["The drill."]})
        if answer.status == 200 and 'class="success"' in answer.text:
            told[path] = word
            sent[path].clear()
        elif not answer.status:
            return


def _kill(instance: Instance, moment: float, *arguments: str) -> None:
    """Start a command and kill it so many seconds later, if it has not ended by itself."""
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=instance.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        sleep(moment)
        process.kill()


def _kill_and_count(instance: Instance, moment: float) -> str:
    _kill(instance, moment, "manage.py", "seed")
    return _counts(instance)


def _counts(instance: Instance) -> str:
    return instance.run("manage.py", "shell", "--no-imports", "-c", COUNT).strip()


def _faults(instance: Instance, command: str) -> list[str]:
    try:
        instance.run("manage.py", command)
    except subprocess.CalledProcessError as error:
        return [(error.stderr or error.stdout).strip()[-300:]]
    return []
