"""Store what each revision is about beside it, and whether it shows a draft, so that no list of revisions need look into
the recorded states."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from frameworks.models.subjects import is_draft, subjects_of

BATCH = 1_000


def file_revisions(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """File the revisions that are there already."""
    revision_model = apps.get_model("frameworks", "Revision")
    subject_model = apps.get_model("frameworks", "RevisionSubject")
    last = 0
    while batch := list(revision_model.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        subject_model.objects.bulk_create(
            subject_model(revision=revision, kind=subject.kind, key=subject.key)
            for revision in batch
            for subject in subjects_of(revision.model, revision.key, revision.before, revision.after)
        )
        for flag in (True, False):
            pks = [revision.pk for revision in batch if is_draft(revision.before, revision.after) is flag]
            revision_model.objects.filter(pk__in=pks).update(is_draft=flag)
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0005_record_state")]

    operations = [
        # Null without a default: SQLite adds such a column without copying the table, which would drop its triggers.
        migrations.AddField(
            "revision",
            "is_draft",
            models.BooleanField(
                editable=False,
                help_text="The fact was published neither before nor after; null for kinds that are always public.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            "framework",
            models.Index(
                condition=models.Q(is_published=False), fields=["slug"], name="framework_hidden_by_slug"
            ),
        ),
        migrations.AddIndex("revision", models.Index("model", "id", name="revision_by_kind")),
        migrations.AddIndex("revision", models.Index("action", "model", "key", name="revision_by_action")),
        migrations.CreateModel(
            name="RevisionSubject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subjects",
                        to="frameworks.revision",
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=200)),
            ],
            options={
                "indexes": [models.Index("kind", "key", "revision", name="revision_subject_by_name")],
                "constraints": [
                    models.UniqueConstraint("revision", "kind", "key", name="revision_subject_once")
                ],
            },
        ),
        # Last: PostgreSQL alters no table that has foreign keys to check yet.
        migrations.RunPython(file_revisions, migrations.RunPython.noop),
    ]
