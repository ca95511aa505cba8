"""A row of the table of readings changes, and with it the claims read by it and the scores on them."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from frameworks.models import Claim, Rating, Revision, Wording
from frameworks.record import revisions
from frameworks.record.asof import RecordedFact, facts_of, newest_revisions
from frameworks.record.following import outlook
from frameworks.record.replaying import divergences
from frameworks.record.reverting import plan, restore, undo
from tests import factories
from tests.factories import MAKER

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture
def row() -> Wording:
    """“Steep” read as 2. Almanac and Herald say it of Django, and Almanac says of it besides what read as 4."""
    ease = factories.make_criterion(slug="ease")
    django = factories.make_framework(slug="django")
    row = factories.make_wording(criterion=ease, slug="steep", words="steep", reading=2)
    mild = factories.make_wording(criterion=ease, slug="mild", words="mild", reading=4)
    almanac, herald = (factories.make_source(short_name=name) for name in ("Almanac", "Herald"))
    for source, wording in ((almanac, row), (almanac, mild), (herald, row)):
        read = {"wording": wording, "reading": wording.reading, "term": wording.words}
        factories.make_claim(framework=django, criterion=ease, source=source, **read)
    factories.make_rating(framework=django, criterion=ease, score=3)
    return row


def change(fact: Any, **values: Any) -> Revision | None:
    seen = fact.version
    for name, value in values.items():
        setattr(fact, name, value)
    return revisions.save(
        fact, by=revisions.Author("Ann", Revision.Origin.ADMIN), reason="Read anew.", seen=seen
    )


def go() -> revisions.Author:
    return revisions.Author("Ann", Revision.Origin.ADMIN)


def readings() -> list[int | None]:
    return list(Claim.objects.order_by("pk").values_list("reading", flat=True))


def test_changed_row_changes_claims_and_scores_in_one_changeset(row: Wording) -> None:
    revision = change(row, reading=1)
    assert revision is not None
    assert readings() == [1, 4, 1]
    # Almanac 2.5 and Herald 1: 1.75.
    assert Rating.objects.get().score == 2
    written = Revision.objects.filter(changeset=revision.changeset).order_by("pk")
    assert [(one.model, one.reason) for one in written] == [
        ("wording", "Read anew."),
        ("claim", "Read anew."),
        ("claim", "Read anew."),
        ("rating", "Read anew."),
    ]
    assert [one.after and one.after["reading"] for one in written[:3]] == [1, 1, 1]
    assert Rating.objects.get().version == 2


def test_changed_row_leaves_score_that_departs(row: Wording) -> None:
    change(Rating.objects.get(), score=4, departure="The second edition says so.")
    change(row, reading=1)
    assert Rating.objects.get().score == 4


def test_changed_row_leaves_score_that_did_not_follow(row: Wording) -> None:
    change(Rating.objects.get(), score=5)
    change(row, reading=1)
    assert Rating.objects.get().score == 5


def test_changed_words_of_row_change_nothing_else(row: Wording) -> None:
    revision = change(row, explanation="Said otherwise.")
    assert revision is not None
    assert Revision.objects.filter(changeset=revision.changeset).count() == 1


def test_row_that_is_no_longer_read_takes_readings_away(row: Wording) -> None:
    change(row, reading=None)
    assert readings() == [None, 4, None]
    assert Rating.objects.get().score == 4


def test_row_that_takes_the_last_reading_away_unpublishes_scores_without_a_departure(row: Wording) -> None:
    """Read otherwise, in other words, and by a new row with a longer phrase; each is undone again."""
    cells = {"Flask": "", "Quart": "The editors have tried it."}
    for name, departure in cells.items():
        read = {"wording": row, "reading": 2, "term": "Steep at first"}
        framework = factories.make_framework(name=name)
        factories.make_claim(framework=framework, criterion=row.criterion, **read)
        factories.make_rating(framework=framework, criterion=row.criterion, score=2, departure=departure)

    def published() -> list[tuple[str, int, bool]]:
        return list(Rating.objects.order_by("pk").values_list("framework__name", "score", "is_published"))

    before = published()
    longer = Wording(
        criterion=row.criterion, slug="at-first", words="steep at first", explanation="It does not last."
    )
    for values in ({"reading": None}, {"words": "abrupt"}, None):
        fact = longer if values is None else Wording.objects.get(slug="steep")
        for name, value in (values or {}).items():
            setattr(fact, name, value)
        seen = None if fact is longer else fact.version
        revision = revisions.save(fact, by=go(), reason="Not a step.", seen=seen)
        assert revision is not None
        assert [cell[2] for cell in published()] == [True, False, True]
        undo(revision.changeset, by=go(), reason="Undone.", count=len(plan(revision.changeset).steps))
        assert published() == before
        assert readings() == [2, 4, 2, 2, 2]
    assert list(divergences()) == []


def test_undo_of_a_changed_row_restores_claims_and_scores(row: Wording) -> None:
    revision = change(row, reading=1)
    assert revision is not None
    planned = plan(revision.changeset)
    undo(revision.changeset, by=MAKER, reason="Undone.", count=len(planned.steps))
    assert Wording.objects.get(slug="steep").reading == 2
    assert readings() == [2, 4, 2]
    assert Rating.objects.get().score == 3


def test_undo_of_two_changed_rows_restores_claims_and_scores(row: Wording) -> None:
    by = go()
    for changed, reading in ((row, 1), (Wording.objects.get(slug="mild"), 5)):
        changed.reading = reading
        revisions.save(changed, by=by, reason="Read anew.", seen=changed.version)
    assert readings() == [1, 5, 1]
    planned = plan(by.changeset)
    undo(by.changeset, by=go(), reason="Undone.", count=len(planned.steps))
    assert (readings(), Rating.objects.get().score) == ([2, 4, 2], 3)
    assert list(divergences()) == []


def test_undo_leaves_claims_and_scores_with_a_row_that_has_changed_since(row: Wording) -> None:
    revision = change(row, reading=1)
    assert revision is not None
    change(Wording.objects.get(slug="steep"), explanation="Said otherwise.")
    assert plan(revision.changeset).steps == []


def test_outlook_says_what_each_reading_would_give(row: Wording) -> None:
    [cell] = outlook(row)
    assert (cell.framework.slug, cell.criterion.slug, cell.score, cell.departs) == (
        "django",
        "ease",
        3,
        False,
    )
    assert cell.scores == [2, 3, 3, 4, 5, 4]


def test_past_facts_have_the_readings_of_their_day(row: Wording) -> None:
    known = list(newest_revisions(timezone.now()))
    change(row, reading=1)
    facts = facts_of(RecordedFact(*fact) for fact in known)
    assert [claim.reading for claim in facts.loader.claims_about(facts.frameworks)] == [2, 4, 2]


@pytest.mark.parametrize("reading", ["5", "NULL"])
def test_database_refuses_claim_read_otherwise_than_its_row(row: Wording, reading: str) -> None:
    for statement in (
        f"UPDATE frameworks_claim SET reading = {reading}",  # noqa: S608
        "UPDATE frameworks_claim SET wording_id = (SELECT id FROM frameworks_wording WHERE slug = 'steep')",
    ):
        with (
            pytest.raises(IntegrityError, match="claim_reading_follows_wording"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_database_changes_claims_with_their_row(row: Wording) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE frameworks_wording SET reading = 5 WHERE slug = 'steep'")
    assert readings() == [5, 4, 5]


def test_save_gives_claim_the_reading_of_its_row(row: Wording) -> None:
    claim = factories.make_claim(criterion=row.criterion, wording=row, term="steep", reading=5)
    assert claim.reading == 2


@pytest.mark.parametrize(
    "term, slug, reading",
    [("Steep at first", "steep", 2), ("mild", "mild", 4), ("unheard of", None, None)],
)
def test_claim_clean_looks_its_term_up(
    row: Wording, term: str, slug: str | None, reading: int | None
) -> None:
    claim = factories.make_claim(criterion=row.criterion, term=term)
    claim.clean()
    assert (claim.wording and claim.wording.slug, claim.reading) == (slug, reading)


def test_claim_clean_takes_reading_away_with_the_words(row: Wording) -> None:
    claim = Claim.objects.filter(wording=row)[0]
    claim.term = "unheard of"
    claim.clean()
    assert (claim.wording, claim.reading) == (None, None)


def test_claim_clean_takes_no_reading_for_a_general_statement(row: Wording) -> None:
    claim = Claim.objects.filter(wording=row)[0]
    claim.framework = None
    claim.clean()
    assert (claim.wording, claim.reading) == (None, None)


def test_row_refuses_phrase_of_another_row(row: Wording) -> None:
    row.words = "steep; mild"
    with pytest.raises(ValidationError, match="“mild” is in another row already: “mild”"):
        row.clean()


def test_claim_clean_leaves_reading_from_before_there_was_a_table() -> None:
    claim = factories.make_claim(term="Steep", reading=3)
    claim.clean()
    assert (claim.wording, claim.reading) == (None, 3)


# Claims, and the scores on them


def test_score_follows_each_change_of_its_claims(row: Wording) -> None:
    django, ease = Rating.objects.get().framework, row.criterion
    said = {"framework": django, "criterion": ease, "line": 9, "paraphrase": "Says so."}
    # Almanac 3, Herald 2: 2.5, so 3. With Gazette's 2: 2.
    new = Claim(**said, source=factories.make_source(), key="gazette", wording=row, term="steep")
    revision = revisions.save(new, by=go(), reason="Found.")
    assert revision is not None
    assert Rating.objects.get().score == 2
    assert [
        (one.model, one.reason) for one in Revision.objects.filter(changeset=revision.changeset)[::-1]
    ] == [
        ("claim", "Found."),
        ("rating", "Found."),
    ]
    mild = Wording.objects.get(slug="mild")
    change(new, wording=mild, term="mild")
    assert Rating.objects.get().score == 3
    planned = plan(revision.changeset)
    assert planned.steps == []  # both have changed since
    change(new, framework=factories.make_framework())
    revisions.delete(
        Claim.objects.filter(wording=mild, framework=django).get(), by=go(), reason="Not so.", seen=1
    )
    assert Rating.objects.get().score == 2
    assert list(divergences()) == []


def test_score_follows_joint_claim(row: Wording) -> None:
    other = factories.make_rating(framework=Rating.objects.get().framework, score=4, read=True)
    joint = Claim.objects.filter(wording=row).first()
    assert joint is not None
    change(joint, joint_criterion=other.criterion)
    assert Rating.objects.get(pk=other.pk).score == 3


def test_undo_of_a_new_claim_restores_the_score_that_followed(row: Wording) -> None:
    by = go()
    for number in (1, 2):
        new = Claim(
            framework=Rating.objects.get().framework,
            criterion=row.criterion,
            source=factories.make_source(),
            line=number,
            paraphrase="Says so.",
            key=f"new-{number}",
            wording=row,
            term="steep",
        )
        revisions.save(new, by=by, reason="Found.")
    assert Rating.objects.get().score == 2
    undo(by.changeset, by=go(), reason="Undone.", count=len(plan(by.changeset).steps))
    assert (Rating.objects.get().score, Claim.objects.count()) == (3, 3)
    assert list(divergences()) == []


def test_score_does_not_follow_where_it_departs_or_never_followed(row: Wording) -> None:
    for fields in ({"score": 4, "departure": "The second edition says so."}, {"score": 5, "departure": ""}):
        change(Rating.objects.get(), **fields)
        for reading in (Wording.objects.get(slug="mild"), row):
            change(Claim.objects.order_by("pk")[0], term=reading.words, wording=reading)
        assert Rating.objects.get().score == fields["score"]


# The words of a row


def test_claims_are_read_anew_when_a_row_changes_its_words_is_added_or_deleted(row: Wording) -> None:
    change(row, words="abrupt")
    # Almanac has only “mild” left, and Herald nothing.
    assert (readings(), Rating.objects.get().score) == ([None, 4, None], 4)
    steep = Wording(
        criterion=row.criterion, slug="steep-again", words="steep", reading=1, explanation="So it is."
    )
    revision = revisions.save(steep, by=go(), reason="Read again.")
    assert revision is not None
    assert (readings(), Rating.objects.get().score) == ([1, 4, 1], 2)
    kinds = [one.model for one in Revision.objects.filter(changeset=revision.changeset).order_by("pk")]
    assert kinds == ["wording", "claim", "claim", "rating"]
    assert list(divergences()) == []
    undo(revision.changeset, by=go(), reason="Undone.", count=4)
    assert (readings(), Rating.objects.get().score) == ([None, 4, None], 4)
    assert list(divergences()) == []


def test_claims_are_read_anew_when_a_row_moves_to_another_criterion(row: Wording) -> None:
    speed = factories.make_criterion(slug="speed")
    claim = factories.make_claim(framework=Rating.objects.get().framework, criterion=speed, term="steep")
    change(row, criterion=speed)
    claim.refresh_from_db()
    assert (readings(), claim.wording) == ([None, 4, None, 2], row)
    assert Rating.objects.get().score == 4


# A score that an editor sets


def test_restored_score_has_to_follow_from_the_claims_of_today(row: Wording) -> None:
    rating = Rating.objects.get()
    first = Revision.objects.of(rating).get()
    change(row, reading=1)
    sentence = "The median of the sources is 2, and the rating does not say why it is 3"
    with pytest.raises(revisions.Refused, match=sentence):
        restore(first, by=go(), reason="As before.", seen=2)
    assert Rating.objects.get().score == 2
