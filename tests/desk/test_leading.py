"""The desk leads the way: what waits on this fact, what reviewers say, what a new fact begins with, what is missing."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.utils import timezone

from frameworks.models import Framework, Proposal, Source
from tests import factories
from tests.desk.acting import decide, page_of, save
from tests.desk.reading import add_url, change_url, form_on, text_of
from tests.desk.signing_in import sign_in

pytestmark = pytest.mark.django_db


def test_pending_proposals_are_shown_on_the_form_to_author_and_reviewers(ada: Client) -> None:
    rating = factories.make_rating()
    eve, joe = (sign_in(factories.make_proposer(username=name)) for name in ("eve", "joe"))
    save(eve, change_url(rating), score=5, reason="Read again.")
    proposal = Proposal.objects.get()
    for client in (ada, eve):
        shown = page_of(client, change_url(rating)).one(".pending").text
        assert f"Proposal {proposal.pk} by eve, waiting for a reviewer: Read again." in shown
    assert not page_of(joe, change_url(rating)).all(".pending")
    decide(ada, proposal, "return", note="Say why.")
    assert "Say why." in page_of(eve, change_url(rating)).one(".pending").text
    assert f"Proposal {proposal.pk}, changes requested: Say why." in page_of(eve).one(".pending").text
    decide(ada, proposal, "reject", note="No source says so.")
    assert "rejected: No source says so." in page_of(eve).one(".pending").text
    assert not page_of(eve, change_url(rating)).all(".pending")
    assert not page_of(ada).all(".pending")


def test_new_facts_begin_as_most_are(ada: Client) -> None:
    assert "is_published" not in form_on(ada.get(add_url(Framework)))
    save(ada, add_url(Framework), name="New", slug="new", reason="It is new.")
    assert not Framework.objects.get(slug="new").is_published
    assert form_on(ada.get(add_url(Source)))["read_on"] == [timezone.localdate().strftime("%d/%m/%Y")]


def test_rating_form_leads_to_score_and_reason(ada: Client) -> None:
    page = page_of(ada, change_url(factories.make_rating()))
    assert "autofocus" in page.one("#id_score")
    assert page.one(".past-rows a")["href"] == "#id_reason"
    assert page.one(".save-bar [name=_save]")["value"] == "Save"


def test_members_of_a_role_may_sign_in() -> None:
    root = sign_in(User.objects.create_superuser("root"))
    user = User.objects.create_user("new")
    factories.make_editor(username="ada")
    group = Group.objects.get(name="Editors")
    page = root.post(
        change_url_of(user), form_on(root.get(change_url_of(user)), groups=group.pk), follow=True
    )
    assert "New may now sign in at the desk" in text_of(page)
    user.refresh_from_db()
    assert user.is_staff
    page = root.post(change_url_of(user), form_on(root.get(change_url_of(user)), _save="Save"), follow=True)
    assert "Nothing was changed" in text_of(page)


def change_url_of(user: User) -> str:
    return f"/admin/auth/user/{user.pk}/change/"
