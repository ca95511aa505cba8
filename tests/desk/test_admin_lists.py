"""The lists: what they show and ask, and edits in them, guarded row by row."""

from datetime import date

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from frameworks.models import (
    Claim,
    CriterionGroup,
    Framework,
    Rating,
    Revision,
    Source,
    Versioned,
    versioned_models,
)
from frameworks.models.schema import schema_of
from frameworks.record import revisions
from tests import factories
from tests.desk.acting import RATINGS, edit, page_of
from tests.desk.reading import change_url, form_on, last_revision, list_url, text_of
from tests.html import read

pytestmark = pytest.mark.django_db

CLAIMS = "/admin/frameworks/claim/"
REVISIONS = "/admin/frameworks/revision/"


def shown(client: Client, url: str, **query: str) -> str:
    return text_of(client.get(url, query))


# What they show


def test_rating_list_shows_claims_spread_and_dispute(ada: Client) -> None:
    rating = factories.make_rating(is_published=False, verdict="Steep", reviewed_on=date(2026, 11, 2))
    for reading in (1, 4, None):
        factories.make_claim(framework=rating.framework, criterion=rating.criterion, reading=reading)
    page = ada.get(RATINGS)
    assert "3 ≠ dispute" in text_of(page)
    assert '<td class="field-claims">3</td>' in page.content.decode()
    assert "2 November 2026" in text_of(page)
    assert form_on(page)["form-0-verdict"] == ["Steep"]


def test_rating_list_flags_dispute_only_from_the_configured_spread(ada: Client, settings: Settings) -> None:
    rating = factories.make_rating(is_published=False)
    for reading in (3, 4):
        factories.make_claim(framework=rating.framework, criterion=rating.criterion, reading=reading)
    assert "dispute </td>" not in ada.get(RATINGS).content.decode()
    assert "≠" not in shown(ada, RATINGS)
    settings.DISPUTE_SPREAD = 1
    assert "1 ≠ dispute" in shown(ada, RATINGS)


def test_claim_list_shows_locator_note_and_cell_score(ada: Client) -> None:
    rating = factories.make_rating(score=4)
    source = factories.make_source(key="003")
    claim = factories.make_claim(
        source=source,
        line=28,
        framework=rating.framework,
        criterion=rating.criterion,
        note="Odd.",
        term="Steep",
    )
    page = ada.get(CLAIMS, {"q": "003:28"})
    assert "1 claim" in text_of(page)
    assert f"003:28 {rating.framework} {rating.criterion} Steep - {claim.paraphrase} note 4" in text_of(page)
    assert f'href="{change_url(rating)}"' in page.content.decode()


def test_claim_list_links_unrated_cells_to_rating_form(ada: Client) -> None:
    claim = factories.make_claim()
    page = ada.get(CLAIMS).content.decode()
    query = f"?framework={claim.framework_id}&amp;criterion={claim.criterion_id}"
    assert f'href="/admin/frameworks/rating/add/{query}"' in page.replace("&criterion", "&amp;criterion")


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    "model, queries",
    [("rating", 10), ("claim", 10), ("framework", 7), ("criterion", 8), ("source", 7), ("trait", 9),
     ("relation", 8), ("disagreement", 7), ("facetvalue", 8), ("facet", 7), ("criteriongroup", 7), ("revision", 6)],
)  # fmt: skip
def test_admin_lists_query_count_is_constant(
    ada: Client, django_assert_num_queries: DjangoAssertNumQueries, model: str, queries: int, count: int
) -> None:
    make = {
        "rating": factories.make_rating,
        "claim": factories.make_claim,
        "framework": factories.make_framework,
        "criterion": factories.make_criterion,
        "source": factories.make_source,
        "trait": factories.make_trait,
        "relation": factories.make_relation,
        "disagreement": factories.make_disagreement,
        "facetvalue": factories.make_facet_value,
        "facet": factories.make_facet,
        "criteriongroup": factories.make_group,
        "revision": factories.make_group,
    }[model]
    for _ in range(count):
        make()
    with django_assert_num_queries(queries):
        assert ada.get(f"/admin/frameworks/{model}/").status_code == 200


def test_rating_list_query_count_is_constant_for_many_rows(
    ada: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    framework = factories.make_framework()
    for _ in range(12):
        factories.make_rating(framework=framework, is_published=False)
    with django_assert_num_queries(10):
        assert "12 ratings" in shown(ada, RATINGS)


# What they ask


@pytest.mark.both
def test_rating_list_filters_and_search_select_matching_rows(ada: Client) -> None:
    today = date(2026, 11, 20)
    agreed = factories.make_rating(verdict="Agreed", reviewed_on=today, read=True)
    for readings, verdict in (((1, 4), "Disputed"), ((), "Bare")):
        rating = factories.make_rating(verdict=verdict, is_published=False)
        for reading in readings:
            factories.make_claim(framework=rating.framework, criterion=rating.criterion, reading=reading)
    for query, verdicts in [
        ({"claims": "none"}, {"Bare"}),
        ({"claims": "some"}, {"Agreed", "Disputed"}),
        ({"dispute": "yes"}, {"Disputed"}),
        ({"dispute": "no"}, {"Agreed"}),
        ({"review": "never"}, {"Bare", "Disputed"}),
        ({"is_published__exact": "1"}, {"Agreed"}),
        ({"framework__id__exact": str(agreed.framework_id)}, {"Agreed"}),
        ({"criterion__id__exact": str(agreed.criterion_id)}, {"Agreed"}),
        ({"criterion__group__id__exact": str(agreed.criterion.group_id)}, {"Agreed"}),
        ({"q": "dispu"}, {"Disputed"}),
        ({"q": agreed.framework.name}, {"Agreed"}),
        ({"dispute": "nonsense"}, {"Agreed", "Disputed", "Bare"}),
    ]:
        data = form_on(ada.get(RATINGS, query))
        found = {value[0] for name, value in data.items() if name.endswith("-verdict")}
        assert found == verdicts, query


@pytest.mark.both
def test_lists_show_first_what_has_the_words_in_its_names(ada: Client) -> None:
    """The alphabet would put the rating first that only mentions Pyramid."""
    aside = factories.make_rating(
        framework=factories.make_framework(name="Aiohttp"), rationale="Slower than Pyramid under 5 % load."
    )
    named = factories.make_rating(framework=factories.make_framework(name="Pyramid"))
    factories.make_framework(name="Pylons", tagline="Became Pyramid.")
    for words, first in (("pyramid", named), ("PYRAMID", named), ("slower pyramid", aside), ("5 %", aside)):
        rows = read(ada.get(RATINGS, {"q": words}).content).all("#result_list tbody tr")
        assert rows[0].one("th").text == first.framework.name, words
    rows = read(ada.get(RATINGS, {"q": "pyramid", "o": "1"}).content).all("#result_list tbody tr")
    assert [row.one("th").text for row in rows] == ["Aiohttp", "Pyramid"]
    offered = "/admin/autocomplete/?app_label=frameworks&model_name=rating&field_name=framework&term=pyramid"
    assert [row["text"] for row in ada.get(offered).json()["results"]] == ["Pyramid", "Pylons"]


def test_rating_list_labels_its_filters(ada: Client) -> None:
    factories.make_rating()
    words = shown(ada, RATINGS)
    for question in ("No claims yet", "In dispute", "Due for review", "Never reviewed"):
        assert question in words


@pytest.mark.both
def test_claim_list_filters_and_search_select_matching_rows(ada: Client) -> None:
    rated = factories.make_rating()
    described = factories.make_criterion(is_scored=False)
    factories.make_claim(paraphrase="Waiting.", reading=2)
    factories.make_claim(
        framework=rated.framework, criterion=rated.criterion, paraphrase="Rated.", part="table"
    )
    factories.make_claim(framework=rated.framework, criterion=described, paraphrase="Described.")
    factories.make_claim(framework=None, paraphrase="General.")
    factories.make_claim(
        framework=rated.framework,
        criterion=rated.criterion,
        joint_criterion=factories.make_criterion(),
        paraphrase="Half waiting.",
        reading=1,
    )
    Claim.objects.filter(paraphrase__startswith="Says").delete()
    for query, found in [
        ({"cell": "unrated"}, {"Waiting.", "Half waiting."}),
        ({"reading": "none"}, {"Rated.", "Described.", "General."}),
        ({"reading": "some"}, {"Waiting.", "Half waiting."}),
        ({"part__exact": "table"}, {"Rated."}),
        ({"criterion__id__exact": str(described.pk)}, {"Described."}),
        ({"q": "half"}, {"Half waiting."}),
    ]:
        words = shown(ada, CLAIMS, **query)
        for paraphrase in ("Waiting.", "Rated.", "Described.", "General.", "Half waiting."):
            assert (f" {paraphrase} " in words.replace("Half waiting.", "Half waiting. ")) is (
                paraphrase in found
            ), (query, paraphrase)


@pytest.mark.both
def test_autocomplete_finds_claims_by_locator(ada: Client) -> None:
    claim = factories.make_claim(source=factories.make_source(key="003"), line=28)
    factories.make_claim(line=28)
    asked = {"app_label": "frameworks", "model_name": "trait", "field_name": "claims", "term": "003:28"}
    [found] = ada.get("/admin/autocomplete/", asked).json()["results"]
    assert found == {"id": str(claim.pk), "text": str(claim)}


# Edits in the list


def test_rating_list_records_edited_rows_only(ada: Client) -> None:
    edited, other = factories.make_rating(score=3), factories.make_rating(score=3)
    page = ada.get(RATINGS)
    response = ada.post(RATINGS, edit(page, {edited: {"score": 5, "verdict": "Excellent"}}), follow=True)
    assert "1 rating was changed." in text_of(response)
    edited.refresh_from_db()
    other.refresh_from_db()
    assert (edited.score, edited.verdict, edited.version) == (5, "Excellent", 2)
    assert (other.score, other.version) == (3, 1)
    revision = last_revision(edited)
    assert (revision.author_name, revision.reason) == ("Ada Lovelace", "Gone through.")
    today = timezone.localdate()
    judged = [("score", 3, 5), ("verdict", "Middling", "Excellent")]
    assert revision.changed_fields == [*judged, ("reviewed_on", None, str(today))]
    assert Revision.objects.of(other).count() == 1


def test_rating_list_preserves_filters_after_saving(ada: Client) -> None:
    rating = factories.make_rating()
    url = f"{RATINGS}?is_published__exact=1"
    response = ada.post(url, edit(ada.get(url), {rating: {"score": 5}}))
    assert response.headers["Location"] == url


def test_rating_list_requires_reason_and_preserves_input(ada: Client) -> None:
    rating = factories.make_rating(score=3)
    response = ada.post(
        RATINGS, edit(ada.get(RATINGS), {rating: {"score": 5, "verdict": "Mine"}}, reason=" ")
    )
    assert response.status_code == 200
    assert "Give a reason for the change in one sentence" in text_of(response)
    data = form_on(response)
    assert (data["form-0-score"], data["form-0-verdict"]) == (["5"], ["Mine"])
    rating.refresh_from_db()
    assert rating.score == 3
    assert ada.post(RATINGS, {**data, "reason": ["Because."], "_save": ["Save"]}).status_code == 302
    rating.refresh_from_db()
    assert rating.score == 5


def test_rating_list_needs_no_reason_without_changes(ada: Client) -> None:
    rating = factories.make_rating()
    assert ada.post(RATINGS, edit(ada.get(RATINGS), {}, reason="")).status_code == 302
    rating.refresh_from_db()
    assert rating.version == 1


def test_rating_list_reports_invalid_score_and_preserves_input(ada: Client) -> None:
    rating = factories.make_rating()
    for score in ("6", "0", "", "x", "9" * 30):
        response = ada.post(RATINGS, edit(ada.get(RATINGS), {rating: {"score": score, "verdict": "Mine"}}))
        assert response.status_code == 200
        assert "Please correct the error" in text_of(response)
        assert form_on(response)["form-0-verdict"] == ["Mine"]


@pytest.mark.both
def test_rating_list_shows_conflicting_rows_and_saves_the_rest(ada: Client, bob: Client) -> None:
    free, taken = factories.make_rating(verdict="Free"), factories.make_rating(verdict="Taken", score=3)
    page = ada.get(RATINGS)
    bob.post(RATINGS, edit(bob.get(RATINGS), {taken: {"score": 1, "verdict": "Bob’s"}}, reason="Bob knows."))
    answer = ada.post(RATINGS, edit(page, {free: {"verdict": "Ada’s free"}, taken: {"verdict": "Ada’s"}}))
    assert answer.status_code == 409
    words = text_of(answer)
    assert "1 rating was changed." in words
    assert "Bob Hopper changed it on" in words
    assert "Bob knows." in words
    assert "Verdict Taken Bob’s Ada’s" in words
    assert "Score 3 1 not changed by you" in words
    assert str(free) not in words
    free.refresh_from_db()
    taken.refresh_from_db()
    assert (free.verdict, taken.verdict) == ("Ada’s free", "Bob’s")
    saved = ada.post(RATINGS, form_on(answer, _save="1"), follow=True)
    assert saved.status_code == 200
    taken.refresh_from_db()
    assert (taken.verdict, taken.score, taken.version) == ("Ada’s", 1, 3)
    assert last_revision(taken).author_name == "Ada Lovelace"


def test_rating_list_returns_to_editing_with_own_values(ada: Client, bob: Client) -> None:
    factories.make_rating()
    taken = factories.make_rating(verdict="Taken")
    page = ada.get(RATINGS)
    bob.post(RATINGS, edit(bob.get(RATINGS), {taken: {"verdict": "Bob’s"}}))
    answer = ada.post(RATINGS, edit(page, {taken: {"verdict": "Ada’s"}}))
    again = ada.post(RATINGS, form_on(answer, _edit="1"))
    assert again.status_code == 200
    assert "Not saved yet." in text_of(again)
    assert "Please correct" not in text_of(again)
    data = form_on(again)
    assert data["form-TOTAL_FORMS"] == ["1"]
    assert data["form-0-verdict"] == ["Ada’s"]
    taken.refresh_from_db()
    assert taken.verdict == "Bob’s"
    ada.post(RATINGS, {**data, "form-0-verdict": ["Both"], "_save": ["Save"]})
    taken.refresh_from_db()
    assert taken.verdict == "Both"


def test_rating_list_reports_no_conflict_for_rows_changed_only_by_others(ada: Client, bob: Client) -> None:
    mine, theirs = factories.make_rating(), factories.make_rating()
    page = ada.get(RATINGS)
    bob.post(RATINGS, edit(bob.get(RATINGS), {theirs: {"verdict": "Bob’s"}}))
    assert ada.post(RATINGS, edit(page, {mine: {"verdict": "Ada’s"}})).status_code == 302
    theirs.refresh_from_db()
    assert (theirs.verdict, theirs.version) == ("Bob’s", 2)


def test_rating_list_recreates_row_deleted_meanwhile(ada: Client, bob: Client) -> None:
    rating = factories.make_rating(rationale="Long thought over.")
    page = ada.get(RATINGS)
    url = change_url(rating).replace("/change/", "/delete/")
    bob.post(url, form_on(bob.get(url), reason="Nobody needs it.", confirmed="1"))
    answer = ada.post(RATINGS, edit(page, {rating: {"verdict": "Ada’s"}}))
    assert answer.status_code == 409
    assert "Nobody needs it." in text_of(answer)
    ada.post(RATINGS, form_on(answer, _save="1"))
    again = Rating.objects.get()
    assert (again.verdict, again.rationale, again.version) == ("Ada’s", "Long thought over.", 3)


def test_list_that_counts_shows_row_deleted_meanwhile_again(ada: Client, bob: Client) -> None:
    disagreement = factories.make_disagreement(title="How fast it is")
    page = ada.get("/admin/frameworks/disagreement/")
    url = change_url(disagreement).replace("/change/", "/delete/")
    bob.post(url, form_on(bob.get(url), reason="Nobody needs it.", confirmed="1"))
    data = edit(page, {disagreement: {"position": "7"}}, reason="")
    answer = ada.post("/admin/frameworks/disagreement/", data)
    assert answer.status_code == 200
    assert "How fast it is" in text_of(answer)
    assert "Give a reason for the change in one sentence" in text_of(answer)


def test_rating_list_rejects_row_without_version(ada: Client) -> None:
    rating = factories.make_rating(verdict="Before")
    data = edit(ada.get(RATINGS), {rating: {"verdict": "After"}})
    del data["form-0-seen"]
    assert "does not say which version you saw" in text_of(ada.post(RATINGS, data))
    rating.refresh_from_db()
    assert rating.verdict == "Before"


def test_rating_list_ignores_new_rows(ada: Client) -> None:
    rating = factories.make_rating()
    data = edit(ada.get(RATINGS), {})
    data |= {"form-TOTAL_FORMS": ["2"], "form-1-score": ["4"], "form-1-verdict": ["New"], "form-1-id": [""]}
    ada.post(RATINGS, data)
    assert list(Rating.objects.all()) == [rating]


@pytest.mark.both
def test_rating_list_matches_rows_by_id_when_the_order_changes(ada: Client) -> None:
    first = factories.make_rating(framework=factories.make_framework(name="Alpha"), verdict="Of alpha")
    factories.make_rating(framework=factories.make_framework(name="Beta"), verdict="Of beta")
    page = ada.get(RATINGS)
    Framework.objects.filter(pk=first.framework_id).update(name="Zeta")
    response = ada.post(RATINGS, edit(page, {first: {"score": 9}}))
    _, *rows = response.content.decode().split("</table>")[-2].split("<tr>")
    [zeta] = [row for row in rows if "Zeta</a>" in row]
    assert "Of alpha" in zeta


def test_admin_lists_without_scores_or_positions_are_read_only(ada: Client) -> None:
    for model in (Claim, Framework, Source):
        assert "_save" not in ada.get(list_url(model)).content.decode()
        assert issubclass(model, Versioned)


def test_lists_of_facts_with_positions_change_their_order_in_one_changeset(ada: Client) -> None:
    """By number, as without JavaScript; every kind that has a position."""
    kinds = [kind for kind in versioned_models().values() if "position" in schema_of(kind).columns]
    assert len(kinds) == 10
    factories.one_of_each()
    groups = [factories.make_group(name=name, position=at) for at, name in enumerate("abc", 100)]
    for kind in kinds:
        data = form_on(ada.get(list_url(kind)))
        assert {"form-0-position", "form-0-seen", "reason"} <= data.keys(), kind
        first = kind._default_manager.get(pk=data["form-0-id"][0])
        data |= {"form-0-position": ["7"], "reason": ["In the order of reading."], "_save": ["Save"]}
        assert ada.post(list_url(kind), data).status_code == 302
        assert last_revision(first).changed_fields == [("position", 0, 7)]
    page = ada.get(list_url(CriterionGroup))
    data = form_on(page, reason="Turned round.", _save="Save")
    rows = [n for n in range(int(data["form-TOTAL_FORMS"][0])) if int(data[f"form-{n}-position"][0]) >= 100]
    for row, number in zip(rows, (102, 101, 100), strict=True):
        data[f"form-{row}-position"] = [str(number)]
    assert "2 criterion groups were changed." in text_of(
        ada.post(list_url(CriterionGroup), data, follow=True)
    )
    assert len({last_revision(group).changeset for group in (groups[0], groups[2])}) == 1


# Long lists


@pytest.mark.both
def test_revision_list_pages_lead_to_the_oldest_and_back(ada: Client) -> None:
    framework = factories.make_framework()
    for number in range(119):
        framework.tagline = f"Tagline {number}"
        revisions.save(framework, by=factories.MAKER, reason="Again.", seen=framework.version)
    listed, address = [], REVISIONS
    while address:
        page = page_of(ada, address)
        versions = [int(cell.text) for cell in page.all("td.field-version")]
        listed.append(versions)
        older = [link["href"] for link in page.all(".paginator a") if link.text == "Older"]
        address = f"{REVISIONS}{older[0]}" if older else ""
    assert listed == [[*range(120, 70, -1)], [*range(70, 20, -1)], [*range(20, 0, -1)]]
    assert page.texts(".paginator a") == ["Newer"]
    back = page_of(ada, REVISIONS + page.one(".paginator a")["href"])
    assert [int(cell.text) for cell in back.all("td.field-version")] == listed[1]
    # Another filter begins with the newest.
    assert not [link for link in back.all("#changelist-filter a") if "after" in link["href"]]


@pytest.mark.parametrize(
    "query", ["before=x", "before=%00", "after=-1", "author=x", "author=0", "model=nothing"]
)
def test_revision_list_answers_any_parameter(ada: Client, query: str) -> None:
    factories.make_framework()
    assert ada.get(f"{REVISIONS}?{query}").status_code in {200, 400}


def test_revision_list_can_be_filtered_by_kind_and_author(ada: Client) -> None:
    rating = factories.make_rating()
    grace = factories.make_editor(first_name="Grace", last_name="Hopper")
    rating.score = 1
    revisions.save(rating, by=revisions.Author.editor(grace), reason="Less.", seen=rating.version)
    page = page_of(ada, REVISIONS)
    filters = {link.text: link["href"] for link in page.all("#changelist-filter a")}
    assert len(page_of(ada, REVISIONS + filters["Grace Hopper"]).all("td.field-version")) == 1
    assert len(page_of(ada, REVISIONS + filters["rating"]).all("td.field-version")) == 2
