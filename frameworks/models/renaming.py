"""Keep the former names of facts with an address of their own for ever, so that old addresses go on working."""

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q

from .constraints import slug_check


class FormerSlugQuerySet(models.QuerySet["FormerSlug"]):
    def now(self, slugs: Iterable[str] | None = None) -> dict[tuple[str, str], str]:
        """Return the current slug of each renamed fact, by kind and former slug. One query.

        `slugs` limits the answer to these former slugs.
        """
        named = self if slugs is None else self.filter(slug__in=set(slugs))
        # A fact may have been given an old name back.
        moved = named.exclude(slug=F("current"))
        return {(kind, slug): current for kind, slug, current in moved.values_list("kind", "slug", "current")}


class FormerSlug(models.Model):
    """A name that a fact of this kind has had, and the fact's name today.

    Triggers ensure that the row is never deleted and that no other fact of the kind takes the name.
    """

    kind = models.CharField(max_length=20)
    slug = models.SlugField(max_length=60)
    current = models.SlugField(max_length=60)

    objects = FormerSlugQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "slug"]
        constraints = [
            models.UniqueConstraint("kind", "slug", name="former_slug_once_per_kind"),
            # The kinds are defined in several rooms, so the constraint only asks for a word.
            models.CheckConstraint(condition=Q(kind__regex=r"^[a-z]+\Z"), name="former_slug_kind_is_word"),
            slug_check("former_slug_is_slug"),
            slug_check("former_slug_current_is_slug", "current"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.slug}, now {self.current}"
