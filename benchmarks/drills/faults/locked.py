"""Another program writes to the SQLite file for longer than anybody waits: readers go on, an editor loses nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from threading import Thread
from time import monotonic, sleep

from benchmarks.drills.editor import Editor, Page
from benchmarks.drills.load import get, load
from benchmarks.drills.scene import Row, Scene, at_least, at_most, row
from desk.interrupted import Outcome

from .serving import served

#: Seconds for which the file is locked: longer than a writer waits.
LOCKED = (40, 34)
TYPED = "Typed while the database was locked."


def drill(scene: Scene) -> Iterator[Row]:
    with served(scene) as here:
        port, editor = here.port, Editor.of(here.instance, "editor")
        [path, *_] = editor.ratings()
        form = editor.get(path).form | {"verdict": [TYPED], "reason": ["The drill."]}
        answers: list[Page] = []
        with closing(
            sqlite3.connect(here.place.url.removeprefix("sqlite:///"), isolation_level=None)
        ) as other:
            other.execute("BEGIN IMMEDIATE")
            locked = monotonic()
            writer = Thread(target=lambda: answers.append(editor.post(path, form)))
            with load(lambda: port, [*here.paths, "/admin/login/"]) as requests:
                writer.start()
                sleep(scene.long(*LOCKED))
                new = get(port, "/sources/?q=never-seen-before")
            other.execute("ROLLBACK")
            seconds = monotonic() - locked
        writer.join()
        meant = [each for each in requests if each.began < locked + seconds]
        share = 100 * len([each for each in meant if each.is_answered]) / max(len(meant), 1)
        yield at_least(f"{len(meant)} pages read meanwhile, answered", share, 100, "%")
        yield at_most("the slowest of them", max(each.seconds for each in meant), 2, "s")
        yield row("a page not seen before is answered", *[new] * (not new.is_answered))
        [answer] = answers
        faults = [f"it answered {answer.status}"] * (answer.status != 503)
        faults += ["it does not say that nothing was saved"] * (Outcome.NOTHING.value not in answer.text)
        faults += ["what was typed is lost"] * (answer.form.get("verdict") != [TYPED])
        yield row("the editor is told that nothing was saved, and gets back what was typed", *faults)
        if faults:
            return
        again = editor.post(path, answer.form)
        faults = [f"it answered {again.status}"] * (again.status != 200)
        faults += ["it is not there"] * (editor.get(path).form["verdict"] != [TYPED])
        yield row("sent again, it is saved", *faults)
