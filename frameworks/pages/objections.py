"""What readers say is wrong with a cell: taken in without an account or a cookie, answered by editors.

Time comes in as an argument. Of the sender only a keyed hash is kept, a new one each day; the first objection that
comes after two days empties it.
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
#: Sooner after the page was made only a machine sends it; later the page was forgotten, or kept to be sent often.
SOONEST, LATEST = timedelta(seconds=3), timedelta(hours=24)
#: What senders are hashed for.
PURPOSE = "frameworks.objections"

TOO_SOON = (
    "This came sooner than anybody reads the page, so it was not sent yet. Look it over and send it again."
)
TOO_LATE = (
    "This page was opened more than a day ago, or elsewhere, so it was not sent yet. "
    "Look over what stands here now and send it again."
)
LENGTH = f"Say it in {TEXT_MIN} to {TEXT_MAX} characters; "
NO_URL = f"Enter a web address of at most {URL_MAX} characters, such as https://example.org/page, or leave it empty."


class TooMany(Exception):
    """The sender, or all senders together, have sent as many as are taken until `again`. Nothing was stored."""

    def __init__(self, reason: str, again: datetime) -> None:
        when = f"{date_format(again, 'H:i')} UTC on {date_format(again)}"
        super().__init__(f"{reason} Yours was not sent. It stands below; send it again after {when}.")
        self.again = again


class Answered(Exception):
    """Somebody else has answered it meanwhile. Nothing was written."""


# The token of a page


def token(framework: Framework, criterion: Criterion, *, at: datetime) -> str:
    """Says, signed, of which cell a page is and when it was made."""
    return _signer().sign(f"{framework.slug}/{criterion.slug}@{int(at.timestamp())}")


def age(text: str, framework: Framework, criterion: Criterion, *, now: datetime) -> timedelta | None:
    """How long ago the page with this token was made; None when it is not one of ours, or of another cell."""
    try:
        cell, _, made = _signer().unsign(text).rpartition("@")
    except BadSignature:
        return None
    if cell != f"{framework.slug}/{criterion.slug}":
        return None
    return now - datetime.fromtimestamp(int(made), tz=now.tzinfo)


def _signer() -> Signer:
    # Not TimestampSigner, which looks at the clock itself.
    return Signer(salt="frameworks.objections")


# The form


def plain(text: str) -> str:
    """Without control characters, line breaks as one character: what any database keeps and any page shows."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(one for one in text if one == "\n" or unicodedata.category(one) not in {"Cc", "Cs"})


class ObjectionForm(forms.Form):
    """Lengths are no attributes of the fields: a browser would cut off without a word what is pasted in."""

    text = forms.CharField(
        label="What is wrong?",
        help_text=f"{TEXT_MIN} to {TEXT_MAX} characters. If a source says otherwise, say which one and where.",
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": f"{LENGTH}there is nothing yet."},
        validators=[
            MinLengthValidator(TEXT_MIN, f"{LENGTH}this has %(show_value)d."),
            MaxLengthValidator(TEXT_MAX, f"{LENGTH}this has %(show_value)d."),
        ],
    )
    url = forms.CharField(
        label="Where can it be checked?",
        required=False,
        help_text="A web address. It may stay empty.",
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    #: A trap for machines that fill in whatever there is.
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
        given = None if data is None else {name: plain(data.get(name, "")) for name in self.base_fields}
        self.age = age(given["token"], framework, criterion, now=now) if given else None
        if given and not self._is_in_time:
            given["token"] = fresh
        super().__init__(given, auto_id="objection-%s", initial={"token": fresh})

    @property
    def _is_in_time(self) -> bool:
        return self.age is not None and self.age <= LATEST

    @property
    def is_from_machine(self) -> bool:
        return bool(self.cleaned_data["homepage"])

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self["text"], self["url"]]

    def clean_url(self) -> str:
        """With its scheme, in lower case, as the database wants it."""
        typed: str = self.cleaned_data["url"]
        if not typed:
            return ""
        scheme, joint, rest = typed.partition("://")
        url = f"{scheme.lower()}://{rest}" if joint else f"https://{typed}"
        if len(url) > URL_MAX or not url.isprintable():
            raise forms.ValidationError(NO_URL)
        URLValidator(schemes=["http", "https"], message=NO_URL)(url)
        return url

    def clean(self) -> dict[str, Any]:
        if not self._is_in_time:
            raise forms.ValidationError(TOO_LATE)
        if self.age is not None and self.age < SOONEST:
            raise forms.ValidationError(TOO_SOON)
        return self.cleaned_data


# Taking in


def receive(form: ObjectionForm, *, address: str) -> None:
    """Stores what a valid form says. Raises TooMany. What waits already, word for word, is not stored again."""
    about = {"framework": form.framework, "criterion": form.criterion}
    text, now = form.cleaned_data["text"], form.now
    with transaction.atomic():
        limits.wait_for_turn(Objection)
        _forget_senders(now)
        if Objection.objects.waiting().filter(**about, text=text).exists():
            return
        _refuse_too_many(address, now)
        Objection.objects.create(
            **about,
            text=text,
            url=form.cleaned_data["url"],
            created_at=now,
            sender=limits.sender(PURPOSE, address, now.date()),
        )


def _forget_senders(now: datetime) -> None:
    known = Objection.objects.filter(created_at__lt=now - limits.SENDER_RETENTION).exclude(sender="")
    known.update(sender="")


def _refuse_too_many(address: str, now: datetime) -> None:
    own, everybody = (
        "From your address {} objections came within",
        "From all readers {} objections came within",
    )
    most = [
        Limit(False, settings.OBJECTIONS_AN_HOUR, limits.HOUR, f"{own} an hour."),
        Limit(False, settings.OBJECTIONS_A_DAY, limits.DAY, f"{own} a day."),
        Limit(True, settings.OBJECTIONS_A_DAY_IN_ALL, limits.DAY, f"{everybody} a day."),
    ]
    senders = limits.senders(PURPOSE, address, now)
    if full := limits.reached(Objection.objects.all(), most, at="created_at", senders=senders, now=now):
        raise TooMany(*full)


# Answering


def answer(objection: Objection, status: str, *, by: User, note: str, at: datetime) -> None:
    """Accepts or dismisses it. Raises Answered when somebody was faster."""
    values: dict[str, Any] = {"status": status, "handled_by": by, "handled_at": at, "note": note}
    if not Objection.objects.filter(pk=objection.pk, status=Objection.Status.OPEN).update(**values):
        raise Answered(f"{objection} has been answered already.")
    for name, value in values.items():
        setattr(objection, name, value)
