"""What an editor saves who may not publish, by whatever door, changes nothing until a reviewer publishes it."""

import sys
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django import DjangoAssertNumQueries

from desk.review import proposals
from frameworks.models import Claim, Framework, Proposal, Rating, Revision, Versioned, versioned_models
from frameworks.record import revisions
from frameworks.record.revisions import Author
from tests import factories
from tests.desk.acting import decide, page_of, proposal_page
from tests.desk.reading import add_url, change_url, form_on, list_url, text_of
from tests.desk.signing_in import sign_in
from tests.html import read

pytestmark = pytest.mark.django_db

DECIDED = "decided_at = created_at, decided_by_id = author_id"
#: What Python tells of when something is done to the world outside, besides opening files.
OUTSIDE = {
    "socket.connect",
    "subprocess.Popen",
    "os.system",
    "os.remove",
    "os.rename",
    "os.mkdir",
    "shutil.copyfile",
}
QUEUE = "/admin/frameworks/proposal/"


def save(client: Client, url: str, **changes: Any) -> Any:
    return client.post(url, form_on(client.get(url), _save="Save", **changes), follow=True)


def state_of_everything() -> tuple[list[Any], int]:
    facts = [sorted(map(str, model._default_manager.values())) for model in versioned_models().values()]
    return facts, Revision.objects.count()


def rows_of_everything() -> dict[str, list[str]]:
    """Every row of every table."""
    return {
        model._meta.label: sorted(map(str, model._default_manager.values_list()))
        for model in apps.get_models()
    }


def propose(eve: Client, rating: Rating, **changes: Any) -> Proposal:
    save(eve, change_url(rating), **{"reason": "Read again.", **changes})
    return Proposal.objects.latest("pk")


def change(fact: Versioned, **fields: Any) -> None:
    fact.refresh_from_db()
    for name, value in fields.items():
        setattr(fact, name, value)
    revisions.save(fact, by=Author("Ada", Revision.Origin.ADMIN), reason="I was faster.", seen=fact.version)


# Every door


def test_change_form_creates_proposal_and_changes_nothing(eve: Client) -> None:
    rating = factories.make_rating(score=3, verdict="Middling", is_published=True)
    before = state_of_everything()
    answer = save(eve, change_url(rating), score=4, verdict="Good", reason="Read again.")
    assert state_of_everything() == before
    proposal = Proposal.objects.get()
    assert answer.redirect_chain == [(proposals.page_of(proposal), 302)]
    shown = read(answer.content)
    assert shown.texts(".messagelist li") == [
        f"Saved as proposal {proposal.pk}. It changes nothing until a reviewer publishes it."
    ]
    assert "Eve Stone proposed this on" in shown.one("p.lede").text
    assert [
        row.texts("th, td") or [cell.text for cell in (*row.all("th"), *row.all("td"))]
        for row in shown.all("table.states tbody tr")
    ] == [
        ["Score", "3", "4"],
        ["Verdict", "Middling", "Good"],
        ["Last reviewed", "empty", date_format(timezone.localdate())],
    ]


def test_add_form_proposes_new_rating_with_its_claim(eve: Client, rob: Client) -> None:
    framework, criterion = factories.make_framework(), factories.make_criterion()
    source = factories.make_source()
    url = f"{add_url(Rating)}?framework={framework.pk}&criterion={criterion.pk}"
    rated = {
        "score": 4,
        "verdict": "Good",
        "rationale": "By the rubric.",
        "departure": "The editors have tried it.",
    }
    data = form_on(eve.get(url), **rated, is_published="on", reason="New.")
    data |= {
        "claims-TOTAL_FORMS": ["1"],
        "claims-0-source": [str(source.pk)],
        "claims-0-line": ["7"],
        "claims-0-part": ["table"],
        "claims-0-paraphrase": ["It is good."],
    }
    before = state_of_everything()
    eve.post(url, data)
    assert state_of_everything() == before
    proposal = Proposal.objects.get()
    assert list(proposal.changes.values_list("model", "action", "seen")) == [
        ("claim", "created", None),
        ("rating", "created", None),
    ]
    decide(rob, proposal, "publish")
    rating = Rating.objects.get()
    assert (rating.score, rating.is_published) == (4, True)
    assert Claim.objects.get().locator == f"{source.key}:7"


def test_rating_list_creates_proposal_for_edits(eve: Client) -> None:
    rating = factories.make_rating(score=3)
    before = state_of_everything()
    url = list_url(Rating)
    answer = eve.post(
        url, form_on(eve.get(url), **{"form-0-score": "5", "reason": "Better.", "_save": "Save"}), follow=True
    )
    assert state_of_everything() == before
    assert "Saved as proposal" in text_of(answer)
    assert (Proposal.objects.get().changes.get().after or {})["score"] == 5
    assert rating.version == 1


@pytest.mark.parametrize("action, verb", [("mark_reviewed", "changed"), ("delete_selected", "deleted")])
def test_bulk_actions_create_proposals(eve: Client, action: str, verb: str) -> None:
    rating = factories.make_rating()
    before = state_of_everything()
    row = f"{rating.pk}:{rating.version}:{rating.key_text}"
    eve.post(list_url(Rating), {"action": action, "row": row, "reason": "Looked it over.", "confirmed": "1"})
    assert state_of_everything() == before
    assert Proposal.objects.get().changes.get().action == verb


def test_change_form_refuses_invalid_change_without_proposal(eve: Client) -> None:
    rating = factories.make_rating(is_published=False)
    answer = save(eve, change_url(rating), is_published="on", reason="Out with it.")
    assert "A published rating needs at least one claim." in text_of(answer)
    assert not Proposal.objects.exists()


def test_change_form_shows_conflict_without_proposal(eve: Client) -> None:
    rating = factories.make_rating(score=3)
    data = form_on(eve.get(change_url(rating)), score=5, reason="Better.")
    change(rating, score=1)
    answer = eve.post(change_url(rating), data)
    assert answer.status_code == 409
    assert not Proposal.objects.exists()


def test_change_form_saves_directly_with_publish_permission() -> None:
    rating = factories.make_rating(score=3)
    save(sign_in(factories.make_editor()), change_url(rating), score=4, reason="Read again.")
    assert Rating.objects.get().score == 4
    assert not Proposal.objects.exists()


# Publishing


def test_proposal_publish_records_author_and_reviewer(eve: Client, rob: Client) -> None:
    rating = factories.make_rating(score=3)
    proposal = propose(eve, rating, score=4)
    answer = decide(rob, proposal, "publish", note="Thank you.")
    assert f"Proposal {proposal.pk} is published." in text_of(answer)
    rating.refresh_from_db()
    assert (rating.score, rating.version) == (4, 2)
    step = Revision.objects.of(rating)[0]
    assert (step.author_name, step.reason, step.origin) == ("Eve Stone", "Read again.", "admin")
    assert step.published_by == User.objects.get(username="rob")
    assert step.changeset == proposal.changeset
    proposal.refresh_from_db()
    assert (proposal.status, proposal.note) == ("published", "Thank you.")


def test_reviewer_is_led_from_one_waiting_proposal_to_the_next(eve: Client, rob: Client) -> None:
    first, second, third = (propose(eve, factories.make_rating(score=3), score=4) for _ in range(3))
    tile = page_of(rob).all(".counts a")[0]
    assert tile.text == "3 proposals waiting for a reviewer"
    shown = rob.get(tile["href"], follow=True)
    assert shown.redirect_chain[-1][0] == proposals.page_of(first)
    assert "2 other proposals wait for a reviewer. Leave this one and open the next" in text_of(shown)
    assert rob.get(f"{QUEUE}next/?after={third.pk}").headers["location"] == proposals.page_of(first)
    answer = decide(rob, second, "reject", note="No.")
    assert answer.redirect_chain == [(proposals.page_of(third), 302)]
    assert f"is rejected. Below is the next that waits, proposal {third.pk}." in text_of(answer)
    assert decide(rob, third, "publish").redirect_chain == [(proposals.page_of(first), 302)]
    assert decide(rob, first, "return", note="Why?").redirect_chain == [(QUEUE, 302)]
    assert rob.get(f"{QUEUE}next/?after=x").headers["location"] == QUEUE


def test_proposal_page_shows_later_changes_and_publishes_on_top(eve: Client, rob: Client) -> None:
    rating = factories.make_rating(score=3, verdict="Middling")
    proposal = propose(eve, rating, score=4)
    change(rating, verdict="Fair")
    shown = proposal_page(rob, proposal)
    rows = [[cell.text for cell in (*row.all("th"), *row.all("td"))] for row in shown.all(".clash tbody tr")]
    today = date_format(timezone.localdate())
    assert rows == [
        ["Score", "3", "3", "4"],
        ["Verdict", "Middling", "Fair", "not changed"],
        ["Last reviewed", "empty", "empty", today],
    ]
    assert "Ada changed it on" in shown.one(".clash").text
    decide(rob, proposal, "publish")
    rating.refresh_from_db()
    assert (rating.score, rating.verdict, rating.version) == (4, "Fair", 3)


def test_proposal_publish_is_refused_after_an_unseen_change(eve: Client, rob: Client) -> None:
    rating = factories.make_rating(score=3)
    proposal = propose(eve, rating, score=4)
    proposal_page(rob, proposal)
    change(rating, score=1)
    answer = rob.post(proposals.page_of(proposal), {"decision": "publish", "note": "Fine."})
    assert answer.status_code == 409
    assert f"Not published: somebody else has changed {rating.key_text} since." in text_of(answer)
    assert "Fine." in text_of(answer)
    rating.refresh_from_db()
    assert (rating.score, Proposal.objects.get().status) == (1, "open")


def test_proposal_publish_applies_all_changes_or_none(eve: Client, rob: Client) -> None:
    first, second = factories.make_rating(score=3), factories.make_rating(score=3)
    url = list_url(Rating)
    eve.post(
        url,
        form_on(
            eve.get(url), **{"form-0-score": "5", "form-1-score": "5", "reason": "Better.", "_save": "Save"}
        ),
    )
    proposal = Proposal.objects.get()
    revisions.delete(second, by=Author("Ada", Revision.Origin.ADMIN), reason="Away.", seen=1)
    answer = decide(rob, proposal, "publish")
    assert "Not published" in text_of(answer)
    first.refresh_from_db()
    assert first.score == 3


def test_proposal_is_decided_only_once(eve: Client, rob: Client) -> None:
    proposal = propose(eve, factories.make_rating(score=3), score=4)
    decide(rob, proposal, "reject", note="No source says so.")
    answer = rob.post(proposals.page_of(proposal), {"decision": "publish"})
    assert f"{proposal} has been decided already." in text_of(answer)
    assert Rating.objects.get().score == 3
    again = rob.post(proposals.page_of(proposal), {"decision": "reject", "note": "None does."}, follow=True)
    assert "is rejected. You had decided so already, and nothing was done twice." in text_of(again)
    assert "No source says so." in text_of(again)


@pytest.mark.parametrize("decision, status", [("return", "returned"), ("reject", "rejected")])
def test_proposal_return_and_reject_require_a_note(
    eve: Client, rob: Client, decision: str, status: str
) -> None:
    proposal = propose(eve, factories.make_rating(score=3), score=4)
    assert "Say why, so that the author knows what to change." in text_of(decide(rob, proposal, decision))
    decide(rob, proposal, decision, note="Line 12 says otherwise.")
    proposal.refresh_from_db()
    assert (proposal.status, proposal.note) == (status, "Line 12 says otherwise.")
    assert "Line 12 says otherwise." in proposal_page(eve, proposal).one(".proposal-status").text
    assert Rating.objects.get().score == 3


# The author


def test_proposal_author_resumes_returned_proposal_with_typed_values(eve: Client, rob: Client) -> None:
    rating = factories.make_rating(score=3, verdict="Middling")
    proposal = propose(eve, rating, score=4, verdict="Almost god")
    decide(rob, proposal, "return", note="A typing mistake.")
    form = proposal_page(eve, proposal).one("form.take-up")
    data = {field["name"]: field["value"] for field in form.all("input")}
    shown = eve.post(form["action"], {**data, "_edit": "1"})
    assert read(shown.content).one("input[name=verdict]")["value"] == "Almost god"
    eve.post(form["action"], form_on(shown, _save="Save", verdict="Almost good", reason="Spelt right."))
    old, new = Proposal.objects.order_by("pk")
    assert (old.status, old.note) == ("withdrawn", f"Replaced by proposal {new.pk}.")
    assert (new.changes.get().after or {})["verdict"] == "Almost good"


def test_proposal_author_may_withdraw_but_not_publish(eve: Client) -> None:
    proposal = propose(eve, factories.make_rating(score=3), score=4)
    assert proposal_page(eve, proposal).texts(".submit-row button") == ["Withdraw"]
    assert eve.post(proposals.page_of(proposal), {"decision": "publish"}).status_code == 403
    decide(eve, proposal, "withdraw")
    assert Proposal.objects.get().status == "withdrawn"


def test_proposal_withdraw_and_resume_are_limited_to_the_author(eve: Client, rob: Client) -> None:
    proposal = propose(eve, factories.make_rating(score=3), score=4)
    other = sign_in(factories.make_proposer())
    assert not proposal_page(other, proposal).all("form.take-up")
    assert other.post(proposals.page_of(proposal), {"decision": "withdraw"}).status_code == 403
    rating = Rating.objects.get()
    data = form_on(other.get(change_url(rating)), score=5, reason="Mine.") | {"resumes": [str(proposal.pk)]}
    other.post(change_url(rating), data)
    proposal.refresh_from_db()
    assert proposal.status == "open"


# Preview


def test_proposal_preview_shows_public_page_and_saves_nothing(eve: Client, rob: Client) -> None:
    rating = factories.make_rating(score=3, verdict="Middling", is_published=True)
    proposal = propose(eve, rating, verdict="Splendid")
    before = state_of_everything()
    links = {link.text: link["href"] for link in proposal_page(rob, proposal).all(".previews a")}
    assert next(iter(links)) == "Matrix"
    shown = read(rob.get(links[f"Framework {rating.framework}"]).content)
    assert "None of it is public yet" in shown.one(".preview").text
    assert shown.one(".preview a")["href"] == proposals.page_of(proposal)
    assert "Splendid" in shown.text
    assert state_of_everything() == before
    public = Client().get(rating.framework.get_absolute_url()).content.decode()
    assert "Splendid" not in public
    assert 'class="preview"' not in public


def test_proposal_preview_links_all_open(eve: Client, rob: Client) -> None:
    new = form_on(eve.get(add_url(Framework)), name="Newcomer", slug="newcomer", reason="It is new.")
    eve.post(add_url(Framework), new)
    proposal = Proposal.objects.get()
    for link in proposal_page(rob, proposal).all(".previews a"):
        answer = rob.get(link["href"])
        assert answer.status_code == 200, link.text
        assert read(answer.content).one(".preview").text.startswith(f"Preview of proposal {proposal.pk}.")
    assert not Framework.objects.exists()


@pytest.mark.parametrize("address", ["/search/?q=newcomer", "/changes/", "/use-cases/", "/api/"])
def test_proposal_preview_covers_any_public_page(eve: Client, rob: Client, address: str) -> None:
    new = form_on(eve.get(add_url(Framework)), name="Newcomer", slug="newcomer", reason="It is new.")
    eve.post(add_url(Framework), new)
    answer = rob.get(f"{QUEUE}{Proposal.objects.get().pk}/preview/", {"page": address})
    assert answer.status_code == 200
    assert read(answer.content).one(".preview").text.startswith("Preview of proposal")


def test_proposal_preview_refuses_files_and_api_addresses(eve: Client, rob: Client) -> None:
    proposal = propose(eve, factories.make_rating(score=3), score=4)
    for address in ("/matrix.csv", "/matrix.png", "/api/v1/frameworks", "/live/", "/changes.atom"):
        answer = rob.get(f"{QUEUE}{proposal.pk}/preview/", {"page": address}, follow=True)
        assert f"There is no such preview. “{address}” is not a public page." in text_of(answer)


def test_proposal_preview_has_no_side_effects(eve: Client, rob: Client, mailoutbox: list[Any]) -> None:
    rating = factories.make_rating(score=3, is_published=True)
    proposal = propose(eve, rating, verdict="Splendid")
    addresses = [link["href"] for link in proposal_page(rob, proposal).all(".previews a")]
    for address in addresses:
        rob.get(address)  # what is imported at the first time is compiled then, into a file
    heard: list[object] = []
    # A hook stays for good, and so must know when it is no longer wanted.
    before, is_watched = rows_of_everything(), True

    def hear(event: str, arguments: tuple[Any, ...]) -> None:
        if is_watched and (event in OUTSIDE or (event == "open" and str(arguments[1] or "r")[0] in "wax+")):
            heard.append((event, arguments))

    sys.addaudithook(hear)
    for address in addresses:
        assert rob.get(address).status_code == 200
    is_watched = False
    assert heard == []
    assert mailoutbox == []
    assert rows_of_everything() == before


@pytest.mark.parametrize(
    "address", ["/admin/", "/nowhere/", "https://example.org/", "//example.org/", "\0", "?", "x" * 5000]
)
def test_proposal_preview_refuses_other_addresses(eve: Client, rob: Client, address: str) -> None:
    proposal = propose(eve, factories.make_rating(score=3), score=4)
    answer = rob.get(f"{QUEUE}{proposal.pk}/preview/", {"page": address}, follow=True)
    assert answer.status_code == 200
    assert "There is no such preview." in text_of(answer) or "Preview of" in text_of(answer)


def test_proposal_preview_is_refused_for_conflicting_changes(eve: Client, rob: Client) -> None:
    rating = factories.make_rating(score=3)
    proposal = propose(eve, rating, score=4)
    change(rating, score=1)
    answer = rob.get(f"{QUEUE}{proposal.pk}/preview/?page=/", follow=True)
    assert "There is no preview: somebody else has changed facts of this proposal since." in text_of(answer)


# The queue


@pytest.mark.parametrize("rows", [1, 3])
def test_proposal_queue_query_count_is_constant(
    eve: Client, rob: Client, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        propose(eve, factories.make_rating(score=3), score=4)
    with django_assert_num_queries(5):
        shown = read(rob.get(QUEUE).content)
    assert len(shown.all("#result_list tbody tr")) == rows


def test_proposal_queue_lists_those_still_waiting_by_their_facts(eve: Client, rob: Client) -> None:
    first, second = factories.make_rating(score=3), factories.make_rating(score=3)
    for rating in (first, second):
        propose(eve, rating, score=4)
    decide(rob, Proposal.objects.earliest("pk"), "publish")
    shown = page_of(rob, f"{QUEUE}?status__exact=open")
    assert shown.texts("#result_list td.field-facts") == [second.key_text]


@pytest.mark.parametrize("pk", ["0", "99999999999999999999", "abc", "%00"])
def test_proposal_page_returns_404_for_unknown_id(rob: Client, pk: str) -> None:
    assert rob.get(f"{QUEUE}{pk}/change/").status_code == 404


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"decision": "explode"},
        {"decision": "return", "note": "\0"},
        {"decision": "return", "note": "x" * 5000},
        {"decision": "publish", "over": ["99999999999999:rating a/b", "\0", "1:nothing x"]},
    ],
)
def test_proposal_decision_handles_invalid_input(eve: Client, rob: Client, data: dict[str, Any]) -> None:
    proposal = propose(eve, factories.make_rating(score=3), score=4)
    answer = rob.post(proposals.page_of(proposal), data)
    assert answer.status_code in {200, 302}
    proposal.refresh_from_db()
    assert (proposal.status == "published") == (data.get("decision") == "publish")


# What the database enforces


@pytest.mark.parametrize(
    "change, constraint",
    [
        (f"status = 'odd', {DECIDED}", "proposal_status_is_known"),
        ("reason = ''", "proposal_has_reason"),
        ("status = 'published'", "proposal_decision_has_decider"),
        (f"status = 'open', {DECIDED}", "proposal_decision_has_decider"),
        (f"status = 'rejected', {DECIDED}", "proposal_refusal_has_note"),
    ],
)
def test_proposal_constraints_reject_inconsistent_rows(eve: Client, change: str, constraint: str) -> None:
    proposal = propose(eve, factories.make_rating(score=3), score=4)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE frameworks_proposal SET {change} WHERE id = %s", [proposal.pk])  # noqa: S608
