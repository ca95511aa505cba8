"""Refuse a reading of a claim that is not that of its row of the table of readings, and change it with the row.

This needs triggers because a constraint does not look into a second table.
"""

from django.db import migrations

from ._triggers import PostgreSQLTrigger, SQLiteTrigger

REFUSAL = "claim_reading_follows_wording: a claim is read as its row of the table of readings says"
DIFFERS = "(SELECT w.reading FROM frameworks_wording w WHERE w.id = NEW.wording_id) IS {distinct} NEW.reading"


class Migration(migrations.Migration):
    replaces = [
        ("frameworks", "0006_revision_subjects"),
        ("frameworks", "0008_table_of_readings"),
        ("frameworks", "0010_digests"),
        ("frameworks", "0011_days_reached"),
        ("frameworks", "0013_kinds_of_topics"),
        ("frameworks", "0014_source_kind"),
    ]

    dependencies = [("frameworks", "0005_published_ratings_are_backed")]

    operations = [
        *(
            SQLiteTrigger(
                f"claim_reading_follows_wording_on_{event}",
                f"AFTER {event} ON frameworks_claim WHEN NEW.wording_id IS NOT NULL AND {DIFFERS.format(distinct='NOT')}",
                REFUSAL,
            )
            for event in ("INSERT", "UPDATE")
        ),
        SQLiteTrigger(
            "wording_leads_claims",
            "AFTER UPDATE OF reading ON frameworks_wording WHEN OLD.reading IS NOT NEW.reading",
            body="UPDATE frameworks_claim SET reading = NEW.reading WHERE wording_id = NEW.id",
        ),
        PostgreSQLTrigger(
            "claim_reading_follows_wording",
            "BEFORE INSERT OR UPDATE OF wording_id, reading ON frameworks_claim FOR EACH ROW"
            " WHEN (NEW.wording_id IS NOT NULL)",
            REFUSAL,
            # Locked, so that the row cannot change while a claim is written by it.
            f"""
            BEGIN
                PERFORM 1 FROM frameworks_wording WHERE id = NEW.wording_id FOR SHARE;
                IF {DIFFERS.format(distinct="DISTINCT FROM")} THEN REFUSE; END IF;
                RETURN NEW;
            END
            """,
        ),
        PostgreSQLTrigger(
            "wording_leads_claims",
            "AFTER UPDATE OF reading ON frameworks_wording FOR EACH ROW"
            " WHEN (OLD.reading IS DISTINCT FROM NEW.reading)",
            body="""
            BEGIN
                UPDATE frameworks_claim SET reading = NEW.reading WHERE wording_id = NEW.id;
                RETURN NULL;
            END
            """,
        ),
    ]
