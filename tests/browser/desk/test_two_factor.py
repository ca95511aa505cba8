"""Two-factor sign-in in a real browser: from turning it on to signing in with a code, by keyboard alone."""

import base64

import pytest
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import Page, expect

from tests import factories
from tests.browser.looking import Axe

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse"


def sign_in(page: Page, code: str = "") -> None:
    """The name has the focus; the rest is Tab and Enter."""
    page.goto("/admin/login/")
    expect(page.get_by_label("Username")).to_be_focused()
    for typed in ("ada", PASSWORD, code):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_two_factor_is_set_up_and_required_by_keyboard_alone(
    page: Page, axe: Axe, console: list[str], scheme: str
) -> None:
    factories.make_editor(username="ada", password=PASSWORD)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto("/admin/login/")
    assert axe(page) == []
    sign_in(page)
    page.locator("#user-tools summary").press("Enter")
    page.get_by_role("link", name="Two-factor sign-in").press("Enter")
    expect(page.get_by_role("button", name="Set up two-factor sign-in")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Set up two-factor sign-in").press("Enter")
    expect(page.get_by_role("img", name="The secret as a QR code")).to_be_visible()
    assert axe(page) == []
    secret = base64.b32decode(page.locator(".secret").inner_text().replace(" ", ""))
    page.get_by_role("textbox", name="Code").fill(f"{totp(secret):06d}")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    assert axe(page) == []
    recovery = page.locator(".codes li").first.inner_text()
    page.get_by_role("link", name="I have saved them").press("Enter")
    expect(page.locator(".lede")).to_contain_text("10 recovery codes left.")
    assert axe(page) == []
    page.locator("#user-tools summary").press("Enter")
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.locator("#user-tools")).to_have_count(0)
    sign_in(page)
    expect(page.locator(".errornote")).to_contain_text("This account also needs a code")
    assert axe(page) == []
    sign_in(page, recovery)
    expect(page.get_by_role("heading", name="The editors’ desk")).to_be_visible()
    assert TOTPDevice.objects.get().confirmed
    assert console == []


def test_login_shows_the_lockout_after_failed_attempts(page: Page, axe: Axe) -> None:
    for _ in range(5):
        Client().post("/admin/login/", {"username": "ada", "password": "guess"})
    sign_in(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("You cannot sign in for now")
    assert axe(page) == []


@pytest.mark.parametrize("width", [390, 820, 1280])
def test_two_factor_setup_fits_any_screen_width(page: Page, width: int) -> None:
    factories.make_editor(username="ada", password=PASSWORD)
    page.set_viewport_size({"width": width, "height": 800})
    sign_in(page)
    page.locator("#user-tools summary").press("Enter")
    page.get_by_role("link", name="Two-factor sign-in").click()
    page.get_by_role("button", name="Set up two-factor sign-in").click()
    expect(page.locator("svg.qr")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
