"""Two editors at one fact: the second gets both values, and nobody's work is lost. The races are in test_admin_race."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from frameworks.models import Claim, Framework, Rating, Revision, Trait
from tests import factories
from tests.desk.acting import save
from tests.desk.reading import change_url, form_on, last_revision, list_url, text_of

pytestmark = pytest.mark.django_db


def press(client: Client, page: Any, button: str, url: str, **changes: Any) -> Any:
    """Presses a button of the conflict page."""
    assert button in page.content.decode()
    return client.post(url, form_on(page, **{button: "1", **changes}))


@pytest.fixture
def rating() -> Rating:
    rating: Rating = factories.make_rating(score=3, verdict="Middling", rationale="One line.\nTwo lines.")
    return rating


# The change form


def test_conflict_page_shows_original_current_and_own_values(
    ada: Client, bob: Client, rating: Rating
) -> None:
    url = change_url(rating)
    mine = form_on(
        ada.get(url), verdict="Ada’s", rationale="Ada’s reasons.\nAll of them.", reason="I think so."
    )
    save(bob, url, verdict="Bob’s", score=5, reason="The tutorial is new.")
    page = ada.post(url, mine)
    assert page.status_code == 409
    words = text_of(page)
    assert "Changed while you were editing" in words
    assert "Bob Hopper changed it on" in words
    assert "The tutorial is new." in words
    assert "Field Original Current Yours" in words
    assert "Score 3 5 not changed by you" in words
    assert "Verdict Middling Bob’s Ada’s" in words
    assert "Rationale One line. Two lines. One line. Two lines. Ada’s reasons. All of them." in words
    assert "Save mine over theirs" in words
    rating.refresh_from_db()
    assert (rating.verdict, rating.version) == ("Bob’s", 2)
    # Of two tabs, the second is not told that it was somebody else.
    mine = form_on(bob.get(url), verdict="Bob’s second", reason="I think so.")
    save(bob, url, verdict="Bob’s first", reason="Before.")
    words = text_of(bob.post(url, mine))
    assert "You saved this elsewhere, such as in another tab" in words
    assert "Save these values" in words
    assert "Keep what is saved" in words


def test_conflict_save_preserves_fields_changed_only_by_others(
    ada: Client, bob: Client, rating: Rating
) -> None:
    url = change_url(rating)
    mine = form_on(ada.get(url), verdict="Ada’s", rationale="Ada’s reasons.\nAll.", reason="I think so.")
    save(bob, url, verdict="Bob’s", score=5, reviewed_on="2026-11-19", reason="The tutorial is new.")
    page = ada.post(url, mine)
    assert press(ada, page, "_save", url).status_code == 302
    rating.refresh_from_db()
    assert (rating.verdict, rating.rationale, rating.version) == ("Ada’s", "Ada’s reasons.\nAll.", 3)
    assert (rating.score, rating.reviewed_on) == (5, timezone.localdate())
    revision = last_revision(rating)
    assert (revision.author_name, revision.reason) == ("Ada Lovelace", "I think so.")
    assert [name for name, _, _ in revision.changed_fields] == ["verdict", "rationale", "reviewed_on"]


def test_conflict_save_preserves_checkbox_unticked_by_another_editor(
    ada: Client, bob: Client, rating: Rating
) -> None:
    url = change_url(rating)
    mine = form_on(ada.get(url), verdict="Ada’s", reason="I think so.")
    save(bob, url, is_published=None, reason="Not yet.")
    press(ada, ada.post(url, mine), "_save", url)
    rating.refresh_from_db()
    assert (rating.verdict, rating.is_published) == ("Ada’s", False)


def test_conflict_edit_button_returns_to_form_with_own_values(
    ada: Client, bob: Client, rating: Rating
) -> None:
    url = change_url(rating)
    mine = form_on(ada.get(url), verdict="Ada’s", reason="I think so.")
    save(bob, url, score=5, verdict="Bob’s", reason="The tutorial is new.")
    again = press(ada, ada.post(url, mine), "_edit", url)
    assert again.status_code == 200
    assert "Not saved yet. These are your values, applied to the current content." in text_of(again)
    assert "Please correct" not in text_of(again)
    data = form_on(again)
    assert (data["verdict"], data["score"], data["reason"]) == (["Ada’s"], ["5"], ["I think so."])
    rating.refresh_from_db()
    assert rating.verdict == "Bob’s"
    assert ada.post(url, {**data, "verdict": ["Both"]}).status_code == 302
    rating.refresh_from_db()
    assert (rating.verdict, rating.score, rating.version) == ("Both", 5, 3)


def test_conflict_page_reappears_after_a_third_edit(ada: Client, bob: Client, rating: Rating) -> None:
    url = change_url(rating)
    mine = form_on(ada.get(url), verdict="Ada’s", reason="I think so.")
    save(bob, url, verdict="Bob’s", reason="First.")
    page = ada.post(url, mine)
    save(bob, url, verdict="Bob’s second", reason="Second.")
    again = press(ada, page, "_save", url)
    assert again.status_code == 409
    assert "Verdict Bob’s Bob’s second Ada’s" in text_of(again)
    assert "First." not in text_of(again)
    from_the_start = ada.post(url, mine)
    assert "Verdict Middling Bob’s second Ada’s" in text_of(from_the_start)
    assert text_of(from_the_start).index("Second.") < text_of(from_the_start).index("First.")
    assert press(ada, again, "_save", url).status_code == 302
    rating.refresh_from_db()
    assert (rating.verdict, rating.version) == ("Ada’s", 4)


def test_conflict_page_remembers_the_pressed_button(ada: Client, bob: Client, rating: Rating) -> None:
    url = change_url(rating)
    mine = form_on(ada.get(url), verdict="Ada’s", reason="I think so.", _continue="Save and continue editing")
    save(bob, url, verdict="Bob’s", reason="First.")
    assert press(ada, ada.post(url, mine), "_continue", url).headers["Location"] == url


def test_change_form_without_changes_overwrites_nothing(ada: Client, bob: Client, rating: Rating) -> None:
    url = change_url(rating)
    mine = form_on(ada.get(url))
    save(bob, url, verdict="Bob’s", reason="The tutorial is new.")
    assert ada.post(url, mine).status_code == 302
    rating.refresh_from_db()
    assert (rating.verdict, rating.version) == ("Bob’s", 2)


def test_conflict_page_shows_two_values_for_unrecorded_version(ada: Client, rating: Rating) -> None:
    url = change_url(rating)
    mine = form_on(ada.get(url), verdict="Ada’s", reason="I think so.")
    Revision.objects.of(rating).delete()
    Rating.objects.filter(pk=rating.pk).update(version=7, verdict="By hand")
    page = ada.post(url, mine)
    assert page.status_code == 409
    assert "Verdict not known By hand Ada’s" in text_of(page)
    assert "it was done outside this desk" in text_of(page)
    assert press(ada, page, "_save", url).status_code == 302
    rating.refresh_from_db()
    assert (rating.verdict, rating.version) == ("Ada’s", 8)


def test_conflict_page_merges_many_to_many_values(ada: Client, bob: Client) -> None:
    disagreement = factories.make_disagreement(explanation="One says so.")
    first, second = disagreement.claims.order_by("key")
    third = factories.make_claim()
    listed = " ".join(sorted([first.key, second.key, third.key]))
    url = change_url(disagreement)
    mine = form_on(ada.get(url), claims=[first.pk], reason="The second is beside the point.")
    save(bob, url, explanation="Two say so.", claims=[first.pk, second.pk, third.pk], reason="A third one.")
    page = ada.post(url, mine)
    assert page.status_code == 409
    assert f"Claims {first.key} {second.key} {listed} {first.key}" in text_of(page)
    press(ada, page, "_save", url)
    disagreement.refresh_from_db()
    assert list(disagreement.claims.all()) == [first]
    assert disagreement.explanation == "Two say so."


def test_conflict_page_works_for_every_model(ada: Client, bob: Client) -> None:
    for fact, field in [
        (factories.make_framework(), "tagline"),
        (factories.make_criterion(), "question"),
        (factories.make_group(), "summary"),
        (factories.make_facet(), "help"),
        (factories.make_facet_value(), "name"),
        (factories.make_source(), "publisher"),
        (factories.make_claim(), "paraphrase"),
        (factories.make_trait(), "note"),
        (factories.make_relation(), "text"),
        (factories.make_disagreement(), "title"),
    ]:
        url = change_url(fact)
        mine = form_on(ada.get(url), **{field: "Ada’s"}, reason="Mine.")
        save(bob, url, **{field: "Bob’s"}, reason="His.")
        page = ada.post(url, mine)
        assert page.status_code == 409, fact
        assert "Bob’s Ada’s" in text_of(page)
        press(ada, page, "_save", url)
        fact.refresh_from_db()
        assert (getattr(fact, field), fact.version) == ("Ada’s", 3)


# Deleted meanwhile


def test_conflict_page_recreates_fact_deleted_meanwhile(ada: Client, bob: Client, rating: Rating) -> None:
    url = change_url(rating)
    mine = form_on(ada.get(url), verdict="Ada’s", reason="Still needed.")
    delete(bob, rating, "Nobody needs it.")
    page = ada.post(url, mine)
    assert page.status_code == 409
    words = text_of(page)
    assert "Deleted while you were editing" in words
    assert "Bob Hopper deleted it on" in words
    assert "Nobody needs it." in words
    assert "Verdict Middling deleted Ada’s" in words
    assert Rating.objects.count() == 0
    response = press(ada, page, "_save", url)
    assert response.status_code == 302
    again = Rating.objects.get()
    assert (again.verdict, again.rationale, again.version) == ("Ada’s", rating.rationale, 3)
    assert again.natural_key() == rating.natural_key()
    history = [(step.action, step.version) for step in Revision.objects.of(again)]
    assert history == [("created", 3), ("deleted", 2), ("created", 1)]


def test_conflict_page_recreates_deleted_fact_with_its_relations(ada: Client, bob: Client) -> None:
    disagreement = factories.make_disagreement(title="Before")
    claims = set(disagreement.claims.all())
    url = change_url(disagreement)
    mine = form_on(ada.get(url), title="After", reason="Still needed.", _continue="1")
    delete(bob, disagreement, "Gone.")
    response = press(ada, ada.post(url, mine), "_continue", url)
    again = type(disagreement).objects.get()
    assert (again.title, set(again.claims.all())) == ("After", claims)
    assert response.headers["Location"] == change_url(again)


def test_conflict_edit_button_works_for_deleted_fact(ada: Client, bob: Client, rating: Rating) -> None:
    url = change_url(rating)
    mine = form_on(ada.get(url), verdict="Ada’s", reason="Still needed.")
    delete(bob, rating, "Gone.")
    form = press(ada, ada.post(url, mine), "_edit", url)
    assert form.status_code == 200
    assert form_on(form)["verdict"] == ["Ada’s"]
    assert ada.post(url, form_on(form, verdict="Ada’s own")).status_code == 302
    assert Rating.objects.get().verdict == "Ada’s own"


def test_conflict_page_compares_with_fact_recreated_by_others(
    ada: Client, bob: Client, rating: Rating
) -> None:
    url = change_url(rating)
    mine = form_on(ada.get(url), verdict="Ada’s", reason="Mine.")
    delete(bob, rating, "Gone.")
    new = factories.make_rating(framework=rating.framework, criterion=rating.criterion, verdict="New")
    page = ada.post(url, mine)
    assert page.status_code == 409
    assert "Verdict Middling New Ada’s" in text_of(page)
    assert press(ada, page, "_save", url).status_code == 302
    new.refresh_from_db()
    assert (new.verdict, new.version) == ("Ada’s", 4)


def test_change_form_reports_deleted_fact_without_history(ada: Client, rating: Rating) -> None:
    url = change_url(rating)
    mine = form_on(ada.get(url), verdict="Ada’s", reason="Mine.")
    Rating.objects.all().delete()
    Revision.objects.all().delete()
    response = ada.post(url, mine, follow=True)
    assert "There is no such rating. It may have been deleted" in text_of(response)


def delete(client: Client, fact: Any, reason: str) -> None:
    url = change_url(fact).replace("/change/", "/delete/")
    assert save(client, url, reason=reason, confirmed="1").status_code == 302
    assert not type(fact).objects.filter(pk=fact.pk).exists()


# Rows below a form


def test_conflict_in_claim_row_blocks_the_whole_form(ada: Client, bob: Client, rating: Rating) -> None:
    [claim] = Claim.objects.all()
    url = change_url(rating)
    mine = form_on(
        ada.get(url), **{"claims-0-paraphrase": "Ada reads it so."}, verdict="Ada’s", reason="Read again."
    )
    save(bob, change_url(claim), paraphrase="Bob reads it so.", note="Odd.", reason="Misread before.")
    page = ada.post(url, mine)
    assert page.status_code == 409
    words = text_of(page)
    assert "Misread before." in words
    assert f"Paraphrase {claim.paraphrase} Bob reads it so. Ada reads it so." in words
    assert "Note empty Odd. not changed by you" in words
    rating.refresh_from_db()
    assert (rating.verdict, rating.version) == ("Middling", 1)
    assert press(ada, page, "_save", url).status_code == 302
    rating.refresh_from_db()
    claim.refresh_from_db()
    assert (rating.verdict, rating.version) == ("Ada’s", 2)
    assert (claim.paraphrase, claim.note, claim.version) == ("Ada reads it so.", "Odd.", 3)


def test_conflict_page_shows_rating_and_claim_together(ada: Client, bob: Client, rating: Rating) -> None:
    url = change_url(rating)
    mine = form_on(
        ada.get(url), **{"claims-0-paraphrase": "Ada reads."}, verdict="Ada’s", reason="Read again."
    )
    save(bob, url, **{"claims-0-paraphrase": "Bob reads."}, verdict="Bob’s", reason="All wrong.")
    page = ada.post(url, mine)
    assert "Bob’s Ada’s" in text_of(page)
    assert "Bob reads. Ada reads." in text_of(page)
    press(ada, page, "_save", url)
    rating.refresh_from_db()
    [claim] = Claim.objects.all()
    assert (rating.verdict, claim.paraphrase) == ("Ada’s", "Ada reads.")


def test_rating_form_preserves_changes_of_others_to_untouched_claim(
    ada: Client, bob: Client, rating: Rating
) -> None:
    [claim] = Claim.objects.all()
    url = change_url(rating)
    mine = form_on(ada.get(url), verdict="Ada’s", reason="Read again.")
    save(bob, change_url(claim), paraphrase="Bob reads it so.", reason="Misread before.")
    assert ada.post(url, mine).status_code == 302
    rating.refresh_from_db()
    claim.refresh_from_db()
    assert (rating.verdict, claim.paraphrase, claim.version) == ("Ada’s", "Bob reads it so.", 2)


def test_conflict_page_preserves_new_claim_row(ada: Client, bob: Client, rating: Rating) -> None:
    url, source = change_url(rating), factories.make_source()
    mine = form_on(ada.get(url), verdict="Ada’s", reason="Found one.", **{"claims-TOTAL_FORMS": "2"})
    row = {
        "source": source.pk,
        "line": 9,
        "part": "list",
        "paraphrase": "It is quick.",
        "term": "Quick",
    }
    factories.make_wording(criterion=rating.criterion, words="quick", reading=4)
    mine |= {f"claims-1-{name}": [str(value)] for name, value in row.items()}
    save(bob, url, verdict="Bob’s", reason="All wrong.")
    page = ada.post(url, mine)
    again = press(ada, page, "_edit", url)
    assert form_on(again)["claims-1-paraphrase"] == ["It is quick."]
    assert ada.post(url, form_on(again)).status_code == 302
    new = Claim.objects.get(source=source)
    assert (new.paraphrase, new.term, new.reading, new.part) == ("It is quick.", "Quick", 4, "list")


def test_conflict_page_recreates_edited_claim_deleted_meanwhile(
    ada: Client, bob: Client, rating: Rating
) -> None:
    claim = factories.make_claim(framework=rating.framework, criterion=rating.criterion, paraphrase="Before.")
    url = change_url(rating)
    data = form_on(ada.get(url))
    row = next(index for index in (0, 1) if data[f"claims-{index}-id"] == [str(claim.pk)])
    mine = {**data, f"claims-{row}-paraphrase": ["After."], "reason": ["Clearer."]}
    delete(bob, claim, "Says nothing.")
    page = ada.post(url, mine)
    assert page.status_code == 409
    assert "Says nothing." in text_of(page)
    assert "Paraphrase Before. deleted After." in text_of(page)
    assert press(ada, page, "_save", url).status_code == 302
    again = Claim.objects.get(key=claim.key)
    assert (again.paraphrase, again.version) == ("After.", 3)
    assert (again.framework, again.criterion) == (rating.framework, rating.criterion)


def test_rating_form_leaves_untouched_claim_deleted(ada: Client, bob: Client, rating: Rating) -> None:
    claim = factories.make_claim(framework=rating.framework, criterion=rating.criterion)
    url = change_url(rating)
    mine = form_on(ada.get(url), verdict="Ada’s", reason="Read again.")
    delete(bob, claim, "Says nothing.")
    assert ada.post(url, mine).status_code == 302
    rating.refresh_from_db()
    assert rating.verdict == "Ada’s"
    assert not Claim.objects.filter(key=claim.key).exists()


def test_conflict_page_detects_claim_moved_to_another_criterion(
    ada: Client, bob: Client, rating: Rating
) -> None:
    claim = factories.make_claim(framework=rating.framework, criterion=rating.criterion, paraphrase="Before.")
    url, elsewhere = change_url(rating), factories.make_criterion(name="Elsewhere")
    data = form_on(ada.get(url))
    row = next(index for index in (0, 1) if data[f"claims-{index}-id"] == [str(claim.pk)])
    mine = {**data, f"claims-{row}-paraphrase": ["After."], "reason": ["Clearer."]}
    save(bob, change_url(claim), criterion=elsewhere.pk, reason="It belongs elsewhere.")
    page = ada.post(url, mine)
    assert page.status_code == 409
    assert f"Criterion {rating.criterion.slug} elsewhere" in text_of(page)
    assert press(ada, page, "_save", url).status_code == 302
    claim.refresh_from_db()
    assert (claim.paraphrase, claim.criterion) == ("After.", elsewhere)


def test_conflict_page_confirms_deletion_of_changed_claim(ada: Client, bob: Client, rating: Rating) -> None:
    claim = factories.make_claim(framework=rating.framework, criterion=rating.criterion)
    url = change_url(rating)
    data = form_on(ada.get(url))
    row = next(index for index in (0, 1) if data[f"claims-{index}-id"] == [str(claim.pk)])
    mine = {**data, f"claims-{row}-DELETE": ["on"], "reason": ["Says nothing."]}
    save(bob, change_url(claim), paraphrase="It says a lot.", reason="Read again.")
    page = ada.post(url, mine)
    assert page.status_code == 409
    assert "You wanted to delete it." in text_of(page)
    assert "It says a lot." in text_of(page)
    assert Claim.objects.filter(pk=claim.pk).exists()
    assert press(ada, page, "_save", url).status_code == 302
    assert not Claim.objects.filter(pk=claim.pk).exists()


def test_conflict_page_recreates_rating_deleted_during_claim_edit(
    ada: Client, bob: Client, rating: Rating
) -> None:
    url = change_url(rating)
    mine = form_on(ada.get(url), **{"claims-0-paraphrase": "Ada reads."}, reason="Read again.")
    delete(bob, rating, "Nobody needs it.")
    page = ada.post(url, mine)
    assert page.status_code == 409
    assert "Nobody needs it." in text_of(page)
    assert Claim.objects.get().version == 1
    press(ada, page, "_save", url)
    assert Claim.objects.get().paraphrase == "Ada reads."
    assert Rating.objects.get().verdict == "Middling"


def test_conflict_page_covers_traits_of_a_framework(ada: Client, bob: Client) -> None:
    trait = factories.make_trait(note="Before")
    url = change_url(trait.framework)
    mine = form_on(ada.get(url), **{"traits-0-note": "Ada’s"}, tagline="Small", reason="Mine.")
    save(bob, url, **{"traits-0-note": "Bob’s"}, reason="His.")
    page = ada.post(url, mine)
    assert page.status_code == 409
    assert "Note Before Bob’s Ada’s" in text_of(page)
    press(ada, page, "_save", url)
    assert Trait.objects.get().note == "Ada’s"
    assert Framework.objects.get(pk=trait.framework_id).tagline == "Small"
    mine = form_on(ada.get(url), **{"traits-0-note": "Again"}, reason="Mine.")
    delete(bob, trait, "Not so.")
    page = ada.post(url, mine)
    assert "Note Ada’s deleted Again" in text_of(page)
    press(ada, page, "_save", url)
    assert (Trait.objects.get().note, Trait.objects.get().claims.count()) == ("Again", 1)


# Keeping theirs


def test_conflict_page_offers_link_that_leaves_their_version(
    ada: Client, bob: Client, rating: Rating
) -> None:
    url = change_url(rating)
    mine = form_on(ada.get(url), verdict="Ada’s", reason="I think so.")
    save(bob, url, verdict="Bob’s", reason="First.")
    assert f'<a href="{url}" class="closelink">Keep theirs</a>' in ada.post(url, mine).content.decode()
    delete(bob, rating, "Gone.")
    assert f'<a href="{list_url(Rating)}" class="closelink">' in ada.post(url, mine).content.decode()
