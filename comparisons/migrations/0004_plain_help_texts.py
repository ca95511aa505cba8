"""Put help texts, and the names of some fields, in plain words. Nothing changes in the database."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comparisons", "0003_former_slugs_stay"),
        ("frameworks", "0009_plain_help_texts"),
    ]

    operations = [
        migrations.AlterField(
            model_name="condition",
            name="number",
            field=models.PositiveSmallIntegerField(
                help_text="Distinguishes the conditions of one rule. It cannot be changed later."
            ),
        ),
        migrations.AlterField(
            model_name="freezing",
            name="sender",
            field=models.CharField(
                help_text="A keyed hash of the network, different each day.", max_length=64
            ),
        ),
        migrations.AlterField(
            model_name="need",
            name="minimum",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="The lowest acceptable score, 1 to 5.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(5),
                ],
            ),
        ),
        migrations.AlterField(
            model_name="need",
            name="number",
            field=models.PositiveSmallIntegerField(
                help_text="Distinguishes the needs of one use case. It cannot be changed later."
            ),
        ),
        migrations.AlterField(
            model_name="option",
            name="position",
            field=models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
        ),
        migrations.AlterField(
            model_name="option",
            name="slug",
            field=models.SlugField(
                help_text="The name in addresses. It cannot be changed later, because links depend on it.",
                max_length=60,
                validators=[
                    django.core.validators.RegexValidator(
                        "(?!.*-vs(-|\\Z))^[a-z0-9]+(-[a-z0-9]+)*\\Z",
                        "Use lower-case letters, digits and single hyphens. A slug must not contain “-vs-” or end in “-vs”.",
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="prompt",
            name="position",
            field=models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
        ),
        migrations.AlterField(
            model_name="prompt",
            name="slug",
            field=models.SlugField(
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
        migrations.AlterField(
            model_name="prompt",
            name="takes_several",
            field=models.BooleanField(
                default=False,
                help_text="Tick if more than one option can be selected.",
                verbose_name="takes several answers",
            ),
        ),
        migrations.AlterField(
            model_name="recommendation",
            name="frameworks",
            field=models.ManyToManyField(
                blank=True,
                help_text="Several frameworks form a combination, to be used together.",
                related_name="recommendations",
                to="frameworks.framework",
            ),
        ),
        migrations.AlterField(
            model_name="recommendation",
            name="slug",
            field=models.SlugField(
                help_text="The name in addresses. It cannot be changed later, because links depend on it.",
                max_length=60,
                validators=[
                    django.core.validators.RegexValidator(
                        "(?!.*-vs(-|\\Z))^[a-z0-9]+(-[a-z0-9]+)*\\Z",
                        "Use lower-case letters, digits and single hyphens. A slug must not contain “-vs-” or end in “-vs”.",
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="rule",
            name="against",
            field=models.ManyToManyField(
                blank=True,
                help_text="What the rule advises against.",
                related_name="rules_against",
                to="frameworks.framework",
            ),
        ),
        migrations.AlterField(
            model_name="rule",
            name="component",
            field=models.ForeignKey(
                blank=True,
                help_text="The component of the framework that the rule recommends, if it names one.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="rules",
                to="frameworks.component",
            ),
        ),
        migrations.AlterField(
            model_name="rule",
            name="favours",
            field=models.ManyToManyField(
                blank=True,
                help_text="What the rule recommends. Leave empty if it only advises against something.",
                related_name="rules_for",
                to="frameworks.framework",
            ),
        ),
        migrations.AlterField(
            model_name="rule",
            name="is_combination",
            field=models.BooleanField(
                default=False,
                help_text="Tick if the recommended frameworks are to be used together; otherwise, either is suitable.",
                verbose_name="together",
            ),
        ),
        migrations.AlterField(
            model_name="rule",
            name="key",
            field=models.SlugField(
                help_text="The name of this rule: source and line. It cannot be changed later.",
                max_length=60,
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="rule",
            name="line",
            field=models.PositiveIntegerField(
                help_text="The line of the source's file, counted from 1.",
                validators=[django.core.validators.MinValueValidator(1)],
            ),
        ),
        migrations.AlterField(
            model_name="rule",
            name="note",
            field=models.CharField(blank=True, help_text="A caveat for readers.", max_length=300),
        ),
        migrations.AlterField(
            model_name="rule",
            name="paraphrase",
            field=models.CharField(
                help_text="What the source says, in your own words. Never its own sentence.", max_length=300
            ),
        ),
        migrations.AlterField(
            model_name="snapshot",
            name="size",
            field=models.PositiveIntegerField(help_text="The size of the content in bytes."),
        ),
        migrations.AlterField(
            model_name="snapshot",
            name="stood_at",
            field=models.DateTimeField(help_text="The moment that the facts are from."),
        ),
        migrations.AlterField(
            model_name="usecase",
            name="dispute",
            field=models.CharField(
                blank=True,
                help_text="If sources recommend different frameworks, who says what.",
                max_length=300,
            ),
        ),
        migrations.AlterField(
            model_name="usecase",
            name="position",
            field=models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
        ),
        migrations.AlterField(
            model_name="usecase",
            name="slug",
            field=models.SlugField(
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
        migrations.AlterField(
            model_name="usecase",
            name="weights_reason",
            field=models.CharField(
                blank=True,
                help_text="Why these weights were chosen, according to the sources.",
                max_length=300,
                verbose_name="reason for the weights",
            ),
        ),
    ]
