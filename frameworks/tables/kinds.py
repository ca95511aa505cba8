"""Convert facts to rows of text and back: one table for each kind of fact, with the same columns in every format."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.dateparse import parse_date

from frameworks.models import Versioned, versioned_models
from frameworks.models.schema import Field, Schema, State, schema_of, state_of, target

from .sheets import Sheet, shortened

ByKey = Mapping[str, Versioned]
"""Facts by their natural key as one line."""

VERSION = "version"
#: A column named in brackets is for reading only, as `(fit)` in a file of the public pages. An import ignores it.
REMARK = re.compile(r"\(.+\)")
YES_AND_NO = {"yes": True, "no": False, "true": True, "false": False}


@dataclass(frozen=True)
class Kind:
    """A kind of fact as a table. The key's columns never change for a fact: another key is another fact."""

    model: type[Versioned]

    @property
    def key(self) -> tuple[str, ...]:
        return self.model.key_fields

    @property
    def name(self) -> str:
        return str(self.model._meta.model_name)

    @property
    def schema(self) -> Schema:
        return schema_of(self.model)

    @property
    def fields(self) -> dict[str, Field]:
        """Return the fields that a row gives of a fact, the key first."""
        return self.schema.fields

    @property
    def columns(self) -> list[str]:
        return [*self.fields, VERSION]

    def facts(self) -> "models.QuerySet[Versioned]":
        """Return all facts of the kind with their related facts: one query, and one for each relation.

        Not joined: ten thousand claims name the same few criteria, and each is to be a single object.
        """
        return self.model._default_manager.order_by().prefetch_related(*self.schema.paths, *self.schema.many)

    def sheet(self) -> Sheet:
        """Return all facts as they are now, in the order of their keys."""
        rows = sorted((fact.key_text, row_of(self, state_of(fact), fact.version)) for fact in self.facts())
        return Sheet(self.columns, [row for _, row in rows])


KINDS = {name: Kind(model) for name, model in versioned_models().items()}


# From a fact to text


def row_of(kind: Kind, state: State, version: int) -> list[str]:
    return [*(text_of(field, state[name]) for name, field in kind.fields.items()), str(version)]


def text_of(field: Field, value: Any) -> str:
    """Return a plain value as the text of a cell; empty for None."""
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


def plain_of(field: Field, text: str) -> Any:
    """Return a cell's text as a plain value. Raises ValidationError with a sentence where it has no meaning.

    Whether the fact that a relation names exists is not checked, and the field's own validators do not run.
    """
    if field.many_to_many:
        return [key.split("/") for key in dict.fromkeys(_required(field, text.split()))]
    if not field.is_relation and isinstance(field, models.CharField | models.TextField):
        return _chosen(field, text)
    [word] = _required(field, [text.strip()])
    if not word:
        return None
    return word.split("/") if field.is_relation else _plain(field, word)


def no_such_fact(field: Field, key: Sequence[Any]) -> str:
    """Say in a sentence that the fact that a relation names does not exist."""
    return f"There is no {target(field)._meta.verbose_name} called “{shortened('/'.join(key))}”."


def _required(field: Field, words: list[str]) -> list[str]:
    if any(words) or (field.null if not field.many_to_many else field.blank):
        return words
    raise ValidationError("This must not be empty.")


def _chosen(field: Field, text: str) -> str:
    choices = [value for value, _ in field.flatchoices]
    if choices and text not in choices:
        raise ValidationError(f"“{shortened(text)}” is not one of {', '.join(choices)}.")
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
    raise ValidationError(f"“{shortened(word)}” is not a whole number.")


def _date(word: str) -> str:
    try:
        day = parse_date(word) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", word) else None
    except ValueError:  # as on the 31st of a short month
        day = None
    if day is None:
        raise ValidationError(f"“{shortened(word)}” is not a date. Write dates as 2026-11-20.")
    return word
