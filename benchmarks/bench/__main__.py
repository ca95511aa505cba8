"""Measure how fast the portal answers, and print what it reaches: `python -m benchmarks.bench`, or `make bench`.

It makes databases of its own and measures on SQLite and on PostgreSQL, which takes some minutes; with `--large` also
how the portal grows up to 100,000 frameworks, which takes some more. On a busy machine the ratios hold, and the seconds
do not. It needs wrk, and nginx for what is measured behind a proxy.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from time import monotonic

from benchmarks import processes

from .databases import DATABASES, Make, NoServer
from .plan import GROUPS, LARGE, PLAN
from .table import Figure, summary, table

ROOT = Path(__file__).resolve().parent.parent.parent
#: What may be set outside; nothing else decides what is measured.
PASSED_ON = ("PATH", "HOME", "TMPDIR", "WEB_CONCURRENCY", "KEEP_IN_MEMORY")
#: Seconds after which the measuring of a group is given up.
PATIENCE = 600


class Site:
    """The portal with its static files and one kind of database, on which groups are measured."""

    def __init__(self, directory: Path, make_database: Make) -> None:
        self.directory, self._make_database = directory, make_database
        self._urls: dict[str, str] = {}

    def measure(self, group: str, effort: str) -> Iterator[Figure]:
        """Yield the figures of a group; those that are missing in the end say why."""
        missing = dict.fromkeys(line.key for line in PLAN if line.group == group)
        command = [sys.executable, "-m", "benchmarks.bench.child", group, effort]
        environment = self._environment(group if group in LARGE else "seed")
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
                    figure = Figure(**json.loads(line))
                    missing.pop(figure.key, None)
                    yield figure
            finally:
                overtime.cancel()
                processes.end(process)
            errors.seek(0)
            said = errors.read().splitlines()
        reason = f"not within {PATIENCE} s" if monotonic() > deadline else (said or [""])[-1]
        for key in missing:
            yield Figure(key, None, reason[:80])

    def _environment(self, name: str) -> dict[str, str]:
        """Return the environment of a process that measures on this database, which is made at its first use."""
        environment = {key: os.environ[key] for key in PASSED_ON if key in os.environ} | {
            "DJANGO_SETTINGS_MODULE": "benchmarks.bench.settings",
            "DJANGO_SECRET_KEY": "bench " * 10,
            "PYTEST_VERSION": "none",  # keeps the settings from reading .env
            "VAR_DIR": str(self.directory),
            "LOG_LEVEL": "ERROR",
        }
        is_new = name not in self._urls
        if is_new:
            self._urls[name] = self._make_database(name)
        environment["DATABASE_URL"] = self._urls[name]
        if is_new:
            content = (
                ["seed"] if name == "seed" else ["make_topic", "--frameworks", name.removeprefix("growth-")]
            )
            for arguments in (["migrate"], ["collectstatic", "--no-input"], content):
                subprocess.run(
                    [sys.executable, "manage.py", *arguments],
                    cwd=ROOT,
                    env=environment,
                    stdout=subprocess.DEVNULL,
                    check=True,
                )
        return environment


@contextmanager
def site(database: str) -> Iterator[Site]:
    """Yield a site on a kind of database; it is gone when the block ends. Raises NoServer."""
    with tempfile.TemporaryDirectory() as place, DATABASES[database](Path(place)) as make:
        yield Site(Path(place), make)


def say(text: str) -> None:
    """Tell whoever waits how far it is; the table alone is output."""
    print(text, file=sys.stderr, flush=True)


def measure(databases: Sequence[str], groups: Sequence[str], effort: str) -> dict[str, dict[str, Figure]]:
    """Measure these groups on these kinds of databases; return the figures by database and key."""
    figures: dict[str, dict[str, Figure]] = {}
    for database in databases:
        try:
            with site(database) as here:
                figures[database] = {}
                for group in groups:
                    say(f"{database}: {group} …")
                    for figure in here.measure(group, effort):
                        figures[database][figure.key] = figure
        except NoServer:
            say("POSTGRESQL IS MISSING: apt-get install postgresql. Nothing is measured on it.")
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.bench", description="How fast it answers.")
    parser.add_argument("--quick", action="store_true", help="few rounds: to look, not to publish")
    parser.add_argument("--only", action="append", choices=GROUPS, help="this group alone; may be repeated")
    parser.add_argument("--large", action="store_true", help="also grow to 100,000 frameworks")
    parser.add_argument("--database", action="append", choices=DATABASES, help="only on this one")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to FILE as well")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what was started is ended
    if not shutil.which("wrk"):
        say("WRK IS MISSING: apt-get install wrk. What a server answers in a second is not measured.")
    groups = options.only or [group for group in GROUPS if options.large or group not in LARGE]
    lines = [line for line in PLAN if line.group in groups]
    figures = measure(options.database or list(DATABASES), groups, "quick" if options.quick else "full")
    print(table(lines, figures))
    print(f"\n{summary(lines, figures)}")
    if options.json:
        written = {
            database: {key: {"value": figure.value, "note": figure.note} for key, figure in measured.items()}
            for database, measured in figures.items()
        }
        options.json.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
