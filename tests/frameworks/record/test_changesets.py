"""Whichever way facts are changed: each go is one changeset with its author, and the history tells the whole of it."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
from django.core.management import call_command
from django.test import Client

from frameworks.models import Claim, Proposal, Rating, Revision
from frameworks.record.replaying import divergences
from tests import factories
from tests.desk.acting import RATINGS, changed_cell, choose, confirm, decide, edit, page_of, press, send
from tests.desk.reading import change_url, form_on
from tests.desk.signing_in import sign_in

pytestmark = pytest.mark.django_db

Ratings = tuple[Rating, Rating]


@pytest.fixture(autouse=True)
def replayed(db: None) -> Iterator[None]:
    yield
    assert list(divergences()) == []


@pytest.fixture
def ratings() -> Ratings:
    """Two in one framework, each on a claim of its own."""
    framework = factories.make_framework()
    return factories.make_rating(framework=framework, score=1), factories.make_rating(
        framework=framework, score=1
    )


def since(before: int) -> list[tuple[str, str]]:
    """Kind and action of each step after that many, all of them of one changeset."""
    steps = list(Revision.objects.order_by("pk")[before:])
    assert len({(step.changeset, step.author_name, step.origin) for step in steps}) == 1
    return [(step.model, step.action) for step in steps]


def by_form_with_inlines(desk: Client, ratings: Ratings) -> None:
    url = change_url(ratings[0])
    typed = {"claims-0-paraphrase": "Read otherwise.", "score": "2", "reason": "Read again."}
    assert desk.post(url, form_on(desk.get(url), **typed)).status_code == 302


def by_list_edit(desk: Client, ratings: Ratings) -> None:
    data = edit(desk.get(RATINGS), {rating: {"score": 2} for rating in ratings})
    assert desk.post(RATINGS, data).status_code == 302


def by_action(desk: Client, ratings: Ratings) -> None:
    assert confirm(desk, choose(desk, "unpublish", *ratings)).status_code == 200


def by_deletion(desk: Client, ratings: Ratings) -> None:
    url = change_url(ratings[0]).replace("/change/", "/delete/")
    assert desk.post(url, form_on(desk.get(url), reason="Nobody needs it.")).status_code == 302


def by_deleting_many(desk: Client, ratings: Ratings) -> None:
    assert confirm(desk, choose(desk, "delete_selected", *ratings)).status_code == 200


def by_the_grid(desk: Client, ratings: Ratings) -> None:
    assert send(desk, *(changed_cell(rating, score=2) for rating in ratings)).status_code == 200


def by_looking_over(desk: Client, ratings: Ratings) -> None:
    assert press(desk, page_of(desk), 1).status_code == 302


ONE, TWO = [("rating", "changed")], [("rating", "changed")] * 2


@pytest.mark.parametrize(
    "way, steps",
    [
        (by_form_with_inlines, [("claim", "changed"), ("rating", "changed")]),
        (by_list_edit, TWO),
        (by_action, TWO),
        (by_deletion, [("rating", "deleted")]),
        (by_deleting_many, [("rating", "deleted")] * 2),
        (by_the_grid, TWO),
        (by_looking_over, ONE),
    ],
)
def test_changeset_is_single_and_undoable_for_each_way_of_editing(
    ada: Client, ratings: Ratings, way: Callable[[Client, Ratings], None], steps: list[tuple[str, str]]
) -> None:
    facts = list(Rating.objects.order_by("verdict", "criterion").values_list("score", "is_published"))
    paraphrases = list(Claim.objects.order_by("key").values_list("paraphrase"))
    before = Revision.objects.count()
    way(ada, ratings)
    assert since(before) == steps
    changeset = Revision.objects.order_by("pk")[before].changeset
    undo_by_hand(ada, changeset)
    assert [model for model, _ in since(before + len(steps))] == [model for model, _ in reversed(steps)]
    assert list(Rating.objects.order_by("verdict", "criterion").values_list("score", "is_published")) == facts
    assert list(Claim.objects.order_by("key").values_list("paraphrase")) == paraphrases


def undo_by_hand(desk: Client, changeset: UUID) -> None:
    url = f"/admin/frameworks/revision/changeset/{changeset}/undo/"
    assert desk.post(url, form_on(desk.get(url), reason="A mistake.")).status_code == 302


def test_grid_save_is_undone_in_two_clicks_from_the_front_page(
    ada: Client, rob: Client, ratings: Ratings
) -> None:
    assert "None in the last 30 days." in page_of(ada).texts(".changesets p")
    by_the_grid(ada, ratings)
    by_action(ada, ratings)
    [row] = page_of(ada).all(".changesets tbody tr")
    assert row.texts("td")[1:4] == ["Grid", "2 ratings changed", "Read again."]
    url = row.one(".do a")["href"]
    changeset = Revision.objects.filter(origin="grid").latest("pk").changeset
    assert str(changeset) in url
    assert page_of(rob).all(".changesets .do a") == []  # who may not change ratings
    page = page_of(ada, "/admin/frameworks/revision/changesets/")
    assert [row.texts("td")[1] for row in page.all("tbody tr")] == ["Form or list", "Grid", "Loaded content"][
        : len(page.all("tbody tr"))
    ]
    page = page_of(ada, "/admin/frameworks/revision/changesets/?origin=grid&before=nonsense")
    assert [row.texts("td")[1] for row in page.all("tbody tr")] == ["Grid"]
    unknown = page_of(ada, "/admin/frameworks/revision/changesets/?origin=%00")
    assert unknown.texts(".messagelist li") == ["That filter was not understood, so the whole list is shown."]


def test_changeset_of_published_proposal_names_author_and_publisher(ratings: Ratings) -> None:
    eve = sign_in(factories.make_proposer(first_name="Eve", last_name="Stone"))
    before = Revision.objects.count()
    by_list_edit(eve, ratings)
    assert Revision.objects.count() == before
    proposal = Proposal.objects.get()
    decide(sign_in(factories.make_reviewer(username="rob")), proposal, "publish")
    assert since(before) == TWO
    step = Revision.objects.select_related("published_by").order_by("pk")[before]
    assert (step.changeset, step.author_name) == (proposal.changeset, "Eve Stone")
    assert str(step.published_by) == "rob"


def test_seed_writes_a_single_changeset() -> None:
    call_command("seed", verbosity=0)
    count = Revision.objects.count()
    assert len(since(0)) == count > 800
    call_command("seed", verbosity=0)
    assert Revision.objects.count() == count


def test_restore_writes_its_own_changeset(ada: Client, ratings: Ratings) -> None:
    by_the_grid(ada, ratings)
    before = Revision.objects.count()
    first = Revision.objects.of(ratings[0]).get(version=1)
    url = f"/admin/frameworks/revision/{first.pk}/restore/"
    assert ada.post(url, form_on(ada.get(url), reason="It was right.")).status_code == 302
    assert since(before) == ONE
    assert Revision.objects.order_by("pk")[before].origin == "revert"
