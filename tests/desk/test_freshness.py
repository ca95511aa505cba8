"""What wants looking at: ratings due for review, one-click reviews, what waits, and the picture of coverage."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from desk.queues import freshness
from desk.review import proposals
from frameworks.models import Criterion, LinkCheck, Objection, Proposal, ProposedChange, Rating
from tests import factories
from tests.desk.acting import DESK, page_of, press
from tests.desk.reading import change_url, form_on, last_revision, text_of
from tests.desk.signing_in import sign_in
from tests.html import Element, read

pytestmark = pytest.mark.django_db

COVERAGE = "/admin/coverage/"
STILL_RIGHT = "/admin/still-right/"
TODAY = date(2026, 11, 20)


@pytest.fixture
def eve() -> Client:
    """She edits and may not publish."""
    return sign_in(factories.make_proposer(username="eve", first_name="Eve", last_name="Stone"))


def queue(page: Element) -> list[list[str]]:
    """Each row of the queue, cell by cell."""
    return [
        [cell.text for cell in row.children if isinstance(cell, Element)]
        for row in page.all(".queue tbody tr")
    ]


def make_disputed(spread: int, **fields: Any) -> Rating:
    rating = factories.make_rating(is_published=False, **fields)
    for reading in (1, 1 + spread):
        factories.make_claim(framework=rating.framework, criterion=rating.criterion, reading=reading)
    return rating


# When a review is due


@pytest.mark.parametrize("day", [date.min, date.max])
def test_review_queue_handles_extreme_dates(ada: Client, day: date) -> None:
    factories.make_rating(
        reviewed_on=day, criterion=factories.make_criterion(name="Speed", review_interval_days=3650)
    )
    [[_, _, _, _, _, _, due, _]] = queue(page_of(ada))
    assert due.endswith("days ago") if day == date.min else due.startswith("in ")
    assert ada.get("/admin/frameworks/rating/?review=due").status_code == 200


def test_review_queue_sorts_due_ratings_first_then_by_spread() -> None:
    def days(number: int) -> date:
        return TODAY - timedelta(days=number)

    make_disputed(3, verdict="6: wide, and not due", reviewed_on=days(179))
    make_disputed(1, verdict="7: narrow, due later", reviewed_on=days(1))
    factories.make_rating(verdict="5: no reading, long overdue", is_published=False, reviewed_on=days(900))
    make_disputed(2, verdict="3: wide, overdue", reviewed_on=days(200))
    make_disputed(2, verdict="2: wide, longer overdue", reviewed_on=days(201))
    make_disputed(2, verdict="1: wide, never reviewed", reviewed_on=None)
    make_disputed(0, verdict="4: agreed, due today", reviewed_on=days(180))
    make_disputed(4, verdict="0: widest, due today", reviewed_on=days(180))
    verdicts = [rating.verdict for rating in Rating.objects.to_review(TODAY)]
    assert [verdict[0] for verdict in verdicts] == list("01234567")


def test_criterion_form_sets_the_review_interval(ada: Client) -> None:
    criterion = factories.make_criterion()
    page = ada.get(change_url(criterion))
    assert form_on(page)["review_interval_days"] == ["180"]
    refused = ada.post(change_url(criterion), form_on(page, review_interval_days="0", reason="Oftener."))
    assert "must be between 1 and 3650. You entered “0”." in text_of(refused)
    ada.post(change_url(criterion), form_on(page, review_interval_days="30", reason="It moves fast."))
    assert Criterion.objects.get(pk=criterion.pk).review_interval_days == 30
    assert last_revision(criterion).changed_fields == [("review_interval_days", 180, 30)]


def test_rating_list_review_filter_uses_the_criterion_interval(ada: Client) -> None:
    days = timezone.localdate() - timedelta(days=31)
    for interval in (30, 90):
        criterion = factories.make_criterion(review_interval_days=interval)
        factories.make_rating(criterion=criterion, reviewed_on=days, verdict=f"Every {interval}")
    data = form_on(ada.get("/admin/frameworks/rating/", {"review": "due"}))
    assert [value for name, value in data.items() if name.endswith("-verdict")] == [["Every 30"]]


# The queue on the front page


def test_desk_front_page_shows_the_review_queue(ada: Client) -> None:
    today = timezone.localdate()
    django = factories.make_framework(name="Django")
    speed, safety, docs = (factories.make_criterion(name=name) for name in ("Speed", "Safety", "Docs"))
    make_disputed(2, framework=django, criterion=speed, score=4, verdict="Solid")
    factories.make_rating(
        framework=django, criterion=safety, verdict="Safe", reviewed_on=today - timedelta(days=181), read=True
    )
    factories.make_rating(framework=django, criterion=docs, verdict="Rich", reviewed_on=today)
    page = page_of(ada)
    said = f"{(today - timedelta(days=181)).day} "
    rows = queue(page)
    assert rows[0] == [
        "Django, Speed not published",
        "4",
        "Solid",
        "2",
        "2 ≠ dispute",
        "never",
        "never reviewed",
        "Confirm as still correct: Django, Speed",
    ]
    assert rows[1][0] == "Django, Safety"
    assert rows[1][3:5] == ["1", "0"]
    assert rows[1][5].startswith(said)
    assert rows[1][6:] == ["1 day ago", "Confirm as still correct: Django, Safety"]
    assert rows[2][6] == "in 180 days"
    assert ["due" in row.attributes.get("class", "") for row in page.all(".queue tbody tr")] == [
        True,
        True,
        False,
    ]
    assert "2 ratings due for review" in page.texts(".counts li")


def test_review_queue_shows_twenty_five_rows_per_page(ada: Client) -> None:
    framework = factories.make_framework()
    for number in range(27):
        factories.make_rating(framework=framework, verdict=f"Verdict {number}")
    first, second = page_of(ada), page_of(ada, f"{DESK}?p=2")
    assert (len(queue(first)), len(queue(second))) == (25, 2)
    assert first.one(".paginator").text == "Page 1 of 2 Next"
    assert second.one(".paginator").text == "Previous Page 2 of 2"


@pytest.mark.parametrize("p", ["0", "-1", "abc", "9" * 30, "9" * 5000, "%00", "²"])
def test_review_queue_accepts_any_page_number(ada: Client, p: str) -> None:
    factories.make_rating()
    assert len(queue(page_of(ada, f"{DESK}?p={p}"))) == 1


def test_desk_front_page_reports_an_empty_queue(ada: Client) -> None:
    page = page_of(ada)
    assert "There are no ratings yet." in page.texts(".queue p")
    assert "0 ratings due for review" in page.texts(".counts li")


@pytest.mark.parametrize("count", [1, 3])
def test_desk_front_page_query_count_is_constant(
    ada: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    make_square(count)
    # 4 for session, user and rights; 6 counts; 4 for the queue; 4 for the coverage; 1 for no import.
    with django_assert_num_queries(20):
        assert len(queue(page_of(ada))) == count * count


def make_square(count: int) -> None:
    frameworks = [factories.make_framework() for _ in range(count)]
    for criterion in [factories.make_criterion() for _ in range(count)]:
        for framework in frameworks:
            factories.make_rating(framework=framework, criterion=criterion)


# Still right


def test_still_right_marks_rating_reviewed_and_records_revision(ada: Client) -> None:
    for verdict in ("First", "Second", "Third"):
        factories.make_rating(verdict=verdict, framework=factories.make_framework(name=verdict))
    page = page_of(ada)
    second = Rating.objects.get(verdict="Second")
    response = press(ada, page, 2)
    assert response.status_code == 302
    rating = Rating.objects.get(pk=second.pk)
    assert (rating.reviewed_on, rating.version) == (timezone.localdate(), 2)
    revision = last_revision(rating)
    assert (revision.author_name, revision.reason) == (
        "Ada Lovelace",
        "Reviewed and confirmed as still correct.",
    )
    assert revision.changed_fields == [("reviewed_on", None, str(timezone.localdate()))]
    assert response.headers["Location"] == "/admin/?p=1#due-2"
    after = page_of(ada, response.headers["Location"])
    assert [row[2] for row in queue(after)] == ["First", "Third", "Second"]
    # What the address points to can take the focus, and is the next one to be judged.
    assert after.one("#due-2").tag == "button"
    assert after.one("#due-2").text.endswith(str(Rating.objects.get(verdict="Third")))
    assert "1 rating was confirmed as still correct." in after.text


def test_still_right_twice_records_a_single_revision(ada: Client) -> None:
    rating = factories.make_rating()
    page = page_of(ada)
    press(ada, page, 1)
    assert press(ada, page, 1).status_code == 302
    assert "1 rating was already confirmed as still correct." in page_of(ada).text
    rating.refresh_from_db()
    assert rating.version == 2


def test_still_right_reports_conflict_for_changed_rating(ada: Client, bob: Client) -> None:
    rating = factories.make_rating(verdict="Before")
    page = page_of(ada, f"{DESK}?p=1")
    url = change_url(rating)
    bob.post(url, form_on(bob.get(url), verdict="Bob’s", reviewed_on="2026-01-02", reason="His."))
    conflict = press(ada, page, 1)
    assert conflict.status_code == 409
    assert "Bob Hopper changed it on" in text_of(conflict)
    assert "You wanted to confirm it as still correct." in text_of(conflict)
    assert Rating.objects.get(pk=rating.pk).reviewed_on == date(2026, 1, 2)
    form = read(conflict.content).one("form.guarded")
    answer = ada.post(form["action"], form_on(conflict, confirmed="1"))
    assert answer.headers["Location"] == "/admin/?p=1#due-1"
    kept = Rating.objects.get(pk=rating.pk)
    assert (kept.verdict, kept.reviewed_on, kept.version) == ("Bob’s", timezone.localdate(), 3)
    assert last_revision(rating).reason == "Reviewed and confirmed as still correct."


def test_still_right_reports_deleted_rating(ada: Client) -> None:
    rating = factories.make_rating(is_published=False)
    page = page_of(ada)
    Rating.objects.filter(pk=rating.pk).delete()
    assert press(ada, page, 1).status_code == 409


def test_still_right_creates_proposal_for_editor_without_publish_right(eve: Client, ada: Client) -> None:
    rating = factories.make_rating()
    response = press(eve, page_of(eve), 1)
    proposal = Proposal.objects.get()
    assert response.headers["Location"] == proposals.page_of(proposal)
    assert (proposal.author_name, proposal.reason) == (
        "Eve Stone",
        "Reviewed and confirmed as still correct.",
    )
    assert ProposedChange.objects.get().changed_fields == [("reviewed_on", None, str(timezone.localdate()))]
    rating.refresh_from_db()
    assert (rating.reviewed_on, rating.version) == (None, 1)
    for client in (eve, ada):
        page = page_of(client)
        assert queue(page)[0][-1] == f"Open proposal {proposal.pk}"
        assert "1 proposal waiting for a reviewer" in page.texts(".counts li")
        assert client.get(page.one("#due-1")["href"]).status_code == 200


def test_still_right_writes_nothing_for_invalid_input(ada: Client) -> None:
    rating = factories.make_rating()
    row = f"{rating.pk}:1:{rating.key_text}"
    for data in (
        {},
        {"row": row},
        {"row": "x", "reason": "So."},
        {"row": "\0", "reason": "\0"},
        {"row": f"{2**70}:1:a/b", "reason": "So."},
        {"row": row, "reason": "x" * 50_000},
        {"row": f"{rating.pk}:{10**12}:a", "reason": "So."},
    ):
        assert ada.post(f"{STILL_RIGHT}?p=\0&at={'9' * 99}", data).status_code in {200, 302}
    made_up = {"row": f"{rating.pk + 1}:1:a/b", "reason": "So."}
    assert "There is no longer a rating a/b." in text_of(ada.post(STILL_RIGHT, made_up, follow=True))
    rating.refresh_from_db()
    assert rating.version == 1


def test_review_queue_and_still_right_check_permissions(eve: Client) -> None:
    rating = factories.make_rating()
    reviewer = sign_in(factories.make_reviewer())
    page = page_of(reviewer)
    assert len(queue(page)) == 1
    assert page.all(".queue form") == []
    row = {"row": f"{rating.pk}:1:{rating.key_text}", "reason": "So."}
    assert reviewer.post(STILL_RIGHT, row).status_code == 403
    clerk = sign_in(User.objects.create_user("clerk", is_staff=True))
    assert page_of(clerk).all(".queue, .counts") == []
    assert clerk.post(STILL_RIGHT, row).status_code == 403
    assert clerk.get(COVERAGE).status_code == 403
    assert eve.get(STILL_RIGHT).status_code == 405
    assert eve.post(COVERAGE).status_code == 405
    for url in (STILL_RIGHT, COVERAGE, DESK):
        assert Client().get(url).headers["Location"].startswith("/admin/login/")
    rating.refresh_from_db()
    assert rating.version == 1


# What waits


def test_desk_front_page_counts_pending_work(eve: Client) -> None:
    rating = factories.make_rating(reviewed_on=timezone.localdate())
    factories.make_claim()
    Objection.objects.create(framework=rating.framework, criterion=rating.criterion, text="Not so.")
    LinkCheck.objects.create(url="https://a.example/", is_alive=False)
    LinkCheck.objects.create(url="https://b.example/", is_alive=True)
    author, reviewer = User.objects.get(username="eve"), factories.make_reviewer()
    decided = {"decided_by": reviewer, "decided_at": timezone.now(), "note": "Say where."}
    for status, values in (("open", {}), ("returned", decided), ("rejected", decided)):
        Proposal.objects.create(
            author=author, author_name="Eve", origin="admin", reason="So.", status=status, **values
        )
    page = page_of(eve)
    assert page.texts(".counts li") == [
        "1 proposal waiting for a reviewer",
        "1 proposal of yours with changes requested",
        "1 problem report",
        "0 ratings due for review",
        "1 claim in a cell not rated yet",
        "1 dead link",
    ]
    links = {link.text: link["href"] for link in page.all(".counts a")}
    shown = text_of(eve.get(links["1 dead link"]))
    assert "https://a.example/" in shown
    assert "https://b.example/" not in shown
    for url in links.values():
        assert eve.get(url).status_code == 200
    other = page_of(sign_in(factories.make_proposer())).texts(".counts li")
    assert "0 proposals of yours with changes requested" in other


# Coverage


def pictured(page: Element) -> dict[str, tuple[str, str]]:
    """What each cell shows, and says: by framework and criterion."""
    found = {}
    for link in page.all(".coverage td a"):
        shown, said = link.parts
        name, _, words = said.partition(": ")
        assert link["title"] == said
        found[name] = (shown, words)
    return found


def make_coverage() -> None:
    flask, django = (factories.make_framework(name=name) for name in ("Flask", "Django"))
    names = ("Speed", "Safety", "Docs")
    group = factories.make_group()
    speed, safety, docs = (factories.make_criterion(name=name, group=group) for name in names)
    factories.make_criterion(name="Described", is_scored=False)
    one, two = factories.make_source(), factories.make_source()
    for source, reading in ((one, 2), (one, 3), (two, None)):
        factories.make_claim(framework=django, criterion=speed, source=source, reading=reading)
    factories.make_rating(framework=django, criterion=speed, score=4)
    factories.make_claim(framework=django, criterion=safety, joint_criterion=docs, source=one, reading=3)
    factories.make_rating(framework=django, criterion=docs, score=2)
    factories.make_claim(framework=flask, criterion=speed, source=two)
    factories.make_rating(framework=flask, criterion=speed, score=5)
    factories.make_rating(framework=flask, criterion=docs, score=5, is_published=False)
    factories.make_claim(framework=None, criterion=docs, source=two)


def test_coverage_shows_sources_and_score_of_each_cell(ada: Client) -> None:
    make_coverage()
    page = page_of(ada, COVERAGE)
    assert pictured(page) == {
        "Django, Docs": ("1▼", "1 source, scored 2, below the readings of 3"),
        "Django, Safety": ("1○", "1 source, not scored yet"),
        "Django, Speed": ("2▲", "2 sources, scored 4, above the readings of 2 to 3"),
        "Flask, Docs": ("0", "no source, scored 5"),
        "Flask, Safety": ("0", "no source, not rated"),
        "Flask, Speed": ("1", "1 source, scored 5"),
    }
    assert page.texts(".coverage thead th") == ["Docs", "Safety", "Speed"]
    assert page.texts(".legend li") == [
        "2 1 cell with two or more sources",
        "1 3 with one",
        "0 2 with none",
        "▲ 1 scored above all readings",
        "▼ 1 scored below all readings",
        "○ 1 with evidence but no score yet",
    ]
    assert page_of(ada).texts(".legend li") == page.texts(".legend li")


def test_coverage_links_cells_to_rating_form_or_claims(ada: Client) -> None:
    make_coverage()
    rating = Rating.objects.get(framework__slug="django", criterion__slug="speed")
    links = {link["title"].partition(":")[0]: link["href"] for link in page_of(ada, COVERAGE).all("td a")}
    assert links["Django, Speed"] == change_url(rating)
    prefilled = form_on(ada.get(links["Django, Safety"]))
    assert prefilled["framework"] == [str(rating.framework_id)]
    assert prefilled["criterion"] == [str(Criterion.objects.get(slug="safety").pk)]
    reviewer = sign_in(factories.make_reviewer())
    links = {
        link["title"].partition(":")[0]: link["href"] for link in page_of(reviewer, COVERAGE).all("td a")
    }
    assert reviewer.get(links["Django, Speed"]).status_code == 200
    claims = read(reviewer.get(links["Django, Safety"]).content)
    assert len(claims.all("#result_list tbody tr")) == 1


def test_coverage_counts_score_at_edge_of_readings_as_inside() -> None:
    for score in (2, 4):
        rating = factories.make_rating(score=score, is_published=False)
        for reading in (2, 4):
            factories.make_claim(framework=rating.framework, criterion=rating.criterion, reading=reading)
    counts = freshness.coverage().counts
    assert (counts["above"], counts["below"]) == (0, 0)


def test_coverage_explains_an_empty_portal(ada: Client) -> None:
    assert "Coverage is shown once there is a framework and a scored criterion" in text_of(ada.get(COVERAGE))


@pytest.mark.parametrize("count", [1, 3])
def test_coverage_query_count_is_constant(
    ada: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    make_square(count)
    # 4 for session, user and rights; 4 for the picture.
    with django_assert_num_queries(8):
        assert len(page_of(ada, COVERAGE).all(".coverage td a")) == count * count


def test_desk_front_page_and_coverage_contain_no_inline_code(ada: Client) -> None:
    make_coverage()
    for url in (DESK, COVERAGE):
        page = ada.get(url).content.decode()
        assert "<style" not in page
        assert " style=" not in page
        assert "<script>" not in page
