"""Two-factor sign-in: a code from an app on the editor's phone, asked for on top of the password.

Whoever has turned it on is asked for the code at every sign-in. `REQUIRE_TWO_FACTOR` makes everybody turn it on: until
then the desk has nothing for them but the page that does it.
"""

import re
from base64 import b32encode
from typing import Any, cast

import django_otp
import qrcode
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import authenticate, update_session_auth_hash
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_login_failed
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.debug import sensitive_post_parameters
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from desk.editing.refusals import PlainErrors

from . import tries
from .held_posts import NAME, HeldPost, waiting

RECOVERY_CODES = 10
NAME_MAX = 150  # of a user name, as Django has it
#: By name, pages for those who have yet to turn it on, where it is required.
OPEN_TO_ALL = {"two_factor", "password_change", "password_change_done", "logout", "jsi18n"}

NAME_TOO_LONG = "User names are not as long as this."
CODE_MISSING = (
    "This account also needs a code: six digits from your app, or one of your recovery codes. "
    "Type your password again with it."
)
CODE_WRONG = "That code is wrong or has already been used. Wait for the next one and try again."
TOO_MANY = "Too many wrong codes. Wait a minute, then try again."
PASSWORD_WRONG = "That is not your password."  # noqa: S105 - a sentence


def is_on(user: Any) -> bool:
    return bool(TOTPDevice.objects.filter(user=user.pk, confirmed=True).exists())


def is_wanting(request: HttpRequest) -> bool:
    """Return whether this session lacks the second factor that the settings require."""
    user: Any = request.user
    return bool(settings.REQUIRE_TWO_FACTOR and not user.is_verified())


def turn_off(user: User) -> None:
    with transaction.atomic():
        for kind in (TOTPDevice, StaticDevice):
            kind.objects.filter(user=user.pk).delete()


# Codes


class CodeField(forms.CharField):
    """Typed with spaces or without, in either case."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "none"})
        super().__init__(max_length=40, widget=widget, **options)

    def clean(self, value: Any) -> str:
        return re.sub(r"[\s-]", "", str(super().clean(value))).lower()


def check_code(user: Any, code: str) -> Any:
    """Return the device that accepts the code. Raises ValidationError when none does; the failure is counted."""
    # The kind is told from the code, so that a slip of the one does not hold up the other.
    kind = TOTPDevice if re.fullmatch("[0-9]{6}", code) else StaticDevice
    return _accepted(kind.objects.filter(user=user.pk, confirmed=True).first(), code)


def _accepted(device: Any, code: str) -> Any:
    if device is not None:
        tries.forgive(device)
        if not device.verify_is_allowed()[0]:
            raise ValidationError(TOO_MANY)
    if device is None or not django_otp.verify_token(device.user, device.persistent_id, code):
        raise ValidationError(CODE_WRONG)
    return device


def renew_recovery_codes(user: Any) -> list[str]:
    """Return new codes in the place of the old ones. They are shown this once."""
    with transaction.atomic():
        # Kept where there is one: a session that was opened with one of its codes rests on it.
        device = StaticDevice.objects.filter(user=user.pk, confirmed=True).first()
        device = device or StaticDevice.objects.create(user_id=user.pk, name="Recovery codes")
        device.token_set.all().delete()
        codes = [StaticToken.random_token() for _ in range(RECOVERY_CODES)]
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


# Signing in


class SignInForm(PlainErrors, AdminAuthenticationForm):
    """Asks for the code on the same page as for the password: nobody is ever half signed in."""

    code = CodeField(
        required=False,
        help_text="Only if you have turned on two-factor sign-in: a code from your app, or a recovery code.",
    )

    def clean_username(self) -> str:
        # No account has such a name, and the count of wrong tries has no room for it.
        username = str(self.cleaned_data["username"])
        if len(username) > NAME_MAX:
            raise ValidationError(NAME_TOO_LONG)
        return username

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        user: Any = self.get_user()
        if user is not None and is_on(user):
            self._check_code(user, cleaned.get("code", ""))
        return cleaned

    def _check_code(self, user: Any, code: str) -> None:
        if not code:
            raise ValidationError(CODE_MISSING)
        try:
            user.otp_device = check_code(user, code)  # signing in puts it into the session
        except ValidationError:
            # Counts as a wrong password does, and closes the same door.
            username = user.get_username()
            user_login_failed.send(__name__, credentials={"username": username}, request=self.request)
            raise


def locked_out(request: HttpRequest, response: HttpResponse, credentials: Any) -> HttpResponse:
    """Answer one try too many. What waits to be sent after signing in waits on this page."""
    context = {
        "held": HeldPost.read(request.POST.get(NAME, "")),
        **admin.site.each_context(request),
        "title": "You cannot sign in for now",
        "tries": settings.AXES_FAILURE_LIMIT,
        "minutes": int(settings.AXES_COOLOFF_TIME.total_seconds() // 60),
    }
    return render(request, "desk/accounts/locked_out.html", context, status=429)


# The page


def urls(site: admin.AdminSite) -> list[URLPattern]:
    return [path("two-factor/", site.admin_view(page), name="two_factor")]


class PasswordForm(PlainErrors, forms.Form):
    password = forms.CharField(
        max_length=4096,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, device: TOTPDevice, *, is_sent: bool = False) -> None:
        super().__init__(request.POST if is_sent else None)
        self.request = request
        self.device = device

    def clean_password(self) -> str:
        """Check it again: an open session alone must neither add a phone nor take it away."""
        password = str(self.cleaned_data["password"])
        if authenticate(self.request, username=self.request.user.get_username(), password=password) is None:
            raise ValidationError(PASSWORD_WRONG)
        return password


class ConfirmPhoneForm(PasswordForm):
    code = CodeField()

    def clean(self) -> dict[str, Any]:
        # Not before the password is right: a code serves once.
        if not self.errors:
            try:
                _accepted(self.device, self.cleaned_data["code"])
            except ValidationError as error:
                self.add_error("code", error)
        return self.cleaned_data


@sensitive_post_parameters("password", "code")
def page(request: HttpRequest) -> HttpResponse:
    """Show whether two-factor sign-in is on, and all that can be done about it, each step by a button."""
    device = TOTPDevice.objects.filter(user=request.user.pk).order_by("-confirmed", "-pk").first()
    action = request.POST.get("action", "")
    if device is None:
        return _start(request) if action == "start" else _show(request, stage="off")
    stage = "on" if device.confirmed else "starting"
    # Other actions come from a page that is no longer true: they get the one that is.
    form = FORMS[stage](request, device, is_sent=action in ACTIONS[stage])
    if form.is_valid():
        with transaction.atomic():
            return _take(request, action, device, form.cleaned_data["password"])
    return _show(request, stage=stage, form=form, device=device)


FORMS = {"starting": ConfirmPhoneForm, "on": PasswordForm}
ACTIONS = {"starting": {"confirm"}, "on": {"codes", "off"}}


def _start(request: HttpRequest) -> HttpResponse:
    TOTPDevice.objects.create(user_id=cast(int, request.user.pk), name="App", confirmed=False)
    return _again()


def _take(request: HttpRequest, action: str, device: TOTPDevice, password: str) -> HttpResponse:
    user: Any = request.user
    if action == "codes":
        return _show(request, stage="on", device=device, codes=renew_recovery_codes(user))
    if action == "off":
        turn_off(user)
        _end_other_sessions(request, password)
        messages.success(request, "Two-factor sign-in is off. From now on, your password is enough.")
        return _again()
    device.refresh_from_db()
    device.confirmed = True
    device.save()
    _end_other_sessions(request, password)
    django_otp.login(request, device)
    messages.success(request, "Two-factor sign-in is on. You have been signed out everywhere else.")
    return _show(request, stage="on", device=device, codes=renew_recovery_codes(user))


def _end_other_sessions(request: HttpRequest, password: str) -> None:
    """End every other session: the same password under a new salt closes those that rest on the old one."""
    user = User.objects.get(pk=cast(int, request.user.pk))
    user.set_password(password)
    user.save(update_fields=["password"])
    update_session_auth_hash(request, user)


def _again() -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:two_factor"))


def _show(
    request: HttpRequest,
    *,
    stage: str,
    form: PasswordForm | None = None,
    device: TOTPDevice | None = None,
    codes: list[str] | None = None,
) -> HttpResponse:
    context = {
        **admin.site.each_context(request),
        "title": "Two-factor sign-in",
        "stage": stage,
        "form": form,
        "device": device,
        "codes": codes,
        "held": waiting(request),
        "codes_left": StaticToken.objects.filter(device__user=request.user.pk).count(),
        "is_required": settings.REQUIRE_TWO_FACTOR,
        **(_secret(device) if stage == "starting" and device else {}),
    }
    return TemplateResponse(request, "desk/accounts/two_factor.html", context)


def _secret(device: TOTPDevice) -> dict[str, Any]:
    """Return the secret as a picture, which the app reads, and as text, for typing it in."""
    picture = qrcode.QRCode(border=4)
    picture.add_data(device.config_url)
    rows: list[list[bool]] = picture.get_matrix()
    dots = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark]
    text = b32encode(device.bin_key).decode()
    return {
        "qr_path": "".join(dots),
        "qr_size": len(rows),
        "secret": " ".join(re.findall(".{1,4}", text)),
    }
