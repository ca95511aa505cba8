"""Look facts up by their natural keys, also by those that they had before they were renamed; tell what is current from
what is retired."""

from collections.abc import Collection, Sequence
from typing import Any, Self

from django.apps import apps
from django.db import connections, models

from .schema import schema_of
from .versioned import Fact, Versioned


class VersionedQuerySet(models.QuerySet[Fact]):
    def get_by_natural_key(self, *parts: Any) -> Fact:
        """Return the fact with this natural key, which may contain former slugs.

        Raises DoesNotExist, or ValueError for too few or too many parts.
        """
        schema = schema_of(self.model)
        try:
            return self.get(**schema.lookups(parts))
        except self.model.DoesNotExist:
            if (current := renamed_key(self.model, parts)) == list(parts):
                raise
            return self.get(**schema.lookups(current))

    def names(self) -> Self:
        """Load of each fact what its name is compared by, in the order of the primary keys."""
        return self.order_by("pk").only(*filter(None, [self.model.name_field, self.model.named_within]))


class RetirableQuerySet(VersionedQuerySet[Fact]):
    def current(self) -> Self:
        """Leave out what is retired."""
        return self.filter(retired_on=None)

    def retired(self) -> Self:
        return self.filter(retired_on__isnull=False)

    def held_current(self, keys: Collection[int]) -> list[Fact]:
        """Return those of the facts with these primary keys that are retired by now. None of the others can be retired
        until the transaction ends. One query."""
        if connections[self.db].vendor != "postgresql":  # SQLite has one writer at a time
            retired = [key for key in self.retired().values_list("pk", flat=True) if key in keys]
        else:
            table = self.model._meta.db_table
            with connections[self.db].cursor() as cursor:
                # Shared: writers of facts do not wait for each other, only for whoever retires what these name.
                cursor.execute(
                    f"SELECT id, retired_on FROM {table} WHERE id = ANY(%s) ORDER BY id FOR SHARE",  # noqa: S608
                    [list(keys)],
                )
                retired = [key for key, retired_on in cursor.fetchall() if retired_on]
        return list(self.filter(pk__in=retired)) if retired else []


def renamed_key(model: type[Versioned], parts: Sequence[Any]) -> list[Any]:
    """Return the natural key with former slugs replaced by the current ones. One query."""
    former: Any = apps.get_model("frameworks", "FormerSlug")
    current = former.objects.now([part for part in parts if isinstance(part, str)])
    return schema_of(model).renamed_key(parts, lambda kind, name: current.get((kind, name), name))
