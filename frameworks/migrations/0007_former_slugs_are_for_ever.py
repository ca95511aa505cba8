"""A former name stays with its fact: no other fact of the kind takes it, and the register is never cleared.

After the insert or update, not before: on PostgreSQL it may have waited for the rename of the fact that had the name, and
sees the register as it is by then.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

REFUSAL = "former_slug_stays: that name was, and stays, the name of another fact"

#: Table and column of each kind in this app.
KINDS = {
    "component": ("frameworks_component", "slug"),
    "criterion": ("frameworks_criterion", "slug"),
    "framework": ("frameworks_framework", "slug"),
    "source": ("frameworks_source", "key"),
}

SQLITE_TAKEN = """
CREATE TRIGGER former_slug_stays_{kind}_{event} AFTER {event} ON {table}
WHEN EXISTS (
    SELECT 1 FROM frameworks_formerslug f
    WHERE f.kind = '{kind}' AND f.slug = NEW.{column} AND f.current <> NEW.{column}
)
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""

SQLITE_KEPT = {
    "former_slug_stays_on_delete": "BEFORE DELETE ON frameworks_formerslug",
    "former_slug_stays_on_update": "BEFORE UPDATE OF kind, slug ON frameworks_formerslug",
    "former_slug_stays_on_insert": (
        "BEFORE INSERT ON frameworks_formerslug WHEN EXISTS"
        " (SELECT 1 FROM frameworks_formerslug f WHERE (f.kind = NEW.kind AND f.slug = NEW.slug) OR f.id = NEW.id)"
    ),
}

POSTGRESQL_TAKEN = """
CREATE FUNCTION former_slug_stays_{kind}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT 1 FROM frameworks_formerslug f
        WHERE f.kind = '{kind}' AND f.slug = NEW.{column} AND f.current <> NEW.{column}
    ) THEN
        RAISE EXCEPTION '{refusal}' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER former_slug_stays_{kind} AFTER INSERT OR UPDATE OF {column} ON {table}
    FOR EACH ROW EXECUTE FUNCTION former_slug_stays_{kind}();
"""

POSTGRESQL_KEPT = """
CREATE FUNCTION former_slug_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{refusal}' USING ERRCODE = 'check_violation';
END $$;

CREATE TRIGGER former_slug_stays BEFORE DELETE OR UPDATE OF kind, slug ON frameworks_formerslug
    FOR EACH ROW EXECUTE FUNCTION former_slug_stays();
"""

POSTGRESQL_BACK = """
DROP TRIGGER former_slug_stays ON frameworks_formerslug;
DROP FUNCTION former_slug_stays();
"""


def guard(schema_editor: BaseDatabaseSchemaEditor, kind: str, table: str, column: str) -> None:
    words = {"kind": kind, "table": table, "column": column, "refusal": REFUSAL}
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_TAKEN.format(**words), params=None)
        return
    for event in ("INSERT", "UPDATE"):
        schema_editor.execute(SQLITE_TAKEN.format(event=event, **words), params=None)


def unguard(schema_editor: BaseDatabaseSchemaEditor, kind: str, table: str) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER former_slug_stays_{kind} ON {table}", params=None)
        schema_editor.execute(f"DROP FUNCTION former_slug_stays_{kind}()", params=None)
        return
    for event in ("INSERT", "UPDATE"):
        schema_editor.execute(f"DROP TRIGGER former_slug_stays_{kind}_{event}", params=None)


def promise(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for kind, (table, column) in KINDS.items():
        guard(schema_editor, kind, table, column)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_KEPT.format(refusal=REFUSAL), params=None)
        return
    for name, when in SQLITE_KEPT.items():
        statement = f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        schema_editor.execute(statement, params=None)


def release(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for kind, (table, _) in KINDS.items():
        unguard(schema_editor, kind, table)
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK, params=None)
        return
    for name in SQLITE_KEPT:
        schema_editor.execute(f"DROP TRIGGER {name}", params=None)


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0006_former_slugs")]

    operations = [migrations.RunPython(promise, release)]
