"""Leave a mark wherever something is recorded, or an editor's public name changes, so that pages can be asked whether
they could have changed without counting the history.

Triggers leave it, and not the write path, so that nothing that is written past that can be missed.
"""

from django.db import migrations, models

from ._triggers import PostgreSQLTrigger, SQLiteTrigger

#: What pages say that is not in the facts' own tables alone.
TABLES = ("frameworks_revision", "frameworks_editorprofile")


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0004_former_slugs_stay")]

    operations = [
        migrations.CreateModel(
            name="RecordState",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        help_text="The transaction's number; 1 on SQLite.", primary_key=True, serialize=False
                    ),
                ),
                ("mark", models.CharField(help_text="Random.", max_length=32)),
            ],
        ),
        *(
            SQLiteTrigger(
                f"record_state_{table}_{event}",
                f"AFTER {event} ON {table}",
                body="INSERT INTO frameworks_recordstate (id, mark) VALUES (1, lower(hex(randomblob(16))))"
                " ON CONFLICT (id) DO UPDATE SET mark = excluded.mark",
            )
            for table in TABLES
            for event in ("INSERT", "UPDATE", "DELETE")
        ),
        *(
            PostgreSQLTrigger(
                f"record_state_{table}",
                f"AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT",
                body="""
                BEGIN
                    INSERT INTO frameworks_recordstate (id, mark)
                    VALUES (
                        pg_current_xact_id()::text::bigint, replace(gen_random_uuid()::text, '-', '')
                    )
                    ON CONFLICT (id) DO UPDATE SET mark = excluded.mark;
                    -- The marks of transactions that have ended. Nobody waits for who is clearing away the same.
                    DELETE FROM frameworks_recordstate WHERE id IN (
                        SELECT id FROM frameworks_recordstate
                        WHERE id <> pg_current_xact_id()::text::bigint FOR UPDATE SKIP LOCKED
                    );
                    RETURN NULL;
                END
                """,
            )
            for table in TABLES
        ),
    ]
