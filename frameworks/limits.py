"""Limit what readers may send, by network and for all together.

The time is an argument. Of the sender only a keyed hash is stored, a new one each day.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.crypto import salted_hmac

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: How long senders' hashes are stored, and so for how long two messages can be seen to have the same sender.
SENDER_RETENTION = timedelta(days=2)


class Limit(NamedTuple):
    """At most `most` messages within `span`, of one sender or of all. The sentence says that the limit is reached;
    `{}` in it stands for `most`."""

    of_all: bool
    most: int
    span: timedelta
    sentence: str


class Reached(NamedTuple):
    """A limit that is reached, in a sentence, and when the next message is allowed."""

    sentence: str
    again: datetime


def reached(
    sent: "models.QuerySet[Any]", limits: Iterable[Limit], *, at: str, senders: Iterable[str], now: datetime
) -> Reached | None:
    """Return the first limit that one more message would exceed; None where there is room.

    `sent` are the messages so far, and `at` is the name of their field with the time of sending.
    """
    own = sent.filter(sender__in=senders)
    for limit in limits:
        # What was sent later than now was so by a clock that has been put back since: it must not count for ever.
        span = {f"{at}__gt": now - limit.span, f"{at}__lte": now + limit.span}
        recent = (sent if limit.of_all else own).filter(**span)
        times = recent.order_by(f"-{at}").values_list(at, flat=True)[limit.most - 1 : limit.most]
        for earliest in times:
            return Reached(limit.sentence.format(limit.most), earliest + limit.span)
    return None


def lock_writers(model: type[models.Model]) -> None:
    """Lock the model until the transaction ends, so that two senders do not both see the last place free.

    SQLite has only one writer at a time anyway.
    """
    kind = ContentType.objects.select_for_update(no_key=True)
    list(kind.filter(app_label=model._meta.app_label, model=model._meta.model_name))


def sender(purpose: str, address: str, day: date) -> str:
    """Return a keyed hash of the address's network, which differs from day to day and by purpose."""
    return salted_hmac(f"{purpose}.sender.{day}", network(address), algorithm="sha256").hexdigest()


def senders(purpose: str, address: str, now: datetime) -> list[str]:
    """Return the address's hashes of the last 24 hours: today's and yesterday's."""
    return [sender(purpose, address, (now - ago).date()) for ago in (timedelta(), DAY)]


def network(address: str) -> str:
    """Return the address, or of IPv6 the first half, which names the network: the sender can choose the other."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or known.exploded[:19])
    return str(known)
