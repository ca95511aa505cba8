"""Test many editors at once, on the server of DATABASE_URL: `python -m benchmarks.writers --writers 16 --edits 250`.

Each writer is a process and adds words to a few ratings that all of them edit: it reads a rating, adds its word, saves
it through `revisions`, and on a conflict reads again. This happens in a database that is made for it and dropped
afterwards. In the end every acknowledged word must occur once in its rating and once in the history.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

import django
from django.conf import settings

HOT_RATINGS = 5


@dataclass(frozen=True)
class WriteTotals:
    """How many edits were acknowledged to the writers, and how many the database holds."""

    acknowledged: int
    #: Versions beyond the first, over all ratings.
    stored: int
    history: int
    lost: int
    conflicts: int
    errors: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        return self.acknowledged == self.stored == self.history and not self.lost and not self.errors

    def __str__(self) -> str:
        return (
            f"{self.acknowledged} acknowledged, {self.stored} stored, {self.history} in the history, "
            f"{self.lost} lost, {len(self.errors)} errors, {self.conflicts} conflicts met and taken up again"
        )


@dataclass(frozen=True)
class Work:
    """The result of one writer: the acknowledged words, the number of conflicts, and the errors."""

    words: list[str]
    conflicts: int
    errors: list[str]


def write(number: int, edits: int, ratings: Sequence[int]) -> Work:
    """Make one writer's edits, rating after rating, each on a connection that is then closed, as after a request.

    An error ends its edit and is recorded.
    """
    from django.db import connection

    words, errors, conflicts = [], [], 0
    for turn in range(edits):
        word = f"{number}-{turn}"
        try:
            conflicts += add_word(word, ratings[(number + turn) % len(ratings)])
            words.append(word)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted
            errors.append(f"{type(error).__name__}: {error}".strip())
        finally:
            connection.close()
    return Work(words, conflicts, errors)


def add_word(word: str, pk: int) -> int:
    """Add the word to the rating's rationale, reading again after each conflict; return the number of conflicts."""
    from frameworks.models import Rating, Revision
    from frameworks.record.revisions import Author, Conflict, save

    by, conflicts = Author("Writer", Revision.Origin.ADMIN), 0
    while True:
        rating = Rating.objects.select_related("framework", "criterion").get(pk=pk)
        rating.rationale += f" {word}"
        try:
            save(rating, by=by, reason="One word more.", seen=rating.version)
        except Conflict:
            conflicts += 1
        else:
            return conflicts


def tally(works: Sequence[Work]) -> WriteTotals:
    """Compare the acknowledged words with the ratings and their history, word by word."""
    from frameworks.models import Rating, Revision

    acknowledged = [word for work in works for word in work.words]
    ratings = list(Rating.objects.all())
    stored = [word for rating in ratings for word in rating.rationale.split()[1:]]
    recorded: list[str] = []
    for rating in ratings:
        texts = [step.after["rationale"] for step in Revision.objects.of(rating).reverse() if step.after]
        recorded += [word for before, after in pairwise(texts) for word in after.removeprefix(before).split()]
    return WriteTotals(
        acknowledged=len(acknowledged),
        stored=sum(rating.version - 1 for rating in ratings),
        history=len(recorded),
        lost=len(set(acknowledged) ^ set(stored)) + len(set(acknowledged) ^ set(recorded)),
        conflicts=sum(work.conflicts for work in works),
        errors=tuple(error for work in works for error in work.errors),
    )


# The scratch database, and the processes


@contextmanager
def scratch_database() -> Iterator[str]:
    """Create an empty database, yield its name, and drop it."""
    from django.db import connection

    with tempfile.TemporaryDirectory() as directory:
        is_file = connection.vendor == "sqlite"
        name = f"{directory}/writers.sqlite3" if is_file else f"touchstone_writers_{os.getpid()}"
        connection.settings_dict["TEST"]["NAME"] = Path(name) if is_file else name
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield name
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)


def open_database(name: str, start: Barrier) -> None:
    """Set up Django on this database, in a writer's process, and wait for the other writers."""
    settings.DATABASES["default"]["NAME"] = name
    django.setup()
    start.wait()


def make_ratings() -> list[int]:
    """Create the ratings that all writers edit; return their primary keys."""
    from tests import factories

    # Unpublished ratings need no claims.
    return [factories.make_rating(is_published=False, rationale="Begun.").pk for _ in range(HOT_RATINGS)]


def run(writers: int, edits: int) -> tuple[WriteTotals, float]:
    """Run the writers; return their totals and the time that it took, in seconds."""
    with scratch_database() as name:
        ratings, fresh = make_ratings(), get_context("spawn")
        start = fresh.Barrier(writers + 1)
        with ProcessPoolExecutor(writers, fresh, initializer=open_database, initargs=(name, start)) as pool:
            works = [pool.submit(write, number, edits, ratings) for number in range(writers)]
            start.wait()
            started = time.perf_counter()
            done = [work.result() for work in works]
            seconds = time.perf_counter() - started
        return tally(done), seconds


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.writers", description="Many editors at once.")
    parser.add_argument("--writers", type=int, default=16)
    parser.add_argument("--edits", type=int, default=250, help="by each writer")
    options: Any = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import connection

    totals, seconds = run(options.writers, options.edits)
    print(
        f"{connection.display_name}, {options.writers} writers × {options.edits} edits: {totals}; {seconds:.1f} s."
    )
    for error in sorted(set(totals.errors)):
        print(f"  {totals.errors.count(error)} × {error}")
    return 0 if totals.is_sound and totals.acknowledged == options.writers * options.edits else 1


if __name__ == "__main__":
    sys.exit(main())
