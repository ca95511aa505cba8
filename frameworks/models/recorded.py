"""The base of every fact that editors keep: it knows its version and its natural key."""

from typing import Any

from django.db import models


class Recorded(models.Model):
    """A fact whose every change is a revision.

    `version` counts the changes. Only `frameworks.revisions` writes recorded facts: it raises the version in the
    same statement that checks it, so that an editor who has seen an older one loses nothing and overwrites nothing.
    """

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        """The parts that name this fact in fixtures and revisions, stable across databases."""
        raise TypeError(f"{type(self).__name__} must say its natural key")

    @property
    def key_text(self) -> str:
        """The natural key as one line: `django/learning-curve`."""
        return "/".join(str(part) for part in self.natural_key())
