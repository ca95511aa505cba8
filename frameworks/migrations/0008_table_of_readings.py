"""Read claims by a table: words that sources use, and what they read as.

A claim has the reading of its row: triggers refuse another, and change it with the row. Besides: conditions and
comparisons beside a claim, factors that a source wants weighed, departures of a rating, synonyms.
"""

from copy import copy
from importlib import import_module

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from ._triggers import PostgreSQLTrigger, SQLiteTrigger, Trigger, former_slug_stays

REFUSAL = "claim_reading_follows_wording: a claim is read as its row of the table of readings says"
DIFFERS = "(SELECT w.reading FROM frameworks_wording w WHERE w.id = NEW.wording_id) IS {distinct} NEW.reading"

#: SQLite makes a table anew to add a column that is never NULL, and forgets its triggers.
FORGOTTEN: list[Trigger] = [
    trigger
    for trigger in [
        *import_module("frameworks.migrations.0003_published_ratings_have_claims").Migration.operations,
        *former_slug_stays("component", "frameworks_component"),
    ]
    if isinstance(trigger, SQLiteTrigger)
]


def dropped(trigger: Trigger) -> Trigger:
    """Return the opposite of creating a trigger: to drop it, and to create it on the way back."""
    opposite = copy(trigger)
    opposite.sql, opposite.reverse_sql = trigger.reverse_sql or [], trigger.sql
    return opposite


class Migration(migrations.Migration):
    dependencies = [
        ("frameworks", "0007_catalogue_state"),
    ]

    operations = [
        *map(dropped, FORGOTTEN),
        migrations.AddField(
            model_name="claim",
            name="comparison",
            field=models.CharField(
                blank=True,
                help_text="What the framework is compared with, beginning with than, among or beside. Shown with the claim.",
                max_length=200,
            ),
        ),
        migrations.AddField(
            model_name="claim",
            name="condition",
            field=models.CharField(
                blank=True,
                help_text="The condition that the source attaches, beginning with if, for or when. Shown with the claim.",
                max_length=200,
            ),
        ),
        migrations.AddField(
            model_name="claim",
            name="is_factor",
            field=models.BooleanField(
                default=False,
                help_text="Tick if the source says that this criterion should be weighed when choosing.",
                verbose_name="factor",
            ),
        ),
        migrations.AddField(
            model_name="component",
            name="synonyms",
            field=models.CharField(
                blank=True,
                help_text="Other names that sources use, separated by semicolons: Django REST Framework; DRF.",
                max_length=300,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[^\\s;]+( [^\\s;]+)*(; [^\\s;]+( [^\\s;]+)*)*\\Z",
                        "Use single spaces, and “; ” between names.",
                    )
                ],
            ),
        ),
        migrations.AddField(
            model_name="facetvalue",
            name="synonyms",
            field=models.CharField(
                blank=True,
                help_text="Other names that sources use, separated by semicolons: Django REST Framework; DRF.",
                max_length=300,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[^\\s;]+( [^\\s;]+)*(; [^\\s;]+( [^\\s;]+)*)*\\Z",
                        "Use single spaces, and “; ” between names.",
                    )
                ],
            ),
        ),
        migrations.AddField(
            model_name="rating",
            name="departure",
            field=models.TextField(
                blank=True,
                help_text="Why the score departs from the median of the sources. Leave empty if it does not.",
            ),
        ),
        migrations.AlterField(
            model_name="claim",
            name="reading",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="What these words amount to on the rubric, from 1 to 5, by the table of readings.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(5),
                ],
            ),
        ),
        migrations.CreateModel(
            name="Wording",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "slug",
                    models.SlugField(
                        help_text="The name in addresses. It cannot be changed later, because links depend on it.",
                        max_length=60,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "(?!.*-vs(-|\\Z))^[a-z0-9]+(-[a-z0-9]+)*\\Z",
                                "Use lower-case letters, digits and single hyphens. A slug must not contain “-vs-” or end in “-vs”.",
                            )
                        ],
                    ),
                ),
                (
                    "words",
                    models.CharField(
                        help_text="The phrases in lower case, separated by semicolons: steep; steeper; overwhelming.",
                        max_length=500,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\s;]+( [^\\s;]+)*(; [^\\s;]+( [^\\s;]+)*)*\\Z",
                                "Use lower-case letters, single spaces, and “; ” between phrases.",
                            )
                        ],
                    ),
                ),
                (
                    "reading",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="The step of the rubric that the words amount to. Leave empty if they do not amount to one.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "explanation",
                    models.CharField(
                        help_text="Why the words amount to that step, or why they do not amount to one.",
                        max_length=300,
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wordings",
                        to="frameworks.criterion",
                    ),
                ),
            ],
            options={
                "verbose_name": "reading row",
                "verbose_name_plural": "table of readings",
                "ordering": [
                    "criterion__group__position",
                    "criterion__position",
                    models.OrderBy(models.F("reading"), descending=True, nulls_last=True),
                    "words",
                ],
            },
        ),
        migrations.AddField(
            model_name="claim",
            name="wording",
            field=models.ForeignKey(
                blank=True,
                help_text="The row of the table of readings whose words are in the term.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="claims",
                to="frameworks.wording",
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                    models.Q(("slug__regex", "-vs(-|\\Z)"), _negated=True),
                ),
                name="wording_slug_is_slug",
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.CheckConstraint(
                condition=models.Q(("reading__range", (1, 5))), name="wording_reading_in_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.CheckConstraint(
                condition=models.Q(("words__regex", "^[^\\s;]+( [^\\s;]+)*(; [^\\s;]+( [^\\s;]+)*)*\\Z")),
                name="wording_has_phrases",
            ),
        ),
        migrations.AddConstraint(
            model_name="wording",
            constraint=models.CheckConstraint(
                condition=models.Q(("explanation", ""), _negated=True), name="wording_has_explanation"
            ),
        ),
        *FORGOTTEN,
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
