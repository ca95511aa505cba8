"""Actions and deletions: shown first with the versions, then taken with a reason, row by row."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from frameworks.models import Claim, Facet, Rating, Revision, Versioned
from tests import factories
from tests.desk.acting import choose, confirm
from tests.desk.reading import change_url, form_on, last_revision, list_url, text_of
from tests.desk.signing_in import sign_in

pytestmark = pytest.mark.django_db

RATINGS = "/admin/frameworks/rating/"


def change(client: Client, fact: Versioned, **changes: Any) -> None:
    response = client.post(change_url(fact), form_on(client.get(change_url(fact)), **changes))
    assert response.status_code == 302


@pytest.mark.parametrize(
    "action, before, field, after, words",
    [
        (
            "mark_reviewed",
            {"reviewed_on": date(2026, 1, 2)},
            "reviewed_on",
            None,
            "confirmed as still correct",
        ),
        ("publish", {"is_published": False}, "is_published", True, "published"),
        ("unpublish", {}, "is_published", False, "unpublished"),
    ],
)
def test_bulk_action_previews_rows_before_applying(
    ada: Client, action: str, before: dict[str, Any], field: str, after: Any, words: str
) -> None:
    ratings = [factories.make_rating(**before, verdict=f"Verdict {number}") for number in range(2)]
    for rating in ratings:
        factories.make_claim(framework=rating.framework, criterion=rating.criterion, reading=rating.score)
    page = choose(ada, action, *ratings)
    assert page.status_code == 200
    assert "Verdict 0" in text_of(page)
    assert Revision.objects.filter(action="changed").count() == 0
    done = confirm(ada, page)
    assert f"2 ratings were {words}." in text_of(done)
    for rating in ratings:
        old = getattr(rating, field)
        rating.refresh_from_db()
        expected = timezone.localdate() if field == "reviewed_on" else after
        assert getattr(rating, field) == expected
        assert rating.version == 2
        revision = last_revision(rating)
        assert (revision.author_name, revision.reason) == ("Ada Lovelace", "Gone through.")
        [(name, was, _)] = revision.changed_fields
        assert (name, was) == (field, str(old) if isinstance(old, date) else old)


def test_bulk_action_requires_reason_and_retains_seen_versions(ada: Client, bob: Client) -> None:
    rating = factories.make_rating(verdict="Before")
    page = choose(ada, "unpublish", rating)
    again = ada.post(RATINGS, form_on(page, reason="", confirmed="1"))
    assert "Give a reason for the change in one sentence" in text_of(again)
    assert form_on(again)["row"] == form_on(page)["row"]
    change(bob, rating, verdict="Bob’s", reason="His.")
    assert confirm(ada, again).status_code == 409
    rating.refresh_from_db()
    assert rating.is_published


def test_bulk_action_shows_conflicting_rows_and_applies_the_rest(ada: Client, bob: Client) -> None:
    free, taken = factories.make_rating(), factories.make_rating(verdict="Before")
    page = choose(ada, "unpublish", free, taken)
    change(bob, taken, verdict="Bob’s", reason="His.")
    answer = confirm(ada, page)
    assert answer.status_code == 409
    words = text_of(answer)
    assert "1 rating was unpublished." in words
    assert "Bob Hopper changed it on" in words
    assert "You wanted to unpublish it." in words
    assert "Verdict Before Bob’s not changed by you" in words
    assert "Published yes yes no" in words
    assert str(free) not in words
    free.refresh_from_db()
    taken.refresh_from_db()
    assert (free.is_published, taken.is_published) == (False, True)
    assert "1 rating was unpublished." in text_of(confirm(ada, answer))
    taken.refresh_from_db()
    assert (taken.is_published, taken.verdict, taken.version) == (False, "Bob’s", 3)


@pytest.mark.parametrize("action", ["mark_reviewed", "publish", "unpublish"])
def test_bulk_action_reports_rows_deleted_meanwhile(ada: Client, bob: Client, action: str) -> None:
    rating, other = factories.make_rating(), factories.make_rating()
    page = choose(ada, action, rating, other)
    confirm(bob, choose(bob, "delete_selected", rating), reason="Nobody needs it.")
    answer = confirm(ada, page)
    assert answer.status_code == 409
    assert "Nobody needs it." in text_of(answer)
    assert 'name="confirmed"' not in answer.content.decode()
    other.refresh_from_db()
    assert other.version == (1 if action == "publish" else 2)


def test_bulk_action_writes_nothing_when_already_applied(ada: Client) -> None:
    rating = factories.make_rating()
    assert "1 rating was already published." in text_of(confirm(ada, choose(ada, "publish", rating)))
    assert Revision.objects.of(rating).count() == 1


def test_bulk_action_reports_no_conflict_when_others_already_applied_it(ada: Client, bob: Client) -> None:
    rating = factories.make_rating()
    page = choose(ada, "unpublish", rating)
    confirm(bob, choose(bob, "unpublish", rating))
    done = confirm(ada, page)
    assert done.status_code == 200
    assert "1 rating was already unpublished." in text_of(done)
    assert last_revision(rating).author_name == "Bob Hopper"


def test_publish_action_refuses_ratings_without_claims(ada: Client) -> None:
    bare, backed = factories.make_rating(is_published=False), factories.make_rating(is_published=False)
    factories.make_claim(framework=backed.framework, criterion=backed.criterion, reading=backed.score)
    words = text_of(confirm(ada, choose(ada, "publish", bare, backed)))
    assert "1 rating was published." in words
    assert f"{bare}: No claim about {bare.framework} under {bare.criterion} has a reading" in words
    bare.refresh_from_db()
    assert not bare.is_published


def test_bulk_action_selects_the_whole_list_up_to_a_limit(
    ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        factories.make_rating()
    everything = {"_selected_action": ["1"], "select_across": "1", "action": "mark_reviewed", "index": "0"}
    assert len(form_on(ada.post(RATINGS, everything))["row"]) == 3
    monkeypatch.setattr("desk.editing.bulk_actions.ROWS_MAX", 2)
    assert "Select at most 2 at a time." in text_of(ada.post(RATINGS, everything, follow=True))


def test_bulk_action_includes_rows_no_longer_matching_the_filter(ada: Client, bob: Client) -> None:
    rating = factories.make_rating(is_published=False)
    url = f"{RATINGS}?is_published__exact=0"
    chosen = {"_selected_action": [rating.pk], "action": "mark_reviewed", "index": "0"}
    page = ada.post(url, chosen)
    factories.make_claim(framework=rating.framework, criterion=rating.criterion, reading=rating.score)
    change(bob, rating, is_published="on", reason="Out.")
    answer = confirm(ada, page, url)
    assert answer.status_code == 409
    assert "Published no yes not changed by you" in text_of(answer)


def test_bulk_actions_require_permission(ada: Client) -> None:
    rating = factories.make_rating()
    reader = factories.make_editor()
    reader.groups.clear()
    reader.user_permissions.add(factories.permission("view_rating"))
    client = sign_in(reader)
    for action in ("mark_reviewed", "publish", "unpublish", "delete_selected", "nonsense"):
        posted = {
            "row": f"{rating.pk}:1:{rating.key_text}",
            "action": action,
            "reason": "x",
            "confirmed": "1",
        }
        assert client.post(RATINGS, posted).status_code == 403
    rating.refresh_from_db()
    assert rating.version == 1


# Deletions


def test_deletion_is_recorded_for_every_model(ada: Client) -> None:
    for make in (
        factories.make_framework,
        factories.make_criterion,
        factories.make_group,
        factories.make_facet,
        factories.make_facet_value,
        factories.make_source,
        factories.make_claim,
        factories.make_rating,
        factories.make_trait,
        factories.make_relation,
        factories.make_disagreement,
    ):
        for several in (False, True):
            fact: Any = make()
            if several:
                url = list_url(type(fact))
                page = choose(ada, "delete_selected", fact)
            else:
                url = change_url(fact).replace("/change/", "/delete/")
                page = ada.get(url)
            assert str(fact) in text_of(page)
            before = last_revision(fact).after
            key = fact.key_text
            done = confirm(ada, page, url, reason="Nobody needs it.")
            assert "was deleted." in text_of(done)
            assert not type(fact).objects.filter(pk=fact.pk).exists()
            revision = Revision.objects.filter(model=fact._meta.model_name, key=key).first()
            assert revision is not None
            assert (revision.action, revision.author_name) == ("deleted", "Ada Lovelace")
            assert (revision.reason, revision.before, revision.after) == ("Nobody needs it.", before, None)


def test_deletion_requires_reason_and_version(ada: Client) -> None:
    facet = factories.make_facet()
    url = change_url(facet).replace("/change/", "/delete/")
    page = ada.get(url)
    assert "Give a reason for the change in one sentence" in text_of(
        ada.post(url, form_on(page, reason="", confirmed="1"))
    )
    assert ada.post(url, {"post": "yes", "reason": "Stock."}).status_code == 200
    other = factories.make_facet()
    foreign = f"{other.pk}:1:{other.key_text}"
    assert ada.post(url, {"row": foreign, "reason": "Wrong.", "confirmed": "1"}).status_code == 200
    assert Facet.objects.count() == 2


@pytest.mark.parametrize("several", [False, True])
def test_deletion_reports_conflict_for_changed_rows(ada: Client, bob: Client, several: bool) -> None:
    rating = factories.make_rating(verdict="Before")
    url = RATINGS if several else change_url(rating).replace("/change/", "/delete/")
    page = choose(ada, "delete_selected", rating) if several else ada.get(url)
    change(bob, rating, verdict="Bob’s", reason="His.")
    answer = confirm(ada, page, url)
    assert answer.status_code == 409
    words = text_of(answer)
    assert "You wanted to delete it." in words
    assert "Verdict Before Bob’s" in words
    assert "Delete anyway" in words
    assert "Cancel" in words
    assert Rating.objects.filter(pk=rating.pk).exists()
    assert "1 rating was deleted." in text_of(confirm(ada, answer, url))
    assert not Rating.objects.filter(pk=rating.pk).exists()


@pytest.mark.parametrize("several", [False, True])
def test_deletion_reports_rows_already_deleted(ada: Client, bob: Client, several: bool) -> None:
    rating = factories.make_rating()
    url = RATINGS if several else change_url(rating).replace("/change/", "/delete/")
    page = choose(ada, "delete_selected", rating) if several else ada.get(url)
    confirm(bob, choose(bob, "delete_selected", rating))
    words = text_of(confirm(ada, page, url))
    assert ("1 rating was already deleted." in words) or (
        "There is no such rating. It may have been deleted" in words
    )


def test_deletion_is_refused_for_facts_in_use(ada: Client) -> None:
    rating = factories.make_rating()
    framework = rating.framework
    url = change_url(framework).replace("/change/", "/delete/")
    page = ada.get(url)
    words = text_of(page)
    assert "Cannot be deleted." in words
    assert "1 claim" in words
    assert "1 rating" in words
    assert 'name="confirmed"' not in page.content.decode()
    posted = {"row": f"{framework.pk}:1:{framework.key_text}", "reason": "All the same.", "confirmed": "1"}
    assert "It is still needed by" in text_of(ada.post(url, posted, follow=True))
    framework.refresh_from_db()
    assert framework.version == 1


def test_claim_deletion_is_refused_for_cited_or_last_claims(ada: Client) -> None:
    factories.make_rating()
    [last] = Claim.objects.all()
    cited = factories.make_claim()
    factories.make_disagreement(claims=[cited])
    free = factories.make_claim()
    page = choose(ada, "delete_selected", last, cited, free)
    assert "This is the last claim for the published rating" in text_of(page)
    assert "It is cited by the disagreement" in text_of(page)
    url = list_url(Claim)
    assert "1 claim was deleted." in text_of(confirm(ada, page, url))
    rows = [f"{claim.pk}:1:{claim.key_text}" for claim in (last, cited)]
    posted = {"row": rows, "action": "delete_selected", "reason": "All the same.", "confirmed": "1"}
    words = text_of(ada.post(url, posted, follow=True))
    assert "This is the last claim for the published rating" in words
    assert "It is cited by the disagreement" in words
    assert set(Claim.objects.all()) == {last, cited}


def test_claim_deletion_preserves_the_last_claim_of_a_published_rating(ada: Client) -> None:
    rating = factories.make_rating()
    factories.make_claim(framework=rating.framework, criterion=rating.criterion)
    claims = list(Claim.objects.all())
    words = text_of(confirm(ada, choose(ada, "delete_selected", *claims), list_url(Claim)))
    assert "1 claim was deleted." in words
    assert "This is the last claim for the published rating" in words
    assert Claim.objects.count() == 1
