"""The clock jumps, forth and back: pages stay current, limits and sessions behave, the history stays in its order."""

import json
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from time import time

from benchmarks.drills.databases import database
from benchmarks.drills.editing.saving import is_saved
from benchmarks.drills.editor import LOGIN, Editor
from benchmarks.drills.faults.serving import PATHS
from benchmarks.drills.keeping.portal import Portal
from benchmarks.drills.load import get, post, until
from benchmarks.drills.scene import Row, Scene, row
from benchmarks.instances.instance import ROOT, Instance
from benchmarks.processes import free_port
from desk.accounts.held_posts import SIGNED_OUT

HOUR = 3_600  # seconds
DAY = 24 * HOUR
#: How far the clock is off, in turn.
JUMPS = (0, HOUR, 0, -HOUR, 0)
MORE_JUMPS = (DAY, -DAY, 400 * DAY, 0)
#: Seconds within which an edit shows.
LIMIT = 3
REPORT = "/frameworks/django/performance/objection/"


class ClockedInstance(Instance):
    """An instance whose clock can be put."""

    @property
    def environment(self) -> dict[str, str]:
        folder = Path(__file__).parent / "clocked"
        return {**super().environment, "PYTHONPATH": str(folder), "CLOCK": str(self.var / "clock")}

    def put_clock(self, seconds: int) -> None:
        """Put the clock so many seconds ahead, or behind if they are negative."""
        draft = self.var / "clock.new"
        draft.write_text(str(seconds))
        draft.replace(self.var / "clock")


def drill(scene: Scene) -> Iterator[Row]:
    with database(scene) as place:
        var = scene.directory / "var"
        var.mkdir(exist_ok=True)
        instance = ClockedInstance(ROOT / "fixtures", var, free_port(), place.url, 2)
        instance.put_clock(0)
        with instance.running():
            editor = Editor.of(instance, "editor")
            path = editor.ratings()[0]
            yield from _edits(instance, editor, path, [*JUMPS, *(MORE_JUMPS if scene.is_long else ())])
            yield _limit(instance)
            yield _session(instance, editor, path)
            yield _lock(instance)
        said = Portal(var, place.url).manage("fsck")
        yield row("fsck finds nothing", *[said.last] * bool(said.code))


def _edits(instance: ClockedInstance, editor: Editor, path: str, jumps: list[int]) -> Iterator[Row]:
    """Edit a rating after each jump, and look whether pages show it."""
    _, _, key = editor.get(path).form["seen"][0].partition(":")
    framework, _, criterion = key.partition("/")
    page, history = f"/frameworks/{framework}/", f"/frameworks/{framework}/{criterion}/history/"
    failed: list[str] = []
    late: list[str] = []
    number = 0
    for turn, seconds in enumerate(jumps):
        instance.put_clock(seconds)
        at = f"{seconds:+d} s"
        answers = [get(instance.port, each) for each in PATHS]
        failed += [f"{each} at {at}" for each in answers if not each.is_answered]
        off = parsedate_to_datetime(answers[-1].headers["date"]).timestamp() - time() - seconds
        failed += [f"the clock is {off:.0f} s off at {at}"] * (abs(off) > 60)
        verdict = f"Edited in turn {turn}"
        changes = {"verdict": [verdict], "reason": ["The drill."], "_continue": ["1"]}
        saved = editor.post(path, editor.get(path).form | changes)
        failed += [f"an edit answered {saved.status} at {at}"] * (not is_saved(saved))
        late += [f"{shown} at {at}" for shown in (page, history) if not _shows(instance, shown, verdict)]
        number, before = _newest(instance, number), number
        late += [f"/matrix.json names revision {number} at {at}"] * (number == before)
    yield row(f"the clock is put {len(jumps)} times: pages answer, and edits are saved", *failed)
    yield row("each edit shows, and the file names the newest revision", *late)

    def is_in_order() -> bool:
        text = get(instance.port, history).content.decode()
        places = [text.find(f"Edited in turn {turn}") for turn in reversed(range(len(jumps)))]
        return places == sorted(places) and -1 not in places

    # The process that answers may be another than the one that has shown the last edit, and has a second to see it.
    is_late = until(is_in_order, LIMIT) > LIMIT
    yield row("the history of the score is in the order of the edits, newest first", *["it is not"] * is_late)


def _newest(instance: Instance, number: int) -> int:
    """Return the number of the newest revision as the file names it, or soon does; `number` where none is newer."""
    named = [number]

    def is_newer() -> bool:
        named.append(int(json.loads(get(instance.port, "/matrix.json").content)["revision"]["number"]))
        return named[-1] > number

    until(is_newer, LIMIT)
    return max(named)


def _shows(instance: Instance, path: str, words: str) -> bool:
    """Return whether a page shows these words, or does so soon."""
    return until(lambda: words.encode() in get(instance.port, path).content, LIMIT) <= LIMIT


def _limit(instance: ClockedInstance) -> Row:
    """Send reports from one address until there are too many, and go on after jumps."""
    faults: list[str] = []
    number = 0

    def statuses(count: int) -> list[int]:
        nonlocal number
        sent = []
        for _ in range(count):
            number += 1
            form = {"text": [f"This is report number {number} of the drill."], "token": [_token(instance)]}
            sent.append(post(instance.port, REPORT, form, source="127.0.0.9"))
        faults.extend(
            f"told to wait {each.headers['retry-after']} s"
            for each in sent
            if int(each.headers.get("retry-after", 0)) > 2 * HOUR + 1
        )
        return [each.status for each in sent]

    for seconds, expected in (
        (0, [302] * 5 + [429]),
        (HOUR + 60, [302] * 5 + [429]),
        (0, [429]),  # the clock is back, and the limit was used up an hour later
        (2 * HOUR + 120, [302]),
        (0, [429]),
        (400 * DAY, [302] * 5 + [429]),
        (3 * HOUR + 180, [302]),  # reports that are dated next year block nobody until then
    ):
        instance.put_clock(seconds)
        if (found := statuses(len(expected))) != expected:
            faults.append(f"at {seconds:+d} s {found}, not {expected}")
    return row("five reports an hour are taken, and nobody waits for more than two hours", *faults)


def _token(instance: ClockedInstance) -> str:
    text = get(instance.port, REPORT).content.decode()
    return text.partition('name="token" value="')[2].partition('"')[0]


def _session(instance: ClockedInstance, editor: Editor, path: str) -> Row:
    """Save after a jump over the end of the session."""
    instance.put_clock(0)
    editor.sign_in("editor")
    typed = {"verdict": ["Typed"], "reason": ["The drill."], "_continue": ["1"]}
    form = editor.get(path).form
    instance.put_clock(13 * HOUR)
    asked = editor.post(path, form | typed)
    faults = ["it does not say that nothing was saved"] * (SIGNED_OUT not in asked.text)
    opened = editor.sign_in("editor", asked.form)
    faults += ["what was typed is lost"] * (opened.form.get("verdict") != ["Typed"])
    instance.put_clock(0)
    saved = editor.post(path, opened.form | typed)
    faults += [f"saving it answered {saved.status}"] * (not is_saved(saved))
    return row(
        "a session that ends by a jump costs nothing that was typed, and a new one stays",
        *faults,
    )


def _lock(instance: ClockedInstance) -> Row:
    """Guess a password while the clock is ahead, and sign in once it has been put back."""
    editor = Editor(instance.address, instance.browser())
    instance.put_clock(HOUR)
    guess = {"username": ["editor"], "password": ["a guess"]}
    statuses = [editor.post(LOGIN, editor.get(LOGIN).form | guess).status for _ in range(5)]
    faults = [f"five guesses are answered {statuses}"] * (statuses != [200] * 4 + [429])
    instance.put_clock(0)
    opened = editor.sign_in("editor")
    faults += [f"signing in is answered {opened.status}"] * (opened.status != 200)
    return row("a lock from while the clock was ahead ends when it is put back", *faults)
