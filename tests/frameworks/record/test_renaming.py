"""Renamed facts: old addresses lead to the new ones for ever, and the history stays whole."""

import re
from dataclasses import replace
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comparisons.comparison import comparing
from comparisons.models import UseCase
from comparisons.sharing import snapshots
from desk.review import proposals
from frameworks.models import Criterion, FormerSlug, Framework, Rating, Revision
from frameworks.record import past, replaying, reverting, revisions
from frameworks.record.revisions import Author
from frameworks.tables import imports, kinds
from frameworks.tables.rows import Status
from tests import factories
from tests.database import execute, refused
from tests.frameworks.changing import rename
from tests.html import order, read, submission
from tests.pages import get

pytestmark = pytest.mark.django_db

EVERYTHING = (
    "min-performance=2&criteria=performance&w-performance=9&sort=-performance&baseline=flask"
    "&framework=flask&open=flask:performance"
)


def moved(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 301, address
    assert response["Cache-Control"] == "no-cache"
    assert client.get(response["Location"]).status_code == 200, response["Location"]
    return str(response["Location"])


@pytest.fixture
def renamed(world: None) -> None:
    rename(Framework.objects.get(slug="flask"), "flasket")
    rename(Criterion.objects.get(slug="performance"), "speed-of-it")


ENDINGS = ("csv", "json", "md", "png", "svg")


#: Every kind of address that names a fact, and where it leads once Flask and Performance have been renamed.
REDIRECTS = [
    ("/frameworks/flask/", "/frameworks/flasket/"),
    ("/frameworks/flask.atom", "/frameworks/flasket.atom"),
    ("/frameworks/flask/performance/history/", "/frameworks/flasket/speed-of-it/history/"),
    ("/frameworks/django/performance/objection/", "/frameworks/django/speed-of-it/objection/"),
    ("/frameworks/flask/performance/objection/sent/", "/frameworks/flasket/speed-of-it/objection/sent/"),
    ("/frameworks/Django/", "/frameworks/django/"),
    ("/criteria/performance/", "/criteria/speed-of-it/"),
    ("/compare/flask-vs-django/", "/compare/flasket-vs-django/"),
    ("/compare/django-vs-flask.atom", "/compare/django-vs-flasket.atom"),
    ("/compare/Django-vs-Flask/", "/compare/django-vs-flasket/"),
    *((f"/compare/django-vs-flask.{end}", f"/compare/django-vs-flasket.{end}") for end in ENDINGS),
    *((f"/frameworks/flask.{end}", f"/frameworks/flasket.{end}") for end in ("png", "svg")),
    ("/matrix.json?w-performance=0", "/matrix.json?w-speed-of-it=0"),
    ("/matrix.png?baseline=flask", "/matrix.png?baseline=flasket"),
    ("/embed/compare/django-vs-flask/", "/embed/compare/django-vs-flasket/"),
    ("/api/v1/frameworks/flask", "/api/v1/frameworks/flasket"),
    ("/api/v1/ratings/fastapi/performance", "/api/v1/ratings/fastapi/speed-of-it"),
    (
        "/compare/django-vs-flask/?w-performance=0&baseline=flask",
        "/compare/django-vs-flasket/?w-speed-of-it=0&baseline=flasket",
    ),
    ("/compare/django-vs-quart/?w-performance=0", "/compare/django-vs-quart/?w-speed-of-it=0"),
    (
        f"/?{EVERYTHING}",
        f"/?{EVERYTHING.replace('performance', 'speed-of-it').replace('flask', 'flasket')}",
    ),
    ("/changes/?framework=flask", "/changes/?framework=flasket"),
]


def test_rename_redirects_every_old_address(client: Client, renamed: None) -> None:
    assert [(old, moved(client, old)) for old, _ in REDIRECTS] == REDIRECTS


def test_rename_redirects_compare_form_with_old_names(client: Client, renamed: None) -> None:
    ticked = client.get("/compare/?framework=flask&framework=django")
    assert (ticked.status_code, ticked["Location"]) == (301, "/compare/?framework=flasket&framework=django")


def test_rename_redirects_post_with_308(client: Client, renamed: None) -> None:
    response = client.post("/compare/flask-vs-django/freeze/?w-performance=4")
    assert (response.status_code, response["Location"]) == (
        308,
        "/compare/flasket-vs-django/freeze/?w-speed-of-it=4",
    )


@pytest.mark.both
def test_rename_chain_redirects_to_last_name_and_name_can_return(client: Client, renamed: None) -> None:
    flask = Framework.objects.get(slug="flasket")
    rename(flask, "flaskissimo")
    assert (
        moved(client, "/frameworks/flask/")
        == moved(client, "/frameworks/flasket/")
        == "/frameworks/flaskissimo/"
    )
    rename(flask, "flask")
    assert client.get("/frameworks/flask/").status_code == 200
    assert (
        moved(client, "/frameworks/flasket/")
        == moved(client, "/frameworks/flaskissimo/")
        == "/frameworks/flask/"
    )
    assert list(replaying.divergences()) == []


def test_rename_does_not_reveal_new_name_of_unpublished_framework(client: Client, renamed: None) -> None:
    flask = Framework.objects.get(slug="flasket")
    flask.is_published = False
    revisions.save(flask, by=factories.MAKER, reason="Hidden.", seen=flask.version)
    assert client.get("/frameworks/flask/").status_code == 404
    assert b"flasket" not in client.get("/compare/flask-vs-django/").content


@pytest.mark.parametrize(
    "make, path",
    [
        (factories.make_source, "/sources/{}/"),
        (factories.make_use_case, "/use-cases/{}/"),
        (factories.make_component, "/components/{}/"),
    ],
)
def test_rename_redirects_sources_use_cases_and_components(client: Client, make: Any, path: str) -> None:
    fact = make()
    old = fact.key_text
    rename(fact, "another-name")
    assert moved(client, path.format(old)) == path.format("another-name")


def test_rename_redirects_use_case_parameter(client: Client, world: None) -> None:
    rename(UseCase.objects.get(slug="shop"), "webshop")
    assert moved(client, "/?use-case=shop&sort=name") == "/?use-case=webshop&sort=name"
    assert (
        moved(client, "/compare/flask-vs-django/?use-case=shop")
        == "/compare/flask-vs-django/?use-case=webshop"
    )


# What the database enforces


@pytest.mark.both
@pytest.mark.parametrize(
    "kind, make, table, column",
    [
        ("framework", factories.make_framework, "frameworks_framework", "slug"),
        ("criterion", factories.make_criterion, "frameworks_criterion", "slug"),
        ("source", factories.make_source, "frameworks_source", "key"),
        ("component", factories.make_component, "frameworks_component", "slug"),
        ("usecase", factories.make_use_case, "comparisons_usecase", "slug"),
    ],
)
def test_former_slug_cannot_be_taken_by_another_fact(kind: str, make: Any, table: str, column: str) -> None:
    extra = [{"short_name": name} for name in ("One", "Two", "Three")] if kind == "source" else [{}] * 3
    fact, other = make(**extra[0]), make(**extra[1])
    old = fact.key_text
    rename(fact, "another-name")
    with refused("former_slug_stays"):
        execute(f"UPDATE {table} SET {column} = %s WHERE id = %s", old, other.pk)  # noqa: S608
    with pytest.raises(revisions.Refused, match="Something else once had that name"):
        make(**{column: old, **extra[2]})
    execute(f"UPDATE {table} SET version = version WHERE id = %s", other.pk)  # noqa: S608


@pytest.mark.both
@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM frameworks_formerslug",
        "UPDATE frameworks_formerslug SET slug = 'x'",
        "UPDATE frameworks_formerslug SET kind = 'criterion'",
    ],
)
def test_former_slug_trigger_rejects_update_and_delete(renamed: None, statement: str) -> None:
    with refused("former_slug_stays"):
        execute(statement)


@pytest.mark.both
def test_rename_rejects_name_of_deleted_fact() -> None:
    gone, fact = factories.make_framework(slug="gone"), factories.make_framework()
    revisions.delete(gone, by=factories.MAKER, reason="Gone.", seen=gone.version)
    with pytest.raises(revisions.Refused, match="belongs to something that has been deleted"):
        rename(fact, "gone")


# The history


def test_rename_keeps_history_complete(client: Client, world: None) -> None:
    flask = Framework.objects.get(slug="flask")
    cell = len(get(client, "/frameworks/flask/performance/history/").all("main li"))
    about = Revision.objects.about("flask").count()
    total = Revision.objects.count()
    day = f"/?as-of={timezone.localdate()}"
    before = order(get(client, day))
    rename(flask, "flasket")
    assert list(replaying.divergences()) == []
    assert Revision.objects.count() == total + 1
    assert len(get(client, "/frameworks/flasket/performance/history/").all("main li")) == cell > 1
    assert Revision.objects.about("flasket").count() == about + 1
    assert not Revision.objects.about("flask")
    assert order(get(client, day)) == before
    assert "checked" in get(client, f"{day}&framework=flasket").one("input#tick-flasket")
    changes = get(client, "/changes/?framework=flasket").text
    assert re.search(r"Slug[^.]*flask [^.]*flasket", changes), changes
    assert b"flasket" in client.get("/frameworks/flasket.atom").content


def test_rename_can_be_undone(client: Client, world: None) -> None:
    by = replace(factories.MAKER, changeset=uuid4())
    step = rename(Framework.objects.get(slug="flask"), "flasket", by)
    plan = reverting.plan(step.changeset)
    reverting.undo(step.changeset, by=factories.MAKER, reason="No.", count=len(plan.steps))
    assert client.get("/frameworks/flask/").status_code == 200
    assert moved(client, "/frameworks/flasket/") == "/frameworks/flask/"
    assert list(replaying.divergences()) == []


@pytest.mark.both
def test_by_name_resolves_former_names(renamed: None) -> None:
    rating = past.by_name(Rating, "flask/performance")
    assert rating
    assert rating.key_text == "flasket/speed-of-it"
    assert past.by_name(Framework, "rails") is None


def test_rename_does_not_prevent_publishing_an_earlier_proposal(world: None) -> None:
    rating = Rating.objects.get(framework__slug="flask", criterion__slug="performance")
    editor = factories.make_proposer()
    by = Author.editor(editor)
    with proposals.kept_aside(by) as written:
        rating.verdict = "Another word."
        revisions.save(rating, by=by, reason="Better.", seen=rating.version)
    proposal = proposals.propose(written, at=timezone.now())
    rename(Framework.objects.get(slug="flask"), "flasket")
    proposals.publish(proposal, by=factories.make_editor(), at=timezone.now())
    rating.refresh_from_db()
    assert rating.verdict == "Another word."
    assert list(replaying.divergences()) == []


def test_rename_can_be_proposed(client: Client, world: None) -> None:
    by = Author.editor(factories.make_proposer())
    with proposals.kept_aside(by) as written:
        rename(Framework.objects.get(slug="flask"), "flasket", by)
    proposal = proposals.propose(written, at=timezone.now())
    assert client.get("/frameworks/flask/").status_code == 200
    assert not FormerSlug.objects.exists()
    proposals.publish(proposal, by=factories.make_editor(), at=timezone.now())
    assert moved(client, "/frameworks/flask/") == "/frameworks/flasket/"


def test_rename_in_admin_form_requires_a_reason(client: Client, world: None) -> None:
    client.force_login(factories.make_editor())
    flask = Framework.objects.get(slug="flask")
    page = reverse("admin:frameworks_framework_change", args=[flask.pk])
    form = read(client.get(page).content).one("form#framework_form")
    sent = {**dict(submission(form)), "slug": "flasket", "_save": "Save"}
    assert "Reason for the change" in read(client.post(page, sent).content).text
    assert client.post(page, {**sent, "reason": "It goes by that name."}).status_code == 302
    assert moved(client, "/frameworks/flask/") == "/frameworks/flasket/"


def test_import_matches_renamed_facts_in_earlier_export(world: None) -> None:
    taken = {name: kinds.KINDS[name].sheet() for name in ("framework", "rating", "claim")}
    rename(Framework.objects.get(slug="flask"), "flasket")
    rename(Criterion.objects.get(slug="performance"), "speed-of-it")
    for name in ("rating", "claim"):
        rows = imports.compare(kinds.KINDS[name], taken[name], 2)
        assert {row.status for row in rows} == {Status.SAME}
    assert Status.NEW not in {
        row.status for row in imports.compare(kinds.KINDS["framework"], taken["framework"], 2)
    }


def test_snapshot_treats_renamed_facts_as_unchanged(client: Client, world: None) -> None:
    asked = comparing.side_by_side(QueryDict("w-performance=4"), ["flask", "django"])
    kept = factories.make_snapshot(asked, id="b" * 26)
    page = client.get(kept.get_absolute_url()).content
    rename(Framework.objects.get(slug="flask"), "flasket")
    rename(Criterion.objects.get(slug="performance"), "speed-of-it")
    since = snapshots.since(kept)
    assert (since.gone, since.changed_total, since.cells) == ([], 0, [])
    assert client.get(kept.get_absolute_url()).content == page
    assert moved(client, snapshots.FrozenComparison(kept).live_url).startswith("/compare/flasket-vs-django/?")


def test_former_slug_is_not_queried_for_current_addresses(client: Client, renamed: None) -> None:
    for path in (
        "/",
        "/?w-documentation=4&baseline=django",
        "/compare/flasket-vs-django/",
        "/frameworks/django/",
    ):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        assert not [query for query in asked if "formerslug" in query["sql"]]


# The command


def by_command(*arguments: str) -> str:
    out = StringIO()
    call_command("rename", *arguments, "--reason", "Its makers call it so.", stdout=out)
    return out.getvalue()


def test_rename_command_renames_and_records_reason(client: Client, world: None) -> None:
    assert "Addresses with “flask” lead there." in by_command("framework", "flask", "flasket")
    assert client.get("/frameworks/flask/")["Location"] == "/frameworks/flasket/"
    newest = Revision.objects.order_by("-pk")[0]
    assert (newest.key, newest.reason) == ("flasket", "Its makers call it so.")


@pytest.mark.parametrize(
    "new, said",
    [
        ("Not a slug", "Nothing was renamed: "),
        ("django", "Nothing was renamed: "),
        ("x" * 100, "Nothing was renamed: "),
    ],
)
def test_rename_command_explains_why_it_rejects(world: None, new: str, said: str) -> None:
    with pytest.raises(CommandError, match=said):
        by_command("framework", "flask", new)
    with pytest.raises(CommandError, match="There is no framework called “nobody”"):
        by_command("framework", "nobody", "somebody")
    assert Framework.objects.filter(slug="flask").exists()
