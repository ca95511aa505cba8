"""Refuse a published rating that nothing backs: no claim with a reading, and no claim beside a stated departure, of a
source that is not retired.

This needs triggers because a constraint sees one table, and the rule is about three. SQLite knows one writer at a
time. PostgreSQL knows many, so there the triggers lock what they rely on: a claim that a rating is published on, and
the rating whose claim is taken away. Two editors at once cannot slip between them.
"""

from django.db import migrations

from ._triggers import PostgreSQLTrigger, SQLiteTrigger

REFUSAL = "rating_published_has_claim: a published rating needs a claim"


def backing_of(row: str) -> str:
    """Name the claims that back a rating, with their sources."""
    return (
        "frameworks_claim c JOIN frameworks_source s ON s.id = c.source_id AND s.retired_on IS NULL"
        f" WHERE c.framework_id = {row}.framework_id AND {row}.criterion_id IN (c.criterion_id, c.joint_criterion_id)"
        f" AND (c.reading IS NOT NULL OR {row}.departure <> '')"
    )


def bare_ratings(claims: str) -> str:
    """Name the published ratings in the cells of these claims that nothing backs."""
    return (
        f"{claims} JOIN frameworks_rating r ON r.framework_id = own.framework_id"
        " AND r.criterion_id IN (own.criterion_id, own.joint_criterion_id)"
        f" WHERE own.source_id = NEW.id AND r.is_published AND NOT EXISTS (SELECT 1 FROM {backing_of('r')})"
    )


def columns(row: str) -> str:
    """Name the columns of a claim that decide which ratings it backs."""
    names = ("framework_id", "criterion_id", "joint_criterion_id", "source_id", "reading")
    return ", ".join(f"{row}.{name}" for name in names)


class Migration(migrations.Migration):
    replaces = [
        ("frameworks", "0003_published_ratings_have_claims"),
        ("frameworks", "0009_retirement"),
        ("frameworks", "0012_published_ratings_are_backed"),
    ]

    dependencies = [("frameworks", "0004_former_slugs_stay")]

    operations = [
        *(
            SQLiteTrigger(
                f"rating_published_has_claim_on_{event}",
                f"BEFORE {event} ON frameworks_rating WHEN NEW.is_published"
                f" AND NOT EXISTS (SELECT 1 FROM {backing_of('NEW')})",
                REFUSAL,
            )
            for event in ("INSERT", "UPDATE")
        ),
        *(
            SQLiteTrigger(
                f"claim_not_last_of_published_on_{event}",
                f"""
                AFTER {event} ON frameworks_claim WHEN {moved} EXISTS (
                    SELECT 1 FROM frameworks_rating r
                    WHERE r.is_published AND r.framework_id = OLD.framework_id
                      AND r.criterion_id IN (OLD.criterion_id, OLD.joint_criterion_id)
                      AND NOT EXISTS (SELECT 1 FROM {backing_of("r")})
                )""",
                REFUSAL,
            )
            for event, moved in (
                ("DELETE", ""),
                ("UPDATE", f"({columns('NEW')}) IS NOT ({columns('OLD')}) AND"),
            )
        ),
        SQLiteTrigger(
            "source_not_last_of_published",
            "AFTER UPDATE OF retired_on ON frameworks_source WHEN NEW.retired_on IS NOT NULL"
            f" AND EXISTS (SELECT 1 FROM {bare_ratings('frameworks_claim own')})",
            REFUSAL,
        ),
        PostgreSQLTrigger(
            "rating_published_has_claim",
            "BEFORE INSERT OR UPDATE ON frameworks_rating FOR EACH ROW WHEN (NEW.is_published)",
            REFUSAL,
            # The sources are locked as well, so that none is retired while a rating is published on its word.
            f"""
            BEGIN
                PERFORM 1 FROM {backing_of("NEW")} FOR SHARE;
                IF NOT FOUND THEN REFUSE; END IF;
                RETURN NEW;
            END
            """,
        ),
        PostgreSQLTrigger(
            "claim_not_last_of_published",
            """
            AFTER DELETE OR UPDATE OF framework_id, criterion_id, joint_criterion_id, source_id, reading
            ON frameworks_claim FOR EACH ROW""",
            REFUSAL,
            f"""
            DECLARE
                r frameworks_rating%ROWTYPE;
            BEGIN
                -- Most edits leave the claim in its cell, with its reading. They must not wait for an editor of the rating.
                IF TG_OP = 'UPDATE' AND ({columns("NEW")}) IS NOT DISTINCT FROM ({columns("OLD")}) THEN
                    RETURN NULL;
                END IF;
                FOR r IN SELECT * FROM frameworks_rating
                    WHERE is_published AND framework_id = OLD.framework_id
                      AND criterion_id IN (OLD.criterion_id, OLD.joint_criterion_id)
                    ORDER BY id
                    FOR UPDATE
                LOOP
                    IF NOT EXISTS (SELECT 1 FROM {backing_of("r")}) THEN REFUSE; END IF;
                END LOOP;
                RETURN NULL;
            END
            """,
        ),
        PostgreSQLTrigger(
            "source_not_last_of_published",
            "AFTER UPDATE OF retired_on ON frameworks_source FOR EACH ROW WHEN (NEW.retired_on IS NOT NULL)",
            REFUSAL,
            # The ratings are locked first: of two sources that are retired at once, the second sees that the first is.
            f"""
            BEGIN
                PERFORM 1 FROM frameworks_rating r
                    WHERE r.is_published AND EXISTS (
                        SELECT 1 FROM frameworks_claim own
                        WHERE own.source_id = NEW.id AND own.framework_id = r.framework_id
                          AND r.criterion_id IN (own.criterion_id, own.joint_criterion_id)
                    )
                    ORDER BY r.id
                    FOR UPDATE;
                IF EXISTS (SELECT 1 FROM {bare_ratings("frameworks_claim own")}) THEN REFUSE; END IF;
                RETURN NULL;
            END
            """,
        ),
    ]
