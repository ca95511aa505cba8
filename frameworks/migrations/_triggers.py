"""Create triggers, most of which refuse what no constraint can, and drop them on the way back.

SQLite and PostgreSQL write triggers differently, so the migrations state each once for either. Like a migration
this module does not change once it is released: what it made must be the same everywhere.
"""

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunSQL
from django.db.migrations.state import ProjectState

FORMER_SLUG_STAYS = "former_slug_stays: that name was, and stays, the name of another fact"


class Trigger(RunSQL):
    """Creates a trigger on databases of its vendor, and does nothing on others."""

    vendor: str

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == self.vendor:
            super().database_forwards(app_label, schema_editor, *states)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, *states: ProjectState
    ) -> None:
        if schema_editor.connection.vendor == self.vendor:
            super().database_backwards(app_label, schema_editor, *states)


class SQLiteTrigger(Trigger):
    """Refuses what happens `when` it says (an event on a table, under a condition if it names one), or runs the `body`."""

    vendor = "sqlite"

    def __init__(self, name: str, when: str, refusal: str = "", body: str = "") -> None:
        body = body or f"SELECT RAISE(ABORT, '{refusal}')"
        # Lists: Django cuts a string into statements at semicolons, and one stands within the trigger.
        super().__init__(
            [f"CREATE TRIGGER {name} {when} BEGIN {body}; END"],
            [f"DROP TRIGGER {name}"],
        )


class PostgreSQLTrigger(Trigger):
    """Calls a function of the same name `when` it says. In its `body` the word REFUSE stands for the refusal."""

    vendor = "postgresql"

    def __init__(self, name: str, when: str, refusal: str = "", body: str = "BEGIN REFUSE; END") -> None:
        body = body.replace("REFUSE", f"RAISE EXCEPTION '{refusal}' USING ERRCODE = 'check_violation'")
        super().__init__(
            [
                f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$",
                f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()",
            ],
            [f"DROP FUNCTION {name}() CASCADE"],  # takes the trigger with it
        )


def former_slug_stays(kind: str, table: str, column: str = "slug") -> list[Trigger]:
    """Refuse to give a fact of this kind a name that the register keeps for another.

    The triggers ask after the insert or update, not before: on PostgreSQL it may have waited for the rename of the fact
    that had the name, and then the register must be read as it is by that time.
    """
    name = f"former_slug_stays_{kind}"
    taken = (
        "EXISTS (SELECT 1 FROM frameworks_formerslug f"
        f" WHERE f.kind = '{kind}' AND f.slug = NEW.{column} AND f.current <> NEW.{column})"
    )
    return [
        *(
            SQLiteTrigger(f"{name}_{event}", f"AFTER {event} ON {table} WHEN {taken}", FORMER_SLUG_STAYS)
            for event in ("INSERT", "UPDATE")
        ),
        PostgreSQLTrigger(
            name,
            f"AFTER INSERT OR UPDATE OF {column} ON {table} FOR EACH ROW",
            FORMER_SLUG_STAYS,
            f"BEGIN IF {taken} THEN REFUSE; END IF; RETURN NULL; END",
        ),
    ]
