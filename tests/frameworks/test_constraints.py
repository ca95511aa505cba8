"""What the database enforces, asked in plain SQL: no model, no form and no validator stands in between."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, models, transaction

from frameworks.models import Claim, Framework, Rating, Revision, versioned_models
from frameworks.models.constraints import BESIDE, SENTENCES
from tests.database import execute, refused
from tests.factories import (
    make_claim,
    make_component,
    make_criterion,
    make_disagreement,
    make_facet,
    make_facet_value,
    make_framework,
    make_group,
    make_rating,
    make_relation,
    make_source,
    make_tie,
    make_trait,
    make_wording,
)

pytestmark = [pytest.mark.django_db, pytest.mark.both]

Make = Callable[[], models.Model]
Write = Callable[..., None]


def insert(like: models.Model, **columns: Any) -> None:
    """A second row like this one's but for these columns."""
    names = [str(field.column) for field in like._meta.concrete_fields if not field.primary_key]
    chosen = ", ".join("%s" if name in columns else name for name in names)
    table = like._meta.db_table
    execute(
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} WHERE id = %s",  # noqa: S608
        *(columns[name] for name in names if name in columns),
        like.pk,
    )


def update(fact: models.Model, **columns: Any) -> None:
    assignments = ", ".join(f"{name} = %s" for name in columns)
    execute(
        f"UPDATE {fact._meta.db_table} SET {assignments} WHERE id = %s",  # noqa: S608
        *columns.values(),
        fact.pk,
    )


def delete(fact: models.Model) -> None:
    execute(f"DELETE FROM {fact._meta.db_table} WHERE id = %s", fact.pk)  # noqa: S608


def make_revision() -> Revision:
    return Revision.objects.of(make_framework()).get()


make_descriptive_criterion = partial(make_criterion, is_scored=False)

# One row


@pytest.mark.parametrize("write", [insert, update])
@pytest.mark.parametrize(
    "make, column, value, constraint",
    [
        (make_rating, "score", 0, "rating_score_in_range"),
        (make_rating, "score", 6, "rating_score_in_range"),
        (make_rating, "score", -1, "score"),
        (make_rating, "score", None, "score"),
        (make_rating, "verdict", "", "rating_has_verdict_and_rationale"),
        (make_rating, "rationale", "", "rating_has_verdict_and_rationale"),
        (make_claim, "reading", 0, "claim_reading_in_range"),
        (make_claim, "reading", 6, "claim_reading_in_range"),
        (make_claim, "line", 0, "claim_line_from_one"),
        (make_claim, "paraphrase", "", "claim_has_paraphrase"),
        (make_claim, "part", "footnote", "claim_part_is_known"),
        (make_claim, "term", "one two three four five six seven", "claim_term_at_most_six_words"),
        (make_claim, "term", "two  spaces", "claim_term_at_most_six_words"),
        (make_claim, "term", " leading", "claim_term_at_most_six_words"),
        (make_claim, "term", "trailing ", "claim_term_at_most_six_words"),
        (make_claim, "term", "two\nlines", "claim_term_at_most_six_words"),
        (make_claim, "term", "Steep\n", "claim_term_at_most_six_words"),
        (make_claim, "term", " ", "claim_term_at_most_six_words"),
        (make_criterion, "default_weight", 11, "criterion_weight_in_range"),
        (make_criterion, "default_weight", -1, "weight"),
        (make_descriptive_criterion, "default_weight", 1, "criterion_unscored_has_no_weight"),
        *((make_criterion, f"rubric_{step}", "", "criterion_scored_has_rubric") for step in range(1, 6)),
        (make_source, "sha256", "26cbf301", "source_sha256_is_hash"),
        (make_source, "sha256", "A" * 64, "source_sha256_is_hash"),
        (make_source, "kind", "rumour", "source_kind_is_known"),
        (make_source, "kind", "statement", "source_statement_is_signed"),
        (make_disagreement, "kind", "imagined", "disagreement_kind_is_known"),
        (make_relation, "kind", "is better than", "relation_kind_is_slug"),
        (make_component, "kind", "", "component_kind_is_slug"),
        (make_tie, "kind", "Extends", "tie_kind_is_slug"),
        (make_revision, "reason", "", "revision_has_reason"),
        (make_revision, "action", "renamed", "revision_action_is_known"),
    ],
)
def test_constraints_reject_values_out_of_bounds(
    write: Write, make: Make, column: str, value: Any, constraint: str
) -> None:
    fact = make()
    with refused(constraint):
        write(fact, **{column: value})


@pytest.mark.parametrize(
    "make, column, values",
    [
        (make_rating, "score", [1, 5]),
        (make_claim, "reading", [1, 5, None]),
        (
            make_claim,
            "term",
            ["", "Steep", "one two three four five six", "~34,000 requests/sec", "“built–in”"],
        ),
        (make_claim, "part", ["table", "list", "prose", "answer"]),
        (make_claim, "line", [1]),
        (make_criterion, "default_weight", [0, 10]),
        (make_descriptive_criterion, "rubric_1", [""]),
        (make_source, "sha256", ["", "0" * 64]),
        (make_disagreement, "kind", ["between", "within", "both", "wording", "condition", "scope"]),
        (make_relation, "kind", ["mirrors", "alternative-to", "complements"]),
        (make_revision, "action", ["created", "changed", "deleted"]),
    ],
)
def test_constraints_accept_values_within_bounds(make: Make, column: str, values: list[Any]) -> None:
    fact = make()
    for value in values:
        update(fact, **{column: value})
        fact.refresh_from_db()
        assert getattr(fact, column) == value


@pytest.mark.parametrize("write", [insert, update])
@pytest.mark.parametrize(
    "slug",
    "Django|django rest|django_rest|django.rest|djangö|-django|django-|django--rest|a-vs-b|a-vs|/".split("|"),
)
def test_slug_constraint_rejects_malformed_slug(write: Write, slug: str) -> None:
    framework = make_framework()
    with refused("framework_slug_is_slug"):
        write(framework, slug=slug)


@pytest.mark.parametrize("slug", ["", "django\n", "a\nb"])
def test_slug_constraint_rejects_empty_and_multiline_slug(slug: str) -> None:
    framework = make_framework()
    with refused("framework_slug_is_slug"):
        update(framework, slug=slug)


@pytest.mark.parametrize("slug", "a|web2py|django-rest-framework|3-2-1|vs|avs-b|a-vsb".split("|"))
def test_slug_constraint_accepts_valid_slug(slug: str) -> None:
    framework = make_framework()
    update(framework, slug=slug)
    assert Framework.objects.get().slug == slug


@pytest.mark.parametrize("slug", ["Has Spaces", "one-vs-two"])
@pytest.mark.parametrize(
    "make, column, constraint",
    [
        (make_group, "slug", "criterion_group_slug_is_slug"),
        (make_criterion, "slug", "criterion_slug_is_slug"),
        (make_facet, "slug", "facet_slug_is_slug"),
        (make_facet_value, "slug", "facet_value_slug_is_slug"),
        (make_disagreement, "slug", "disagreement_slug_is_slug"),
        (make_source, "key", "source_key_is_slug"),
        (make_claim, "key", "claim_key_is_slug"),
    ],
)
def test_slug_constraint_applies_to_every_slug_and_key(
    make: Make, column: str, constraint: str, slug: str
) -> None:
    fact = make()
    with refused(constraint):
        update(fact, **{column: slug})


@pytest.mark.parametrize(
    "make, column, constraint",
    [
        (make_framework, "website", "framework_website_is_http"),
        (make_framework, "repository", "framework_repository_is_http"),
        (make_source, "url", "source_url_is_http"),
    ],
)
@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "ftp://example.org/",
        "data:text/html,x",
        "//example.org/",
        "example.org",
        "https://",
        "https://example.org/a b",
        " https://example.org/",
        "javascript:alert(1)//\nhttps://example.org/",
        "https://example.org/\n",
    ],
)
def test_url_constraint_rejects_invalid_address(make: Make, column: str, constraint: str, url: str) -> None:
    fact = make()
    with refused(constraint):
        update(fact, **{column: url})


@pytest.mark.parametrize("url", ["", "http://example.org", "https://example.org/a?b=%20c&d#e"])
def test_url_constraint_accepts_http_address_or_empty_value(url: str) -> None:
    update(make_framework(), website=url, repository=url)
    assert Framework.objects.values_list("website", "repository").get() == (url, url)


def test_claim_joint_criterion_must_differ_from_criterion() -> None:
    claim = make_claim()
    with refused("claim_joint_criterion_is_another"):
        update(claim, joint_criterion_id=claim.criterion_id)


def test_relation_cannot_join_a_framework_with_itself() -> None:
    relation = make_relation()
    with refused("relation_joins_two_frameworks"):
        update(relation, other_id=relation.framework_id)


# In words


def test_every_constraint_on_facts_has_a_sentence_beside_a_field() -> None:
    for model in versioned_models().values():
        for constraint in model._meta.constraints:
            assert SENTENCES[constraint.name].endswith(".")
            assert BESIDE[constraint.name] in {field.name for field in model._meta.get_fields()}


# Two rows


def twice(*columns: str, constraint: str = "") -> AbstractContextManager[None]:
    """There is one already. SQLite names the columns, PostgreSQL the constraint."""
    return refused(
        constraint if constraint and connection.vendor == "postgresql" else r", \w+\.".join(columns)
    )


@pytest.mark.parametrize(
    "make, different, column",
    [
        (make_framework, {"slug": "other"}, "name"),
        (make_framework, {"name": "Other"}, "slug"),
        (make_group, {"name": "Other"}, "slug"),
        (make_criterion, {"name": "Other"}, "slug"),
        (make_facet, {"name": "Other"}, "slug"),
        (make_source, {"short_name": "Other"}, "key"),
        (make_claim, {}, "key"),
        (make_disagreement, {"title": "Other"}, "slug"),
    ],
)
def test_unique_constraints_reject_duplicate_name_slug_or_key(
    make: Make, different: dict[str, Any], column: str
) -> None:
    fact = make()
    with twice(column):
        insert(fact, **different)


def test_rating_is_unique_per_framework_and_criterion() -> None:
    rating = make_rating(is_published=False)
    insert(rating, framework_id=make_framework().pk)
    insert(rating, criterion_id=make_criterion().pk)
    with twice("framework_id", "criterion_id", constraint="rating_once_per_framework_and_criterion"):
        insert(rating, score=5)
    assert Rating.objects.count() == 3


def test_facet_value_slug_is_unique_per_facet() -> None:
    value = make_facet_value()
    insert(value, facet_id=make_facet().pk)
    with twice("facet_id", "slug", constraint="facet_value_slug_once_per_facet"):
        insert(value, name="Other")


def test_trait_is_unique_per_framework_and_value() -> None:
    trait = make_trait()
    insert(trait, framework_id=make_framework().pk)
    insert(trait, value_id=make_facet_value().pk)
    with twice("framework_id", "value_id", constraint="trait_once_per_framework_and_value"):
        insert(trait, note="Other")


def test_relation_is_unique_per_pair_and_kind() -> None:
    relation = make_relation(kind="mirrors")
    insert(relation, kind="complements")
    insert(relation, other_id=make_framework().pk)
    insert(relation, framework_id=relation.other_id, other_id=relation.framework_id)
    with twice("framework_id", "kind", "other_id", constraint="relation_once_per_pair_and_kind"):
        insert(relation, text="Other")


def test_revision_is_unique_per_version() -> None:
    revision = make_revision()
    for different in ({"version": 2}, {"key": "other"}, {"model": "criterion"}):
        insert(revision, **different)
    with twice("model", "key", "version", constraint="revision_once_per_version"):
        insert(revision, version=2)


# A published rating has a claim


@pytest.fixture
def draft() -> Rating:
    """A rating that is not published, in a cell without claims."""
    return make_rating(is_published=False)


def claim_for(rating: Rating, **fields: Any) -> Claim:
    cell = {"framework": rating.framework, "criterion": rating.criterion, "reading": rating.score}
    return make_claim(**{**cell, **fields})


needs_a_claim = partial(refused, "rating_published_has_claim")


def test_rating_cannot_be_published_without_claim(draft: Rating) -> None:
    with needs_a_claim():
        update(draft, is_published=True)


def test_rating_cannot_be_inserted_published_without_claim(draft: Rating) -> None:
    elsewhere = make_framework()
    with needs_a_claim():
        insert(draft, framework_id=elsewhere.pk, is_published=True)
    insert(draft, framework_id=elsewhere.pk)


@pytest.mark.parametrize(
    "other",
    [
        lambda: {"framework": make_framework()},
        lambda: {"criterion": make_criterion()},
        lambda: {"framework": None},
    ],
    ids=["another framework", "another criterion", "frameworks in general"],
)
def test_rating_cannot_be_published_with_claim_of_another_cell(
    draft: Rating, other: Callable[[], dict[str, Any]]
) -> None:
    claim_for(draft, **other())
    with needs_a_claim():
        update(draft, is_published=True)


def test_rating_can_be_published_with_claim(draft: Rating) -> None:
    claim_for(draft)
    update(draft, is_published=True)
    insert(draft, criterion_id=claim_for(draft, criterion=make_criterion()).criterion_id, is_published=True)
    assert Rating.objects.filter(is_published=True).count() == 2


@pytest.mark.parametrize("column", ["framework_id", "criterion_id"])
def test_rating_moves_only_to_a_cell_with_claim(column: str) -> None:
    rating = make_rating()
    elsewhere = {"framework_id": make_framework(), "criterion_id": make_criterion()}[column]
    with needs_a_claim():
        update(rating, **{column: elsewhere.pk})
    claim_for(rating, **{column.removesuffix("_id"): elsewhere})
    update(rating, **{column: elsewhere.pk})


def test_last_claim_of_published_rating_cannot_be_deleted() -> None:
    rating = make_rating()
    last = Claim.objects.get()
    first = claim_for(rating)
    delete(first)
    with needs_a_claim():
        delete(last)
    update(rating, is_published=False)
    delete(last)
    assert Claim.objects.count() == 0


def test_claims_of_published_rating_cannot_all_be_deleted_at_once() -> None:
    claim_for(make_rating())
    with needs_a_claim():
        execute("DELETE FROM frameworks_claim")
    assert Claim.objects.count() == 2


def test_claim_can_be_deleted_after_its_rating() -> None:
    delete(make_rating())
    delete(Claim.objects.get())
    assert Claim.objects.count() == 0


@pytest.mark.parametrize("column", ["framework_id", "criterion_id"])
def test_last_claim_of_published_rating_cannot_be_moved(column: str) -> None:
    rating = make_rating()
    last = Claim.objects.get()
    elsewhere = {"framework_id": make_framework(), "criterion_id": make_criterion()}[column]
    with needs_a_claim():
        update(last, **{column: elsewhere.pk})
    claim_for(rating)
    update(last, **{column: elsewhere.pk})


def test_last_claim_of_published_rating_cannot_become_general() -> None:
    make_rating()
    with needs_a_claim():
        update(Claim.objects.get(), framework_id=None)


def test_last_claim_of_published_rating_can_be_edited_in_place() -> None:
    make_rating()
    update(Claim.objects.get(), paraphrase="Said anew.", reading=None, line=9, note="A doubt.")
    assert Claim.objects.get().paraphrase == "Said anew."


def test_published_rating_needs_a_reading_or_a_departure(draft: Rating) -> None:
    row = make_wording(criterion=draft.criterion, words="swift", reading=3)
    claim = claim_for(draft, term="swift", wording=row, reading=3)
    unread = claim_for(draft, reading=None)
    update(draft, is_published=True)
    for fact, taken in ((claim, {"wording_id": None, "reading": None}), (row, {"reading": None})):
        with needs_a_claim():
            update(fact, **taken)
    with needs_a_claim():
        delete(claim)
    update(draft, departure="The editors have tried it.")
    update(row, reading=None)
    with needs_a_claim():
        update(draft, departure="")
    # What does not bear on the rating may be edited.
    update(unread, paraphrase="Said anew.", line=9)
    delete(claim)
    with needs_a_claim():
        delete(unread)


@pytest.fixture
def joint() -> tuple[Rating, Rating, Claim]:
    """Two published ratings of a framework on one claim that its source makes for both criteria."""
    claim = make_claim(joint_criterion=make_criterion())
    criteria = (claim.criterion, claim.joint_criterion)
    one, other = (make_rating(framework=claim.framework, criterion=criterion) for criterion in criteria)
    assert Claim.objects.count() == 1
    return one, other, claim


def test_joint_claim_cannot_be_deleted_while_either_rating_is_published(
    joint: tuple[Rating, Rating, Claim],
) -> None:
    one, other, claim = joint
    with needs_a_claim():
        delete(claim)
    update(one, is_published=False)
    with needs_a_claim():
        delete(claim)
    update(other, is_published=False)
    delete(claim)


def test_joint_claim_cannot_be_moved_away_from_either_rating(joint: tuple[Rating, Rating, Claim]) -> None:
    one, other, claim = joint
    with needs_a_claim():
        update(claim, joint_criterion_id=None)
    with needs_a_claim():
        update(claim, criterion_id=make_criterion().pk)
    update(claim, criterion_id=other.criterion_id, joint_criterion_id=one.criterion_id)
    claim_for(other)
    update(claim, criterion_id=one.criterion_id, joint_criterion_id=None)


# Two editors at once, each on a connection of their own


class Other(threading.Thread):
    """A second session that takes one step. `outcome` is what became of it."""

    def __init__(self, step: Callable[[], None]) -> None:
        super().__init__()
        self.step = step
        self.outcome: str | None = None

    def run(self) -> None:
        try:
            with transaction.atomic():
                self.step()
            self.outcome = "done"
        except IntegrityError as error:
            self.outcome = "refused" if "rating_published_has_claim" in str(error) else str(error)
        finally:
            connection.close()

    def start_and_wait_behind_us(self) -> bool:
        """Starts it while our transaction is open; tells whether it waits for the end of ours."""
        self.start()
        for _ in range(1000):
            self.join(0.01)
            if not self.is_alive() or waits_for_us():
                break
        return self.is_alive()


def waits_for_us() -> bool:
    """SQLite lets nobody write beside us and has nothing to ask; PostgreSQL knows who is blocked by whom."""
    if connection.vendor == "sqlite":
        time.sleep(0.1)
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return cursor.fetchone() is not None


@pytest.fixture
def committed(transactional_db: None) -> Iterator[None]:
    """Each step commits. Ratings go first at the end: flushing empties the tables in any order."""
    yield
    Rating.objects.all().delete()


Step = Callable[[Rating, Claim], None]


def publish(rating: Rating, claim: Claim) -> None:
    update(rating, is_published=True)


def insert_published(rating: Rating, claim: Claim) -> None:
    delete(rating)
    execute(
        "INSERT INTO frameworks_rating"
        " (version, framework_id, criterion_id, score, verdict, rationale, departure, is_published)"
        " VALUES (1, %s, %s, 3, 'Middling', 'By the rubric.', '', %s)",
        rating.framework_id,
        rating.criterion_id,
        True,
    )


def delete_claim(rating: Rating, claim: Claim) -> None:
    delete(claim)


def move_claim(rating: Rating, claim: Claim) -> None:
    update(claim, framework_id=None)


def unread_claim(rating: Rating, claim: Claim) -> None:
    update(claim, reading=None)


@pytest.mark.parametrize("take_away", [delete_claim, move_claim])
@pytest.mark.parametrize("ends", ["commit", "roll back"])
def test_triggers_prevent_concurrent_removal_of_last_two_claims(
    committed: None, take_away: Step, ends: str
) -> None:
    rating = make_rating()
    mine, theirs = Claim.objects.get(), claim_for(rating)
    other = Other(lambda: take_away(rating, theirs))
    with transaction.atomic():
        take_away(rating, mine)
        assert other.start_and_wait_behind_us()
        transaction.set_rollback(ends == "roll back")
    other.join()
    assert other.outcome == ("refused" if ends == "commit" else "done")
    assert Claim.objects.behind(rating.framework, rating.criterion).count() == 1


@pytest.mark.parametrize(
    "give, take_away",
    [(publish, delete_claim), (insert_published, move_claim), (publish, unread_claim)],
)
@pytest.mark.parametrize("first", ["give", "take away"])
@pytest.mark.parametrize("ends", ["commit", "roll back"])
def test_triggers_prevent_concurrent_publishing_and_claim_removal(
    committed: None, give: Step, take_away: Step, first: str, ends: str
) -> None:
    rating = make_rating(is_published=False)
    claim = claim_for(rating)
    mine, theirs = (give, take_away) if first == "give" else (take_away, give)
    other = Other(lambda: theirs(rating, claim))
    with transaction.atomic():
        mine(rating, claim)
        waited = other.start_and_wait_behind_us()
        transaction.set_rollback(ends == "roll back")
    other.join()
    assert (waited, other.outcome) == (True, "refused" if ends == "commit" else "done")
    published = Rating.objects.filter(is_published=True).count()
    readings = Claim.objects.behind(rating.framework, rating.criterion).filter(reading__isnull=False).count()
    assert (published, readings) in {(1, 1), (0, 0)}
