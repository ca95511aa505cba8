"""Describe what a versioned fact consists of (key, fields, relations), and convert it to plain values and back.

Plain values are what fixtures and revisions hold: JSON, a relation as the natural key of the fact that it names, a
many-to-many relation as the sorted list of such keys. The caller that converts them back says how to look up a key.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from itertools import chain, repeat
from typing import Any, NamedTuple, cast

from django.core.exceptions import ValidationError
from django.core.serializers.base import DeserializationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from .versioned import Retirable, Versioned

Field = models.Field
State = dict[str, Any]
"""A fact in plain values, by field name."""
Related = Mapping[str, Iterable[Versioned]]
"""Many-to-many relations, by field name."""
Resolve = Callable[[Field, Sequence[Any]], Versioned | None]
"""Looks up the fact that a field names, by its natural key; returns None where there is none."""
Naming = Callable[[str, Any], Any]
"""Returns the name to use instead of this present or former name of a fact of this kind."""


class KeyPart(NamedTuple):
    """One part of a natural key: how the database looks it up (`value__facet__slug`), and the kind that it names."""

    lookup: str
    kind: str


class Missing(NamedTuple):
    """A relation without its fact: the key that matches no fact, or None where a required field is empty."""

    field: Field
    key: Sequence[Any] | None


class Built(NamedTuple):
    """A fact made of plain values: not saved, with its many-to-many relations beside it and those missing."""

    fact: Versioned
    related: dict[str, list[Versioned]]
    missing: list[Missing]

    def succeed(self, current: Versioned) -> Versioned:
        """Give the fact the identity of `current`, a saved fact, so that saving it updates that row."""
        self.fact.pk, self.fact.version, self.fact._state.adding = current.pk, current.version, False
        return self.fact


class Schema:
    """Key, fields and relations of the facts of one model. The primary key and the version are not among the fields."""

    def __init__(self, model: type[Versioned]) -> None:
        options = model._meta
        self.model = model
        self.kind = str(options.model_name)
        #: The fields in the fact's own table, foreign keys included.
        self.columns: dict[str, Field] = {
            field.name: field
            for field in options.concrete_fields
            if not field.primary_key and field.name != "version"
        }
        self.many: dict[str, Field] = {field.name: field for field in options.many_to_many}
        fields = {**self.columns, **self.many}
        #: All fields, the key first.
        self.fields: dict[str, Field] = {name: fields[name] for name in model.key_fields} | fields
        #: The model that each relation points to.
        self.relations = {name: target(field) for name, field in fields.items() if field.is_relation}

    @cached_property
    def key(self) -> list[KeyPart]:
        """Return the parts of the natural key, a relation replaced by the parts of the related fact's key."""
        parts = []
        for name in self.model.key_fields:
            if name in self.relations:
                inner = schema_of(self.relations[name]).key
                parts += [KeyPart(f"{name}__{part.lookup}", part.kind) for part in inner]
            else:
                parts.append(KeyPart(name, self.kind))
        return parts

    @cached_property
    def paths(self) -> list[str]:
        """Return the paths of the foreign keys, and of theirs in turn, as `value` and `value__facet`."""
        return [
            path
            for name in self.columns
            if name in self.relations
            for path in (name, *(f"{name}__{rest}" for rest in schema_of(self.relations[name]).paths))
        ]

    @cached_property
    def key_paths(self) -> list[str]:
        """Return the paths that the natural key depends on."""
        return [path for path in self.paths if any(part.lookup.startswith(f"{path}__") for part in self.key)]

    # Names

    def lookups(self, parts: Sequence[Any]) -> dict[str, Any]:
        """Return the lookups to filter by for this natural key. Raises ValueError for too few or too many parts."""
        return {part.lookup: value for part, value in zip(self.key, parts, strict=True)}

    def renamed_key(self, parts: Sequence[Any], naming: Naming) -> list[Any]:
        """Return the natural key with other names for its parts."""
        kinds = chain((part.kind for part in self.key), repeat(""))
        return [naming(kind, part) for kind, part in zip(kinds, parts, strict=False)]

    def renamed(self, state: State, naming: Naming) -> State:
        """Return the state with other names in its relations. The fact's own name stays."""
        renamed = dict(state)
        for name, other in self.relations.items():
            keys, schema = renamed.get(name), schema_of(other)
            if keys and name in self.many:
                renamed[name] = sorted(schema.renamed_key(key, naming) for key in keys)
            elif keys:
                renamed[name] = schema.renamed_key(keys, naming)
        return renamed

    # From plain values

    def build(self, state: State, resolve: Resolve) -> Built:
        """Return the fact of this state with its relations.

        Values of fields that the model no longer has are ignored; fields added since get their defaults. Raises
        DeserializationError for an invalid value.
        """
        fact, missing = self.build_alone(state, resolve)
        related: dict[str, list[Versioned]] = {}
        for name, field in self.many.items():
            if name in state:
                keys = self._read(name, list, state[name] or ())
                resolved = [(key, self._read(name, resolve, field, key)) for key in keys]
                related[name] = [other for _, other in resolved if other is not None]
                missing += [Missing(field, key) for key, other in resolved if other is None]
        return Built(fact, related, missing)

    def build_alone(self, state: State, resolve: Resolve) -> tuple[Versioned, list[Missing]]:
        """Return the fact of this state without its many-to-many relations, and its missing foreign keys."""
        values: dict[str, Any] = {}
        missing: list[Missing] = []
        for name, field in self.columns.items():
            value = state.get(name)
            if name not in self.relations:
                if name in state:
                    values[name] = self._read(name, field.to_python, value)
            elif value:
                values[name] = self._read(name, resolve, field, value)
                if values[name] is None:
                    missing.append(Missing(field, value))
            elif not field.null:
                missing.append(Missing(field, None))
        return self.model(**values), missing

    def _read(self, name: str, reader: Callable[..., Any], *values: Any) -> Any:
        try:
            return reader(*values)
        except (TypeError, ValidationError) as error:
            raise DeserializationError(f"{self.model._meta.label}, {name}: {error}") from error


@cache
def schema_of(model: type[Versioned]) -> Schema:
    """Return the schema of a versioned model, cached."""
    return Schema(model)


def state_of(fact: Versioned, related: Related | None = None) -> State:
    """Return the fact in plain values: every field except primary key and version.

    `related` gives many-to-many relations that are not saved yet, by field name. Equal to the `fields` of a fixture
    entry that leaves nothing out.
    """
    schema, related = schema_of(type(fact)), related or {}
    values: State = {}
    for name in schema.columns:
        value = getattr(fact, name)
        values[name] = value.natural_key() if name in schema.relations and value is not None else value
    for name in schema.many:
        others = related[name] if name in related else getattr(fact, name).all()
        values[name] = sorted(other.natural_key() for other in others)
    plain: State = json.loads(json.dumps(values, cls=DjangoJSONEncoder))
    return plain


def newly_on_retired(
    fact: Versioned, before: State | None, related: Related | None = None
) -> Iterator[tuple[str, Retirable]]:
    """Yield what is retired that the fact names and did not name `before` (None: it is new), with the field's name."""
    return ((name, other) for name, other in newly_named(fact, before, related) if other.is_retired)


def newly_named(
    fact: Versioned, before: State | None, related: Related | None = None
) -> Iterator[tuple[str, Retirable]]:
    """Yield what can be retired that the fact names and did not name `before`, with the field's name."""
    schema, related, known = schema_of(type(fact)), related or {}, before or {}
    for name, model in schema.relations.items():
        if not issubclass(model, Retirable):
            continue
        is_many = name in schema.many
        named = [tuple(key) for key in (known.get(name) or () if is_many else [known.get(name) or ()])]
        others = related.get(name, ()) if is_many else [_named(fact, name)]
        for other in others:
            if isinstance(other, Retirable) and other.natural_key() not in named:
                yield name, other


def _named(fact: Versioned, name: str) -> object:
    """Return the fact that a foreign key names; None where it is empty."""
    column: Any = schema_of(type(fact)).columns[name]
    return None if getattr(fact, column.attname) is None else getattr(fact, name)


def target(field: Field) -> type[Versioned]:
    """Return the model that a relation of a versioned fact points to, which is always versioned, too."""
    return cast("type[Versioned]", field.related_model)
