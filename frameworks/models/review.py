"""Define what editors propose and reviewers publish. A proposal changes no fact until it is published."""

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import get_script_prefix
from django.utils import timezone

from .history import Revision
from .versioned import Versioned


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def waiting(self) -> "ProposalQuerySet":
        """Keep proposals that no reviewer has decided on yet, the oldest first."""
        return self.filter(status=Proposal.Status.OPEN).order_by("created_at", "pk")

    def returned_to(self, user: Any) -> "ProposalQuerySet":
        return self.filter(status=Proposal.Status.RETURNED, author=user).order_by("-decided_at")

    def to_be_read_by(self, user: Any, *, since: datetime) -> "ProposalQuerySet":
        """Keep what reviewers have sent back to this author with a note: rejected since then, or to be changed."""
        rejected = Q(status=Proposal.Status.REJECTED, decided_at__gte=since)
        own = self.filter(Q(status=Proposal.Status.RETURNED) | rejected, author=user)
        return own.order_by("-decided_at")


class Proposal(models.Model):
    """Changes to facts that somebody without the right to publish has made in one go."""

    class Status(models.TextChoices):
        OPEN = "open", "waiting for a reviewer"
        RETURNED = "returned", "changes requested"
        PUBLISHED = "published", "published"
        REJECTED = "rejected", "rejected"
        WITHDRAWN = "withdrawn", "withdrawn"

    changeset = models.UUIDField(
        default=uuid.uuid4,
        unique=True,
        editable=False,
        help_text="The changeset of its revisions once it is published.",
    )
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="proposals")
    author_name = models.CharField("author", max_length=150, help_text="The name at the time.")
    origin = models.CharField(max_length=10, choices=Revision.Origin)
    reason = models.CharField(max_length=300)
    created_at = models.DateTimeField("proposed on", default=timezone.now)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN, db_index=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="decided_proposals"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    note = models.TextField(blank=True, help_text="The reviewer’s note to the author.")
    form_path = models.CharField(max_length=500, blank=True, help_text="The address of the form.")
    form_data = models.JSONField(
        null=True, help_text="What the author typed: the name and values of each field."
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        permissions = [("publish_proposal", "Can publish proposals and write without one")]
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["open", "returned", "published", "rejected", "withdrawn"]),
                name="proposal_status_is_known",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="proposal_has_reason"),
            models.CheckConstraint(
                condition=Q(status="open", decided_at=None, decided_by=None)
                | (~Q(status="open") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="proposal_decision_has_decider",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["returned", "rejected"]) | ~Q(note=""),
                name="proposal_refusal_has_note",
            ),
        ]

    def __str__(self) -> str:
        return f"Proposal {self.pk} by {self.author_name}"

    @property
    def form_url(self) -> str:
        """Return the address of the form, which is stored without the path below which the portal lies."""
        return f"{get_script_prefix().rstrip('/')}{self.form_path}"

    @property
    def is_undecided(self) -> bool:
        """Return whether it may still be published."""
        return self.status in {self.Status.OPEN, self.Status.RETURNED}


class ProposedChangeQuerySet(models.QuerySet["ProposedChange"]):
    def pending(self, fact: Versioned) -> "ProposedChangeQuerySet":
        """Keep undecided changes to the fact, each with its proposal, the oldest first."""
        undecided = [Proposal.Status.OPEN, Proposal.Status.RETURNED]
        named = self.filter(model=fact._meta.model_name, key=fact.key_text)
        return named.filter(proposal__status__in=undecided).select_related("proposal").order_by("proposal")


class ProposedChange(models.Model):
    """One fact of a proposal: its version, before, after. Has the fields of the revision that it is to become."""

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="changes")
    position = models.PositiveIntegerField(
        help_text="Changes are applied in this order: a claim before the rating that rests on it."
    )
    model = models.CharField(max_length=40)
    key = models.CharField(max_length=200)
    action = models.CharField(max_length=10, choices=Revision.Action)
    seen = models.PositiveIntegerField(
        null=True, help_text="The version that the change is based on; null for a new fact."
    )
    reason = models.CharField(max_length=300)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    objects = ProposedChangeQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(F("proposal"), F("position"), name="proposed_change_once_per_position"),
            models.CheckConstraint(
                condition=Q(action__in=["created", "changed", "deleted"]),
                name="proposed_change_action_is_known",
            ),
            models.CheckConstraint(
                condition=Q(action="created", seen=None) | (~Q(action="created") & Q(seen__isnull=False)),
                name="proposed_change_says_its_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.key} {self.action}"

    @property
    def changed_fields(self) -> list[tuple[str, object, object]]:
        """Return field name, value before and value after, for each field that differs."""
        before, after = self.before or {}, self.after or {}
        return [
            (name, before.get(name), after.get(name))
            for name in dict.fromkeys([*before, *after])
            if before.get(name) != after.get(name)
        ]
