"""Check that a published rating is backed: the rule in words, for facts in memory, and as queries.

A claim with a reading backs a rating, because a score follows from it. Any claim backs a rating that states a
departure. Triggers of the database enforce the rule. The functions here say beforehand what the triggers would refuse.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from .cells import Key, keys_of
from .models import Claim, Rating
from .models.schema import State

#: The constraint that the triggers name.
CONSTRAINT = "rating_published_has_claim"
NEEDS_CLAIM = (
    "A published rating needs at least one claim. Claims of retired sources do not count."
    " Add a claim, or unpublish the rating first."
)
#: What there is to say where only the constraint is known.
NEEDS_BACKING = (
    "A published rating needs at least one claim. One of its claims needs a reading, unless a departure says what the"
    " score rests on. Claims of retired sources do not count. Add what is missing, or unpublish the rating first."
)


def needs_reading(rating: Rating, *, can_say_why: bool = True) -> str:
    """Say in a sentence what a rating needs whose cell has no reading; empty for a draft, and where it departs.

    `can_say_why` says whether the departure is among the fields that the editor has before them.
    """
    if not rating.is_published or rating.departure:
        return ""
    where = "under “Departure”" if can_say_why else "on the rating’s own page, under “Departure”,"
    return (
        f"No claim about {rating.framework} under {rating.criterion} has a reading, so no score follows."
        f" Give a claim a reading, or say {where} why the score is given anyway."
    )


def last_claim(ratings: str = "a published rating", *, departs: bool) -> str:
    """Say in a sentence why a claim, or its reading, has to stay where it is."""
    if departs:
        return f"This is the last claim for {ratings}. Add another claim or unpublish the rating first."
    return (
        f"This is the last claim with a reading for {ratings}. Give another claim a reading, say on the rating’s own"
        " page, under “Departure”, why the score is given anyway, or unpublish the rating first."
    )


# For facts in memory


@dataclass(frozen=True)
class CellEvidence:
    """How many claims each cell has as evidence, and how many of these have a reading."""

    claims: Counter[Key] = field(default_factory=Counter)
    read: Counter[Key] = field(default_factory=Counter)

    def replace(self, before: Claim | None, after: Claim | None) -> None:
        """Count a claim as it will be in place of what it was; None where it is new, or deleted."""
        for claim, one in ((before, -1), (after, 1)):
            if claim is not None and not claim.source.is_retired:
                for cell in cells_of(claim):
                    self.claims[cell] += one
                    self.read[cell] += one * (claim.reading is not None)

    def backing(self, cell: Key, *, departs: bool) -> int:
        """Return how many claims back a rating of the cell that states a departure, or does not."""
        return (self.claims if departs else self.read)[cell]


def cells_of(claim: Claim | None) -> set[Key]:
    """Return the cells that a claim is evidence for."""
    if claim is None:
        return set()
    return set(keys_of(claim.framework_id, claim.criterion_id, claim.joint_criterion_id))


def backs(claim: Claim | None, cell: Key, *, departs: bool) -> bool:
    """Return whether the claim backs a rating of the cell that states a departure, or does not."""
    return (
        claim is not None
        and cell in cells_of(claim)
        and (departs or claim.reading is not None)
        and not claim.source.is_retired
    )


def takes_away(before: State, after: State) -> bool:
    """Return whether a claim moves, or is read no longer: the others are written first, so that no published rating is
    without a reading in between."""
    moves = any(
        before.get(name) != after.get(name)
        for name in ("framework", "criterion", "joint_criterion", "source")
    )
    return moves or (before.get("reading") is not None and after.get("reading") is None)


def is_backed(rating: Rating, evidence: CellEvidence) -> bool:
    """Return whether the rating may stand on this evidence."""
    cell = rating.framework_id, rating.criterion_id
    return not rating.is_published or bool(evidence.backing(cell, departs=bool(rating.departure)))


def left_bare(
    before: Claim | None, after: Claim | None, evidence: CellEvidence, published: Mapping[Key, bool]
) -> set[Key]:
    """Return the cells with a published rating that nothing backs once the claim is another or (None) deleted.

    `evidence` is what there is then. `published` says of each cell with a published rating whether that states a
    departure.
    """
    return {
        cell
        for cell in cells_of(before)
        if cell in published
        and not evidence.backing(cell, departs=published[cell])
        and backs(before, cell, departs=published[cell])
        and not backs(after, cell, departs=published[cell])
    }


# As queries


def evidence_by_cell() -> CellEvidence:
    """Count the evidence of all cells. One query."""
    evidence = CellEvidence()
    rows = Claim.objects.in_evidence().filter(framework__isnull=False).order_by()
    for *claim, reading in rows.values_list("framework", "criterion", "joint_criterion", "reading"):
        for cell in keys_of(*claim):
            evidence.claims[cell] += 1
            evidence.read[cell] += reading is not None
    return evidence


def published_cells() -> dict[Key, bool]:
    """Return the cells with a published rating, and whether it states a departure. One query."""
    ratings = Rating.objects.filter(is_published=True).order_by()
    rows = ratings.values_list("framework", "criterion", "departure")
    return {(framework, criterion): bool(departure) for framework, criterion, departure in rows}


def resting_on(claim: Claim, after: Claim | None = None) -> list[Rating]:
    """Return the published ratings that nothing would back, were the claim another or (None) deleted.

    One query, and none where the claim backs after the change whatever it has backed before.
    """
    weaker = {
        cell
        for cell in cells_of(claim)
        for departs in (True, False)
        if backs(claim, cell, departs=departs) and not backs(after, cell, departs=departs)
    }
    ratings = Rating.objects.filter(
        is_published=True, framework=claim.framework_id, criterion__in=[criterion for _, criterion in weaker]
    )
    rested = ratings.only_backed_by(Q(pk=claim.pk)).select_related("framework", "criterion")
    return [
        rating
        for rating in rested
        if not backs(after, (rating.framework_id, rating.criterion_id), departs=bool(rating.departure))
    ]
