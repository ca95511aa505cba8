"""Facts with a past: all that is written is dated to a day, and changes come on another."""

from datetime import UTC, date, datetime
from typing import Any, TypeVar

from frameworks.models import Revision, Versioned
from frameworks.record import revisions
from tests import factories

Fact = TypeVar("Fact", bound=Versioned)

BEGINNING, LATER = date(2026, 3, 1), date(2026, 5, 1)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def date_all(day: date) -> None:
    """Everything written so far was written on that day."""
    Revision.objects.update(at=noon(day))


def change(fact: Fact, on: date = LATER, **fields: Any) -> Fact:
    for name, value in fields.items():
        setattr(fact, name, value)
    revisions.save(fact, by=factories.MAKER, reason="Since.", seen=fact.version, at=noon(on))
    return fact


def remove(fact: Versioned, on: date = LATER) -> None:
    revisions.delete(fact, by=factories.MAKER, reason="Since.", seen=fact.version, at=noon(on))
