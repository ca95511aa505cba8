"""Facts that take each other's place within one import or form, which is undone and proposed like any other."""

import re
from typing import Any

import pytest
from django.test import Client

from frameworks.models import Claim, Framework, Proposal, Rating, Revision, Versioned
from frameworks.models.schema import state_of
from frameworks.record import reverting, revisions
from frameworks.record.pending import PendingWrite
from tests import factories
from tests.desk.acting import decide, save
from tests.desk.reading import change_url, form_on, text_of
from tests.frameworks.tables.importing import confirm, exported, file, preview, shown, upload
from tests.html import read

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes each other's place is more than a batch of an undoing."""
    monkeypatch.setattr(reverting, "BATCH_MAX", 1)


def names() -> dict[str, str]:
    return dict(Framework.objects.values_list("slug", "name"))


def undo_last(editor: Client) -> None:
    undo = f"/admin/frameworks/revision/changeset/{Revision.objects.latest('pk').changeset}/undo/"
    editor.post(undo, form_on(editor.get(undo), reason="A mistake."), follow=True)


def renamed(**given: str) -> list[dict[str, str]]:
    return [{**row, "name": given.get(row["slug"], row["name"])} for row in exported("framework")]


def test_import_swaps_names_and_undoes_it(ada: Client) -> None:
    for slug in ("a", "b", "c"):
        factories.make_framework(slug=slug, name=slug.upper())
    url = upload(ada, "framework", file(renamed(a="B", b="A", c="Other")))
    assert [line[2] for line in shown(preview(ada, url))] == ["changed"] * 3
    assert "3 frameworks imported" in text_of(confirm(ada, url))
    assert names() == {"a": "B", "b": "A", "c": "Other"}
    step = Revision.objects.filter(origin="import", key="a").get()
    assert [(name, before, after) for name, before, after in step.changed_fields] == [("name", "A", "B")]
    undo_last(ada)
    assert names() == {"a": "A", "b": "B", "c": "C"}


def test_import_refuses_a_name_that_a_refused_row_does_not_free(ada: Client) -> None:
    for slug in ("a", "b", "c"):
        factories.make_framework(slug=slug, name=slug.upper())
    rows = renamed(a="B", b="C", c="A")
    rows[2]["website"] = "nowhere"
    lines = shown(preview(ada, upload(ada, "framework", file(rows))))
    assert [line[2] for line in lines] == ["refused"] * 3
    assert "name: There is already a framework called “B”." in lines[0][3]
    # Nor may two rows take it, nor a new one, which undoing could not delete in time.
    new = {**rows[0], "slug": "d", "name": "C", "version": ""}
    lines = shown(preview(ada, upload(ada, "framework", file([*renamed(c="Other"), new]))))
    assert "There is already a framework called “C”." in lines[3][3]
    lines = shown(preview(ada, upload(ada, "framework", file(renamed(a="B", b="Other", c="b")))))
    assert [line[2] for line in lines] == ["changed", "changed", "refused"]


def test_swapped_names_of_a_proposal_are_published(eve: Client, rob: Client) -> None:
    for slug in ("a", "b"):
        factories.make_framework(slug=slug, name=slug.upper())
    confirm(eve, upload(eve, "framework", file(renamed(a="B", b="A"))))
    assert names() == {"a": "A", "b": "B"}
    decide(rob, Proposal.objects.get(), "publish")
    assert names() == {"a": "B", "b": "A"}


def texts(kind: type[Versioned]) -> list[str]:
    return [getattr(fact, kind.name_field) for fact in kind._default_manager.order_by("slug")]


@pytest.mark.parametrize(
    "make, above, prefix",
    [(factories.make_facet_value, "facet", "values"), (factories.make_option, "prompt", "options")],
)
def test_rows_of_a_form_take_each_others_names(
    ada: Client, eve: Client, rob: Client, make: Any, above: str, prefix: str
) -> None:
    kind = type(make())
    name, url = kind.name_field, ""
    kind._default_manager.all().delete()
    parent: dict[str, Any] = {}
    for position, letter in enumerate("abc"):
        fact = make(slug=letter, position=position, **{name: letter.upper()}, **parent)
        parent = {above: getattr(fact, above)}
        url = change_url(parent[above])

    def rows(*named: str, **more: str) -> dict[str, str]:
        return {f"{prefix}-{at}-{name}": text for at, text in enumerate(named)} | {
            f"{prefix}-{field}": value for field, value in more.items()
        }

    assert save(ada, url, reason="Swapped.", **rows("B", "C", "A")).status_code == 302
    assert texts(kind) == ["B", "C", "A"]
    assert Revision.objects.filter(reason="Swapped.").values("changeset").distinct().count() == 1
    undo_last(ada)
    assert texts(kind) == ["A", "B", "C"]
    save(eve, url, reason="Proposed.", **rows("B", "A", "C"))
    decide(rob, Proposal.objects.get(), "publish")
    assert texts(kind) == ["B", "A", "C"]

    # A row that goes gives up its name to another, and what that had goes to a new one.
    new = {"TOTAL_FORMS": "4", f"3-{name}": "A", "3-slug": "d", "3-position": "4", "0-DELETE": "on"}
    assert save(ada, url, reason="Moved.", **rows("B", "B", "C", **new)).status_code == 302
    assert texts(kind) == ["B", "C", "A"]
    undo_last(ada)
    assert texts(kind) == ["B", "A", "C"]

    opened = ada.get(url)
    make(slug="e", **{name: "E"}, **parent)  # by somebody else
    twice = f"Two rows have the {name} “C”. Change or remove one of them."
    for named, said in (("EAC", "There is already an? .+ called “E”."), ("CAC", twice)):
        page = read(ada.post(url, form_on(opened, reason="Taken.", **rows(*named))).content)
        assert re.fullmatch(said, page.one(f"#id_{prefix}-0-{name}_error").text)
        assert len(page.all(".errorlist li")) == 1


def delete_and_add(client: Client, above: Versioned, prefix: str, reason: str, **differs: str) -> Any:
    """Tick the only row below a fact to be deleted, and add one with the same key and other values."""
    data = form_on(client.get(url := change_url(above)), reason=reason)
    new = {
        key.replace("-0-", "-1-", 1): value for key, value in data.items() if key.startswith(f"{prefix}-0-")
    }
    differing = {f"{prefix}-1-{name}": [value] for name, value in differs.items()}
    gone = {f"{prefix}-0-DELETE": ["on"], f"{prefix}-1-id": [""], f"{prefix}-1-seen": [""]}
    return client.post(url, data | new | gone | differing | {f"{prefix}-TOTAL_FORMS": ["2"]})


def test_new_row_takes_the_place_of_a_deleted_one(ada: Client, eve: Client, rob: Client) -> None:
    weight, trait, figure = factories.make_use_case_weight(), factories.make_trait(), factories.make_figure()
    fact: Versioned
    for fact, above, prefix, name, value in [
        (weight, weight.use_case, "weights", "weight", "7"),
        (trait, trait.framework, "traits", "note", "Differs."),
        (figure, figure.benchmark, "figures", "value", "12"),
    ]:
        before = state_of(fact)
        assert delete_and_add(ada, above, prefix, "Again.", **{name: value}).status_code == 302
        row = type(fact)._default_manager.get()
        assert (row.key_text, row.version, str(getattr(row, name))) == (fact.key_text, 3, value)
        undo_last(ada)
        assert state_of(type(fact)._default_manager.get()) == before
        delete_and_add(eve, above, prefix, "Proposed.", **{name: value})
        decide(rob, Proposal.objects.latest("pk"), "publish")
        row = type(fact)._default_manager.get()
        assert (row.key_text, row.version, str(getattr(row, name))) == (fact.key_text, 7, value)


@pytest.fixture
def ratings() -> list[Rating]:
    """Three published ratings with a claim each, whose frameworks are a, b and c."""
    return [factories.make_rating(framework=factories.make_framework(slug=slug)) for slug in ("a", "b", "c")]


def moved(*to: str) -> list[dict[str, str]]:
    """The table of claims, each moved to the cell of the framework that is given for it, or about none."""
    criteria = dict(Rating.objects.values_list("framework__slug", "criterion__slug"))
    rows = sorted(exported("claim"), key=lambda row: row["framework"])
    return [
        {**row, "framework": slug, "criterion": criteria.get(slug, row["criterion"])}
        for row, slug in zip(rows, to, strict=True)
    ]


def places() -> list[str]:
    return [str(claim.framework) for claim in Claim.objects.order_by("pk").select_related("framework")]


def test_import_swaps_the_last_claims_of_published_ratings(ada: Client, ratings: list[Rating]) -> None:
    at_first, steps = places(), Revision.objects.filter(model="rating", version__gt=1)
    url = upload(ada, "claim", file(moved("b", "c", "a")))
    assert [line[2] for line in shown(preview(ada, url))] == ["changed"] * 3
    assert "3 claims imported" in text_of(confirm(ada, url))
    rotated = [at_first[1], at_first[2], at_first[0]]
    assert places() == rotated
    undo_last(ada)
    assert places() == at_first
    undo_last(ada)
    assert places() == rotated
    assert Rating.objects.filter(is_published=True).count() == 3
    assert not steps.exists()


def test_import_leaves_no_published_rating_to_a_claim_that_has_to_stay(
    ada: Client, ratings: list[Rating]
) -> None:
    """Where the last has to, it is missing where it was to go, and so is what was to go where that was."""
    lines = shown(preview(ada, upload(ada, "claim", file(moved("b", "a", "")))))
    assert [line[2] for line in lines] == ["changed", "changed", "refused"]
    lines = shown(preview(ada, upload(ada, "claim", file(moved("b", "c", "")))))
    assert [line[2] for line in lines] == ["refused"] * 3
    assert "This is the last claim for a published rating." in lines[0][3]


def test_swapped_claims_of_a_proposal_are_published(eve: Client, rob: Client, ratings: list[Rating]) -> None:
    at_first = places()
    confirm(eve, upload(eve, "claim", file(moved("b", "a", "c"))))
    assert places() == at_first
    decide(rob, Proposal.objects.get(), "publish")
    assert places() == [at_first[1], at_first[0], at_first[2]]


def test_save_all_refuses_claims_that_leave_a_rating_bare_together(ratings: list[Rating]) -> None:
    at_first, writes = places(), []
    for claim, rating in zip(Claim.objects.order_by("pk"), [ratings[1], ratings[2], ratings[1]], strict=True):
        before = state_of(claim)
        claim.framework, claim.criterion = rating.framework, rating.criterion
        writes.append(PendingWrite(claim, {}, claim.version, before))
    with pytest.raises(revisions.Refused, match=f"^{ratings[0]}: A published rating needs"):
        revisions.save_all(writes, by=revisions.SEED, reason="Moved.")
    assert places() == at_first
    assert Rating.objects.filter(is_published=True).count() == 3
