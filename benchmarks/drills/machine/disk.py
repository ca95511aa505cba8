"""The disk is full, or read-only: readers go on, what cannot be saved is told and comes back, nothing is half done."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from shutil import chown

from benchmarks.drills.editing.saving import GRID, grid_changes, is_saved, outcome_of
from benchmarks.drills.editor import Editor, Page
from benchmarks.drills.faults.serving import PATHS
from benchmarks.drills.keeping.portal import Portal
from benchmarks.drills.load import get
from benchmarks.drills.postgres import postgresql
from benchmarks.drills.scene import POSTGRESQL, Row, Scene, row
from benchmarks.drills.tables import write_ratings
from benchmarks.instances.instance import ROOT, Instance
from benchmarks.processes import free_port
from desk.interrupted import Outcome
from tests.desk.reading import Data

from .mounts import READ_ONLY_BUT_MOUNTED, disk, full, own_mounts, read_only

MEGABYTES = 200
REPORT = "/frameworks/django/performance/objection/"
COPY = "/compare/django-vs-flask/freeze/?w-performance=9"
UNSEEN = ("/sources/?q=never-seen-before", "/?w-performance=3&w-security=8", "/matrix.csv?w-performance=4")
#: What does not fit into what is left in the files of a database, nor becomes small.
LONG = Random(7).randbytes(150_000).hex()  # noqa: S311 - nothing is kept secret with it


class ReadOnlyInstance(Instance):
    """An instance that can write to its own disk alone."""

    @property
    def launcher(self) -> list[str]:
        return READ_ONLY_BUT_MOUNTED


def drill(scene: Scene) -> Iterator[Row]:
    try:
        own_mounts()
    except OSError as error:
        yield row("a small disk can be mounted", f"MOUNTS ARE REFUSED ({error.strerror}): run it as root")
        return
    with disk(scene.directory / "disk", MEGABYTES) as small, _on_disk(scene, small) as url:
        instance = Instance(ROOT / "fixtures", small / "var", free_port(), url, 2)
        portal = Portal(instance.var, url)
        with instance.running():
            yield from _full(scene, instance, portal, small)
        yield _sound(portal, "when there was room again")
        confined = ReadOnlyInstance(ROOT / "fixtures", small / "var", free_port(), url, 2)
        with confined.running():
            yield _confined(confined)
        yield _sound(portal, "after that")
        with read_only(instance.var):
            said = portal.manage("check")
            yield row(
                "if not even VAR_DIR can be written, the start says so", *_wordless([said.text], said.code)
            )


@contextmanager
def _on_disk(scene: Scene, small: Path) -> Iterator[str]:
    """Make a database on this disk, and yield its address. Of PostgreSQL the tables are there, not its log."""
    if scene.database != POSTGRESQL:
        yield f"sqlite:///{small}/drill.sqlite3"
        return
    scene.directory.chmod(0o711)
    with postgresql() as server:
        tables = small / "tables"
        tables.mkdir()
        chown(tables, server.data.stat().st_uid)
        url = server.make("drill")
        with server.connect() as connection:
            connection.execute(f"CREATE TABLESPACE small LOCATION '{tables}'".encode())
            connection.execute("ALTER DATABASE drill SET TABLESPACE small")
        yield url


def _full(scene: Scene, instance: Instance, portal: Portal, small: Path) -> Iterator[Row]:
    editor, stranger, port = Editor.of(instance, "editor"), Editor.of(instance, "stranger"), instance.port
    path, other, *_ = editor.ratings()
    form = editor.get(path).form | {"rationale": [LONG], "reason": ["The drill."], "_continue": ["1"]}
    in_grid = grid_changes(editor.get(other).form, rationale=LONG)
    report = stranger.get(REPORT).form | {"text": ["Reported while the disk was full."]}
    table = scene.directory / "ratings.csv"
    write_ratings(instance, table, rationale=LONG[:20_000])
    comparison = scene.directory / "comparison.csv"
    comparison.write_text("Name,Speed\nOne,fast\nTwo,slow\n")
    seen = [path for path in PATHS if get(port, path).is_answered]
    with full(small):
        before = {each.name for each in small.iterdir()}
        answers = [get(port, path) for path in (*seen, *UNSEEN)]
        yield row(
            f"with a full disk {len(answers)} pages are read",
            *[each for each in answers if not each.is_answered],
        )
        told = editor.post(path, form)
        faults = [f"it answered {told.status}"] * (told.status != 503)
        faults += ["it does not say that nothing was saved"] * (Outcome.NOTHING.value not in told.text)
        faults += ["what was typed is lost"] * (told.form.get("rationale") != [LONG])
        answer = editor.post(GRID, in_grid, "application/json")
        faults += [f"the grid answered {answer.status}"] * (Outcome.NOTHING.value not in answer.text)
        yield row("an editor is told that nothing was saved, and gets back what was typed", *faults)
        sent: list[tuple[str, Data, Page]] = [
            (at, data, stranger.post(at, data)) for at, data in ((REPORT, report), (COPY, {}))
        ]
        lost = [
            f"{at} answered {page.status}"
            for at, data, page in sent
            if page.status != 200 and (page.status != 503 or page.form != data)
        ]
        yield row("what a reader sends is taken, or comes back", *lost)
        signing_in = stranger.sign_in("stranger")
        asked = [
            *map(editor.get, ("/admin/", "/admin/status/", path, "/admin/frameworks/rating/export/xlsx/"))
        ]
        wrong = [
            f"{each.status}: {each.text[:100]}"
            for each in [*asked, signing_in]
            if each.status not in {200, 503}
        ]
        yield row("the desk opens, or says why not", *wrong)
        commands = (
            ("backup", str(small / "all.zip")),
            ("import_facts", "rating", str(table), "--reason", "The drill."),
            ("export_facts", "rating", str(small / "ratings.csv")),
            ("new_topic", str(small / "topic")),
            ("import_table", str(comparison), "--into", str(small / "drafted")),
        )
        said = [(name, portal.manage(name, *arguments)) for name, *arguments in commands]
        wrong = [f"{name}: {fault}" for name, each in said for fault in _wordless([each.text], each.code)]
        left = [f"{each.name} is there" for each in small.iterdir() if each.name not in before]
        yield row("commands say that there is no room, and leave nothing behind", *wrong, *left)
    again = editor.post(path, told.form | {"_continue": ["1"]})
    faults = [f"the form answered {again.status}"] * (not is_saved(again))
    outcome = outcome_of(editor.post(GRID, in_grid, "application/json")).get("outcome")
    faults += [f"the grid said {outcome}"] * (outcome != "saved")
    faults += [
        f"{at} answered {page.status}"
        for at, data, _ in sent
        if (page := stranger.post(at, data)).status != 200
    ]
    yield row("with room again all of it is saved when it is sent again, without a restart", *faults)


def _confined(instance: Instance) -> Row:
    """Do what writes something where nothing but the own disk can be written."""
    editor = Editor.of(instance, "confined")
    path = editor.ratings()[2]
    saved = editor.post(
        path, editor.get(path).form | {"verdict": ["Confined"], "reason": ["The drill."], "_continue": ["1"]}
    )
    faults = [f"an edit answered {saved.status}"] * (not is_saved(saved))
    report = editor.get(REPORT).form | {"text": ["Reported from a disk that is read-only."]}
    asked = {
        "a report": editor.post(REPORT, report),
        "a permanent copy": editor.post(f"{COPY}&w-security=1", {}),
        "an export": editor.get("/admin/frameworks/rating/export/xlsx/"),
        "the front page": editor.get("/"),
    }
    faults += [f"{what} answered {page.status}" for what, page in asked.items() if page.status != 200]
    return row("with all but VAR_DIR read-only, all of this works", *faults)


def _wordless(texts: list[str], code: int) -> list[str]:
    """Return what is wrong with what a command said that could not do its work."""
    faults = ["it says that it was done"] * (code == 0)
    return faults + [text.strip()[-200:] for text in texts if "Traceback" in text]


def _sound(portal: Portal, when: str) -> Row:
    said = portal.manage("fsck")
    return row(f"fsck finds nothing {when}", *[said.last] * bool(said.code))
