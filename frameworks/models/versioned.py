"""The base of every fact that editors keep: it knows its version and its natural key."""

from typing import Any, TypeVar

from django.apps import apps
from django.db import models

Fact = TypeVar("Fact", bound="Versioned")


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


def renamable_models() -> dict[str, type[Versioned]]:
    """Those kinds whose facts can be renamed."""
    return {kind: model for kind, model in versioned_models().items() if model.is_renamable}


def versioned_models() -> dict[str, type[Versioned]]:
    """Every kind of fact, by the name that revisions know it by, whichever app it lives in."""
    return {str(model._meta.model_name): model for model in apps.get_models() if issubclass(model, Versioned)}
