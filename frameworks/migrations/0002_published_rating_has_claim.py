"""A published rating has at least one claim: a promise over two tables, so it is kept by triggers.

The same promise twice, because the two databases speak differently. SQLite knows one writer at a time. PostgreSQL
knows many, so there the triggers lock what they rely on: a claim that a rating is published on, and the rating
whose claim is taken away; two editors at once cannot slip between them.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

REFUSAL = "rating_published_has_claim: a published rating needs a claim"

# `{row}` is the row whose cell is asked about; joint claims count under both of their criteria.
CLAIM_OF_CELL = (
    "SELECT 1 FROM frameworks_claim c WHERE c.framework_id = {row}.framework_id"
    " AND {row}.criterion_id IN (c.criterion_id, c.joint_criterion_id)"
)

SQLITE_RATING = """
CREATE TRIGGER rating_published_has_claim_on_{event} BEFORE {event} ON frameworks_rating
WHEN NEW.is_published AND NOT EXISTS ({claim_of_new})
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""

SQLITE_CLAIM = """
CREATE TRIGGER claim_not_last_of_published_on_{event} AFTER {event} ON frameworks_claim
WHEN EXISTS (
    SELECT 1 FROM frameworks_rating r
    WHERE r.is_published AND r.framework_id = OLD.framework_id
      AND r.criterion_id IN (OLD.criterion_id, OLD.joint_criterion_id)
      AND NOT EXISTS ({claim_of_rating})
)
BEGIN SELECT RAISE(ABORT, '{refusal}'); END
"""

POSTGRESQL = """
CREATE FUNCTION rating_published_has_claim() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM frameworks_claim c
        WHERE c.framework_id = NEW.framework_id
          AND NEW.criterion_id IN (c.criterion_id, c.joint_criterion_id)
        FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION '{refusal}' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER rating_published_has_claim BEFORE INSERT OR UPDATE ON frameworks_rating
    FOR EACH ROW WHEN (NEW.is_published) EXECUTE FUNCTION rating_published_has_claim();

CREATE FUNCTION claim_not_last_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    r frameworks_rating%ROWTYPE;
BEGIN
    -- Most edits leave the claim in its cell. They must not wait for an editor of the rating.
    IF TG_OP = 'UPDATE' AND (NEW.framework_id, NEW.criterion_id, NEW.joint_criterion_id)
        IS NOT DISTINCT FROM (OLD.framework_id, OLD.criterion_id, OLD.joint_criterion_id)
    THEN
        RETURN NULL;
    END IF;
    FOR r IN SELECT * FROM frameworks_rating
        WHERE is_published AND framework_id = OLD.framework_id
          AND criterion_id IN (OLD.criterion_id, OLD.joint_criterion_id)
        ORDER BY id
        FOR UPDATE
    LOOP
        IF NOT EXISTS ({claim_of_rating}) THEN
            RAISE EXCEPTION '{refusal}' USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE TRIGGER claim_not_last_of_published AFTER DELETE OR UPDATE OF framework_id, criterion_id, joint_criterion_id
    ON frameworks_claim FOR EACH ROW EXECUTE FUNCTION claim_not_last_of_published();
"""

POSTGRESQL_BACK = """
DROP TRIGGER claim_not_last_of_published ON frameworks_claim;
DROP FUNCTION claim_not_last_of_published();
DROP TRIGGER rating_published_has_claim ON frameworks_rating;
DROP FUNCTION rating_published_has_claim();
"""


def promise(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    words = {
        "refusal": REFUSAL,
        "claim_of_new": CLAIM_OF_CELL.format(row="NEW"),
        "claim_of_rating": CLAIM_OF_CELL.format(row="r"),
    }
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL.format(**words), params=None)
        return
    for event in ("INSERT", "UPDATE"):
        schema_editor.execute(SQLITE_RATING.format(event=event, **words), params=None)
    for event in ("DELETE", "UPDATE"):
        schema_editor.execute(SQLITE_CLAIM.format(event=event, **words), params=None)


def release(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK, params=None)
        return
    for event in ("INSERT", "UPDATE"):
        schema_editor.execute(f"DROP TRIGGER rating_published_has_claim_on_{event}", params=None)
    for event in ("DELETE", "UPDATE"):
        schema_editor.execute(f"DROP TRIGGER claim_not_last_of_published_on_{event}", params=None)


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0001_facts")]

    operations = [migrations.RunPython(promise, release)]
