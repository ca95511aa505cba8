"""Facts stay in memory until the record's version moves on; whoever wrote sees it at once, others within a second."""

import threading
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from frameworks.facts import Detail, Facts, TableLoader
from frameworks.models import Framework, Rating, RecordState
from frameworks.serving import memory, version
from tests.pages import change

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world", "keeping")]

Patch = pytest.MonkeyPatch


def flask() -> Framework:
    return Framework.objects.get(slug="flask")


def shown() -> str:
    """Return the tagline that pages show."""
    return memory.current_facts().by_slug["flask"].tagline


@pytest.fixture
def clock(monkeypatch: Patch, settings: Settings) -> Callable[[float], None]:
    """Stop the clock of the version; the function returned sets it forward by seconds."""
    settings.VERSION_SECONDS = 1
    now = [1_000.0]
    monkeypatch.setattr(version, "monotonic", lambda: now[0])
    version.forget()

    def forward(seconds: float) -> None:
        now[0] += seconds

    return forward


def test_facts_are_read_once_for_a_version(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first = memory.current_facts()
    with django_assert_num_queries(0):
        assert memory.current_facts() is first
        first.read_all()


def test_edit_of_a_rating_takes_five_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Both marks, scores, readings, and the mark again; nothing else has changed."""
    client.get("/")
    rating = Rating.objects.published()[0]
    change(rating, score=rating.score % 5 + 1)
    version.forget()
    with django_assert_num_queries(5):
        client.get("/")


def test_version_is_read_once_a_second(
    clock: Callable[[float], None], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    memory.current_facts()
    clock(0.9)
    with django_assert_num_queries(0):
        memory.current_facts()
    clock(0.2)
    with django_assert_num_queries(1):
        memory.current_facts()


def test_change_by_another_process_shows_within_a_second(clock: Callable[[float], None]) -> None:
    before = shown()
    change(flask(), tagline="Written elsewhere")
    assert shown() == before
    clock(1.1)
    assert shown() == "Written elsewhere"


def test_change_by_this_process_shows_at_once(clock: Callable[[float], None], client: Client) -> None:
    shown()
    change(flask(), tagline="Written here")
    client.post("/admin/login/", {"username": "nobody"})  # what the answer to any write does
    assert shown() == "Written here"


def test_facts_are_read_from_their_tables_when_the_memory_is_off(settings: Settings) -> None:
    shown()
    settings.KEEP_IN_MEMORY = False
    change(flask(), tagline="Read anew")
    assert shown() == "Read anew"


def test_facts_are_read_from_their_tables_inside_a_preview() -> None:
    before, recorded = shown(), version.changed_at()
    with version.apart():
        change(flask(), tagline="Only in the preview")
        assert shown() == "Only in the preview"
        version.current()
        # Meanwhile, and until the version is read again, public pages say when something was last recorded for good.
        assert version.changed_at() == recorded
    assert shown() == before


def test_facts_of_before_are_served_while_another_thread_reads_the_new(
    clock: Callable[[float], None], monkeypatch: Patch
) -> None:
    before = shown()
    change(flask(), tagline="New")
    clock(1.1)
    with memory._loading:  # as the thread that reads has it
        assert shown() == before
        other = threading.Thread(target=memory.held)
        other.start()
        other.join(timeout=5)
        assert not other.is_alive()
    assert shown() == "New"


def test_facts_are_read_again_when_somebody_writes_meanwhile(monkeypatch: Patch) -> None:
    """What was read is a mixture of before and after, and is never kept."""
    read_all = Facts.read_all
    reads: list[Facts] = []

    def reading(facts: Facts) -> None:
        read_all(facts)
        if not reads:
            change(flask(), tagline="Written meanwhile")
        reads.append(facts)

    monkeypatch.setattr(Facts, "read_all", reading)
    version.forget()
    assert shown() == "Written meanwhile"
    assert len(reads) == 2
    assert memory.held().mark == RecordState.objects.mark()


def test_facts_that_change_all_the_time_are_served_but_not_kept(monkeypatch: Patch) -> None:
    read_all, count = Facts.read_all, iter(range(100))

    def reading(facts: Facts) -> None:
        read_all(facts)
        change(flask(), tagline=f"Change {next(count)}")

    monkeypatch.setattr(Facts, "read_all", reading)
    version.forget()
    shown()
    assert next(count) == memory.ATTEMPTS


def test_facts_in_memory_equal_those_of_the_tables() -> None:
    kept, read = memory.current_facts(), Facts(TableLoader())
    assert kept.frameworks == read.frameworks
    assert kept.criteria == read.criteria
    assert kept.facets == read.facets
    assert kept.rows(kept.frameworks, Detail.CLAIMS) == read.rows(read.frameworks, Detail.CLAIMS)
