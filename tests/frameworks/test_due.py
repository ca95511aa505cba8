"""Due for review: what is said of a rating at hand, and what queries find."""

from datetime import date, timedelta

import pytest

from frameworks import due
from frameworks.models import Rating
from tests.factories import make_criterion, make_rating

pytestmark = [pytest.mark.django_db, pytest.mark.both]

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    "interval, days, is_due",
    [
        (180, 0, False),
        (180, 179, False),
        (180, 180, True),
        (180, 181, True),
        (1, 0, False),
        (1, 1, True),
        (3650, 3649, False),
        (3650, 3650, True),
        (3650, None, True),
        (1, -1, False),
    ],
)
def test_is_due_follows_review_interval_of_criterion(interval: int, days: int | None, is_due: bool) -> None:
    rating = make_rating(
        criterion=make_criterion(review_interval_days=interval),
        reviewed_on=None if days is None else TODAY - timedelta(days=days),
    )
    assert due.is_due(rating.reviewed_on, interval, TODAY) is is_due
    assert Rating.objects.due(TODAY).exists() is is_due
    [queued] = Rating.objects.to_review(TODAY)
    assert bool(queued.is_due) is is_due  # type: ignore[attr-defined]
    assert rating.days_overdue(TODAY) == (None if days is None else days - interval)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_is_due_handles_minimum_and_maximum_dates(day: date) -> None:
    rating = make_rating(reviewed_on=day, criterion=make_criterion(review_interval_days=3650))
    is_due = due.is_due(rating.reviewed_on, 3650, TODAY)
    assert Rating.objects.due(TODAY).exists() is is_due is (day == date.min)


def test_due_uses_review_interval_of_each_criterion() -> None:
    for interval in (10, 20, 30):
        make_rating(
            criterion=make_criterion(review_interval_days=interval),
            verdict=f"After {interval}",
            reviewed_on=TODAY - timedelta(days=20),
        )
    assert {rating.verdict for rating in Rating.objects.due(TODAY)} == {"After 10", "After 20"}
