"""Add and change forms: every save is a revision with who and why, and a refusal is a sentence."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, OperationalError
from django.test import Client
from django.utils import timezone

from desk.editing.edit import NOTHING_CHANGED
from desk.kinds.cell_claims import ClaimsOfCellFormSet
from frameworks.models import (
    Claim,
    Criterion,
    Disagreement,
    Facet,
    FacetValue,
    Framework,
    Proposal,
    Rating,
    Relation,
    Revision,
    Source,
    Trait,
)
from tests import factories
from tests.desk.acting import new_claim_row, save
from tests.desk.reading import add_url, change_url, form_on, last_revision, list_url, text_of
from tests.desk.signing_in import sign_in
from tests.html import read

pytestmark = pytest.mark.django_db


# Every save is a revision


def test_change_form_records_author_reason_and_both_values(ada: Client) -> None:
    rating = factories.make_rating(score=3, verdict="Middling")
    response = save(ada, change_url(rating), score=4, verdict="Good", reason="The guide was read again.")
    assert response.status_code == 302
    rating.refresh_from_db()
    assert (rating.score, rating.verdict, rating.version) == (4, "Good", 2)
    revision = last_revision(rating)
    assert (revision.action, revision.origin) == ("changed", "admin")
    assert revision.author == User.objects.get(username="ada")
    assert revision.author_name == "Ada Lovelace"
    assert revision.reason == "The guide was read again."
    judged = [("score", 3, 4), ("verdict", "Middling", "Good")]
    assert revision.changed_fields == [*judged, ("reviewed_on", None, str(timezone.localdate()))]


def test_history_page_shows_changes_field_by_field(ada: Client) -> None:
    rating = factories.make_rating(score=3, reviewed_on=date(2026, 1, 2))
    save(ada, change_url(rating), score=4, reviewed_on="2026-11-20", reason="Read again.")
    page = text_of(ada.get(change_url(rating).replace("/change/", "/history/")))
    assert "Ada Lovelace changed it on" in page
    assert "Read again." in page
    assert "Score 3 4" in page
    assert "Last reviewed 2 January 2026 20 November 2026" in page
    assert "Maker created it on" in page


def test_change_form_requires_reason_and_preserves_input(ada: Client) -> None:
    rating = factories.make_rating(score=3)
    for reason in ("", "   ", None):
        response = save(ada, change_url(rating), score=4, rationale="Quite new.\nTwo lines.", reason=reason)
        assert response.status_code == 200
        assert "Give a reason for the change in one sentence" in text_of(response)
        data = form_on(response)
        assert data["score"] == ["4"]
        assert data["rationale"] == ["Quite new.\r\nTwo lines."]
    too_long = save(ada, change_url(rating), score=4, reason="x" * 301)
    assert "at most 300 characters" in text_of(too_long)
    rating.refresh_from_db()
    assert (rating.score, rating.version) == (3, 1)


def test_change_form_without_changes_records_nothing(ada: Client) -> None:
    # Line breaks come back from a browser as CRLF, which is no change.
    rating = factories.make_rating(rationale="One line.\nAnother line.")
    assert save(ada, change_url(rating)).status_code == 302
    page = text_of(ada.get(list_url(Rating)))
    assert NOTHING_CHANGED in page
    assert "successfully" not in page
    assert NOTHING_CHANGED in text_of(
        ada.post(list_url(Rating), form_on(ada.get(list_url(Rating)), _save="Save"), follow=True)
    )
    # Nor are blanks that are trimmed.
    save(ada, change_url(rating), verdict="Middling\u200b", reason="Blanks.")
    assert NOTHING_CHANGED in text_of(ada.get(list_url(Rating)))
    rating.refresh_from_db()
    assert rating.version == 1
    assert rating.rationale == "One line.\nAnother line."
    assert Revision.objects.of(rating).count() == 1


def test_forms_of_those_who_may_not_publish_say_propose() -> None:
    rating = factories.make_rating()
    eve = sign_in(factories.make_proposer(username="eve"))
    for url in (change_url(rating), add_url(Rating), list_url(Rating)):
        page = read(eve.get(url).content)
        assert [button["value"] for button in page.all("#content-main .default[name=_save]")] == ["Propose"]
    assert save(eve, change_url(rating)).headers["location"] == list_url(Rating)
    assert NOTHING_CHANGED in text_of(eve.get(list_url(Rating)))
    assert not Proposal.objects.exists()


def test_messages_link_to_the_public_page(ada: Client) -> None:
    framework = factories.make_framework()
    save(ada, change_url(framework), tagline="Small.", reason="Said so.")
    [_, link] = read(ada.get(list_url(Framework)).content).all(".messagelist a")
    assert (link["href"], link.text) == (framework.get_absolute_url(), "See it on the site")


def test_change_form_rejects_missing_or_wrong_version(ada: Client) -> None:
    rating = factories.make_rating(score=3)
    for seen in (None, "", "x", "1", "-1:a/b", "1:another/fact"):
        response = save(ada, change_url(rating), score=4, reason="Because.", seen=seen)
        assert response.status_code == 200
        assert "does not say which version you saw" in text_of(response)
    rating.refresh_from_db()
    assert rating.score == 3


def test_rating_form_refuses_to_delete_claim_row_without_version(ada: Client) -> None:
    rating = factories.make_rating(is_published=False)
    factories.make_claim(framework=rating.framework, criterion=rating.criterion)
    response = save(
        ada, change_url(rating), **{"claims-0-DELETE": "on", "claims-0-seen": ""}, reason="Because."
    )
    assert response.status_code == 200
    assert "does not say which version you saw" in text_of(response)
    assert Claim.objects.count() == 1


def test_add_form_records_every_model(ada: Client) -> None:
    claim = factories.make_claim()
    group, facet, other = factories.make_group(), factories.make_facet(), factories.make_framework()
    value = factories.make_facet_value(facet=facet)
    rubric = {f"rubric_{step}": f"Step {step}." for step in range(1, 6)}
    asked = {"name": "Speed", "slug": "speed", "short_name": "Speed", "question": "How fast is it?"}
    added: list[tuple[Any, dict[str, Any]]] = [
        (Framework, {"name": "Bottle", "slug": "bottle"}),
        (Criterion, {**asked, "group": group.pk, "default_weight": 3, **rubric}),
        (Facet, {"name": "Licence", "slug": "licence"}),
        (FacetValue, {"facet": facet.pk, "name": "MIT", "slug": "mit"}),
        (Source, {"key": "009", "short_name": "Ninth", "title": "The ninth", "read_on": "2026-11-20"}),
        (Claim, {"source": claim.source_id, "line": 7, "criterion": claim.criterion_id, "paraphrase": "So it is."}),
        (Rating, {"framework": claim.framework_id, "criterion": claim.criterion_id, "score": 2,
                  "verdict": "Poor", "rationale": "By step 2."}),
        (Trait, {"framework": claim.framework_id, "value": value.pk, "claims": [claim.pk]}),
        (Relation, {"framework": claim.framework_id, "other": other.pk, "kind": "mirrors", "claims": [claim.pk]}),
        (Disagreement, {"title": "Who", "slug": "who", "question": "Who is right?", "kind": "between",
                        "explanation": "Nobody knows.", "claims": [claim.pk]}),
    ]  # fmt: skip
    for model, fields in added:
        assert "Give a reason for the change in one sentence" in text_of(
            save(ada, add_url(model), **fields, reason="")
        )
        response = save(ada, add_url(model), **fields, reason="It was missing.")
        assert response.status_code == 302, text_of(response)
        fact = model.objects.latest("pk")
        revision = last_revision(fact)
        assert (revision.action, revision.version, revision.reason) == ("created", 1, "It was missing.")
        assert revision.author_name == "Ada Lovelace"
        assert revision.before is None
        assert fields.keys() <= (revision.after or {}).keys()


def test_revision_includes_many_to_many_fields(ada: Client) -> None:
    trait = factories.make_trait()
    [old] = trait.claims.all()
    new = factories.make_claim(framework=trait.framework)
    save(ada, change_url(trait), claims=[new.pk], reason="The other claim says it better.")
    assert list(trait.claims.all()) == [new]
    assert last_revision(trait).changed_fields == [("claims", [[old.key]], [[new.key]])]


# Names are set once


@pytest.mark.parametrize(
    "make, names",
    [
        (factories.make_group, ["slug"]),
        (factories.make_facet, ["slug"]),
        (factories.make_facet_value, ["facet", "slug"]),
        (factories.make_claim, ["key"]),
        (factories.make_rating, ["framework", "criterion"]),
        (factories.make_trait, ["framework", "value"]),
        (factories.make_relation, ["framework", "kind", "other"]),
        (factories.make_disagreement, ["slug"]),
    ],
)
def test_change_form_never_changes_natural_keys(ada: Client, make: Any, names: list[str]) -> None:
    fact, other = make(), make()
    before = fact.key_text
    page = ada.get(change_url(fact))
    for name in names:
        assert name not in form_on(page)
        value = getattr(other, name)
        save(ada, change_url(fact), **{name: getattr(value, "pk", value), "reason": "Tried."})
    assert type(fact).objects.get(pk=fact.pk).key_text == before


def test_add_form_prefills_slug_from_name(ada: Client) -> None:
    page = ada.get(add_url(Framework)).content.decode()
    assert "data-prepopulated-fields=" in page
    assert "#id_slug" in page
    framework = factories.make_framework()
    assert "#id_slug" not in ada.get(change_url(framework)).content.decode()


def test_add_form_rejects_invalid_slugs(ada: Client) -> None:
    for slug in ("a-vs-b", "Upper", "two--hyphens", "-edge", "x" * 61):
        response = save(ada, add_url(Framework), name="New", slug=slug, reason="New.")
        assert response.status_code == 200
        assert Framework.objects.count() == 0


# What the database enforces is said before


def test_rating_form_refuses_publishing_without_claim(ada: Client) -> None:
    rating = factories.make_rating(is_published=False)
    response = save(ada, change_url(rating), is_published="on", reason="Out with it.")
    assert response.status_code == 200
    assert "A published rating needs at least one claim." in text_of(response)
    rating.refresh_from_db()
    assert not rating.is_published


def test_rating_form_publishes_together_with_the_first_claim(ada: Client) -> None:
    rating, source = factories.make_rating(is_published=False), factories.make_source(key="003")
    response = ada.get(change_url(rating))
    data = form_on(response, is_published="on", score="4", reason="Evidence found.")
    factories.make_wording(criterion=rating.criterion, words="easy", reading=4)
    data |= new_claim_row(0, source, line=28, term="Easy", paraphrase="It is easy to learn.")
    assert ada.post(change_url(rating), data).status_code == 302
    rating.refresh_from_db()
    assert rating.is_published
    [claim] = Claim.objects.behind(rating.framework, rating.criterion)
    assert claim.key == f"003-28-{rating.framework.slug}-{rating.criterion.slug}"
    assert (claim.reading, claim.version) == (4, 1)
    for fact in (rating, claim):
        assert last_revision(fact).reason == "Evidence found."
        assert last_revision(fact).author_name == "Ada Lovelace"


def test_last_claim_of_published_rating_cannot_be_removed(ada: Client) -> None:
    rating = factories.make_rating()
    [claim] = Claim.objects.behind(rating.framework, rating.criterion)
    response = save(ada, change_url(rating), **{"claims-0-DELETE": "on"}, reason="Wrong.")
    assert response.status_code == 200
    assert "needs at least one claim" in text_of(response)
    moved = save(ada, change_url(claim), criterion=factories.make_criterion().pk, reason="Wrong.")
    assert moved.status_code == 200
    assert "This is the last claim for the published rating" in text_of(moved)
    away = save(ada, change_url(claim), framework="", reason="Wrong.")
    assert "This is the last claim for the published rating" in text_of(away)
    claim.refresh_from_db()
    assert claim.version == 1


def test_rating_form_deletes_last_claim_when_unpublishing(ada: Client) -> None:
    rating = factories.make_rating()
    save(ada, change_url(rating), **{"claims-0-DELETE": "on", "is_published": None}, reason="It was misread.")
    rating.refresh_from_db()
    assert not rating.is_published
    assert Claim.objects.count() == 0
    assert Revision.objects.filter(model="claim", action="deleted", reason="It was misread.").count() == 1


def test_rating_form_replaces_a_claim_in_a_single_save(ada: Client) -> None:
    rating, source = factories.make_rating(), factories.make_source()
    data = form_on(ada.get(change_url(rating)), **{"claims-0-DELETE": "on"}, reason="A better one.")
    data |= new_claim_row(1, source, line=5, paraphrase="It says so.")
    assert ada.post(change_url(rating), data).status_code == 302
    [claim] = Claim.objects.all()
    assert claim.source == source


def test_rating_form_refuses_to_delete_cited_claim(ada: Client) -> None:
    rating = factories.make_rating(is_published=False)
    claim = factories.make_claim(framework=rating.framework, criterion=rating.criterion)
    disagreement = factories.make_disagreement(claims=[claim])
    response = save(ada, change_url(rating), **{"claims-0-DELETE": "on"}, reason="Wrong.")
    assert response.status_code == 200
    assert f"{claim}: It is cited by the disagreement “{disagreement}”. Remove it there first." in text_of(
        response
    )
    assert Claim.objects.filter(pk=claim.pk).exists()


def test_rating_form_rejects_second_rating_of_a_cell(ada: Client) -> None:
    rating = factories.make_rating()
    response = save(
        ada, add_url(Rating), framework=rating.framework_id, criterion=rating.criterion_id,
        score=1, verdict="Bad", rationale="No.", reason="Twice.",
    )  # fmt: skip
    assert response.status_code == 200
    assert "This framework already has a rating under this criterion." in text_of(response)


def test_criterion_form_refuses_to_unscore_criterion_with_ratings(ada: Client) -> None:
    rating = factories.make_rating()
    response = save(
        ada, change_url(rating.criterion), is_scored=None, default_weight=0, reason="Only describes."
    )
    assert "This criterion has ratings." in text_of(response)


def test_forms_say_broken_constraints_beside_the_field(ada: Client) -> None:
    criterion = factories.make_criterion()
    page = read(save(ada, change_url(criterion), rubric_3="", reason="Shorter.").content)
    assert page.one(".field-rubric_3 .errorlist").text == (
        "A scored criterion needs a sentence for each score from 1 to 5."
    )
    assert not page.all(".field-rubric_1 .errorlist")
    first, second = factories.make_relation(), factories.make_framework()
    values = {
        "framework": second.pk,
        "kind": "mirrors",
        "other": second.pk,
        "claims": [Claim.objects.get().pk],
    }
    page = read(save(ada, add_url(Relation), **values, reason="New.").content)
    assert page.one(".field-other .errorlist").text == "A relation must join two different frameworks."
    values |= {"framework": first.framework.pk, "other": first.other.pk, "kind": first.kind}
    page = read(save(ada, add_url(Relation), **values, reason="New.").content)
    assert page.one(".field-other .errorlist").text == "There is already such a relation between these two."
    page = read(save(ada, add_url(Framework), name="New", slug=second.slug, reason="New.").content)
    assert (
        page.one(".field-slug .errorlist").text
        == f"There is already a framework with the slug “{second.slug}”."
    )


def test_rating_form_reports_criterion_that_became_unscored(ada: Client) -> None:
    rating = factories.make_rating()
    Criterion.objects.filter(pk=rating.criterion_id).update(is_scored=False, default_weight=0)
    response = save(ada, change_url(rating), score=5, reason="Better.")
    assert response.status_code == 200
    assert "is not scored, so it cannot have ratings" in text_of(response)


def test_claim_form_limits_term_to_six_words(ada: Client) -> None:
    claim = factories.make_claim()
    response = save(ada, change_url(claim), term="one two three four five six seven", reason="Its words.")
    assert "Use at most six words" in text_of(response)


def test_rating_form_shows_database_constraint_as_message(
    ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when somebody else takes the last claim away between our look and the save."""
    monkeypatch.setattr(ClaimsOfCellFormSet, "leaves_none", lambda rows: False)
    rating = factories.make_rating(is_published=False)
    fields = {"is_published": "on", "departure": "The editors have tried it.", "verdict": "Mine"}
    response = save(ada, change_url(rating), **fields, reason="Out with it.")
    assert response.status_code == 200
    assert f"{rating}: A published rating needs at least one claim." in text_of(response)
    assert form_on(response)["verdict"] == ["Mine"]
    rating.refresh_from_db()
    assert (rating.is_published, rating.verdict) == (False, "Middling")


@pytest.mark.parametrize(
    "error", [IntegrityError("revision_once_per_version"), OperationalError("deadlock detected")]
)
def test_admin_forms_and_lists_report_database_collisions(
    ada: Client, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    rating = factories.make_rating()
    [claim] = Claim.objects.all()

    def collide(*args: Any, **options: Any) -> None:
        raise error

    page = form_on(ada.get(change_url(rating)), verdict="Mine", reason="Because.")
    rows = form_on(ada.get(list_url(Rating)), **{"form-0-score": "5"}, reason="Because.", _save="Save")
    monkeypatch.setattr("frameworks.record.revisions._record", collide)
    response = ada.post(change_url(rating), page)
    assert response.status_code == 200
    assert "at the same moment" in text_of(response)
    assert form_on(response)["verdict"] == ["Mine"]
    assert "at the same moment" in text_of(ada.post(list_url(Rating), rows, follow=True))
    assert Rating.objects.get().version == 1
    for action, fact in (("mark_reviewed", rating), ("delete_selected", claim)):
        row = f"{fact.pk}:1:{fact.key_text}"
        posted = {"row": row, "action": action, "reason": "Because.", "confirmed": "1"}
        assert ada.post(list_url(type(fact)), posted, follow=True).status_code == 200


def test_facet_form_refuses_to_delete_value_in_use(ada: Client) -> None:
    trait = factories.make_trait()
    response = save(ada, change_url(trait.value.facet), **{"values-0-DELETE": "on"}, reason="Unused.")
    assert response.status_code == 200
    assert "would require deleting the following protected related objects" in text_of(response)


# Claims of a cell


def test_rating_form_includes_joint_claims_of_the_cell(ada: Client) -> None:
    rating = factories.make_rating()
    joint = factories.make_claim(
        framework=rating.framework, joint_criterion=rating.criterion, paraphrase="Both."
    )
    factories.make_claim(framework=rating.framework, paraphrase="Elsewhere.")
    data = form_on(ada.get(change_url(rating)))
    assert data["claims-TOTAL_FORMS"] == ["2"]
    assert [joint.paraphrase] in (data["claims-0-paraphrase"], data["claims-1-paraphrase"])
    row = next(index for index in (0, 1) if data[f"claims-{index}-id"] == [str(joint.pk)])
    save(ada, change_url(rating), **{f"claims-{row}-paraphrase": "Both at once."}, reason="Clearer.")
    joint.refresh_from_db()
    assert joint.paraphrase == "Both at once."
    assert joint.criterion != rating.criterion
    assert last_revision(joint).changed_fields == [("paraphrase", "Both.", "Both at once.")]
    assert Revision.objects.of(rating).count() == 1


def test_rating_form_numbers_keys_of_claims_from_the_same_line(ada: Client) -> None:
    rating, source = factories.make_rating(is_published=False), factories.make_source(key="003")
    data = form_on(ada.get(change_url(rating)), reason="Three in one line.")
    for index in range(3):
        data |= new_claim_row(index, source, line=28, paraphrase=f"Says {index}.")
    assert ada.post(change_url(rating), data).status_code == 302
    stem = f"003-28-{rating.framework.slug}-{rating.criterion.slug}"
    assert sorted(Claim.objects.values_list("key", flat=True)) == [stem, f"{stem}-2", f"{stem}-3"]


def test_rating_form_adds_claims_with_a_new_rating(ada: Client) -> None:
    framework, criterion = factories.make_framework(), factories.make_criterion()
    url = f"{add_url(Rating)}?framework={framework.pk}&criterion={criterion.pk}"
    rated = {
        "score": 4,
        "verdict": "Good",
        "rationale": "By step 4.",
        "departure": "The editors have tried it.",
    }
    data = form_on(ada.get(url), **rated, is_published="on", reason="New.")
    assert data["framework"] == [str(framework.pk)]
    data |= new_claim_row(0, factories.make_source(), line=3, paraphrase="It is good.")
    assert ada.post(url, data).status_code == 302
    rating = Rating.objects.get()
    assert rating.is_published
    assert Claim.objects.behind(framework, criterion).count() == 1


def test_claim_form_generates_key_without_framework(ada: Client) -> None:
    source, criterion = (
        factories.make_source(key="001"),
        factories.make_criterion(slug="security", name="Security"),
    )
    save(
        ada,
        add_url(Claim),
        source=source.pk,
        line=4,
        criterion=criterion.pk,
        paraphrase="All.",
        reason="New.",
    )
    assert Claim.objects.get().key == "001-4-frameworks-security"


def test_rating_and_claim_forms_show_the_rubric(ada: Client) -> None:
    criterion = factories.make_criterion(rubric_4="An afternoon for who knows Python.")
    rating = factories.make_rating(criterion=criterion)
    assert "4 An afternoon for who knows Python." in text_of(ada.get(change_url(rating)))
    [claim] = Claim.objects.all()
    assert "4 An afternoon for who knows Python." in text_of(ada.get(change_url(claim)))


def test_framework_form_edits_and_deletes_traits(ada: Client) -> None:
    trait = factories.make_trait(note="")
    url = change_url(trait.framework)
    save(ada, url, **{"traits-0-note": "Only since version 2."}, reason="A doubt.")
    trait.refresh_from_db()
    assert (trait.note, trait.version) == ("Only since version 2.", 2)
    assert last_revision(trait).reason == "A doubt."
    save(ada, url, **{"traits-0-DELETE": "on"}, reason="It has it not.")
    assert Trait.objects.count() == 0
    assert Revision.objects.filter(model="trait", action="deleted", reason="It has it not.").exists()


def test_rating_form_is_read_only_without_change_permission(ada: Client) -> None:
    rating = factories.make_rating()
    reader = User.objects.create_user("reader", is_staff=True)
    for name in ("view_rating", "view_claim"):
        reader.user_permissions.add(factories.permission(name))
    page = sign_in(reader).get(change_url(rating))
    assert page.status_code == 200
    assert "reason" not in form_on(page)
    assert sign_in(reader).post(change_url(rating), {"score": "1"}).status_code == 403


# The public side


def test_side_by_side_shows_a_change_at_the_next_request(ada: Client, client: Client) -> None:
    rating = factories.make_rating(verdict="Middling")
    other = factories.make_rating(criterion=rating.criterion).framework
    slugs = "-vs-".join(sorted([rating.framework.slug, other.slug]))
    assert "Middling" in text_of(client.get(f"/compare/{slugs}/"))
    save(ada, change_url(rating), verdict="Quite remarkable", reason="Read again.")
    assert "Quite remarkable" in text_of(client.get(f"/compare/{slugs}/"))


def test_change_form_links_published_facts_to_their_page(ada: Client) -> None:
    rating = factories.make_rating()
    for fact in (rating, rating.framework, rating.criterion):
        assert f'href="{fact.get_absolute_url()}"' in ada.get(change_url(fact)).content.decode()
    hidden = factories.make_rating(is_published=False)
    assert "View on site" not in text_of(ada.get(change_url(hidden)))
    unpublished = factories.make_framework(is_published=False)
    assert "View on site" not in text_of(ada.get(change_url(unpublished)))
