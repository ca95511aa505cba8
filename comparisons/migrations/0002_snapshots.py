"""Create the snapshots, refuse to change or delete one, and create the register that limits how many are made.

The refusal needs triggers because a constraint sees what a row is, and not what it was. On SQLite `INSERT OR REPLACE`
deletes without asking the trigger of a deletion, so a third trigger refuses such an insert.
"""

from django.db import migrations, models

from frameworks.migrations._triggers import PostgreSQLTrigger, SQLiteTrigger

REFUSAL = "snapshot_is_for_ever: a snapshot is neither changed nor deleted"


class Migration(migrations.Migration):
    dependencies = [("comparisons", "0001_judgement")]

    operations = [
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.CharField(max_length=26, primary_key=True, serialize=False)),
                ("size", models.PositiveIntegerField(help_text="The size of the content in bytes.")),
                ("stood_at", models.DateTimeField(help_text="The moment that the facts are from.")),
                ("created_at", models.DateTimeField()),
                (
                    "content",
                    models.TextField(
                        help_text="`content.Content` as canonical JSON: text, so that its bytes stay."
                    ),
                ),
            ],
            options={
                "ordering": ["-created_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id__regex", "^[a-z2-7]{26}\\Z")), name="snapshot_id_is_hash"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("content", ""), _negated=True), name="snapshot_has_content"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Freezing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True)),
                (
                    "sender",
                    models.CharField(
                        help_text="A keyed hash of the network, different each day.", max_length=64
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        SQLiteTrigger("snapshot_is_for_ever_on_UPDATE", "BEFORE UPDATE ON comparisons_snapshot", REFUSAL),
        SQLiteTrigger("snapshot_is_for_ever_on_DELETE", "BEFORE DELETE ON comparisons_snapshot", REFUSAL),
        SQLiteTrigger(
            "snapshot_is_for_ever_on_INSERT",
            "BEFORE INSERT ON comparisons_snapshot"
            " WHEN EXISTS (SELECT 1 FROM comparisons_snapshot s WHERE s.id = NEW.id)",
            REFUSAL,
        ),
        PostgreSQLTrigger(
            "snapshot_is_for_ever", "BEFORE UPDATE OR DELETE ON comparisons_snapshot FOR EACH ROW", REFUSAL
        ),
    ]
