"""Measure the desk at size, on the server of DATABASE_URL: `python -m benchmarks.editing --rows 1000 3000 --rounds 3`.

In a database that is made for it and dropped afterwards, every cell of 200 frameworks and 40 criteria gets a rating and
two claims, with their history. Then, through the desk's own pages, tables of so many rows are imported and the imports
undone, the grid is opened, and 500 of its cells are saved. Printed are medians in seconds, by the clock and of CPU.
"""

import argparse
import json
import os
import re
import statistics
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from time import perf_counter, process_time
from typing import Any

import django

from benchmarks.writers import scratch_database

GRID = "/admin/frameworks/rating/matrix/"
EDITOR = "bench"
REASON = "Measured."


def fill(frameworks: int, criteria: int) -> None:
    """Create a topic of this size through the write path."""
    from frameworks import models as facts

    group = facts.CriterionGroup(slug="group", name="Group")
    source = facts.Source(key="s", short_name="Source", title="Source", read_on=date(2026, 11, 20))
    rubric: dict[str, Any] = {f"rubric_{step}": "So." for step in range(1, 6)}
    columns = [
        facts.Criterion(
            slug=f"c-{n}", name=f"Criterion {n}", short_name=f"C {n}", question="Is it?", **rubric
        )
        for n in range(criteria)
    ]
    rows = [facts.Framework(slug=f"f-{n}", name=f"Framework {n:04}") for n in range(frameworks)]
    for kind in ([group], [source], rows):
        _create(kind)
    for column in columns:
        column.group = group
    _create(columns)
    cells = [(row, column) for row in rows for column in columns]
    _create(
        [
            facts.Claim(
                key=f"{row.slug}-{column.slug}-{line}",
                source=source,
                line=line,
                framework=row,
                criterion=column,
                paraphrase="It is.",
                reading=line,
            )
            for row, column in cells
            for line in (3, 4)
        ]
    )
    _create(
        [
            facts.Rating(
                framework=row,
                criterion=column,
                score=3,
                verdict="Moderate, with care",
                rationale="By the rubric.",
                is_published=True,
            )
            for row, column in cells
        ]
    )


def _create(new: Sequence[Any]) -> None:
    from frameworks.record import revisions
    from frameworks.record.pending import PendingWrite

    revisions.save_all([PendingWrite(fact, {}) for fact in new], by=revisions.SEED, reason=REASON)


# What an editor does


def editor() -> Any:
    """Return the client of a superuser."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    user = User.objects.create_superuser(EDITOR)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def changed_ratings(rows: int, mark: str) -> bytes:
    """Return a table that changes the verdicts of so many ratings."""
    table = _exported("rating")[:rows]
    for row in table:
        row["verdict"] = f"Changed, {mark}"
    return json.dumps(table).encode()


def new_claims(rows: int, mark: str) -> bytes:
    """Return a table of so many new claims."""
    table = _exported("claim")[:rows]
    for number, row in enumerate(table):
        row.update(key=f"new-{mark}-{number}", version="")
    return json.dumps(table).encode()


def _exported(kind: str) -> list[dict[str, str]]:
    from frameworks.tables.kinds import KINDS

    sheet = KINDS[kind].sheet()
    return [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows]


def upload(client: Any, kind: str, table: bytes) -> str:
    """Upload a table and return the address of its preview."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile(f"{kind}.json", table)
    answer = client.post(f"/admin/frameworks/{kind}/import/", {"file": file})
    return str(answer.headers["Location"])


def confirm(client: Any, preview: str) -> None:
    """Confirm an import."""
    answer = client.post(preview, {"reason": REASON})
    assert answer.status_code == 302, answer.content  # noqa: S101 - a benchmark of what failed is none


def undo(client: Any) -> None:
    """Undo the newest changeset, confirming what its page shows."""
    from frameworks.models import Revision

    [(changeset,)] = Revision.objects.order_by("-pk").values_list("changeset")[:1]
    address = f"/admin/frameworks/revision/changeset/{changeset}/undo/"
    [count] = re.findall(r'name="count" value="([0-9]+)"', client.get(address).content.decode())
    answer = client.post(address, {"count": count, "reason": REASON}, follow=True)
    page = answer.getvalue()  # a large undoing goes on while its page is sent
    assert b"were undone" in page, page  # noqa: S101


def save_cells(client: Any, count: int, mark: str) -> None:
    """Save so many changed cells of the grid at once."""
    ratings = _exported("rating")[:count]
    changes = [
        {
            "framework": rating["framework"],
            "criterion": rating["criterion"],
            "seen": int(rating["version"]),
            "verdict": f"Typed in, {mark}",
        }
        for rating in ratings
    ]
    answer = client.post(GRID, {"changes": json.dumps({"reason": REASON, "ratings": changes})})
    outcomes = {cell["outcome"] for cell in answer.json()["outcomes"]}
    assert outcomes == {"saved"}, outcomes  # noqa: S101


# Measuring


class Stopwatch:
    """Keeps the times of actions by name: seconds by the clock, and of CPU in this process."""

    def __init__(self) -> None:
        self.times: dict[str, list[tuple[float, float]]] = {}

    def time(self, name: str, action: Callable[..., Any], *values: Any) -> Any:
        """Return what the action returns."""
        clock, cpu = perf_counter(), process_time()
        result = action(*values)
        self.times.setdefault(name, []).append((perf_counter() - clock, process_time() - cpu))
        return result

    def report(self) -> None:
        """Print the median times of each action."""
        for name, times in self.times.items():
            clock, cpu = (statistics.median(part) for part in zip(*times, strict=True))
            print(f"{name:48} {clock:7.2f} s {cpu:7.2f} s of CPU")


def measure(watch: Stopwatch, client: Any, rows: Sequence[int], cells: int, mark: str) -> None:
    """Do everything once."""
    for count in rows:
        for kind, what, table in (
            ("rating", "changed ratings", changed_ratings(count, mark)),
            ("claim", "new claims", new_claims(count, mark)),
        ):
            preview = watch.time(f"{count} {what}: upload", upload, client, kind, table)
            watch.time(f"{count} {what}: preview", client.get, preview)
            watch.time(f"{count} {what}: import", confirm, client, preview)
            watch.time(f"{count} {what}: undo", undo, client)
            watch.time(f"{count} {what}: undo the undoing", undo, client)
            undo(client)
    watch.time("grid: open", client.get, GRID)
    watch.time(f"grid: save {cells} cells", save_cells, client, cells, mark)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.editing", description="The desk at size.")
    parser.add_argument("--frameworks", type=int, default=200)
    parser.add_argument("--criteria", type=int, default=40)
    parser.add_argument("--rows", type=int, nargs="+", default=[1000, 3000], help="of each imported table")
    parser.add_argument("--cells", type=int, default=500, help="saved in the grid")
    parser.add_argument("--rounds", type=int, default=3)
    options: Any = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        os.environ.update(VAR_DIR=directory, DJANGO_SETTINGS_MODULE="config.settings")
        django.setup()
        from django.conf import settings
        from django.db import connection

        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        # Hashed file names need collectstatic, which is not run here.
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
        with scratch_database():
            fill(options.frameworks, options.criteria)
            client, watch = editor(), Stopwatch()
            print(
                f"{connection.display_name}, {options.frameworks} × {options.criteria}, {options.rounds} rounds"
            )
            for number in range(options.rounds):
                measure(watch, client, options.rows, options.cells, f"round-{number}")
            watch.report()


if __name__ == "__main__":
    main()
