"""A session that has gone, or a token from before another sign-in, costs nobody what they have typed."""

from typing import Any
from urllib.parse import urlencode

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client

from desk.accounts import two_factor
from desk.accounts.held_posts import HeldPost
from desk.editing.edit import NOTHING_CHANGED, SAVED_BEFORE
from desk.review.proposing import FORM_MAX
from frameworks.models import Framework, Proposal, Rating, Revision
from tests import factories
from tests.desk.acting import GRID, new_claim_row
from tests.desk.reading import add_url, change_url, form_on, list_url, text_of
from tests.desk.signing_in import code_of, sign_in
from tests.html import read

pytestmark = pytest.mark.django_db

PASSWORD, LOGIN, TWO_FACTOR = "correct horse", "/admin/login/", "/admin/two-factor/"


@pytest.fixture
def ada() -> Client:
    """Signed in with a browser that sends tokens, as Django's client does not by itself."""
    factories.make_editor(username="ada", password=PASSWORD)
    client = Client(enforce_csrf_checks=True)
    sign_in_again(client, client.get(LOGIN))
    return client


def sign_in_again(client: Client, page: Any, **changes: str) -> Any:
    form = read(page.content).one("#login-form")
    data = {
        field["name"]: field.attributes.get("value", "") for field in form.all("input") if "name" in field
    }
    return client.post(
        form["action"], data | {"username": "ada", "password": PASSWORD, **changes}, follow=True
    )


def is_unsaved_form(page: Any, **values: str) -> None:
    """Assert that the page is the form itself, with what was typed, and says what happened."""
    assert page.status_code == 200
    assert "so nothing was saved. Nothing is lost." in text_of(page)
    data = form_on(page)
    assert {name: data[name] for name in values} == {name: [value] for name, value in values.items()}


def test_session_gone_brings_the_form_back_with_rows(ada: Client) -> None:
    rating, source = factories.make_rating(), factories.make_source()
    url = change_url(rating)
    data = form_on(ada.get(url), verdict="Mine", reason="Read again.", _save="Save")
    data |= new_claim_row(1, source, line=3, paraphrase="It is.")
    ada.get("/admin/")
    ada.cookies.pop("sessionid")
    page = ada.post(url, data)
    assert page.status_code == 403
    assert "What you typed is kept" in text_of(page)
    page = sign_in_again(ada, page, password="wrong")
    page = sign_in_again(ada, page)
    assert page.redirect_chain[-1][0] == url
    is_unsaved_form(page, verdict="Mine", reason="Read again.", **{"claims-1-paraphrase": "It is."})
    assert Rating.objects.get().version == 1
    assert ada.post(url, form_on(page, _save="Save")).status_code == 302
    assert Rating.objects.get().verdict == "Mine"
    assert Revision.objects.filter(model="claim").count() == 2
    # Once shown, it does not come again.
    assert "nothing was saved" not in text_of(ada.get(url))


def test_token_from_before_another_sign_in_brings_the_form_back(ada: Client) -> None:
    rating = factories.make_rating()
    pages: list[tuple[str, dict[str, Any], dict[str, str]]] = [
        (change_url(rating), {"verdict": "Mine"}, {"verdict": "Mine"}),
        (add_url(Framework), {"name": "New", "slug": "new"}, {"name": "New"}),
        (list_url(Rating), {"form-0-verdict": "Mine"}, {"form-0-verdict": "Mine"}),
    ]
    for letter, (url, changes, values) in zip("abc", pages, strict=True):
        data = form_on(ada.get(url), reason="Read again.", _save="Save", **changes)
        ada.cookies["csrftoken"] = letter * 32
        page = ada.post(url, data, follow=True)
        is_unsaved_form(page, **values)
        assert ada.post(url, form_on(page, _save="Save")).status_code == 302
    assert Framework.objects.filter(slug="new").exists()


def test_other_posts_are_shown_and_sent_again_on_a_click(ada: Client) -> None:
    rating = factories.make_rating()
    url = f"/admin/frameworks/rating/{rating.pk}/delete/"
    data = form_on(ada.get(url), reason="Wrong.", confirmed="1")
    ada.cookies["csrftoken"] = "a" * 32
    page = ada.post(url, data, follow=True)
    assert "Nothing was saved. This is what you sent" in text_of(page)
    assert Rating.objects.exists()
    form = read(page.content).one("#content-main form")
    posted = {field["name"]: field["value"] for field in form.all("input")}
    assert ada.post(form["action"], posted).status_code == 302
    assert not Rating.objects.exists()


def test_passwords_are_not_kept(ada: Client) -> None:
    ada.get("/admin/")
    ada.cookies.pop("sessionid")
    data = {"old_password": PASSWORD, "new_password1": "x", "new_password2": "x"}
    page = ada.post("/admin/password_change/", data | {"csrfmiddlewaretoken": ada.cookies["csrftoken"].value})
    assert page.status_code == 302
    assert page.headers["Location"].startswith(LOGIN)


def test_more_than_is_kept_is_said(ada: Client) -> None:
    """Without a session, and with another's token: the browser has it still, as a draft."""
    url = change_url(factories.make_rating())
    data = form_on(ada.get(url), rationale="x" * (FORM_MAX + 1), reason="Read again.", _save="Save")
    token = ada.cookies["csrftoken"].value
    ada.cookies["csrftoken"] = "a" * 32
    page = ada.post(url, data, follow=True)
    assert "What you typed is too long to be shown here. Your browser keeps it" in text_of(page)
    ada.cookies["csrftoken"] = token
    ada.cookies.pop("sessionid")
    page = ada.post(url, data)
    assert page.status_code == 403
    assert "What you typed is too long to be carried through the sign-in. Your browser keeps it" in text_of(
        page
    )
    page = sign_in_again(ada, page)
    assert page.redirect_chain[-1][0] == url
    assert Rating.objects.get().version == 1


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
def test_more_fields_than_the_server_reads_are_refused_in_a_sentence(ada: Client, kind: str) -> None:
    url = change_url(factories.make_rating())
    data = {f"claims-{number}-line": "1" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    data["csrfmiddlewaretoken"] = ada.cookies["csrftoken"].value
    is_encoded = "urlencoded" in kind
    sent: dict[str, Any] = {"data": urlencode(data), "content_type": kind} if is_encoded else {"data": data}
    page = ada.post(url, **sent)
    assert page.status_code == 400
    assert "Nothing was saved: what you sent is more than 1,000 fields" in text_of(page)
    assert "What you typed is not lost" in text_of(page)
    answer = ada.post(GRID, headers={"Accept": "application/json"}, **sent)
    assert answer.json() == {"error": "This is more than 1,000 fields. Nothing was saved."}
    long = {**data, "rationale": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE}
    sent["data"] = urlencode(long) if is_encoded else long
    assert "Nothing was saved: what you sent is more than" in text_of(ada.post(url, **sent))
    # Elsewhere it is a bad request as any other.
    assert "Error 400" in text_of(ada.post("/", **sent))


def test_locked_out_sign_in_keeps_what_was_typed(ada: Client, settings: Any) -> None:
    url = change_url(factories.make_rating())
    data = form_on(ada.get(url), verdict="Mine", reason="Read again.", _save="Save")
    ada.cookies.pop("sessionid")
    page = ada.post(url, data)
    for _ in range(settings.AXES_FAILURE_LIMIT):
        page = sign_in_again(ada, page, password="wrong")
    assert page.status_code == 429
    assert "What you typed before is kept on this page." in text_of(page)
    form = read(page.content).one("#content-main")
    fields = {field["name"]: field["value"] for field in form.all("input") if "name" in field}
    page = ada.post(form["action"], fields)
    assert "What you typed is kept" in text_of(page)
    AccessAttempt.objects.all().delete()
    is_unsaved_form(sign_in_again(ada, page), verdict="Mine")


def test_two_factor_that_must_come_first_keeps_what_was_typed(ada: Client, settings: Any) -> None:
    """Posted in an open session, or signed in with."""
    user, url = User.objects.get(), change_url(factories.make_rating())
    data = form_on(ada.get(url), verdict="Mine", reason="Read again.", _save="Save")
    settings.REQUIRE_TWO_FACTOR = True
    page = ada.post(url, data, follow=True)
    assert page.redirect_chain[-1][0] == TWO_FACTOR
    assert "What you typed is kept and will be shown again when you have turned it on." in text_of(page)
    token = {"csrfmiddlewaretoken": ada.cookies["csrftoken"].value}
    ada.post(TWO_FACTOR, {"action": "start"} | token)
    page = ada.post(TWO_FACTOR, {"action": "confirm", "password": PASSWORD, "code": code_of(user)} | token)
    link = read(page.content).one(".codes a")
    assert link["href"] == url
    is_unsaved_form(ada.get(link["href"]), verdict="Mine")
    two_factor.turn_off(user)
    ada.cookies.pop("sessionid")
    page = sign_in_again(ada, ada.post(url, data | {"csrfmiddlewaretoken": ada.cookies["csrftoken"].value}))
    assert page.redirect_chain[-1][0] == TWO_FACTOR
    assert "What you typed is kept" in text_of(page)


def test_forged_posts_get_nothing(ada: Client) -> None:
    url = change_url(factories.make_rating())
    page = ada.post(url, {"verdict": "Theirs", "_save": "1"}, headers={"Origin": "https://evil.example"})
    assert page.status_code == 403
    assert "Theirs" not in page.content.decode()
    page = ada.get(LOGIN)
    assert HeldPost.read("made-up") is None
    other = Client(enforce_csrf_checks=True)
    page = sign_in_again(other, other.get(LOGIN), held="made-up")
    assert page.redirect_chain[-1][0] == "/admin/"


@pytest.mark.both
def test_second_identical_submit_saves_nothing_twice() -> None:
    """By the form, by the form that adds, by a row below, by a list; published at once or proposed."""
    rating, source = factories.make_rating(), factories.make_source()
    ada, eve = (
        sign_in(make(username=name))
        for name, make in (("ann", factories.make_editor), ("eve", factories.make_proposer))
    )
    url, new, rows = change_url(rating), add_url(Framework), list_url(Rating)
    with_claim = form_on(ada.get(url), reason="Read again.", _save="Save")
    with_claim |= new_claim_row(1, source, line=3, paraphrase="It is.")
    sent: list[tuple[str, Any]] = [
        (url, with_claim),
        (new, form_on(ada.get(new), name="New", slug="new", reason="New.", _save="Save")),
    ]
    for address, data in sent:
        ada.post(address, data)
        before = Revision.objects.count()
        assert SAVED_BEFORE in text_of(ada.post(address, data, follow=True))
        assert Revision.objects.count() == before
    changed = form_on(ada.get(rows), reason="Read again.", _save="Save", **{"form-0-verdict": "Mine"})
    ada.post(rows, changed)
    assert NOTHING_CHANGED in text_of(ada.post(rows, changed, follow=True))
    proposed = form_on(eve.get(url), verdict="Hers", reason="Read again.", _save="Save")
    eve.post(url, proposed)
    assert SAVED_BEFORE in text_of(eve.post(url, proposed, follow=True))
    assert Proposal.objects.count() == 1
    # Nobody can add to the changeset of another.
    revision = Revision.objects.filter(model="framework", key="new").get()
    ada.post(url, form_on(ada.get(url), verdict="Sneaked in", reason="x", changeset=str(revision.changeset)))
    assert Rating.objects.get().verdict == "Mine"


def test_what_one_editor_typed_is_not_shown_to_another(ada: Client) -> None:
    rating, bob = factories.make_rating(), factories.make_editor(username="bob")
    bob.set_password(PASSWORD)
    bob.save()
    url = change_url(rating)
    data = form_on(ada.get(url), verdict="Of Ada", reason="Hers.", _save="Save")
    ada.cookies.pop("sessionid")
    page = sign_in_again(ada, ada.post(url, data), username="bob")
    assert "belongs to another account, so it is not shown here." in text_of(page)
    assert "Of Ada" not in page.content.decode()
    assert ada.get(url).status_code == 200
    assert Rating.objects.get().version == 1
