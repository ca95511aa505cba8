"""Facts as they stood: rebuilt from their revisions, and their recorded values put into words."""

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

from frameworks.models import ProposedChange, Revision, Versioned, versioned_models
from frameworks.models.schema import Built, State, schema_of, target


def rebuilt(model: type[Versioned], state: State) -> Built | None:
    """The fact as these fields describe it; None where something that it named is gone, or a value is none today."""
    built = build(model, state)
    return None if built is None or built.missing else built


def build(model: type[Versioned], state: State) -> Built | None:
    """The same, with what is gone beside it."""
    try:
        return schema_of(model).build(state, lambda field, key: by_key(target(field), key))
    except DeserializationError:
        return None


def history(model: type[Versioned], key: str) -> models.QuerySet[Revision]:
    """All that was recorded of the fact of this name, newest first."""
    return Revision.objects.filter(model=model._meta.model_name, key=key).order_by("-version")


def state_at(model: type[Versioned], key: str, version: int) -> State | None:
    """The fields at one version; None where that step was not recorded, or was the deletion."""
    revision = history(model, key).filter(version=version).first()
    return revision.after if revision else None


def versioned_model(name: str) -> type[Versioned] | None:
    """The model that a revision is about; None when it is no more."""
    return versioned_models().get(name)


def by_name(model: type[Versioned], key: str) -> Versioned | None:
    """The fact of this natural key, also when it was deleted and made again under another number."""
    return by_key(model, key.split("/"))


def by_key(model: type[Versioned], parts: Sequence[Any]) -> Versioned | None:
    """The same by the parts of the key."""
    try:
        fact: Versioned = model._default_manager.get_by_natural_key(*parts)  # type: ignore[attr-defined]
    except (ObjectDoesNotExist, TypeError, ValueError):
        return None
    return fact


def last_known(model: type[Versioned], key: str) -> Built | None:
    """A deleted fact as it last stood: not saved, at the version of its deletion."""
    last = history(model, key).first()
    found = rebuilt(model, last.before or last.after or {}) if last else None
    if last is not None and found is not None:
        found.fact.version = last.version
    return found


def by_name_or_last_known(model: type[Versioned], key: str) -> Versioned | None:
    """The fact of this name as it stands, or as it last stood."""
    fact = by_name(model, key)
    if fact is None and (found := last_known(model, key)):
        fact = found.fact
    return fact


# Values in words


def in_words(field: "Field[Any, Any]", value: Any) -> str:
    """A recorded value as an editor would write it; empty for nothing."""
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
    return "/".join(map(str, key)) if isinstance(key, list | tuple) else str(key)


@dataclass(frozen=True)
class FieldChange:
    """One field of one recorded step: before and after, in words."""

    label: str
    before: str
    after: str


def changes(model: type[Versioned], revision: Revision | ProposedChange) -> list[FieldChange]:
    """What a step changed, field by field. Fields that the model no longer has are left out."""
    return [
        FieldChange(_label(model, name), in_words(field, before), in_words(field, after))
        for name, before, after in revision.changed_fields
        if (field := schema_of(model).fields.get(name)) is not None
    ]


@dataclass(frozen=True)
class Difference:
    """One field in three states: as it was when the editor opened it (None: not known), now, and as they want it."""

    label: str
    opened: str | None
    now: str
    mine: str
    by_them: bool
    by_me: bool


def differences(
    model: type[Versioned], opened: State | None, now: State | None, mine: State | None
) -> list[Difference]:
    """The fields in which the three do not agree. `now` is None for a deleted fact, `mine` for one to be deleted."""
    found = []
    for name in _names(opened, now, mine):
        field = schema_of(model).fields.get(name)
        if field is None:
            continue
        then, there, wanted = ((state or {}).get(name) for state in (opened, now, mine))
        by_them = opened is not None and now is not None and then != there
        by_me = mine is not None and wanted != (there if opened is None else then)
        if by_them or by_me:
            found.append(
                Difference(
                    label=_label(model, name),
                    opened=None if opened is None else in_words(field, then),
                    now=in_words(field, there),
                    mine=in_words(field, wanted),
                    by_them=by_them,
                    by_me=by_me,
                )
            )
    return found


def _names(*states: State | None) -> Iterable[str]:
    return dict.fromkeys(name for state in states for name in state or {})


def _label(model: type[Versioned], name: str) -> str:
    return capfirst(str(label_for_field(name, model)))
