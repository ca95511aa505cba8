from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comparisons", "0001_decisions"),
    ]

    operations = [
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
                        help_text="A keyed hash of the network, another one each day.", max_length=64
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
            },
        ),
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                ("id", models.CharField(max_length=26, primary_key=True, serialize=False)),
                ("size", models.PositiveIntegerField(help_text="Of the content, in bytes.")),
                ("stood_at", models.DateTimeField(help_text="Of which moment the facts are.")),
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
    ]
