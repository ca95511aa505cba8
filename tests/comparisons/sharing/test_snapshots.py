"""Permanent copies: kept once, shown for ever, and what has changed since."""

import base64
import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import cast

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from comparisons.comparison import comparing
from comparisons.comparison.content import Content, content_of
from comparisons.models import Freezing, Snapshot
from comparisons.sharing import snapshots
from frameworks.models import Claim, Framework, Rating
from frameworks.record import revisions
from tests import factories
from tests.database import at_once, execute, refused
from tests.factories import KEPT
from tests.html import Element, read

CHANGES_QUERIES = 13


# What the database enforces


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE comparisons_snapshot SET content = 'x'",
        "UPDATE comparisons_snapshot SET size = 1 WHERE id = %s",
        "UPDATE comparisons_snapshot SET created_at = stood_at",
        "DELETE FROM comparisons_snapshot",
        "DELETE FROM comparisons_snapshot WHERE id = %s",
    ],
)
def test_snapshot_trigger_rejects_update_and_delete(statement: str) -> None:
    made = factories.make_snapshot()
    with refused("snapshot_is_for_ever"):
        execute(statement, *[KEPT] * statement.count("%s"))
    assert Snapshot.objects.values().get() == {
        field.attname: getattr(made, field.attname) for field in Snapshot._meta.concrete_fields
    }


@pytest.mark.both
@pytest.mark.django_db
def test_snapshot_trigger_rejects_replacement() -> None:
    factories.make_snapshot()
    columns = "id, size, stood_at, created_at, content"
    taken = f"SELECT id, size, stood_at, created_at, 'other' FROM comparisons_snapshot WHERE id = '{KEPT}'"  # noqa: S608
    instead = {
        "sqlite": f"INSERT OR REPLACE INTO comparisons_snapshot ({columns}) {taken}",
        "postgresql": f"INSERT INTO comparisons_snapshot ({columns}) {taken}"
        " ON CONFLICT (id) DO UPDATE SET content = EXCLUDED.content",
    }
    with refused("snapshot_is_for_ever"):
        execute(instead[connection.vendor])
    assert Snapshot.objects.get().content == "{}"


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["", "A" * 26, "a" * 25, "a" * 25 + "1", "a" * 25 + "\n"])
def test_snapshot_constraint_rejects_id_that_is_no_hash(wrong: str) -> None:
    with refused("snapshot_id_is_hash"):
        factories.make_snapshot(id=wrong)


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_flush_empties_snapshots_and_preserves_the_trigger() -> None:
    factories.make_snapshot()
    call_command("flush", interactive=False, verbosity=0)
    assert not Snapshot.objects.exists()
    factories.make_snapshot()
    with refused("snapshot_is_for_ever"):
        execute("DELETE FROM comparisons_snapshot")


# Freezing and reading


@pytest.fixture
def cell(db: None) -> Rating:
    """Flask under Performance, beside Django that nobody has rated."""
    factories.make_framework(name="Django")
    return factories.make_rating(
        framework=factories.make_framework(name="Flask"),
        criterion=factories.make_criterion(name="Performance", default_weight=3),
        score=4,
        verdict="Fast enough",
        rationale="Two of three say so.",
    )


LIVE = "/compare/flask-vs-django/"


def frozen(client: Client, live: str = LIVE) -> str:
    """The address of what is frozen by the button on the live page."""
    page = read(client.get(live).content)
    button = page.one("button[form=freeze]")
    assert page.one("form#freeze")["method"] == "post"
    response = client.post(button["formaction"])
    assert response.status_code == 302
    return str(response["Location"])


def test_freeze_stores_the_comparison_shown_on_the_page(client: Client, cell: Rating) -> None:
    page = read(client.get(frozen(client)).content)
    assert page.one("h1").text.startswith("Flask and Django as they stood on ")
    heads = [head.parts for head in page.all("thead .party")]
    assert heads == [
        ["Flask", "rank 1", "75 of 100", "100% rated"],
        ["Django", "not ranked", "–", "0–100 possible · 0% rated · not enough evidence to rank"],
    ]
    assert page.one("tr#performance th .weigh").text == "weight 3"
    assert page.texts("tr#performance td")[1] == "No source rates this"
    assert page.one("tr#performance td details .verdict").text == "Fast enough"
    assert page.one("tr#performance td details .why").text == "Two of three say so."
    (claim,) = Claim.objects.all()
    assert claim.paraphrase in page.one(".claims li").text
    assert page.one(".claims .cite a")["href"] == f"#source-{claim.source.key}"
    assert claim.source.title in page.one(f"#source-{claim.source.key}").text


def test_freeze_gives_equal_content_the_same_address(client: Client, cell: Rating) -> None:
    kept = frozen(client)
    assert re.fullmatch(r"/s/[a-z2-7]{26}/", kept)
    assert frozen(client, "/compare/django-vs-flask/") != kept  # the order is the visitor's
    # What is shown of it is said in the address.
    shown = frozen(client, f"{LIVE}?only=differences&baseline=flask")
    assert shown == f"{kept}?baseline=flask&only=differences"
    assert frozen(client, f"{LIVE}?w-performance=9") != kept
    assert Snapshot.objects.count() == 3


def test_freeze_turns_matrix_of_up_to_five_into_side_by_side(client: Client, cell: Rating) -> None:
    kept = {frozen(client), frozen(client, "/compare/django-vs-flask/")}
    assert {frozen(client, "/"), frozen(client, "/?sort=name")} <= kept
    assert frozen(client, "/?w-performance=9") in {
        frozen(client, f"{path}?w-performance=9") for path in (LIVE, "/compare/django-vs-flask/")
    }


def test_freeze_keeps_a_matrix_of_any_other_number_as_a_matrix(client: Client, cell: Rating) -> None:
    for _ in range(4):
        factories.make_framework()
    button = read(client.get("/?w-performance=9&baseline=flask").content).one("button[form=freeze]")
    kept = client.post(button["formaction"])["Location"]
    assert kept.endswith("/?baseline=flask")
    page = read(client.get(kept).content)
    assert page.one("h1").text.startswith("6 frameworks as they stood on ")
    assert page.texts("#table tbody .who b")[0] == "Flask"
    score = next(
        link for link in page.all("#table a") if link["href"].endswith("#evidence-flask-performance")
    )
    assert score["href"].startswith(f"{kept}&evidence=shown#")
    assert score["aria-label"].startswith(f"Flask, Performance: {cell.score} of 5, {cell.verdict}")
    evidence = read(client.get(score["href"]).content)
    assert evidence.one("#evidence-flask-performance").text == f"Performance: Flask, {cell.score} of 5"
    assert f"{cell.verdict}." in evidence.one(".appendix").text
    path = kept.partition("?")[0]
    assert client.get(f"{path.rstrip('/')}.md").content.startswith(b"# 6 frameworks as they stood on ")
    assert client.get(f"/embed{path}").status_code == 400
    # Its live page is the matrix of the same frameworks under the same weights.
    live = read(client.get(path).content).all(".stood a")[-1]["href"]
    assert live.count("among=") == 6
    assert "w-performance=9" in live
    # It keeps only the differences, and has the rest.
    factories.make_criterion(slug="documentation", name="Documentation")
    reduced = client.post("/matrix/freeze/?only=differences")["Location"]
    assert reduced.endswith("/?only=differences")
    page = read(client.get(reduced).content)
    assert page.texts("tr.heads th")[2:] == ["Performance"]
    everything = read(client.get(page.all(".status p a")[0]["href"]).content)
    assert sorted(everything.texts("tr.heads th")[2:]) == ["Documentation", "Performance"]
    alone = client.post("/matrix/freeze/?among=flask&criteria=performance")["Location"]
    assert read(client.get(alone).content).one("h1").text.startswith("Flask as they stood on")


def test_freeze_refuses_a_matrix_of_no_framework_or_too_many(
    client: Client, cell: Rating, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("comparisons.comparison.comparing.LISTED", 1)
    for query, sentence in {
        "q=zzz": "No frameworks match, so there is nothing to copy.",
        "": "A permanent copy holds up to 50 frameworks, and 2 are shown. Filter them first.",
    }.items():
        response = client.post(f"/matrix/freeze/?{query}")
        assert (response.status_code, read(response.content).one(".lede p").text) == (400, sentence)
    assert not Snapshot.objects.exists()


def test_freeze_as_of_a_day_is_dated_to_the_end_of_that_day(client: Client, cell: Rating) -> None:
    today = timezone.localdate()
    kept = frozen(client, f"{LIVE}?as-of={today}")
    assert Snapshot.objects.get().stood_at == comparing.stood_at(today, timezone.now())
    assert frozen(client) == kept


def test_snapshot_id_is_the_hash_of_its_content(client: Client, cell: Rating) -> None:
    kept = frozen(client)
    made = Snapshot.objects.get()
    digest = hashlib.sha256(made.content.encode()).digest()
    assert kept == f"/s/{base64.b32encode(digest).decode().lower()[:26]}/"
    assert made.size == len(made.content.encode())
    assert made.content == snapshots.canonical(json.loads(made.content))


def test_frozen_comparison_rebuilds_the_same_content(client: Client, cell: Rating) -> None:
    factories.make_claim(framework=cell.framework, criterion=cell.criterion, term="Fast", note="So it says.")
    factories.make_claim(framework=Framework.objects.get(slug="django"), criterion=factories.make_criterion())
    frozen(client)
    kept = snapshots.FrozenComparison(Snapshot.objects.get())
    assert snapshots.canonical(content_of(kept.table, kept.table.in_order)) == snapshots.canonical(
        kept.content
    )


def test_snapshot_page_stays_identical_after_edits(client: Client, cell: Rating) -> None:
    kept = frozen(client)
    before = client.get(kept)
    cell.refresh_from_db()
    cell.score, cell.verdict = 1, "Slow"
    revisions.save(cell, by=factories.MAKER, reason="Measured again.", seen=cell.version)
    flask = cell.framework
    flask.name, flask.is_published = "Bottle", False
    revisions.save(flask, by=factories.MAKER, reason="Renamed and withdrawn.", seen=flask.version)
    after = client.get(kept)
    assert after.content == before.content
    assert after["ETag"] == before["ETag"]


def test_snapshot_page_answers_304_with_a_single_query(
    client: Client, cell: Rating, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    kept = frozen(client)
    first = client.get(kept)
    assert re.fullmatch(r'"[0-9a-f]{64}"', first["ETag"])
    assert first["Cache-Control"] == "public, max-age=31536000, immutable"
    assert not first.cookies
    with django_assert_num_queries(1):
        again = client.get(kept, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert client.get(kept, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.both
@pytest.mark.parametrize(
    "hostile", ["x", "A" * 26, "a" * 25, "a" * 27, "a" * 50_000, "%00" * 26, "1" * 26, "..%2f" * 5, "é" * 26]
)
def test_snapshot_page_returns_404_for_malformed_id(client: Client, db: None, hostile: str) -> None:
    assert client.get(f"/s/{hostile}/").status_code == 404
    assert client.get(f"/s/{hostile}/changes/").status_code == 404


def test_snapshot_page_returns_404_for_unknown_id(client: Client, db: None) -> None:
    assert client.get(f"/s/{KEPT}/").status_code == client.get(f"/s/{KEPT}/changes/").status_code == 404
    assert read(client.get(f"/s/{KEPT}/").content).one("meta[name=robots]")["content"] == "noindex"


@pytest.mark.parametrize(
    "path, status",
    [
        ("/compare/flask/freeze/", 400),
        ("/compare/flask-vs-nobody/freeze/", 404),
        ("/compare/flask-vs-%00/freeze/", 404),
        (f"/compare/flask-vs-{'x' * 50_000}/freeze/", 404),
    ],
)
def test_freeze_rejects_invalid_comparisons(client: Client, cell: Rating, path: str, status: int) -> None:
    assert client.post(path).status_code == status
    assert not Snapshot.objects.exists()


@pytest.mark.parametrize(
    "query", ["w-performance=abc", "w-performance=99999999999999999999", "as-of=%00", "x=%00"]
)
def test_freeze_ignores_invalid_parameters(client: Client, cell: Rating, query: str) -> None:
    assert client.post(f"{LIVE}freeze/?{query}").status_code == 302


def test_freeze_allows_post_only(client: Client, cell: Rating) -> None:
    response = client.get(f"{LIVE}freeze/")
    assert (response.status_code, response["Allow"]) == (405, "POST")


# Limits


def test_freeze_limits_snapshots_per_address_and_hour(
    client: Client, cell: Rating, settings: Settings
) -> None:
    settings.SNAPSHOTS_AN_HOUR = 2
    kept = frozen(client)
    frozen(client, f"{LIVE}?w-performance=9")
    response = client.post(f"{LIVE}freeze/?w-performance=5")
    assert response.status_code == 429
    assert 3500 < int(response["Retry-After"]) <= 3601
    page = read(response.content)
    assert "Your address has reached the limit for permanent copies: 2 an hour." in page.one(".lede").text
    assert page.one("a.button")["href"] == f"{LIVE}?w-performance=5"
    assert frozen(client) == kept  # what is kept already costs nothing
    assert client.post(f"{LIVE}freeze/?w-performance=5", REMOTE_ADDR="192.0.2.9").status_code == 302


def test_freeze_limit_resets_after_an_hour(cell: Rating, settings: Settings) -> None:
    settings.SNAPSHOTS_AN_HOUR = 1

    def freeze(number: int, now: datetime) -> None:
        content = cast(Content, {"number": number})
        snapshots.freeze(content, at=now, address="192.0.2.1", now=now)

    noon = datetime(2026, 11, 21, 12, tzinfo=UTC)
    freeze(1, noon)
    with pytest.raises(snapshots.TooManySnapshots, match="Try again after 13:00 UTC on 21 November 2026"):
        freeze(2, noon + timedelta(minutes=59))
    freeze(2, noon + timedelta(minutes=60))
    freeze(3, noon + timedelta(days=3))
    assert Freezing.objects.count() == 1


@pytest.mark.both
def test_freeze_rejects_snapshots_beyond_the_total_size(
    client: Client, cell: Rating, settings: Settings
) -> None:
    kept = frozen(client)
    settings.SNAPSHOTS_BYTES = Snapshot.objects.get().size + 10
    response = client.post(f"{LIVE}freeze/?w-performance=5")
    assert response.status_code == 503
    assert "There is no room for more permanent copies here." in read(response.content).one(".lede").text
    assert frozen(client) == kept


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_freeze_requests_at_once_create_a_single_snapshot() -> None:
    factories.make_rating(framework=factories.make_framework(name="Flask"))
    factories.make_framework(name="Django")
    answers = at_once(*[partial(Client().post, f"{LIVE}freeze/") for _ in range(20)])
    assert [answer.status_code for answer in answers] == [302] * 20
    assert {answer["Location"] for answer in answers} == {Snapshot.objects.get().get_absolute_url()}
    assert Freezing.objects.count() == 1


# What has changed since


def changed(client: Client, kept: str) -> Element:
    return read(client.get(f"{kept}changes/").content)


def test_snapshot_changes_page_reports_no_change_at_first(client: Client, cell: Rating) -> None:
    page = changed(client, frozen(client))
    assert "None of the 2 scores has changed since" in page.one(".lede").text
    assert not page.all(".changed-facts")


def test_snapshot_changes_page_lists_changed_cells_with_reasons(client: Client, cell: Rating) -> None:
    kept = frozen(client)
    cell.refresh_from_db()
    cell.score = 2
    revisions.save(cell, by=factories.MAKER, reason="Measured again.", seen=cell.version)
    factories.make_claim(
        framework=cell.framework, criterion=cell.criterion, paraphrase="Slower than thought."
    )
    page = changed(client, kept)
    assert "1 of 2 scores has changed since" in page.one(".lede").text
    assert page.texts(".changed-facts .fact-line") == ["Flask, Performance"]
    assert "Measured again." in page.one(".changed-facts").text
    assert page.texts(".changed dt")[0] == "Score"
    assert page.all(".changed dd")[0].text == "before: 4 → after: 2"
    assert "Slower than thought." in page.all(".changed dd")[1].text


def test_snapshot_changes_page_names_frameworks_no_longer_published(client: Client, cell: Rating) -> None:
    kept = frozen(client)
    flask = cell.framework
    flask.is_published = False
    revisions.save(flask, by=factories.MAKER, reason="Withdrawn quietly.", seen=flask.version)
    page = changed(client, kept)
    assert "1 of 2 scores has changed" in page.one(".lede").text
    assert "No longer part of the comparison: Flask." in page.one(".lede").text
    assert "quietly" not in page.text


def test_snapshot_page_loads_changes_as_fragment(client: Client, cell: Rating) -> None:
    kept = frozen(client)
    bar = read(client.get(kept).content).one("#since")
    assert bar["hx-get"] == bar.all("a")[0]["href"] == f"{kept}changes/"
    assert bar["hx-trigger"] == "load"
    fragment = client.get(f"{kept}changes/", headers={"HX-Request": "true"})
    assert "HX-Request" in fragment["Vary"]
    assert not read(fragment.content).all("main")
    assert "None of the 2 scores has changed" in read(fragment.content).text


def test_snapshot_changes_page_query_count_is_constant(
    client: Client, cell: Rating, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    others = [factories.make_rating(framework=cell.framework, score=3) for _ in range(2)]
    kept = frozen(client)
    for count, rating in enumerate([cell, *others], start=1):
        rating.refresh_from_db()
        rating.score = 1
        revisions.save(rating, by=factories.MAKER, reason=f"Reason {count}.", seen=rating.version)
        with django_assert_num_queries(CHANGES_QUERIES):
            page = changed(client, kept)
        assert f"{count} of 6 scores" in page.one(".lede").text
