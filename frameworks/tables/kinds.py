"""Facts as rows of text: one table for each kind of fact, the same columns whatever the file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dateparse import parse_date

from frameworks.models import Recorded, recorded_models
from frameworks.record import revisions
from frameworks.record.revisions import State

from .sheets import Sheet, shortened

Field = models.Field
ByKey = Mapping[str, Recorded]
"""Facts by their natural key as one line."""

VERSION = "version"
#: A column named in brackets is for reading only, as `(fit)` in a file of the public pages. An import passes over it.
REMARK = re.compile(r"\(.+\)")
YES_AND_NO = {"yes": True, "no": False, "true": True, "false": False}


@dataclass(frozen=True)
class Kind:
    """A kind of fact as a table. The columns of its key are set once: another key is another fact."""

    model: type[Recorded]

    @property
    def key(self) -> tuple[str, ...]:
        return self.model.key_fields

    @property
    def name(self) -> str:
        return str(self.model._meta.model_name)

    @property
    def fields(self) -> dict[str, Field]:
        """What a row says of a fact, the key first."""
        options = self.model._meta
        found = {field.name: field for field in (*options.concrete_fields, *options.many_to_many)}
        for name in (str(options.pk.name), VERSION):
            del found[name]
        return {name: found[name] for name in self.key} | found

    @property
    def columns(self) -> list[str]:
        return [*self.fields, VERSION]

    def facts(self) -> "models.QuerySet[Recorded]":
        """All of them, with what their rows name: one query, and one for each relation.

        Not joined: ten thousand claims name the same few criteria, and each is to be one object.
        """
        many = [field.name for field in self.model._meta.many_to_many]
        return self.model._default_manager.order_by().prefetch_related(*_paths(self.model), *many)

    def sheet(self) -> Sheet:
        """All facts as they stand, in the order of their names."""
        rows = sorted(
            (fact.key_text, row_of(self, revisions.state(fact), fact.version)) for fact in self.facts()
        )
        return Sheet(self.columns, [row for _, row in rows])


KINDS = {name: Kind(model) for name, model in recorded_models().items()}


def _paths(model: type[models.Model]) -> list[str]:
    """The foreign keys, and theirs: `value`, `value__facet`."""
    found = []
    for field in model._meta.concrete_fields:
        if field.related_model:
            inner = _paths(field.related_model)
            found += [field.name, *(f"{field.name}__{path}" for path in inner)]
    return found


# From a fact to text


def row_of(kind: Kind, state: State, version: int) -> list[str]:
    return [*(text_of(field, state[name]) for name, field in kind.fields.items()), str(version)]


def text_of(field: Field, value: Any) -> str:
    """A recorded value as one cell. What is nothing is empty."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(map(_key_text, value)) if field.many_to_many else _key_text(value)
    return str(value)


def _key_text(key: list[Any]) -> str:
    return "/".join(map(str, key))


# From text to a value


def value_of(field: Field, text: str, named: ByKey) -> Any:
    """What a cell means: a fact or a list of facts for a relation, else a plain value. `named` are the facts that it
    may name. Raises ValidationError with a sentence; what the field's own validators want is not looked at.
    """
    if field.many_to_many:
        return [_fact_named(key, field, named) for key in dict.fromkeys(_some(field, text.split()))]
    if not field.is_relation and isinstance(field, models.CharField | models.TextField):
        return _chosen(field, text)
    [word] = _some(field, [text.strip()])
    if not word:
        return None
    return _fact_named(word, field, named) if field.is_relation else _plain(field, word)


def _some(field: Field, words: list[str]) -> list[str]:
    if any(words) or (field.null if not field.many_to_many else field.blank):
        return words
    raise ValidationError("It must not be empty.")


def _fact_named(key: str, field: Field, named: ByKey) -> Recorded:
    if key not in named:
        kind = cast("type[models.Model]", field.related_model)._meta.verbose_name
        raise ValidationError(f"There is no {kind} called “{shortened(key)}”.")
    return named[key]


def _chosen(field: Field, text: str) -> str:
    choices = [value for value, _ in field.flatchoices]
    if choices and text not in choices:
        raise ValidationError(f"“{shortened(text)}” is none of {', '.join(choices)}.")
    return text


def _plain(field: Field, word: str) -> Any:
    if isinstance(field, models.BooleanField):
        if word.lower() in YES_AND_NO:
            return YES_AND_NO[word.lower()]
        raise ValidationError(f"“{shortened(word)}” is neither yes nor no.")
    if isinstance(field, models.DateField):
        return _date(word)
    if re.fullmatch("[0-9]{1,18}", word):
        return int(word)
    raise ValidationError(f"“{shortened(word)}” is no whole number.")


def _date(word: str) -> Any:
    try:
        day = parse_date(word) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", word) else None
    except ValueError:  # as on the 31st of a short month
        day = None
    if day is None:
        raise ValidationError(f"“{shortened(word)}” is no date. Write it as 2026-11-20.")
    return day
