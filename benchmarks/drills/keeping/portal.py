"""A portal without a server: its commands, its contents as a digest, its exports, and editors who save without a pause.

`python -m benchmarks.drills.keeping.portal edit` is one such editor, and `… export` writes the digest of each export.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from time import monotonic

from benchmarks.instances.instance import ROOT, Instance

DIGEST = re.compile(r"SHA-256 ([0-9a-f]{64})")
#: Seconds that a command may take.
LIMIT = 240


@dataclass(frozen=True)
class Said:
    """What a command said, and its exit code: negative where a signal ended it."""

    code: int
    text: str

    @property
    def last(self) -> str:
        return self.text.strip().rpartition("\n")[2]

    @property
    def digest(self) -> str:
        """Return the digest of the contents that it names; empty if it names none."""
        named = DIGEST.search(self.text)
        return named[1] if named else ""


@dataclass(frozen=True)
class Portal:
    """A portal on one database."""

    var: Path
    url: str

    @property
    def environment(self) -> Mapping[str, str]:
        return Instance(ROOT / "fixtures", self.var, 8000, self.url).environment

    def manage(
        self, *arguments: str, kill_after: float | None = None, limited: Callable[[], None] | None = None
    ) -> Said:
        """Run a command, and kill it after so many seconds if it has not ended. `limited` limits its process."""
        self.var.mkdir(exist_ok=True)
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=limited,  # noqa: PLW1509 - this process has one thread
        )
        try:
            text, _ = process.communicate(timeout=kill_after or LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            text, _ = process.communicate()
        return Said(process.returncode, text)

    def fill(self) -> None:
        """Make the tables and load the shipped content. Raises RuntimeError with what was said."""
        for command in ("migrate", "seed"):
            if (said := self.manage(command)).code:
                raise RuntimeError(said.last)

    def exports(self) -> str:
        """Return the digest of the export of each kind of fact, a line for each."""
        return subprocess.run(
            [sys.executable, "-m", __name__, "export"],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=LIMIT,
        ).stdout

    @contextmanager
    def editors(self, count: int) -> Iterator[list["Editing"]]:
        """Have so many editors save until the block ends; the list is filled by then."""
        command = [sys.executable, "-m", __name__, "edit"]
        outcomes: list[Editing] = []
        processes = [
            subprocess.Popen(
                [*command, str(number)], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, text=True
            )
            for number in range(count)
        ]
        try:
            for process in processes:
                if process.stdout:
                    process.stdout.readline()  # its first edit
            yield outcomes
        finally:
            for process in processes:
                process.send_signal(signal.SIGTERM)
            for process in processes:
                text, _ = process.communicate(timeout=60)
                outcomes.append(Editing(*map(float, text.split()[-2:])) if text else Editing(0, float("inf")))


@dataclass(frozen=True)
class Editing:
    """How many edits an editor had acknowledged, and the seconds that the slowest of them took."""

    edits: float
    slowest: float


def edit(number: int) -> None:
    """Add words to ratings until a signal ends it; write how many, and how long the slowest took."""
    from benchmarks.writers import add_word
    from frameworks.models import Rating

    is_over = False

    def end(*_: object) -> None:
        nonlocal is_over
        is_over = True

    signal.signal(signal.SIGTERM, end)
    ratings = list(Rating.objects.order_by("pk").values_list("pk", flat=True)[:5])
    edits, slowest = 0, 0.0
    while not is_over:
        began = monotonic()
        add_word(f"{number}-{edits}", ratings[(number + edits) % len(ratings)])
        slowest = max(slowest, monotonic() - began)
        edits += 1
        if edits == 1:
            print("begun", flush=True)
    print(edits, slowest)


def export() -> None:
    """Write the digest of the export of each kind of fact."""
    from frameworks.tables import sheets
    from frameworks.tables.kinds import KINDS

    for kind in KINDS:
        print(kind, sha256(sheets.write(KINDS[kind].sheet(), "csv")).hexdigest())


def main(action: str, number: str = "0") -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    if action == "edit":
        edit(int(number))
    else:
        export()


if __name__ == "__main__":
    main(*sys.argv[1:])
