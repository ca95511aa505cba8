"""Import a table: a file's rows are compared with the current facts; what differs is written as one changeset, all or
nothing, each row based on the version that its editor saw.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from frameworks.models import Claim, Revision, Source, Wording
from frameworks.record import revisions
from frameworks.record.revisions import Author

from .differences import diff
from .existing import by_todays_names, fetch, fetch_facts
from .keys import Recognition
from .kinds import Kind
from .rows import ImportRow, Status
from .sheets import Sheet

#: What follows from so many rows is shown before they are imported.
FOLLOWED_MAX = 2_000


class RowsChanged(Exception):
    """The rows refused or in conflict are no longer those that the editor saw. Nothing was written."""


class Undecided(RowsChanged):
    """Rows are refused or in conflict, and the editor has not decided about them."""


def compare(kind: Kind, sheet: Sheet, start: int) -> list[ImportRow]:
    """Return the rows of a table compared with the current facts. `start` is the number of the first row."""
    facts, named = fetch_facts(kind)
    sheet, taken = Recognition(kind, facts, named).sheet(by_todays_names(kind, sheet))
    rows = diff(kind, sheet, fetch(kind, sheet, facts, named), start)
    return [replace(row, taken_as=(*taken[row.number - start], *row.taken_as)) for row in rows]


def followers(rows: Iterable[ImportRow], by: Author) -> list[Revision]:
    """Return the changes that would follow from the rows that are to be written: readings of claims, and scores.

    They are written and rolled back. Returns none where the rows would be refused together, or are too many.
    """
    writes = [row.change for row in rows if row.change is not None]
    if not 0 < len(writes) <= FOLLOWED_MAX or not isinstance(writes[0].fact, Claim | Source | Wording):
        return []
    try:
        with transaction.atomic():
            written = revisions.save_all(writes, by=by, reason="Preview.")
            found = list(followed(written[0])) if written else []
            transaction.set_rollback(True)
    except (revisions.Conflict, revisions.Refused, IntegrityError):
        return []
    return found


def followed(step: Revision) -> QuerySet[Revision]:
    """Return the changes in the changeset of an imported row that have followed from it, or from others of its kind."""
    return Revision.objects.filter(changeset=step.changeset).exclude(model=step.model).order_by("pk")


def refused_mark(rows: Iterable[ImportRow]) -> str:
    """Return a short hash of which rows are refused for good; empty where none is."""
    return _mark(str(row.number) for row in rows if row.status == Status.REFUSED and row.over is None)


def conflict_mark(rows: Iterable[ImportRow]) -> str:
    """Return a short hash of which rows somebody else has changed since, and to which version; empty where none."""
    return _mark(f"{row.number}:{row.over.seen}" for row in rows if row.over is not None)


def _mark(words: Iterable[str]) -> str:
    text = " ".join(words)
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def confirm(
    kind: Kind,
    sheet: Sheet,
    start: int,
    *,
    by: Author,
    reason: str,
    leave_out: str = "",
    conflicts: str = "",
    over: bool = False,
    at: datetime | None = None,
) -> list[Revision]:
    """Write all rows that are new or changed as one changeset, or none. What follows from them is not returned.

    `leave_out` and `conflicts` are the marks of the rows that the editor saw refused and in conflict. Refused rows are
    left out, and so are rows in conflict, unless the file's changes are to go `over` the current state. Raises
    Undecided where a mark is missing, RowsChanged where one differs by now, and what `revisions.save_all` raises.
    """
    with transaction.atomic():
        rows = compare(kind, sheet, start)
        current, seen = (refused_mark(rows), conflict_mark(rows)), (leave_out, conflicts)
        if any(mark and not seen_mark for mark, seen_mark in zip(current, seen, strict=True)):
            raise Undecided
        if current != seen:
            raise RowsChanged
        writes = [row.change or (row.over if over else None) for row in rows]
        changes = [write for write in writes if write is not None]
        return revisions.save_all(changes, by=by, reason=reason, at=at)
