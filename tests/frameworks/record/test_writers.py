"""Sixteen writers at the same ratings: what was acknowledged is stored and told by the history, and nothing is lost.

The same as `python -m benchmarks.writers`, which does it with processes, and 250 edits each.
"""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from benchmarks import writers
from benchmarks.writers import Work, WriteTotals
from frameworks.models import Rating, Revision, Versioned
from frameworks.record import revisions

pytestmark = pytest.mark.both

WRITERS, EDITS = 16, 15


@pytest.fixture(autouse=True)
def _committed(transactional_db: None) -> Iterator[None]:
    """Each step commits. Ratings go first at the end: flushing empties the tables in any order."""
    yield
    Rating.objects.all().delete()


def all_write(edits: int) -> WriteTotals:
    """Each writer is a thread; connections are as many as the pool of one process has."""
    ratings, start = writers.make_ratings(), threading.Barrier(WRITERS)

    def work(number: int) -> Work:
        start.wait(timeout=30)
        return writers.write(number, edits, ratings)

    with ThreadPoolExecutor(WRITERS) as pool:
        return writers.tally(list(pool.map(work, range(WRITERS))))


def test_writers_lose_no_acknowledged_edit() -> None:
    found = all_write(EDITS)
    assert found.errors == ()
    assert found.acknowledged == found.stored == found.history == WRITERS * EDITS
    assert found.lost == 0
    assert found.is_sound


def test_writers_tally_detects_a_lost_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read, change, save, as an editor's form without versions does it."""

    def overwrite(fact: Versioned, seen: int) -> None:
        fact.version = type(fact)._default_manager.get(pk=fact.pk).version + 1
        fact.save()

    ratings = writers.make_ratings()
    by = revisions.Author("Somebody", Revision.Origin.ADMIN)
    early, late = (Rating.objects.get(pk=ratings[0]) for _ in range(2))
    early.rationale, late.rationale = "Begun. 0-0", "Begun. 1-0"
    revisions.save(early, by=by, reason="First.", seen=1)
    monkeypatch.setattr(revisions, "_update", overwrite)
    revisions.save(late, by=by, reason="On top.", seen=2)
    found = writers.tally([Work(["0-0"], 0, []), Work(["1-0"], 0, [])])
    assert found.stored == found.acknowledged == 2
    assert found.lost > 0
    assert not found.is_sound
