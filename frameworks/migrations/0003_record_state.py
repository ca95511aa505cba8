"""Leave a mark wherever something is recorded, or an editor's public name changes, so that pages can be asked whether
they could have changed without counting the history; and a second one wherever something else than ratings and claims
is recorded, so that after an edit of those, which most edits are, names and catalogue need not be read anew.

Triggers leave them, and not the write path, so that nothing that is written past that can be missed.
"""

from django.db import migrations, models

from ._triggers import PostgreSQLTrigger, SQLiteTrigger

REVISIONS = "frameworks_revision"
#: What pages say that is not in the facts' own tables alone.
TABLES = (REVISIONS, "frameworks_editorprofile")
#: What changes scores and evidence only.
EVIDENCE = "('rating', 'claim')"


def leave_on_sqlite(table: str) -> str:
    return (
        f"INSERT INTO {table} (id, mark) VALUES (1, lower(hex(randomblob(16))))"
        " ON CONFLICT (id) DO UPDATE SET mark = excluded.mark"
    )


def leave_on_postgresql(table: str) -> str:
    return f"""
    INSERT INTO {table} (id, mark)
    VALUES (pg_current_xact_id()::text::bigint, replace(gen_random_uuid()::text, '-', ''))
    ON CONFLICT (id) DO UPDATE SET mark = excluded.mark;
    -- The marks of transactions that have ended. Nobody waits for who is clearing away the same.
    DELETE FROM {table} WHERE id IN (
        SELECT id FROM {table}
        WHERE id <> pg_current_xact_id()::text::bigint FOR UPDATE SKIP LOCKED
    );
    """


RECORD_ON_SQLITE = leave_on_sqlite("frameworks_recordstate")
RECORD_ON_POSTGRESQL = leave_on_postgresql("frameworks_recordstate")
CATALOGUE_ON_SQLITE = leave_on_sqlite("frameworks_cataloguestate")
CATALOGUE_ON_POSTGRESQL = leave_on_postgresql("frameworks_cataloguestate")


class Migration(migrations.Migration):
    replaces = [("frameworks", "0005_record_state"), ("frameworks", "0007_catalogue_state")]

    dependencies = [("frameworks", "0002_desk")]

    operations = [
        *(
            migrations.CreateModel(
                name=name,
                fields=[
                    (
                        "id",
                        models.BigIntegerField(
                            help_text="The transaction’s number; 1 on SQLite.",
                            primary_key=True,
                            serialize=False,
                        ),
                    ),
                    ("mark", models.CharField(help_text="Random.", max_length=32)),
                ],
            )
            for name in ("RecordState", "CatalogueState")
        ),
        *(
            SQLiteTrigger(f"record_state_{table}_{event}", f"AFTER {event} ON {table}", body=RECORD_ON_SQLITE)
            for table in TABLES
            for event in ("INSERT", "UPDATE", "DELETE")
        ),
        SQLiteTrigger(
            "catalogue_state_insert",
            f"AFTER INSERT ON {REVISIONS} WHEN NEW.model NOT IN {EVIDENCE}",
            body=CATALOGUE_ON_SQLITE,
        ),
        *(
            SQLiteTrigger(
                f"catalogue_state_{event.lower()}", f"AFTER {event} ON {REVISIONS}", body=CATALOGUE_ON_SQLITE
            )
            for event in ("UPDATE", "DELETE")
        ),
        *(
            PostgreSQLTrigger(
                f"record_state_{table}",
                f"AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} FOR EACH STATEMENT",
                body=f"BEGIN {RECORD_ON_POSTGRESQL} RETURN NULL; END",
            )
            for table in TABLES
        ),
        PostgreSQLTrigger(
            "catalogue_state_insert",
            f"AFTER INSERT ON {REVISIONS} REFERENCING NEW TABLE AS added FOR EACH STATEMENT",
            body=f"""
            BEGIN
                IF EXISTS (SELECT 1 FROM added WHERE model NOT IN {EVIDENCE}) THEN {CATALOGUE_ON_POSTGRESQL} END IF;
                RETURN NULL;
            END
            """,
        ),
        PostgreSQLTrigger(
            "catalogue_state_change",
            f"AFTER UPDATE OR DELETE OR TRUNCATE ON {REVISIONS} FOR EACH STATEMENT",
            body=f"BEGIN {CATALOGUE_ON_POSTGRESQL} RETURN NULL; END",
        ),
    ]
