"""The table of readings at the desk: a row changes, and what is read by it, in one changeset."""

from typing import Any

import pytest
from django.test import Client

from desk.review import proposals
from frameworks.models import Claim, Proposal, Rating, Revision, Wording
from frameworks.record.replaying import divergences
from tests import factories
from tests.desk.acting import decide, save
from tests.desk.reading import add_url, change_url, text_of
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
    assert save(ada, change_url(row), reading="1", reason="It is worse.").status_code == 302
    assert (Claim.objects.get().reading, Rating.objects.get().score) == (1, 1)
    last = Revision.objects.latest("pk")
    changeset = Revision.objects.filter(changeset=last.changeset).order_by("pk")
    assert [(one.model, one.reason) for one in changeset] == [
        (kind, "It is worse.") for kind in ("wording", "claim", "rating")
    ]


@pytest.mark.parametrize(
    "fields, said",
    [
        ({"reading": "4", "words": "step 2 of ease"}, "The rubric has “step 2 of ease” at step 2, not 4."),
        ({"words": "steep;steeper"}, "Use lower-case letters, single spaces, and “; ” between phrases."),
        ({"words": ""}, "This field is required."),
        ({"reading": "6"}, "Ensure this value is less than or equal to 5."),
        ({"explanation": ""}, "This field is required."),
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
