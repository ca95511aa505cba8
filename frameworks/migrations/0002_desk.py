"""Create what the desk keeps beside the facts: profiles, objections, uploads, checked links, proposals, digests."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("frameworks", "0001_facts"),
    ]

    operations = [
        migrations.CreateModel(
            name="EditorProfile",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="editor_profile",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "public_name",
                    models.CharField(
                        blank=True,
                        help_text="Shown beside your changes. If you leave it empty, they are shown as by “an editor”.",
                        max_length=80,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="objections",
                        to="frameworks.framework",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="objections",
                        to="frameworks.criterion",
                    ),
                ),
                ("text", models.TextField(max_length=1000)),
                (
                    "url",
                    models.URLField(
                        blank=True,
                        help_text="Where the report can be checked (http or https).",
                        max_length=300,
                        validators=[django.core.validators.URLValidator(schemes=["http", "https"])],
                        verbose_name="web address",
                    ),
                ),
                ("created_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                (
                    "sender",
                    models.CharField(
                        blank=True,
                        db_index=True,
                        help_text="A keyed hash of the IP address, for the limit; deleted later.",
                        max_length=64,
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("open", "waiting"), ("accepted", "accepted"), ("dismissed", "dismissed")],
                        db_index=True,
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "handled_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="handled_objections",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("handled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        help_text="What was done about it, or why nothing was done.",
                        max_length=300,
                    ),
                ),
            ],
            options={
                "verbose_name": "problem report",
                "ordering": ["-created_at", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="objection_has_text"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("url", ""), ("url__regex", "^https?://[^\\s]+\\Z"), _connector="OR"
                        ),
                        name="objection_url_is_http",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["open", "accepted", "dismissed"])),
                        name="objection_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("handled_at", None), ("status", "open")),
                            models.Q(
                                models.Q(("status", "open"), _negated=True),
                                ("handled_at__isnull", False),
                                models.Q(("note", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="objection_answer_has_note",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="uploads",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("model", models.CharField(help_text="The kind of fact in its rows.", max_length=40)),
                ("file_name", models.CharField(max_length=200)),
                ("header", models.JSONField()),
                ("rows", models.JSONField(help_text="The cells as text, row by row.")),
                ("created_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["-created_at"],
            },
        ),
        migrations.CreateModel(
            name="LinkCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.URLField(max_length=300, unique=True, verbose_name="web address")),
                (
                    "checked_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="last checked"),
                ),
                ("is_alive", models.BooleanField(verbose_name="answers")),
                (
                    "status",
                    models.PositiveSmallIntegerField(
                        help_text="The HTTP status; null if there was no answer.", null=True
                    ),
                ),
                (
                    "detail",
                    models.CharField(blank=True, help_text="What happened, in one sentence.", max_length=300),
                ),
            ],
            options={
                "ordering": ["is_alive", "url"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("url", ""), ("url__regex", "^https?://[^\\s]+\\Z"), _connector="OR"
                        ),
                        name="link_check_url_is_http",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "changeset",
                    models.UUIDField(
                        default=uuid.uuid4,
                        editable=False,
                        help_text="The changeset of its revisions once it is published.",
                        unique=True,
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="proposals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author_name",
                    models.CharField(
                        help_text="The name at the time.", max_length=150, verbose_name="author"
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("seed", "seed"),
                            ("admin", "admin"),
                            ("grid", "grid"),
                            ("import", "import"),
                            ("revert", "revert"),
                        ],
                        max_length=10,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="proposed on"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "waiting for a reviewer"),
                            ("returned", "changes requested"),
                            ("published", "published"),
                            ("rejected", "rejected"),
                            ("withdrawn", "withdrawn"),
                        ],
                        db_index=True,
                        default="open",
                        max_length=10,
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decided_proposals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                ("note", models.TextField(blank=True, help_text="The reviewer’s note to the author.")),
                (
                    "form_path",
                    models.CharField(blank=True, help_text="The address of the form.", max_length=500),
                ),
                (
                    "form_data",
                    models.JSONField(
                        help_text="What the author typed: the name and values of each field.", null=True
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "-pk"],
                "permissions": [("publish_proposal", "Can publish proposals and write without one")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["open", "returned", "published", "rejected", "withdrawn"])
                        ),
                        name="proposal_status_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="proposal_has_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", None), ("status", "open")),
                            models.Q(
                                models.Q(("status", "open"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="proposal_decision_has_decider",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status__in", ["returned", "rejected"]), _negated=True),
                            models.Q(("note", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="proposal_refusal_has_note",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ProposedChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="changes",
                        to="frameworks.proposal",
                    ),
                ),
                (
                    "position",
                    models.PositiveIntegerField(
                        help_text="Changes are applied in this order: a claim before the rating that rests on it."
                    ),
                ),
                ("model", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=200)),
                (
                    "action",
                    models.CharField(
                        choices=[("created", "created"), ("changed", "changed"), ("deleted", "deleted")],
                        max_length=10,
                    ),
                ),
                (
                    "seen",
                    models.PositiveIntegerField(
                        help_text="The version that the change is based on; null for a new fact.", null=True
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("before", models.JSONField(null=True)),
                ("after", models.JSONField(null=True)),
            ],
            options={
                "ordering": ["position"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("proposal"), models.F("position"), name="proposed_change_once_per_position"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["created", "changed", "deleted"])),
                        name="proposed_change_action_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("action", "created"), ("seen", None)),
                            models.Q(models.Q(("action", "created"), _negated=True), ("seen__isnull", False)),
                            _connector="OR",
                        ),
                        name="proposed_change_says_its_version",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Digest",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="digest",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("is_wanted", models.BooleanField(default=True, verbose_name="a mail about what is waiting")),
                ("day", models.DateField(help_text="The day of the last one.", null=True)),
                ("told_until", models.DateTimeField(help_text="Until when it told of decisions.")),
            ],
        ),
    ]
