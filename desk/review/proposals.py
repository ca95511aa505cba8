"""Proposals: what somebody without the right to publish writes is kept aside until a reviewer applies it.

Nothing needs to know of this. A request of such an editor runs like any other, in a transaction, with the checks of
versions and constraints that every write goes through; in the end its revisions become a proposal and the transaction
is rolled back. Publishing writes the same changes again, through `revisions`, at the versions they are based on.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, cast

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.urls import reverse

from desk.editing.merging import put_on_top
from frameworks.cells import Key
from frameworks.models import Proposal, ProposedChange, Rating, Revision, Versioned, versioned_models
from frameworks.models.schema import state_of
from frameworks.record import past, renaming, revisions
from frameworks.record.following import departure_of, is_score_set, rated_by
from frameworks.record.pending import PendingWrite
from frameworks.record.revisions import Author
from frameworks.record.swapping import takes_place


class Undecidable(Exception):
    """Somebody else has decided on the proposal, or its author has withdrawn it. Nothing was written."""


class Taken(Exception):
    """Facts of the proposal were changed by somebody else since. Nothing was written."""

    def __init__(self, changes: Sequence[ProposedChange]) -> None:
        super().__init__("Somebody else has changed this since it was proposed.")
        self.changes = changes


class _Gone(Exception):
    """What a change is about, or something that it names, is not there any more, or there already."""


@contextmanager
def kept_aside(by: Author) -> Iterator[list[Revision]]:
    """Take back whatever `by` writes inside, and hand it out as the revisions that it would have been."""
    written: list[Revision] = []
    with transaction.atomic():
        yield written
        written += Revision.objects.filter(changeset=by.changeset).order_by("pk")
        if written:
            transaction.set_rollback(True)


def propose(
    written: Sequence[Revision], *, at: datetime, form_path: str = "", form_data: Any = None
) -> Proposal:
    """Make a proposal of revisions that were taken back. `form_data` is what the author typed, to take it up again."""
    first = written[0]
    with transaction.atomic():
        proposal = Proposal.objects.create(
            changeset=first.changeset,
            author=cast(User, first.author),
            author_name=first.author_name,
            origin=first.origin,
            reason=first.reason,
            created_at=at,
            form_path=form_path,
            form_data=form_data,
        )
        changes = _changes(written)
        for change in changes:
            change.proposal = proposal
        ProposedChange.objects.bulk_create(changes)
    return proposal


def waiting_same(written: Sequence[Revision], page: str) -> Proposal | None:
    """Return the proposal of the same author, waiting for a reviewer, that came from the same page and is of exactly
    these revisions."""
    wanted = [_content(change) for change in _changes(written)]
    first = ProposedChange.objects.filter(position=0, model=wanted[0]["model"], key=wanted[0]["key"])
    own = Proposal.objects.waiting().filter(author=written[0].author, origin=written[0].origin)
    for proposal in own.filter(form_path__startswith=page, changes__in=first):
        if [_content(change) for change in proposal.changes.all()] == wanted:
            return proposal
    return None


def _changes(written: Sequence[Revision]) -> list[ProposedChange]:
    return [
        ProposedChange(
            position=position,
            model=step.model,
            key=renaming.key_before(step),
            action=step.action,
            seen=None if step.action == Revision.Action.CREATED else step.version - 1,
            reason=step.reason,
            before=step.before,
            after=step.after,
        )
        for position, step in enumerate(written)
    ]


def _content(change: ProposedChange) -> dict[str, Any]:
    return {
        name: getattr(change, name)
        for name in ("model", "key", "action", "seen", "reason", "before", "after")
    }


def publish(
    proposal: Proposal, *, by: User, at: datetime, note: str = "", over: dict[str, int] | None = None
) -> None:
    """Write the proposal's changes, all or none, and marks it published.

    `over` names facts (`rating django/performance`) that were changed since, with the version that the reviewer has
    seen: what the author changed is put on top of them.

    Raises Taken when other facts were changed since, Undecidable when it is decided already, Refused when the
    database has a constraint against it.
    """
    author = Author(
        proposal.author_name,
        Revision.Origin(proposal.origin),
        proposal.author,
        changeset=proposal.changeset,
        published_by=by,
    )
    with transaction.atomic():
        decide(proposal, Proposal.Status.PUBLISHED, by=by, at=at, note=note)
        apply(proposal, author, at=at, over=over)


def apply(
    proposal: Proposal, author: Author, *, at: datetime | None = None, over: dict[str, int] | None = None
) -> None:
    """Write the changes as `author`. Raises Taken, naming all facts in conflict, or Refused."""
    taken = []
    with transaction.atomic():
        changes = list(proposal.changes.all())
        besides = rated_by(changes)
        swaps, written = _swaps(changes), set[int]()
        for change in changes:
            if change.position in swaps:
                written |= _apply_together(swaps[change.position], author, at, over or {}, besides)
            if change.position in written:
                continue
            try:
                with transaction.atomic():
                    _apply_one(change, author, at, (over or {}).get(name_of(change)), besides)
            except (revisions.Conflict, _Gone):
                taken.append(change)
            except revisions.Refused:
                if not taken:
                    raise
                # It may rest on a fact in conflict: that is said first.
        if taken:
            raise Taken(taken)
        _refuse_departures(changes)


def _swaps(changes: Iterable[ProposedChange]) -> dict[int, list[ProposedChange]]:
    """Return the changes of each kind by which facts may take each other's place, by the position of the first."""
    by_kind: dict[str, list[ProposedChange]] = {}
    for change in changes:
        if takes_place(model_of(change), change.before, change.after):
            by_kind.setdefault(change.model, []).append(change)
    return {alike[0].position: alike for alike in by_kind.values() if len(alike) > 1}


def _apply_together(
    changes: Iterable[ProposedChange],
    author: Author,
    at: datetime | None,
    over: Container[str],
    besides: Container[Key],
) -> set[int]:
    """Write the changes of one kind together, and return the positions of those that are written.

    What is in conflict or refused is left to be said of each.
    """
    writes: dict[int, PendingWrite] = {}
    for change in changes:
        current, found = (
            past.by_name(model_of(change), change.key),
            past.rebuilt(model_of(change), change.after or {}),
        )
        is_same = current and found and found.fact.key_text == current.key_text
        if current and found and is_same and current.version == change.seen and name_of(change) not in over:
            fact, before = found.succeed(current), state_of(current)
            writes[change.position] = PendingWrite(fact, found.related, change.seen, before, change.reason)
    try:
        with transaction.atomic():
            revisions.save_all([*writes.values()], by=author, at=at, besides=besides)
    except (revisions.Conflict, revisions.Refused, IntegrityError):
        return set()
    return {*writes}


def _apply_one(
    change: ProposedChange,
    author: Author,
    at: datetime | None,
    over: int | None,
    besides: Container[Key],
) -> None:
    model = model_of(change)
    current = past.by_name(model, change.key)
    if change.action == Revision.Action.CREATED:
        _create(change, model, current, author, at, besides)
    elif current is None or change.seen is None:
        raise _Gone
    elif change.action == Revision.Action.DELETED:
        revisions.delete(
            current, by=author, reason=change.reason, seen=over or change.seen, at=at, besides=besides
        )
    else:
        wanted = change.after
        if current.version != change.seen and state_of(current) == wanted and _follows(current, author):
            return
        if over is not None:
            changed = {name: after for name, _, after in change.changed_fields}
            wanted = put_on_top(changed, state_of(current))
        found = past.rebuilt(model, wanted or {})
        if found is None:
            raise _Gone
        revisions.save(
            found.succeed(current),
            by=author,
            reason=change.reason,
            seen=change.seen if over is None else over,
            related=found.related,
            at=at,
            besides=besides,
        )


def _follows(current: Versioned, author: Author) -> bool:
    """Return whether this proposal has written the fact already: it has followed a row of the table of readings."""
    written = Revision.objects.of(current).first()
    return written is not None and written.changeset == author.changeset


def _create(
    change: ProposedChange,
    model: type[Versioned],
    current: Versioned | None,
    author: Author,
    at: datetime | None,
    besides: Container[Key],
) -> None:
    found = past.rebuilt(model, change.after or {})
    if current is not None or found is None:
        raise _Gone
    revisions.save(found.fact, by=author, reason=change.reason, related=found.related, at=at, besides=besides)


def _refuse_departures(changes: Iterable[ProposedChange]) -> None:
    """Raise Refused where a proposed score no longer follows from the claims, which others may have changed since."""
    for change in changes:
        rating = cast("Rating | None", past.by_name(Rating, change.key)) if change.model == "rating" else None
        if rating is None or not is_score_set(rating, (name for name, _, _ in change.changed_fields)):
            continue
        if sentence := departure_of(rating):
            raise revisions.Refused(f"{rating}: {sentence}")


def page_of(proposal: Proposal) -> str:
    """Return the address of the page where it is read and decided."""
    return reverse("admin:frameworks_proposal_change", args=[proposal.pk])


def decide(proposal: Proposal, status: str, *, by: User, at: datetime, note: str = "") -> None:
    """Close the proposal, or return it to its author. Raises Undecidable when somebody was faster."""
    undecided = [Proposal.Status.OPEN, Proposal.Status.RETURNED]
    values: dict[str, Any] = {"status": status, "decided_by": by, "decided_at": at, "note": note}
    if not Proposal.objects.filter(pk=proposal.pk, status__in=undecided).update(**values):
        raise Undecidable(f"{proposal} has been decided already.")
    for name, value in values.items():
        setattr(proposal, name, value)


def model_of(change: ProposedChange | Revision) -> type[Versioned]:
    """Return the model of the fact. Raises LookupError when it is no more."""
    return versioned_models()[change.model]


def name_of(change: ProposedChange) -> str:
    """Return its name, as `rating django/performance`."""
    return f"{change.model} {change.key}"
