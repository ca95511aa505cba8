"""Retire frameworks, criteria, sources and components. Claims of a retired source are evidence no longer.

So a published rating needs a claim of a source that is not retired, also when a source is retired.
"""

from importlib import import_module

from django.db import migrations, models

from frameworks.models.constraints import validate_day_reached

from ._triggers import PostgreSQLTrigger, SQLiteTrigger, Trigger, former_slug_stays

#: The rule as it was: a published rating has a claim of any source.
CLAIMS = import_module("frameworks.migrations.0003_published_ratings_have_claims")
dropped = import_module("frameworks.migrations.0008_table_of_readings").dropped
REFUSAL = CLAIMS.REFUSAL
RETIRABLE = ("component", "criterion", "framework", "source")

#: SQLite makes a table anew to add a column that is never NULL, or a constraint, and forgets its triggers.
FORGOTTEN: list[Trigger] = [
    trigger
    for kind in RETIRABLE
    for trigger in former_slug_stays(kind, f"frameworks_{kind}", column="key" if kind == "source" else "slug")
    if isinstance(trigger, SQLiteTrigger)
]


def evidence_of(row: str) -> str:
    """Name the claims in the cell of a row that are evidence, with their sources."""
    return (
        "frameworks_claim c JOIN frameworks_source s ON s.id = c.source_id AND s.retired_on IS NULL"
        f" WHERE c.framework_id = {row}.framework_id AND {row}.criterion_id IN (c.criterion_id, c.joint_criterion_id)"
    )


def bare_ratings(claims: str) -> str:
    """Name the published ratings in the cells of these claims that have no evidence."""
    return (
        f"{claims} JOIN frameworks_rating r ON r.framework_id = own.framework_id"
        " AND r.criterion_id IN (own.criterion_id, own.joint_criterion_id)"
        f" WHERE own.source_id = NEW.id AND r.is_published AND NOT EXISTS (SELECT 1 FROM {evidence_of('r')})"
    )


#: The same triggers as before, which now look at the sources, and one for a source that is retired.
TRIGGERS: list[Trigger] = [
    *(
        SQLiteTrigger(
            f"rating_published_has_claim_on_{event}",
            f"BEFORE {event} ON frameworks_rating WHEN NEW.is_published"
            f" AND NOT EXISTS (SELECT 1 FROM {evidence_of('NEW')})",
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
                  AND NOT EXISTS (SELECT 1 FROM {evidence_of("r")})
            )""",
            REFUSAL,
        )
        for event in ("DELETE", "UPDATE")
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
            PERFORM 1 FROM {evidence_of("NEW")} FOR SHARE;
            IF NOT FOUND THEN REFUSE; END IF;
            RETURN NEW;
        END
        """,
    ),
    PostgreSQLTrigger(
        "claim_not_last_of_published",
        """
        AFTER DELETE OR UPDATE OF framework_id, criterion_id, joint_criterion_id, source_id
        ON frameworks_claim FOR EACH ROW""",
        REFUSAL,
        f"""
        DECLARE
            r frameworks_rating%ROWTYPE;
        BEGIN
            -- Most edits leave the claim in its cell. They must not wait for an editor of the rating.
            IF TG_OP = 'UPDATE' AND (NEW.framework_id, NEW.criterion_id, NEW.joint_criterion_id, NEW.source_id)
                IS NOT DISTINCT FROM (OLD.framework_id, OLD.criterion_id, OLD.joint_criterion_id, OLD.source_id)
            THEN
                RETURN NULL;
            END IF;
            FOR r IN SELECT * FROM frameworks_rating
                WHERE is_published AND framework_id = OLD.framework_id
                  AND criterion_id IN (OLD.criterion_id, OLD.joint_criterion_id)
                ORDER BY id
                FOR UPDATE
            LOOP
                IF NOT EXISTS (SELECT 1 FROM {evidence_of("r")}) THEN REFUSE; END IF;
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


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0008_table_of_readings")]

    operations = [
        *map(dropped, FORGOTTEN),
        *map(dropped, CLAIMS.Migration.operations),
        *(
            operation
            for kind in RETIRABLE
            for operation in (
                migrations.AddField(
                    model_name=kind,
                    name="retired_on",
                    field=models.DateField(
                        blank=True,
                        help_text="The day from which it is no longer compared. Leave empty unless it is retired.",
                        null=True,
                        validators=[validate_day_reached],
                        verbose_name="retired on",
                    ),
                ),
                migrations.AddField(
                    model_name=kind,
                    name="retired_because",
                    field=models.CharField(
                        blank=True,
                        help_text="Completes the sentence “It was retired, because …”."
                        " Readers see it where they look for the fact.",
                        max_length=300,
                        verbose_name="retired because",
                    ),
                ),
                migrations.AddConstraint(
                    model_name=kind,
                    constraint=models.CheckConstraint(
                        condition=models.Q(("retired_because", ""), ("retired_on__isnull", True))
                        | models.Q(
                            ("retired_on__isnull", False),
                            models.Q(("retired_because", ""), _negated=True),
                        ),
                        name=f"{kind}_retirement_is_whole",
                    ),
                ),
            )
        ),
        *FORGOTTEN,
        *TRIGGERS,
    ]
