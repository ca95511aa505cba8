"""Save a word more in the rationale of a rating, by its form or by the grid, as often as it takes."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from benchmarks.drills.editor import RATINGS, Editor, Page
from desk.editing.conflicts import CHANGED, CHANGED_ELSEWHERE
from desk.editing.edit import SAVED_BEFORE
from tests.desk.reading import Data

GRID = f"{RATINGS}matrix/"
#: How often an edit is sent before its editor gives up.
ATTEMPTS = 60


@dataclass
class Work:
    """What became of an editor's edits: the words that were acknowledged, and what the answers said otherwise."""

    acknowledged: list[str] = field(default_factory=list)
    conflicts: int = 0
    again: int = 0
    faults: list[str] = field(default_factory=list)


Save = Callable[[Editor, str, str, Work], bool]
"""Tries to add a word to the rating with this form once; returns whether it was acknowledged."""


def by_form(editor: Editor, path: str, word: str, work: Work) -> bool:
    form = editor.get(path).form
    typed = f"{form['rationale'][0]} {word}"
    changes = {"rationale": [typed], "reason": ["The drill."], "_continue": ["1"]}
    answer = editor.post(path, form | changes)
    for _ in range(ATTEMPTS):
        if answer.status != 503 or word not in answer.text:
            break
        work.again += 1
        answer = editor.post(path, answer.form)
    if is_saved(answer):
        return True
    if not is_conflict(answer):
        work.faults.append(f"the form answered {answer.status} without words")
    elif word not in answer.text:
        work.faults.append(f"{word} is lost in a conflict")
    work.conflicts += 1
    return False


def by_grid(editor: Editor, path: str, word: str, work: Work) -> bool:
    form = editor.get(path).form
    body = grid_changes(form, rationale=f"{form['rationale'][0]} {word}")
    for _ in range(ATTEMPTS):
        answer = editor.post(GRID, body, "application/json")
        if answer.status != 503:
            break
        work.again += 1
    outcome = outcome_of(answer)
    if outcome.get("outcome") in {"saved", "same"}:
        return True
    if outcome.get("outcome") != "conflict":
        work.faults.append(f"the grid answered {answer.status}: {answer.text[:100]}")
    elif not outcome["mine"]["rationale"].endswith(word) or not outcome["who"]:
        work.faults.append(f"{word} is lost in a conflict of the grid")
    work.conflicts += 1
    return False


def grid_changes(form: Data, **fields: object) -> Data:
    """Return what the grid sends to change these fields of the rating whose form this is."""
    seen, _, key = form["seen"][0].partition(":")
    framework, _, criterion = key.partition("/")
    change = {"framework": framework, "criterion": criterion, "seen": int(seen), **fields}
    changes = {"reason": "The drill.", "ratings": [change], "claims": []}
    return {"csrfmiddlewaretoken": form["csrfmiddlewaretoken"], "changes": [json.dumps(changes)]}


def outcome_of(answer: Page) -> dict[str, Any]:
    """Return what the grid says of the one change that was sent; nothing where it says something else."""
    try:
        [outcome] = json.loads(answer.text)["outcomes"]
    except (ValueError, KeyError, TypeError):
        return {}
    return dict(outcome)


def is_saved(answer: Page) -> bool:
    return answer.status == 200 and ('class="success"' in answer.text or SAVED_BEFORE in answer.text)


def is_conflict(answer: Page) -> bool:
    """Return whether the page says that somebody, or the editor elsewhere, was faster."""
    return any(words[:40] in answer.text for words in (CHANGED, CHANGED_ELSEWHERE))


def write(editor: Editor, number: int, edits: int, paths: list[str], ways: list[Save]) -> Work:
    """Make one editor's edits, in one rating after the other and by each way in turn."""
    work = Work()
    for turn in range(edits):
        word, way = f"w{number}-{turn}", ways[(number + turn) % len(ways)]
        path = paths[(number + turn // len(ways)) % len(paths)]
        if any(way(editor, path, word, work) for _ in range(ATTEMPTS)):
            work.acknowledged.append(word)
        else:
            work.faults.append(f"{word} could not be saved")
    return work
