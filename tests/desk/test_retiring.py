"""Retiring at the desk: by the form and by the action, what is offered and counted afterwards, and taking back."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from desk.queues import freshness
from frameworks.models import (
    Claim,
    Criterion,
    Framework,
    Objection,
    Proposal,
    Rating,
    Revision,
    Source,
    Trait,
)
from tests import factories
from tests.desk.acting import changed_cell, choose, confirm, decide, new_claim_row, proposal_page, save, send
from tests.desk.reading import add_url, change_url, form_on, list_url, text_of
from tests.frameworks.tables.importing import confirm as imported
from tests.frameworks.tables.importing import exported, file, preview, upload
from tests.html import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def rating() -> Rating:
    """Of Django under Performance by source 001."""
    framework = factories.make_framework(name="Django")
    criterion = factories.make_criterion(name="Performance")
    source = factories.make_source(key="001", short_name="The almanac")
    factories.make_claim(framework=framework, criterion=criterion, source=source, reading=4)
    return factories.make_rating(framework=framework, criterion=criterion, score=4)


def edit(client: Client, fact: Any, **fields: Any) -> str:
    """What the desk answers to the fact's form with these fields."""
    return text_of(save(client, change_url(fact), reason="Tidied up.", **fields))


def test_form_retires_and_takes_back(ada: Client, rating: Rating) -> None:
    for fact in (rating.framework, rating.criterion, Source.objects.get(), factories.make_component()):
        for nothing in ("", ".", "because"):
            half = edit(ada, fact, retired_on="2026-05-01", retired_because=nothing)
            assert "To retire it, enter both the day and the reason." in half
        edit(ada, fact, retired_on="2026-05-01", retired_because="nobody needs it")
        fact.refresh_from_db()
        assert (fact.retired_on, fact.retired_because) == (date(2026, 5, 1), "nobody needs it")
        assert ada.get(change_url(fact)).status_code == 200
        edit(ada, fact, retired_on="", retired_because="")
        fact.refresh_from_db()
        assert not fact.is_retired
        future = edit(ada, fact, retired_on="2999-05-01", retired_because="it ends")
        assert "This day is in the future." in future
        assert "The year must not be before 1990." in edit(
            ada, fact, retired_on="0001-01-01", retired_because="it ended"
        )


def test_action_retires_with_its_reason_and_says_what_was_so_already(ada: Client, rating: Rating) -> None:
    criterion, url = rating.criterion, list_url(Criterion)
    page = choose(ada, "retire", criterion)
    assert criterion.question in text_of(page)
    assert "it completes the sentence “It was retired, because …”" in page.content.decode()
    assert "1 criterion was retired." in confirm(ada, page, url, "it is too broad").content.decode()
    criterion.refresh_from_db()
    assert (criterion.retired_on, criterion.retired_because) == (timezone.localdate(), "it is too broad")
    again = confirm(ada, choose(ada, "retire", criterion), url, "It is gone.").content.decode()
    assert "1 criterion was already retired." in again
    for answer, names in (("yes", ["Performance"]), ("no", []), ("", ["Performance"])):
        rows = read(ada.get(f"{url}?retired={answer}" if answer else url).content)
        assert [cell.text for cell in rows.all("th.field-name")] == names


def test_proposer_proposes_to_retire_and_reviewer_publishes(eve: Client, rob: Client, rating: Rating) -> None:
    source = Source.objects.get()
    edit(eve, source, retired_on="2026-05-01", retired_because="it is an advertisement")
    source.refresh_from_db()
    rating.refresh_from_db()
    assert (source.is_retired, rating.is_published) == (False, True)
    proposal = Proposal.objects.get()
    assert "it is an advertisement" in proposal_page(rob, proposal).text
    decide(rob, proposal, "publish")
    source.refresh_from_db()
    rating.refresh_from_db()
    assert (source.is_retired, rating.is_published) == (True, False)
    assert Revision.objects.filter(changeset=proposal.changeset).count() == 2


def test_retired_facts_are_neither_offered_nor_due_but_stay_where_they_are_named(
    ada: Client, rating: Rating
) -> None:
    claim = Claim.objects.get()
    today = timezone.localdate()
    assert freshness.waiting(None, today).due == 1
    offers = (
        ("claim", "criterion", rating.criterion),
        ("claim", "framework", rating.framework),
        ("claim", "source", claim.source),
    )
    for model, field, fact in offers:
        url = f"/admin/autocomplete/?app_label=frameworks&model_name={model}&field_name={field}&term="
        assert [row["id"] for row in ada.get(url).json()["results"]] == [str(fact.pk)]
        fact.retired_on, fact.retired_because = today, "nobody needs it"
        edit(ada, fact, retired_on=today.isoformat(), retired_because="nobody needs it")
        assert ada.get(url).json()["results"] == []
    assert freshness.waiting(None, today).due == 0
    assert freshness.coverage().rows == []
    assert "Django" not in read(ada.get("/admin/frameworks/rating/matrix/").content).one("#content").text
    assert ada.get("/admin/").status_code == 200
    edit(ada, claim, paraphrase="Says it anew.")
    claim.refresh_from_db()
    assert claim.paraphrase == "Says it anew."


def test_ratings_that_lose_their_last_source_are_named(ada: Client, rating: Rating) -> None:
    """By the form, the action and an import, and before that in its preview."""
    source, url = Source.objects.get(), list_url(Source)
    named = f"because no claim with a reading is left for them: {rating.key_text}."
    edit(ada, source, retired_on="2026-05-01", retired_because="it is an advertisement")
    assert named in text_of(ada.get(url))
    edit(ada, source, retired_on="", retired_because="")
    assert named not in text_of(ada.get(url))
    edit(ada, rating, is_published="on")
    assert named in text_of(confirm(ada, choose(ada, "retire", source), url, "it is an advertisement"))
    edit(ada, source, retired_on="", retired_because="")
    edit(ada, rating, is_published="on")
    rows = [{**row, "retired_on": "2026-05-01", "retired_because": "so"} for row in exported("source")]
    url = upload(ada, "source", file(rows))
    followers = preview(ada, url).one("section.followers").text
    assert followers == f"What follows from these rows To be unpublished, {named}"
    told = "1 source imported: 1 changed; and 1 unpublished rating that follow from it."
    assert told in text_of(imported(ada, url))


def test_ratings_unpublished_with_a_source_are_published_again_as_one_changeset(
    ada: Client, rating: Rating
) -> None:
    source, url = Source.objects.get(), list_url(Source)
    other = factories.make_rating(framework=rating.framework, is_published=False)
    factories.make_claim(
        framework=other.framework, criterion=other.criterion, source=source, reading=other.score
    )
    Claim.objects.exclude(source=source).delete()
    edit(ada, other, is_published="on")
    assert "To retire it, enter both" in text_of(confirm(ada, choose(ada, "retire", source), url, "because."))
    edit(ada, source, retired_on="2026-05-01", retired_because="it is an advertisement")
    assert Rating.objects.filter(is_published=True).count() == 0
    assert read(ada.get(change_url(source)).content).all("#republish") == []
    edit(ada, source, retired_on="", retired_because="")
    assert "2 ratings went unpublished when the source was retired." in text_of(ada.get(url))
    form = read(ada.get(change_url(source)).content).one("#republish form")
    fields = [(field["name"], field["value"]) for field in form.all("input")]
    data = {name: [value for key, value in fields if key == name] for name, _ in fields}
    told = read(ada.post(form["action"], data, follow=True).content)
    assert told.one(".messagelist .success").text.startswith("2 ratings were published.")
    [undo] = [link["href"] for link in told.all(".messagelist a") if link.text == "Undo"]
    assert Rating.objects.filter(is_published=True).count() == 2
    assert told.all("#republish") == []
    ada.post(undo, form_on(ada.get(undo), reason="Not yet."))
    assert Rating.objects.filter(is_published=True).count() == 0


def test_what_cannot_be_deleted_can_be_retired_instead(ada: Client, rating: Rating) -> None:
    for fact in (rating.framework, rating.criterion, Source.objects.get()):
        page = ada.get(change_url(fact).replace("/change/", "/delete/")).content.decode()
        assert "Delete or move them first, or retire it instead." in page
    assert Framework.objects.count() == 1


def test_nothing_new_is_put_on_what_was_retired_in_any_way(
    ada: Client, eve: Client, rob: Client, rating: Rating
) -> None:
    """By pages that were opened before: form, inline, grid, import, proposal and restore."""
    django, source = rating.framework, Source.objects.get()
    criterion, value = factories.make_criterion(name="Speed"), factories.make_facet_value()
    loose = factories.make_rating(framework=django)
    gone = Revision.objects.of(loose).get()
    opened = ada.get(change_url(rating))
    on_cell = {"source": source.pk, "line": 3, "paraphrase": "New.", "criterion": criterion.pk}
    new: dict[Any, dict[str, Any]] = {
        Rating: {"criterion": criterion.pk, "score": 3, "verdict": "Fair", "rationale": "So."},
        Claim: {**on_cell, "key": "new-claim"},
        Trait: {"value": value.pk, "claims": [Claim.objects.earliest("pk").pk]},
    }
    for model, fields in new.items():
        save(eve, add_url(model), framework=django.pk, reason="New.", **fields)
    waiting = list(Proposal.objects.order_by("pk"))
    assert len(waiting) == 3
    confirm(ada, choose(ada, "delete_selected", loose))
    for fact in (source, django):
        edit(ada, fact, retired_on="2026-05-01", retired_because="nobody needs it")
    before = Revision.objects.count()
    said = "was retired on 1 May 2026, because nobody needs it. Nothing new is added to it unless"
    for model, fields in new.items():
        page = read(save(ada, add_url(model), framework=django.pk, reason="New.", **fields).content)
        assert f"Django {said}" in page.one(".field-framework .errorlist").text
    moved = factories.make_claim()
    page = read(save(ada, change_url(moved), source=source.pk, reason="Moved.").content)
    assert f"The almanac {said}" in page.one(".field-source .errorlist").text
    row = form_on(opened, reason="New.") | new_claim_row(1, source, line=3, paraphrase="New.")
    row["claims-INITIAL_FORMS"] = form_on(opened)["claims-INITIAL_FORMS"]
    assert f"The almanac {said}" in text_of(ada.post(change_url(rating), row))
    cell = changed_cell((django, criterion), seen=None, score=3, verdict="Fair", rationale="So.")
    assert (
        "Django was retired on 1 May 2026, because nobody needs it. Reload"
        in send(ada, cell).content.decode()
    )
    other = (factories.make_framework(), criterion)
    claim = changed_cell(other, source="001", line=1, part="prose", paraphrase="New.")
    before = Revision.objects.count()
    assert f"The almanac {said}" in send(ada, claims=[claim]).content.decode()
    line = {"framework": "django", "criterion": "speed", "score": "3", "verdict": "Fair", "rationale": "So."}
    table = preview(ada, upload(ada, "rating", file([{**line, "version": ""}])))
    assert f"Django {said}" in table.one("table.import-rows").text
    for proposal in waiting:
        assert "so this cannot be published unless" in proposal_page(rob, proposal).text
        assert said in text_of(decide(rob, proposal, "publish"))
    url = f"/admin/frameworks/revision/{gone.pk}/restore/"
    assert f"Django {said}" in text_of(ada.post(url, form_on(ada.get(url), reason="Back.")))
    assert Revision.objects.count() == before
    edit(ada, rating, verdict="Corrected")  # what was there stays open to correction
    assert Revision.objects.count() == before + 1


def test_proposal_says_that_its_fact_was_retired_meanwhile(eve: Client, rob: Client, rating: Rating) -> None:
    edit(eve, rating, verdict="Better")
    framework = rating.framework
    framework.retired_on, framework.retired_because = date(2026, 5, 1), "nobody needs it"
    framework.save()
    proposal = Proposal.objects.get()
    assert (
        "Django was retired on 1 May 2026, because nobody needs it. The change would be"
        in proposal_page(rob, proposal).text
    )
    decide(rob, proposal, "publish")
    rating.refresh_from_db()
    assert rating.verdict == "Better"


def test_report_on_a_retired_criterion_offers_no_new_claim(ada: Client, rating: Rating) -> None:
    report = Objection.objects.create(framework=rating.framework, criterion=rating.criterion, text="No.")
    url = f"/admin/frameworks/objection/{report.pk}/change/"
    page = text_of(ada.get(url))
    assert "Draft a claim Propose a change" in page
    edit(ada, rating.criterion, retired_on="2026-05-01", retired_because="nobody needs it")
    page = text_of(ada.get(url))
    assert (
        "Performance was retired on 1 May 2026, because nobody needs it. Nothing new is added to it" in page
    )
    assert "Draft a claim" not in page
    assert "Propose a change" in page
