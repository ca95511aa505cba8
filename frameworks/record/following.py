"""Work out what has to change with a row of the table of readings: the claims read by it, and the scores on them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q

from frameworks.backing import cells_of
from frameworks.cells import Key, keys_of
from frameworks.median import Derivation, derive
from frameworks.models import Claim, Criterion, Framework, Rating, Versioned, Wording
from frameworks.models.constraints import STEPS
from frameworks.models.schema import schema_of, state_of

from .pending import PendingWrite


def following(facts: Sequence[Versioned]) -> list[list[PendingWrite]]:
    """Return what has to be written with these changed facts, in this order, kind by kind.

    To be called before they are written, in the same transaction; the claims are locked. A claim gets the reading of
    its row. A score that followed from the median of its sources goes on following; one that departs from it stays.
    """
    rows = {fact.pk: fact for fact in facts if isinstance(fact, Wording)}
    claims = _claims(rows) if rows else []
    return (
        [claims, _ratings([write.fact for write in claims if isinstance(write.fact, Claim)])]
        if claims
        else []
    )


@dataclass(frozen=True)
class Outlook:
    """A cell that is read by a row of the table: its score (None: not rated), and what would follow from each reading.

    `scores` holds the scores for the readings from 1 to 5, and at last for no reading; None where nothing would follow.
    """

    framework: Framework
    criterion: Criterion
    score: int | None
    departs: bool
    scores: list[int | None]


def outlook(row: Wording) -> list[Outlook]:
    """Return the cells that are read by this row, with the scores that each reading would give, by framework."""
    claims = list(row.claims.filter(framework__isnull=False).select_related("framework"))
    frameworks = {claim.framework_id: claim.framework for claim in claims if claim.framework}
    criteria = Criterion.objects.in_bulk({criterion for claim in claims for _, criterion in cells_of(claim)})
    cells = {cell for claim in claims for cell in cells_of(claim)}
    derived = [
        _derivations(cells, dict.fromkeys((claim.pk for claim in claims), reading))
        for reading in (*range(STEPS[0], STEPS[1] + 1), None)
    ]
    ratings = {
        (rating.framework_id, rating.criterion_id): rating
        for rating in Rating.objects.filter(framework__in=frameworks, criterion__in=criteria)
    }
    outlooks = []
    for key in cells:
        rating = ratings.get(key)
        scores = [by_cell[key].score if key in by_cell else None for by_cell in derived]
        score, departs = (rating.score, bool(rating.departure)) if rating else (None, False)
        outlooks.append(Outlook(frameworks[key[0]], criteria[key[1]], score, departs, scores))
    return sorted(outlooks, key=lambda one: (one.framework.name, one.criterion.name))


def _claims(rows: dict[int, Wording]) -> list[PendingWrite]:
    claims = Claim.objects.filter(wording__in=rows).select_for_update(of=("self",)).order_by("pk")
    writes = []
    for claim in claims.select_related(*schema_of(Claim).paths):
        before = state_of(claim)
        claim.wording = rows[claim.wording_id or 0]
        claim.settle()
        writes.append(PendingWrite(claim, {}, claim.version, before))
    return [write for write in writes if write.changed]


def _ratings(claims: Sequence[Claim]) -> list[PendingWrite]:
    """Return the scores that move when these claims are read as they are now in memory."""
    cells = {key for claim in claims for key in cells_of(claim)}
    read = {claim.pk: claim.reading for claim in claims}
    before, after = _derivations(cells, {}), _derivations(cells, read)
    writes = []
    frameworks, criteria = {framework for framework, _ in cells}, {criterion for _, criterion in cells}
    ratings = Rating.objects.filter(framework__in=frameworks, criterion__in=criteria).order_by("pk")
    for rating in ratings.select_related("framework", "criterion").select_for_update(of=("self",)):
        key = rating.framework_id, rating.criterion_id
        if key not in after or key not in before or rating.departure or before[key].score != rating.score:
            continue
        state = state_of(rating)
        rating.score = after[key].score
        writes.append(PendingWrite(rating, {}, rating.version, state))
    return [write for write in writes if write.changed]


def _derivations(cells: Collection[Key], read: dict[int, int | None]) -> dict[Key, Derivation[int]]:
    """Return what follows from the readings of each cell, those of the claims in `read` as given there."""
    frameworks, criteria = {framework for framework, _ in cells}, {criterion for _, criterion in cells}
    rows = Claim.objects.filter(
        Q(criterion__in=criteria) | Q(joint_criterion__in=criteria), framework__in=frameworks
    ).values_list("pk", "framework_id", "criterion_id", "joint_criterion_id", "source_id", "reading")
    readings: dict[Key, list[tuple[int, int | None]]] = defaultdict(list)
    for pk, framework, criterion, joint, source, reading in rows:
        for key in keys_of(framework, criterion, joint):
            readings[key].append((source, read.get(pk, reading)))
    derived = {key: derive(readings[key]) for key in cells}
    return {key: derivation for key, derivation in derived.items() if derivation is not None}
