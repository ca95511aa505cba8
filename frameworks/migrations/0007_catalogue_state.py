"""Leave a second mark wherever something else than ratings and claims is recorded, so that after an edit of those, which
most edits are, names and catalogue need not be read anew.
"""

from django.db import migrations, models

from ._triggers import PostgreSQLTrigger, SQLiteTrigger

TABLE = "frameworks_revision"
#: What changes scores and evidence only.
EVIDENCE = "('rating', 'claim')"

LEAVE_ON_SQLITE = (
    "INSERT INTO frameworks_cataloguestate (id, mark) VALUES (1, lower(hex(randomblob(16))))"
    " ON CONFLICT (id) DO UPDATE SET mark = excluded.mark"
)
LEAVE_ON_POSTGRESQL = """
INSERT INTO frameworks_cataloguestate (id, mark)
VALUES (pg_current_xact_id()::text::bigint, replace(gen_random_uuid()::text, '-', ''))
ON CONFLICT (id) DO UPDATE SET mark = excluded.mark;
-- The marks of transactions that have ended. Nobody waits for who is clearing away the same.
DELETE FROM frameworks_cataloguestate WHERE id IN (
    SELECT id FROM frameworks_cataloguestate
    WHERE id <> pg_current_xact_id()::text::bigint FOR UPDATE SKIP LOCKED
);
"""


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0006_revision_subjects")]

    operations = [
        migrations.CreateModel(
            name="CatalogueState",
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
        SQLiteTrigger(
            "catalogue_state_insert",
            f"AFTER INSERT ON {TABLE} WHEN NEW.model NOT IN {EVIDENCE}",
            body=LEAVE_ON_SQLITE,
        ),
        *(
            SQLiteTrigger(
                f"catalogue_state_{event.lower()}", f"AFTER {event} ON {TABLE}", body=LEAVE_ON_SQLITE
            )
            for event in ("UPDATE", "DELETE")
        ),
        PostgreSQLTrigger(
            "catalogue_state_insert",
            f"AFTER INSERT ON {TABLE} REFERENCING NEW TABLE AS added FOR EACH STATEMENT",
            body=f"""
            BEGIN
                IF EXISTS (SELECT 1 FROM added WHERE model NOT IN {EVIDENCE}) THEN {LEAVE_ON_POSTGRESQL} END IF;
                RETURN NULL;
            END
            """,
        ),
        PostgreSQLTrigger(
            "catalogue_state_change",
            f"AFTER UPDATE OR DELETE OR TRUNCATE ON {TABLE} FOR EACH STATEMENT",
            body=f"BEGIN {LEAVE_ON_POSTGRESQL} RETURN NULL; END",
        ),
    ]
