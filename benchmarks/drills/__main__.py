"""Run the drills and print a table with PASS or FAIL in each row: `make drills`, or some by name.

`python -m benchmarks.drills outage frozen` runs these two, `--long` in their long form, `--list` names all. Each drill
starts servers of its own on ports of this machine, in folders of its own, and ends them; a drill that takes longer than
it may has failed. The exit code is 1 if any row failed.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Timer
from time import monotonic

from benchmarks.processes import break_off_at_signals, descendants
from tests.postgres import programs

from .plan import BY_NAME, DRILLS, Drill
from .scene import DATABASES, POSTGRESQL, Row

ROOT = Path(__file__).resolve().parent.parent.parent
#: Seconds that a drill may take to end what it has started.
TO_END = 30


def rows(drill: Drill, database: str, *, is_long: bool) -> Iterator[Row]:
    """Run a drill in a process of its own; yield its rows, and a failed one if it breaks off or takes too long."""
    limit = drill.long_limit if is_long else drill.limit
    with (
        tempfile.TemporaryDirectory(prefix="drill-") as directory,
        tempfile.TemporaryFile("w+") as trouble,
        subprocess.Popen(
            _command(drill, database, "long" if is_long else "short"),
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "TMPDIR": directory},
            stdout=subprocess.PIPE,
            stderr=trouble,
            text=True,
        ) as process,
    ):
        Path(directory).chmod(0o1777)  # As /tmp: PostgreSQL is another user, and removes its folder there.
        late = Timer(limit, _end, [process])
        start = monotonic()
        late.start()
        try:
            for line in process.stdout or ():
                yield _read(line)
            code = process.wait()
        finally:
            late.cancel()
            _end(process)
        if monotonic() - start >= limit:
            yield Row(f"the whole of it, at most {limit} s", is_passed=False, figure="it was broken off")
        elif code:
            trouble.seek(0)
            [*_, last] = ["it said nothing", *trouble.read().split("\n")[-6:-1]]
            yield Row("the whole of it", is_passed=False, figure=last)


def _end(process: subprocess.Popen[str]) -> None:
    """End a drill, which ends what it has started. What is late is killed, and everything that it has started."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(TO_END)
        return
    for pid in [process.pid, *descendants(process.pid)]:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _command(drill: Drill, database: str, form: str) -> list[str]:
    return [sys.executable, "-m", f"{__package__}.child", drill.name, database, form]


def _read(line: str) -> Row:
    try:
        return Row(**json.loads(line))
    except (ValueError, TypeError):
        return Row("its rows can be read", is_passed=False, figure=line.strip())


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.drills",
        description="Breaks things on purpose and checks what readers and editors get meanwhile.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="these drills alone; all without a name")
    parser.add_argument("--list", action="store_true", help="name the drills and run none")
    parser.add_argument("--long", action="store_true", help="in their long form, which takes an hour or so")
    parser.add_argument("--database", action="append", choices=DATABASES, help="only on this one")
    options = parser.parse_args()
    if unknown := sorted(set(options.names) - BY_NAME.keys()):
        parser.error(f"there is no drill called {', '.join(unknown)}; --list names all.")
    chosen = [BY_NAME[name] for name in options.names] or list(DRILLS)
    if options.list:
        for drill in chosen:
            print(f"{drill.name:<12} {drill.what} ({', '.join(drill.databases)})")
        return 0
    break_off_at_signals()
    failed = passed = 0
    for drill in chosen:
        for database in drill.databases:
            if database not in (options.database or DATABASES):
                continue
            print(f"\n{drill.name} on {database}: {drill.what}", flush=True)
            if database == POSTGRESQL and not programs():
                print("  POSTGRESQL IS MISSING: apt-get install postgresql. This drill did not run.")
                failed += 1
                continue
            try:
                for row in rows(drill, database, is_long=options.long):
                    verdict = "PASS" if row.is_passed else "FAIL"
                    print(f"  {verdict}  {row.what}{f': {row.figure}' if row.figure else ''}", flush=True)
                    passed, failed = passed + row.is_passed, failed + (not row.is_passed)
            except KeyboardInterrupt:
                print(
                    f"  {drill.name} on {database} was broken off.\n\n{passed} passed, {failed} failed before."
                )
                return 130
    print(f"\n{passed} passed, {failed} failed.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
