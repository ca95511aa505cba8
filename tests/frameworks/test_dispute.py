"""A dispute: what is said of readings at hand, and what queries find."""

from typing import Any

import pytest
from pytest_django import Settings

from frameworks import dispute
from frameworks.models import Rating
from tests.factories import make_claim, make_criterion, make_rating

pytestmark = [pytest.mark.django_db, pytest.mark.both]

READINGS: list[list[int | None]] = [[], [None], [3], [3, 3], [3, 4], [None, 2, 4], [2, 3, 4], [5, 1]]


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_dispute_agrees_between_readings_and_queries(settings: Settings, steps: int) -> None:
    settings.DISPUTE_SPREAD = steps
    said = {}
    for readings in READINGS:
        rating = make_rating(is_published=False)
        for reading in readings:
            make_claim(framework=rating.framework, criterion=rating.criterion, reading=reading)
        said[rating.pk] = dispute.spread(readings)
    # A joint claim counts under both of its criteria.
    joint = make_rating(is_published=False)
    for reading in (1, 1 + steps):
        make_claim(
            framework=joint.framework,
            criterion=make_criterion(),
            joint_criterion=joint.criterion,
            reading=reading,
        )
    said[joint.pk] = steps
    ratings: Any = Rating.objects.with_spread()
    assert dict(ratings.values_list("pk", "reading_spread")) == said
    disputed = {pk for pk, apart in said.items() if dispute.is_disputed(apart)}
    assert {rating.pk for rating in ratings.filter(dispute.disputed())} == disputed
    assert {rating.pk for rating in Rating.objects.disputed()} == disputed
    agreed = {pk for pk, apart in said.items() if apart is not None} - disputed
    assert {rating.pk for rating in ratings.filter(dispute.agreed())} == agreed
    assert joint.pk in disputed
    assert agreed
