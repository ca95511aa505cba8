"""Compare the rows of a file with the current facts, without queries."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import cast

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, DateField, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime

from frameworks import backing
from frameworks.median import departs
from frameworks.models import Claim, Criterion, Rating, Revision, Versioned
from frameworks.models.constraints import BESIDE, SENTENCES, is_satisfied
from frameworks.models.names import tidy_name
from frameworks.models.schema import Built, Field, State, newly_on_retired, state_of
from frameworks.record.following import is_score_set
from frameworks.record.pending import PendingWrite

from . import values
from .existing import Existing, keys_and_versions
from .keys import KeyIndex, TakenAs, no_such_fact
from .kinds import VERSION, Kind
from .rows import ImportRow, RowProblem, Status, refused
from .sheets import Sheet, shortened
from .spreadsheets import EMPTIED, NOT_A_VALUE

SAY_VERSION = (
    "This already exists. Enter in the column “version” the version that you saw; an export contains it. "
    "Leave the column empty only for new rows."
)


def diff(kind: Kind, sheet: Sheet, known: Existing, start: int) -> list[ImportRow]:
    """Return each row that is not blank: new, changed, the same or refused. No queries.

    `start` is the number of the first row.
    """
    reader = RowReader(kind, sheet, known)
    names = keys_and_versions(kind, sheet)
    rows = [
        (reader.row(number, key, version, cells), dict(zip(sheet.header, cells, strict=False)))
        for number, (cells, (key, version)) in enumerate(zip(sheet.rows, names, strict=True), start)
        if cells
    ]
    read = [row for row, _ in rows]
    problems = {**reader.still_taken(read), **reader.left_bare(read)}
    return [
        _with_values(
            refused(replace(row, change=None, over=None), problems[row.number])
            if row.number in problems
            else row,
            cells,
        )
        for row, cells in rows
    ]


def _with_values(row: ImportRow, cells: Mapping[str, str]) -> ImportRow:
    """Return the row with the file's value in each sentence on a column that does not name it."""
    problems = []
    for column, sentence in row.problems:
        cell = cells.get(column, "").strip()
        names_it = not cell or f"“{shortened(cell)}”" in sentence
        problems.append(
            RowProblem(column, sentence if names_it else f"{sentence} The file has “{shortened(cell)}”.")
        )
    return replace(row, problems=tuple(problems))


def _misread(fact: Versioned, now: State | None) -> list[RowProblem]:
    """Look a claim's term up in the table of readings, and return why the file's own reading cannot stand."""
    if not isinstance(fact, Claim):
        return []
    wanted = fact.reading
    fact.read_by_table()
    if wanted in (None, fact.reading, (now or {}).get("reading")):
        return []
    return [RowProblem("reading", f"The table of readings has these words as {fact.reading or 'not read'}.")]


class RowReader:
    """Reads row after row, and remembers the values of earlier rows that must be unique."""

    def __init__(self, kind: Kind, sheet: Sheet, known: Existing) -> None:
        self.kind, self.known, self.header = kind, known, sheet.header
        self.fields = {name: column for name, column in kind.fields.items() if name in sheet.header}
        self.keys = KeyIndex(known.facts)
        self.repeated = {
            key
            for key, count in Counter(key for key, _ in keys_and_versions(kind, sheet)).items()
            if count > 1
        }
        self.day_order = values.day_order(
            row[place]
            for name, column in self.fields.items()
            if isinstance(column, DateField)
            for place in [sheet.header.index(name)]
            for row in sheet.rows
            if row
        )
        #: Whether the file has none of the words that pandas empties, wherever they were.
        self.is_emptied = EMPTIED.isdisjoint(chain.from_iterable(sheet.rows))
        #: The required fields, without the key.
        self.needed = [
            name
            for name, column in kind.fields.items()
            if name not in kind.key and not column.blank and not column.has_default()
        ]
        #: The facts by name, which no two share.
        self.taken = (
            {fact.folded_name: fact for fact in known.facts.values()} if kind.model.name_field else {}
        )
        #: The keys of facts to which the file gives another name, so that a further row may have theirs.
        self.renamed = self._renamed(sheet)
        constraints = kind.model._meta.constraints
        self.checks = [constraint for constraint in constraints if isinstance(constraint, CheckConstraint)]
        self.numbers: dict[str, int] = {}

    def _renamed(self, sheet: Sheet) -> set[str]:
        name = self.kind.model.name_field
        if name not in sheet.header:
            return set()
        place = sheet.header.index(name)
        rows = zip(sheet.rows, keys_and_versions(self.kind, sheet), strict=True)
        given = {key: cells[place] for cells, (key, version) in rows if version and place < len(cells)}
        return {
            key
            for key, cell in given.items()
            if (fact := self.known.facts.get(key)) and tidy_name(cell) != getattr(fact, name)
        }

    def still_taken(self, rows: Sequence[ImportRow]) -> dict[int, RowProblem]:
        """Return, by the number of its row, why a name is not free after all: the row that frees it is refused."""
        name = self.kind.model.name_field
        problems: dict[int, RowProblem] = {}
        holders = {fact.folded_name: fact for fact in self.known.facts.values()} if name else {}
        given = [(row, row.change or row.over) for row in rows if row.change or row.over]
        while True:
            moving = {row.key for row, _ in given if row.change and row.number not in problems}
            found = {
                row.number: RowProblem(name, write.fact.name_taken_by(holder))
                for row, write in given
                if write
                and name in write.changed
                and (holder := holders.get(write.fact.folded_name))
                and holder.key_text not in {row.key, *(moving & self.renamed)}
            }
            if found.keys() == problems.keys():
                return problems
            problems = found

    def left_bare(self, rows: Sequence[ImportRow]) -> dict[int, RowProblem]:
        """Return, by the number of its row, why a claim has to stay where it is: once all are written that can be, none
        backs a published rating in its place."""
        problems: dict[int, RowProblem] = {}
        evidence, published = self.known.evidence, self.known.published
        writes = [
            (row.number, cast("Claim | None", self.known.facts.get(row.key)), write.fact)
            for row in reversed(rows)
            if (write := row.change or row.over) and isinstance(write.fact, Claim)
        ]
        for _, before, claim in writes:
            evidence.replace(before, claim)
        stay = -1
        while stay < len(problems):  # a claim that stays is missing where it was to go
            stay = len(problems)
            for number, before, claim in writes:
                if bare := backing.left_bare(before, claim, evidence, published):
                    departs = all(published[cell] for cell in bare)
                    problems[number] = RowProblem("", backing.last_claim(departs=departs))
                    evidence.replace(claim, before)
        return problems

    def row(self, number: int, key: str, version: str, texts: Sequence[str]) -> ImportRow:
        fact = self.known.facts.get(key)
        now = self.known.states.get(key)
        row = ImportRow(number, key, Status.REFUSED, fact=fact, now=now)
        cells = dict(zip(self.header, texts, strict=False))
        if problem := self._unclear(row, version, texts[len(self.header) :]):
            return refused(row, problem)
        if all(key.split("/")):
            self.numbers.setdefault(key, number)
        if fact is None and version:
            return refused(row, *self._missing(key, cells))
        if not version and self._says_nothing(cells):
            if problems := self._nowhere(fact, cells):
                return refused(row, *problems)
            return replace(row, status=Status.SAME)
        opened = self.known.opened.get((key, int(version))) if version else None
        built, problems, taken_as = self._build(fact, cells, opened or now)
        row = replace(row, taken_as=tuple(taken_as))
        problems = problems or _misread(built.fact, now)
        if problems:
            unclear = [problem.column for problem in problems]
            return refused(row, *problems, *self._invalid(built.fact, unclear))
        change = PendingWrite(built.fact, built.related, int(version) if version else None, now)
        return self._compared(row, change, built.fact if fact is None else fact, cells)

    def _unclear(self, row: ImportRow, version: str, beyond: Sequence[str]) -> RowProblem | None:
        """Return why it is not clear what the row is about or says; None where it is."""
        if beyond:
            return RowProblem(
                "",
                f"The row goes on beyond the last column: “{shortened(beyond[0])}”. "
                "Put a text that contains the separator in quotation marks.",
            )
        is_repeated = row.key in self.repeated
        others = [key for key in self.keys.behind(row.key) if key != row.key] if is_repeated else []
        if others:
            names = " or ".join(f"“{key}”" for key in [row.key, *others[:3]])
            return RowProblem(
                "", f"Several rows have the key “{row.key}”. It may be {names}: import an XLSX file."
            )
        if row.key in self.numbers:
            return RowProblem("", f"Row {self.numbers[row.key]} has the same key.")
        if version and not re.fullmatch("[0-9]{1,9}", version):
            way_out = "Write the one that the export had, or nothing in a new row."
            return RowProblem(VERSION, f"“{shortened(version)}” is not a version. {way_out}")
        return None

    def _says_nothing(self, cells: dict[str, str]) -> bool:
        """Return whether only the key is filled in and a required field is empty: a cell without a rating."""
        own = [name for name in self.fields if name not in self.kind.key]
        return not {*self.needed}.isdisjoint(own) and not any(cells[name].strip() for name in own)

    def _nowhere(self, fact: Versioned | None, cells: dict[str, str]) -> list[RowProblem]:
        """Return why a row of which only the key is filled in is about nothing that exists."""
        if fact is not None or not any(cells[name].strip() for name in self.kind.key):
            return []  # or it is a remark
        built, problems, _ = self._build(None, cells, None)
        if in_key := [problem for problem in problems if problem.column in self.kind.key]:
            return in_key
        # A key of relations is that of a cell, which may be empty. Any other is that of a new fact.
        own = [name for name in self.kind.key if not self.fields[name].is_relation]
        return (
            [*self._invalid(built.fact, [problem.column for problem in problems]), *problems] if own else []
        )

    def _compared(
        self, row: ImportRow, change: PendingWrite, current: Versioned, cells: dict[str, str]
    ) -> ImportRow:
        row = replace(row, mine=change.after)
        if row.now == change.after:
            return replace(row, status=Status.SAME)
        if row.now is not None and change.seen is None:
            return refused(row, RowProblem(VERSION, SAY_VERSION))
        if change.seen is not None and change.seen != current.version:
            return self._stale(row, change.seen, current, cells)
        if problems := self._broken(change, row.key):
            return refused(row, *problems)
        self._take(change.fact)
        return replace(row, status=Status.NEW if row.now is None else Status.CHANGED, change=change)

    def _stale(self, row: ImportRow, seen: int, current: Versioned, cells: dict[str, str]) -> ImportRow:
        """Compare a row whose fact somebody else has changed. Fields that the editor left alone get their new value."""
        opened, since = self.known.opened.get((row.key, seen)), RowProblem("", self._since(row.key, seen))
        if opened is None:
            return refused(row, since)
        row = replace(row, opened=opened)
        own = {name: cells[name] for name in self.fields if _differ(name, row.mine, opened)}
        built, _, _ = self._build(current, own, row.now)
        _misread(built.fact, row.now)
        if state_of(built.fact, built.related) == row.now:
            return replace(row, status=Status.SAME)
        over = PendingWrite(built.fact, built.related, current.version, row.now)
        if problems := self._broken(over, row.key):
            return refused(row, since, *problems)
        self._take(built.fact)
        return replace(refused(row, since), over=over)

    def _take(self, fact: Versioned) -> None:
        if fact.name_field:
            self.taken[fact.folded_name] = fact

    def _named_twice(self, fact: Versioned, key: str) -> list[RowProblem]:
        """Say which other fact, or earlier row, has the name of this one, unless it has kept its name."""
        name, known = fact.name_field, self.known.facts.get(key)
        if not name or (known is not None and getattr(known, name) == getattr(fact, name)):
            return []
        holder = self.taken.get(fact.folded_name, fact)
        # To a new row no name is left that was another's, so that the import can be undone.
        is_leaving = (
            known is not None
            and holder.key_text in self.renamed
            and holder is self.known.facts.get(holder.key_text)
        )
        if holder.key_text == key or is_leaving:
            return []
        row, taken = self.numbers.get(holder.key_text), shortened(getattr(holder, name))
        if row is None or holder is self.known.facts.get(holder.key_text):
            return [RowProblem(name, fact.name_taken_by(holder))]
        return [
            RowProblem(name, f"Row {row} of the file has the name “{taken}”, which counts as the same name.")
        ]

    def _since(self, key: str, seen: int) -> str:
        last = self.known.latest.get(key)
        who = _step(last) if last and last.version > seen else "There is no record of who changed it."
        return f"Changed since version {seen}, which the file is based on. {who}"

    def _missing(self, key: str, cells: dict[str, str]) -> list[RowProblem]:
        """Say why a row with a version matches no fact, and what would do."""
        built, problems, _ = self._build(None, cells, None)
        if in_key := [problem for problem in problems if problem.column in self.kind.key]:
            return in_key
        last = self.known.latest.get(key)
        sentence = f"No such {self.kind.model._meta.verbose_name}: “{shortened(key)}”."
        if last and last.action == Revision.Action.DELETED:
            sentence += f" {_step(last)}"
        if suggestion := self.keys.suggestion(key):
            sentence += suggestion
        elif not problems and not self._broken(PendingWrite(built.fact, built.related), key):
            sentence += " To create it, leave “version” empty."
        return [RowProblem("", sentence)]

    def _build(
        self, current: Versioned | None, cells: dict[str, str], opened: State | None
    ) -> tuple[Built, list[RowProblem], list[TakenAs]]:
        """Return the fact as the cells describe it, the problems, and what a spreadsheet has changed.

        Fields without a column keep their value. A cell that says what the field held when the file was made, as
        `opened` has it, says nothing new.
        """
        state: State = {} if current is None else dict(self.known.states[current.key_text])
        sentences: dict[str, list[str]] = {}
        taken_as: list[TakenAs] = []
        for name, column in self.fields.items():
            if name not in cells or (current is not None and name in self.kind.key):
                continue
            cell, before = cells[name], (opened or {}).get(name)
            text = values.text_of(column, before)
            is_same = cell == text or values.is_unchanged(column, cell, before)
            if name in (opened or {}) and (is_same or self._has_emptied(cell, text)):
                state[name] = before
                if cell.split() != text.split():
                    taken_as.append(TakenAs(name, cell, text))
                continue
            try:
                state[name] = values.plain_of(column, cell, day_order=self.day_order, now=before)
            except ValidationError as error:
                sentences[name] = error.messages
        built = self.kind.schema.build(state, self._named)
        built.fact.tidy()
        if current is not None:
            built.succeed(current)
        for column, key in built.missing:
            if key is not None:
                sentences.setdefault(column.name, [no_such_fact(column, key, self.known.named[column.name])])
        problems = [
            RowProblem(name, sentence) for name in self.fields for sentence in sentences.get(name, [])
        ]
        if current is None:
            problems += [
                RowProblem(name, "A new row needs this column.")
                for name, column in self.kind.fields.items()
                if name not in self.fields and not column.blank and not column.has_default()
            ]
        return built, problems, taken_as

    def _has_emptied(self, cell: str, text: str) -> bool:
        """Return whether pandas may have left this cell empty where the text was exported."""
        return self.is_emptied and text in EMPTIED and cell.strip() in {"", *NOT_A_VALUE}

    def _named(self, column: Field, key: Sequence[str]) -> Versioned | None:
        return self.known.named[column.name].facts.get("/".join(map(str, key)))

    def _invalid(self, fact: Versioned, unclear: Sequence[str] = ()) -> list[RowProblem]:
        """Return what the fields' validators report, except for columns that could not be read."""
        relations = [name for name, column in self.kind.fields.items() if column.is_relation]
        try:
            fact.clean_fields(exclude=[*relations, VERSION, *unclear])
        except ValidationError as error:
            return _problems_of(error, self.kind.fields)
        return []

    def _broken(self, change: PendingWrite, key: str) -> list[RowProblem]:
        """Return why the model, the database or the desk would refuse to write the fact."""
        fact = change.fact
        problems = [
            *self._invalid(fact),
            *(
                RowProblem(name, other.takes_nothing_new)
                for name, other in newly_on_retired(fact, change.before, change.related)
            ),
        ]
        if not problems:
            try:
                fact.clean()
            except ValidationError as error:
                problems += _problems_of(error, self.kind.fields)
        problems += self._named_twice(fact, key)
        problems += [
            RowProblem(BESIDE[check.name], SENTENCES[check.name])
            for check in self.checks
            if not problems and not is_satisfied(cast(Q, check.condition), fact)
        ]
        rule = RULES.get(self.kind.model)
        if not problems and rule and (sentence := rule(fact, self.known, key)):
            problems.append(RowProblem("", sentence))
        return problems


def _problems_of(error: ValidationError, fields: Mapping[str, Field]) -> list[RowProblem]:
    if hasattr(error, "error_dict"):
        return [
            RowProblem(name, values.refusal(fields[name], single) if name in fields else single.messages[0])
            for name, errors in error.error_dict.items()
            for single in errors
        ]
    return [RowProblem("", sentence) for sentence in error.messages]


def _differ(name: str, mine: State | None, opened: State) -> bool:
    return mine is not None and name in opened and mine[name] != opened[name]


def _step(step: Revision) -> str:
    """Describe a revision: `Ada Lovelace changed it on 20 Nov 2026, 14:05: “…”`."""
    at = date_format(localtime(step.at), "DATETIME_FORMAT")
    return f"{step.author_name} {step.get_action_display()} it on {at}: “{step.reason}”"


def _rating_follows_from_claims(fact: Versioned, known: Existing, key: str) -> str:
    rating, before = cast(Rating, fact), cast("Rating | None", known.facts.get(key))
    cell = rating.framework_id, rating.criterion_id
    if not backing.is_backed(rating, known.evidence):
        return backing.needs_reading(rating) if known.evidence.claims[cell] else backing.NEEDS_CLAIM
    fields = ("score", "departure", "is_published")
    if before and not is_score_set(
        rating, [name for name in fields if getattr(before, name) != getattr(rating, name)]
    ):
        return ""
    derived = known.derived.get(cell)
    return departs(rating, derived) if derived else ""


def _criterion_keeps_its_ratings(fact: Versioned, known: Existing, key: str) -> str:
    if cast(Criterion, fact).is_scored or fact.pk not in known.rated:
        return ""
    return "This criterion has ratings. Delete them before you make it unscored."


RULES: dict[type[Versioned], Callable[[Versioned, Existing, str], str]] = {
    Rating: _rating_follows_from_claims,
    Criterion: _criterion_keeps_its_ratings,
}
