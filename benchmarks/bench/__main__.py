"""Measure how fast the portal answers, and print what it reaches: `python -m benchmarks.bench`, or `make bench`.

It makes databases of its own and measures on SQLite and on PostgreSQL, which takes some minutes; with `--large` also
how the portal grows up to 100,000 frameworks, which takes some more. On a busy machine the ratios hold, and the seconds
do not. It needs wrk, and nginx for what is measured behind a proxy.
"""

import argparse
import json
import shutil
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from .databases import DATABASES, NoServer
from .plan import GROUPS, LARGE, PLAN
from .site import site
from .table import MeasuredFigure, summary, table


def say(text: str) -> None:
    """Tell whoever waits how far it is; the table alone is output."""
    print(text, file=sys.stderr, flush=True)


def measure(
    databases: Sequence[str], groups: Sequence[str], effort: str
) -> dict[str, dict[str, MeasuredFigure]]:
    """Measure these groups on these kinds of databases; return the figures by database and key."""
    figures: dict[str, dict[str, MeasuredFigure]] = {}
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
