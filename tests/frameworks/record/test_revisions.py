"""The one write path: every step recorded, no edit lost, no edit over another's."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.models import ProtectedError
from pytest_django import DjangoAssertNumQueries

from frameworks.models import Claim, Disagreement, Framework, Rating, Revision, Versioned
from frameworks.models.schema import state_of
from frameworks.record import revisions
from frameworks.record.pending import PendingWrite
from frameworks.record.revisions import SEED, Author, Conflict, Refused
from tests.factories import (
    make_claim,
    make_criterion,
    make_disagreement,
    make_editor,
    make_framework,
    make_rating,
    make_source,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]

ALICE = Author("Alice", Revision.Origin.ADMIN)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def save(fact: Versioned, **options: Any) -> Revision | None:
    return revisions.save(fact, **{"by": ALICE, "reason": "Read it again.", **options})


def delete(fact: Versioned, **options: Any) -> Revision:
    return revisions.delete(fact, **{"by": ALICE, "reason": "Not so.", "seen": fact.version, **options})


def history(fact: Versioned) -> list[tuple[int, str, str]]:
    """What happened to a fact, oldest first."""
    steps = Revision.objects.of(fact).order_by("version")
    return list(steps.values_list("version", "action", "author_name"))


def fields(fact: Versioned) -> dict[str, Any]:
    """All that is stored of it."""
    return dict(type(fact)._default_manager.filter(pk=fact.pk).values().get())


# Saving


def test_save_records_new_fact_in_full_as_version_1() -> None:
    django, speed = make_framework(slug="django"), make_criterion(slug="speed")
    rating = Rating(
        framework=django,
        criterion=speed,
        score=4,
        verdict="Fast",
        rationale="By the rubric.",
        reviewed_on=date(2026, 11, 19),
    )
    step = save(rating, at=NOON)
    assert step
    assert fields(rating)["version"] == rating.version == 1
    assert Revision.objects.filter(pk=step.pk).values().get() == {
        "id": step.pk,
        "at": NOON,
        "model": "rating",
        "key": "django/speed",
        "version": 1,
        "action": "created",
        "origin": "admin",
        "changeset": step.changeset,
        "author_id": None,
        "author_name": "Alice",
        "published_by_id": None,
        "reason": "Read it again.",
        "before": None,
        "after": {
            "framework": ["django"],
            "criterion": ["speed"],
            "score": 4,
            "verdict": "Fast",
            "rationale": "By the rubric.",
            "departure": "",
            "is_published": False,
            "reviewed_on": "2026-11-19",
        },
        "is_draft": True,
    }


def test_save_increments_version_and_records_before_and_after() -> None:
    rating = make_rating(score=3)
    rating.score, rating.verdict = 5, "Better"
    step = save(rating, seen=1)
    assert step
    assert (step.version, step.action, rating.version) == (2, "changed", 2)
    assert step.changed_fields == [("score", 3, 5), ("verdict", "Middling", "Better")]
    assert step.before == {**(step.after or {}), "score": 3, "verdict": "Middling"}
    stored = Rating.objects.get()
    assert (stored.version, stored.score, stored.verdict) == (2, 5, "Better")


def test_save_writes_nothing_without_a_difference() -> None:
    rating = make_rating(score=3)
    assert save(rating, seen=1) is None
    assert history(rating) == [(1, "created", "Maker")]
    assert Rating.objects.get().version == 1


def test_save_records_given_time_or_current_time() -> None:
    before = datetime.now(UTC)
    framework = Framework(slug="django", name="Django")
    first = save(framework)
    framework.tagline = "Batteries included"
    second = save(framework, seen=1, at=NOON)
    assert first
    assert second
    assert before <= first.at <= datetime.now(UTC)
    assert second.at == NOON


def test_save_requires_version_seen_for_existing_fact() -> None:
    framework = make_framework(name="Django")
    framework.tagline = "Batteries included"
    with pytest.raises(ValueError, match=r"^Django exists: say which version the change is based on\.$"):
        save(framework)
    assert Framework.objects.get().tagline == ""


def test_save_rejects_duplicate_slug_and_leaves_no_trace() -> None:
    framework = make_framework(name="Django", slug="django")
    with pytest.raises(IntegrityError, match="slug"):
        save(Framework(name="Jango", slug="django"))
    assert history(framework) == [(1, "created", "Maker")]


# Who and why


def test_save_records_user_as_author_and_protects_it_from_deletion() -> None:
    user = make_editor(username="alice", first_name="Alice", last_name="Liddell")
    framework = Framework(slug="django", name="Django")
    step = save(framework, by=Author.editor(user))
    assert step
    assert (step.author, step.author_name, step.origin) == (user, "Alice Liddell", "admin")
    # The record must not change afterwards: such an account is switched off instead.
    with pytest.raises(ProtectedError):
        user.delete()


def test_save_groups_steps_of_an_author_into_a_changeset() -> None:
    alice, again = (Author("Alice", Revision.Origin.ADMIN) for _ in range(2))
    authors = {"a": alice, "b": alice, "c": again}
    steps = [save(Framework(slug=slug, name=slug), by=by) for slug, by in authors.items()]
    first, second, third = [step.changeset for step in steps if step]
    assert first == second != third


def test_delete_rejects_claim_named_by_disagreement() -> None:
    claim = make_claim()
    dispute = make_disagreement(title="How fast", claims=[claim])
    with pytest.raises(Refused, match="cited by the disagreement “How fast”"):
        revisions.delete(claim, by=ALICE, reason="Not so.", seen=claim.version)
    assert list(dispute.claims.all()) == [claim]


def test_author_falls_back_to_username_without_full_name() -> None:
    assert Author.editor(make_editor(username="bob")).name == "bob"


def test_save_by_seed_records_touchstone_as_author() -> None:
    step = save(Framework(slug="django", name="Django"), by=SEED)
    assert step
    assert (step.author, step.author_name, step.origin) == (None, "Touchstone", "seed")


def test_save_rejects_empty_reason() -> None:
    framework = make_framework(tagline="")
    framework.tagline = "Batteries included"
    with pytest.raises(IntegrityError, match="revision_has_reason"):
        save(framework, seen=1, reason="")


@pytest.mark.parametrize("step", ["save", "delete"])
def test_save_and_delete_roll_back_without_a_reason(step: str) -> None:
    framework = make_framework(tagline="")
    before = fields(framework)
    changed = Framework.objects.get()
    changed.tagline = "Batteries included"
    with pytest.raises(IntegrityError, match="revision_has_reason"):
        save(changed, seen=1, reason="") if step == "save" else delete(changed, reason="")
    assert fields(framework) == before


# Conflict


def test_save_raises_conflict_for_outdated_version() -> None:
    made = make_rating(score=3)
    mine, theirs = Rating.objects.get(), Rating.objects.get()
    theirs.score = 5
    latest = save(theirs, seen=1, by=Author("Bob", Revision.Origin.ADMIN))
    mine.score = 1
    with pytest.raises(Conflict) as clash:
        save(mine, seen=1)
    assert (clash.value.mine, clash.value.seen, clash.value.latest) == (mine, 1, latest)
    assert isinstance(clash.value.current, Rating)
    assert (clash.value.mine.score, clash.value.current.score) == (1, 5)  # type: ignore[attr-defined]
    assert (Rating.objects.get().score, Rating.objects.get().version) == (5, 2)
    assert history(made) == [(1, "created", "Maker"), (2, "changed", "Bob")]


def test_save_succeeds_on_current_version_after_conflict() -> None:
    make_rating(score=3)
    mine, theirs = Rating.objects.get(), Rating.objects.get()
    theirs.verdict = "Theirs"
    save(theirs, seen=1)
    mine.score = 1
    with pytest.raises(Conflict):
        save(mine, seen=1)
    now = Rating.objects.get()
    now.score = 1
    save(now, seen=2)
    stored = Rating.objects.get()
    assert (stored.version, stored.score, stored.verdict) == (3, 1, "Theirs")


@pytest.mark.parametrize("seen", [0, 2, 99])
def test_save_and_delete_raise_conflict_for_nonexistent_version(seen: int) -> None:
    framework = make_framework()
    with pytest.raises(Conflict):
        save(framework, seen=seen)
    with pytest.raises(Conflict):
        delete(framework, seen=seen)
    assert history(framework) == [(1, "created", "Maker")]


@pytest.mark.parametrize("step", ["save", "delete"])
def test_save_and_delete_raise_conflict_for_deleted_fact(step: str) -> None:
    make_framework(name="Django")
    mine = Framework.objects.get()
    gone = delete(Framework.objects.get())
    with pytest.raises(Conflict, match=r"^Somebody else has changed Django since version 1\.$") as clash:
        save(mine, seen=1) if step == "save" else delete(mine)
    assert (clash.value.current, clash.value.latest) == (None, gone)
    assert Framework.objects.count() == 0


def test_delete_raises_conflict_for_changed_fact() -> None:
    framework = make_framework()
    changed = Framework.objects.get()
    changed.tagline = "Batteries included"
    save(changed, seen=1)
    with pytest.raises(Conflict):
        delete(framework, seen=1)
    assert Framework.objects.get().tagline == "Batteries included"


# Refused


def test_save_turns_trigger_error_into_a_sentence() -> None:
    rating = make_rating(
        framework=make_framework(name="Django"), criterion=make_criterion(name="Speed"), is_published=False
    )
    rating.is_published = True
    with pytest.raises(Refused) as refusal:
        save(rating, seen=1)
    assert str(refusal.value) == (
        "Django, Speed: No claim about Django under Speed has a reading, so no score follows. Give a claim a reading,"
        " or say under “Departure” why the score is given anyway."
    )
    rating.departure = "The editors have tried it."
    with pytest.raises(Refused, match="Django, Speed: A published rating needs at least one claim"):
        save(rating, seen=1)
    assert fields(rating)["is_published"] is False
    assert history(rating) == [(1, "created", "Maker")]


def test_save_and_delete_reject_published_rating_without_claim() -> None:
    rating = make_rating()
    claim = Claim.objects.get()
    with pytest.raises(Refused):
        delete(claim)
    claim.framework = make_framework()
    with pytest.raises(Refused):
        save(claim, seen=1)
    elsewhere = Rating(
        framework=make_framework(), criterion=rating.criterion, score=3, verdict="So", rationale="So.",
        is_published=True,
    )  # fmt: skip
    with pytest.raises(Refused):
        save(elsewhere)
    assert Revision.objects.filter(author_name="Alice").count() == 0
    assert (Rating.objects.count(), Claim.objects.get().version) == (1, 1)


def test_save_refuses_what_any_constraint_forbids_in_a_sentence() -> None:
    rating = make_rating()
    rating.score = 6
    with pytest.raises(Refused, match=r"Enter a whole number from 1 to 5\."):
        save(rating, seen=1)


# Deleting


def test_delete_records_full_previous_state() -> None:
    rating = make_rating(
        framework=make_framework(slug="django"), criterion=make_criterion(slug="speed"), score=4
    )
    before = state_of(rating)
    step = delete(rating, at=NOON)
    assert (step.key, step.version, step.action, step.at) == ("django/speed", 2, "deleted", NOON)
    assert (step.before, step.after, step.reason) == (before, None, "Not so.")
    assert Rating.objects.count() == 0


def test_delete_rejects_framework_with_claims() -> None:
    claim = make_claim()
    assert claim.framework
    with pytest.raises(ProtectedError):
        delete(claim.framework)
    assert history(claim.framework) == [(1, "created", "Maker")]
    assert Framework.objects.get().version == 1


def test_save_continues_history_of_recreated_fact() -> None:
    first = make_framework(slug="django", name="Django", tagline="First")
    delete(first)
    second = Framework(slug="django", name="Django", tagline="Second")
    step = save(second)
    assert step
    assert (step.version, second.version, Framework.objects.get().version) == (3, 3, 3)
    assert (step.before, step.action) == (None, "created")
    assert history(second) == [(1, "created", "Maker"), (2, "deleted", "Alice"), (3, "created", "Alice")]
    second.tagline = "Third"
    save(second, seen=3)
    assert history(second)[-1] == (4, "changed", "Alice")


# Relations to many


@pytest.fixture
def disagreement() -> Disagreement:
    source = make_source(key="000")
    claims = [make_claim(source=source, key=key) for key in ("000-2-b", "000-1-a")]
    return make_disagreement(claims=claims)


def test_save_records_related_claims_by_key_in_order(disagreement: Disagreement) -> None:
    step = Revision.objects.of(disagreement).get()
    assert step.after
    assert step.after["claims"] == [["000-1-a"], ["000-2-b"]]
    assert {claim.key for claim in disagreement.claims.all()} == {"000-1-a", "000-2-b"}


def test_save_records_change_of_related_claims_alone(disagreement: Disagreement) -> None:
    kept = Claim.objects.get(key="000-1-a")
    other = make_claim(key="000-3-c")
    step = save(disagreement, seen=1, related={"claims": [other, kept]})
    assert step
    assert step.changed_fields == [
        ("claims", [["000-1-a"], ["000-2-b"]], [["000-1-a"], ["000-3-c"]]),
    ]
    assert set(disagreement.claims.all()) == {kept, other}
    assert Disagreement.objects.get().version == 2


def test_save_ignores_order_of_related_claims(disagreement: Disagreement) -> None:
    claims = Claim.objects.order_by("-key")
    assert save(disagreement, seen=1, related={"claims": claims}) is None
    assert save(disagreement, seen=1) is None
    assert disagreement.claims.count() == 2


def test_save_keeps_related_claims_when_not_given(disagreement: Disagreement) -> None:
    disagreement.title = "Another title"
    save(disagreement, seen=1)
    assert disagreement.claims.count() == 2


def test_save_conflict_leaves_related_claims_unchanged(disagreement: Disagreement) -> None:
    theirs = Disagreement.objects.get()
    theirs.title = "Theirs"
    save(theirs, seen=1)
    with pytest.raises(Conflict):
        save(disagreement, seen=1, related={"claims": []})
    assert disagreement.claims.count() == 2


# What it costs


@pytest.mark.parametrize("others", [1, 3])
def test_save_query_count_is_constant(others: int, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(others):
        make_rating()
    rating = Rating.objects.select_related("framework", "criterion").first()
    assert rating
    rating.verdict = "Another"
    # The transaction's two ends, the fact as it stands with its two names, the write, the record, what it is about.
    with django_assert_num_queries(8):
        save(rating, seen=1)


# Many facts


def pending(*facts: Versioned, **fields: Any) -> list[PendingWrite]:
    """What is to be written when these fields are changed in each of the facts."""
    writes = []
    for fact in facts:
        before, current = state_of(fact), type(fact)._default_manager.get(pk=fact.pk)
        for name, value in fields.items():
            setattr(current, name, value)
        writes.append(PendingWrite(current, {}, fact.version, before))
    return writes


def save_all(writes: list[PendingWrite]) -> list[Revision]:
    return revisions.save_all(writes, by=ALICE, reason="Read them again.")


@pytest.mark.parametrize("count", [1, 3])
def test_save_all_query_count_is_constant(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    ratings = [make_rating() for _ in range(count)]
    writes = pending(*ratings, score=1)
    for write in writes:
        assert write.after
    # The transaction's two ends, the changes, the record and what it is about; many changes have a savepoint.
    with django_assert_num_queries(5 + 2 * (count > 1)):
        written = save_all(writes)
    assert [(step.version, step.changed_fields) for step in written] == [(2, [("score", 3, 1)])] * count
    assert [(rating.score, rating.version) for rating in Rating.objects.all()] == [(1, 2)] * count
    assert [write.fact.version for write in writes] == [2] * count


def test_save_all_writes_fields_of_every_kind_and_reasons_of_their_own() -> None:
    ratings = [make_rating(is_published=number < 2) for number in range(3)]
    writes = pending(*ratings[:2], reviewed_on=date(2026, 11, 19), is_published=False)
    writes += pending(ratings[2], framework=ratings[0].framework)
    writes[1] = replace(writes[1], reason="Another reason.")
    steps = save_all(writes)
    assert [step.reason for step in steps] == ["Read them again.", "Another reason.", "Read them again."]
    for write in writes:
        assert state_of(type(write.fact)._default_manager.get(pk=write.fact.pk)) == write.after


def test_save_all_leaves_facts_without_a_difference() -> None:
    one, two = make_rating(score=3), make_rating(score=1)
    [step] = save_all(pending(one, two, score=3))
    assert (step.key, step.version) == (two.key_text, 2)
    assert history(one) == [(1, "created", "Maker")]


def test_save_all_raises_conflict_for_the_outdated_fact_and_writes_none() -> None:
    ratings = [make_rating() for _ in range(3)]
    writes = pending(*ratings, score=1)
    ratings[1].verdict = "Theirs"
    latest = save(ratings[1], seen=1, by=Author("Bob", Revision.Origin.ADMIN))
    with pytest.raises(Conflict) as clash:
        save_all(writes)
    assert (clash.value.mine, clash.value.latest) == (ratings[1], latest)
    assert {rating.score for rating in Rating.objects.all()} == {3}
    assert Revision.objects.filter(author_name="Alice").count() == 0


def test_save_all_names_the_fact_that_is_refused_and_writes_none() -> None:
    ratings = [make_rating() for _ in range(2)] + [make_rating(is_published=False)]
    with pytest.raises(Refused, match=f"^{ratings[2]}: No claim about"):
        save_all(pending(*ratings, score=1, is_published=True)[::-1] + pending(ratings[0], score=2))
    assert {rating.score for rating in Rating.objects.all()} == {3}


@pytest.mark.parametrize("count", [1, 3])
def test_save_all_writes_relations_of_new_facts_in_a_constant_number_of_queries(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    claims = [make_claim(), make_claim()]
    facts = [
        Disagreement(slug=f"d-{number}", title=f"D {number}", question="?", kind="between", explanation="So.")
        for number in range(count)
    ]
    # The transaction's two ends, earlier versions, the facts, the relations, the record with the keys of the claims.
    with django_assert_num_queries(6):
        save_all([PendingWrite(fact, {"claims": claims}) for fact in facts])
    assert [set(fact.claims.all()) for fact in Disagreement.objects.all()] == [set(claims)] * count


@pytest.mark.parametrize("count", [1, 3])
def test_delete_all_query_count_is_constant(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        make_rating(is_published=False)
    ratings = list(Rating.objects.select_related("framework", "criterion"))
    # The transaction's two ends, the versions, the ratings, the record, what it is about.
    with django_assert_num_queries(6):
        steps = revisions.delete_all(ratings, by=ALICE, reason="Not so.")
    assert [(step.action, step.version) for step in steps] == [("deleted", 2)] * count
    assert Rating.objects.count() == 0


def test_delete_all_raises_conflict_for_the_outdated_fact_and_deletes_none() -> None:
    ratings = [make_rating() for _ in range(3)]
    changed = Rating.objects.get(pk=ratings[1].pk)
    changed.score = 1
    save(changed, seen=1)
    with pytest.raises(Conflict) as clash:
        revisions.delete_all(ratings, by=ALICE, reason="Not so.")
    assert (clash.value.mine, clash.value.current) == (ratings[1], changed)
    assert Rating.objects.count() == 3


def test_delete_all_names_the_fact_that_others_name() -> None:
    claims = [make_claim() for _ in range(3)]
    make_disagreement(title="How fast", claims=claims[1:2])
    with pytest.raises(Refused, match=f"^{claims[1]}: It is cited by the disagreement “How fast”"):
        revisions.delete_all(claims, by=ALICE, reason="Not so.")
    assert Claim.objects.count() == 3


# Many at once

THREADS, EDITS = 8, 20


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """Each step commits. Ratings go first at the end: flushing empties the tables in any order."""
    yield
    Rating.objects.all().delete()


def at_once(work: Callable[[int], None]) -> None:
    """Does the work in as many threads, each on a connection of its own. An error in one fails the test."""
    errors: list[BaseException] = []
    start = threading.Barrier(THREADS)

    def run(number: int) -> None:
        try:
            start.wait()
            work(number)
        except BaseException as error:  # noqa: BLE001 - it is raised below, where the test sees it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def test_save_loses_no_concurrent_edit(committed: None) -> None:
    rating = make_rating(rationale="Begun.")
    acknowledged: list[str] = []

    def edit(number: int) -> None:
        for turn in range(EDITS):
            word = f"{number}-{turn}"
            while True:
                mine = Rating.objects.get()
                mine.rationale += f" {word}"
                try:
                    save(mine, seen=mine.version, by=Author(f"Editor {number}", Revision.Origin.ADMIN))
                except Conflict:
                    continue
                acknowledged.append(word)
                break

    at_once(edit)
    stored = Rating.objects.get()
    steps = Revision.objects.of(rating).filter(action="changed")
    assert len(acknowledged) == THREADS * EDITS
    assert stored.version - 1 == steps.count() == THREADS * EDITS
    assert stored.rationale.split() == ["Begun.", *stored.rationale.split()[1:]]
    assert sorted(stored.rationale.split()[1:]) == sorted(acknowledged)
    # Each step begins where the one before it ended.
    told = list(steps.order_by("version").values_list("before__rationale", "after__rationale"))
    assert [before for before, _ in told] == ["Begun.", *(after for _, after in told[:-1])]


def test_delete_succeeds_only_once_when_concurrent(committed: None) -> None:
    framework = make_framework()
    outcomes: list[str] = []

    def remove(number: int) -> None:
        try:
            delete(framework, seen=1, by=Author(f"Editor {number}", Revision.Origin.ADMIN))
            outcomes.append("deleted")
        except Conflict:
            outcomes.append("conflict")

    at_once(remove)
    assert sorted(outcomes) == ["conflict"] * (THREADS - 1) + ["deleted"]
    assert [action for _, action, _ in history(framework)] == ["created", "deleted"]
