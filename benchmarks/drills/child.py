"""Run one drill on one kind of database, and write each of its rows as a line of JSON: a process of its own for each,
which the runner can end."""

import json
import os
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

import django

from benchmarks.processes import adopt, break_off_at_signals

from .plan import BY_NAME
from .scene import Scene


def main(name: str, database: str, form: str) -> int:
    adopt()  # so that the runner finds all that was started
    break_off_at_signals()
    with tempfile.TemporaryDirectory(prefix="touchstone-drill-") as directory:
        # Models can be imported, and nothing that is set outside decides what a drill finds.
        own = {"VAR_DIR": f"{directory}/drill", "PYTEST_VERSION": "none"}
        os.environ.update({"DJANGO_SETTINGS_MODULE": "config.settings", **own})
        os.environ.pop("DATABASE_URL", None)
        django.setup()
        scene = Scene(database, Path(directory), is_long=form == "long")
        for row in BY_NAME[name].run(scene):
            print(json.dumps(asdict(row)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
