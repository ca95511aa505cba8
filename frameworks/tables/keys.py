"""Find the facts that a file names, also where a spreadsheet has made a number or a date of their keys."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db.models import SlugField

from frameworks.models import Versioned
from frameworks.models.schema import Field, target

from .kinds import ByKey, Kind
from .sheets import Sheet, shortened
from .spreadsheets import readings, traces, visible
from .values import is_text, plain_of, text_of

#: Looking for what is nearly right takes long: only so many words of a file are looked for.
GUESSES_MAX = 50
#: How much a suggestion must resemble what was written, from 0 to 1.
RESEMBLANCE_MIN = 0.75


class TakenAs(NamedTuple):
    """A cell that a spreadsheet has changed, and the text that it was taken for."""

    column: str
    cell: str
    text: str


class KeyIndex:
    """The keys of facts, by what a spreadsheet may make of them."""

    def __init__(self, facts: Mapping[str, Versioned]) -> None:
        self.facts = facts
        self.guesses = 0

    @cached_property
    def _by_trace(self) -> dict[Any, list[str]]:
        by_trace = defaultdict(list)
        for key in self.facts:
            for trace in traces(key):
                by_trace[trace].append(key)
        return by_trace

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        by_name = defaultdict(list)
        for key, fact in self.facts.items():
            by_name[key.casefold()].append(key)
            if (name := _name(fact)) != key.casefold():
                by_name[name].append(key)
        return by_name

    def behind(self, cell: str) -> list[str]:
        """Return the keys that this cell may have been, sorted."""
        return sorted({key for reading in readings(cell) for key in self._by_trace.get(reading, ())})

    def like(self, word: str) -> list[str]:
        """Return the keys that may have been meant: by name, in another case, or nearly so written."""
        if found := self.behind(word) or self._by_name.get(word.casefold().strip(), []):
            return found
        self.guesses += 1
        if self.guesses > GUESSES_MAX or not word:
            return []
        close = get_close_matches(word.casefold(), self._by_name, n=1, cutoff=RESEMBLANCE_MIN)
        return self._by_name[close[0]] if close else []

    def suggestion(self, word: str) -> str:
        """Ask in a sentence which fact was meant; empty where there is none like it."""
        keys = self.like(word)[:3]
        return f" Did you mean {' or '.join(f'“{key}”' for key in keys)}?" if keys else ""


def _name(fact: Versioned) -> str:
    return str(getattr(fact, "name", None) or getattr(fact, "short_name", "")).casefold()


def no_such_fact(field: Field, key: Sequence[Any], index: KeyIndex) -> str:
    """Say in a sentence that the fact that a relation names does not exist, and which may have been meant."""
    word = "/".join(map(str, key))
    kind = target(field)._meta.verbose_name
    return f"There is no {kind} called “{shortened(word)}”.{index.suggestion(word)}"


class Recognition:
    """Puts keys in a file back as they are here. What is not certain stays as it is."""

    def __init__(self, kind: Kind, facts: ByKey, named: Mapping[str, KeyIndex]) -> None:
        self.kind, self.facts, self.named = kind, facts, named

    def sheet(self, sheet: Sheet) -> tuple[Sheet, list[list[TakenAs]]]:
        """Return the table with the keys of today, and what was taken for them in each row."""
        fields = [self.kind.fields.get(name) for name in sheet.header]
        rows, taken = [], []
        for row in sheet.rows:
            cells = [
                self._cell(field, cell) if field is not None else cell
                for field, cell in zip(fields, row, strict=False)
            ]
            cells = self._with_own_key(sheet.header, cells) if row else []
            taken.append(
                [
                    TakenAs(name, old.strip(), new)
                    for name, old, new in zip(sheet.header, row, cells, strict=False)
                    if old.strip() != new.strip()
                ]
            )
            rows.append([*cells, *row[len(fields) :]])
        return Sheet(sheet.header, rows), taken

    def _cell(self, field: Field, cell: str) -> str:
        if field.is_relation:
            return self._named(field, cell)
        if field.name in self.kind.key and not is_text(field):
            try:
                return text_of(field, plain_of(field, cell))
            except ValidationError:
                return cell
        return cell

    def _named(self, field: Field, cell: str) -> str:
        index = self.named[field.name]
        words = cell.split() if field.many_to_many else [cell.strip()]
        if all(word in index.facts for word in words):
            return cell
        shown = visible(cell).strip()
        if shown in index.facts or (
            field.many_to_many and all(word in index.facts for word in shown.split())
        ):
            return shown
        keys = index.behind(shown)
        return keys[0] if len(keys) == 1 else cell

    def _with_own_key(self, header: Sequence[str], cells: list[str]) -> list[str]:
        """Return the cells with the key of the only fact that they may be about."""
        places = [header.index(name) for name in self.kind.key]
        key = [cells[place].strip() for place in places]
        if "/".join(key) in self.facts or not self._own_text:
            return cells
        at = self.kind.key.index(self._own_text)
        if isinstance(self.kind.fields[self._own_text], SlugField):
            key[at] = visible(key[at]).strip()
            cells = [key[at] if place == places[at] else cell for place, cell in enumerate(cells)]
            if "/".join(key) in self.facts:
                return cells
        others = (*key[:at], *key[at + 1 :])
        found = {part for reading in readings(key[at]) for part in self._own.get((others, reading), ())}
        if len(found) == 1:
            [part] = found
            cells = [part if place == places[at] else cell for place, cell in enumerate(cells)]
        return cells

    @cached_property
    def _own_text(self) -> str:
        """Return the column of the key that is text of its own; empty where the key is made of relations."""
        return next((name for name in self.kind.key if is_text(self.kind.fields[name])), "")

    @cached_property
    def _own(self) -> dict[Any, set[str]]:
        """Return the parts of keys that are text, by the other parts and by what a spreadsheet may make of them."""
        own = defaultdict(set)
        at = self.kind.key.index(self._own_text)
        for fact in self.facts.values():
            key = [_part(getattr(fact, name)) for name in self.kind.key]
            for trace in traces(key[at]):
                own[(*key[:at], *key[at + 1 :]), trace].add(key[at])
        return own


def _part(value: Any) -> str:
    return value.key_text if isinstance(value, Versioned) else str(value)


def indexes(named: Mapping[str, ByKey]) -> dict[str, KeyIndex]:
    """Return an index of the facts that each relation may name."""
    by_facts: dict[int, KeyIndex] = {}
    return {name: by_facts.setdefault(id(facts), KeyIndex(facts)) for name, facts in named.items()}
