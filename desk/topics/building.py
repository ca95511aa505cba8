"""Build the facts of fixture entries in memory, and say what is wrong with each by itself. No queries.

What a fact must be is said by its model: the types and validators of its fields, `clean`, and its constraints.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import chain
from typing import Any, NamedTuple, TypeVar, cast

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils.text import capfirst

from frameworks.models import Claim, Criterion, Versioned, Wording
from frameworks.models.constraints import BESIDE, SENTENCES, is_satisfied, unlisted
from frameworks.models.names import with_article
from frameworks.models.schema import Field, State, schema_of, target
from frameworks.tables.keys import KeyIndex, no_such_fact
from frameworks.tables.reading import NO_CHARACTER
from frameworks.tables.values import refusal
from frameworks.verification import misreading
from frameworks.wordings import rows_of

from .entries import Entry, Problem

#: The field of a fact that says which of the topic's kinds it is of.
KIND = "kind"
F = TypeVar("F", bound=Versioned)
#: What is written in JSON for a field of each kind, in words.
TYPES: list[tuple[tuple[type[models.Field], ...], type, str]] = [
    ((models.BooleanField,), bool, "true or false"),
    ((models.IntegerField,), int, "a whole number, without quotation marks"),
    ((models.CharField, models.TextField, models.DateField), str, "a text in quotation marks"),
]


class Draft(NamedTuple):
    """A fact in memory, with its many-to-many relations and the entry that it is from."""

    fact: Versioned
    related: dict[str, list[Versioned]]
    entry: Entry


@dataclass
class Building:
    """The facts of a topic, built from entry after entry, and the problems met on the way."""

    #: Whether the kinds of components and relations that the topic has are known.
    knows_kinds: bool = True
    drafts: list[Draft] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    #: The kinds of facts whose entries could not all be read, as `frameworks.claim`. Empty text means any kind.
    lost: set[str] = field(default_factory=set)
    #: The facts by kind and natural key. What is wrong with a fact does not keep others from naming it.
    facts: dict[type[Versioned], dict[str, Versioned]] = field(default_factory=lambda: defaultdict(dict))
    _entries: dict[tuple[type[Versioned], str], Entry] = field(default_factory=dict)
    _named: dict[tuple[type[Versioned], Any], Entry] = field(default_factory=dict)
    #: The relations whose fact has not been built yet: the entry, the field and the key.
    _open: list[tuple[Entry, Field, Sequence[Any]]] = field(default_factory=list)

    def of(self, model: type[F]) -> list[tuple[F, Draft]]:
        """Return the facts of a kind, with their drafts."""
        return [(draft.fact, draft) for draft in self.drafts if isinstance(draft.fact, model)]

    def take(self, entry: Entry) -> None:
        """Build the fact of an entry, and note what is wrong with it."""
        model, values = _parts_of(entry.raw)
        if model is None:
            self._say(entry, _no_entry(entry.raw), "model")
            self.lost.add("")
            return
        before = len(self.problems)
        state = self._readable(entry, model, values)
        self._build(entry, model, state, is_sound=len(self.problems) == before)

    def close(self) -> None:
        """Note the relations whose facts are not there, or too late; not where they may be among the lost."""
        indexes: dict[type[Versioned], KeyIndex] = {}
        for entry, column, key in self._open:
            model = target(column)
            facts = self.facts[model]
            if (name := _text(key)) in facts:
                kind = model._meta.verbose_name
                self._say(entry, f"The {kind} “{name}” has to come before what names it.", column.name)
            elif not {"", model._meta.label_lower} & {kind.lower() for kind in self.lost}:
                index = indexes.setdefault(model, KeyIndex(facts))
                self._say(entry, no_such_fact(column, key, index), column.name)

    # A fact by itself

    def _say(self, entry: Entry, sentence: str, name: str = "") -> None:
        self.problems.append(entry.problem(sentence, name))

    def _readable(self, entry: Entry, model: type[Versioned], values: State) -> State:
        """Return the values that a fact of this kind can have."""
        schema, state = schema_of(model), {}
        for name, value in values.items():
            column = schema.fields.get(name)
            if column is None:
                near = get_close_matches(name, schema.fields, n=1)
                which = f"Did you mean “{near[0]}”?" if near else f"It has: {', '.join(schema.fields)}."
                self._say(entry, f"{capfirst(_a(model))} has no field “{name}”. {which}", name)
            elif sentence := _unlike(column, value):
                self._say(entry, sentence, name)
            else:
                state[name] = value
        return state

    def _build(self, entry: Entry, model: type[Versioned], state: State, *, is_sound: bool) -> None:
        schema = schema_of(model)
        built = schema.build(state, lambda column, key: self.facts[target(column)].get(_text(key)))
        fact = built.fact
        fact.pk = len(self.drafts) + 1
        self.drafts.append(Draft(fact, built.related, entry))
        if isinstance(fact, Criterion):
            # Whoever shares the criterion reads its rows here, because there is no database to read them from.
            fact.__dict__["table_of_readings"] = []
        given = entry.raw["fields"]
        for column, key in built.missing:
            if key is not None:
                self._open.append((entry, column, key))
            elif not given.get(column.name):
                self._say(entry, f"“{column.name}” is missing.", column.name)
        for name, column in schema.many.items():
            if not column.blank and not given.get(name):
                self._say(entry, f"“{name}” needs at least one {target(column)._meta.verbose_name}.", name)
        if is_sound and not built.missing:
            self.problems += [entry.problem(sentence, name) for name, sentence in self._faults(fact)]
        if isinstance(fact, Wording) and fact.criterion_id:
            fact.criterion.table_of_readings.append(fact)
        if all(given.get(name) for name in model.key_fields):
            self._register(
                entry, fact, _text(chain.from_iterable(_parts(given[name]) for name in model.key_fields))
            )

    def _faults(self, fact: Versioned) -> Iterator[tuple[str, str]]:
        """Yield what the fact's model says of it: the name of the field, or nothing, and a sentence."""
        columns = schema_of(type(fact)).columns
        relations = [name for name, column in columns.items() if column.is_relation]
        problems: list[tuple[str, str]] = []
        try:
            fact.clean_fields(exclude=[*relations, "version"])
            problems += _misread(fact)
            if not problems:
                fact.clean()
        except ValidationError as error:
            problems += _in_words(fact, error, columns)
        yield from (problem for problem in problems if self.knows_kinds or problem[0] != KIND)
        if not problems:
            for check in fact._meta.constraints:
                if isinstance(check, CheckConstraint) and not is_satisfied(cast(Q, check.condition), fact):
                    yield BESIDE[check.name], SENTENCES[check.name]

    def _register(self, entry: Entry, fact: Versioned, key: str) -> None:
        """Note that the fact is there, or that another with its key or its name is."""
        model, kind = type(fact), _a(type(fact))
        first = self._entries.setdefault((model, key), entry)
        if first is not entry:
            sentence = f"There is {kind} “{key}” already: {first.file}, line {first.line}."
            self._say(entry, sentence, model.key_fields[0])
            return
        self.facts[model][key] = fact
        if name := model.name_field:
            first = self._named.setdefault((model, fact.folded_name), entry)
            if first is not entry:
                sentence = f"There is {kind} with this name already: {first.file}, line {first.line}."
                self._say(entry, sentence, name)


def _parts(value: Any) -> Iterable[Any]:
    return value if isinstance(value, list) else [value]


def _parts_of(raw: Any) -> tuple[type[Versioned] | None, State]:
    """Return the model and the fields of an entry; None where it is no entry of a fact."""
    try:
        model, values = apps.get_model(raw["model"]), raw["fields"]
    except (AttributeError, KeyError, LookupError, TypeError, ValueError):
        return None, {}
    is_entry = issubclass(model, Versioned) and isinstance(values, dict)
    return (model, values) if is_entry else (None, {})


def _no_entry(raw: Any) -> str:
    """Say in a sentence why a value of the list is no entry of a fact."""
    name = raw.get("model") if isinstance(raw, dict) else None
    known = {
        model._meta.model_name or "": model._meta.label_lower
        for model in apps.get_models()
        if issubclass(model, Versioned)
    }
    if not isinstance(name, str) or name.lower() in known.values():
        return 'An entry has a known kind of fact and its fields: {"model": "…", "fields": {…}}.'
    near = get_close_matches(name.lower().rpartition(".")[2], known, n=1, cutoff=0.8)
    which = f"Did you mean “{known[near[0]]}”?" if near else "docs/topics.md lists them."
    return f"There is no kind of fact “{name}”. {which}"


def _a(model: type[Versioned]) -> str:
    """Return the name of a kind of fact with its article."""
    return with_article(str(model._meta.verbose_name))


def _text(key: Iterable[Any]) -> str:
    return "/".join(map(str, key))


def _unlike(column: Field, value: Any) -> str:
    """Say in a sentence why a value cannot be that of a field; empty where it can."""
    if value is None:
        return "" if column.null or column.is_relation else f"“{column.name}” must not be null."
    if column.is_relation:
        return _no_key(column, value)
    for kinds, wanted, words in TYPES:
        if isinstance(column, kinds):
            if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
                return f"“{column.name}” must be {words}."
            break
    if isinstance(value, str) and NO_CHARACTER.search(value):
        return f"“{column.name}” contains an invalid character, such as NUL."
    try:
        column.to_python(value)
    except ValidationError as error:
        return f"“{column.name}”: {refusal(column, error)}"
    return ""


def _no_key(column: Field, value: Any) -> str:
    keys = value if column.many_to_many else [value]
    example = _example(target(column))
    if not isinstance(keys, list) or not all(_is_key(key) for key in keys):
        if column.many_to_many:
            return f"“{column.name}” must be a list of keys, each a list: [{example}]."
        return f"“{column.name}” must be the key of {_a(target(column))}, which is a list: {example}."
    return ""


def _is_key(key: Any) -> bool:
    return isinstance(key, list) and bool(key) and all(isinstance(part, str | int) for part in key)


def _example(model: type[Versioned]) -> str:
    names = [part.lookup.replace("__", " ") for part in schema_of(model).key]
    return json.dumps(names)


def _in_words(
    fact: Versioned, error: ValidationError, columns: dict[str, Field]
) -> Iterator[tuple[str, str]]:
    if not hasattr(error, "error_dict"):
        yield from (("", sentence) for sentence in error.messages)
        return
    for name, errors in error.error_dict.items():
        for single in errors:
            if single.code == "invalid_choice":
                yield name, unlisted(fact)
            elif name in columns:
                yield name, f"“{name}”: {refusal(columns[name], single)}"
            else:
                yield name, single.messages[0]


def _misread(fact: Versioned) -> Iterator[tuple[str, str]]:
    """Yield how a claim departs from the table of readings."""
    if not isinstance(fact, Claim):
        return
    if fact.reading is None:
        fact.settle()
    criteria = filter(None, [fact.criterion, fact.joint_criterion])
    rows = rows_of(fact.term, [row for criterion in criteria for row in criterion.table_of_readings])
    if sentence := misreading(fact, rows):
        yield "wording" if fact.reading is None else "reading", sentence
