"""Names that facts with an address of their own have had: kept for ever, so that old addresses go on working."""

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q

from .constraints import slug_check


class FormerSlugQuerySet(models.QuerySet["FormerSlug"]):
    def now(self, slugs: Iterable[str] | None = None) -> dict[tuple[str, str], str]:
        """What the facts that were once called so (or otherwise, where no names are given) are called today, by kind
        and former name. One query."""
        named = self if slugs is None else self.filter(slug__in=set(slugs))
        # A fact that has got an old name back is called by it.
        moved = named.exclude(slug=F("current"))
        return {(kind, slug): current for kind, slug, current in moved.values_list("kind", "slug", "current")}


class FormerSlug(models.Model):
    """A name that a fact of this kind has had, and what the fact is called today.

    Triggers keep that it is never deleted, and that no other fact of the kind takes the name.
    """

    kind = models.CharField(max_length=20)
    slug = models.SlugField(max_length=60)
    current = models.SlugField(max_length=60)

    objects = FormerSlugQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "slug"]
        constraints = [
            models.UniqueConstraint("kind", "slug", name="former_slug_once_per_kind"),
            # Which kinds there are is known to the rooms that have them; here they are words.
            models.CheckConstraint(condition=Q(kind__regex=r"^[a-z]+\Z"), name="former_slug_kind_is_word"),
            slug_check("former_slug_is_slug"),
            slug_check("former_slug_current_is_slug", "current"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.slug}, now {self.current}"
