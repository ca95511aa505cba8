"""Say when a rating is due for review: last reviewed longer ago than its criterion allows, or never."""

from datetime import date, timedelta

from django.db.models import (
    DateField,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    IntegerField,
    Q,
    Value,
)
from django.db.models.functions import Cast


def days_overdue(reviewed_on: date | None, interval: int, today: date) -> int | None:
    """Return for how many days a review that holds for `interval` days has been due: 0 on the day it falls due, less
    than 0 before, None where there was none."""
    return None if reviewed_on is None else (today - reviewed_on).days - interval


def is_due(reviewed_on: date | None, interval: int, today: date) -> bool:
    """Say whether it is due."""
    overdue = days_overdue(reviewed_on, interval, today)
    return overdue is None or overdue >= 0


def latest_too_old(today: date) -> Cast:
    """Return the latest day whose review is too long ago today, by the rating's criterion.

    Counted back from today and not on from the review, which might lead beyond the last day that a database knows.
    """
    # SQLite multiplies a duration by a plain integer only.
    days = Cast("criterion__review_interval_days", IntegerField())
    interval = ExpressionWrapper(days * Value(timedelta(days=1)), DurationField())
    back = ExpressionWrapper(Value(today) - interval, DateTimeField())
    return Cast(back, DateField())


def due(today: date) -> Q:
    """Return `is_due` as a condition on ratings."""
    return Q(reviewed_on__isnull=True) | Q(reviewed_on__lte=latest_too_old(today))
