"""The mark of the record is another one after each change, whoever made it and by whichever way."""

from collections.abc import Callable, Iterator
from threading import Thread

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils.formats import date_format

from frameworks.models import (
    CatalogueState,
    EditorProfile,
    Framework,
    Rating,
    RecordState,
    Revision,
    Source,
)
from frameworks.record import revisions
from tests import factories
from tests.database import execute
from tests.html import read

pytestmark = [pytest.mark.django_db, pytest.mark.both]

mark = RecordState.objects.mark


def written_by_hand() -> None:
    newest = Revision.objects.order_by("-pk")[0]
    # Before all others: of two transactions at once, the one with the smaller number may be seen last.
    newest.pk, newest.version = -newest.pk, newest.version + 100
    newest.save(force_insert=True)


def renamed() -> None:
    fact = Framework.objects.get(slug="flask")
    fact.slug = "flasket"
    revisions.save(fact, by=factories.MAKER, reason="Renamed.", seen=fact.version)


def deleted() -> None:
    fact = Framework.objects.get(slug="flask")
    revisions.delete(fact, by=factories.MAKER, reason="Gone.", seen=fact.version)


@pytest.mark.parametrize(
    "change",
    [
        factories.make_framework,
        written_by_hand,
        renamed,
        deleted,
        lambda: execute("UPDATE frameworks_revision SET reason = 'Another.'"),
        lambda: Revision.objects.all().delete(),
        lambda: EditorProfile.objects.create(user=factories.make_editor(), public_name="Ada"),
        lambda: execute("UPDATE frameworks_editorprofile SET public_name = 'Ada L.'"),
        lambda: execute("DELETE FROM frameworks_editorprofile"),
    ],
    ids=["save", "late", "rename", "delete", "SQL update", "SQL delete", "name", "other name", "no name"],
)
def test_record_state_mark_changes_with_every_write(change: Callable[[], object]) -> None:
    factories.make_framework(slug="flask", name="Flask")
    EditorProfile.objects.create(user=factories.make_editor(), public_name="Grace")
    marks = [mark()]
    change()
    marks.append(mark())
    factories.make_framework()
    marks.append(mark())
    assert len(set(marks)) == 3


def test_pages_say_in_the_foot_when_something_was_last_recorded(client: Client) -> None:
    assert RecordState.objects.recorded().at is None
    assert "last on" not in read(client.get("/criteria/").content).one("footer").text
    factories.make_framework()
    newest = Revision.objects.latest("pk")
    assert RecordState.objects.recorded((Framework.objects.all, Source.objects.all)) == (
        mark(),
        newest.at,
        newest.pk,
        (True, False),
    )
    footer = read(client.get("/criteria/").content).one("footer")
    [desk] = [link for link in footer.all("a") if link.text == "For editors"]
    assert (desk["href"], desk["rel"]) == ("/admin/", "nofollow")
    foot = footer.text
    assert f"Changes, last on {date_format(newest.at, 'j F Y')}" in foot


def cited_anew() -> None:
    rating = Rating.objects.get()
    source = rating.framework.claims.get().source
    factories.make_claim(framework=rating.framework, criterion=rating.criterion, source=source)


def rated_anew() -> None:
    rating = Rating.objects.get()
    rating.score = 6 - rating.score
    revisions.save(rating, by=factories.MAKER, reason="Read again.", seen=rating.version)


@pytest.mark.parametrize(
    "change, differs",
    [
        (rated_anew, False),
        (cited_anew, False),
        (factories.make_facet_value, True),
        (renamed, True),
        (deleted, True),
        (written_by_hand, True),
        (lambda: execute("UPDATE frameworks_revision SET reason = 'Another.' WHERE model = 'rating'"), True),
        (lambda: Revision.objects.filter(model="rating").delete(), True),
    ],
    ids=["rating", "claim", "value", "rename", "delete", "late", "SQL update", "SQL delete"],
)
def test_catalogue_state_mark_is_unchanged_only_by_new_scores_and_evidence(
    change: Callable[[], object], differs: bool
) -> None:
    factories.make_rating(score=4)
    factories.make_framework(slug="flask", name="Flask")
    before = CatalogueState.objects.mark(), mark()
    change()
    assert (CatalogueState.objects.mark() != before[0]) == differs
    assert mark() != before[1]


def test_record_state_mark_is_rolled_back_with_its_transaction() -> None:
    factories.make_framework()
    before = mark()
    with transaction.atomic():
        factories.make_framework()
        assert mark() != before
        transaction.set_rollback(True)
    assert mark() == before


def test_record_state_mark_is_unchanged_by_reads_and_empty_saves() -> None:
    rating = factories.make_rating()
    before = mark()
    assert revisions.save(rating, by=factories.MAKER, reason="The same.", seen=rating.version) is None
    assert (mark(), mark()) == (before, before)


# Two at once


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    yield
    Rating.objects.all().delete()


def beside_us(step: Callable[[], object]) -> None:
    """Takes the step in a session of its own, and waits for its end."""

    def run() -> None:
        try:
            step()
        finally:
            connection.close()

    other = Thread(target=run)
    other.start()
    other.join(10)
    assert not other.is_alive()


def test_record_state_mark_changes_on_each_commit_without_blocking(committed: None) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    # Claims: of two new facts with a name the second would wait, to see whether it has the name of the first.
    about = {"framework": factories.make_framework(), "criterion": factories.make_criterion()}
    about["source"] = factories.make_source()
    marks = [mark()]
    with transaction.atomic():
        factories.make_claim(**about)
        # Begun later, ended earlier; and it does not wait for our end.
        beside_us(lambda: factories.make_claim(**about))
        beside_us(lambda: marks.append(mark()))
    marks.append(mark())
    factories.make_framework()
    marks.append(mark())
    assert len(set(marks)) == 4
    # What was left of both is cleared away by who comes next.
    assert RecordState.objects.count() == 1


def test_record_state_mark_does_not_block_concurrent_writers(
    committed: None,
) -> None:
    """Neither holds the mark against the other while it waits for a fact."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    first, second = factories.make_framework(), factories.make_framework()
    with transaction.atomic():
        revisions.save(_retold(first), by=factories.MAKER, reason="Ours.", seen=1)
        beside_us(lambda: revisions.save(_retold(second), by=factories.MAKER, reason="Theirs.", seen=1))
    assert Framework.objects.filter(tagline="Told anew", version=2).count() == 2


def _retold(framework: Framework) -> Framework:
    framework.tagline = "Told anew"
    return framework
