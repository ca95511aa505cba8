"""Many editors at once: `python -m benchmarks.writers [--writers 16] [--edits 250]`, on the database of DATABASE_URL.

Each writer is a process and adds words to a few ratings that all of them want: reads one, adds its word, saves it
through `revisions`, and on a conflict reads again. A database is made for it beside the one that is named, and dropped
afterwards. In the end every acknowledged word must stand in its rating and in the history, once.
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
    """What the writers were told, and what is there."""

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
    """What one writer did: the words that were acknowledged, the conflicts it met, what went wrong."""

    words: list[str]
    conflicts: int
    errors: list[str]


def write(number: int, edits: int, ratings: Sequence[int]) -> Work:
    """One writer's edits, rating after rating, each on a connection that it gives back, as a request does.

    An error ends its edit, and is told.
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
    """Adds the word to the rating's rationale, however often it must be read again; how often that was."""
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
    """Holds what was acknowledged against the ratings and their history, word by word."""
    from frameworks.models import Rating, Revision

    acknowledged = [word for work in works for word in work.words]
    ratings = list(Rating.objects.all())
    kept = [word for rating in ratings for word in rating.rationale.split()[1:]]
    told: list[str] = []
    for rating in ratings:
        texts = [step.after["rationale"] for step in Revision.objects.of(rating).reverse() if step.after]
        told += [word for before, after in pairwise(texts) for word in after.removeprefix(before).split()]
    return WriteTotals(
        acknowledged=len(acknowledged),
        stored=sum(rating.version - 1 for rating in ratings),
        history=len(told),
        lost=len(set(acknowledged) ^ set(kept)) + len(set(acknowledged) ^ set(told)),
        conflicts=sum(work.conflicts for work in works),
        errors=tuple(error for work in works for error in work.errors),
    )


# The scratch database, and the processes


@contextmanager
def scratch_database() -> Iterator[str]:
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
    """In a writer's process, before Django has looked at any; then waits for the others."""
    settings.DATABASES["default"]["NAME"] = name
    django.setup()
    start.wait()


def make_ratings() -> list[int]:
    from tests import factories

    # Unpublished ones need no claims.
    return [factories.make_rating(is_published=False, rationale="Begun.").pk for _ in range(HOT_RATINGS)]


def run(writers: int, edits: int) -> tuple[WriteTotals, float]:
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
    asked: Any = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.db import connection

    found, seconds = run(asked.writers, asked.edits)
    print(
        f"{connection.display_name}, {asked.writers} writers × {asked.edits} edits: {found}; {seconds:.1f} s."
    )
    for error in sorted(set(found.errors)):
        print(f"  {found.errors.count(error)} × {error}")
    return 0 if found.is_sound and found.acknowledged == asked.writers * asked.edits else 1


if __name__ == "__main__":
    sys.exit(main())
