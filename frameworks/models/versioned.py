"""The base of every fact that editors keep: it knows its version and its natural key."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.apps import apps
from django.db import models

from .schema import schema_of

Fact = TypeVar("Fact", bound="Versioned")


class VersionedQuerySet(models.QuerySet[Fact]):
    def get_by_natural_key(self, *parts: Any) -> Fact:
        """Also by a name that it, or what names it, had before. Raises DoesNotExist, or ValueError where the parts are
        too few or too many."""
        schema = schema_of(self.model)
        try:
            return self.get(**schema.lookups(parts))
        except self.model.DoesNotExist:
            if (now := renamed_key(self.model, parts)) == list(parts):
                raise
            return self.get(**schema.lookups(now))


class Versioned(models.Model):
    """A fact whose every change is a revision.

    `version` counts the changes. Only `frameworks.record.revisions` writes versioned facts: it raises the version in
    the same statement that checks it, so that an editor who has seen an older one loses nothing and overwrites nothing.
    """

    #: The fields that name a fact: set once, then for ever, but where `renaming` says otherwise. A relation stands for
    #: what names the other.
    key_fields: tuple[str, ...]

    #: Whether the name may change all the same: of facts with an address of their own, which old addresses lead to.
    is_renamable = False

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        """The parts that name this fact in fixtures and revisions, stable across databases."""
        values = [getattr(self, name) for name in self.key_fields]
        return tuple(
            part
            for value in values
            for part in (value.natural_key() if isinstance(value, Versioned) else [value])
        )

    @property
    def key_text(self) -> str:
        """The natural key as one line: `django/learning-curve`."""
        return "/".join(str(part) for part in self.natural_key())


def renamed_key(model: type[Versioned], parts: Sequence[Any]) -> list[Any]:
    """The natural key with today's names for those that have changed."""
    former: Any = apps.get_model("frameworks", "FormerSlug")
    now = former.objects.now([part for part in parts if isinstance(part, str)])
    return schema_of(model).renamed_key(parts, lambda kind, name: now.get((kind, name), name))


def renamable_models() -> dict[str, type[Versioned]]:
    """Those kinds whose facts can be renamed."""
    return {kind: model for kind, model in versioned_models().items() if model.is_renamable}


def versioned_models() -> dict[str, type[Versioned]]:
    """Every kind of fact, by the name that revisions know it by, whichever app it lives in."""
    return {str(model._meta.model_name): model for model in apps.get_models() if issubclass(model, Versioned)}
