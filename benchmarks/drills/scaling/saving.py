"""What both drills share: instances with further settings, and editors whose edits readers see soon."""

from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

from benchmarks.drills.editor import Editor
from benchmarks.drills.load import get
from benchmarks.drills.scene import Scene
from benchmarks.instances.instance import ROOT, Instance
from benchmarks.processes import free_port

PROCESSES = 3
#: The page on which readers see edits.
CHANGES = "/changes/"
#: Addresses that nobody has seen, so that the database is read for each.
UNSEEN = tuple(f"/sources/?q=nobody-has-seen-{number}" for number in range(20_000))


@dataclass(frozen=True)
class SetInstance(Instance):
    """An instance with settings besides those that each has."""

    settings: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return {**super().environment, **self.settings}


def instance(scene: Scene, database: str, folder: str = "var", **settings: str) -> SetInstance:
    """Return an instance with three processes on this database."""
    var = scene.directory / folder
    var.mkdir(exist_ok=True)
    return SetInstance(ROOT / "fixtures", var, free_port(), database, PROCESSES, settings)


@dataclass(frozen=True)
class Saved:
    """An edit: its words, and when the editor was answered, by the monotonic clock."""

    words: str
    at: float


class _Staying(HTTPRedirectHandler):
    """Takes a redirect for the answer: what it leads to takes longer than the edit."""

    def redirect_request(self, *_: Any) -> None:
        return None


def save(editor: Editor, path: str, words: str) -> Saved:
    """Have an editor save these words as the verdict of the rating whose form this is."""
    form = editor.get(path).form | {"verdict": [words], "reason": ["The drill."]}
    cookies = [each for each in vars(editor.browser)["handlers"] if isinstance(each, HTTPCookieProcessor)]
    Editor(editor.site, build_opener(_Staying(), *cookies)).post(path, form)
    return Saved(words, monotonic())


def unseen_for(port: int, saved: Saved, *, seconds: float = 2) -> float:
    """Ask for so many seconds, and return how long after an edit the last request began whose answer did not have it;
    infinity if that is the last of all."""
    words, last, is_seen, end = saved.words.encode(), 0.0, False, monotonic() + seconds
    while (began := monotonic()) < end:
        if not (is_seen := words in get(port, CHANGES).content):
            last = began - saved.at
        sleep(0.01)
    return last if is_seen else float("inf")
