"""A mail to each editor about what is waiting for them, once a day at most: `manage.py send_digests`.

It is sent while something waits. Whoever may answer problem reports is told of those that nobody has answered, whoever
may change ratings of those that are due for review, and the author of a proposal that it has been decided.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import User
from django.core.mail import EmailMessage
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils.text import Truncator
from django.utils.timezone import localdate

from desk.editing.guarded import desk_url
from desk.review import proposals
from frameworks.models import Digest, Objection, Proposal, Rating

#: How many of each are named. The others are counted.
NAMED_MAX = 10
#: How far the first mail to somebody looks back for decisions.
LOOKING_BACK = timedelta(days=1)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Entry:
    """One thing in a mail: what it is and where it is found."""

    words: str
    path: str


@dataclass(frozen=True)
class Section:
    """Things of one kind, the first of them named."""

    heading: str
    subject: str
    count: int
    entries: Sequence[Entry]
    #: Where all of them are listed.
    path: str

    @property
    def more(self) -> int:
        return self.count - len(self.entries)


@dataclass(frozen=True)
class Queues:
    """What is waiting for whoever may see to it, the same for all editors."""

    reports: Section
    due: Section

    @classmethod
    def at(cls, at: datetime) -> Self:
        return cls(_reports(), _due(at))


def send_all(at: datetime) -> tuple[int, int]:
    """Send what is waiting to everybody who wants it. Return how many mails were sent, and how many failed.

    A failure is logged; what that mail would have said is in the next one.
    """
    sent = failed = 0
    queues = Queues.at(at)
    for user in readers():
        try:
            sent += _send(user, queues, at)
        except Exception:  # one mail that fails, for whatever reason, holds up no other
            logger.exception("The digest for %s could not be sent.", user.get_username())
            failed += 1
    return sent, failed


def readers() -> Iterator[User]:
    """Yield those who may sign in, have an address and have not turned the mails off."""
    staff = User.objects.filter(is_active=True, is_staff=True).exclude(email="")
    yield from staff.exclude(digest__is_wanted=False).order_by("pk")


def _send(user: User, queues: Queues, at: datetime) -> bool:
    """Return whether there was something to say and nobody has said it today."""
    today = localdate(at)
    digest, _ = Digest.objects.get_or_create(user=user, defaults={"told_until": at - LOOKING_BACK})
    sections = [section for section in _sections(user, queues, digest.told_until) if section.count]
    mine = Digest.objects.filter(user=user)
    if not sections or not mine.filter(Q(day=None) | Q(day__lt=today)).update(day=today):
        return False
    try:
        _mail(user, sections).send()
    except Exception:
        mine.filter(day=today).update(day=digest.day)
        raise
    mine.update(told_until=at)
    return True


def _sections(user: User, queues: Queues, since: datetime) -> Iterator[Section]:
    yield _decided(user, since)
    if user.has_perm("frameworks.change_objection"):
        yield queues.reports
    if user.has_perm("frameworks.change_rating"):
        yield queues.due


def _mail(user: User, sections: Sequence[Section]) -> EmailMessage:
    name = user.get_full_name() or user.get_username()
    text = render_to_string(
        "desk/queues/digest.txt",
        {
            "name": name,
            "sections": sections,
            "site_name": settings.SITE_NAME,
            "site_url": settings.SITE_URL,
        },
    )
    subject = f"{settings.SITE_NAME}: {', '.join(section.subject for section in sections)}"
    return EmailMessage(subject, text, to=[user.email], headers={"Auto-Submitted": "auto-generated"})


# What is in it


def _decided(user: User, since: datetime) -> Section:
    """Return this author's proposals that somebody else has decided since."""
    decided = Proposal.objects.filter(author=user, decided_at__gt=since).exclude(decided_by=F("author"))
    shown = decided.select_related("decided_by").order_by("decided_at")
    entries = [
        Entry(
            f"Proposal {one.pk}, “{one.reason}”: {one.get_status_display()}"
            f"{f'. Note: “{_line(one.note)}”' if one.note else ''}",
            proposals.page_of(one),
        )
        for one in shown[:NAMED_MAX]
    ]
    count = decided.count()
    subject = f"{count} of your proposals decided"
    return Section("Decided on your proposals", subject, count, entries, desk_url(Proposal, "changelist"))


def _reports() -> Section:
    waiting = Objection.objects.waiting().select_related("framework", "criterion")
    entries = [
        Entry(f"{one.framework}, {one.criterion}: “{_line(one.text)}”", desk_url(Objection, "change", one.pk))
        for one in waiting[:NAMED_MAX]
    ]
    count = waiting.count()
    subject = _counted(count, "problem report")
    return Section(
        "Problem reports that nobody has answered", subject, count, entries, desk_url(Objection, "changelist")
    )


def _due(at: datetime) -> Section:
    today = localdate(at)
    due: Any = Rating.objects.due(today)
    queue = Rating.objects.to_review(today).select_related("framework", "criterion")
    entries = [
        Entry(str(rating), desk_url(Rating, "change", rating.pk))
        for rating in queue.filter(pk__in=due.values("pk"))[:NAMED_MAX]
    ]
    count = due.count()
    subject = f"{_counted(count, 'rating')} due for review"
    return Section("Ratings due for review", subject, count, entries, desk_url(Rating, "changelist"))


def _line(text: str) -> str:
    return Truncator(" ".join(text.split())).chars(200)


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
