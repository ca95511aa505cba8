"""Limits on what readers may send, by network and for all together.

Time comes in as an argument. Of the sender only a keyed hash is kept, a new one each day.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any, NamedTuple

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.crypto import salted_hmac

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: How long it is known that two things came from one sender.
SENDER_KEPT = timedelta(days=2)


class Limit(NamedTuple):
    """So many within so long: of one sender, or of all. The sentence says that it is reached; `{}` is how many."""

    of_all: bool
    most: int
    span: timedelta
    sentence: str


class Reached(NamedTuple):
    """A limit that leaves no room, in a sentence, and when there is room again."""

    sentence: str
    again: datetime


def reached(
    sent: "models.QuerySet[Any]", limits: Iterable[Limit], *, at: str, senders: Iterable[str], now: datetime
) -> Reached | None:
    """Return the first limit that one more would go over. `at` is the field that says when each was sent."""
    own = sent.filter(sender__in=senders)
    for limit in limits:
        recent = (sent if limit.of_all else own).filter(**{f"{at}__gt": now - limit.span})
        times = recent.order_by(f"-{at}").values_list(at, flat=True)[limit.most - 1 : limit.most]
        for earliest in times:
            return Reached(limit.sentence.format(limit.most), earliest + limit.span)
    return None


def wait_for_turn(model: type[models.Model]) -> None:
    """Let one at a time count and add, or two at once both find room. SQLite has one writer anyway."""
    kind = ContentType.objects.select_for_update(no_key=True)
    list(kind.filter(app_label=model._meta.app_label, model=model._meta.model_name))


def sender(purpose: str, address: str, day: date) -> str:
    """Return a keyed hash of the network that the address belongs to, another one each day and for each purpose."""
    return salted_hmac(f"{purpose}.sender.{day}", network(address), algorithm="sha256").hexdigest()


def senders(purpose: str, address: str, now: datetime) -> list[str]:
    """Return the hashes that it has had for a day: a day ago it was yesterday's."""
    return [sender(purpose, address, (now - ago).date()) for ago in (timedelta(), DAY)]


def network(address: str) -> str:
    """Return the address, or of IPv6 the half that names a network: the other half is the sender's to choose."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if isinstance(known, IPv6Address):
        return str(known.ipv4_mapped or known.exploded[:19])
    return str(known)
