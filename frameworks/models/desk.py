"""Define what the editors' desk stores beside the facts: profiles, readers' objections, uploads, checked links."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .catalogue import Criterion, Framework
from .constraints import http_url_check, http_url_field


class EditorProfile(models.Model):
    """How an editor wishes to be named in public."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="editor_profile"
    )
    public_name = models.CharField(
        max_length=80,
        blank=True,
        help_text="Shown beside your changes. If you leave it empty, they are shown as by “an editor”.",
    )

    def __str__(self) -> str:
        return self.public_name or "an editor"


class Digest(models.Model):
    """What an editor was told by mail, and whether they want to be. A row for each who has been written to."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="digest"
    )
    is_wanted = models.BooleanField("a mail about what is waiting", default=True)
    #: Set before it is sent, so that of two runs at once a single one sends it.
    day = models.DateField(null=True, help_text="The day of the last one.")
    told_until = models.DateTimeField(help_text="Until when it told of decisions.")

    def __str__(self) -> str:
        return f"Digest for {self.user}"


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def waiting(self) -> "ObjectionQuerySet":
        """Keep objections that nobody has answered yet, the oldest first."""
        return self.filter(status=Objection.Status.OPEN).order_by("created_at", "pk")

    def about(self, framework: Framework, criterion: Criterion) -> "ObjectionQuerySet":
        return self.filter(framework=framework, criterion=criterion)


class Objection(models.Model):
    """What a reader says is wrong with a cell. Seen by editors alone."""

    class Status(models.TextChoices):
        OPEN = "open", "waiting"
        ACCEPTED = "accepted", "accepted"
        DISMISSED = "dismissed", "dismissed"

    framework = models.ForeignKey(Framework, models.CASCADE, related_name="objections")
    criterion = models.ForeignKey(Criterion, models.CASCADE, related_name="objections")
    text = models.TextField(max_length=1000)
    url = http_url_field("Where the report can be checked (http or https).", "web address")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    sender = models.CharField(
        max_length=64,
        blank=True,
        db_index=True,
        help_text="A keyed hash of the IP address, for the limit; deleted later.",
    )
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN, db_index=True)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="handled_objections"
    )
    handled_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(
        max_length=300, blank=True, help_text="What was done about it, or why nothing was done."
    )

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = "problem report"
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="objection_has_text"),
            http_url_check("objection_url_is_http", "url"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "accepted", "dismissed"]), name="objection_status_is_known"
            ),
            models.CheckConstraint(
                condition=Q(status="open", handled_at=None)
                | (~Q(status="open") & Q(handled_at__isnull=False) & ~Q(note="")),
                name="objection_answer_has_note",
            ),
        ]

    def __str__(self) -> str:
        return f"Problem report {self.pk} on {self.framework}, {self.criterion}"


class Upload(models.Model):
    """A table that an editor has uploaded and looks over before confirming it. Removed after a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="uploads")
    model = models.CharField(max_length=40, help_text="The kind of fact in its rows.")
    file_name = models.CharField(max_length=200)
    header = models.JSONField()
    rows = models.JSONField(help_text="The cells as text, row by row.")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.file_name


class LinkCheck(models.Model):
    """How an address that the portal names responded when it was last checked."""

    url = models.URLField("web address", max_length=300, unique=True)
    checked_at = models.DateTimeField("last checked", default=timezone.now)
    is_alive = models.BooleanField("answers")
    status = models.PositiveSmallIntegerField(
        null=True, help_text="The HTTP status; null if there was no answer."
    )
    detail = models.CharField(max_length=300, blank=True, help_text="What happened, in one sentence.")

    class Meta:
        ordering = ["is_alive", "url"]
        constraints = [http_url_check("link_check_url_is_http", "url")]

    def __str__(self) -> str:
        return self.url
