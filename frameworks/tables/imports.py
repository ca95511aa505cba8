"""Import: parse → diff → confirm. A file's rows are held against the facts as they stand; what differs is written as
one changeset, all or nothing, each row at the version that its editor saw.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import CheckConstraint, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime

from frameworks import backing
from frameworks.models import Claim, Criterion, FormerSlug, Rating, Recorded, Revision
from frameworks.models.promises import PROMISES, is_kept
from frameworks.models.schema import Built, Field, Schema, State, schema_of, state_of
from frameworks.record import revisions
from frameworks.record.revisions import Author, Change

from .kinds import KINDS, REMARK, VERSION, ByKey, Kind, none_called, plain_of
from .sheets import Sheet, Unreadable, shortened

SAY_VERSION = (
    "It exists already. Say in the column “version” which version you saw: an export has it. "
    "Leave it empty for new ones only."
)


class Status(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    REFUSED = "refused"


class Problem(NamedTuple):
    """Why a row is refused: in which column (empty: as a whole) and a sentence."""

    column: str
    sentence: str


@dataclass(frozen=True)
class Row:
    """One row of the file, held against what stands.

    `opened` and `now` are the fact as the editor saw it, and as it stands: None where it was not known, or is not.
    """

    number: int
    key: str
    status: Status
    #: What is to be written, where it is new or changed.
    change: Change | None = None
    problems: tuple[Problem, ...] = ()
    fact: Recorded | None = None
    opened: State | None = None
    now: State | None = None
    mine: State | None = None
    #: Where somebody else has changed it since: what the file changes, on top of what stands now.
    over: Change | None = None


class Standing(Exception):
    """Other rows are refused or in conflict than the editor had seen. Nothing was written."""


class Undecided(Standing):
    """Rows are refused or in conflict, and the editor has not said what is to become of them."""


# Parse


def check_columns(kind: Kind, header: Sequence[str]) -> None:
    """Raises Unreadable for columns that these facts do not have, and where one is missing that names them."""
    if unknown := [name for name in header if name not in kind.columns and name not in remarks(header)]:
        raise Unreadable(
            f"There is no column “{shortened(unknown[0])}” here. The columns are: {', '.join(kind.columns)}."
        )
    if missing := [name for name in kind.key if name not in header]:
        raise Unreadable(f"The column “{missing[0]}” is missing. It says which one each row is about.")


def remarks(header: Iterable[str]) -> list[str]:
    """The columns that are passed over."""
    return [name for name in header if REMARK.fullmatch(name)]


def _keys_and_versions(kind: Kind, sheet: Sheet) -> list[tuple[str, str]]:
    """What each row is about, and the version it says; empty for blank rows."""
    places = [sheet.header.index(name) for name in kind.key]
    version = sheet.header.index(VERSION) if VERSION in sheet.header else None
    return [
        (
            "/".join(row[place].strip() for place in places),
            "" if version is None else row[version].strip(),
        )
        if row
        else ("", "")
        for row in sheet.rows
    ]


def _by_todays_names(kind: Kind, sheet: Sheet) -> Sheet:
    """A table that was taken before something was renamed is still about the same facts. One query."""
    now = FormerSlug.objects.now()
    if not now:
        return sheet
    named = {name: schema_of(other) for name, other in kind.schema.relations.items()}
    if kind.model.is_renamable:
        named[kind.key[0]] = kind.schema
    schemas = [named.get(name) for name in sheet.header]
    return Sheet(
        sheet.header, [[_today(*cell, now) for cell in zip(row, schemas, strict=False)] for row in sheet.rows]
    )


def _today(text: str, schema: Schema | None, now: Mapping[tuple[str, str], str]) -> str:
    if schema is None:
        return text
    words = [
        "/".join(schema.renamed_key(word.split("/"), lambda kind, name: now.get((kind, name), name)))
        for word in text.split()
    ]
    return text if words == text.split() else " ".join(words)


# Fetch


@dataclass(frozen=True)
class Known:
    """What a file is held against, fetched in a number of queries that does not grow with its rows."""

    facts: dict[str, Recorded]
    states: dict[str, State]
    #: By column, what it may name.
    named: dict[str, ByKey]
    #: By key and version, the fact as it was recorded; for rows that are not of today.
    opened: dict[tuple[str, int], State | None] = field(default_factory=dict)
    latest: dict[str, Revision] = field(default_factory=dict)
    #: How many claims each cell has; which cells have a published rating; which criteria have ratings.
    claims: Counter[tuple[int, int]] = field(default_factory=Counter)
    published: frozenset[tuple[int, int]] = frozenset()
    rated: frozenset[int] = frozenset()


def fetch(kind: Kind, sheet: Sheet) -> Known:
    rows = _keys_and_versions(kind, sheet)
    facts = {fact.key_text: fact for fact in kind.facts()}
    named = {name: _by_key(other) for name, other in kind.schema.relations.items()}
    stale = {
        key for key, version in rows if version and (key not in facts or version != str(facts[key].version))
    }
    steps = list(Revision.objects.filter(model=kind.name, key__in=stale).order_by("version")) if stale else []
    return Known(
        facts,
        {key: state_of(facts[key]) for key, _ in rows if key in facts},
        named,
        opened={(step.key, step.version): step.after for step in steps},
        latest={step.key: step for step in steps},
        **_evidence(kind.model),  # type: ignore[arg-type]
    )


def _by_key(model: type[Recorded]) -> ByKey:
    return {fact.key_text: fact for fact in KINDS[str(model._meta.model_name)].facts()}


def _evidence(model: type[Recorded]) -> dict[str, object]:
    """What the promises between ratings, claims and criteria are held against."""
    found: dict[str, object] = {}
    if issubclass(model, Rating | Claim):
        found["claims"] = backing.claims_by_cell()
    if issubclass(model, Claim):
        found["published"] = backing.published_cells()
    if issubclass(model, Criterion):
        found["rated"] = frozenset(Rating.objects.order_by().values_list("criterion", flat=True).distinct())
    return found


# Diff


def diff(kind: Kind, sheet: Sheet, known: Known, start: int) -> list[Row]:
    """Each row that is not blank: new, changed, the same or refused. Asks the database nothing.

    `start` is the number of the first row.
    """
    reader = _Reader(kind, sheet.header, known)
    names = _keys_and_versions(kind, sheet)
    return [
        reader.row(number, key, version, dict(zip(sheet.header, cells, strict=True)))
        for number, (cells, (key, version)) in enumerate(zip(sheet.rows, names, strict=True), start)
        if cells
    ]


class _Reader:
    """Goes through the rows, and remembers of those above what must not come twice."""

    def __init__(self, kind: Kind, header: Sequence[str], known: Known) -> None:
        self.kind, self.known = kind, known
        self.fields = {name: found for name, found in kind.fields.items() if name in header}
        #: What no fact of the kind can do without, beside its key.
        self.needed = [
            name
            for name, found in kind.fields.items()
            if name not in kind.key and not found.blank and not found.has_default()
        ]
        #: Fields that name only one, beside the key; and who has each value.
        self.unique = [
            found.name
            for found in kind.fields.values()
            if getattr(found, "unique", False) and found.name not in kind.key
        ]
        self.taken = {
            (name, getattr(fact, name)): key for key, fact in known.facts.items() for name in self.unique
        }
        self.checks = [one for one in kind.model._meta.constraints if isinstance(one, CheckConstraint)]
        self.numbers: dict[str, int] = {}

    def row(self, number: int, key: str, version: str, cells: dict[str, str]) -> Row:
        fact = self.known.facts.get(key)
        now = self.known.states.get(key)
        row = Row(number, key, Status.REFUSED, fact=fact, now=now)
        if key in self.numbers:
            return _refused(row, Problem("", f"Row {self.numbers[key]} is about the same one."))
        self.numbers[key] = number
        if version and not re.fullmatch("[0-9]{1,9}", version):
            return _refused(row, Problem(VERSION, f"“{shortened(version)}” is no version."))
        if fact is None and version:
            return _refused(row, Problem(VERSION, self._missing(key)))
        if not version and self._says_nothing(cells):
            return replace(row, status=Status.SAME)
        built, problems = self._build(fact, cells)
        if problems:
            unclear = [problem.column for problem in problems]
            return _refused(row, *problems, *self._invalid(built.fact, unclear))
        change = Change(built.fact, built.related, int(version) if version else None, now)
        return self._compared(row, change, built.fact if fact is None else fact, cells)

    def _says_nothing(self, cells: dict[str, str]) -> bool:
        """Whether all is empty but what the row is about, though no such fact could be: a cell without a rating."""
        own = [name for name in self.fields if name not in self.kind.key]
        return not {*self.needed}.isdisjoint(own) and not any(cells[name].strip() for name in own)

    def _compared(self, row: Row, change: Change, standing: Recorded, cells: dict[str, str]) -> Row:
        mine = state_of(change.fact, change.related)
        row = replace(row, mine=mine)
        if row.now == mine:
            return replace(row, status=Status.SAME)
        if row.now is not None and change.seen is None:
            return _refused(row, Problem(VERSION, SAY_VERSION))
        if change.seen is not None and change.seen != standing.version:
            return self._stale(row, change.seen, standing, cells)
        if problems := self._broken(change, row.key):
            return _refused(row, *problems)
        self._take(change.fact, row.key)
        return replace(row, status=Status.NEW if row.now is None else Status.CHANGED, change=change)

    def _stale(self, row: Row, seen: int, standing: Recorded, cells: dict[str, str]) -> Row:
        """Somebody else has changed it. What the editor left alone stays as that one has it."""
        opened, since = self.known.opened.get((row.key, seen)), Problem("", self._since(row.key, seen))
        if opened is None:
            return _refused(row, since)
        row = replace(row, opened=opened)
        own = {name: cells[name] for name in self.fields if _differ(name, row.mine, opened)}
        built, _ = self._build(standing, own)
        if state_of(built.fact, built.related) == row.now:
            return replace(row, status=Status.SAME)
        over = Change(built.fact, built.related, standing.version, row.now)
        if problems := self._broken(over, row.key):
            return _refused(row, since, *problems)
        self._take(built.fact, row.key)
        return replace(_refused(row, since), over=over)

    def _take(self, fact: Recorded, key: str) -> None:
        for name in self.unique:
            self.taken[name, getattr(fact, name)] = key

    def _since(self, key: str, seen: int) -> str:
        last = self.known.latest.get(key)
        who = _step(last) if last and last.version > seen else "Nobody recorded who did it."
        return f"Changed since version {seen}, which the file is based on. {who}"

    def _missing(self, key: str) -> str:
        """Why a row that names a version finds no fact."""
        last = self.known.latest.get(key)
        gone = f" {_step(last)}" if last and last.action == Revision.Action.DELETED else ""
        return f"There is none of this name.{gone} Leave the version empty to make it anew."

    def _build(self, standing: Recorded | None, cells: dict[str, str]) -> tuple[Built, list[Problem]]:
        """The fact as the cells describe it. Columns that are left out stay as they are."""
        state: State = {} if standing is None else dict(self.known.states[standing.key_text])
        problems: dict[str, list[str]] = {}
        for name, column in self.fields.items():
            if name in cells and (standing is None or name not in self.kind.key):
                try:
                    state[name] = plain_of(column, cells[name])
                except ValidationError as error:
                    problems[name] = error.messages
        built = self.kind.schema.build(state, self._named)
        if standing is not None:
            built.succeed(standing)
        for column, key in built.missing:
            if key is not None:
                problems.setdefault(column.name, [none_called(column, key)])
        said = [Problem(name, sentence) for name in self.fields for sentence in problems.get(name, [])]
        if standing is None:
            said += [
                Problem(name, "A new one needs this column.")
                for name, column in self.kind.fields.items()
                if name not in self.fields and not column.blank and not column.has_default()
            ]
        return built, said

    def _named(self, column: Field, key: Sequence[str]) -> Recorded | None:
        return self.known.named[column.name].get("/".join(map(str, key)))

    def _invalid(self, fact: Recorded, unclear: Sequence[str] = ()) -> list[Problem]:
        """What the validators of each field say, but for those columns that could not even be read."""
        relations = [name for name, column in self.kind.fields.items() if column.is_relation]
        try:
            fact.clean_fields(exclude=[*relations, VERSION, *unclear])
        except ValidationError as error:
            return _problems_of(error)
        return []

    def _broken(self, change: Change, key: str) -> list[Problem]:
        """What speaks against writing the fact, as the model, the database and the desk would say it."""
        fact = change.fact
        problems = self._invalid(fact)
        if not problems:
            try:
                fact.clean()
            except ValidationError as error:
                problems += _problems_of(error)
        problems += [
            Problem(name, f"“{shortened(str(value))}” is taken by {holder}.")
            for name in self.unique
            if (holder := self.taken.get((name, value := getattr(fact, name)), key)) != key
        ]
        problems += [
            Problem("", PROMISES.get(check.name, f"It breaks the rule {check.name}."))
            for check in self.checks
            if not problems and not is_kept(cast(Q, check.condition), fact)
        ]
        rule = RULES.get(self.kind.model)
        if not problems and rule and (sentence := rule(fact, self.known, key)):
            problems.append(Problem("", sentence))
        return problems


def _refused(row: Row, *problems: Problem) -> Row:
    return replace(row, status=Status.REFUSED, problems=problems)


def _problems_of(error: ValidationError) -> list[Problem]:
    if hasattr(error, "error_dict"):
        return [Problem(name, sentence) for name, found in error.message_dict.items() for sentence in found]
    return [Problem("", sentence) for sentence in error.messages]


def _differ(name: str, mine: State | None, opened: State) -> bool:
    return mine is not None and name in opened and mine[name] != opened[name]


def _step(step: Revision) -> str:
    """`Ada Lovelace changed it on 20 Nov 2026, 14:05: “…”`."""
    at = date_format(localtime(step.at), "DATETIME_FORMAT")
    return f"{step.author_name} {step.get_action_display()} it on {at}: “{step.reason}”"


# Rules between facts, which the desk's forms and the database's triggers know too


def _rating_needs_claim(fact: Recorded, known: Known, key: str) -> str:
    return "" if backing.is_backed(cast(Rating, fact), known.claims) else backing.NEEDS_CLAIM


def _claim_is_not_the_last(fact: Recorded, known: Known, key: str) -> str:
    before = cast("Claim | None", known.facts.get(key))
    bare = backing.left_bare(before, cast(Claim, fact), known.claims, known.published)
    return backing.last_claim() if bare else ""


def _criterion_keeps_its_ratings(fact: Recorded, known: Known, key: str) -> str:
    if cast(Criterion, fact).is_scored or fact.pk not in known.rated:
        return ""
    return "Ratings stand under this criterion. Delete them before it stops taking scores."


RULES: dict[type[Recorded], Callable[[Recorded, Known, str], str]] = {
    Rating: _rating_needs_claim,
    Claim: _claim_is_not_the_last,
    Criterion: _criterion_keeps_its_ratings,
}


# Confirm


def look(kind: Kind, sheet: Sheet, start: int) -> list[Row]:
    """The rows held against what stands now."""
    sheet = _by_todays_names(kind, sheet)
    return diff(kind, sheet, fetch(kind, sheet), start)


def refused_mark(rows: Iterable[Row]) -> str:
    """Which rows are refused for good, as one short word; empty where none is."""
    return _mark(str(row.number) for row in rows if row.status == Status.REFUSED and row.over is None)


def conflict_mark(rows: Iterable[Row]) -> str:
    """Which rows somebody else has changed since, and to which version, as one short word; empty where none."""
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
    """Writes all rows that are new or changed as one changeset, or none.

    `leave_out` and `conflicts` are the marks of the rows that the editor has seen refused and in conflict. The first
    are left out, and so are the others, unless what the file changes is to go `over` what stands. Raises Undecided
    or Standing where the marks are missing or others by now, and what `revisions.save_all` raises.
    """
    with transaction.atomic():
        rows = look(kind, sheet, start)
        wanted, said = (refused_mark(rows), conflict_mark(rows)), (leave_out, conflicts)
        if any(mark and not word for mark, word in zip(wanted, said, strict=True)):
            raise Undecided
        if wanted != said:
            raise Standing
        found = [row.change or (row.over if over else None) for row in rows]
        changes = [change for change in found if change is not None]
        return revisions.save_all(changes, by=by, reason=reason, at=at)
