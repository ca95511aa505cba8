"""Set up the portal on a database of each kind, and measure groups of figures on it, each by a process of its own."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from time import monotonic

from benchmarks import processes

from .databases import DATABASES, Make
from .plan import LARGE, PLAN
from .table import MeasuredFigure

ROOT = Path(__file__).resolve().parent.parent.parent
#: What may be set outside; nothing else decides what is measured.
PASSED_ON = ("PATH", "HOME", "TMPDIR", "WEB_CONCURRENCY", "KEEP_IN_MEMORY")
#: The database with the content of the fixtures; the others bear the name of the group that measures a topic.
SEED = "seed"
#: Seconds after which the measuring of a group is given up.
PATIENCE = 600


class Site:
    """The portal with its static files and one kind of database, on which groups are measured."""

    def __init__(self, directory: Path, make_database: Make) -> None:
        self.directory, self._make_database = directory, make_database
        self._urls: dict[str, str] = {}

    def measure(self, group: str, effort: str) -> Iterator[MeasuredFigure]:
        """Yield the figures of a group; those that are missing in the end say why."""
        missing = dict.fromkeys(line.key for line in PLAN if line.group == group)
        command = [sys.executable, "-m", "benchmarks.bench.child", group, effort]
        environment = self._environment(group if group in LARGE else SEED)
        deadline = monotonic() + PATIENCE
        with (
            tempfile.TemporaryFile("w+") as errors,
            subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            ) as process,
        ):
            overtime = Timer(PATIENCE, processes.end, [process])
            overtime.start()
            try:
                for line in process.stdout or ():
                    figure = MeasuredFigure(**json.loads(line))
                    missing.pop(figure.key, None)
                    yield figure
            finally:
                overtime.cancel()
                processes.end(process)
            errors.seek(0)
            said = errors.read().splitlines()
        reason = f"not within {PATIENCE} s" if monotonic() > deadline else (said or [""])[-1]
        for key in missing:
            yield MeasuredFigure(key, None, reason[:80])

    def _environment(self, name: str) -> dict[str, str]:
        """Return the environment of a process that measures on this database, which is made at its first use."""
        environment = {key: os.environ[key] for key in PASSED_ON if key in os.environ} | {
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DJANGO_SECRET_KEY": "bench " * 10,
            "PYTEST_VERSION": "none",  # keeps the settings from reading .env
            "VAR_DIR": str(self.directory),
            "LOG_LEVEL": "ERROR",
        }
        if name in self._urls:
            return environment | {"DATABASE_URL": self._urls[name]}
        self._urls[name] = environment["DATABASE_URL"] = self._make_database(name)
        content = ["seed"] if name == SEED else ["make_topic", "--frameworks", name.removeprefix("growth-")]
        for arguments in (["migrate"], ["collectstatic", "--no-input"], content):
            command = [sys.executable, "manage.py", *arguments]
            subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True)
        return environment


@contextmanager
def site(database: str) -> Iterator[Site]:
    """Yield a site on a kind of database; it is gone when the block ends. Raises NoServer."""
    with tempfile.TemporaryDirectory() as place, DATABASES[database](Path(place)) as make:
        yield Site(Path(place), make)
