"""Leave it to the topic which kinds of components, ties and relations there are: the database asks for a slug."""

from importlib import import_module

from django.core.validators import RegexValidator
from django.db import migrations, models

from frameworks.models import catalogue, neighbours

from ._triggers import SQLiteTrigger, Trigger, former_slug_stays

dropped = import_module("frameworks.migrations.0008_table_of_readings").dropped

SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*\Z"
PHRASES = r"^[^\s;]+( [^\s;]+)*(; [^\s;]+( [^\s;]+)*)*\Z"
CHOICES = {
    "component": neighbours.component_kinds,
    "relation": catalogue.relation_kinds,
    "tie": neighbours.tie_kinds,
}
#: SQLite makes a table anew to change a constraint, and forgets its triggers; the other two tables have none.
FORGOTTEN: list[Trigger] = [
    trigger
    for trigger in former_slug_stays("component", "frameworks_component")
    if isinstance(trigger, SQLiteTrigger)
]


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0012_published_ratings_are_backed")]

    operations = [
        *map(dropped, FORGOTTEN),
        *(
            operation
            for model, kinds in CHOICES.items()
            for operation in (
                migrations.RemoveConstraint(model, f"{model}_kind_is_known"),
                migrations.AlterField(model, "kind", models.CharField(max_length=20, choices=kinds)),
                migrations.AddConstraint(
                    model,
                    models.CheckConstraint(
                        condition=models.Q(kind__regex=SLUG), name=f"{model}_kind_is_slug"
                    ),
                ),
            )
        ),
        *FORGOTTEN,
        # Examples of the shipped topic leave the help texts.
        *(
            migrations.AlterField(
                model,
                "synonyms",
                models.CharField(
                    blank=True,
                    max_length=300,
                    validators=[RegexValidator(PHRASES, "Use single spaces, and “; ” between names.")],
                    help_text="Other names that sources use, separated by semicolons.",
                ),
            )
            for model in ("component", "facetvalue")
        ),
        migrations.AlterField(
            "figure",
            "setup",
            models.SlugField(
                max_length=60, help_text="Distinguishes several runs of one framework by their server."
            ),
        ),
        migrations.AlterField(
            "revision", "key", models.CharField(max_length=200, help_text="The natural key.")
        ),
    ]
