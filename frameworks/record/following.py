"""Work out what has to change with claims, rows of the table of readings and retired sources: readings, and the scores
on them."""

from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q

from frameworks.backing import cells_of
from frameworks.cells import Key, derivations, keys_of
from frameworks.median import Derivation, departs
from frameworks.models import (
    Claim,
    Criterion,
    Framework,
    ProposedChange,
    Rating,
    Revision,
    Source,
    Versioned,
    Wording,
)
from frameworks.models.constraints import STEPS
from frameworks.models.schema import schema_of, state_of

from .pending import PendingWrite


@dataclass(frozen=True)
class EveryCell:
    """All cells but these, for writers that set the scores of the others themselves."""

    but: Collection[Key] = ()

    def __contains__(self, key: object) -> bool:
        return key not in self.but


class Consequences:
    """What has to be written with a change of claims or of rows of the table of readings, or when a source is retired
    or taken back.

    To be made before the change, in the same transaction. It locks first the scores that may move and then the claims
    that may be read anew, so that two writers wait for each other in one order.
    """

    def __init__(
        self, facts: Sequence[Versioned], besides: Container[Key] = (), *, are_deleted: bool = False
    ) -> None:
        """Look at what the changed, new or deleted facts bear on. The caller sets the scores of the cells `besides`."""
        self._are_deleted = are_deleted
        self._rows = [fact for fact in facts if isinstance(fact, Wording)]
        read = _claims_under(self._criteria()) if self._rows else []
        claims = [fact for fact in facts if isinstance(fact, Claim)]
        cells = _cells_in_database(claims) if claims else set()
        cells |= {key for claim in [*claims, *read] for key in cells_of(claim)}
        sources = [fact for fact in facts if isinstance(fact, Source)]
        retired, revived = _turned(sources) if sources else ([], [])
        cells |= _cells_of_sources([*retired, *revived])
        self._bare = _ratings_left_bare(retired)
        self._cells = {key for key in cells if key not in besides}
        self._ratings = _ratings_that_follow(self._cells) if self._cells else []
        if read:
            read = list(_claims_under(self._criteria()).select_for_update(of=("self",)))
        self._read = [(claim, state_of(claim)) for claim in read]

    def writes_before(self) -> list[PendingWrite]:
        """Return what is to be written before the change: published ratings that it leaves without a claim are
        unpublished."""
        writes = []
        for rating in self._bare:
            before = state_of(rating)
            rating.is_published = False
            writes.append(PendingWrite(rating, {}, rating.version, before))
        return writes

    def writes(self) -> Iterator[list[PendingWrite]]:
        """Yield what is to be written after the change, kind by kind, each to be written before the next is asked for.

        A claim gets the reading of its row. A score that followed from the median of its sources goes on following.
        """
        if self._read:
            yield self._claims()
        if self._ratings:
            yield self._scores()

    @property
    def is_incomplete(self) -> bool:
        """Return whether one of the rows has got another claim since the claims were locked."""
        known = [claim.pk for claim, _ in self._read]
        return (
            bool(self._rows) and Claim.objects.filter(wording__in=self._rows).exclude(pk__in=known).exists()
        )

    def _criteria(self) -> set[int]:
        """Return the criteria of the rows, as they were and as they will be."""
        before = Wording.objects.filter(pk__in=[row.pk for row in self._rows if row.pk])
        return {row.criterion_id for row in self._rows} | set(before.values_list("criterion_id", flat=True))

    def _claims(self) -> list[PendingWrite]:
        table = Wording.objects.exclude(pk__in=[row.pk for row in self._rows if self._are_deleted])
        criteria = Criterion.objects.prefetch_related(models.Prefetch("wordings", table)).in_bulk()
        rows = {row.pk: row for criterion in criteria.values() for row in criterion.table_of_readings}
        writes = []
        for claim, before in self._read:
            claim.criterion = criteria[claim.criterion_id]
            claim.joint_criterion = criteria.get(claim.joint_criterion_id or 0)
            if claim.wording_id is not None:
                claim.wording = rows.get(claim.wording_id)
                claim.reading = claim.wording.reading if claim.wording else None
            claim.read_by_table()
            writes.append(PendingWrite(claim, {}, claim.version, before))
        return [write for write in writes if write.changed]

    def _scores(self) -> list[PendingWrite]:
        after = derivations({(rating.framework_id, rating.criterion_id) for rating in self._ratings})
        writes = []
        for rating in self._ratings:
            derived = after.get((rating.framework_id, rating.criterion_id))
            if derived is not None and derived.score != rating.score:
                before = state_of(rating)
                rating.score = derived.score
                writes.append(PendingWrite(rating, {}, rating.version, before))
        return writes


def settle_score(
    rating: Rating, before: Derivation[Any] | None, after: Derivation[Any] | None, *, is_set: bool
) -> str:
    """Move the score where it followed from the claims and they change; say in a sentence if it may not be written.

    `is_set` says whether the editor has set score or departure: nobody is asked about what they have not touched.
    Where no claim has a reading, nothing follows, and the score is the editors' own.
    """
    if is_set:
        return departs(rating, after) if after else ""
    if before and after and not rating.departure and rating.score == before.score:
        rating.score = after.score
    return ""


def departure_of(rating: Rating) -> str:
    """Say in a sentence that the score does not follow from the readings without saying so; empty where all is well."""
    key = rating.framework_id, rating.criterion_id
    derived = derivations({key}).get(key)
    return departs(rating, derived) if derived else ""


def rated_by(changes: Iterable[Revision | ProposedChange]) -> set[Key]:
    """Return the cells whose ratings are among the changes, which so set their scores."""
    keys = [change.key.split("/") for change in changes if change.model == schema_of(Rating).kind]
    if not keys:
        return set()
    frameworks = dict(Framework.objects.filter(slug__in=[key[0] for key in keys]).values_list("slug", "pk"))
    criteria = dict(Criterion.objects.filter(slug__in=[key[1] for key in keys]).values_list("slug", "pk"))
    return {
        (frameworks[framework], criteria[criterion])
        for framework, criterion in keys
        if framework in frameworks and criterion in criteria
    }


def _claims_under(criteria: Collection[int]) -> "models.QuerySet[Claim]":
    """Return the claims on frameworks that are looked up in the tables of readings of these criteria."""
    under = Q(criterion__in=criteria) | Q(joint_criterion__in=criteria)
    claims = Claim.objects.filter(under, framework__isnull=False)
    return claims.select_related(*schema_of(Claim).paths).order_by("pk")


def _cells_in_database(claims: Sequence[Claim]) -> set[Key]:
    """Return the cells that the claims are evidence for as they were last written."""
    rows = Claim.objects.filter(pk__in=[claim.pk for claim in claims if claim.pk], framework__isnull=False)
    columns = rows.order_by().values_list("framework", "criterion", "joint_criterion")
    return {key for row in columns for key in keys_of(*row)}


def _turned(sources: Sequence[Source]) -> tuple[list[int], list[int]]:
    """Return the primary keys of the sources that are about to be retired, and of those that are taken back."""
    was_retired = set(
        Source.objects.retired().filter(pk__in=[source.pk for source in sources]).values_list("pk", flat=True)
    )
    retired = [source.pk for source in sources if source.pk and source.is_retired]
    revived = [source.pk for source in sources if source.pk in was_retired and not source.is_retired]
    return [pk for pk in retired if pk not in was_retired], revived


def _cells_of_sources(sources: Collection[int]) -> set[Key]:
    """Return the cells that have claims of these sources."""
    if not sources:
        return set()
    rows = Claim.objects.filter(source__in=sources, framework__isnull=False).order_by()
    return {
        key for row in rows.values_list("framework", "criterion", "joint_criterion") for key in keys_of(*row)
    }


def _ratings_left_bare(sources: Collection[int]) -> list[Rating]:
    """Return and lock the published ratings that have claims of these sources only."""
    if not sources:
        return []
    ratings = Rating.objects.filter(is_published=True).only_backed_by(sources)
    locked = ratings.select_related("framework", "criterion").select_for_update(of=("self",))
    return list(locked.order_by("pk"))


def _ratings_that_follow(cells: Collection[Key]) -> list[Rating]:
    """Return and lock the ratings of these cells whose score is the one that follows from their claims."""
    derived = None
    followed = []
    frameworks, criteria = {framework for framework, _ in cells}, {criterion for _, criterion in cells}
    ratings = Rating.objects.filter(framework__in=frameworks, criterion__in=criteria, departure="")
    for rating in (
        ratings.select_related("framework", "criterion").select_for_update(of=("self",)).order_by("pk")
    ):
        key = rating.framework_id, rating.criterion_id
        if key not in cells:
            continue
        if derived is None:
            derived = derivations(cells)
        if key in derived and derived[key].score == rating.score:
            followed.append(rating)
    return followed


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
    claims = list(row.claims.in_evidence().filter(framework__isnull=False).select_related("framework"))
    frameworks = {claim.framework_id: claim.framework for claim in claims if claim.framework}
    criteria = Criterion.objects.in_bulk({criterion for claim in claims for _, criterion in cells_of(claim)})
    cells = {cell for claim in claims for cell in cells_of(claim)}
    derived = [
        derivations(cells, dict.fromkeys((claim.pk for claim in claims), reading))
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
