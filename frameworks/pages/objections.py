"""Receive readers' objections to a cell, without an account or a cookie, and record the editors' answers.

Time is an argument. Of the sender only a keyed hash is stored, with a new key each day; the first objection after two
days clears it.
"""

import unicodedata
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.signing import BadSignature, Signer
from django.core.validators import MaxLengthValidator, MinLengthValidator, URLValidator
from django.db import transaction
from django.utils.formats import date_format

from frameworks import limits
from frameworks.limits import Limit
from frameworks.models import Criterion, Framework, Objection

TEXT_MIN, TEXT_MAX, URL_MAX = 10, 1000, 300
#: The age of a page that is sent at most: older ones were forgotten or saved for reuse. None is too young: who pastes a
#: text that is ready sends it at once, and machines give themselves away by the honeypot and the limits.
LATEST = timedelta(hours=24)
#: The purpose for which senders are hashed, so that no hash matches those of another.
PURPOSE = "frameworks.objections"

TOO_LATE = (
    "This page was opened more than a day ago, or on another site, so your report has not been sent yet. "
    "Please check the current score and send the report again."
)
LENGTH = f"Enter {TEXT_MIN} to {TEXT_MAX:,} characters; "
NO_URL = f"Enter a web address of at most {URL_MAX} characters, such as https://example.org/page, or leave it empty."


class TooMany(Exception):
    """The sender, or all senders together, have reached the limit until `again`. Nothing was stored."""

    def __init__(self, reason: str, again: datetime) -> None:
        when = f"{date_format(again, 'H:i')} UTC on {date_format(again)}"
        super().__init__(
            f"{reason} Your report has not been sent. It is kept below; send it again after {when}."
        )
        self.again = again


class Answered(Exception):
    """Somebody else has answered the objection meanwhile. Nothing was written."""


# The token of a page


def token(framework: Framework, criterion: Criterion, *, at: datetime) -> str:
    """Return a signed token that says which cell a page is about and when it was made."""
    return _signer().sign(f"{framework.slug}/{criterion.slug}@{int(at.timestamp())}")


def age(text: str, framework: Framework, criterion: Criterion, *, now: datetime) -> timedelta | None:
    """Return how long ago the page with this token was made; None for a forged token or another cell's."""
    try:
        cell, _, made = _signer().unsign(text).rpartition("@")
    except BadSignature:
        return None
    if cell != f"{framework.slug}/{criterion.slug}":
        return None
    return now - datetime.fromtimestamp(int(made), tz=now.tzinfo)


def _signer() -> Signer:
    # Not TimestampSigner, which reads the clock itself.
    return Signer(salt="frameworks.objections")


# The form


def plain(text: str) -> str:
    """Return the text without control characters and with `\n` for line breaks, as any database can store it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cs"})


class ObjectionForm(forms.Form):
    """What a reader writes about a cell.

    The widgets have no length attributes: a browser would silently cut off pasted text.
    """

    text = forms.CharField(
        label="What is wrong?",
        help_text=f"{TEXT_MIN} to {TEXT_MAX:,} characters. If a source disagrees, say which one and where.",
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": f"{LENGTH}the field is empty."},
        validators=[
            MinLengthValidator(TEXT_MIN, f"{LENGTH}you entered %(show_value)d."),
            MaxLengthValidator(TEXT_MAX, f"{LENGTH}you entered %(show_value)d."),
        ],
    )
    url = forms.CharField(
        label="Where can it be checked?",
        required=False,
        help_text="A web address (optional).",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    #: A honeypot, for machines that fill in every field.
    homepage = forms.CharField(
        label="Leave this empty",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )
    token = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Mapping[str, str] | None, *, framework: Framework, criterion: Criterion, now: datetime
    ) -> None:
        self.framework, self.criterion, self.now = framework, criterion, now
        fresh = token(framework, criterion, at=now)
        values = None if data is None else {name: plain(data.get(name, "")) for name in self.base_fields}
        self.age = age(values["token"], framework, criterion, now=now) if values else None
        if values and not self._is_in_time:
            values["token"] = fresh
        super().__init__(values, auto_id="objection-%s", initial={"token": fresh})

    @property
    def _is_in_time(self) -> bool:
        return self.age is not None and self.age <= LATEST

    @property
    def is_from_machine(self) -> bool:
        """Return whether the honeypot was filled in. Only of a valid form."""
        return bool(self.cleaned_data["homepage"])

    @property
    def questions(self) -> list[forms.BoundField]:
        """Return the fields that a reader sees."""
        return [self["text"], self["url"]]

    def clean_url(self) -> str:
        """Return the address with its scheme in lower case, as a constraint requires; `https` where there is none."""
        entered: str = self.cleaned_data["url"]
        if not entered:
            return ""
        scheme, separator, rest = entered.partition("://")
        url = f"{scheme.lower()}://{rest}" if separator else f"https://{entered}"
        if len(url) > URL_MAX or not url.isprintable():
            raise forms.ValidationError(NO_URL)
        URLValidator(schemes=["http", "https"], message=NO_URL)(url)
        return url

    def clean(self) -> dict[str, Any]:
        """Refuse a page that was made too long ago, or elsewhere."""
        if not self._is_in_time:
            raise forms.ValidationError(TOO_LATE)
        return self.cleaned_data


# Taking in


def receive(form: ObjectionForm, *, address: str) -> None:
    """Store a valid form as an objection, unless the same text on the same cell is waiting already.

    Raises TooMany when the sender, or all senders together, have reached a limit.
    """
    cell = {"framework": form.framework, "criterion": form.criterion}
    text, now = form.cleaned_data["text"], form.now
    with transaction.atomic():
        limits.lock_writers(Objection)
        _forget_senders(now)
        if Objection.objects.waiting().filter(**cell, text=text).exists():
            return
        _refuse_too_many(address, now)
        Objection.objects.create(
            **cell,
            text=text,
            url=form.cleaned_data["url"],
            created_at=now,
            sender=limits.sender(PURPOSE, address, now.date()),
        )


def _forget_senders(now: datetime) -> None:
    identified = Objection.objects.filter(created_at__lt=now - limits.SENDER_RETENTION).exclude(sender="")
    identified.update(sender="")


def _refuse_too_many(address: str, now: datetime) -> None:
    own, everybody = (
        "Your address has reached the limit for reports: {}",
        "All readers together have reached the limit for reports: {}",
    )
    quotas = [
        Limit(False, settings.OBJECTIONS_AN_HOUR, limits.HOUR, f"{own} an hour."),
        Limit(False, settings.OBJECTIONS_A_DAY, limits.DAY, f"{own} a day."),
        Limit(True, settings.OBJECTIONS_A_DAY_IN_ALL, limits.DAY, f"{everybody} a day."),
    ]
    senders = limits.senders(PURPOSE, address, now)
    if full := limits.reached(Objection.objects.all(), quotas, at="created_at", senders=senders, now=now):
        raise TooMany(*full)


# Answering


def answer(objection: Objection, status: str, *, by: User, note: str, at: datetime) -> None:
    """Accept or dismiss an objection. Raises Answered when somebody else has done so already."""
    values: dict[str, Any] = {"status": status, "handled_by": by, "handled_at": at, "note": note}
    if not Objection.objects.filter(pk=objection.pk, status=Objection.Status.OPEN).update(**values):
        raise Answered(f"{objection} has been answered already.")
    for name, value in values.items():
        setattr(objection, name, value)
