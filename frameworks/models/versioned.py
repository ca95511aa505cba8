"""Define the base of every fact that editors maintain: it knows its version and its natural key."""

from typing import Any, TypeVar

from django.apps import apps
from django.db import models

Fact = TypeVar("Fact", bound="Versioned")


class Versioned(models.Model):
    """A fact whose every change is a revision.

    `version` counts the changes. Only `frameworks.record.revisions` writes versioned facts: it raises the version in
    the same statement that checks it, so that an editor who saw an older version can overwrite nothing.
    """

    #: The fields of the natural key: set once, then for ever, unless the fact is renamable. A relation contributes the
    #: natural key of the related fact.
    key_fields: tuple[str, ...]

    #: Whether the name may change all the same. Old addresses then redirect to the fact's new one.
    is_renamable = False

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        """Return the parts that name this fact in fixtures and revisions, stable across databases."""
        values = [getattr(self, name) for name in self.key_fields]
        return tuple(
            part
            for value in values
            for part in (value.natural_key() if isinstance(value, Versioned) else [value])
        )

    def settle(self) -> None:
        """Set what follows from other facts. Called before the fact is written."""

    @property
    def key_text(self) -> str:
        """Return the natural key as one line: `django/learning-curve`."""
        return "/".join(str(part) for part in self.natural_key())


def renamable_models() -> dict[str, type[Versioned]]:
    """Return the kinds of facts that can be renamed, by name."""
    return {kind: model for kind, model in versioned_models().items() if model.is_renamable}


def versioned_models() -> dict[str, type[Versioned]]:
    """Return every kind of fact of any app, by the name that revisions use for it."""
    return {str(model._meta.model_name): model for model in apps.get_models() if issubclass(model, Versioned)}
