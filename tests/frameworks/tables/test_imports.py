"""Import as an editor does it: export, edit, upload, look over, confirm. All or nothing, and nobody's edit is lost."""

import io
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook
from pytest_django import DjangoAssertNumQueries

from desk.review import proposals
from frameworks.models import Claim, Framework, Proposal, Rating, Revision, Trait, Upload, Versioned
from frameworks.models.schema import state_of
from frameworks.record import revisions
from frameworks.record.pending import PendingWrite
from frameworks.record.replaying import divergences
from frameworks.tables import imports, kinds, reading, sheets
from frameworks.tables.rows import Status
from frameworks.tables.sheets import Sheet
from tests import factories
from tests.desk.reading import form_on, list_url, text_of
from tests.desk.signing_in import sign_in
from tests.factories import one_of_each
from tests.frameworks.tables.importing import confirm, counts, exported, file, page, preview, shown, upload
from tests.html import Element, read

pytestmark = pytest.mark.django_db

CONFLICT, FORBIDDEN, FOUND = 409, 403, 302


def states() -> list[tuple[str, int, object]]:
    return [
        (fact.key_text, fact.version, state_of(fact))
        for kind in kinds.KINDS.values()
        for fact in kind.facts().order_by("pk")
    ]


# Looked over and confirmed


@pytest.mark.parametrize("name", ["table.csv", "table.xlsx", "table.JSON"])
def test_import_previews_and_writes_new_and_changed_rows(ada: Client, name: str) -> None:
    changed = factories.make_rating(score=3, verdict="Middling")
    factories.make_rating(framework=changed.framework)
    other = factories.make_criterion(name="Other")
    rows = exported("rating")
    row = next(row for row in rows if row["criterion"] == changed.criterion.slug)
    row.update(score="4", verdict="=Good")
    rows.append({**row, "criterion": other.slug, "is_published": "no", "version": ""})
    url = upload(ada, "rating", file(rows, name))

    before = states()
    found = preview(ada, url)
    assert counts(found) == "All 3 New 1 Changed 1 Same 1 Refused 0"
    by_state = {line[2]: line for line in shown(found)}
    assert by_state["changed"][1] == changed.key_text
    assert by_state["changed"][3] == "Field Before After Score 3 4 Verdict Middling =Good"
    assert by_state["new"][1] == f"{changed.framework.slug}/other"
    assert "Field After Framework" in by_state["new"][3]
    assert by_state["same"][3] == "No change."
    assert states() == before  # looking writes nothing

    answer = confirm(ada, url)
    assert "2 ratings imported: 1 changed, 1 created." in text_of(answer)
    changed.refresh_from_db()
    assert (changed.score, changed.verdict, changed.version) == (4, "=Good", 2)
    made = Rating.objects.get(criterion=other)
    steps = [Revision.objects.of(fact)[0] for fact in (changed, made)]
    assert {(step.origin, step.author_name, step.reason) for step in steps} == {
        ("import", "Ada Lovelace", "From the table.")
    }
    assert len({step.changeset for step in steps}) == 1
    assert steps[0].before is not None
    assert steps[0].changed_fields == [("score", 3, 4), ("verdict", "Middling", "=Good")]
    assert (steps[1].before, steps[1].after) == (None, state_of(made))
    assert not Upload.objects.exists()


@pytest.mark.slow
@pytest.mark.both
def test_import_of_unchanged_export_writes_nothing(ada: Client) -> None:
    """In each format for a kind with everything in it, in one after the other for the rest."""
    one_of_each()
    turns = zip(kinds.KINDS, cycle(sheets.FORMATS), strict=False)
    for kind, name in {*turns, *(("claim", name) for name in sheets.FORMATS)}:
        answer = ada.get(page(kind, "export", name))
        assert answer.headers["content-disposition"] == f'attachment; filename="{kind}.{name}"'
        url = upload(ada, kind, SimpleUploadedFile(f"x.{name}", answer.content))
        text = text_of(ada.get(url))
        assert "No row differs from the current content, so there is nothing to import." in text
    steps = Revision.objects.count()
    confirm(ada, url)
    assert Revision.objects.count() == steps


def test_import_sets_and_validates_claims_of_a_trait(ada: Client) -> None:
    trait = factories.make_trait()
    claim, another = trait.claims.get(), factories.make_claim()
    [row] = exported("trait")
    url = upload(ada, "trait", file([{**row, "claims": f"{another.key}\n{claim.key}  {claim.key}"}]))
    confirm(ada, url)
    assert set(Trait.objects.get().claims.all()) == {claim, another}
    assert Revision.objects.of(trait)[0].changed_fields[0][0] == "claims"
    [row] = exported("trait")
    for claims, sentence in [
        ("", "claims: This must not be empty."),
        ("nothing-such", "claims: There is no claim called “nothing-such”."),
    ]:
        url = upload(ada, "trait", file([{**row, "claims": claims}]))
        assert shown(preview(ada, url))[0][3] == sentence


def test_import_allows_omitted_columns_only_for_existing_facts(ada: Client) -> None:
    rating = factories.make_rating(score=3, rationale="Long.")
    [row] = exported("rating")
    part = {name: row[name] for name in ("version", "criterion", "framework", "score")}
    confirm(ada, upload(ada, "rating", file([{**part, "score": "5"}])))
    rating.refresh_from_db()
    assert (rating.score, rating.rationale) == (5, "Long.")
    part["criterion"], part["version"] = factories.make_criterion(name="New").slug, ""
    lines = shown(preview(ada, upload(ada, "rating", file([part]))))
    assert "verdict: A new row needs this column." in lines[0][3]
    assert "rationale: A new row needs this column." in lines[0][3]


def test_import_of_deleted_fact_continues_its_version_numbers(ada: Client) -> None:
    framework = factories.make_framework(slug="phoenix")
    [row] = exported("framework")
    revisions.delete(framework, by=factories.MAKER, reason="Gone.", seen=1)
    url = upload(ada, "framework", file([row]))
    assert "No such framework: “phoenix”. Maker deleted it on" in shown(preview(ada, url))[0][3]
    confirm(ada, upload(ada, "framework", file([{**row, "version": ""}])))
    assert Framework.objects.get().version == 3


# Refused


BAD = [
    ("score", "9", "score: The score must be between 1 and 5. The file has “9”."),
    ("score", "four", "score: “four” is not a whole number. Write a number from 1 to 5."),
    ("score", "", "score: This must not be empty."),
    ("score", "9" * 5000, "is not a whole number."),
    ("score", "99999999999", "score: The score must be between 1 and 5."),
    ("verdict", "", "verdict: This must not be empty."),
    ("verdict", "x" * 81, "verdict: This may have at most 80 characters; it has 81."),
    ("is_published", "perhaps", "is_published: “perhaps” is neither yes nor no. Write one of them."),
    ("reviewed_on", "20 days ago", "reviewed_on: “20 days ago” is not a date. Write dates as 2026-11-20."),
    (
        "reviewed_on",
        "03/11/2026",
        "“03/11/2026” may be 11 March 2026 or 3 November 2026. Write it as 2026-03-11 or",
    ),
    ("score", "1.000", "score: “1.000” may be 1 or 1000."),
    ("verdict", "#REF!", "verdict: “#REF!” is what a spreadsheet shows when a formula has failed."),
    ("reviewed_on", "2026-02-30", "reviewed_on: “2026-02-30” is not a date."),
    (
        "reviewed_on",
        "46355",
        "is the number as which Excel stores 29 November 2026. Format the column as dates",
    ),
    ("reviewed_on", "46355.5", "or write 2026-11-29."),
    ("reviewed_on", "99999", "“99999” is not a date."),
    ("reviewed_on", "2026-11-29 10:00", "has a time of day. Write the date only, as 2026-11-20."),
    ("reviewed_on", "2026-11-29T10:00:00Z", "has a time of day."),
    ("reviewed_on", "0001-01-01", "The year of “0001-01-01” must be between 1990 and 2100."),
    ("reviewed_on", "29.11.2206", "must be between 1990 and 2100."),
    ("framework", "djang", "framework: There is no framework called “djang”."),
    ("framework", "", "framework: This must not be empty."),
    (
        "version",
        "1.5",
        "version: “1.5” is not a version. Write the one that the export had, or nothing in a new row.",
    ),
    ("version", "-1", "version: “-1” is not a version."),
]


@pytest.mark.parametrize("column, cell, sentence", BAD)
def test_import_rejects_invalid_cell_by_row_and_column(
    ada: Client, column: str, cell: str, sentence: str
) -> None:
    factories.make_rating(framework=factories.make_framework(slug="django"))
    [row] = exported("rating")
    row["verdict"] = "Changed"
    row[column] = cell
    if column == "framework":
        row["version"] = ""
    found = preview(ada, upload(ada, "rating", file([row])))
    [line] = shown(found)
    assert (line[0], line[2]) == ("2", "refused")
    assert sentence in line[3]
    assert "Every row with changes is refused, so there is nothing to import." in found.text


def test_import_preview_checks_rules_between_facts(ada: Client) -> None:
    rating = factories.make_rating()
    claim = Claim.objects.get()
    bare = factories.make_rating(is_published=False)
    factories.make_framework(name="Taken")
    retired = factories.make_source(retired_on=timezone.localdate(), retired_because="it is an advertisement")
    mirrored = factories.make_relation()
    changes: list[tuple[Versioned, dict[str, str], str]] = [
        (bare, {"is_published": "yes"}, "A published rating needs at least one claim."),
        (claim, {"criterion": bare.criterion.slug}, "This is the last claim for a published rating."),
        (claim, {"framework": ""}, "This is the last claim for a published rating."),
        (claim, {"source": retired.key}, "because it is an advertisement. Nothing new is added to it unless"),
        (claim, {"part": "song"}, "part: “song” is not one of table, list, prose, answer."),
        (claim, {"joint_criterion": rating.criterion.slug}, "Choose a criterion other than the claim’s own."),
        (rating.criterion, {"is_scored": "no", "default_weight": "0"}, "This criterion has ratings."),
        (rating.framework, {"name": "\u00a0TAKEN\u200b"}, "“TAKEN” differs from it only in case"),
        (rating.framework, {"name": "Taken"}, "name: There is already a framework called “Taken”."),
        (
            rating.framework,
            {"website": "HTTP://x.org"},
            "A web address must begin with http:// or https:// in lower case",
        ),
    ]
    for fact, change, sentence in changes:
        kind = str(fact._meta.model_name)
        [row] = [
            row
            for row in exported(kind)
            if "/".join(list(row.values())[: len(kinds.KINDS[kind].key)]) == fact.key_text
        ]
        lines = shown(preview(ada, upload(ada, kind, file([row | change]))))
        assert lines[0][2] == "refused"
        assert sentence in lines[0][3]
    row = exported("relation")[0] | {"kind": "hates", "version": ""}
    lines = shown(preview(ada, upload(ada, "relation", file([row]))))
    assert "“hates” is not one of mirrors, alternative-to, complements." in lines[0][3]
    row = exported("relation")[0] | {"framework": mirrored.other.slug, "version": ""}
    lines = shown(preview(ada, upload(ada, "relation", file([row]))))
    assert "A relation must join two different frameworks." in lines[0][3]


def test_import_refuses_rows_of_which_only_an_unknown_key_is_filled_in(ada: Client) -> None:
    """A row counts as the same only where there is something that it is the same as, or a cell without a rating."""
    rating = factories.make_rating(framework=factories.make_framework(slug="django"))
    empty = factories.make_criterion(name="Empty")
    header = "framework;criterion;score;verdict\n"
    for line, sentence in [
        (f'flask,{empty.slug},"new verdict",1', "There is no framework called “flask"),
        (f"djago;{empty.slug};;", "There is no framework called “djago”. Did you mean “django”?"),
        ("django;learning-curv;;", "There is no criterion called “learning-curv”."),
        ("django;;;", "criterion: This must not be empty."),
        ("Exported by Ada;;;", "There is no framework called “Exported by Ada”."),
    ]:
        data = f"{header}{line}\n{rating.framework.slug};{empty.slug};;\n".encode()
        lines = shown(preview(ada, upload(ada, "rating", SimpleUploadedFile("x.csv", data))))
        assert [line[2] for line in lines] == ["refused", "same"], line
        assert sentence in lines[0][3]
    remark = f"{header[:-1]};(note)\n;;;;See below.\n".encode()
    [ignored] = shown(preview(ada, upload(ada, "rating", SimpleUploadedFile("x.csv", remark))))
    assert ignored[2] == "same"
    data = f"slug,name,tagline\nflask,,\ndjango,,\n{'x' * 61} !,,\n\x1a".encode()
    lines = shown(preview(ada, upload(ada, "framework", SimpleUploadedFile("x.csv", data))))
    assert [line[2] for line in lines] == ["refused", "same", "refused"]
    assert "name: This must not be empty." in lines[0][3]


def test_import_refuses_values_beyond_their_limits_in_our_own_words(ada: Client) -> None:
    factories.make_claim()
    factories.make_wording()
    for kind, column, cell, sentence in [
        ("claim", "line", "0", "line: The line must be at least 1."),
        ("claim", "line", "9" * 17, "line: This number is too large."),
        ("source", "line_count", "9" * 17, "line_count: This number is too large."),
        ("criterion", "default_weight", "11", "The default weight must be between 0 and 10."),
        (
            "framework",
            "website",
            "not an address",
            "website: This is not a web address, such as https://example.org.",
        ),
        ("framework", "name", "", "name: This must not be empty."),
        ("framework", "name", "x" * 1_200, "it has 1,200."),
    ]:
        row = exported(kind)[0] | {column: cell}
        said = shown(preview(ada, upload(ada, kind, file([row]))))[0][3]
        assert said.count(sentence) == 1, said
        assert "Ensure" not in said


def test_import_keeps_truth_as_text_in_a_column_of_text(ada: Client) -> None:
    factories.make_rating()
    [row] = exported("rating")
    book = Workbook()
    book.worksheets[0].append([*row])
    book.worksheets[0].append([*(row | {"verdict": True, "is_published": False}).values()])
    stream = io.BytesIO()
    book.save(stream)
    entries = json.dumps([row | {"verdict": True, "is_published": False}]).encode()
    for name, data, text in [("x.xlsx", stream.getvalue(), "TRUE"), ("x.json", entries, "true")]:
        [line] = shown(preview(ada, upload(ada, "rating", SimpleUploadedFile(name, data))))
        assert (line[2], text in line[3].split()) == ("changed", True)


def test_import_recognises_keys_with_invisible_characters_and_figures_of_full_width(ada: Client) -> None:
    claim = factories.make_claim(key="000")
    [row] = exported("claim")
    for key in ("０００", "0\u200b00", "\ufeff000\u2060"):
        changed = {**row, "key": key, "framework": f"{row['framework']}\u200b", "note": "Doubtful."}
        [line] = shown(preview(ada, upload(ada, "claim", file([changed]))))
        assert line[1:3] == ["000", "changed"], line
    data = file([{**row, "note": "Doubtful."}]).read().replace(b"000", b'="000"', 1)
    [line] = shown(preview(ada, upload(ada, "claim", SimpleUploadedFile("x.csv", data))))
    assert line[1:3] == [claim.key, "changed"]
    new = {**exported("framework")[0], "slug": "f\u200blask", "name": "New", "version": ""}
    [line] = shown(preview(ada, upload(ada, "framework", file([new]))))
    assert line[1:3] == ["flask", "new"]


def test_import_rejects_duplicate_rows(ada: Client) -> None:
    factories.make_framework(name="One")
    [row] = exported("framework")
    twin = {**row, "slug": "two", "name": "Both", "version": ""}
    lines = shown(preview(ada, upload(ada, "framework", file([row, row, twin, {**twin, "slug": "three"}]))))
    assert [line[2] for line in lines] == ["same", "refused", "new", "refused"]
    assert lines[1][3] == "Row 2 has the same key."
    assert lines[3][3] == "name: Row 4 of the file has the name “Both”, which counts as the same name."
    alike = [{**twin, "slug": slug, "name": name} for slug, name in [("a", "Straße"), ("b", "STRASSE")]]
    lines = shown(preview(ada, upload(ada, "framework", file(alike))))
    assert "name: Row 2 of the file has the name “Straße”, which counts as the same name." in lines[1][3]


def test_import_requires_version_column_for_existing_fact(ada: Client) -> None:
    rating = factories.make_rating()
    [row] = exported("rating")
    row["verdict"] = "Changed"
    for version in ("1", "1.0", "1E+00", "1.00E+00"):
        lines = shown(preview(ada, upload(ada, "rating", file([{**row, "version": version}]))))
        assert lines[0][2] == "changed"
    del row["version"]
    lines = shown(preview(ada, upload(ada, "rating", file([row]))))
    assert (
        "version: This already exists. Enter in the column “version” the version that you saw" in lines[0][3]
    )
    rating.refresh_from_db()
    assert rating.version == 1


def test_import_is_blocked_by_rejected_rows_until_they_are_left_out(ada: Client) -> None:
    good, bad = factories.make_rating(), factories.make_rating()
    rows = exported("rating")
    for row in rows:
        row["verdict"] = "New"
        row["score"] = "9" if row["criterion"] == bad.criterion.slug else row["score"]
    url = upload(ada, "rating", file(rows))
    before = states()
    answer = confirm(ada, url)
    assert answer.status_code == CONFLICT
    assert "Nothing was imported: some rows are refused." in text_of(answer)
    assert states() == before
    mark = read(answer.content).one("input[name=leave_out]")["value"]
    assert "1 rating imported: 1 changed." in text_of(confirm(ada, url, leave_out=mark))
    good.refresh_from_db()
    bad.refresh_from_db()
    assert (good.verdict, good.version, bad.version) == ("New", 2, 1)


def test_import_requires_a_reason_and_keeps_the_upload(ada: Client) -> None:
    factories.make_rating()
    url = upload(ada, "rating", file([{**exported("rating")[0], "score": "1"}]))
    answer = confirm(ada, url, reason="")
    assert "Give a reason for the change in one sentence" in text_of(answer)
    assert len(shown(read(answer.content))) == 1
    assert "1 rating imported" in text_of(confirm(ada, url))


# Nobody's edit is lost


def test_import_rejects_row_changed_by_somebody_else(ada: Client) -> None:
    rating = factories.make_rating(score=3, verdict="Opened")
    rows = exported("rating")
    rating.verdict = "Bob’s"
    revisions.save(rating, by=revisions.Author("Bob Hopper", Revision.Origin.ADMIN), reason="Mine.", seen=1)
    [line] = shown(preview(ada, upload(ada, "rating", file([{**rows[0], "verdict": "Ada’s", "score": "4"}]))))
    assert line[2] == "refused"
    assert "Changed since version 1, which the file is based on. Bob Hopper changed it on" in line[3]
    assert "“Mine.”" in line[3]
    assert "Field When you downloaded it Now In the file Score 3 3 4 Verdict Opened Bob’s Ada’s" in line[3]
    # What the file leaves alone is no conflict, and stays theirs.
    [line] = shown(preview(ada, upload(ada, "rating", file(rows))))
    assert line[2:] == [
        "same",
        "Somebody else has changed this since. Your file adds nothing, so it will not be changed.",
    ]


def by_bob(rating: Rating, **changes: Any) -> None:
    """Bob is faster."""
    rating.refresh_from_db()
    for name, value in changes.items():
        setattr(rating, name, value)
    bob = revisions.Author("Bob Hopper", Revision.Origin.ADMIN)
    revisions.save(rating, by=bob, reason="Meanwhile.", seen=rating.version)


def choice(page: Element, whose: str) -> str:
    """What the page's radio button sends."""
    return str(page.one(f"#id_{whose}")["value"])


@pytest.mark.parametrize("whose, kept", [("mine", (4, "Bob’s", 3)), ("theirs", (3, "Bob’s", 2))])
def test_import_resolves_conflict_with_mine_or_theirs(
    ada: Client, whose: str, kept: tuple[int, str, int]
) -> None:
    """Mine goes on top: the fields that the file leaves alone stay as somebody else has made them."""
    both, other = factories.make_rating(score=3), factories.make_rating(score=3)
    url = upload(ada, "rating", file([{**row, "score": "4"} for row in exported("rating")]))
    by_bob(both, verdict="Bob’s")
    found = preview(ada, url)
    assert (
        found.one("fieldset.whose legend").text
        == "Somebody else has changed 1 row of your file since you downloaded it"
    )
    answer = confirm(ada, url)
    assert answer.status_code == CONFLICT
    assert "Nothing was imported: some rows are refused. Choose below" in text_of(answer)
    answer = confirm(ada, url, conflicts=choice(found, whose), reason="")
    assert "checked" in read(answer.content).one(f"#id_{whose}")
    confirm(ada, url, conflicts=choice(found, whose))
    both.refresh_from_db()
    other.refresh_from_db()
    assert (both.score, both.verdict, both.version) == kept
    assert (other.score, other.version) == (4, 2)
    steps = Revision.objects.filter(origin="import")
    assert len({step.changeset for step in steps}) == 1
    assert {step.version for step in steps} == ({2, 3} if whose == "mine" else {2})


def test_import_rejects_mine_when_fact_changed_since_preview(ada: Client) -> None:
    rating = factories.make_rating(score=3)
    url = upload(ada, "rating", file([{**row, "score": "4"} for row in exported("rating")]))
    by_bob(rating, score=1)
    mine = choice(preview(ada, url), "mine")
    by_bob(rating, score=2)
    answer = confirm(ada, url, conflicts=mine)
    assert answer.status_code == CONFLICT
    assert "the content has changed since you opened this page" in text_of(answer)
    assert "Score 3 2 4" in text_of(answer)
    rating.refresh_from_db()
    assert (rating.score, rating.version) == (2, 3)
    for nonsense in ("mine:", "mine", "mine:0123456789abcdef", "\0", "x" * 5000):
        assert confirm(ada, url, conflicts=nonsense).status_code in {200, CONFLICT}
        assert Rating.objects.get().score == 2


def test_import_treats_identical_change_as_same(ada: Client) -> None:
    rating = factories.make_rating(score=3)
    url = upload(ada, "rating", file([{**row, "score": "4"} for row in exported("rating")]))
    by_bob(rating, score=4, verdict="Bob’s")
    assert [line[2] for line in shown(preview(ada, url))] == ["same"]


def test_import_rejects_conflicting_row_that_breaks_a_rule(ada: Client) -> None:
    first = factories.make_framework(name="First")
    url = upload(ada, "framework", file([{**row, "name": "Second"} for row in exported("framework")]))
    first.tagline = "Bob’s"
    revisions.save(first, by=factories.MAKER, reason="Meanwhile.", seen=1)
    factories.make_framework(slug="other", name="Second")
    found = preview(ada, url)
    assert "name: There is already a framework called “Second”." in shown(found)[0][3]
    assert not found.all("fieldset.whose")


def test_import_stops_when_fact_changes_between_preview_and_confirm(ada: Client) -> None:
    first, second = factories.make_rating(), factories.make_rating()
    url = upload(ada, "rating", file([{**row, "score": "1"} for row in exported("rating")]))
    second.verdict = "Bob’s"
    revisions.save(second, by=factories.MAKER, reason="Meanwhile.", seen=1)
    before = states()
    answer = confirm(ada, url)
    assert answer.status_code == CONFLICT
    assert "Nothing was imported" in text_of(answer)
    assert counts(read(answer.content)) == "All 2 New 0 Changed 1 Same 0 Refused 1"
    assert "Meanwhile." in text_of(answer)
    assert states() == before
    # Taking theirs then does not take theirs where they have come only now.
    theirs = choice(read(answer.content), "theirs")
    first.verdict = "Bob’s too"
    revisions.save(first, by=factories.MAKER, reason="Again.", seen=1)
    answer = confirm(ada, url, conflicts=theirs)
    assert "the content has changed since you opened this page" in text_of(answer)


@pytest.mark.both
@pytest.mark.parametrize(
    "raised, sentence",
    [("conflict", "since version 1"), ("refused", "needs at least one claim")],
)
def test_import_rolls_back_when_write_path_rejects(
    ada: Client, monkeypatch: pytest.MonkeyPatch, raised: str, sentence: str
) -> None:
    """Between the last look and the write there is room for somebody else, on PostgreSQL at least."""
    ratings = [factories.make_rating() for _ in range(3)]
    url = upload(ada, "rating", file([{**row, "score": "1"} for row in exported("rating")]))
    write = revisions._update
    written: list[Versioned] = []

    def meanwhile(fact: Versioned, seen: int, names: set[str]) -> None:
        if len(written) == 2:
            if raised == "conflict":
                Rating.objects.filter(pk=fact.pk).update(version=7)
            else:
                raise revisions.Refused(f"{fact}: {revisions.REFUSALS['rating_published_has_claim']}")
        written.append(fact)
        write(fact, seen, names)

    monkeypatch.setattr(revisions, "_update_together", lambda facts, names: False)
    monkeypatch.setattr(revisions, "_update", meanwhile)
    answer = confirm(ada, url)
    assert answer.status_code == CONFLICT
    assert sentence in text_of(answer)
    assert {rating.score for rating in Rating.objects.all()} == {3}
    assert Revision.objects.filter(origin="import").count() == 0
    assert Upload.objects.exists()
    assert len(ratings) == len(written) + (raised == "refused")


@pytest.mark.both
def test_import_leaves_a_published_rating_the_last_of_its_claims(ada: Client) -> None:
    """Two claims that leave it together: each by itself might."""
    rating = factories.make_rating()
    factories.make_claim(framework=rating.framework, criterion=rating.criterion)
    rows = [{**row, "framework": ""} for row in exported("claim")]
    url = upload(ada, "claim", file(rows))
    found = preview(ada, url)
    assert counts(found) == "All 2 New 0 Changed 1 Same 0 Refused 1"
    assert "This is the last claim for a published rating." in shown(found)[1][3]


# Many rows


def test_import_compare_query_count_is_constant(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    factories.make_trait(), factories.make_relation(), factories.make_disagreement()
    for count in (1, 3):
        while Rating.objects.count() < count:
            factories.make_rating()
        rows = [{**row, "score": "1"} for row in exported("rating")]
        sheet = Sheet(list(rows[0]), [list(row.values()) for row in rows])
        with django_assert_num_queries(10):
            found = imports.compare(kinds.KINDS["rating"], sheet, 2)
        assert [row.status for row in found] == [Status.CHANGED] * count


@pytest.mark.both
@pytest.mark.parametrize("count", [1, 3])
def test_import_confirm_query_count_is_constant(
    ada: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    claims = [factories.make_claim() for _ in range(2 * count)]
    rows = [{**row, "note": "Doubtful."} for row in exported("claim")]
    for number, row in enumerate(rows[count:]):
        row.update(key=f"new-{number}", version="")
    url = upload(ada, "claim", file(rows))
    # Many changes take a statement in a savepoint of its own.
    with django_assert_num_queries(44 + 2 * (count > 1)):
        assert ada.post(url, {"reason": "From the table."}).status_code == FOUND
    steps = Revision.objects.filter(origin="import").order_by("pk").values_list("action", flat=True)
    assert list(steps) == ["created"] * count + ["changed"] * count
    assert len(claims) == 2 * count


@pytest.mark.both
def test_import_reads_claims_by_the_table_and_records_that(ada: Client) -> None:
    row = factories.make_wording(words="steep", reading=2)
    mild = factories.make_wording(criterion=row.criterion, words="mild", reading=4)
    claim = factories.make_claim(criterion=row.criterion, term="Steep", wording=row)
    [cells] = exported("claim")
    new = {**cells, "key": "new", "term": "Quite mild", "wording": "", "reading": "", "version": ""}
    url = upload(ada, "claim", file([{**cells, "term": "Mild"}, new]))
    assert ada.post(url, {"reason": "From the table."}).status_code == FOUND
    claim.refresh_from_db()
    added = Claim.objects.get(key="new")
    assert (claim.wording, claim.reading, added.wording, added.reading) == (mild, 4, mild, 4)
    assert list(divergences()) == []


def test_import_refuses_reading_that_is_not_in_the_table(ada: Client) -> None:
    row = factories.make_wording(words="steep", reading=2)
    factories.make_claim(criterion=row.criterion, term="Steep", wording=row)
    [cells] = exported("claim")
    page = preview(ada, upload(ada, "claim", file([{**cells, "reading": "4"}])))
    assert "The table of readings has these words as 2." in page.text


def test_import_preview_paginates_and_filters(ada: Client) -> None:
    for number in range(103):
        factories.make_framework(slug=f"f-{number:03}", name=f"F {number}")
    rows = exported("framework")
    rows[0]["tagline"] = "Changed"
    rows[102]["name"] = ""
    url = upload(ada, "framework", file(rows))
    found = preview(ada, url)
    assert len(shown(found)) == 100
    assert "Page 1 of 2" in found.text
    assert [line[0] for line in shown(preview(ada, f"{url}?p=2"))] == ["102", "103", "104"]
    assert [line[1] for line in shown(preview(ada, f"{url}?show=changed"))] == ["f-000"]
    assert [line[1] for line in shown(preview(ada, f"{url}?show=refused&p=99"))] == ["f-102"]
    for nonsense in ("?show=%00&p=-1", "?p=" + "9" * 5000, "?show=" + "x" * 5000):
        assert ada.get(url + nonsense).status_code == 200


# What follows from a row of the table of readings


def test_import_tells_which_scores_follow_from_a_reading_row_and_offers_undo(ada: Client) -> None:
    row = factories.make_wording(words="steep", reading=2)
    django = factories.make_framework(name="Django")
    for _ in range(3):
        factories.make_claim(criterion=row.criterion, framework=django, term="Steep", wording=row)
    rating = factories.make_rating(framework=django, criterion=row.criterion, score=2)
    [cells] = exported("wording")
    url = upload(ada, "wording", file([{**cells, "reading": "4"}]))
    section = preview(ada, url).one("section.followers").text
    assert "3 claims will be read anew, and 1 score will change with it:" in section
    assert f"{rating.key_text}: 2 → 4" in section
    assert (rating.score, Revision.objects.filter(origin="import").count()) == (2, 0)
    answer = confirm(ada, url)
    assert "1 reading row imported: 1 changed; and 3 claims and 1 score that follow from it." in text_of(
        answer
    )
    rating.refresh_from_db()
    assert rating.score == 4
    [undo] = [link for link in read(answer.content).all("ul.messagelist a") if link.text == "Undo"]
    assert ada.post(undo["href"], form_on(ada.get(undo["href"]), reason="A mistake.")).status_code == FOUND
    rating.refresh_from_db()
    assert rating.score == 2
    again = ada.get(undo["href"], follow=True)
    assert "That changeset has been undone already." in text_of(again)
    assert again.redirect_chain[0][0].endswith(f"{Revision.objects.order_by('-pk')[0].changeset}/")


# Files that are none


def test_import_rejects_unreadable_file_on_the_page(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def sentences(name: str, data: bytes) -> str:
        answer = ada.post(page("rating"), {"file": SimpleUploadedFile(name, data)})
        assert answer.status_code == 200
        return read(answer.content).one("ul.errorlist").text

    assert sentences("x.doc", b"a").startswith("The file’s name must end in .csv, .xlsx, .json, .tsv")
    assert sentences("x.csv", b"") == "The file is empty."
    assert sentences("x.xlsx", b"PK\x03\x04") == "The file is not a workbook, or it is damaged or encrypted."
    assert sentences("x.csv", b"a\0").startswith("The file is not text: it contains NUL bytes.")
    assert sentences("x.csv", b"shape,colour\na,b").startswith(
        "The first row must name the columns, and it names none of these: framework, criterion, score"
    )
    assert sentences("x.csv", b"framework,score\na,1") == (
        "The column “criterion” is missing. It identifies each row."
    )
    assert ada.post(page("rating"), {}).status_code == 200
    monkeypatch.setattr(reading, "read", None)  # a file that is too large is not even read
    assert sentences("x.csv", b"x" * 10_000_001) == "The file is larger than 10 MB. Divide it into several."
    assert not Upload.objects.exists()


@pytest.mark.slow
@pytest.mark.both
def test_import_handles_hostile_cells_without_error(ada: Client) -> None:
    factories.make_rating()
    [row] = exported("rating")
    hostile = ("x" * 50_000, "9" * 400, "%00", "<script>alert(1)</script>", "{{ 1 }}", "\u202e")
    for number, cell in enumerate(hostile):
        # Two in each column, and all in all that name no fact at once.
        some = [{**row, column: cell} for place, column in enumerate(row) if (place + number) % 3 == 0]
        for changed in [*some, {**row, **dict.fromkeys([*row][2:-1], cell)}]:
            url = upload(ada, "rating", file([changed]))
            answer = ada.get(url)
            assert answer.status_code == 200
            assert "<script>alert" not in answer.content.decode()
            assert confirm(ada, url).status_code in {200, CONFLICT}


# Uploads


def test_upload_is_private_to_its_editor_and_expires_after_a_day(ada: Client, bob: Client) -> None:
    factories.make_rating()
    url = upload(ada, "rating", file(exported("rating")))
    for strange in (url, page("rating", "import_preview", "00000000-0000-0000-0000-000000000000")):
        answer = bob.get(strange, follow=True)
        assert answer.redirect_chain == [(page("rating"), FOUND)]
        assert "That upload no longer exists." in text_of(answer)
    assert ada.get(url.replace("rating", "claim"), follow=True).redirect_chain == [(page("claim"), FOUND)]
    Upload.objects.update(created_at=timezone.now() - timedelta(days=1, minutes=1))
    upload(bob, "rating", file(exported("rating")))
    assert [kept.user.username for kept in Upload.objects.all()] == ["bob"]


@pytest.mark.both
def test_import_confirmed_twice_writes_only_once(ada: Client) -> None:
    factories.make_rating()
    url = upload(ada, "rating", file([{**exported("rating")[0], "score": "1"}]))
    confirm(ada, url)
    answer = confirm(ada, url)
    assert "That file has been imported already. Nothing was imported a second time." in text_of(answer)
    assert url.split("/")[-2] in read(answer.content).all("ul.messagelist a")[1]["href"]  # the changeset
    assert Revision.objects.filter(origin="import").count() == 1


# Rights


def test_import_and_export_check_permissions() -> None:
    factories.make_rating()
    editor = sign_in(factories.make_editor())
    url = upload(editor, "rating", file(exported("rating")))
    reviewer = sign_in(factories.make_reviewer())
    stranger = sign_in(User.objects.create_user("stranger", is_staff=True))
    assert "Export ratings" in text_of(reviewer.get(page("rating")))
    assert "Upload" not in text_of(reviewer.get(page("rating")))
    assert "Import and export" in text_of(reviewer.get(list_url(Rating)))
    assert reviewer.get(page("rating", "export", "json")).status_code == 200
    assert reviewer.post(page("rating"), {"file": file(exported("rating"))}).status_code == FORBIDDEN
    for client in (reviewer, stranger):
        assert client.get(url).status_code == FORBIDDEN
        assert client.post(url, {"reason": "x"}).status_code == FORBIDDEN
    for address in (page("rating"), page("rating", "export", "csv")):
        assert stranger.get(address).status_code == FORBIDDEN
        assert Client().get(address).status_code == FOUND
    assert editor.get(page("rating", "export", "exe")).status_code == 404
    assert editor.post(page("rating", "export", "csv")).status_code == 405


def test_import_without_publish_permission_creates_proposal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals, "page_of", lambda proposal: list_url(Rating))
    rating = factories.make_rating(score=3)
    proposer = sign_in(factories.make_proposer(username="eve"))
    url = upload(proposer, "rating", file([{**exported("rating")[0], "score": "1"}]))
    answer = confirm(proposer, url)
    proposal = Proposal.objects.get()
    assert f"Saved as proposal {proposal.pk}" in text_of(answer)
    assert (proposal.origin, proposal.reason) == ("import", "From the table.")
    [change] = proposal.changes.all()
    assert (change.key, change.seen, change.changed_fields) == (rating.key_text, 1, [("score", 3, 1)])
    assert f"That file has been saved already as proposal {proposal.pk} ." in text_of(confirm(proposer, url))
    assert Proposal.objects.count() == 1
    rating.refresh_from_db()
    assert (rating.score, rating.version) == (3, 1)
    assert not Revision.objects.filter(origin="import").exists()


# Commands


def test_export_facts_and_import_facts_write_and_read_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rating = factories.make_rating(score=3)
    path = tmp_path / "ratings.csv"
    call_command("export_facts", "rating", str(path))
    assert capsys.readouterr().out == "Exported: 1 rows.\n"
    path.write_bytes(path.read_bytes().replace(b",3,", b",4,"))
    call_command(
        "import_facts", "rating", str(path), "--reason", "By hand.", "--author", "Grace", "--dry-run"
    )
    assert capsys.readouterr().out == "0 new, 1 changed, 0 same, 0 refused.\nNothing was imported.\n"
    rating.refresh_from_db()
    assert rating.score == 3
    call_command("import_facts", "rating", str(path), "--reason", "By hand.", "--author", "Grace")
    step = Revision.objects.of(rating)[0]
    assert (step.author_name, step.author, step.origin, step.reason) == ("Grace", None, "import", "By hand.")
    call_command("export_facts", "rating", str(path))
    path.write_bytes(path.read_bytes().replace(b",4,", b",9,"))
    with pytest.raises(CommandError, match="Nothing was imported"):
        call_command("import_facts", "rating", str(path), "--reason", "By hand.")
    assert "Row 2, column score: The score must be between 1 and 5." in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments, sentence",
    [
        (["import_facts", "rating", "nowhere.csv", "--reason", "x"], "Nothing was imported: .*nowhere.csv"),
        (["import_facts", "rating", "x.doc", "--reason", "x"], "must end in"),
        (
            ["import_facts", "framework", "y.csv", "--reason", "x"],
            "no column “taglin”. Did you mean “tagline”",
        ),
        (["import_facts", "rating", "x.csv", "--reason", " "], "--reason takes 1 to 300 characters"),
        (["export_facts", "rating", "nowhere/x.csv"], "Nothing was exported: "),
        (["export_facts", "rating", "x.doc"], "must end in"),
    ],
)
def test_export_facts_and_import_facts_report_bad_arguments(
    arguments: list[str], sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.doc").write_text("x")
    (tmp_path / "y.csv").write_text("slug,taglin\nx,y")
    with pytest.raises(CommandError, match=sentence):
        call_command(*arguments)


# Killed in the middle


#: The command itself, which says so after the given number of rows and goes no further.
HALF_WAY = """
import sys
import django
from django.core.management import execute_from_command_line

django.setup()
from frameworks.record import revisions

write = revisions._update_together

def stopping(facts, names):
    assert write(facts[:int(sys.argv[1])], names)
    print("half-way", flush=True)
    sys.stdin.read()

revisions._update_together = stopping
execute_from_command_line(["manage.py", *sys.argv[2:]])
"""


#: Enough to be killed among them.
ROWS = 400


def address_of_the_database() -> str:
    given = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{given['NAME']}"
    who = given["USER"] + (f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else "")
    port = f":{given['PORT']}" if given["PORT"] else ""
    return f"postgres://{who}@{quote(given['HOST'], safe='')}{port}/{given['NAME']}"


@pytest.mark.slow
@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_import_facts_writes_nothing_when_killed_midway(tmp_path: Path) -> None:
    made = [Framework(slug=f"f-{number}", name=f"F {number}") for number in range(ROWS)]
    revisions.save_all([PendingWrite(one, {}) for one in made], by=factories.MAKER, reason="Made.")
    path = tmp_path / "frameworks.csv"
    rows = [{**row, "tagline": "Imported"} for row in exported("framework")]
    path.write_bytes(file(rows).read())
    command = ["import_facts", "framework", str(path), "--reason", "All at once."]
    environment = {
        **{name: os.environ[name] for name in ("PATH", "PYTEST_VERSION")},
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": address_of_the_database(),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_POOL": "off",
    }
    with subprocess.Popen(
        [sys.executable, "-c", HALF_WAY, str(ROWS // 2), *command],
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        said = [process.stdout.readline(), process.stdout.readline()]
        assert said[-1] == "half-way\n", said
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not Framework.objects.exclude(tagline="", version=1).exists()
    assert not Revision.objects.filter(origin="import").exists()
    call_command(*command)
    assert Framework.objects.filter(tagline="Imported", version=2).count() == ROWS
    steps = Revision.objects.filter(origin="import")
    assert (steps.count(), steps.values("changeset").distinct().count()) == (ROWS, 1)
