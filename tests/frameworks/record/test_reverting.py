"""Taking back: one fact as it stood, or all of a changeset. What was done since is lost to nobody."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from desk.editing.edit import SAVED_BEFORE
from desk.interrupted import Outcome
from desk.review import proposals
from desk.versions import undoing
from frameworks.models import Claim, Framework, Proposal, Rating, Revision, Trait, Versioned
from frameworks.models.schema import state_of
from frameworks.record import reverting, revisions
from frameworks.record.pending import PendingWrite
from frameworks.record.replaying import divergences
from frameworks.record.revisions import Author, Conflict, Refused
from frameworks.serving import version
from tests import factories
from tests.desk.reading import form_on, text_of
from tests.desk.signing_in import sign_in
from tests.faults import failing
from tests.html import read

pytestmark = pytest.mark.django_db

NOBODYS = "11111111-2222-4333-8444-000000000000"


@pytest.fixture(autouse=True)
def replayed(db: None) -> Iterator[None]:
    """Whatever a test does, the history still tells the whole of it."""
    yield
    assert list(divergences()) == []


@pytest.fixture
def by() -> Author:
    return Author("Ada Lovelace", Revision.Origin.REVERT)


def go(origin: Revision.Origin = Revision.Origin.ADMIN) -> Author:
    return Author("Bob", origin)


def change(fact: Versioned, by: Author | None = None, **fields: object) -> Revision:
    for name, value in fields.items():
        setattr(fact, name, value)
    step = revisions.save(fact, by=by or go(), reason="Read again.", seen=fact.version)
    assert step
    return step


def delete(fact: Versioned, by: Author | None = None) -> Revision:
    return revisions.delete(fact, by=by or go(), reason="Not so.", seen=fact.version)


def step_of(fact: Versioned, version: int) -> Revision:
    return Revision.objects.of(fact).get(version=version)


def restore(step: Revision, by: Author, seen: int) -> Revision | None:
    return reverting.restore(step, by=by, reason="It was right.", seen=seen)


def undo(changeset: Any, by: Author) -> int:
    count = len(reverting.plan(changeset).steps)
    return reverting.undo(changeset, by=by, reason="A mistake.", count=count)


# One fact


def test_restore_writes_earlier_version_as_new_version(by: Author) -> None:
    rating = factories.make_rating(score=3, verdict="Middling")
    change(rating, score=5, verdict="Quick")
    step = restore(step_of(rating, 1), by, seen=2)
    assert step
    assert (step.version, step.action, step.origin, step.reason) == (3, "changed", "revert", "It was right.")
    stands = Rating.objects.get()
    assert (stands.score, stands.verdict, stands.version) == (3, "Middling", 3)


def test_restore_includes_related_claims(by: Author) -> None:
    one, two = factories.make_claim(), factories.make_claim()
    trait = factories.make_trait(claims=[one, two])
    revisions.save(trait, by=go(), reason="Only one.", seen=1, related={"claims": [one]})
    restore(step_of(trait, 1), by, seen=2)
    assert set(trait.claims.all()) == {one, two}


def test_restore_recreates_deleted_fact_and_continues_version_numbers(by: Author) -> None:
    rating = factories.make_rating()
    delete(rating)
    step = restore(step_of(rating, 1), by, seen=2)
    assert step
    assert (step.version, step.action) == (3, "created")
    assert Rating.objects.get().version == 3


def test_restore_leaves_fields_unknown_to_the_step(by: Author) -> None:
    rating = factories.make_rating(score=3)
    step = step_of(rating, 1)
    step.after = {name: value for name, value in (step.after or {}).items() if name != "verdict"}
    step.save()
    change(rating, score=5, verdict="Said later")
    restore(step, by, seen=2)
    assert (Rating.objects.get().score, Rating.objects.get().verdict) == (3, "Said later")


def test_restore_writes_nothing_without_a_difference(by: Author) -> None:
    rating = factories.make_rating()
    assert restore(step_of(rating, 1), by, seen=1) is None
    assert Revision.objects.of(rating).count() == 1


def test_restore_raises_conflict_when_fact_has_changed_since(by: Author) -> None:
    rating = factories.make_rating(score=3)
    change(rating, score=5)
    change(rating, score=4)
    with pytest.raises(Conflict):
        restore(step_of(rating, 1), by, seen=2)
    delete(rating)
    with pytest.raises(Conflict):
        restore(step_of(rating, 1), by, seen=3)
    restore(step_of(rating, 1), by, seen=4)
    with pytest.raises(Conflict):
        restore(step_of(rating, 2), by, seen=4)
    assert Rating.objects.get().score == 3


@pytest.mark.both
def test_restore_rejects_reference_to_deleted_fact(by: Author) -> None:
    claim = factories.make_claim()
    framework = claim.framework
    assert framework
    delete(claim)
    delete(framework)
    with pytest.raises(
        Refused,
        match=f"It refers to framework “{framework.slug}”, which no longer exists. Restore that first.",
    ):
        restore(step_of(claim, 1), by, seen=2)
    restore(step_of(framework, 1), by, seen=2)
    restore(step_of(claim, 1), by, seen=2)
    assert Claim.objects.get().framework == Framework.objects.get(slug=framework.slug)


@pytest.mark.both
def test_restore_respects_constraint_on_published_ratings(by: Author) -> None:
    rating = factories.make_rating()
    change(rating, is_published=False)
    delete(Claim.objects.get())
    with pytest.raises(Refused, match="needs at least one claim"):
        restore(step_of(rating, 1), by, seen=2)


@pytest.mark.both
def test_restore_rejects_name_taken_since_with_message(by: Author) -> None:
    framework = factories.make_framework(name="Old", slug="old")
    change(framework, name="New")
    factories.make_framework(name="Old", slug="other")
    with pytest.raises(Refused, match="There is already a framework called “Old”"):
        restore(step_of(framework, 1), by, seen=2)


def test_restore_rejects_deletion_step(by: Author) -> None:
    rating = factories.make_rating()
    with pytest.raises(Refused, match="Restore an earlier version"):
        restore(delete(rating), by, seen=2)


# A whole changeset


def test_undo_reverts_changeset_and_can_itself_be_undone(by: Author) -> None:
    bobs = go()
    kept, dropped = factories.make_rating(score=3), factories.make_rating(score=2)
    claim = factories.make_claim()
    change(kept, bobs, score=5)
    framework = Framework(slug="new", name="New")
    revisions.save(framework, by=bobs, reason="It is new.")
    new_claim = Claim(
        key="new",
        source=claim.source,
        line=1,
        framework=framework,
        criterion=claim.criterion,
        paraphrase="New.",
    )
    revisions.save(new_claim, by=bobs, reason="It is new.")
    rating = Rating(framework=framework, criterion=claim.criterion, score=4, verdict="v", rationale="r")
    rating.is_published, rating.departure = True, "The editors have tried it."
    revisions.save(rating, by=bobs, reason="It is new.")
    delete(dropped, bobs)
    assert undo(bobs.changeset, by) == 5
    assert Rating.objects.get(pk=kept.pk).score == 3
    assert Rating.objects.get(framework=dropped.framework).score == 2
    assert not Framework.objects.filter(slug="new").exists()
    assert set(Revision.objects.filter(changeset=by.changeset).values_list("origin", flat=True)) == {"revert"}
    again = go(Revision.Origin.REVERT)
    assert undo(by.changeset, again) == 5
    assert Rating.objects.get(pk=kept.pk).score == 5
    assert Rating.objects.get(framework__slug="new").is_published
    assert not Rating.objects.filter(framework=dropped.framework).exists()


def test_undo_reverts_both_steps_of_a_fact_changed_twice(by: Author) -> None:
    bobs, rating = go(), factories.make_rating(score=1)
    change(rating, bobs, score=2)
    change(rating, bobs, score=3)
    assert undo(bobs.changeset, by) == 2
    assert (Rating.objects.get().score, Rating.objects.get().version) == (1, 5)


def test_undo_lists_and_skips_facts_changed_since(by: Author) -> None:
    bobs, one, two = go(), factories.make_rating(score=1), factories.make_rating(score=1)
    change(one, bobs, score=2)
    change(two, bobs, score=2)
    change(two, score=5)
    plan = reverting.plan(bobs.changeset)
    assert [step.key for step in plan.steps] == [one.key_text]
    assert [step.key for step in plan.changed_since] == [two.key_text]
    undo(bobs.changeset, by)
    assert [Rating.objects.get(pk=rating.pk).score for rating in (one, two)] == [1, 5]


@pytest.mark.both
def test_undo_is_all_or_nothing(by: Author) -> None:
    bobs, rating = go(), factories.make_rating(score=1)
    framework = Framework(slug="new", name="New")
    revisions.save(framework, by=bobs, reason="It is new.")
    change(rating, bobs, score=2)
    factories.make_claim(framework=framework)
    with pytest.raises(Refused, match="It cannot be deleted, because"):
        undo(bobs.changeset, by)
    assert Rating.objects.get().score == 2
    assert not Revision.objects.filter(changeset=by.changeset).exists()


def test_undo_raises_when_more_facts_changed_than_editor_saw(by: Author) -> None:
    bobs, one, two = go(), factories.make_rating(score=1), factories.make_rating(score=1)
    change(one, bobs, score=2)
    change(two, bobs, score=2)
    change(two, score=5)
    with pytest.raises(reverting.FactsChanged):
        reverting.undo(bobs.changeset, by=by, reason="A mistake.", count=2)
    assert Rating.objects.get(pk=one.pk).score == 2


def new_claims(by: Author, count: int) -> list[Claim]:
    """Claims in one cell, written together."""
    first = factories.make_claim()
    named = {"source": first.source, "framework": first.framework, "criterion": first.criterion}
    claims = [Claim(key=f"new-{number}", line=1, paraphrase="New.", **named) for number in range(count)]
    revisions.save_all([PendingWrite(claim, {}) for claim in claims], by=by, reason="They are new.")
    return claims


def queries_to_undo(changeset: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        undo(changeset, Author("Ada Lovelace", Revision.Origin.REVERT))
    return len(queries)


@pytest.mark.both
@pytest.mark.parametrize("undone", [0, 1], ids=["undo", "undo of the undoing"])
def test_undo_query_count_does_not_grow_with_new_facts(undone: int) -> None:
    counts = []
    for count in (2, 5):
        bobs = go()
        new_claims(bobs, count)
        changesets = [bobs.changeset]
        for _ in range(undone + 1):
            counts.append(queries_to_undo(changesets[-1]))
            changesets += Revision.objects.order_by("-pk").values_list("changeset", flat=True)[:1]
        assert Claim.objects.filter(key__startswith="new-").count() == count * undone
        if undone:
            undo(changesets[-1], go())
    assert counts[: undone + 1] == counts[undone + 1 :]


@pytest.mark.both
def test_undo_query_count_does_not_grow_with_changed_facts() -> None:
    counts = []
    for count in (2, 5):
        bobs = go()
        for rating in [factories.make_rating(score=1) for _ in range(count)]:
            change(rating, bobs, score=2)
        counts.append(queries_to_undo(bobs.changeset))
        assert {rating.score for rating in Rating.objects.all()} == {1}
    assert counts[0] == counts[1]


def test_undo_goes_on_in_batches(by: Author, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reverting, "BATCH_MAX", 2)
    bobs = go()
    new_claims(bobs, 5)
    assert undo(bobs.changeset, by) == 5
    assert Claim.objects.count() == 1
    assert undo(by.changeset, go()) == 5
    assert {claim.version for claim in Claim.objects.filter(key__startswith="new-")} == {3}


@pytest.mark.both
def test_undo_names_the_fact_of_many_that_is_needed(by: Author) -> None:
    bobs = go()
    first, second, third = new_claims(bobs, 3)
    trait = factories.make_trait(claims=[second])
    with pytest.raises(Refused, match=f"^{second}: It is cited by the trait “{trait}”"):
        undo(bobs.changeset, by)
    assert Claim.objects.filter(pk__in=[first.pk, second.pk, third.pk]).count() == 3
    assert not Revision.objects.filter(changeset=by.changeset).exists()


@pytest.mark.both
def test_undo_names_the_fact_of_many_that_others_rest_on(by: Author) -> None:
    bobs = go()
    frameworks = [Framework(slug=f"new-{number}", name=f"New {number}") for number in range(3)]
    writes = [PendingWrite(framework, {}) for framework in frameworks]
    revisions.save_all(writes, by=bobs, reason="They are new.")
    claim = factories.make_claim(framework=frameworks[1])
    with pytest.raises(
        Refused, match=f"^New 1: It cannot be deleted, because it is still needed by “{claim}”"
    ):
        undo(bobs.changeset, by)
    assert Framework.objects.filter(slug__startswith="new-").count() == 3


@pytest.mark.both
def test_undo_names_the_claim_of_many_that_a_published_rating_needs(by: Author) -> None:
    bobs = go()
    first, second = factories.make_claim(), factories.make_claim()
    moved = [PendingWrite(claim, {}, 1, state_of(claim)) for claim in (first, second)]
    cell = factories.make_framework()
    for claim in (first, second):
        claim.framework = cell
    revisions.save_all(moved, by=bobs, reason="About another.")
    factories.make_rating(framework=cell, criterion=second.criterion)
    with pytest.raises(
        Refused, match=f"^{Claim.objects.get(pk=second.pk).locator} .*: A published rating needs"
    ):
        undo(bobs.changeset, by)
    assert {claim.framework for claim in Claim.objects.all()} == {cell}


@pytest.mark.both
def test_undo_keeps_the_order_of_steps_that_depend_on_each_other(by: Author) -> None:
    """A claim took another's place behind a published rating; a name was given up and taken by another framework."""
    bobs, rating = go(), factories.make_rating()
    claim = Claim.objects.get()
    [other] = new_claims(bobs, 1)
    change(other, bobs, framework=rating.framework, criterion=rating.criterion)
    change(claim, bobs, framework=factories.make_framework())
    framework = factories.make_framework(name="Early")
    change(framework, bobs, name="Late")
    revisions.save(Framework(slug="early-2", name="Early"), by=bobs, reason="It is new.")
    count = len(reverting.plan(bobs.changeset).steps)
    assert undo(bobs.changeset, by) == count == 5
    claim.refresh_from_db()
    assert (claim.framework, Claim.objects.filter(key="new-0").count()) == (rating.framework, 0)
    assert Framework.objects.get(name="Early") == framework
    assert undo(by.changeset, go()) == 5
    assert Framework.objects.get(name="Early").slug == "early-2"


def test_undo_restores_relations_and_renames_of_one_changeset(by: Author) -> None:
    bobs, claims = go(), [factories.make_claim() for _ in range(3)]
    traits = [factories.make_trait(claims=claims[:2]) for _ in range(2)]
    for trait in traits:
        revisions.save(trait, by=bobs, reason="Fewer.", seen=1, related={"claims": claims[2:]})
    framework = traits[0].framework
    slug = framework.slug
    change(framework, bobs, slug="renamed")
    for trait in traits:
        delete(Trait.objects.get(pk=trait.pk), bobs)
    assert undo(bobs.changeset, by) == 5
    assert [set(trait.claims.all()) for trait in Trait.objects.all()] == [set(claims[:2])] * 2
    assert Framework.objects.get(pk=framework.pk).slug == slug


# At the desk


def restore_url(step: Revision) -> str:
    return f"/admin/frameworks/revision/{step.pk}/restore/"


def undo_url(step: Revision) -> str:
    return f"/admin/frameworks/revision/changeset/{step.changeset}/undo/"


def test_restore_page_is_linked_from_history_and_restores_version(ada: Client) -> None:
    rating = factories.make_rating(score=3)
    change(rating, score=5)
    history = ada.get(f"/admin/frameworks/rating/{rating.pk}/history/")
    assert restore_url(step_of(rating, 1)) in history.content.decode()
    assert restore_url(step_of(rating, 2)) not in history.content.decode()
    page = ada.get(restore_url(step_of(rating, 1)))
    assert "Score 5 3" in text_of(page)
    sent = form_on(page, reason="It was right.")
    done, again = (ada.post(restore_url(step_of(rating, 1)), sent, follow=True) for _ in range(2))
    assert "Version 1 was restored." in text_of(done)
    assert SAVED_BEFORE in text_of(again)
    step = step_of(rating, 3)
    assert (step.author_name, step.origin, step.reason) == ("Ada Lovelace", "revert", "It was right.")
    assert Rating.objects.get().score == 3


def test_restore_page_restores_deleted_fact_from_revision(ada: Client) -> None:
    rating = factories.make_rating()
    delete(rating)
    record = ada.get(f"/admin/frameworks/revision/{step_of(rating, 1).pk}/change/")
    assert restore_url(step_of(rating, 1)) in record.content.decode()
    page = ada.get(restore_url(step_of(rating, 1)))
    assert "This has been deleted since." in text_of(page)
    assert ada.post(restore_url(step_of(rating, 1)), form_on(page, reason="Back.")).status_code == 302
    assert Rating.objects.get().version == 3
    assert ada.get(restore_url(step_of(rating, 2))).status_code == 404


def test_restore_page_requires_reason_and_version_seen(ada: Client) -> None:
    rating = factories.make_rating(score=3)
    change(rating, score=5)
    url = restore_url(step_of(rating, 1))
    page = ada.get(url)
    assert "Give a reason for the change in one sentence" in text_of(ada.post(url, form_on(page)))
    for seen in (None, "", "x", "1:other/fact", "9" * 5000):
        answer = ada.post(url, form_on(page, reason="Why not.", seen=seen))
        assert "does not say which version you saw" in text_of(answer)
    assert Rating.objects.get().score == 5


@pytest.mark.both
def test_restore_page_shows_conflict_and_restores_on_confirmation(ada: Client) -> None:
    rating = factories.make_rating(score=3, verdict="Then")
    change(rating, score=5)
    url = restore_url(step_of(rating, 1))
    page = ada.get(url)
    change(rating, score=4, verdict="By Bob")
    conflict = ada.post(url, form_on(page, reason="It was right."))
    assert conflict.status_code == 409
    assert "By Bob" in text_of(conflict)
    assert "You wanted to restore version 1." in text_of(conflict)
    assert Rating.objects.get().score == 4
    assert ada.post(url, form_on(conflict)).status_code == 302
    assert (Rating.objects.get().score, step_of(rating, 4).reason) == (3, "It was right.")


def test_restore_page_keeps_reason_after_rejection(ada: Client) -> None:
    rating = factories.make_rating()
    change(rating, is_published=False)
    delete(Claim.objects.get())
    url = restore_url(step_of(rating, 1))
    answer = ada.post(url, form_on(ada.get(url), reason="Publish it."))
    assert "needs at least one claim" in text_of(answer)
    assert 'value="Publish it."' in answer.content.decode()


def test_undo_page_shows_changeset_and_undoes_it(ada: Client) -> None:
    bobs, one, two = go(), factories.make_rating(score=1), factories.make_rating(score=1)
    step = change(one, bobs, score=2)
    change(two, bobs, score=2)
    shown = ada.get(undo_url(step).removesuffix("undo/"))
    assert "2 changes" in text_of(shown)
    assert undo_url(step) in shown.content.decode()
    page = ada.get(undo_url(step))
    assert f"rating {one.key_text} Score: 2 → 1" in text_of(page)
    change(two, score=5)
    moved = ada.post(undo_url(step), form_on(page, reason="A mistake."))
    assert moved.status_code == 409
    assert "Nothing was undone." in text_of(moved)
    assert f"rating {two.key_text} changed again by {step_of(two, 3).author_name} on" in text_of(moved)
    done = ada.post(undo_url(step), form_on(moved), follow=True)
    assert "1 change was undone." in text_of(done)
    assert [Rating.objects.get(pk=rating.pk).score for rating in (one, two)] == [1, 5]
    again = step_of(one, 3)
    assert ada.post(undo_url(again), form_on(ada.get(undo_url(again)), reason="No.")).status_code == 302
    assert Rating.objects.get(pk=one.pk).score == 2
    assert "There is nothing left to undo" in text_of(ada.get(undo_url(step)))


@pytest.mark.parametrize("count", [2, 4])
def test_changeset_and_undo_pages_have_constant_query_count(
    ada: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    bobs = replace(go(), published_by=factories.make_reviewer())
    for _ in range(count):
        step = change(factories.make_rating(score=1), bobs, score=2)
        taken = factories.make_rating(score=1)
        change(taken, bobs, score=2)
        change(taken, score=3)
    # To see whether it can be undone, it is undone and rolled back.
    for url, queries in ((undo_url(step).removesuffix("undo/"), 7), (undo_url(step), 39)):
        with django_assert_num_queries(queries):
            assert ada.get(url).status_code == 200


def test_undo_page_says_beforehand_what_depends_on_the_changeset(ada: Client) -> None:
    bobs = go()
    [claim] = new_claims(bobs, 1)
    step = step_of(claim, 1)
    assert "was created; will be deleted" in text_of(ada.get(undo_url(step)))
    factories.make_trait(claims=[claim])
    page = read(ada.get(undo_url(step)).content)
    assert page.one(".errornote").text.startswith(
        f"This cannot be undone now. {claim}: It is cited by the trait"
    )
    assert page.all("#content-main form") == []
    assert Claim.objects.filter(pk=claim.pk).exists()


@pytest.fixture
def with_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few steps are as many as thousands: undone in batches of two, while the page is sent."""
    monkeypatch.setattr(undoing, "AT_ONCE_MAX", 2)
    monkeypatch.setattr(undoing, "REHEARSED_MAX", 2)
    monkeypatch.setattr(reverting, "BATCH_MAX", 2)


def undo_many(desk: Client, changeset: Any) -> Any:
    url = f"/admin/frameworks/revision/changeset/{changeset}/undo/"
    return desk.post(url, form_on(desk.get(url), reason="A <mistake>."))


@pytest.mark.both
@pytest.mark.usefixtures("with_progress")
def test_undo_page_shows_progress_of_a_large_changeset(ada: Client) -> None:
    bobs = go()
    new_claims(bobs, 5)
    answer = undo_many(ada, bobs.changeset)
    assert answer.streaming
    assert answer["X-Accel-Buffering"] == "no"
    assert Claim.objects.count() == 6  # nothing is done before the page is sent
    written = version.writes()
    parts = [part.decode() for part in answer.streaming_content]
    assert version.writes() == written + 1
    assert parts[1:4] == ["<p>2 of 5</p>\n", "<p>4 of 5</p>\n", "<p>5 of 5</p>\n"]
    page = read("".join(parts).encode())
    assert page.one("#content-main .success").text.startswith("5 changes were undone.")
    steps = Revision.objects.filter(origin="revert")
    assert set(steps.values_list("author_name", "reason")) == {("Ada Lovelace", "A <mistake>.")}
    changeset = steps[0].changeset
    assert f"/admin/frameworks/revision/changeset/{changeset}/" in [
        link["href"] for link in page.all("#content-main a")
    ]
    assert Claim.objects.count() == 1


@pytest.mark.usefixtures("with_progress")
def test_undo_page_says_in_the_end_why_a_large_changeset_stays(ada: Client) -> None:
    bobs = go()
    claims = new_claims(bobs, 5)
    factories.make_trait(claims=claims[:1])
    answer = undo_many(ada, bobs.changeset)
    page = read(b"".join(answer.streaming_content))
    assert page.one(".errornote").text.startswith(
        f"Nothing was undone. {claims[0]}: It is cited by the trait"
    )
    assert "Your reason was: A <mistake>." in page.text
    assert Claim.objects.count() == 6
    assert not Revision.objects.filter(origin="revert").exists()


@pytest.mark.usefixtures("with_progress")
def test_undo_page_says_in_the_end_that_the_database_has_failed(ada: Client) -> None:
    bobs = go()
    new_claims(bobs, 5)
    answer = undo_many(ada, bobs.changeset)
    with failing(20):
        page = read(b"".join(answer.streaming_content))
    assert page.one(".errornote").text == Outcome.NOTHING.value
    assert "Your reason was: A <mistake>." in page.text
    assert Claim.objects.count() == 6


@pytest.mark.both
@pytest.mark.usefixtures("with_progress")
def test_undo_page_left_early_undoes_nothing(ada: Client) -> None:
    bobs = go()
    new_claims(bobs, 5)
    answer = undo_many(ada, bobs.changeset)
    sent = iter(answer.streaming_content)
    next(sent)
    assert next(sent) == b"<p>2 of 5</p>\n"
    answer._iterator.close()  # as the server does, but the connection to the database stays open
    assert Claim.objects.count() == 6
    assert not Revision.objects.filter(origin="revert").exists()


@pytest.mark.usefixtures("with_progress")
def test_undo_page_proposes_a_large_changeset_without_publish_permission() -> None:
    bobs = go()
    for _ in range(3):
        change(factories.make_rating(score=1), bobs, score=2)
    answer = undo_many(sign_in(factories.make_proposer()), bobs.changeset)
    assert not answer.streaming
    assert Proposal.objects.get().changes.count() == 3
    assert {rating.score for rating in Rating.objects.all()} == {2}


@pytest.mark.parametrize("count", [None, "", "x", "-1", "9" * 5000])
def test_undo_page_requires_number_of_steps_seen(ada: Client, count: str | None) -> None:
    rating = factories.make_rating(score=1)
    step = change(rating, score=2)
    answer = ada.post(undo_url(step), form_on(ada.get(undo_url(step)), reason="No.", count=count))
    assert "does not say which version you saw" in text_of(answer)
    assert Rating.objects.get().score == 2


@pytest.mark.parametrize("user", [factories.make_reviewer, User.objects.create_user])
def test_restore_and_undo_pages_forbid_users_without_change_permission(user: Any) -> None:
    rating = factories.make_rating(score=1)
    step = change(rating, score=2)
    client = sign_in(user(username="eve", is_staff=True))
    for url in (restore_url(step_of(rating, 1)), undo_url(step)):
        assert client.get(url).status_code == 403
        assert (
            client.post(url, {"reason": "x", "count": "1", "seen": f"2:{rating.key_text}"}).status_code == 403
        )
    assert Rating.objects.get().score == 2


@pytest.mark.parametrize(
    "path",
    ["99999999999999999999999/restore/", "0/restore/", f"changeset/{NOBODYS}/", f"changeset/{NOBODYS}/undo/"],
)
def test_restore_and_undo_pages_return_404_for_unknown_ids(ada: Client, path: str) -> None:
    assert ada.get(f"/admin/frameworks/revision/{path}").status_code == 404


def test_restore_and_undo_pages_propose_without_publish_permission(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(proposals, "page_of", lambda proposal: f"/admin/proposal/{proposal.pk}/")
    rating = factories.make_rating(score=1)
    step = change(rating, score=2)
    client = sign_in(factories.make_proposer())
    for url in (restore_url(step_of(rating, 1)), undo_url(step)):
        answer = client.post(url, form_on(client.get(url), reason="It was right."))
        assert answer["Location"].startswith("/admin/proposal/")
    assert Rating.objects.get().score == 2
    assert list(Proposal.objects.values_list("origin", "reason")) == [("revert", "It was right.")] * 2
    [wanted, _] = [proposal.changes.get() for proposal in Proposal.objects.all()]
    assert (wanted.seen, (wanted.after or {})["score"]) == (2, 1)
