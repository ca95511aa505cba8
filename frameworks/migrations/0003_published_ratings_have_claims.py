"""Refuse a published rating without a claim, both when a rating is written and when a claim is taken away.

This needs triggers because a constraint sees one table, and the rule is about two. SQLite knows one writer at a
time. PostgreSQL knows many, so there the triggers lock what they rely on: a claim that a rating is published on, and
the rating whose claim is taken away. Two editors at once cannot slip between them.
"""

from django.db import migrations

from ._triggers import PostgreSQLTrigger, SQLiteTrigger

REFUSAL = "rating_published_has_claim: a published rating needs a claim"


def claims_of(row: str) -> str:
    """Name the claims in the cell of a row. A joint claim counts under both of its criteria."""
    return (
        f"frameworks_claim c WHERE c.framework_id = {row}.framework_id"
        f" AND {row}.criterion_id IN (c.criterion_id, c.joint_criterion_id)"
    )


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0002_desk")]

    operations = [
        *(
            SQLiteTrigger(
                f"rating_published_has_claim_on_{event}",
                f"BEFORE {event} ON frameworks_rating WHEN NEW.is_published AND NOT EXISTS (SELECT 1 FROM {claims_of('NEW')})",
                REFUSAL,
            )
            for event in ("INSERT", "UPDATE")
        ),
        *(
            SQLiteTrigger(
                f"claim_not_last_of_published_on_{event}",
                f"""
                AFTER {event} ON frameworks_claim WHEN EXISTS (
                    SELECT 1 FROM frameworks_rating r
                    WHERE r.is_published AND r.framework_id = OLD.framework_id
                      AND r.criterion_id IN (OLD.criterion_id, OLD.joint_criterion_id)
                      AND NOT EXISTS (SELECT 1 FROM {claims_of("r")})
                )""",
                REFUSAL,
            )
            for event in ("DELETE", "UPDATE")
        ),
        PostgreSQLTrigger(
            "rating_published_has_claim",
            "BEFORE INSERT OR UPDATE ON frameworks_rating FOR EACH ROW WHEN (NEW.is_published)",
            REFUSAL,
            f"""
            BEGIN
                PERFORM 1 FROM {claims_of("NEW")} FOR SHARE;
                IF NOT FOUND THEN REFUSE; END IF;
                RETURN NEW;
            END
            """,
        ),
        PostgreSQLTrigger(
            "claim_not_last_of_published",
            """
            AFTER DELETE OR UPDATE OF framework_id, criterion_id, joint_criterion_id
            ON frameworks_claim FOR EACH ROW""",
            REFUSAL,
            f"""
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
                    IF NOT EXISTS (SELECT 1 FROM {claims_of("r")}) THEN REFUSE; END IF;
                END LOOP;
                RETURN NULL;
            END
            """,
        ),
    ]
