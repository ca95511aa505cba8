"""Refuse to give the former name of a use case to another use case.

This needs triggers because the register of former names is another table. It keeps those of all facts with an address.
"""

from django.db import migrations

from frameworks.migrations._triggers import former_slug_stays


class Migration(migrations.Migration):
    dependencies = [("comparisons", "0002_snapshots"), ("frameworks", "0004_former_slugs_stay")]

    operations = former_slug_stays("usecase", "comparisons_usecase")
