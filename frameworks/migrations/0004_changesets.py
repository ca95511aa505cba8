"""Revisions from before there were changesets: each planting is one, each edit of an editor is its own."""

import uuid
from collections import defaultdict

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def tell_apart(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    revisions = apps.get_model("frameworks", "Revision").objects.using(schema_editor.connection.alias)
    plantings: dict[object, uuid.UUID] = defaultdict(uuid.uuid4)
    for revision in revisions.only("at", "origin", "changeset").iterator():
        # One planting takes seconds; two on one day may as well be one.
        revision.changeset = plantings[revision.at.date()] if revision.origin == "seed" else uuid.uuid4()
        revision.save(update_fields=["changeset"])


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0003_desk")]

    operations = [migrations.RunPython(tell_apart, migrations.RunPython.noop)]
