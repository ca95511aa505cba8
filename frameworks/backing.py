"""Check that a published rating has a claim: the rule in words, for facts in memory, and as queries.

Triggers of the database enforce it. The functions here say beforehand what the triggers would refuse.
"""

from collections import Counter
from collections.abc import Container, Mapping

from .cells import Key, keys_of
from .models import Claim, Rating

#: The constraint that the triggers name.
CONSTRAINT = "rating_published_has_claim"
NEEDS_CLAIM = (
    "A published rating needs at least one claim. Claims of retired sources do not count."
    " Add a claim, or unpublish the rating first."
)


def last_claim(ratings: str = "a published rating") -> str:
    """Say in a sentence why a claim has to stay where it is."""
    return f"This is the last claim for {ratings}. Add another claim or unpublish the rating first."


# For facts in memory


def cells_of(claim: Claim | None) -> set[Key]:
    """Return the cells that a claim is evidence for."""
    if claim is None:
        return set()
    return set(keys_of(claim.framework_id, claim.criterion_id, claim.joint_criterion_id))


def is_backed(rating: Rating, claims: Mapping[Key, int]) -> bool:
    """Say whether the rating may stand, with so many claims in each cell."""
    return not rating.is_published or bool(claims[rating.framework_id, rating.criterion_id])


def left_bare(
    before: Claim | None, after: Claim | None, claims: Mapping[Key, int], published: Container[Key]
) -> set[Key]:
    """Return the cells with a published rating that would have no claim, were the claim another or (None) deleted."""
    if before is None or before.source.is_retired:
        return set()
    kept = set() if after is not None and after.source.is_retired else cells_of(after)
    return {cell for cell in cells_of(before) - kept if claims[cell] == 1 and cell in published}


# As queries


def claims_by_cell() -> Counter[Key]:
    """Return how many claims each cell has as evidence. One query."""
    rows = Claim.objects.in_evidence().filter(framework__isnull=False).order_by()
    return Counter(
        cell
        for row in rows.values_list("framework", "criterion", "joint_criterion")
        for cell in keys_of(*row)
    )


def published_cells() -> frozenset[Key]:
    """Return the cells with a published rating. One query."""
    ratings = Rating.objects.filter(is_published=True).order_by()
    return frozenset(ratings.values_list("framework", "criterion"))


def resting_on(claim: Claim, after: Claim | None = None) -> list[Rating]:
    """Return the published ratings that would have no claim, were this one another or (None) deleted. One query."""
    gone = cells_of(claim) - cells_of(after)
    ratings = Rating.objects.filter(
        is_published=True, framework=claim.framework_id, criterion__in=[criterion for _, criterion in gone]
    )
    return list(ratings.without_claims(besides=claim).select_related("framework", "criterion"))
