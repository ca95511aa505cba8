"""Two-factor sign-in: turned on, asked for, got around by nobody, turned off; and required where a setting says so."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from desk.accounts import two_factor
from tests import factories
from tests.desk.reading import text_of
from tests.desk.signing_in import code_of, sign_in
from tests.faults import failing
from tests.html import Element, read

pytestmark = pytest.mark.django_db

LOGIN, PAGE, DESK = "/admin/login/", "/admin/two-factor/", "/admin/"
PASSWORD = "correct horse"


@pytest.fixture
def ada() -> User:
    return factories.make_editor(username="ada", password=PASSWORD)


def wrong_code_of(user: User) -> str:
    """Right at no moment near this one."""
    device = TOTPDevice.objects.get(user=user)
    near = {f"{totp(device.bin_key, t0=shift * 30):06d}" for shift in range(-4, 5)}
    return next(code for code in ("000000", "111111", "222222", "333333", "444444") if code not in near)


def log_in(username: str = "ada", password: str = PASSWORD, code: str = "") -> tuple[Client, Any]:
    client = Client()
    return client, client.post(LOGIN, {"username": username, "password": password, "code": code})


def is_signed_in(client: Client) -> bool:
    return client.get(DESK).status_code == 200


def turn_on(user: User) -> tuple[Client, list[str]]:
    """By the page, as a person would; gives the session and the recovery codes."""
    client, _ = log_in(user.username)
    client.post(PAGE, {"action": "start"})
    answer = client.post(PAGE, {"action": "confirm", "password": PASSWORD, "code": code_of(user)})
    return client, read(answer.content).texts(".codes li")


# Turning it on


def test_two_factor_page_shows_off_state_without_side_effects(ada: User) -> None:
    client, _ = log_in()
    page = read(client.get(PAGE).content)
    assert page.one(".lede").text.startswith("Two-factor sign-in is off: your password is enough to sign in.")
    assert not TOTPDevice.objects.exists()


def test_two_factor_page_shows_secret_as_qr_code_and_text(ada: User) -> None:
    client, _ = log_in()
    assert client.post(PAGE, {"action": "start"}).headers["Location"] == PAGE
    page = read(client.get(PAGE).content)
    device = TOTPDevice.objects.get()
    assert not device.confirmed
    secret = device.config_url.split("secret=")[1].split("&")[0]
    assert page.one(".secret").text.replace(" ", "") == secret
    assert "issuer=Touchstone" in device.config_url
    picture = page.one("svg.qr")
    assert picture["aria-label"] == "The secret as a QR code"
    assert picture.one("path")["d"].startswith("M4 4h1v1h-1z")
    assert not [element for element in page.descendants if "style" in element]


def test_login_needs_no_code_for_unconfirmed_secret(ada: User) -> None:
    client, _ = log_in()
    client.post(PAGE, {"action": "start"})
    assert log_in()[1].status_code == 302


def test_two_factor_page_shows_recovery_codes_only_once(ada: User) -> None:
    client, codes = turn_on(ada)
    assert len(codes) == len(set(codes)) == 10
    assert two_factor.is_on(ada)
    again = client.get(PAGE)
    assert "Two-factor sign-in has been on since" in text_of(again)
    assert "10 recovery codes left" in text_of(again)
    assert not [code for code in codes if code in again.content.decode()]
    device = TOTPDevice.objects.get()
    assert device.key not in again.content.decode()


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"password": "guess"}, "That is not your password."),
        ({"password": ""}, "This must not be empty."),
        ({"code": ""}, "This must not be empty."),
        ({"code": "12345"}, "That code is wrong or has already been used."),
        ({"code": "１２３４５６"}, "That code is wrong or has already been used."),
        ({"code": "\0"}, "Null characters are not allowed."),
        ({"code": "9" * 60_000}, "at most 40 characters"),
        ({"password": "\0"}, "Null characters are not allowed."),
    ],
)
def test_two_factor_page_rejects_wrong_password_or_code(
    ada: User, changed: dict[str, str], said: str
) -> None:
    client, _ = log_in()
    client.post(PAGE, {"action": "start"})
    sent = {"action": "confirm", "password": PASSWORD, "code": code_of(ada), **changed}
    answer = client.post(PAGE, sent)
    assert said in text_of(answer)
    assert not two_factor.is_on(ada)
    assert not StaticToken.objects.exists()


@pytest.mark.parametrize("action", ["", "confirm", "codes", "off", "start", "\0", "nonsense"])
def test_two_factor_page_ignores_outdated_actions(ada: User, action: str) -> None:
    client, _ = log_in()
    sent = {"action": action, "password": PASSWORD, "code": "123456"}
    if action != "start":
        assert client.post(PAGE, sent).status_code == 200
        assert not TOTPDevice.objects.exists()
    client, codes = turn_on(ada)
    if action not in {"codes", "off"}:
        assert client.post(PAGE, sent).status_code == 200
        assert two_factor.is_on(ada)
        assert sorted(StaticToken.objects.values_list("token", flat=True)) == sorted(codes)


def test_two_factor_page_is_open_to_proposing_editors() -> None:
    proposer = factories.make_proposer(username="pia", password=PASSWORD)
    turn_on(proposer)
    assert two_factor.is_on(proposer)


# Signing in


def test_login_requires_code_with_two_factor(ada: User) -> None:
    turn_on(ada)
    client, answer = log_in()
    assert "This account also needs a code" in text_of(answer)
    assert PASSWORD not in answer.content.decode()
    assert not is_signed_in(client)
    client, answer = log_in(code=code_of(ada))
    assert answer.headers["Location"] == DESK
    assert is_signed_in(client)


def test_login_ignores_spaces_in_code(ada: User) -> None:
    turn_on(ada)
    code = code_of(ada)
    assert is_signed_in(log_in(code=f" {code[:3]} {code[3:]} ")[0])


def test_login_accepts_each_code_only_once(ada: User) -> None:
    turn_on(ada)
    code = code_of(ada)
    assert is_signed_in(log_in(code=code)[0])
    client, answer = log_in(code=code)
    assert "That code is wrong or has already been used." in text_of(answer)
    assert not is_signed_in(client)


def test_login_accepts_each_recovery_code_only_once(ada: User) -> None:
    _, codes = turn_on(ada)
    client, _ = log_in(code=codes[3].upper())
    assert "9 recovery codes left" in text_of(client.get(PAGE))
    StaticDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert not is_signed_in(log_in(code=codes[3])[0])


def test_login_rejects_codes_of_another_user(ada: User) -> None:
    bob = factories.make_editor(username="bob", password=PASSWORD)
    _, codes = turn_on(ada)
    turn_on(bob)
    for code in (code_of_device(ada), codes[0]):
        client, answer = log_in("bob", code=code)
        assert "That code is wrong" in text_of(answer)
        assert not is_signed_in(client)


def code_of_device(user: User) -> str:
    device = TOTPDevice.objects.get(user=user)
    return f"{totp(device.bin_key):06d}"


def test_login_rejects_right_code_with_wrong_password(ada: User) -> None:
    turn_on(ada)
    client, answer = log_in(password="guess", code=code_of(ada))
    assert "enter the correct username and password" in text_of(answer)
    assert not is_signed_in(client)


def test_login_ignores_code_without_two_factor(ada: User) -> None:
    assert is_signed_in(log_in(code="whatever")[0])


@pytest.mark.parametrize("code", ["\0", "9" * 60_000, "''; --", "١٢٣٤٥٦"])
def test_login_handles_any_code(ada: User, code: str) -> None:
    turn_on(ada)
    client, answer = log_in(code=code)
    assert answer.status_code == 200
    assert not is_signed_in(client)


def test_login_throttles_wrong_codes(ada: User) -> None:
    turn_on(ada)
    right, wrong = code_of(ada), wrong_code_of(ada)
    assert "That code is wrong" in text_of(log_in(code=wrong)[1])
    device = TOTPDevice.objects.get()
    assert device.throttling_failure_count == 1
    # As after many: the pause doubles with each.
    TOTPDevice.objects.update(throttling_failure_count=12)
    assert "Too many wrong codes" in text_of(log_in(code=right)[1])
    # By a clock that has been put back since.
    TOTPDevice.objects.update(throttling_failure_timestamp=timezone.now() + timedelta(days=1))
    assert is_signed_in(log_in(code=right)[0])


def test_login_is_locked_after_five_wrong_codes(ada: User) -> None:
    turn_on(ada)
    wrong = wrong_code_of(ada)
    statuses = [log_in(code=wrong)[1].status_code for _ in range(6)]
    assert statuses == [200, 200, 200, 200, 429, 429]
    kept = AccessAttempt.objects.get()
    assert wrong not in kept.post_data
    assert PASSWORD not in kept.post_data


# Sessions


def test_two_factor_activation_rotates_key_and_ends_other_sessions(ada: User) -> None:
    here, there = log_in()[0], log_in()[0]
    here.post(PAGE, {"action": "start"})
    before = here.session.session_key
    here.post(PAGE, {"action": "confirm", "password": PASSWORD, "code": code_of(ada)})
    assert here.session.session_key != before
    assert is_signed_in(here)
    assert not is_signed_in(there)


@pytest.mark.both
def test_two_factor_is_on_with_its_codes_or_not_at_all_whichever_call_of_the_database_fails(
    ada: User,
) -> None:
    found = set()
    for nth in (0, 10, 14, 18, 22, 26):
        with transaction.atomic():
            client, _ = log_in()
            client.raise_request_exception = False
            client.post(PAGE, {"action": "start"})
            confirm = {"action": "confirm", "password": PASSWORD, "code": code_of(ada)}
            with failing(nth) as faults:
                answer = client.post(PAGE, confirm)
            assert answer.status_code == (503 if faults.has_failed else 200), nth
            found.add((two_factor.is_on(ada), StaticToken.objects.count()))
            transaction.set_rollback(True)
    assert found == {(False, 0), (True, 10)}


def test_two_factor_deactivation_rotates_key_and_ends_other_sessions(ada: User) -> None:
    here, _ = turn_on(ada)
    there, _ = log_in(code=code_of(ada))
    before = here.session.session_key
    assert "That is not your password." in text_of(here.post(PAGE, {"action": "off", "password": "guess"}))
    assert two_factor.is_on(ada)
    answer = here.post(PAGE, {"action": "off", "password": PASSWORD}, follow=True)
    assert "Two-factor sign-in is off. From now on, your password is enough." in text_of(answer)
    assert here.session.session_key != before
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    assert is_signed_in(log_in()[0])


def test_two_factor_page_replaces_old_recovery_codes_with_new(ada: User) -> None:
    client, old = turn_on(ada)
    answer = client.post(PAGE, {"action": "codes", "password": PASSWORD})
    new = read(answer.content).texts(".codes li")
    assert len(new) == 10
    assert not set(new) & set(old)
    assert not is_signed_in(log_in(code=old[0])[0])
    StaticDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert is_signed_in(log_in(code=new[0])[0])


def test_two_factor_page_locks_after_five_wrong_passwords(ada: User) -> None:
    client, _ = turn_on(ada)
    guess = {"action": "off", "password": "guess"}
    assert [client.post(PAGE, guess).status_code for _ in range(6)] == [200, 200, 200, 200, 429, 429]
    assert two_factor.is_on(ada)


# Required


def test_desk_opens_only_with_two_factor_when_required(ada: User, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = True
    client, answer = log_in()
    assert answer.status_code == 302
    page = client.get(DESK, follow=True)
    assert page.redirect_chain == [(PAGE, 302)]
    assert "This site requires it." in text_of(page)
    assert read(page.content).all("#desk-nav") == []
    assert client.get("/admin/password_change/").status_code == 200
    client.post(PAGE, {"action": "start"})
    assert client.get(DESK).headers["Location"] == PAGE
    client.post(PAGE, {"action": "confirm", "password": PASSWORD, "code": code_of(ada)})
    assert is_signed_in(client)
    client.post(PAGE, {"action": "off", "password": PASSWORD})
    assert client.get(DESK).headers["Location"] == PAGE
    assert client.post("/admin/logout/").status_code == 200


def test_desk_redirects_writes_without_two_factor_when_required(ada: User, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = True
    rating = factories.make_rating(verdict="Before")
    answer = sign_in(ada).post(f"/admin/frameworks/rating/{rating.pk}/change/", {"verdict": "After"})
    assert answer.headers["Location"] == PAGE


def test_login_redirects_signed_in_user_to_two_factor_page(ada: User, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = True
    client, _ = log_in()
    assert client.get(LOGIN, follow=True).redirect_chain[-1] == (PAGE, 302)


# Who has lost everything


def test_user_admin_turns_two_factor_off_for_another_user(ada: User) -> None:
    turn_on(ada)
    root = sign_in(User.objects.create_superuser("root"))
    row = next(row for row in table(root) if "ada" in row.text)
    assert row.one(".field-two_factor img")["alt"] == "True"
    answer = root.post(
        "/admin/auth/user/", {"action": "turn_two_factor_off", "_selected_action": [ada.pk]}, follow=True
    )
    assert "Two-factor sign-in is off for ada." in text_of(answer)
    assert is_signed_in(log_in()[0])
    assert "Turned off two-factor sign-in." in text_of(root.get(f"/admin/auth/user/{ada.pk}/history/"))


def table(client: Client) -> list[Element]:
    return read(client.get("/admin/auth/user/").content).all("#result_list tbody tr")


def test_admin_hides_two_factor_devices() -> None:
    root = sign_in(User.objects.create_superuser("root"))
    for address in ("otp_totp/totpdevice", "otp_static/staticdevice"):
        assert root.get(f"/admin/{address}/").status_code == 404
    assert "OTP" not in text_of(root.get(DESK))
