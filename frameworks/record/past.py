"""Rebuild past states of facts from their revisions, and put recorded values into words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import label_for_field
from django.core.exceptions import ObjectDoesNotExist
from django.core.serializers.base import DeserializationError
from django.db import models
from django.db.models import Field
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.text import capfirst

from frameworks.models import FormerSlug, ProposedChange, Revision, Versioned, versioned_models
from frameworks.models.schema import Built, State, schema_of, target


def rebuilt(model: type[Versioned], state: State) -> Built | None:
    """Return the fact with these fields; None where a related fact is gone or a value is no longer valid."""
    built = build(model, state)
    return None if built is None or built.missing else built


def build(model: type[Versioned], state: State) -> Built | None:
    """Return the fact with these fields and the relations that are missing; None where a value is no longer valid."""
    try:
        return schema_of(model).build(state, lambda field, key: by_key(target(field), key))
    except DeserializationError:
        return None


def build_all(model: type[Versioned], states: Sequence[State]) -> list[Built]:
    """Return the facts with these fields, as `build` does for one. The number of queries does not grow with them.

    Raises DeserializationError where a value is no longer valid.
    """
    schema = schema_of(model)
    named: dict[type[Versioned], dict[str, Sequence[Any]]] = {}
    for name, other in schema.relations.items():
        for state in states:
            value = state.get(name)
            for key in (value or ()) if name in schema.many else (value,):
                if key:
                    named.setdefault(other, {})[_line(key)] = key
    known = {
        other: by_keys(other, keys.values(), schema_of(other).key_paths) for other, keys in named.items()
    }
    return [schema.build(state, lambda field, key: known[target(field)].get(_line(key))) for state in states]


def history(model: type[Versioned], key: str) -> models.QuerySet[Revision]:
    """Return the revisions of the fact with this key, newest first."""
    return Revision.objects.filter(model=model._meta.model_name, key=key).order_by("-version")


def state_at(model: type[Versioned], key: str, version: int) -> State | None:
    """Return the fields at one version; None where there is no such revision, or it was the deletion."""
    revision = history(model, key).filter(version=version).first()
    return revision.after if revision else None


def versioned_model(name: str) -> type[Versioned] | None:
    """Return the model of this name, as revisions use it; None where it no longer exists."""
    return versioned_models().get(name)


def by_name(model: type[Versioned], key: str) -> Versioned | None:
    """Return the fact with this natural key, given as one line; None where there is none.

    A fact that was deleted and re-created has another primary key, but the same natural key.
    """
    return by_key(model, key.split("/"))


def by_key(model: type[Versioned], parts: Sequence[Any]) -> Versioned | None:
    """Return the fact with this natural key, given in parts; None where there is none."""
    try:
        fact: Versioned = model._default_manager.get_by_natural_key(*parts)  # type: ignore[attr-defined]
    except (ObjectDoesNotExist, TypeError, ValueError):
        return None
    return fact


def by_keys(
    model: type[Versioned], keys: Iterable[Sequence[Any]], paths: Iterable[str]
) -> dict[str, Versioned]:
    """Return the facts with these natural keys, by the key as one line, with the relations of these paths fetched.

    The number of queries does not grow with the keys.
    """
    schema = schema_of(model)
    keys = [key for key in keys if len(key) == len(schema.key)]
    if not keys:
        return {}
    former = FormerSlug.objects.now(part for key in keys for part in key if isinstance(part, str))
    todays = {
        _line(key): _line(schema.renamed_key(key, lambda kind, name: former.get((kind, name), name)))
        for key in keys
    }
    # Each part is looked up for itself, so that more may match: a cell of each framework and each criterion.
    parts = zip(*(key.split("/") for key in todays.values()), strict=True)
    lookups = {f"{part.lookup}__in": set(names) for part, names in zip(schema.key, parts, strict=False)}
    matching = model._default_manager.filter(**lookups).order_by()
    primary_keys = {
        _line(key): pk for pk, *key in matching.values_list("pk", *(part.lookup for part in schema.key))
    }
    wanted = {key: primary_keys[today] for key, today in todays.items() if today in primary_keys}
    found = model._default_manager.order_by().prefetch_related(*paths)
    facts = {fact.pk: fact for fact in found.filter(pk__in=set(wanted.values()))}
    return {key: facts[pk] for key, pk in wanted.items()}


def _line(key: Iterable[Any]) -> str:
    return "/".join(map(str, key))


def last_known(model: type[Versioned], key: str) -> Built | None:
    """Return a deleted fact in its last state: not saved, at the version of its deletion.

    None where it has no history or cannot be rebuilt.
    """
    last = history(model, key).first()
    built = rebuilt(model, last.before or last.after or {}) if last else None
    if last is not None and built is not None:
        built.fact.version = last.version
    return built


def by_name_or_last_known(model: type[Versioned], key: str) -> Versioned | None:
    """Return the fact with this key, in its last state where it is deleted; None where there is neither."""
    fact = by_name(model, key)
    if fact is None and (built := last_known(model, key)):
        fact = built.fact
    return fact


# Values in words


def in_words(field: "Field[Any, Any]", value: Any) -> str:
    """Return a recorded value as an editor would write it; empty for no value."""
    words = value
    if value in (None, "", []):
        words = ""
    elif isinstance(value, bool):
        words = "yes" if value else "no"
    elif isinstance(value, list):
        words = "\n".join(map(_key_in_words, value)) if field.many_to_many else _key_in_words(value)
    elif field.choices:
        words = dict(field.flatchoices).get(value, value)
    elif isinstance(field, models.DateField) and (day := parse_date(value)):
        words = date_format(day)
    return str(words)


def _key_in_words(key: Any) -> str:
    return _line(key) if isinstance(key, list | tuple) else str(key)


@dataclass(frozen=True)
class FieldChange:
    """One field of one revision: before and after, in words."""

    label: str
    before: str
    after: str


def changes(model: type[Versioned], revision: Revision | ProposedChange) -> list[FieldChange]:
    """Return what a revision changed, field by field. Fields that the model no longer has are left out."""
    return [
        FieldChange(_label(model, name), in_words(field, before), in_words(field, after))
        for name, before, after in revision.changed_fields
        if (field := schema_of(model).fields.get(name)) is not None
    ]


@dataclass(frozen=True)
class Difference:
    """One field in three states: when the editor opened it (None: not known), now, and as the editor wants it."""

    label: str
    opened: str | None
    now: str
    mine: str
    changed_by_others: bool
    changed_by_editor: bool


def differences(
    model: type[Versioned], opened: State | None, now: State | None, mine: State | None
) -> list[Difference]:
    """Return the fields in which the states differ. `now` is None for a deleted fact, `mine` for one to be deleted."""
    fields = []
    for name in _names(opened, now, mine):
        field = schema_of(model).fields.get(name)
        if field is None:
            continue
        before, current, wanted = ((state or {}).get(name) for state in (opened, now, mine))
        changed_by_others = opened is not None and now is not None and before != current
        changed_by_editor = mine is not None and wanted != (current if opened is None else before)
        if changed_by_others or changed_by_editor:
            fields.append(
                Difference(
                    label=_label(model, name),
                    opened=None if opened is None else in_words(field, before),
                    now=in_words(field, current),
                    mine=in_words(field, wanted),
                    changed_by_others=changed_by_others,
                    changed_by_editor=changed_by_editor,
                )
            )
    return fields


def _names(*states: State | None) -> Iterable[str]:
    return dict.fromkeys(name for state in states for name in state or {})


def _label(model: type[Versioned], name: str) -> str:
    return capfirst(str(label_for_field(name, model)))
