"""A snapshot stays as it was made: whoever asks, and by whatever way, the database neither changes nor deletes one.

On SQLite `INSERT OR REPLACE` deletes without asking the triggers of a deletion, so there a third one refuses the insert.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

REFUSAL = "snapshot_is_for_ever: a snapshot is neither changed nor deleted"

SQLITE = """
CREATE TRIGGER snapshot_is_for_ever_on_{event} BEFORE {event} ON comparisons_snapshot {condition}
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""

#: When each of them refuses.
EVENTS = {
    "UPDATE": "",
    "DELETE": "",
    "INSERT": "WHEN EXISTS (SELECT 1 FROM comparisons_snapshot s WHERE s.id = NEW.id)",
}

POSTGRESQL = """
CREATE FUNCTION snapshot_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{refusal}' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER snapshot_is_for_ever BEFORE UPDATE OR DELETE ON comparisons_snapshot
    FOR EACH ROW EXECUTE FUNCTION snapshot_is_for_ever();
"""

POSTGRESQL_BACK = """
DROP TRIGGER snapshot_is_for_ever ON comparisons_snapshot;
DROP FUNCTION snapshot_is_for_ever();
"""


def promise(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL.format(refusal=REFUSAL), params=None)
        return
    for event, condition in EVENTS.items():
        statement = SQLITE.format(event=event, condition=condition, refusal=REFUSAL)
        schema_editor.execute(statement, params=None)


def release(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK, params=None)
        return
    for event in EVENTS:
        schema_editor.execute(f"DROP TRIGGER snapshot_is_for_ever_on_{event}", params=None)


class Migration(migrations.Migration):
    dependencies = [("comparisons", "0002_snapshots")]

    operations = [migrations.RunPython(promise, release)]
