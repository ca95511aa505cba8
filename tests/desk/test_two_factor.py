"""Two-factor sign-in: turned on, asked for, got around by nobody, turned off; and required where a setting says so."""

from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from desk.accounts import two_factor
from tests import factories
from tests.desk.reading import text_of
from tests.desk.signing_in import sign_in
from tests.html import Element, read

pytestmark = pytest.mark.django_db

LOGIN, PAGE, DESK = "/admin/login/", "/admin/two-factor/", "/admin/"
PASSWORD = "correct horse"


@pytest.fixture
def ada() -> User:
    return factories.make_editor(username="ada", password=PASSWORD)


def code_of(user: User) -> str:
    """What the app on the phone would show; each code serves once, so the record of the last one is taken back."""
    device = TOTPDevice.objects.get(user=user)
    TOTPDevice.objects.update(last_t=-1, throttling_failure_count=0, throttling_failure_timestamp=None)
    return f"{totp(device.bin_key, device.step, device.t0, device.digits, device.drift):06d}"


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


def test_the_page_says_that_it_is_off_and_looking_changes_nothing(ada: User) -> None:
    client, _ = log_in()
    page = read(client.get(PAGE).content)
    assert page.one(".lede").text.startswith("It is off: your password is enough to sign in.")
    assert not TOTPDevice.objects.exists()


def test_the_secret_is_shown_as_a_picture_and_as_text(ada: User) -> None:
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


def test_a_secret_that_is_not_confirmed_asks_for_nothing(ada: User) -> None:
    client, _ = log_in()
    client.post(PAGE, {"action": "start"})
    assert log_in()[1].status_code == 302


def test_confirmed_it_is_on_and_the_recovery_codes_are_shown_once(ada: User) -> None:
    client, codes = turn_on(ada)
    assert len(codes) == len(set(codes)) == 10
    assert two_factor.is_on(ada)
    again = client.get(PAGE)
    assert "It is on since" in text_of(again)
    assert "10 recovery codes left" in text_of(again)
    assert not [code for code in codes if code in again.content.decode()]
    device = TOTPDevice.objects.get()
    assert device.key not in again.content.decode()


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"password": "guess"}, "That is not your password."),
        ({"password": ""}, "This field is required."),
        ({"code": ""}, "This field is required."),
        ({"code": "12345"}, "That code is wrong, or was used already."),
        ({"code": "１２３４５６"}, "That code is wrong, or was used already."),
        ({"code": "\0"}, "Null characters are not allowed."),
        ({"code": "9" * 60_000}, "at most 40 characters"),
        ({"password": "\0"}, "Null characters are not allowed."),
    ],
)
def test_what_is_wrong_turns_nothing_on(ada: User, changed: dict[str, str], said: str) -> None:
    client, _ = log_in()
    client.post(PAGE, {"action": "start"})
    sent = {"action": "confirm", "password": PASSWORD, "code": code_of(ada), **changed}
    answer = client.post(PAGE, sent)
    assert said in text_of(answer)
    assert not two_factor.is_on(ada)
    assert not StaticToken.objects.exists()


@pytest.mark.parametrize("action", ["", "confirm", "codes", "off", "start", "\0", "nonsense"])
def test_a_page_that_is_no_longer_true_changes_nothing(ada: User, action: str) -> None:
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


def test_an_editor_who_only_proposes_may_turn_it_on_too() -> None:
    proposer = factories.make_proposer(username="pia", password=PASSWORD)
    turn_on(proposer)
    assert two_factor.is_on(proposer)


# Signing in


def test_the_code_is_asked_for(ada: User) -> None:
    turn_on(ada)
    client, answer = log_in()
    assert "This account asks for a code as well" in text_of(answer)
    assert PASSWORD not in answer.content.decode()
    assert not is_signed_in(client)
    client, answer = log_in(code=code_of(ada))
    assert answer.headers["Location"] == DESK
    assert is_signed_in(client)


def test_spaces_in_a_code_do_not_matter(ada: User) -> None:
    turn_on(ada)
    code = code_of(ada)
    assert is_signed_in(log_in(code=f" {code[:3]} {code[3:]} ")[0])


def test_a_code_serves_once(ada: User) -> None:
    turn_on(ada)
    code = code_of(ada)
    assert is_signed_in(log_in(code=code)[0])
    client, answer = log_in(code=code)
    assert "That code is wrong, or was used already." in text_of(answer)
    assert not is_signed_in(client)


def test_a_recovery_code_stands_in_once(ada: User) -> None:
    _, codes = turn_on(ada)
    client, _ = log_in(code=codes[3].upper())
    assert "9 recovery codes left" in text_of(client.get(PAGE))
    StaticDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert not is_signed_in(log_in(code=codes[3])[0])


def test_somebody_else_s_codes_open_nothing(ada: User) -> None:
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


def test_a_right_code_without_the_password_opens_nothing(ada: User) -> None:
    turn_on(ada)
    client, answer = log_in(password="guess", code=code_of(ada))
    assert "enter the correct username and password" in text_of(answer)
    assert not is_signed_in(client)


def test_without_two_factor_a_code_is_not_looked_at(ada: User) -> None:
    assert is_signed_in(log_in(code="whatever")[0])


@pytest.mark.parametrize("code", ["\0", "9" * 60_000, "''; --", "١٢٣٤٥٦"])
def test_any_code_gets_an_answer(ada: User, code: str) -> None:
    turn_on(ada)
    client, answer = log_in(code=code)
    assert answer.status_code == 200
    assert not is_signed_in(client)


def test_wrong_codes_are_slowed_down(ada: User) -> None:
    turn_on(ada)
    right, wrong = code_of(ada), wrong_code_of(ada)
    assert "That code is wrong" in text_of(log_in(code=wrong)[1])
    device = TOTPDevice.objects.get()
    assert device.throttling_failure_count == 1
    # As after many: the pause doubles with each.
    TOTPDevice.objects.update(throttling_failure_count=12)
    assert "Too many wrong codes" in text_of(log_in(code=right)[1])


def test_wrong_codes_close_the_door_as_wrong_passwords_do(ada: User) -> None:
    turn_on(ada)
    wrong = wrong_code_of(ada)
    statuses = [log_in(code=wrong)[1].status_code for _ in range(6)]
    assert statuses == [200, 200, 200, 200, 429, 429]
    kept = AccessAttempt.objects.get()
    assert wrong not in kept.post_data
    assert PASSWORD not in kept.post_data


# Sessions


def test_turning_it_on_changes_the_key_and_ends_other_sessions(ada: User) -> None:
    here, there = log_in()[0], log_in()[0]
    here.post(PAGE, {"action": "start"})
    before = here.session.session_key
    here.post(PAGE, {"action": "confirm", "password": PASSWORD, "code": code_of(ada)})
    assert here.session.session_key != before
    assert is_signed_in(here)
    assert not is_signed_in(there)


def test_turning_it_off_changes_the_key_and_ends_other_sessions(ada: User) -> None:
    here, _ = turn_on(ada)
    there, _ = log_in(code=code_of(ada))
    before = here.session.session_key
    assert "That is not your password." in text_of(here.post(PAGE, {"action": "off", "password": "guess"}))
    assert two_factor.is_on(ada)
    answer = here.post(PAGE, {"action": "off", "password": PASSWORD}, follow=True)
    assert "Two-factor sign-in is off. From now on the password is enough." in text_of(answer)
    assert here.session.session_key != before
    assert is_signed_in(here)
    assert not is_signed_in(there)
    assert not TOTPDevice.objects.exists()
    assert not StaticToken.objects.exists()
    assert is_signed_in(log_in()[0])


def test_new_recovery_codes_put_the_old_ones_out_of_use(ada: User) -> None:
    client, old = turn_on(ada)
    answer = client.post(PAGE, {"action": "codes", "password": PASSWORD})
    new = read(answer.content).texts(".codes li")
    assert len(new) == 10
    assert not set(new) & set(old)
    assert not is_signed_in(log_in(code=old[0])[0])
    StaticDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert is_signed_in(log_in(code=new[0])[0])


def test_guessing_the_password_of_an_open_session_ends_after_five(ada: User) -> None:
    client, _ = turn_on(ada)
    guess = {"action": "off", "password": "guess"}
    assert [client.post(PAGE, guess).status_code for _ in range(6)] == [200, 200, 200, 200, 429, 429]
    assert two_factor.is_on(ada)


# Required


def test_where_it_is_required_the_desk_opens_with_it(ada: User, settings: Any) -> None:
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


def test_where_it_is_required_a_session_without_it_writes_nothing(ada: User, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = True
    rating = factories.make_rating(verdict="Before")
    answer = sign_in(ada).post(f"/admin/frameworks/rating/{rating.pk}/change/", {"verdict": "After"})
    assert answer.headers["Location"] == PAGE


def test_the_sign_in_page_leads_on_who_is_signed_in_already(ada: User, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = True
    client, _ = log_in()
    assert client.get(LOGIN, follow=True).redirect_chain[-1] == (PAGE, 302)


# Who has lost everything


def test_a_superuser_turns_it_off_for_somebody(ada: User) -> None:
    turn_on(ada)
    root = sign_in(User.objects.create_superuser("root"))
    row = next(row for row in table(root) if "ada" in row.text)
    assert row.one(".field-two_factor img")["alt"] == "True"
    answer = root.post(
        "/admin/auth/user/", {"action": "turn_two_factor_off", "_selected_action": [ada.pk]}, follow=True
    )
    assert "Two-factor sign-in is off for ada." in text_of(answer)
    assert is_signed_in(log_in()[0])
    assert "Turned two-factor sign-in off." in text_of(root.get(f"/admin/auth/user/{ada.pk}/history/"))


def table(client: Client) -> list[Element]:
    return read(client.get("/admin/auth/user/").content).all("#result_list tbody tr")


def test_no_page_of_the_desk_shows_secrets() -> None:
    root = sign_in(User.objects.create_superuser("root"))
    for address in ("otp_totp/totpdevice", "otp_static/staticdevice"):
        assert root.get(f"/admin/{address}/").status_code == 404
    assert "OTP" not in text_of(root.get(DESK))
