"""Look facts up by their natural keys, also by those that they had before they were renamed."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.db import models

from .schema import schema_of
from .versioned import Fact, Versioned


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


def renamed_key(model: type[Versioned], parts: Sequence[Any]) -> list[Any]:
    """The natural key with today's names for those that have changed."""
    former: Any = apps.get_model("frameworks", "FormerSlug")
    now = former.objects.now([part for part in parts if isinstance(part, str)])
    return schema_of(model).renamed_key(parts, lambda kind, name: now.get((kind, name), name))
