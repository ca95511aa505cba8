"""The grid: what it shows, what it takes, what becomes of each cell that is sent. The typing is in tests/browser."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from desk.grid.parsing import NotUnderstood, parse
from desk.review import proposals
from frameworks.models import Claim, Criterion, Framework, Objection, Proposal, Rating, Revision
from frameworks.record import revisions
from frameworks.record.revisions import Author
from tests import factories
from tests.desk.acting import GRID, Change, changed_cell, send
from tests.desk.reading import last_revision, text_of
from tests.desk.signing_in import sign_in
from tests.html import Element, read

pytestmark = pytest.mark.django_db


def rows(client: Client, query: str = "") -> Element:
    return read(client.get(GRID + query).content)


def cell(page: Element, framework: str, criterion: str) -> Element:
    columns = [head["data-criterion"] for head in page.all("table#grid th[data-criterion]")]
    return page.one(f"tr[data-framework={framework}]").all("td")[columns.index(criterion)]


def outcomes(response: Any) -> list[str]:
    assert response.status_code == 200, response.content
    return [one["outcome"] for one in response.json()["outcomes"]]


def world(size: int) -> None:
    """`size` frameworks under as many criteria, all rated, with an objection to each."""
    frameworks = [factories.make_framework() for _ in range(size)]
    for criterion in [factories.make_criterion() for _ in range(size)]:
        for framework in frameworks:
            factories.make_rating(framework=framework, criterion=criterion)
            Objection.objects.create(framework=framework, criterion=criterion, text="No.")


@pytest.fixture
def rating() -> Rating:
    rating: Rating = factories.make_rating(
        framework=factories.make_framework(name="Django"),
        criterion=factories.make_criterion(name="Performance", group=factories.make_group(name="Running it")),
        score=3,
        verdict="Middling",
        reviewed_on=timezone.localdate(),
    )
    return rating


@pytest.fixture
def bare(rating: Rating) -> tuple[Framework, Criterion]:
    """A cell without rating and without claims."""
    return factories.make_framework(name="Flask"), rating.criterion


# What it shows


def test_grid_shows_every_framework_and_scored_criterion(ada: Client, rating: Rating) -> None:
    factories.make_framework(name="Bottle", is_published=False)
    factories.make_criterion(name="What it is", is_scored=False)
    page = rows(ada)
    assert page.texts("table#grid thead .groups th") == ["Running it"]
    assert page.texts("table#grid thead .heads th") == ["Framework", "Performance"]
    assert page.texts("table#grid tbody th") == ["Bottle unpublished", "Django"]
    django = cell(page, "django", "performance")
    assert django.text == "3 Middling 1 claim"
    assert django.attributes == {
        "data-version": "1",
        "data-score": "3",
        "data-verdict": "Middling",
        "data-published": "1",
        "data-claims": "1",
    }
    assert cell(page, "bottle", "performance").text == ""
    assert page.one("p.count").text == "2 frameworks, 1 criterion"


def test_grid_cell_flags_disputes_drafts_due_reviews_and_objections(ada: Client, rating: Rating) -> None:
    for reading in (1, 5):
        factories.make_claim(framework=rating.framework, criterion=rating.criterion, reading=reading)
    rating.is_published = False
    rating.reviewed_on = timezone.localdate() - timedelta(days=rating.criterion.review_interval_days)
    revisions.save(rating, by=factories.MAKER, reason="For a test.", seen=1)
    for status in (Objection.Status.OPEN, Objection.Status.OPEN):
        Objection.objects.create(
            framework=rating.framework, criterion=rating.criterion, text="No.", status=status
        )
    Objection.objects.create(
        framework=rating.framework,
        criterion=rating.criterion,
        text="Old.",
        status=Objection.Status.DISMISSED,
        handled_at=timezone.now(),
        note="It is right.",
    )
    found = cell(rows(ada), "django", "performance")
    assert found.text == "3 Middling 3 claims, disputed, draft, review due, 2 problem reports"
    assert "data-published" not in found


def test_grid_cell_counts_claims_without_rating(ada: Client, bare: tuple[Framework, Criterion]) -> None:
    factories.make_claim(framework=bare[0], criterion=bare[1])
    assert cell(rows(ada), "flask", "performance").text == "1 claim"


def test_grid_escapes_text(ada: Client, rating: Rating) -> None:
    rating.verdict = '"><script>alert(1)</script>'
    revisions.save(rating, by=factories.MAKER, reason="For a test.", seen=1)
    found = cell(rows(ada), "django", "performance")
    assert found["data-verdict"] == rating.verdict
    assert found.one("p").text == f"3 {rating.verdict}"


@pytest.mark.parametrize("query, frameworks, criteria", [
    ("", ["Django", "Flask"], ["Performance", "Tutorials"]),
    ("?framework=flask", ["Flask"], ["Performance", "Tutorials"]),
    ("?framework=flask&framework=django", ["Django", "Flask"], ["Performance", "Tutorials"]),
    ("?group=learning-it", ["Django", "Flask"], ["Tutorials"]),
    ("?group=running-it&framework=django", ["Django"], ["Performance"]),
    ("?group=", ["Django", "Flask"], ["Performance", "Tutorials"]),
])  # fmt: skip
@pytest.mark.usefixtures("bare")
def test_grid_filters_by_framework_and_group(
    ada: Client, query: str, frameworks: list[str], criteria: list[str]
) -> None:
    factories.make_criterion(name="Tutorials", group=factories.make_group(name="Learning it", position=9))
    page = rows(ada, query)
    assert page.texts("table#grid tbody th") == frameworks
    assert page.texts("table#grid thead .heads th")[1:] == criteria
    ticked = [(box["name"], box["value"]) for box in page.all(".grid-filter input") if "checked" in box]
    asked = [tuple(part.split("=")) for part in query[1:].split("&") if not part.endswith("=")]
    assert sorted(ticked) == sorted(asked) if query else ticked == []


@pytest.mark.parametrize("value", ["nobody", "%00", "9" * 5000, "%F0%9F%8C%B5", "'; --", "x" * 50_000])
@pytest.mark.parametrize("name", ["group", "framework"])
@pytest.mark.usefixtures("bare")
def test_grid_ignores_unknown_filter_values_with_a_notice(ada: Client, name: str, value: str) -> None:
    page = rows(ada, f"?{name}={value}&framework=flask")
    assert (
        page.texts(".errornote")[0] == f"The address names a {name} that does not exist, so it was ignored."
    )
    assert page.texts("table#grid tbody th") == ["Flask"]


def test_grid_explains_what_to_add_when_empty(ada: Client) -> None:
    assert "There are no scored criteria yet. Add one" in text_of(ada.get(GRID))
    factories.make_criterion()
    assert "There are no frameworks yet. Add one" in text_of(ada.get(GRID))


@pytest.mark.menu
def test_grid_is_linked_from_desk_and_rating_list(ada: Client, rating: Rating) -> None:
    page = read(ada.get("/admin/frameworks/rating/").content)
    assert [link["href"] for link in page.all("a") if link.text in {"Grid", "Open the grid"}] == [GRID, GRID]
    current = [link.text for link in rows(ada).all("#desk-nav a") if "aria-current" in link]
    assert current == ["Grid"]
    assert reverse("admin:frameworks_rating_matrix") == GRID


@pytest.mark.parametrize("size", [1, 3])
def test_grid_query_count_is_constant(
    ada: Client, django_assert_num_queries: DjangoAssertNumQueries, size: int
) -> None:
    world(size)
    ada.get(GRID)
    # Session, user, rights of the user and of the groups; frameworks, criteria; ratings, claims, objections.
    with django_assert_num_queries(9):
        assert len(rows(ada).all("tbody td[data-version]")) == size * size


# The cell beside the grid


def panel(client: Client, framework: str = "django", criterion: str = "performance") -> Any:
    return client.get(f"{GRID}cell/{framework}/{criterion}/")


def test_grid_panel_shows_rubric_claims_objections_and_links(ada: Client, rating: Rating) -> None:
    claim = Claim.objects.get()
    factories.make_claim(
        framework=rating.framework,
        criterion=rating.criterion,
        term="Fast enough",
        paraphrase="Keeps up.",
        reading=4,
    )
    Objection.objects.create(framework=rating.framework, criterion=rating.criterion, text="Look\nagain.")
    page = read(panel(ada).content)
    assert page.one("h2").text == "Django, Performance"
    assert page.one(".question").text == "How good is it at Performance?"
    assert page.texts("dl.rubric dd")[3] == "Step 4 of Performance."
    assert page.one("#values")["data-rationale"] == "By the rubric."
    assert [said.split(" ")[0] for said in page.texts(".claims li p")] == ["Says", "Fast"]
    assert claim.source.short_name in page.all(".claims")[0].text
    assert "read as 4" in page.texts(".claims .reading")
    assert page.one(".objections").text.startswith("Look again.")
    assert f"last reviewed on {timezone.localdate():%-d %B %Y}" in page.text
    links = {link.text: link["href"] for link in page.all("a")}
    assert links["Full form"] == f"/admin/frameworks/rating/{rating.pk}/change/"
    assert links["Change history"] == f"/admin/frameworks/rating/{rating.pk}/history/"
    assert claim.source.key in [option["value"] for option in page.all("select[name=source] option")]


def test_grid_panel_requests_rationale_for_empty_cell(ada: Client, bare: tuple[Framework, Criterion]) -> None:
    page = read(panel(ada, "flask").content)
    assert "data-rationale" not in page.one("#values")
    assert "a new rating needs one" in page.text
    assert "No source rates this." in page.text
    [link] = [link["href"] for link in page.all("a") if link.text == "Full form"]
    assert link == f"/admin/frameworks/rating/add/?framework={bare[0].pk}&criterion={bare[1].pk}"


@pytest.mark.parametrize("size", [1, 3])
def test_grid_panel_query_count_is_constant(
    ada: Client, rating: Rating, django_assert_num_queries: DjangoAssertNumQueries, size: int
) -> None:
    for _ in range(size):
        factories.make_claim(framework=rating.framework, criterion=rating.criterion)
        Objection.objects.create(framework=rating.framework, criterion=rating.criterion, text="No.")
    panel(ada)
    # Session, user, two for rights; framework, criterion, rating, claims; objections, sources.
    with django_assert_num_queries(11):
        panel(ada)


@pytest.mark.usefixtures("rating")
def test_grid_panel_returns_404_for_unknown_cell(ada: Client) -> None:
    factories.make_criterion(name="Described", is_scored=False)
    assert panel(ada, "nobody").status_code == 404
    assert panel(ada, "django", "described").status_code == 404
    assert panel(ada, "x" * 50_000).status_code == 404


# Saving


def test_grid_save_writes_only_changed_fields_with_the_reason(ada: Client, rating: Rating) -> None:
    response = send(ada, changed_cell(rating, score=4), reason="  The benchmark is new.  ")
    assert outcomes(response) == ["saved"]
    assert response.json()["outcomes"][0]["version"] == 2
    assert str(Revision.objects.of(rating)[0].changeset) in response.json()["undo"]
    assert response.json()["cells"] == {
        "django/performance": {
            "version": 2,
            "score": 4,
            "verdict": "Middling",
            "published": 1,
            "claims": 1,
            "note": "1 claim",
        }
    }
    rating.refresh_from_db()
    assert (rating.score, rating.verdict, rating.rationale, rating.version) == (
        4,
        "Middling",
        "By the rubric.",
        2,
    )
    revision = last_revision(rating)
    assert (revision.author_name, revision.reason) == ("Ada Lovelace", "The benchmark is new.")
    assert revision.origin == Revision.Origin.GRID
    assert revision.changed_fields == [("score", 3, 4)]


def test_grid_save_uses_single_changeset_and_reasons_per_cell(ada: Client, rating: Rating) -> None:
    other = factories.make_rating(criterion=rating.criterion)
    sent = send(ada, changed_cell(rating, verdict="Fine"), changed_cell(other, score=1, reason="It fell."))
    assert outcomes(sent) == ["saved", "saved"]
    first, second = last_revision(rating), last_revision(other)
    assert first.changeset == second.changeset
    assert (first.reason, second.reason) == ("Read again.", "It fell.")


def test_grid_save_records_no_revision_for_unchanged_values(ada: Client, rating: Rating) -> None:
    assert outcomes(send(ada, changed_cell(rating, score=3, verdict="Middling"))) == ["same"]
    assert last_revision(rating).version == 1


def test_grid_save_writes_new_claim_before_its_rating(ada: Client, bare: tuple[Framework, Criterion]) -> None:
    source = factories.make_source(key="009")
    claim = changed_cell(bare, source="009", line=7, part="table", term="Very fast", paraphrase="It is fast.")
    factories.make_wording(criterion=bare[1], words="very fast", reading=5)
    new = changed_cell(bare, seen=None, score=5, verdict="Fast", rationale="All say so.", is_published=True)
    response = send(ada, new, claims=[claim])
    assert outcomes(response) == ["saved", "saved"]
    rating = Rating.objects.get(framework=bare[0])
    assert (rating.score, rating.is_published, rating.version) == (5, True, 1)
    assert rating.reviewed_on == timezone.localdate()
    made = Claim.objects.get(source=source)
    assert (made.key, made.line, made.reading) == ("009-7-flask-performance", 7, 5)
    assert [step.model for step in Revision.objects.filter(origin=Revision.Origin.GRID).order_by("pk")] == [
        "claim",
        "rating",
    ]
    assert response.json()["cells"]["flask/performance"]["note"] == "1 claim"


def test_grid_save_refuses_publishing_without_claim_and_saves_the_rest(
    ada: Client, rating: Rating, bare: tuple[Framework, Criterion]
) -> None:
    new = changed_cell(bare, seen=None, score=5, verdict="Fast", rationale="So I think.", is_published=True)
    response = send(ada, new, changed_cell(rating, score=4))
    assert outcomes(response) == ["saved", "refused"]
    sentence = response.json()["outcomes"][1]["sentence"]
    assert sentence.startswith("No claim about Flask under Performance has a reading, so no score follows.")
    assert not Rating.objects.filter(framework=bare[0]).exists()
    rating.refresh_from_db()
    assert rating.score == 4


@pytest.mark.parametrize("fields, said", [
    ({"score": 6}, "Score: The score must be between 1 and 5."),
    ({"score": -1}, "Score: The score must be between 1 and 5."),
    ({"score": 10**4000}, "Score: The score must be between 1 and 5."),
    ({"verdict": "x" * 81}, "Verdict: This may have at most 80 characters; it has 81."),
    ({"verdict": " "}, "Verdict: This must not be empty."),
    ({"rationale": ""}, "Rationale: This must not be empty."),
])  # fmt: skip
def test_grid_save_refuses_invalid_values_per_cell(
    ada: Client, rating: Rating, fields: Change, said: str
) -> None:
    other = factories.make_rating(criterion=rating.criterion, framework=factories.make_framework(name="Zope"))
    response = send(ada, changed_cell(rating, **fields), changed_cell(other, score=1))
    assert outcomes(response) == ["refused", "saved"]
    assert said in response.json()["outcomes"][0]["sentence"]
    rating.refresh_from_db()
    assert rating.version == 1


def test_grid_save_requires_all_fields_for_new_rating(ada: Client, bare: tuple[Framework, Criterion]) -> None:
    response = send(ada, changed_cell(bare, seen=None, score=4))
    assert outcomes(response) == ["refused"]
    sentence = response.json()["outcomes"][0]["sentence"]
    assert sentence == "Verdict: This must not be empty. Rationale: This must not be empty."


@pytest.mark.parametrize("fields, said", [
    ({"source": "nope"}, "Source: Choose one of the values in the list."),
    ({"source": None}, "Source: This must not be empty."),
    ({"line": 0}, "Line: The line must be at least 1."),
    ({"line": 10**40}, "Line: This number is too large. The highest is 2,147,483,647."),
    ({"line": "x"}, "Line: “x” is not a whole number."),
    ({"part": "poem"}, "Part: Choose one of the values in the list."),
    ({"term": "one two three four five six seven"}, "Term: Use at most six words"),
    ({"paraphrase": ""}, "Paraphrase: This must not be empty."),
    ({"paraphrase": "x" * 50_000}, "Paraphrase: This may have at most 300 characters; it has 50,000."),
    ({"source": "x" * 50_000}, "Source: Choose one of the values in the list."),
    ({"line": 10**4000}, "Line: "),
    ({"line": -1}, "Line: The line must be at least 1."),
    ({"part": "x" * 50_000}, "Part: Choose one of the values in the list."),
])  # fmt: skip
def test_grid_save_refuses_invalid_claims(ada: Client, rating: Rating, fields: Change, said: str) -> None:
    factories.make_source(key="009")
    claim = changed_cell(
        (rating.framework, rating.criterion),
        source="009",
        line=1,
        part="prose",
        paraphrase="It is.",
    )
    response = send(ada, claims=[{**claim, **fields}])
    assert outcomes(response) == ["refused"]
    assert said in response.json()["outcomes"][0]["sentence"]
    assert Claim.objects.count() == 1


def test_grid_save_gives_claims_from_the_same_line_distinct_keys(ada: Client, rating: Rating) -> None:
    factories.make_source(key="009")
    claim = changed_cell(
        (rating.framework, rating.criterion), source="009", line=1, part="prose", paraphrase="It is."
    )
    other = {**claim, "paraphrase": "It is not."}
    assert outcomes(send(ada, claims=[claim, other])) == ["saved", "saved"]
    keys = Claim.objects.filter(source__key="009").values_list("key", flat=True)
    assert sorted(keys) == ["009-1-django-performance", "009-1-django-performance-2"]


def test_grid_save_ignores_duplicate_claims(ada: Client, rating: Rating) -> None:
    factories.make_source(key="009")
    claim = changed_cell(
        (rating.framework, rating.criterion), source="009", line=1, part="prose", paraphrase="It is."
    )
    assert outcomes(send(ada, claims=[claim])) == ["saved"]
    assert outcomes(send(ada, claims=[claim, {**claim, "line": 2}])) == ["same", "saved"]
    assert Claim.objects.filter(source__key="009").count() == 2


# Two at once


def test_grid_save_reports_conflict_with_both_values_and_saves_the_rest(
    ada: Client, bob: Client, rating: Rating
) -> None:
    other = factories.make_rating(criterion=rating.criterion)
    send(bob, changed_cell(rating, score=5, verdict="Swift"), reason="The benchmark is new.")
    response = send(ada, changed_cell(rating, verdict="Slow"), changed_cell(other, score=1))
    told = {one["framework"]: one for one in response.json()["outcomes"]}
    assert told[other.framework.slug]["outcome"] == "saved"
    clash = told["django"]
    assert (clash["outcome"], clash["version"], clash["who"]) == ("conflict", 2, "Bob Hopper")
    assert clash["why"] == "The benchmark is new."
    assert str(timezone.localdate().year) in clash["when"]
    same = {"rationale": "By the rubric.", "is_published": True}
    assert clash["base"] == {"score": 3, "verdict": "Middling", **same}
    assert clash["theirs"] == {"score": 5, "verdict": "Swift", **same}
    assert clash["mine"] == {"score": 3, "verdict": "Slow", **same}
    rating.refresh_from_db()
    assert (rating.verdict, rating.version) == ("Swift", 2)
    # Taken all the same, at the version that was told.
    assert outcomes(send(ada, changed_cell(rating, seen=2, verdict="Slow"))) == ["saved"]
    rating.refresh_from_db()
    assert (rating.score, rating.verdict, rating.version) == (5, "Slow", 3)


def test_grid_save_reports_no_conflict_for_identical_change(ada: Client, bob: Client, rating: Rating) -> None:
    send(bob, changed_cell(rating, score=5))
    response = send(ada, changed_cell(rating, score=5))
    assert outcomes(response) == ["same"]
    assert response.json()["outcomes"][0]["version"] == 2
    assert response.json()["cells"]["django/performance"]["version"] == 2


def test_grid_save_reports_conflict_for_cell_rated_by_another_editor(
    ada: Client, bob: Client, bare: tuple[Framework, Criterion]
) -> None:
    send(bob, changed_cell(bare, seen=None, score=2, verdict="Slow", rationale="I say."))
    response = send(ada, changed_cell(bare, seen=None, score=5, verdict="Fast", rationale="They say."))
    [clash] = response.json()["outcomes"]
    assert (clash["outcome"], clash["version"], clash["base"]) == ("conflict", 1, None)
    assert (clash["theirs"]["score"], clash["mine"]["score"]) == (2, 5)


def test_grid_save_recreates_rating_deleted_by_another_editor(ada: Client, rating: Rating) -> None:
    bob = Author("Bob", Revision.Origin.ADMIN)
    revisions.delete(Rating.objects.get(), by=bob, reason="Not ours to say.", seen=1)
    Claim.objects.update(reading=5)
    [clash] = send(ada, changed_cell(rating, score=5)).json()["outcomes"]
    assert (clash["outcome"], clash["version"], clash["theirs"], clash["who"]) == (
        "conflict",
        None,
        None,
        "Bob",
    )
    mine = clash["mine"]
    assert mine == {"score": 5, "verdict": "Middling", "rationale": "By the rubric.", "is_published": True}
    assert outcomes(send(ada, changed_cell(rating, **{**mine, "seen": None}))) == ["saved"]
    assert Rating.objects.get().version == 3


@pytest.mark.parametrize("field, said", [("framework", "This framework"), ("criterion", "This criterion")])
@pytest.mark.parametrize(
    "name", ["was-here", "", "\0", "x" * 50_000, "\ud800"], ids=lambda name: ascii(name)[:9]
)
def test_grid_save_refuses_unknown_names_and_saves_the_rest(
    ada: Client, rating: Rating, field: str, name: str, said: str
) -> None:
    factories.make_source(key="009")
    claim = changed_cell(
        (rating.framework, rating.criterion), source="009", line=1, part="prose", paraphrase="It is."
    )
    gone = {field: name}
    response = send(
        ada,
        changed_cell(rating, score=5),
        {**changed_cell(rating, score=1), **gone},
        claims=[{**claim, **gone}, claim],
    )
    told = response.json()
    assert [(one["kind"], one.get("index"), one["outcome"]) for one in told["outcomes"]] == [
        ("claim", 1, "saved"),
        ("rating", None, "saved"),
        ("rating", 1, "refused"),
        ("claim", 0, "refused"),
    ]
    for one in told["outcomes"][2:]:
        assert one[field] == name
        assert one["sentence"] == f"{said} is not here any more. Reload the grid to see the current ones."
    assert list(told["cells"]) == ["django/performance"]
    assert Rating.objects.get().score == 5


# What cannot be read


@pytest.mark.parametrize("text", [
    "", "{", "null", "[]", '"x"', "[" * 100_000, "1" * 10_000, '{"reason": NaN}', "\0",
    '{"reason": "x", "ratings": {}}',
    '{"reason": "x", "ratings": [1]}',
    '{"reason": "x", "ratings": [], "claims": []}',
    '{"reason": "x", "ratings": [{}]}',
    '{"reason": 5, "ratings": [{}]}',
    '{"reason": "", "ratings": [{}]}',
    '{"reason": "a\\u0000b", "ratings": [{}]}',
    '{"reason": "\\ud800", "ratings": [{}]}',
    '{"reason": "x", "ratings": [[[[]]]]}',
    '{"reason": "x", "ratings": null}',
    '{"reason": 1e999, "ratings": [{}]}',
    '{"reason": "x", "claims": [{}]}',
    '{"reason": "x", "claims": "all"}',
    '{"ratings": [{}]}',
    '{"a":' * 100_000,
    "\ufeff{}",
    "x" * 1_000_000,
])  # fmt: skip
@pytest.mark.usefixtures("rating")
def test_grid_save_rejects_malformed_change_sets(ada: Client, text: str) -> None:
    response = ada.post(GRID, {"changes": text})
    assert response.status_code == 400
    assert response.json()["error"].endswith(".")


@pytest.mark.parametrize("fields, said", [
    ({"framework": ["django"]}, "a value that is not a valid framework"),
    ({"criterion": None}, "a value that is not a valid criterion"),
    ({"seen": 0}, "an impossible version"),
    ({"seen": 2**64}, "an impossible version"),
    ({"seen": "1"}, "a value that is not a valid version"),
    ({"seen": True}, "a value that is not a valid version"),
    ({"score": True}, "a value that is not a valid score"),
    ({"score": 3.5}, "a value that is not a valid score"),
    ({"score": "3"}, "a value that is not a valid score"),
    ({"verdict": ["x"]}, "a value that is not a valid verdict"),
    ({"verdict": "a\0b"}, "characters that cannot be stored"),
    ({"rationale": "\ud800"}, "characters that cannot be stored"),
    ({"is_published": 1}, "a value that is not a valid is_published"),
    ({"reason": "x" * 301}, "at most 300 characters"),
    ({"reason": [1]}, "a value that is not a valid reason"),
])  # fmt: skip
def test_grid_save_rejects_request_with_malformed_cell(
    ada: Client, rating: Rating, fields: Change, said: str
) -> None:
    response = send(ada, {**changed_cell(rating, score=4), **fields})
    assert response.status_code == 400
    assert said in response.json()["error"]
    assert last_revision(rating).version == 1


def test_grid_save_rejects_too_many_changes(ada: Client, rating: Rating) -> None:
    response = send(ada, *[changed_cell(rating, score=4)] * 10_000)
    assert (response.status_code, response.json()["error"]) == (
        400,
        "There are 10000 ratings. Save at most 8000 at a time.",
    )
    assert last_revision(rating).version == 1


@pytest.mark.parametrize("body, kind", [
    (b"{}", "application/json"),
    (b"changes=%00%ff", "application/x-www-form-urlencoded"),
    (b"changes={}", "application/x-www-form-urlencoded; charset=nonsense"),
    (b"--x\r\nContent-Disposition: form-data; name=\"changes\"\r\n\r\n{", "multipart/form-data; boundary=x"),
    (b"--", "multipart/form-data"),
    (b"changes=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
    (b"&".join(b"a=1" for _ in range(2_000)), "application/x-www-form-urlencoded"),
], ids=["json", "bytes", "charset", "torn", "boundless", "long", "many"])  # fmt: skip
@pytest.mark.usefixtures("rating")
def test_grid_save_rejects_malformed_request_bodies(ada: Client, body: bytes, kind: str) -> None:
    assert ada.generic("POST", GRID, body, kind).status_code in {400, 413}


def test_grid_save_requires_a_reason(ada: Client, rating: Rating) -> None:
    for reason in ("", "  ", None):
        response = send(ada, changed_cell(rating, score=4), reason=reason)
        assert (response.status_code, response.json()["error"]) == (
            400,
            "Give a reason for the change in one sentence. It is shown in the history beside your name.",
        )


def test_parse_reads_changes_without_database_and_enforces_limits() -> None:
    framework, criterion = Framework(slug="django"), Criterion(slug="speed")
    one = {"framework": "django", "criterion": "speed", "seen": 1, "score": 4}
    known = ({"django": framework}, {"speed": criterion})
    [read_] = parse(json.dumps({"reason": "x", "ratings": [one]}), *known).ratings
    assert (read_.key, read_.seen, read_.fields, read_.reason) == ("django/speed", 1, {"score": 4}, "x")
    with pytest.raises(NotUnderstood, match="The same cell occurs twice"):
        parse(json.dumps({"reason": "x", "ratings": [one, one]}), *known)
    with pytest.raises(NotUnderstood, match="There are 8001 ratings"):
        parse(json.dumps({"reason": "x", "ratings": [one] * 8001}), *known)
    with pytest.raises(NotUnderstood, match="There are 201 claims"):
        parse(json.dumps({"reason": "x", "claims": [one] * 201}), *known)


# Who may


def looking() -> User:
    user: User = User.objects.create_user("eve", is_staff=True)
    user.user_permissions.set([factories.permission("view_rating"), factories.permission("publish_proposal")])
    return user


def test_grid_is_read_only_without_change_permission(rating: Rating) -> None:
    client = sign_in(looking())
    page = rows(client)
    assert cell(page, "django", "performance").text == "3 Middling 1 claim"
    assert page.one("table#grid")["aria-readonly"] == "true"
    assert "You can view the grid but not change it." in page.text
    assert page.all("form#save") == []
    assert "disabled" in read(panel(client).content).one("#values")
    assert send(client, changed_cell(rating, score=5)).status_code == 403
    assert last_revision(rating).version == 1


def test_grid_save_checks_each_permission_separately(
    rating: Rating, bare: tuple[Framework, Criterion]
) -> None:
    factories.make_source(key="009")
    new = changed_cell(bare, seen=None, score=5, verdict="Fast", rationale="So.")
    claim = changed_cell(bare, source="009", line=1, part="prose", paraphrase="It is.")
    user = looking()
    user.user_permissions.add(factories.permission("change_rating"))
    response = send(sign_in(user), changed_cell(rating, score=5), new, claims=[claim])
    assert [one.get("sentence", "") for one in response.json()["outcomes"]] == [
        "You do not have permission to add claims, so this was not saved.",
        "",
        "You do not have permission to add ratings, so this was not saved.",
    ]


@pytest.mark.usefixtures("rating")
def test_grid_denies_users_without_permission(client: Client) -> None:
    assert client.get(GRID)["Location"] == f"/admin/login/?next={GRID}"
    assert panel(client).status_code == 302
    stranger = User.objects.create_user("mallory", is_staff=True)
    for response in (sign_in(stranger).get(GRID), panel(sign_in(stranger)), send(sign_in(stranger))):
        assert response.status_code == 403


def test_grid_rejects_other_methods(ada: Client) -> None:
    assert ada.put(GRID).status_code == 405
    assert ada.post(f"{GRID}cell/django/performance/").status_code == 405


def test_grid_save_requires_csrf_token(rating: Rating) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.make_editor(), backend="django.contrib.auth.backends.ModelBackend")
    # Kept until the editor has signed in again, and not carried out.
    assert send(client, changed_cell(rating, score=5)).status_code == 302
    rating.refresh_from_db()
    assert rating.score == 3


def test_grid_save_creates_proposal_without_publish_permission(rating: Rating) -> None:
    client = sign_in(factories.make_proposer(first_name="Pat"))
    factories.make_source(key="009")
    claim = changed_cell(
        (rating.framework, rating.criterion), source="009", line=1, part="prose", paraphrase="It is."
    )
    response = send(client, changed_cell(rating, score=5), claims=[claim])
    assert outcomes(response) == ["saved", "saved"]
    proposal = Proposal.objects.get()
    assert response.json()["proposal"] == proposals.page_of(proposal)
    assert (proposal.origin, proposal.reason) == (Revision.Origin.GRID, "Read again.")
    assert [(step.model, step.seen) for step in proposal.changes.all()] == [("claim", None), ("rating", 1)]
    rating.refresh_from_db()
    assert (rating.score, rating.version, Claim.objects.count()) == (3, 1, 1)


def test_grid_resumes_own_proposal(rating: Rating) -> None:
    pat = sign_in(factories.make_proposer(first_name="Pat"))
    factories.make_source(key="009")
    named = (rating.framework, rating.criterion)
    claim = changed_cell(named, source="009", line=1, part="prose", paraphrase="It is.")
    send(pat, changed_cell(rating, score=5, reason="On that claim."), claims=[claim])
    proposal = Proposal.objects.get()
    [way] = read(pat.get(proposals.page_of(proposal)).content).all("p.take-up a")
    assert way["href"] == f"{GRID}?proposal={proposal.pk}"

    response = pat.get(way["href"])
    page = read(response.content)
    slugs = {"framework": rating.framework.slug, "criterion": rating.criterion.slug}
    assert page.one("form#save script#taken-up")["type"] == "application/json"
    [taken_up] = re.findall(r'<script id="taken-up"[^>]*>(.*?)</script>', response.content.decode())
    assert json.loads(taken_up) == {
        "reason": "Read again.",
        "ratings": [{**slugs, "change": {"score": 5, "reason": "On that claim."}}],
        "claims": [
            {
                **slugs,
                "values": {
                    "source": "009",
                    "line": "1",
                    "part": "prose",
                    "term": "",
                    "paraphrase": "It is.",
                },
            }
        ],
    }
    resumes = page.one("form#save input[name=resumes]")["value"]
    changes = {"reason": "Read once more.", "ratings": [changed_cell(rating, score=4)]}
    pat.post(GRID, {"changes": json.dumps(changes), "resumes": resumes})
    assert [one.status for one in Proposal.objects.order_by("pk")] == ["withdrawn", "open"]


@pytest.mark.parametrize("number", ["0", "x", "%00", "9" * 30, ""])
def test_grid_does_not_resume_unknown_or_foreign_proposals(rating: Rating, number: str) -> None:
    send(sign_in(factories.make_proposer(username="pat")), changed_cell(rating, score=5))
    client = sign_in(factories.make_proposer(username="sam"))
    for asked in (number, str(Proposal.objects.get().pk)):
        response = client.get(f"{GRID}?proposal={asked}")
        assert response.status_code == 200
        assert read(response.content).all("#taken-up, [name=resumes]") == []


# At size


@pytest.mark.parametrize("size", [1, 3])
def test_grid_save_query_count_is_constant(
    ada: Client, django_assert_num_queries: DjangoAssertNumQueries, size: int
) -> None:
    world(size)
    ratings = list(Rating.objects.select_related("framework", "criterion"))
    ada.get(GRID)
    # Many changes take a statement in a savepoint of its own.
    with django_assert_num_queries(21 + 2 * (size > 1)):
        assert set(outcomes(send(ada, *(changed_cell(one, score=5) for one in ratings)))) == {"saved"}


@pytest.mark.both
def test_grid_save_writes_all_but_the_refused_cell(
    ada: Client, rating: Rating, bare: tuple[Framework, Criterion], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when somebody else takes the last claim away between our look and the save. The others are saved all the
    same."""
    monkeypatch.setattr("desk.grid.writing.settle_score", lambda *args, **kwargs: "")
    other = factories.make_rating(criterion=rating.criterion)
    response = send(
        ada,
        changed_cell(rating, score=5, reason="A reason of its own."),
        changed_cell(bare, seen=None, score=2, verdict="Slow", rationale="I say.", is_published=True),
        changed_cell(other, score=5),
    )
    said = {one["framework"]: one for one in response.json()["outcomes"]}
    assert [said[slug]["outcome"] for slug in ("django", "flask", other.framework.slug)] == [
        "saved",
        "refused",
        "saved",
    ]
    assert said["flask"]["sentence"].startswith(
        "Flask, Performance: No claim about Flask under Performance has a reading"
    )
    steps = Revision.objects.filter(origin="grid").order_by("pk")
    assert [(step.key, step.reason, step.version) for step in steps] == [
        ("django/performance", "A reason of its own.", 2),
        (other.key_text, "Read again.", 2),
    ]
    assert steps.values("changeset").distinct().count() == 1
