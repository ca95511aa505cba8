"""The record of every change to a fact: who, when, why, before, after."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .recorded import Recorded


class RevisionQuerySet(models.QuerySet["Revision"]):
    def of(self, fact: Recorded) -> "RevisionQuerySet":
        """The history of one fact, newest first, also after it was deleted and made again."""
        return self.filter(model=fact._meta.model_name, key=fact.key_text).order_by("-version")


class Revision(models.Model):
    """One recorded editing step on one fact. Written by `frameworks.revisions`, never changed afterwards."""

    class Action(models.TextChoices):
        CREATED = "created", "created"
        CHANGED = "changed", "changed"
        DELETED = "deleted", "deleted"

    class Origin(models.TextChoices):
        SEED = "seed", "seed"
        ADMIN = "admin", "admin"
        GRID = "grid", "grid"
        IMPORT = "import", "import"
        REVERT = "revert", "revert"

    # The default serves rows written by hand; `revisions` passes the time in.
    at = models.DateTimeField(default=timezone.now, db_index=True)
    model = models.CharField(max_length=40)
    key = models.CharField(max_length=200, help_text="The natural key, as `django/learning-curve`.")
    version = models.PositiveIntegerField(help_text="The version that this step led to.")
    action = models.CharField(max_length=10, choices=Action)
    origin = models.CharField(max_length=10, choices=Origin)
    changeset = models.UUIDField(
        default=uuid.uuid4, db_index=True, help_text="The same for all that was written in one go."
    )
    # Protected: an account that has written is switched off, never deleted, so that no row here ever changes.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="revisions"
    )
    author_name = models.CharField(max_length=150, help_text="As it was at the time.")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="published_revisions",
        help_text="The reviewer, where it was a proposal.",
    )
    reason = models.CharField(max_length=300)
    before = models.JSONField(null=True, help_text="The fields before; null for a creation.")
    after = models.JSONField(null=True, help_text="The fields after; null for a deletion.")

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint("model", "key", "version", name="revision_once_per_version"),
            models.CheckConstraint(condition=~Q(reason=""), name="revision_has_reason"),
            models.CheckConstraint(
                condition=Q(action__in=["created", "changed", "deleted"]), name="revision_action_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.key}, version {self.version}"

    @property
    def changed_fields(self) -> list[tuple[str, object, object]]:
        """Field name, value before, value after, for each field that differs."""
        before, after = self.before or {}, self.after or {}
        return [
            (name, before.get(name), after.get(name))
            for name in dict.fromkeys([*before, *after])
            if before.get(name) != after.get(name)
        ]
