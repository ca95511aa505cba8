"""Say when a cell is in dispute: its readings lie so far apart that a reader should know."""

from collections.abc import Iterable

import numpy as np
from django.conf import settings
from django.db.models import Max, Min, Q
from django.db.models.expressions import CombinedExpression
from numpy.typing import NDArray


def spread(readings: Iterable[int | None]) -> int | None:
    """Return how far the readings lie apart, in steps of the rubric: highest less lowest.

    0 where all agree or there is only one; None where no claim has a reading.
    """
    known = [reading for reading in readings if reading is not None]
    return max(known) - min(known) if known else None


def spread_of(readings: str) -> CombinedExpression:
    """Return the same as an aggregate over this field."""
    return Max(readings) - Min(readings)


def is_disputed(spread: int | None) -> bool:
    """Say whether readings that lie so far apart are in dispute."""
    return spread is not None and spread >= settings.DISPUTE_SPREAD


def are_disputed(lowest: NDArray[np.int8], highest: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Return the same for arrays of the lowest and the highest reading of cells, 0 where none has a reading."""
    return (lowest > 0) & (highest - lowest >= settings.DISPUTE_SPREAD)


def disputed(spread: str = "reading_spread") -> Q:
    """Return the same as a condition on this annotation."""
    return Q(**{f"{spread}__gte": settings.DISPUTE_SPREAD})


def agreed(spread: str = "reading_spread") -> Q:
    """Return the condition that there are readings and that they are not in dispute."""
    return Q(**{f"{spread}__lt": settings.DISPUTE_SPREAD})
