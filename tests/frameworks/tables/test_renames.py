"""Names that change hands within one import, which is undone and proposed like any other."""

import pytest
from django.test import Client

from frameworks.models import Framework, Proposal, Revision
from tests import factories
from tests.desk.acting import decide
from tests.desk.reading import form_on, text_of
from tests.frameworks.tables.importing import confirm, exported, file, preview, shown, upload

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def names() -> dict[str, str]:
    return dict(Framework.objects.values_list("slug", "name"))


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
    undo = f"/admin/frameworks/revision/changeset/{step.changeset}/undo/"
    ada.post(undo, form_on(ada.get(undo), reason="A mistake."), follow=True)
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
