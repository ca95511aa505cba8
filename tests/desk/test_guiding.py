"""The desk leads through what takes several pages: a new framework by its checklist, and a reader's problem report."""

import json
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

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
    versioned_models,
)
from tests import factories
from tests.desk.acting import (
    GRID,
    RATINGS,
    changed_cell,
    choose,
    confirm,
    decide,
    edit,
    new_claim_row,
    page_of,
    save,
)
from tests.desk.reading import add_url, change_url, form_on, last_revision, text_of
from tests.desk.signing_in import sign_in
from tests.html import Element, read

pytestmark = pytest.mark.django_db


class Sitting:
    """One editor at work, who follows links of the checklist and saves; the saves are counted."""

    def __init__(self, client: Client) -> None:
        self.client, self.saves = client, 0

    def save(self, url: str, **changes: Any) -> Element:
        """Fill in the form, save it, and return the page that follows."""
        self.saves += 1
        data = form_on(self.client.get(url), reason="A new framework.", _save="Save", **changes)
        response = self.client.post(url, data, follow=True)
        assert response.redirect_chain, text_of(response)
        return read(response.content)

    def publish(self, page: Element) -> Element:
        self.saves += 1
        form = page.one("#checklist form")
        data = {field["name"]: field["value"] for field in form.all("input")}
        return read(self.client.post(form["action"], data, follow=True).content)


def link(page: Element, words: str) -> str:
    """Where the link of the checklist with these words leads."""
    [url] = [link["href"] for link in page.all("#checklist a") if link.text == words]
    return url


def steps(page: Element) -> list[str]:
    return page.texts("#checklist .state")


@pytest.fixture
def criteria() -> list[Criterion]:
    """Under each of the three, “good” reads as 4."""
    made = [
        factories.make_criterion(name=name, reading_rule="As said.") for name in ("Docs", "Safety", "Speed")
    ]
    for criterion in made:
        factories.make_wording(criterion=criterion, words="good", reading=4)
    return made


NAMED = {"name": "Bottle", "slug": "bottle"}
SOURCE = {"key": "009", "short_name": "Ninth", "title": "The ninth"}


def test_new_framework_is_published_with_one_save_each(ada: Client, criteria: list[Criterion]) -> None:
    """Name, source, three ratings with their claims in one go in the grid, publication: four saves."""
    sitting = Sitting(ada)
    page = sitting.save(add_url(Framework), **NAMED)
    framework = Framework.objects.get(slug="bottle")
    assert not framework.is_published
    assert steps(page)[1:3] == [
        "○Sources and claims, to do: No source claimed yet.",
        "○Ratings, to do: No rating yet.",
    ]
    assert form_on(ada.get(link(page, "Add a source")))["reason"] == ["Part of a new entry."]
    page = sitting.save(link(page, "Add a source"), **SOURCE)
    grid = link(page, "Add claims and ratings in the grid")
    assert page_of(ada, grid).texts(".grid-filter a") == ["Show all", "Back to Bottle"]
    rated = {"score": 4, "verdict": "Good", "rationale": "By step 4.", "is_published": True}
    said = {"source": "009", "part": "prose", "term": "Good", "paraphrase": "Says so."}
    changes = {
        "reason": "A new framework.",
        "ratings": [changed_cell((framework, one), seen=None, **rated) for one in criteria],
        "claims": [changed_cell((framework, one), line=n, **said) for n, one in enumerate(criteria, 1)],
    }
    answer = ada.post(GRID, {"changes": json.dumps(changes)}).json()
    sitting.saves += 1
    assert {outcome["outcome"] for outcome in answer["outcomes"]} == {"saved"}
    assert answer["page"] == ""  # readers see nothing yet
    page = sitting.publish(page_of(ada, change_url(framework)))
    assert sitting.saves == 4
    assert Framework.objects.get().is_published
    assert Rating.objects.published().count() == 3
    assert not page.all("#checklist form")
    assert "Bottle" in text_of(ada.get(framework.get_absolute_url()))


def test_checklist_leads_through_forms_in_any_order(ada: Client, criteria: list[Criterion]) -> None:
    """Five saves by forms: three ratings, each with its claim, take one save each; public from the first on."""
    value = factories.make_facet_value(name="WSGI", facet=factories.make_facet(name="Interface"))
    sitting = Sitting(ada)
    page = sitting.save(add_url(Framework), **NAMED, is_published="on")
    framework = Framework.objects.get(slug="bottle")
    assert framework.is_published
    page = sitting.save(link(page, "Add a source"), **SOURCE)
    source = Source.objects.get()
    for criterion in criteria:
        url = link(page, f"Rate {criterion}")
        form = ada.get(url)
        assert form_on(form)["claims-0-source"] == [str(source.pk)]
        assert "needs one. Add it below." in text_of(form)
        assert f"Step 4 of {criterion}. 5" in text_of(form)
        row = new_claim_row(0, source, line=4, term="Good", paraphrase=f"On {criterion}.")
        page = sitting.save(url, score=4, verdict="Good", rationale="By step 4.", **row)
    assert sitting.saves == 5
    assert Rating.objects.published().count() == Claim.objects.count() == 3
    assert steps(page)[1:4] == [
        "✓Sources and claims, done: 3 claims from 1 source.",
        "✓Ratings, done: 3 ratings.",
        "○Traits, to do: No trait yet. None under Interface.",
    ]
    page = sitting.save(link(page, "Add a trait"), value=value.pk, claims=[Claim.objects.all()[0].pk])
    assert Trait.objects.get().framework == framework
    assert steps(page)[3:] == [
        "✓Traits, done: At least one under each facet.",
        "✓Publication, done: Public.",
    ]
    assert page.one("#checklist h2").text == "Checklist: 1 of 5 still to do"
    assert steps(page)[0].endswith("Still empty: tagline, summary, website and repository.")
    assert Revision.objects.filter(model="framework").count() == 1


def test_checklist_lists_cells_with_claims_but_no_rating(ada: Client, criteria: list[Criterion]) -> None:
    """The new rating begins with the claims of its cell and the score that follows from them."""
    docs, safety, _ = criteria
    framework = factories.make_framework(name="Bottle")
    for reading in (2, 4, 4):
        factories.make_claim(framework=framework, criterion=docs, reading=reading)
    draft = factories.make_rating(framework=framework, criterion=safety, is_published=False)
    page = page_of(ada, change_url(framework))
    assert steps(page)[2].endswith("1 rating. 1 criterion with claims but no rating. 1 rating not published.")
    assert page.texts("#checklist li details summary") == ["1 criterion with neither claim nor rating"]
    assert link(page, "Publish the rating of Safety") == f"{change_url(draft)}?checklist={framework.pk}"
    url = link(page, "Rate Docs")
    form = ada.get(url)
    assert form_on(form)["score"] == ["4"]
    assert form_on(form)["claims-TOTAL_FORMS"] == ["3"]
    rated = {"verdict": "Good", "rationale": "By step 4.", "reason": "Read."}
    query = url.partition("?")[2]
    another = query.replace(f"criterion={docs.pk}&", "")
    for button, ends in (
        ("_continue", f"/change/?{query}"),
        ("_addanother", f"/add/?{another}"),
        ("_save", "#checklist"),
    ):
        response = ada.post(url, form_on(form, **rated, **{button: "1"}))
        assert response.headers["location"].endswith(ends)
        assert Rating.objects.get(criterion=docs).is_published
        Rating.objects.get(criterion=docs).delete()
        form = ada.get(url)


def test_new_rating_of_a_rated_cell_leads_to_its_rating(ada: Client) -> None:
    rating = factories.make_rating()
    cell = f"?framework={rating.framework_id}&criterion={rating.criterion_id}"
    assert ada.get(add_url(Rating) + cell).headers["location"] == change_url(rating)
    for query in ("?framework=x&criterion=1", "?framework=99999&criterion=99999&checklist=x&source=99999999"):
        assert ada.get(add_url(Rating) + query).status_code == 200


def test_rubric_and_reading_rule_are_shown_without_javascript(ada: Client, criteria: list[Criterion]) -> None:
    for model in (Rating, Claim):
        form = ada.get(add_url(model))
        assert "Show the rubric" in text_of(form)
        shown = ada.post(add_url(model), form_on(form, criterion=criteria[0].pk, _edit="1"))
        assert "5 Step 5 of Docs. As said." in text_of(shown)
        assert not model.objects.exists()


def test_checklist_is_for_those_who_may_change_the_framework(eve: Client, rob: Client) -> None:
    framework = factories.make_framework(is_published=False)
    assert page_of(eve, change_url(framework)).one("#checklist button").text == "Propose to publish it"
    assert "Once a reviewer has published your proposal, a checklist" in page_of(eve, add_url(Framework)).text
    url = link(page_of(eve, change_url(framework)), "Add a trait")
    value = factories.make_facet_value()
    claim = factories.make_claim(framework=framework)
    data = form_on(eve.get(url), value=value.pk, claims=[claim.pk], reason="So.", _save="Save")
    back = read(eve.post(url, data, follow=True).content).one("#content-main")
    assert f"{change_url(framework)}#checklist" in [link["href"] for link in back.all("a")]
    assert not page_of(rob, change_url(framework)).all("#checklist")
    url = f"/admin/frameworks/framework/{framework.pk}/publish/"
    assert rob.post(url).status_code == 403
    assert eve.get(url).status_code == 405


def test_checklist_says_why_it_did_not_publish(ada: Client) -> None:
    framework, other = factories.make_framework(is_published=False), factories.make_framework(name="Other")
    url = f"/admin/frameworks/framework/{framework.pk}/publish/"
    for rows, said in (
        ([], "Nothing was selected, so nothing was published."),
        (["abc"], "“abc” names no framework with a version, so it was not published."),
        ([f"{other.pk}:1:other"], "Nothing was published: the button was for other."),
        ([f"{framework.pk + 99}:1:gone"], "Nothing was published: the button was for gone."),
    ):
        page = read(ada.post(url, {"row": rows, "reason": "It is whole."}, follow=True).content)
        [told] = page.texts(".messagelist .error")
        assert told.startswith(said)
    assert list(Framework.objects.filter(is_published=True)) == [other]


def test_checklist_of_retired_framework_offers_to_take_it_back(ada: Client) -> None:
    framework = factories.make_framework(
        name="Bottle", retired_on=date(2026, 5, 3), retired_because="nobody maintains it"
    )
    page = page_of(ada, change_url(framework))
    assert page.one("#checklist-head").text == "Checklist: retired"
    [state] = steps(page)
    assert "Bottle was retired on 3 May 2026, because nobody maintains it." in state
    assert [each["href"] for each in page.all("#checklist a")] == ["#id_retired_on"]
    hidden = page_of(ada, change_url(factories.make_framework(is_published=False)))
    assert "Not public: readers see neither its page nor its ratings." in steps(hidden)[-1]


# From a problem report to a claim or a change


WORDS = "The guide of 2026 says\nthat it is slower."


def report_on(rating: Rating, **fields: Any) -> tuple[Objection, str]:
    """A reader's report on the cell of the rating, and its page."""
    cell = {"framework": rating.framework, "criterion": rating.criterion}
    report = Objection.objects.create(**{"text": WORDS, **cell, **fields})
    return report, f"/admin/frameworks/objection/{report.pk}/change/"


def ways(client: Client, page: str) -> dict[str, str]:
    return {link.text: link["href"] for link in page_of(client, page).all(".drafts a")}


def test_problem_report_becomes_a_claim(ada: Client) -> None:
    rating = factories.make_rating()
    source = factories.make_source(url="https://guide.example/")
    report, page = report_on(rating, url=source.url)
    url = ways(ada, page)["Draft a claim"]
    form = ada.get(url)
    assert "The guide of 2026 says" in page_of(ada, url).one(".objections").text
    drafted = form_on(form)
    assert drafted["paraphrase"] == ["The guide of 2026 says that it is slower."]
    assert [drafted[name] for name in ("source", "framework", "criterion")] == [
        [str(pk)] for pk in (source.pk, rating.framework_id, rating.criterion_id)
    ]
    assert drafted["reason"] == [f"A reader reported a problem (report {report.pk})."]
    answer = ada.post(url, form_on(form, line=4, paraphrase="Calls it slow.", _save="Save"), follow=True)
    assert answer.redirect_chain[-1][0] == f"{page}?saved=claim#answer"
    assert form_on(answer)["note"] == ["A claim was added."]
    closed = ada.post(page, form_on(answer, status="accepted"), follow=True)
    assert public_links(closed) == [rating.get_absolute_url()]
    report.refresh_from_db()
    assert (report.status, report.note) == ("accepted", "A claim was added.")
    assert ways(ada, page) == {}
    assert Claim.objects.filter(paraphrase="Calls it slow.", source=source).exists()


def test_problem_report_becomes_a_change_or_a_proposal(ada: Client, eve: Client) -> None:
    rating = factories.make_rating(rationale="By step 3.")
    report, page = report_on(rating)
    url = ways(ada, page)["Propose a change"]
    form = ada.get(url)
    assert form_on(form)["rationale"] == ["By step 3.\r\n\r\nThe guide of 2026 says\r\nthat it is slower."]
    changed = {"rationale": "By step 3, and slow.", "_save": "Save"}
    eve.post(url, form_on(eve.get(url), **changed))
    proposal = Proposal.objects.get()
    shown = f"Drafted from problem report {report.pk}, which is not answered yet."
    assert shown in page_of(eve, f"/admin/frameworks/proposal/{proposal.pk}/change/").text
    assert f"proposal {proposal.pk}, waiting for a reviewer." in page_of(ada, page).text
    answer = ada.post(url, form_on(form, **changed), follow=True)
    assert form_on(answer)["note"] == ["The rating was changed."]
    rating.refresh_from_db()
    assert rating.rationale == "By step 3, and slow."


def test_problem_report_on_an_unrated_cell_becomes_a_rating(ada: Client, rob: Client) -> None:
    claim = factories.make_claim()
    report, page = report_on(Rating(framework=claim.framework, criterion=claim.criterion), text="<b>" * 300)
    url = ways(ada, page)["Propose a rating"]
    drafted = form_on(ada.get(url))
    assert (drafted["rationale"], drafted["claims-TOTAL_FORMS"]) == ([report.text], ["1"])
    assert len(form_on(ada.get(ways(ada, page)["Draft a claim"]))["paraphrase"][0]) == 300
    assert ways(rob, page) == {}
    other = factories.make_rating()
    for query in ("?objection=x", "?objection=999999", f"?objection={report.pk}"):
        assert form_on(ada.get(change_url(other) + query))["rationale"] == [other.rationale]


# After saving, where to look next


def public_links(response: Any) -> list[str]:
    messages = read(response.content).all(".messagelist a")
    return [link["href"] for link in messages if link.text == "See it on the site"]


def test_each_kind_of_fact_leads_to_where_readers_see_it(ada: Client, client: Client) -> None:
    facts = [*factories.one_of_each(), factories.make_wording()]
    assert {type(fact) for fact in facts} == set(versioned_models().values())
    for fact in facts:
        page = ada.get(change_url(fact))
        [link] = [link["href"] for link in read(page.content).all("a.viewsitelink")]
        assert client.get(link).status_code == 200, (fact, link)
        place = link.partition("#")[2]
        assert not place or f'id="{place}"' in client.get(link).content.decode(), link
    trait, framework = factories.make_trait(note=""), factories.make_framework(is_published=False)
    saved = ada.post(
        change_url(trait),
        form_on(ada.get(change_url(trait)), note="So.", reason="So.", _save="1"),
        follow=True,
    )
    assert public_links(saved) == [trait.framework.get_absolute_url()]
    for hidden in (factories.make_trait(framework=framework), factories.make_claim(framework=framework)):
        assert not page_of(ada, change_url(hidden)).all("a.viewsitelink")


def test_lists_actions_and_undoing_lead_to_the_changeset(ada: Client, client: Client) -> None:
    ratings = [factories.make_rating(read=True) for _ in range(2)]
    both = confirm(ada, choose(ada, "mark_reviewed", *ratings))
    page = ada.get(RATINGS)
    saved = ada.post(RATINGS, edit(page, {rating: {"verdict": "New"} for rating in ratings}), follow=True)
    [listed] = public_links(saved)
    one = ada.post(
        RATINGS, form_on(choose(ada, "unpublish", ratings[0]), reason="So.", confirmed="1"), follow=True
    )
    assert public_links(one) == []  # nobody sees it now
    revision = last_revision(ratings[1])
    told = [both]
    for page_name, number in (("undo", revision.changeset), ("restore", revision.pk)):
        url = reverse(f"admin:frameworks_revision_{page_name}", args=[number])
        told.append(ada.post(url, form_on(ada.get(url), reason="Back."), follow=True))
    eve = sign_in(factories.make_proposer(username="eve"))
    save(eve, change_url(ratings[1]), verdict="Newer", reason="So.")
    told.append(decide(ada, Proposal.objects.get(), "publish"))
    for shown in [listed, *(link for page in told for link in public_links(page))]:
        assert shown.startswith("/changes/")
        assert client.get(shown).status_code == 200
    assert [len(public_links(page)) for page in told] == [1, 1, 1, 1]
