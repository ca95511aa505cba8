"""A former name of a use case stays with it, as those of all other facts with an address do."""

from importlib import import_module

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

register = import_module("frameworks.migrations.0007_former_slugs_are_for_ever")


def promise(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    register.guard(schema_editor, "usecase", "comparisons_usecase", "slug")


def release(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    register.unguard(schema_editor, "usecase", "comparisons_usecase")


class Migration(migrations.Migration):
    dependencies = [
        ("comparisons", "0003_snapshots_are_for_ever"),
        ("frameworks", "0007_former_slugs_are_for_ever"),
    ]

    operations = [migrations.RunPython(promise, release)]
