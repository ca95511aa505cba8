"""Signing in and out: a session ends when it should, on the server, and guessing at passwords ends early."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from tests import factories
from tests.desk.reading import text_of
from tests.desk.signing_in import sign_in
from tests.html import read

pytestmark = pytest.mark.django_db

LOGIN, DESK = "/admin/login/", "/admin/"
PASSWORD = "correct horse"
COOKIE = "sessionid"


@pytest.fixture
def ada() -> User:
    return factories.make_editor(username="ada", password=PASSWORD)


def log_in(password: str = PASSWORD, username: str = "ada", **headers: str) -> tuple[Client, Any]:
    client = Client(**headers)  # type: ignore[arg-type]
    return client, client.post(LOGIN, {"username": username, "password": password})


def is_signed_in(client: Client) -> bool:
    return client.get(DESK).status_code == 200


def with_cookie(key: str) -> Client:
    client = Client()
    client.cookies[COOKIE] = key
    return client


# Its end


def test_logout_ends_the_session_on_the_server(ada: User) -> None:
    client, _ = log_in()
    key = client.cookies[COOKIE].value
    assert is_signed_in(with_cookie(key))
    page = client.post("/admin/logout/")
    assert page.cookies[COOKIE]["max-age"] == 0
    assert read(page.content).one("#content-main").text.startswith("You are signed out.")
    assert not Session.objects.filter(session_key=key).exists()
    assert not is_signed_in(with_cookie(key))


def test_logout_rejects_get_requests(ada: User) -> None:
    client, _ = log_in()
    assert client.get("/admin/logout/").status_code == 405
    assert is_signed_in(client)


def test_password_change_ends_other_sessions(ada: User) -> None:
    here, there = log_in()[0], log_in()[0]
    before = here.session.session_key
    new = {"old_password": PASSWORD, "new_password1": "battery staple", "new_password2": "battery staple"}
    assert here.post("/admin/password_change/", new).headers["Location"] == "/admin/password_change/done/"
    assert is_signed_in(here)
    assert here.session.session_key != before
    assert not is_signed_in(there)


def test_password_reset_by_superuser_ends_all_sessions(ada: User) -> None:
    client, _ = log_in()
    root = sign_in(User.objects.create_superuser("root"))
    new = {"password1": "battery staple", "password2": "battery staple", "usable_password": "true"}
    sent = {**new, "set-password": "1"}
    assert root.post(f"/admin/auth/user/{ada.pk}/password/", sent).status_code == 302
    assert not is_signed_in(client)
    assert is_signed_in(root)


@pytest.mark.parametrize("switch", ["is_active", "is_staff"])
def test_session_ends_when_account_loses_active_or_staff_status(ada: User, switch: str) -> None:
    client, _ = log_in()
    rating = factories.make_rating()
    User.objects.filter(pk=ada.pk).update(**{switch: False})
    answer = client.post(f"/admin/frameworks/rating/{rating.pk}/change/", {"verdict": "Mine"})
    assert answer.status_code == 403
    assert "Sign in again" in text_of(answer)
    client, answer = log_in()
    assert answer.status_code == 200
    assert not is_signed_in(client)


def test_session_loses_removed_permissions_immediately(ada: User) -> None:
    client, _ = log_in()
    assert client.get("/admin/frameworks/rating/").status_code == 200
    ada.groups.clear()
    assert client.get("/admin/frameworks/rating/").status_code == 403


def test_session_expires_after_twelve_hours_or_with_the_browser(ada: User) -> None:
    client, answer = log_in()
    assert client.session.get_expiry_age() == 12 * 60 * 60
    cookie = answer.cookies[COOKIE]
    assert (cookie["max-age"], cookie["expires"]) == ("", "")
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/admin/", "Lax", True)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not is_signed_in(client)


def test_login_rotates_the_session_key(ada: User) -> None:
    """A key that somebody planted before is worth nothing after."""
    client, _ = log_in()
    client.post("/admin/logout/")
    client.get(LOGIN)
    planted = "a" * 32
    victim = with_cookie(planted)
    victim.post(LOGIN, {"username": "ada", "password": PASSWORD})
    assert is_signed_in(victim)
    assert victim.cookies[COOKIE].value != planted
    assert not is_signed_in(with_cookie(planted))


# Guessing


def test_login_is_locked_after_five_wrong_passwords(ada: User) -> None:
    assert [log_in("guess")[1].status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    client, answer = log_in()
    assert answer.status_code == 429
    assert not is_signed_in(client)
    page = read(answer.content)
    assert page.one("h1").text == "You cannot sign in for now"
    assert "There were 5 failed attempts to sign in with this name from this address." in page.text
    assert "You can try again 15 minutes after the last of them." in page.text
    assert page.one("title").text == "You cannot sign in for now | Touchstone"
    assert page.all("style") == [script for script in page.all("script") if "src" not in script] == []
    assert not [element for element in page.descendants if "style" in element]


def test_login_lock_applies_to_that_name_and_address_only(ada: User) -> None:
    bob = factories.make_editor(username="bob", password=PASSWORD)
    for _ in range(5):
        log_in("guess")
    assert is_signed_in(log_in(username=bob.username)[0])
    assert is_signed_in(log_in(REMOTE_ADDR="192.0.2.7")[0])


def test_login_lock_forgets_what_was_wrong_while_the_clock_was_far_ahead(ada: User) -> None:
    for _ in range(5):
        log_in("guess")
    AccessAttempt.objects.update(attempt_time=timezone.now() + timedelta(minutes=14))
    assert log_in()[1].status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() + timedelta(minutes=16))
    assert [log_in("guess")[1].status_code for _ in range(4)] == [200] * 4
    assert is_signed_in(log_in()[0])


def test_login_resets_the_failure_count_on_success(ada: User) -> None:
    for _ in range(2):
        assert [log_in("guess")[1].status_code for _ in range(4)] == [200] * 4
        assert is_signed_in(log_in()[0])


def test_login_lock_can_be_lifted_by_superuser(ada: User) -> None:
    for _ in range(5):
        log_in("guess")
    root = sign_in(User.objects.create_superuser("root"))
    listed = read(root.get("/admin/axes/accessattempt/").content)
    ticked = listed.one("#result_list input.action-select")["value"]
    sent = {"action": "delete_selected", "_selected_action": [ticked], "post": "yes"}
    root.post("/admin/axes/accessattempt/", sent)
    assert is_signed_in(log_in()[0])


@pytest.mark.parametrize("value", ["\0", "9" * 60_000, "ada\0", "👾"])
def test_login_handles_any_name_and_password(ada: User, value: str) -> None:
    for name in ("username", "password"):
        sent = {"username": "ada", "password": PASSWORD, name: value}
        answer = Client().post(LOGIN, sent)
        assert answer.status_code == 200
        assert "errorlist" in answer.content.decode() or "errornote" in answer.content.decode()
    assert "Traceback" not in text_of(answer)
