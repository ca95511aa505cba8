"""Refuse to give the former name of a fact to another fact, and to clear the register of former names.

This needs triggers because a constraint neither looks into a second table nor sees a deletion. The triggers of use
cases come with the migrations of `comparisons`.
"""

from django.db import migrations

from ._triggers import FORMER_SLUG_STAYS, PostgreSQLTrigger, SQLiteTrigger, former_slug_stays


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0003_record_state")]

    operations = [
        *former_slug_stays("component", "frameworks_component"),
        *former_slug_stays("criterion", "frameworks_criterion"),
        *former_slug_stays("framework", "frameworks_framework"),
        *former_slug_stays("source", "frameworks_source", "key"),
        SQLiteTrigger(
            "former_slug_stays_on_delete", "BEFORE DELETE ON frameworks_formerslug", FORMER_SLUG_STAYS
        ),
        SQLiteTrigger(
            "former_slug_stays_on_update",
            "BEFORE UPDATE OF kind, slug ON frameworks_formerslug",
            FORMER_SLUG_STAYS,
        ),
        # `INSERT OR REPLACE` deletes without asking the trigger of a deletion.
        SQLiteTrigger(
            "former_slug_stays_on_insert",
            "BEFORE INSERT ON frameworks_formerslug WHEN EXISTS (SELECT 1 FROM frameworks_formerslug f"
            " WHERE (f.kind = NEW.kind AND f.slug = NEW.slug) OR f.id = NEW.id)",
            FORMER_SLUG_STAYS,
        ),
        PostgreSQLTrigger(
            "former_slug_stays",
            "BEFORE DELETE OR UPDATE OF kind, slug ON frameworks_formerslug FOR EACH ROW",
            FORMER_SLUG_STAYS,
        ),
    ]
