"""Define the rows of an import: each is new, changed, the same or refused."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from frameworks.models import Versioned
from frameworks.models.schema import State
from frameworks.record.pending import PendingWrite

from .keys import TakenAs


class Status(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


class RowProblem(NamedTuple):
    """Why a row is refused: the column (empty: the row as a whole) and a sentence."""

    column: str
    sentence: str


@dataclass(frozen=True)
class ImportRow:
    """One row of the file, compared with the current fact.

    `opened` is the fact's state when the editor saw it, None where that is not known; `now` is its current state, None
    where there is no such fact; `mine` is the state that the row asks for.
    """

    number: int
    key: str
    status: Status
    #: What to write, where the row is new or changed.
    change: PendingWrite | None = None
    problems: tuple[RowProblem, ...] = ()
    fact: Versioned | None = None
    opened: State | None = None
    now: State | None = None
    mine: State | None = None
    #: Where somebody else has changed the fact since: the file's changes on top of the current state.
    over: PendingWrite | None = None
    #: The cells that a spreadsheet has changed, and what they were taken for.
    taken_as: tuple[TakenAs, ...] = ()


def refused(row: ImportRow, *problems: RowProblem) -> ImportRow:
    """Return the row as refused for these reasons, each named once."""
    return replace(row, status=Status.REFUSED, problems=tuple(dict.fromkeys(problems)))
