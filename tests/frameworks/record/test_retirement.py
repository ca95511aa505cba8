"""What is retired: the constraint, what follows from a retired source, and how the past shows it."""

import threading
import time
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, transaction

from frameworks.facts import Detail, Facts, TableLoader
from frameworks.models import Claim, Criterion, Framework, Rating, Retirable, Revision, Source
from frameworks.models.schema import schema_of, state_of
from frameworks.record import changelog, reverting, revisions
from frameworks.record.asof import at_end_of
from tests import factories
from tests.database import Post, at_once, execute, refused
from tests.frameworks.dating import BEGINNING, LATER, change, date_all

pytestmark = pytest.mark.django_db

DAY = date(2026, 5, 1)
BEFORE = DAY - timedelta(days=1)


def retire(fact: Any, because: str = "nobody maintains it") -> Any:
    return change(fact, retired_on=DAY, retired_because=because)


def take_back(fact: Any) -> Any:
    return change(fact, on=date(2026, 6, 1), retired_on=None, retired_because="")


# The database


@pytest.mark.both
@pytest.mark.parametrize(
    "make",
    [
        factories.make_component,
        factories.make_criterion,
        factories.make_framework,
        factories.make_source,
    ],
)
def test_retirement_has_both_day_and_reason_or_neither(make: Any) -> None:
    fact: Retirable = make()
    table, kind = fact._meta.db_table, fact._meta.model_name
    statement = f"UPDATE {table} SET retired_on = %s, retired_because = %s WHERE id = %s"  # noqa: S608
    for day, reason in ((DAY, ""), (None, "nobody maintains it")):
        with refused(f"{kind}_retirement_is_whole"):
            execute(statement, day, reason, fact.pk)
        fact.retired_on, fact.retired_because = day, reason
        with pytest.raises(ValidationError, match="enter both the day and the reason"):
            fact.full_clean()
    execute(statement, DAY, "nobody maintains it", fact.pk)
    execute(statement, None, "", fact.pk)
    fact.retired_on, fact.retired_because = date.today() + timedelta(days=2), "it ends"  # noqa: DTZ011
    with pytest.raises(ValidationError, match="in the future"):
        fact.full_clean()


@pytest.mark.both
def test_published_rating_needs_claim_of_source_that_is_not_retired() -> None:
    rating = factories.make_rating()
    other = factories.make_claim(framework=rating.framework, criterion=rating.criterion)
    first, second = Source.objects.exclude(pk=other.source_id).get(), other.source
    statement = "UPDATE frameworks_source SET retired_on = %s, retired_because = 'it is gone' WHERE id = %s"
    execute(statement, DAY, first.pk)
    for change_of_evidence, *values in (
        (statement, DAY, second.pk),
        ("UPDATE frameworks_claim SET source_id = %s WHERE id = %s", first.pk, other.pk),
        ("DELETE FROM frameworks_claim WHERE id = %s", other.pk),
    ):
        with refused("rating_published_has_claim"):
            execute(change_of_evidence, *values)
    execute("UPDATE frameworks_rating SET is_published = %s WHERE id = %s", False, rating.pk)
    execute(statement, DAY, second.pk)
    with refused("rating_published_has_claim"):
        execute("UPDATE frameworks_rating SET is_published = %s WHERE id = %s", True, rating.pk)


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_of_two_sources_that_are_retired_at_once_the_second_stays_as_the_last() -> None:
    rating = factories.make_rating(departure="The rubric says so.")
    factories.make_claim(framework=rating.framework, criterion=rating.criterion)
    statement = "UPDATE frameworks_source SET retired_on = %s, retired_because = 'it is gone' WHERE id = %s"
    retired = threading.Barrier(2)

    def retired_at_once(source: Source) -> bool:
        try:
            with transaction.atomic():
                execute(statement, DAY, source.pk)
                with suppress(threading.BrokenBarrierError):
                    retired.wait(timeout=0.3)  # the other one waits for the end of this transaction
        except (IntegrityError, OperationalError):
            return False
        return True

    posts = [partial(retired_at_once, source) for source in Source.objects.all()]
    assert sorted(at_once(*posts)) == [False, True]
    Rating.objects.all().delete()  # flushing empties the tables in any order


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_nothing_is_put_on_a_source_while_it_is_being_retired() -> None:
    """Whoever comes second waits for the first: a claim finds its source retired, a retirement finds the claim."""
    cited = factories.make_claim()
    by = revisions.Author("Ada", Revision.Origin.ADMIN)

    def add(key: str) -> int:
        claim = Claim(key=key, framework=cited.framework, criterion=cited.criterion, source=cited.source)
        claim.line, claim.paraphrase = 3, "Says more."
        revisions.save(claim, by=by, reason="New.")
        return Claim.objects.count()

    def retire_it() -> int:
        retire(Source.objects.get())
        return Claim.objects.count()

    def one_after_the_other(first: Post, second: Post) -> list[int | str]:
        written = threading.Event()

        def slowly() -> Any:
            with transaction.atomic():
                counted = first()
                written.set()
                time.sleep(0.3)  # the second one has come as far as it can
                return counted

        def after_it() -> Any:
            written.wait(timeout=5)
            try:
                return second()
            except revisions.Refused as refusal:
                return str(refusal)

        return at_once(slowly, after_it)

    assert one_after_the_other(partial(add, "first"), retire_it) == [2, 2]
    take_back(Source.objects.get())
    [count, refusal] = one_after_the_other(retire_it, partial(add, "second"))
    assert count == 2
    assert "was retired on 1 May 2026, because nobody maintains it." in str(refusal)
    assert Claim.objects.count() == 2


# In words


def test_retirement_completes_its_sentence_whatever_the_reason_ends_with() -> None:
    bottle = factories.make_framework(name="Bottle")
    assert (bottle.retirement, bottle.retirement_note) == ("", "")
    for reason in ("nobody maintains it", "nobody maintains it. ", "Because nobody maintains it."):
        bottle.retired_on, bottle.retired_because = DAY, reason
        sentence = "retired on 1 May 2026, because nobody maintains it."
        assert (bottle.retirement, bottle.retirement_note) == (sentence, f"Bottle was {sentence}")


def test_changelog_says_when_and_why_in_words() -> None:
    bottle = retire(factories.make_framework(name="Bottle"))
    [step] = changelog.in_words([Revision.objects.of(bottle)[0]])
    assert (step.name, step.url) == ("Bottle", "/frameworks/bottle/")
    assert [(field.label, field.after) for field in step.changes] == [
        ("Retired on", "1 May 2026"),
        ("Retired because", "nobody maintains it"),
    ]


# What follows from a source


@pytest.fixture
def cell() -> tuple[Framework, Criterion]:
    return factories.make_framework(name="Django"), factories.make_criterion(name="Performance")


def read(cell: tuple[Framework, Criterion], source: Source, reading: int | None) -> Claim:
    return factories.make_claim(framework=cell[0], criterion=cell[1], source=source, reading=reading)


@pytest.mark.both
def test_retired_source_moves_scores_and_unpublishes_ratings_without_other_claims(
    cell: tuple[Framework, Criterion],
) -> None:
    almanac, shop = factories.make_source(key="001"), factories.make_source(key="002")
    for source, reading in ((almanac, 4), (shop, 2)):
        read(cell, source, reading)
    alone = (factories.make_framework(name="Flask"), cell[1])
    read(alone, shop, 3)
    own = (factories.make_framework(name="Quart"), cell[1])
    read(own, almanac, 4)
    for (framework, criterion), score in ((cell, 3), (alone, 3), (own, 4)):
        factories.make_rating(framework=framework, criterion=criterion, score=score)
    before = {str(rating): (rating.score, rating.is_published) for rating in Rating.objects.all()}
    retire(shop, "it is an advertisement")
    assert {str(rating): (rating.score, rating.is_published) for rating in Rating.objects.all()} == {
        "Django, Performance": (4, True),
        "Flask, Performance": (3, False),
        "Quart, Performance": (4, True),
    }
    step = Revision.objects.of(shop)[0]
    together = Revision.objects.filter(changeset=step.changeset, pk__gte=step.pk - 1).order_by("pk")
    assert [revision.key for revision in together] == ["flask/performance", "002", "django/performance"]
    facts = Facts(TableLoader())
    assert [(claim.source.key, claim.reading) for claim in facts.row(cell[0], Detail.CLAIMS)[0].claims] == [
        ("001", 4)
    ]
    assert (facts.extent.claim_total, facts.extent.source_total, facts.extent.rating_total) == (2, 1, 2)
    # Taken back, the scores follow again; what was unpublished is for an editor to publish.
    take_back(shop)
    assert {str(rating): (rating.score, rating.is_published) for rating in Rating.objects.all()} == {
        **before,
        "Flask, Performance": (3, False),
    }


def test_undoing_a_retirement_publishes_again_what_it_unpublished(cell: tuple[Framework, Criterion]) -> None:
    shop = factories.make_source(key="002")
    read(cell, shop, 3)
    rating = factories.make_rating(framework=cell[0], criterion=cell[1], score=3)
    by = revisions.Author("Ada", Revision.Origin.ADMIN)
    shop.retired_on, shop.retired_because = DAY, "it is an advertisement"
    revisions.save(shop, by=by, reason="Since.", seen=shop.version)
    rating.refresh_from_db()
    assert not rating.is_published
    steps = Revision.objects.filter(changeset=by.changeset).count()
    undoing = revisions.Author("Ada", Revision.Origin.REVERT)
    assert reverting.undo(by.changeset, by=undoing, reason="By mistake.", count=steps) == 2
    rating.refresh_from_db()
    shop.refresh_from_db()
    assert (rating.is_published, shop.is_retired) == (True, False)


def test_restored_revision_from_before_there_was_retirement_keeps_it() -> None:
    bottle = retire(factories.make_framework(name="Bottle"))
    first = Revision.objects.of(bottle).last()
    assert first
    assert first.after
    first.after = {name: value for name, value in first.after.items() if not name.startswith("retired")}
    built = schema_of(Framework).build(first.after, lambda field, key: None)
    assert state_of(built.fact)["retired_on"] is None
    assert reverting.wanted(first.after, bottle)["retired_because"] == "nobody maintains it"


# The past


@pytest.mark.both
def test_past_day_shows_what_was_retired_later(cell: tuple[Framework, Criterion]) -> None:
    shop = factories.make_source(key="002", short_name="The shop")
    read(cell, shop, 3)
    speed = cell[1]
    factories.make_criterion(name="Documentation")
    factories.make_framework(name="Flask")
    date_all(BEGINNING)
    for fact in (cell[0], speed, shop):
        retire(fact)
    then, today = at_end_of(BEFORE), at_end_of(LATER)
    for facts, names, questions, claims in (
        (then, ["Django", "Flask"], {"documentation", "performance"}, 1),
        (today, ["Flask"], {"documentation"}, 0),
        (Facts(TableLoader()), ["Flask"], {"documentation"}, 0),
    ):
        assert [framework.name for framework in facts.frameworks] == names
        assert set(facts.column) == questions
        assert (facts.extent.claim_total, facts.extent.source_total) == (claims, claims)
    assert set(then.catalogue.retired) == set()
    assert set(today.catalogue.retired) == {("framework", "django"), ("criterion", "performance")}
