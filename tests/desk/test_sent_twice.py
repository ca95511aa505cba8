"""What is sent twice is saved once, by whichever way it came, and the answer says what is so."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from desk.editing import edit
from desk.editing.edit import SAVED_BEFORE
from frameworks.models import Claim, Facet, Framework, Proposal, Rating, Revision
from frameworks.record import revisions
from frameworks.record.revisions import SEED
from tests import factories
from tests.desk.acting import changed_cell, decide, new_claim_row, save, send
from tests.desk.reading import add_url, change_url, form_on, list_url, text_of
from tests.desk.signing_in import sign_in
from tests.html import read

pytestmark = pytest.mark.django_db


def errors_beside(page: Any, name: str) -> list[str]:
    """Return what is said above the field of this name."""
    shown = read(page.content).one(f"[name={name}]")
    return read(page.content).texts(f"#{shown['id']}_error li")


@pytest.mark.both
def test_identical_proposals_from_list_and_grid_are_one(eve: Client, rob: Client) -> None:
    rating, url = factories.make_rating(score=3), list_url(Rating)
    for verdict in ("By list", "By list"):
        # Two pages, opened one after the other, so that nothing but the content is the same.
        changed = form_on(eve.get(url), reason="Read.", _save="Save", **{"form-0-verdict": verdict})
        page = eve.post(url, changed, follow=True)
    assert "You have proposed exactly this already, as proposal" in text_of(page)
    [proposal] = Proposal.objects.all()
    assert page.redirect_chain[-1][0] == f"/admin/frameworks/proposal/{proposal.pk}/change/"

    new = {"source": factories.make_source().key, "line": "1", "part": "prose", "paraphrase": "It is."}
    claim = changed_cell((rating.framework, rating.criterion), **new)
    answers = [send(eve, changed_cell(rating, score=4), claims=[claim]).json() for _ in range(2)]
    assert [answer["is_repeated"] for answer in answers] == [False, True]
    assert answers[0]["proposal"] == answers[1]["proposal"]
    assert Proposal.objects.count() == 2
    # Another reason, another value, another author: another proposal. So is what a reviewer has sent back.
    send(eve, changed_cell(rating, score=4), claims=[claim], reason="Read once more.")
    assert Proposal.objects.count() == 3
    decide(rob, proposal, "return", note="Why?")
    changed["changeset"] = []
    eve.post(url, changed)
    assert Proposal.objects.count() == 4


@pytest.mark.both
def test_claim_added_twice_is_one_and_says_where_it_is(ada: Client) -> None:
    rating, source = factories.make_rating(), factories.make_source()
    cell = {"framework": rating.framework.pk, "criterion": rating.criterion.pk}
    words = {"source": source.pk, "line": 1, "paraphrase": "It is fast.", "reason": "Read."}
    assert save(ada, add_url(Claim), **cell, **words).status_code == 302
    claim = Claim.objects.get(paraphrase="It is fast.")
    page = save(ada, add_url(Claim), **cell, **words, note="Typed.")
    assert "This claim is there already" in text_of(page)
    assert change_url(claim) in [link["href"] for link in read(page.content).all(".errorlist a")]
    assert form_on(page)["note"] == ["Typed."]
    row = new_claim_row(2, source, line=1, paraphrase="It is fast.")
    page = save(ada, change_url(rating), reason="Read.", **row)
    assert "Two rows have the paraphrase “It is fast.”" in text_of(page)
    assert Claim.objects.filter(paraphrase="It is fast.").count() == 1
    # Other words on the line are another claim.
    assert save(ada, add_url(Claim), **cell, **words | {"paraphrase": "It is slow."}).status_code == 302


@pytest.mark.both
@pytest.mark.parametrize("model", [Framework, Facet])
def test_second_of_two_clicks_on_add_says_that_it_was_saved(
    ada: Client, monkeypatch: pytest.MonkeyPatch, model: Any
) -> None:
    """The first is saved between the moment that the second arrives and the moment that it is read."""
    data = form_on(
        ada.get(add_url(model)), name="New", slug="new", help="Which?", reason="New.", _save="Save"
    )
    ada.post(add_url(model), data)
    is_used, calls = edit._is_used, iter([False])
    monkeypatch.setattr(edit, "_is_used", lambda changeset: next(calls, is_used(changeset)))
    page = text_of(ada.post(add_url(model), data, follow=True))
    assert SAVED_BEFORE in page
    assert "There is already" not in page
    assert Revision.objects.filter(key="new").count() == 1


def test_second_of_two_clicks_on_an_account_or_a_group_says_that_it_was_saved() -> None:
    root = sign_in(User.objects.create_superuser("root"))
    word = "correct horse"
    user = {"username": "new", "password1": word, "password2": word, "usable_password": "true"}
    for url, data in (("/admin/auth/user/add/", user), ("/admin/auth/group/add/", {"name": "New"})):
        root.post(url, data, follow=True)
        page = root.post(url, data, follow=True)
        assert SAVED_BEFORE in text_of(page)
        assert page.redirect_chain[-1][0].endswith("/change/")
        LogEntry.objects.update(action_time=timezone.now() - timedelta(minutes=2))
        assert "There is one like this already." in text_of(root.post(url, data))


def test_second_of_two_clicks_on_a_new_password_does_not_call_the_old_one_wrong() -> None:
    root = sign_in(User.objects.create_superuser("root", password="before it"))
    url, new = "/admin/password_change/", "correct horse battery"
    data = {"old_password": "before it", "new_password1": new, "new_password2": new}
    for _ in range(2):
        assert root.post(url, data)["Location"] == f"{url}done/"
    wrong = root.post(url, data | {"new_password1": "another horse", "new_password2": "another horse"})
    assert "That is not your password." in text_of(wrong)
    assert User.objects.get().check_password(new)


@pytest.mark.both
def test_rows_that_are_the_same_fact_say_so_beside_the_second(ada: Client) -> None:
    facet_value, framework = factories.make_facet_value(), factories.make_framework()
    rows: list[dict[str, Any]] = [{"name": "One", "slug": "one"}, {"name": "Two", "slug": "one"}]
    sent = {f"values-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}
    sent |= {"values-TOTAL_FORMS": "2", "values-0-position": "1", "values-1-position": "2"}
    page = save(ada, add_url(Facet), name="Kind", slug="kind", help="Which?", reason="New.", **sent)
    assert errors_beside(page, "values-1-slug") == [
        "Two rows have the slug “one”. Change or remove one of them."
    ]
    page = save(
        ada,
        add_url(Facet),
        name="Kind",
        slug="kind",
        help="Which?",
        reason="New.",
        **sent | {"values-1-slug": "two", "values-1-name": "ONE"},
    )
    assert errors_beside(page, "values-1-name") == [
        "Two rows have the name “ONE”. Change or remove one of them."
    ]
    claim = factories.make_claim(framework=framework)
    traits: dict[str, Any] = {"traits-TOTAL_FORMS": "2"}
    traits |= {
        f"traits-{n}-{name}": fact.pk
        for n in (0, 1)
        for name, fact in {"value": facet_value, "claims": claim}.items()
    }
    page = save(ada, change_url(framework), reason="New.", **traits)
    assert errors_beside(page, "traits-1-value") == [
        f"Two rows have the value “{facet_value}”. Change or remove one of them."
    ]
    rating, source = factories.make_rating(), factories.make_source()
    row = {"line": 1, "paraphrase": "It is."}
    twice = new_claim_row(1, source, **row) | new_claim_row(2, source, **row)
    page = save(ada, change_url(rating), reason="New.", **twice)
    assert errors_beside(page, "claims-2-paraphrase")
    assert not Facet.objects.filter(slug="kind").exists()
    assert Claim.objects.filter(paraphrase="It is.").count() == 0


@pytest.mark.both
def test_database_that_refuses_a_second_one_is_put_into_the_same_words(ada: Client) -> None:
    """As where two editors add it at one moment: SQLite names the columns, PostgreSQL the constraint."""
    first = factories.make_facet_value(slug="one")
    twin = type(first)(facet=first.facet, slug="one", name="Another")
    with pytest.raises(revisions.Refused, match="This facet already has a value with that slug"):
        revisions.save(twin, by=SEED, reason="New.")
