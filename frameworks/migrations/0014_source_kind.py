"""Say of each source what it is: an article, as all were so far, a document, a measurement or a person's statement."""

from typing import Any

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "frameworks_source"
#: SQLite makes the table anew, which no trigger may name meanwhile: what they were, to create them again.
dropped: list[str] = []


def drop_triggers(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor != "sqlite":
        return
    with schema_editor.connection.cursor() as cursor:
        naming = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE %s"
        cursor.execute(naming, [f"%{TABLE}%"])
        for name, sql in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")
            dropped.append(sql)


def create_triggers(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    while dropped:
        schema_editor.execute(dropped.pop(0))


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0013_kinds_of_topics")]

    operations = [
        migrations.RunPython(drop_triggers, create_triggers),
        migrations.AddField(
            "source",
            "kind",
            models.CharField(
                max_length=11,
                choices=[
                    ("article", "article"),
                    ("document", "document"),
                    ("measurement", "measurement"),
                    ("statement", "statement by a person"),
                ],
                default="article",
                help_text="What the text is. A statement needs an author and a stated date: who said it, and when.",
            ),
        ),
        migrations.AddConstraint(
            "source",
            models.CheckConstraint(
                condition=models.Q(kind__in=["article", "document", "measurement", "statement"]),
                name="source_kind_is_known",
            ),
        ),
        migrations.AddConstraint(
            "source",
            models.CheckConstraint(
                condition=~models.Q(kind="statement") | ~models.Q(authors="") & ~models.Q(date_stated=""),
                name="source_statement_is_signed",
            ),
        ),
        migrations.RunPython(create_triggers, drop_triggers),
    ]
