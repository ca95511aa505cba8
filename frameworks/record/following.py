"""Work out what has to change with claims, rows of the table of readings and retired sources: readings, and the scores
on them."""

from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Q

from frameworks.backing import cells_of, needs_reading
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
        known = [claim.pk for claim in claims if claim.pk]
        cells = cells_in_database(known) if known else set()
        cells |= {key for claim in [*claims, *read] for key in cells_of(claim)}
        sources = [fact for fact in facts if isinstance(fact, Source) and fact.pk]
        retired, revived = _turned(sources) if sources else ([], [])
        cells |= _cells_of_sources([*retired, *revived])
        self._cells = {key for key in cells if key not in besides}
        self._ratings = _ratings_that_follow(self._cells) if self._cells else []
        if read:
            read = list(_claims_under(self._criteria()).select_for_update(of=("self",)))
        self._read = [(claim, state_of(claim)) for claim in read]
        self._tables = self._criteria_with_tables() if read else {}
        self._bare = self._left_bare(retired)

    def writes_before(self) -> list[PendingWrite]:
        """Return what is to be written before the change: published ratings that nothing backs after it are
        unpublished."""
        return [*map(_unpublished, self._bare)]

    def let_go(self) -> None:
        """Take the claims that are about to leave a row from it beforehand, with the reading that they have.

        A row hands its new reading to its claims at once, and those that leave are not read by it any more: the
        database would refuse what they become, or that a published rating is without a reading in between.
        """
        rows = {row.pk for row in self._rows}
        leaving = [
            claim.pk
            for claim, _ in self._read
            if claim.wording_id in rows and self._reread(copy(claim)).wording_id != claim.wording_id
        ]
        if leaving:
            Claim.objects.filter(pk__in=leaving).update(wording=None)

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

    def _left_bare(self, retired: Collection[int]) -> list[Rating]:
        """Return and lock the published ratings that nothing will back: their sources are retired, or their last
        reading is lost."""
        ratings = Rating.objects.filter(is_published=True)
        if retired:
            ratings = ratings.only_backed_by(Q(source__in=retired))
        elif unread := self._unread():
            ratings = ratings.filter(departure="").only_backed_by(Q(pk__in=unread))
        else:
            return []
        locked = ratings.select_related("framework", "criterion").select_for_update(of=("self",))
        followed = {rating.pk: rating for rating in self._ratings}
        return [followed.get(rating.pk, rating) for rating in locked.order_by("pk")]

    def _criteria(self) -> set[int]:
        """Return the criteria of the rows, as they were and as they will be."""
        before = Wording.objects.filter(pk__in=[row.pk for row in self._rows if row.pk])
        return {row.criterion_id for row in self._rows} | set(before.values_list("criterion_id", flat=True))

    def _criteria_with_tables(self) -> dict[int, Criterion]:
        """Return the criteria by primary key, each with its table of readings as the change will leave it."""
        criteria = Criterion.objects.in_bulk()
        others = Wording.objects.exclude(pk__in=[row.pk for row in self._rows if row.pk])
        table = [*others, *(row for row in self._rows if not self._are_deleted)]
        table.sort(key=lambda row: (-(row.reading or 0), row.words))
        for criterion in criteria.values():
            criterion.table_of_readings = [row for row in table if row.criterion_id == criterion.pk]
        return criteria

    def _reread(self, claim: Claim) -> Claim:
        """Read the claim by the table as the change leaves it."""
        claim.criterion = self._tables[claim.criterion_id]
        claim.joint_criterion = self._tables.get(claim.joint_criterion_id or 0)
        if claim.wording_id is not None:
            table = [*claim.criterion.table_of_readings]
            table += claim.joint_criterion.table_of_readings if claim.joint_criterion else []
            claim.wording = next((row for row in table if row.pk == claim.wording_id), None)
            claim.reading = claim.wording.reading if claim.wording else None
        claim.read_by_table()
        return claim

    def _unread(self) -> list[int]:
        """Return the claims that will have lost their reading."""
        return [
            claim.pk
            for claim, _ in self._read
            if claim.reading is not None and self._reread(copy(claim)).reading is None
        ]

    def _claims(self) -> list[PendingWrite]:
        writes = [
            PendingWrite(self._reread(claim), {}, claim.version, before) for claim, before in self._read
        ]
        # Readings are given before others are taken away, so that no published rating is without any in between.
        return sorted(
            (write for write in writes if write.changed), key=lambda write: not write.after["reading"]
        )

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


def is_score_set(rating: Rating, changed: Iterable[str]) -> bool:
    """Return whether these changed fields set the score or its departure, or publish the rating with them."""
    return any(
        name in ("score", "departure") or (name == "is_published" and rating.is_published) for name in changed
    )


def settle_score(
    rating: Rating,
    before: Derivation[Any] | None,
    after: Derivation[Any] | None,
    *,
    is_set: bool,
    can_say_why: bool = True,
) -> str:
    """Move the score where it followed from the claims and they change; say in a sentence if it may not be written.

    `is_set` is what `is_score_set` says of the editor's change: nobody is asked about what they have not touched. Where
    no claim has a reading, nothing follows: the score of a draft is the editors' own.
    """
    if after is None:
        return needs_reading(rating, can_say_why=can_say_why)
    if is_set:
        return departs(rating, after)
    if before and not rating.departure and rating.score == before.score:
        rating.score = after.score
    return ""


def departure_of(rating: Rating) -> str:
    """Say in a sentence that the score does not follow from the readings without saying so; empty where all is well."""
    return next(departures_of([rating]), "")


def departures_of(ratings: Sequence[Rating]) -> Iterator[str]:
    """Yield a sentence for each score that does not follow from the readings without saying so. One query."""
    derived = derivations({(rating.framework_id, rating.criterion_id) for rating in ratings})
    for rating in ratings:
        own = derived.get((rating.framework_id, rating.criterion_id))
        if sentence := settle_score(rating, own, own, is_set=True):
            yield sentence


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


def cells_in_database(claims: Collection[int]) -> set[Key]:
    """Return the cells that the claims with these primary keys are evidence for as they were last written."""
    rows = Claim.objects.filter(pk__in=claims, framework__isnull=False)
    columns = rows.order_by().values_list("framework", "criterion", "joint_criterion")
    return {key for row in columns for key in keys_of(*row)}


def _turned(sources: Sequence[Source]) -> tuple[list[int], list[int]]:
    """Return the primary keys of the sources that are about to be retired, and of those that are taken back."""
    was_retired = set(
        Source.objects.retired().filter(pk__in=[source.pk for source in sources]).values_list("pk", flat=True)
    )
    retired = [source.pk for source in sources if source.is_retired]
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


def _unpublished(rating: Rating) -> PendingWrite:
    """Return what to write so that the rating is no longer published."""
    before = state_of(rating)
    rating.is_published = False
    return PendingWrite(rating, {}, rating.version, before)


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
