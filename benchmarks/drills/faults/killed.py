"""Commands and servers are killed while they write: all of it is there or nothing, and what was acknowledged is."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from threading import Thread
from time import sleep

from benchmarks.drills.databases import database
from benchmarks.drills.editor import Editor
from benchmarks.drills.scene import Row, Scene, row
from benchmarks.instances.instance import ROOT, Instance
from benchmarks.processes import free_port

EDITORS = 3
#: Seconds after which a command is killed, each in turn, from when it has read its modules.
MOMENTS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
COUNT = (
    "from frameworks.models import Framework, Revision;"
    " print(Framework.objects.count(), Revision.objects.count())"
)


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
        yield row("the history replays to the facts", *_faults_of_history(instance))
        yield from _edits(instance, scene.long(10, 4))
        yield row("the history replays to the facts after these edits", *_faults_of_history(instance))


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


def _faults_of_history(instance: Instance) -> list[str]:
    try:
        instance.run("manage.py", "verify_history")
    except subprocess.CalledProcessError as error:
        return [(error.stderr or error.stdout).strip()[-300:]]
    return []
