"""Follow the published score of one cell over time."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from frameworks.models import Revision


@dataclass(frozen=True, slots=True)
class Stretch:
    """A period with one score (None: none was published), drawn from `x` to `end`, in percent of the width."""

    score: int | None
    since: datetime
    x: int
    end: int
    #: The height of the score before, in pixels from the top, where the line begins; None where there was none.
    from_y: int | None = None
    #: Whether another began on the same day, so that the day alone does not tell them apart.
    shares_day: bool = False

    @property
    def y(self) -> int | None:
        return height(self.score)


def height(score: int | None) -> int | None:
    """Return the height of a score from 1 to 5 in the drawing, in pixels from its top: 10 for 5, 90 for 1."""
    return None if score is None else 10 + 20 * (5 - score)


def stretches(steps: Iterable[tuple[datetime, int | None]], until: datetime) -> list[Stretch]:
    """Return the scores of a cell from its first publication to `until`; empty where there was only one score."""
    changed: list[tuple[datetime, int | None]] = []
    for at, score in steps:
        if score != (changed[-1][1] if changed else None):
            changed.append((at, score))
    if len(Counter(score for _, score in changed if score)) < 2:
        return []
    start = changed[0][0]
    whole = max(until - start, timedelta(seconds=1))
    # Clamped: revisions written by different clocks may be out of order.
    shares = [min(max((at - start) / whole, 0), 1) for at, _ in changed]
    places = [*(5 + round(95 * share) for share in shares), 100]
    before = [None, *(height(score) for _, score in changed)]
    begun = Counter(at.date() for at, _ in changed)
    return [
        Stretch(score, at, x, end, from_y, shares_day=begun[at.date()] > 1)
        for (at, score), (x, end), from_y in zip(changed, pairwise(places), before, strict=False)
    ]


def published_scores(framework: str, criterion: str) -> list[tuple[datetime, int | None]]:
    """Return when which score was published in a cell; None where it was withdrawn."""
    steps = Revision.objects.filter(model="rating", key=f"{framework}/{criterion}").order_by("version")
    return [
        (at, after["score"] if after and after.get("is_published") else None)
        for at, after in steps.values_list("at", "after")
    ]
