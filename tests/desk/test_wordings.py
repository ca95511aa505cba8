"""The table of readings at the desk: a row changes, and what is read by it, in one changeset."""

from typing import Any

import pytest
from django.test import Client

from desk.review import proposals
from frameworks.models import Claim, Proposal, Rating, Revision, Wording
from frameworks.record.replaying import divergences
from frameworks.tables import imports, kinds
from tests import factories
from tests.desk.acting import changed_cell, decide, edit, save, send
from tests.desk.reading import add_url, change_url, form_on, text_of
from tests.desk.signing_in import sign_in
from tests.html import read

pytestmark = pytest.mark.django_db


@pytest.fixture
def row() -> Wording:
    """“Steep” reads as 2, which Almanac says of Django, whose score follows."""
    ease = factories.make_criterion(slug="ease", name="Ease")
    django = factories.make_framework(slug="django", name="Django")
    row = factories.make_wording(criterion=ease, slug="steep", words="steep", reading=2)
    source = factories.make_source(short_name="Almanac")
    factories.make_claim(framework=django, criterion=ease, source=source, term="Steep", wording=row)
    factories.make_rating(framework=django, criterion=ease, score=2)
    return row


def test_wording_form_shows_the_score_of_each_reading(ada: Client, row: Wording) -> None:
    page = read(ada.get(change_url(row)).content)
    table = page.one("table.outlook")
    assert table.texts("thead th")[:3] == ["Cell", "Score", "Read as 1"]
    assert table.texts("tbody th") == ["Django, Ease"]
    assert table.texts("tbody td") == ["2", "1", "2", "3", "4", "5", "none"]


def test_wording_form_changes_claims_and_scores_with_the_row(ada: Client, row: Wording) -> None:
    form = form_on(ada.get(change_url(row)), reading="1", reason="It is worse.")
    saved = text_of(ada.post(change_url(row), form, follow=True))
    assert "1 claim and 1 score have changed with the row." in saved
    assert (Claim.objects.get().reading, Rating.objects.get().score) == (1, 1)
    last = Revision.objects.latest("pk")
    changeset = Revision.objects.filter(changeset=last.changeset).order_by("pk")
    assert [(one.model, one.reason) for one in changeset] == [
        (kind, "It is worse.") for kind in ("wording", "claim", "rating")
    ]


@pytest.mark.both
@pytest.mark.parametrize("reading", ["", "4"])
def test_claims_leave_a_row_that_changes_words_and_reading_in_one_save(
    ada: Client, row: Wording, reading: str
) -> None:
    """One of them falls under another row, so that its rating stays published; the other under none."""
    ease, django = row.criterion, Claim.objects.get().framework
    longer = factories.make_wording(criterion=ease, slug="curve", words="steep curve", reading=2)
    aim = factories.make_wording(criterion=ease, slug="aim", words="aims at ease", explanation="An aim.")
    claim = Claim.objects.get()
    unread = factories.make_claim(framework=django, criterion=ease, term="Aims at ease", wording=aim)
    assert save(ada, change_url(claim), term="Steep curve", reason="In full.").status_code == 302
    for other in (longer, aim):
        fields = {"words": f"abrupt {other.slug}", "reading": reading, "explanation": "Something else."}
        assert save(ada, change_url(other), **fields, reason="Misread.").status_code == 302
    claim.refresh_from_db()
    unread.refresh_from_db()
    rating = Rating.objects.get()
    assert (claim.wording, claim.reading, rating.score, rating.is_published) == (row, 2, 2, True)
    assert (unread.wording, unread.reading) == (None, None)
    assert list(divergences()) == []


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"reading": "4", "words": "step 2 of ease"}, "The rubric has “step 2 of ease” at step 2, not 4."),
        ({"words": "steep;steeper"}, "Use lower-case letters, single spaces, and “; ” between phrases."),
        ({"words": ""}, "This must not be empty."),
        ({"reading": "6"}, "The reading must be between 1 and 5. You entered “6”."),
        ({"explanation": ""}, "This must not be empty."),
        ({"explanation": "Step 4 has it."}, "The explanation names step 4, and the reading is 2."),
    ],
)
def test_wording_form_refuses_row_in_a_sentence(
    ada: Client, row: Wording, fields: dict[str, Any], said: str
) -> None:
    response = save(ada, change_url(row), **fields, reason="Let us see.")
    assert response.status_code == 200
    assert said in text_of(response)
    assert Wording.objects.get().version == 1


def test_wording_cannot_be_deleted_while_claims_are_read_by_it(ada: Client, row: Wording) -> None:
    ada.post(f"/admin/frameworks/wording/{row.pk}/delete/", {"post": "yes", "reason": "Away."})
    assert Wording.objects.exists()


def test_claim_form_reads_the_term_by_the_table(ada: Client, row: Wording) -> None:
    claim = factories.make_claim(criterion=row.criterion, term="Curved")
    assert save(ada, change_url(claim), term="Steep at first", reason="Said so.").status_code == 302
    claim.refresh_from_db()
    assert (claim.wording, claim.reading) == (row, 2)
    page = text_of(ada.get(change_url(claim)))
    assert "Ease: steep" in page


def test_rating_form_says_what_follows_from_the_claims(ada: Client, row: Wording) -> None:
    assert "Almanac 2; median 2: score 2" in text_of(ada.get(change_url(Rating.objects.get())))


def test_wording_form_adds_row(ada: Client) -> None:
    ease = factories.make_criterion()
    fields = {"slug": "flat", "words": "flat; level", "reading": "4", "explanation": "It says so."}
    response = save(ada, add_url(Wording), criterion=ease.pk, **fields, reason="New words.")
    assert response.status_code == 302
    assert Wording.objects.get().phrases == ["flat", "level"]


@pytest.mark.parametrize("count", [1, 3])
def test_wording_form_query_count_does_not_grow_with_cells(
    ada: Client, row: Wording, count: int, django_assert_max_num_queries: Any
) -> None:
    for _ in range(count):
        factories.make_claim(criterion=row.criterion, term="Steep", wording=row)
    with django_assert_max_num_queries(26):
        ada.get(change_url(row))


def test_proposal_of_a_changed_row_can_be_previewed_and_published(row: Wording) -> None:
    pat, rob = sign_in(factories.make_proposer()), sign_in(factories.make_reviewer())
    save(pat, change_url(row), reading="1", reason="It is worse.")
    assert (Wording.objects.get().reading, Claim.objects.get().reading) == (2, 2)
    proposal = Proposal.objects.get()
    assert "There is no preview" not in text_of(rob.get(proposals.page_of(proposal)))
    decide(rob, proposal, "publish")
    assert (Wording.objects.get().reading, Claim.objects.get().reading, Rating.objects.get().score) == (
        1,
        1,
        1,
    )
    assert list(divergences()) == []


# The scores on it


def test_rating_form_refuses_score_that_does_not_follow_until_it_says_why(ada: Client, row: Wording) -> None:
    url = change_url(Rating.objects.get())
    refused = read(save(ada, url, score="4", reason="I like it.").content)
    sentence = "The median of the sources is 2, and the rating does not say why it is 4."
    errors = [error.text for error in refused.all(".field-score .errorlist li")]
    assert errors == [f"{sentence} Enter 2, or give the reason under “Departure”."]
    assert Rating.objects.get().score == 2
    assert (
        save(ada, url, score="4", departure="It has changed since.", reason="I like it.").status_code == 302
    )
    rating = Rating.objects.get()
    assert (rating.score, rating.departure) == (4, "It has changed since.")
    refused = read(save(ada, url, score="2", reason="As before.").content)
    assert "Leave “Departure” empty." in refused.one(".field-departure").text
    assert save(ada, url, score="2", departure="", reason="As before.").status_code == 302


def test_rating_form_lets_score_follow_the_claims_that_are_saved_with_it(ada: Client, row: Wording) -> None:
    factories.make_wording(criterion=row.criterion, words="gentle", reading=5)
    url = change_url(Rating.objects.get())
    assert save(ada, url, **{"claims-0-term": "Gentle"}, reason="Misread.").status_code == 302
    rating = Rating.objects.get()
    assert (Claim.objects.get().reading, rating.score, rating.version) == (5, 5, 2)
    # Set at the same time, the score is held against the new readings.
    refused = save(ada, url, **{"claims-0-term": "Steep"}, score="4", reason="Misread.")
    assert "The median of the sources is 2, and the rating does not say why it is 4." in text_of(refused)


def test_claim_form_moves_the_score_with_the_reading(ada: Client, row: Wording) -> None:
    factories.make_wording(criterion=row.criterion, words="gentle", reading=5)
    assert save(ada, change_url(Claim.objects.get()), term="Gentle", reason="Misread.").status_code == 302
    assert Rating.objects.get().score == 5


def test_rating_list_and_grid_and_import_refuse_score_that_does_not_follow(ada: Client, row: Wording) -> None:
    sentence = "The median of the sources is 2, and the rating does not say why it is 4."
    rating = Rating.objects.get()
    page = ada.get("/admin/frameworks/rating/")
    listed = ada.post("/admin/frameworks/rating/", edit(page, {rating: {"score": 4}}))
    assert f"{sentence} Enter 2, or give the reason on the rating’s own page, under “Departure”." in text_of(
        listed
    )
    [outcome] = send(ada, changed_cell(rating, score=4)).json()["outcomes"]
    assert (outcome["outcome"], outcome["sentence"].startswith(sentence)) == ("refused", True)
    sheet = kinds.KINDS["rating"].sheet()
    sheet.rows[0][sheet.header.index("score")] = "4"
    [refused] = imports.compare(kinds.KINDS["rating"], sheet, 2)
    assert [problem.sentence for problem in refused.problems] == [sentence]
    assert Rating.objects.get().score == 2


def test_grid_lets_score_follow_the_claim_that_is_saved_with_another_field(ada: Client, row: Wording) -> None:
    factories.make_wording(criterion=row.criterion, words="gentle", reading=5)
    source = factories.make_source(line_count=100)
    rating = Rating.objects.get()
    said = {"source": source.key, "line": "3", "part": "prose", "term": "gentle", "paraphrase": "It is."}
    claim = {"framework": rating.framework.slug, "criterion": rating.criterion.slug, **said}
    response = send(ada, changed_cell(rating, verdict="Between"), claims=[claim])
    assert {one["outcome"] for one in response.json()["outcomes"]} == {"saved"}
    rating.refresh_from_db()
    # 2 and 5: 3.5, so 3.
    assert (rating.verdict, rating.score, rating.version) == ("Between", 3, 2)


def test_restore_of_claim_announces_the_reading_of_today(ada: Client, row: Wording) -> None:
    """A claim from before the table of readings named no row."""
    claim = factories.make_claim(criterion=row.criterion, term="Steep", reading=4)
    first = Revision.objects.of(claim).get()
    assert save(ada, change_url(claim), term="", reason="Not a term.").status_code == 302
    url = f"/admin/frameworks/revision/{first.pk}/restore/"
    page = ada.get(url)
    assert "Term empty Steep Wording empty steep Reading 4 2" in text_of(page)
    ada.post(url, form_on(page, reason="It was right."))
    claim.refresh_from_db()
    assert (claim.term, claim.reading, claim.wording) == ("Steep", 2, row)


def test_criterion_form_refuses_rubric_that_contradicts_a_row(ada: Client, row: Wording) -> None:
    refused = save(ada, change_url(row.criterion), rubric_4="Steep only at first.", reason="Reworded.")
    sentence = "The rubric has “steep” at step 4, not 2. Change that row of the table of readings first."
    assert sentence in text_of(refused)
    assert (
        save(ada, change_url(row.criterion), rubric_2="A steep way in.", reason="Reworded.").status_code
        == 302
    )
    row.reading = None
    assert save(ada, change_url(row), reading="", reason="Unread.").status_code == 200
