"""What wants looking at: ratings due for review, cells with little behind them, people who wait for an answer."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db.models import Max, Min

from frameworks.dispute import is_disputed
from frameworks.models import (
    Claim,
    Criterion,
    Framework,
    LinkCheck,
    Objection,
    Proposal,
    ProposedChange,
    Rating,
)

# What waits


@dataclass(frozen=True)
class Waiting:
    """How many there are of each."""

    proposals: int
    returned: int
    objections: int
    dead_links: int
    due: int
    unrated: int


def waiting(user: Any, today: date) -> Waiting:
    return Waiting(
        proposals=Proposal.objects.waiting().count(),
        returned=Proposal.objects.returned_to(user).count(),
        objections=Objection.objects.waiting().count(),
        dead_links=LinkCheck.objects.filter(is_alive=False).count(),
        due=Rating.objects.due(today).count(),
        unrated=Claim.objects.in_unrated_cells().count(),
    )


# The queue


@dataclass(frozen=True)
class Review:
    """A rating of `to_review()` in the queue. `days_overdue` is None where it was never reviewed."""

    rating: Any
    sources: int
    days_overdue: int | None
    #: The number of a proposal about it that waits for a reviewer.
    proposal: int | None

    @property
    def is_disputed(self) -> bool:
        return is_disputed(self.rating.reading_spread)

    @property
    def days_left(self) -> int:
        return -(self.days_overdue or 0)


def reviews(ratings: Iterable[Any], today: date) -> list[Review]:
    """Return ratings of `to_review()` with their related facts, as the queue shows them. Two queries."""
    shown = list(ratings)
    # Counted for the few that are shown: the order of the queue needs the spread of all.
    counted: Any = Rating.objects.filter(pk__in=[rating.pk for rating in shown]).with_evidence().order_by()
    sources = dict(counted.values_list("pk", "source_count"))
    changes = ProposedChange.objects.filter(
        model=Rating._meta.model_name,
        key__in=[rating.key_text for rating in shown],
        proposal__status=Proposal.Status.OPEN,
    )
    proposed = dict(changes.order_by("-proposal_id").values_list("key", "proposal_id"))
    return [
        Review(rating, sources[rating.pk], rating.days_overdue(today), proposed.get(rating.key_text))
        for rating in shown
    ]


# Coverage


@dataclass(frozen=True, slots=True)
class Backing:
    """What is behind one cell: how many sources, how far their readings reach, which rating."""

    framework: Framework
    criterion: Criterion
    sources: int = 0
    lowest: int | None = None
    highest: int | None = None
    #: The rating's key and score.
    rating: int | None = None
    score: int | None = None

    @property
    def level(self) -> Literal["none", "one", "several"]:
        return "several" if self.sources > 1 else "one" if self.sources else "none"

    @property
    def side(self) -> Literal["", "above", "below", "unscored"]:
        """Return where the score is outside of its readings, or is yet to be given."""
        if self.score is None:
            return "unscored" if self.sources else ""
        if self.highest is not None and self.score > self.highest:
            return "above"
        if self.lowest is not None and self.score < self.lowest:
            return "below"
        return ""

    @property
    def words(self) -> str:
        """Return it in words: `2 sources, scored 4, above their readings of 2 to 3`."""
        sources = {0: "no source", 1: "1 source"}.get(self.sources, f"{self.sources} sources")
        if self.score is None:
            return f"{sources}, not scored yet" if self.sources else f"{sources}, not rated"
        if not self.side:
            return f"{sources}, scored {self.score}"
        reach = f"{self.lowest}" if self.lowest == self.highest else f"{self.lowest} to {self.highest}"
        return f"{sources}, scored {self.score}, {self.side} the readings of {reach}"


@dataclass(frozen=True)
class Coverage:
    """Every framework under every criterion that is scored."""

    criteria: list[Criterion]
    rows: list[tuple[Framework, list[Backing]]]
    #: Cells of each level and on each side of the readings.
    counts: Counter[str]


def coverage() -> Coverage:
    """Return every cell with what is behind it, in four queries, however many cells there are."""
    criteria = list(Criterion.objects.current().scored().in_order())
    # Plain values: there may be thousands.
    scores = Rating.objects.order_by().values_list("framework", "criterion", "pk", "score")
    ratings = {(framework, criterion): rating for framework, criterion, *rating in scores}
    evidence = _evidence()
    rows = [
        (framework, [_backing(framework, criterion, evidence, ratings) for criterion in criteria])
        for framework in Framework.objects.current()
    ]
    cells = [cell for _, row in rows for cell in row]
    return Coverage(criteria, rows, Counter(word for cell in cells for word in (cell.level, cell.side)))


@dataclass
class _Evidence:
    sources: set[int]
    readings: list[int]


def _evidence() -> dict[tuple[int, int], _Evidence]:
    """Return sources and their lowest and highest readings, by framework and (joint) criterion."""
    evidence: dict[tuple[int, int], _Evidence] = {}
    claims = (
        Claim.objects.in_evidence()
        .filter(framework__isnull=False)
        .order_by()
        .values_list("framework", "criterion", "joint_criterion", "source")
        .annotate(Min("reading"), Max("reading"))
    )
    for framework, criterion, joint, source, *readings in claims:
        for under in filter(None, (criterion, joint)):
            cell = evidence.setdefault((framework, under), _Evidence(set(), []))
            cell.sources.add(source)
            cell.readings += [reading for reading in readings if reading is not None]
    return evidence


def _backing(
    framework: Framework,
    criterion: Criterion,
    evidence: dict[tuple[int, int], _Evidence],
    ratings: dict[tuple[int, int], list[int]],
) -> Backing:
    key = (framework.pk, criterion.pk)
    behind = evidence.get(key, _Evidence(set(), []))
    lowest, highest = min(behind.readings, default=None), max(behind.readings, default=None)
    return Backing(framework, criterion, len(behind.sources), lowest, highest, *ratings.get(key, ()))
