"""Convert facts to rows of text and back: one table for each kind of fact, with the same columns in every format."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import models

from frameworks.models import Versioned, versioned_models
from frameworks.models.schema import Field, Schema, State, schema_of, state_of

from .reading import folded
from .sheets import Sheet
from .values import is_text, text_of

ByKey = Mapping[str, Versioned]
"""Facts by their natural key as one line."""

VERSION = "version"


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

    @property
    def headings(self) -> dict[str, str]:
        """Return the columns by their folded headings: the names in files, and those on the desk's forms."""
        labels = {folded(str(field.verbose_name)): name for name, field in self.fields.items()}
        return {**labels, **{folded(name): name for name in self.columns}}

    @property
    def typed(self) -> set[str]:
        """Return the columns whose values are numbers, dates, or yes and no."""
        fields = self.fields.items()
        return {VERSION, *(name for name, field in fields if not (field.is_relation or is_text(field)))}

    def facts(self) -> "models.QuerySet[Versioned]":
        """Return all facts of the kind with their related facts: one query, and one for each relation.

        Not joined: ten thousand claims name the same few criteria, and each is to be a single object.
        """
        return self.model._default_manager.order_by().prefetch_related(*self.schema.paths, *self.schema.many)

    def sheet(self) -> Sheet:
        """Return all facts as they are now, in the order of their keys."""
        rows = sorted((fact.key_text, row_of(self, state_of(fact), fact.version)) for fact in self.facts())
        return Sheet(self.columns, [row for _, row in rows], typed=self.typed)


KINDS = {name: Kind(model) for name, model in versioned_models().items()}


def row_of(kind: Kind, state: State, version: int) -> list[str]:
    return [*(text_of(field, state[name]) for name, field in kind.fields.items()), str(version)]
