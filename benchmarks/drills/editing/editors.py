"""Sixteen editors save at once, by form and grid, and one sends things twice or when the session has ended.

What is acknowledged is there and in the history, once; whatever is not saved is told, and still in the form.
"""

import json
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from benchmarks.drills.databases import database
from benchmarks.drills.editor import Editor, Page
from benchmarks.drills.scene import Row, Scene, row
from benchmarks.instances.instance import ROOT, Instance
from benchmarks.processes import free_port
from desk.accounts.held_posts import KEPT, SIGNED_OUT
from desk.editing.edit import SAVED_BEFORE

from .saving import GRID, Work, by_form, by_grid, grid_changes, is_conflict, is_saved, outcome_of, write

PROCESSES, EDITORS, HOT = 3, 16, 8
#: Edits of each editor, in the long form and in the short one.
EDITS = (250, 4)
ADD = "/admin/frameworks/framework/add/"


def drill(scene: Scene) -> Iterator[Row]:
    with database(scene) as place:
        instance = Instance(ROOT / "fixtures", scene.directory / "var", free_port(), place.url, PROCESSES)
        with instance.running():
            editors = Editor.all_of(instance, [f"editor-{number}" for number in range(EDITORS)])
            paths = editors[0].ratings()
            yield from _at_once(instance, editors, paths[:HOT], scene.long(*EDITS))
            yield from _twice(editors[0], paths[HOT])
            yield _two_tabs(editors[1], paths[HOT + 1])
            yield _session_ends(editors[2], "editor-2", paths[HOT + 2])
        yield row("fsck finds nothing", *_unsound(instance))


def _at_once(instance: Instance, editors: Sequence[Editor], paths: list[str], edits: int) -> Iterator[Row]:
    pool = ThreadPoolExecutor(len(editors))
    try:
        begin = partial(write, edits=edits, paths=paths, ways=[by_form, by_grid])
        works: list[Work] = list(pool.map(begin, editors, range(len(editors))))
    finally:
        pool.shutdown(wait=False)  # whoever breaks it off does not wait for all edits
    acknowledged = Counter(word for work in works for word in work.acknowledged)
    found = json.loads(
        instance.run("-m", f"{__package__}.recorded", DJANGO_SETTINGS_MODULE="config.settings")
    )
    stored, recorded = Counter(found["stored"]), Counter(found["recorded"])
    lost = [f"{word} is not there once" for word in acknowledged if stored[word] != 1 or recorded[word] != 1]
    unknown = [f"{word} is there and was not acknowledged" for word in stored - acknowledged]
    numbers = acknowledged.total(), stored.total(), found["steps"]
    unequal = ["acknowledged, stored and recorded differ"] * (len(set(numbers)) > 1)
    yield row(
        f"{len(editors)} editors × {edits} edits by form and grid: each is stored and in the history, once",
        *lost,
        *unknown,
        *unequal,
        figure="{} acknowledged, {} stored, {} in the history".format(*numbers),
    )
    conflicts, again = sum(work.conflicts for work in works), sum(work.again for work in works)
    yield row(
        "conflicts are told in words, and have what was typed",
        *[fault for work in works for fault in work.faults],
        *["there was none"] * (not conflicts),
        figure=f"{conflicts} conflicts, {again} sent again after a 503",
    )


def _twice(editor: Editor, path: str) -> Iterator[Row]:
    """Send the same form twice: by a double click, and after going back."""
    form = editor.get(path).form | {"verdict": ["Clicked twice"], "reason": ["The drill."], "_save": ["1"]}
    before = _version(form)
    answers = [*_clicked_twice(editor, path, form), editor.post(path, form)]
    faults = [f"it answered {each.status}" for each in answers if not is_saved(each)]
    faults += ["it does not say that it was saved before"] * (SAVED_BEFORE not in answers[-1].text)
    faults += _written(editor, path, "Clicked twice", before + 1)
    yield row("a double click on Save, and Back and Save once more, write once", *faults)

    form = editor.get(path).form
    body = grid_changes(form, verdict="Clicked in the grid")
    answers = [*_clicked_twice(editor, GRID, body, "application/json")]
    answers.append(editor.post(GRID, body, "application/json"))
    outcomes = sorted(str(outcome_of(each).get("outcome")) for each in answers)
    faults = [", ".join(outcomes)] * (outcomes != ["same", "same", "saved"])
    faults += _written(editor, path, "Clicked in the grid", before + 2)
    yield row("a double click in the grid, and the same sent once more, write once", *faults)

    new = {"name": ["Drilled"], "slug": ["drilled"], "reason": ["The drill."], "_save": ["1"]}
    form = editor.get(ADD).form | new
    answers = [*_clicked_twice(editor, ADD, form), editor.post(ADD, form)]
    faults = [f"it answered {each.status}: {_errors(each)}" for each in answers if not is_saved(each)]
    yield row("something new that is sent three times is added once", *faults)


def _two_tabs(editor: Editor, path: str) -> Row:
    """Save another value in each of two tabs, of which both were open before."""
    changes = {"reason": ["The drill."], "_continue": ["1"]}
    first, second = (editor.get(path).form | changes for _ in range(2))
    before = _version(first)
    saved = editor.post(path, first | {"verdict": ["In the first tab"]})
    told = editor.post(path, second | {"verdict": ["In the second tab"]})
    faults = [f"the first answered {saved.status}"] * (not is_saved(saved))
    faults += ["the second is not told"] * (not is_conflict(told))
    faults += ["what was typed in the second is lost"] * ("In the second tab" not in told.text)
    faults += _written(editor, path, "In the first tab", before + 1)
    over = editor.post(path, told.form | {"reason": ["The drill."], "_save": ["1"]})
    faults += [f"saving over it answered {over.status}"] * (not is_saved(over))
    faults += _written(editor, path, "In the second tab", before + 2)
    return row("of two tabs the second is told, and can be saved over the first", *faults)


def _session_ends(editor: Editor, name: str, path: str) -> Row:
    """Save after the session has ended meanwhile, by form and by grid."""
    form = editor.get(path).form
    before = _version(form)
    typed = {"verdict": ["Typed meanwhile"], "reason": ["The drill."], "_continue": ["1"]}
    editor.post("/admin/logout/", {"csrfmiddlewaretoken": form["csrfmiddlewaretoken"]})
    in_grid = editor.post(GRID, grid_changes(form, verdict="Unseen"), "application/json")
    faults = ["the grid says that it was saved"] * bool(outcome_of(in_grid))
    sign_in = editor.post(path, form | typed)
    faults += [f"it answered {sign_in.status}"] * (sign_in.status != 403)
    faults += ["it does not say that nothing was saved"] * (SIGNED_OUT not in sign_in.text)
    opened = editor.sign_in(name, sign_in.form)
    faults += ["the form does not say that nothing is lost"] * (KEPT not in opened.text)
    faults += ["what was typed is lost"] * (opened.form.get("verdict") != typed["verdict"])
    faults += _written(editor, path, form["verdict"][0], before)
    saved = editor.post(path, opened.form | typed)
    faults += [f"saving it answered {saved.status}"] * (not is_saved(saved))
    faults += _written(editor, path, "Typed meanwhile", before + 1)
    body = grid_changes(editor.get(path).form, verdict="Typed in the grid")
    faults += ["the grid does not save"] * (
        outcome_of(editor.post(GRID, body, "application/json")).get("outcome") != "saved"
    )
    return row("a session that ends in between: nothing typed is lost, nothing is saved unseen", *faults)


def _clicked_twice(
    editor: Editor, path: str, form: dict[str, list[str]], accept: str = "text/html"
) -> list[Page]:
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(lambda _: editor.post(path, form, accept), range(2)))


def _version(form: dict[str, list[str]]) -> int:
    return int(form["seen"][0].partition(":")[0])


def _written(editor: Editor, path: str, verdict: str, version: int) -> list[str]:
    """Return what is not so of the verdict and the version of the rating."""
    form = editor.get(path).form
    wrong = [f"the verdict is {form['verdict'][0]!r}"] * (form["verdict"] != [verdict])
    return wrong + [f"it is at version {_version(form)}, not {version}"] * (_version(form) != version)


def _errors(answer: Page) -> str:
    return answer.text.partition("errorlist")[2][:200]


def _unsound(instance: Instance) -> list[str]:
    try:
        instance.run("manage.py", "fsck")
    except subprocess.CalledProcessError as error:
        return [str(error.stderr).strip()[-300:]]
    return []
