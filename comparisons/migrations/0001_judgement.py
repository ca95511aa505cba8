"""Create the judgement: use cases with weights and needs, the questions of `/choose/`, and the rules of the sources."""

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("frameworks", "0001_facts")]

    operations = [
        migrations.CreateModel(
            name="UseCase",
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
                ("name", models.CharField(max_length=80, unique=True)),
                (
                    "summary",
                    models.CharField(
                        help_text="What such a project is, in one or two sentences.", max_length=300
                    ),
                ),
                (
                    "weights_reason",
                    models.CharField(
                        blank=True,
                        help_text="Why these weights were chosen, according to the sources.",
                        max_length=300,
                        verbose_name="reason for the weights",
                    ),
                ),
                (
                    "dispute",
                    models.CharField(
                        blank=True,
                        help_text="If sources recommend different frameworks, who says what.",
                        max_length=300,
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
                ),
            ],
            options={
                "ordering": ["position", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("slug__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="use_case_slug_is_slug",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="UseCaseWeight",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "use_case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="weights",
                        to="comparisons.usecase",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        limit_choices_to={"is_scored": True},
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="use_case_weights",
                        to="frameworks.criterion",
                    ),
                ),
                (
                    "weight",
                    models.PositiveSmallIntegerField(
                        help_text="0 to 10.", validators=[django.core.validators.MaxValueValidator(10)]
                    ),
                ),
            ],
            options={
                "verbose_name": "weight",
                "ordering": ["use_case", "criterion__group__position", "criterion__position"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("use_case"), models.F("criterion"), name="use_case_weight_once_per_criterion"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weight__range", (0, 10))), name="use_case_weight_in_range"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Need",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "use_case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="comparisons.usecase",
                    ),
                ),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        help_text="Distinguishes the needs of one use case. It cannot be changed later."
                    ),
                ),
                (
                    "value",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="frameworks.facetvalue",
                        verbose_name="property",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        blank=True,
                        limit_choices_to={"is_scored": True},
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="needs",
                        to="frameworks.criterion",
                    ),
                ),
                (
                    "minimum",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="The lowest acceptable score, 1 to 5.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                ("claims", models.ManyToManyField(related_name="needs", to="frameworks.claim")),
            ],
            options={
                "ordering": ["use_case", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("use_case"), models.F("number"), name="need_numbered_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minimum__range", (1, 5))), name="need_minimum_in_range"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("criterion__isnull", True),
                                ("minimum__isnull", True),
                                ("value__isnull", False),
                            ),
                            models.Q(
                                ("criterion__isnull", False),
                                ("minimum__isnull", False),
                                ("value__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="need_is_value_or_minimum",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recommendation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "use_case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recommendations",
                        to="comparisons.usecase",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
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
                (
                    "component",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recommendations",
                        to="frameworks.component",
                    ),
                ),
                (
                    "strength",
                    models.CharField(
                        choices=[
                            ("first", "first choice"),
                            ("suitable", "also suitable"),
                            ("against", "not recommended"),
                        ],
                        default="first",
                        max_length=10,
                    ),
                ),
                (
                    "frameworks",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Several frameworks form a combination, to be used together.",
                        related_name="recommendations",
                        to="frameworks.framework",
                    ),
                ),
                ("claims", models.ManyToManyField(related_name="recommendations", to="frameworks.claim")),
            ],
            options={
                "ordering": ["use_case", "slug"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("slug__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="recommendation_slug_is_slug",
                    ),
                    models.UniqueConstraint(
                        models.F("use_case"), models.F("slug"), name="recommendation_slug_once_per_use_case"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("strength__in", ["first", "suitable", "against"])),
                        name="recommendation_strength_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Prompt",
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
                ("text", models.CharField(max_length=120, unique=True)),
                ("help", models.CharField(blank=True, max_length=200)),
                (
                    "takes_several",
                    models.BooleanField(
                        default=False,
                        help_text="Tick if more than one option can be selected.",
                        verbose_name="takes several answers",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
                ),
            ],
            options={
                "ordering": ["position", "text"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("slug__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="prompt_slug_is_slug",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Option",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "prompt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="options",
                        to="comparisons.prompt",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
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
                ("text", models.CharField(max_length=120)),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
                ),
            ],
            options={
                "ordering": ["prompt__position", "position"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("slug__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="option_slug_is_slug",
                    ),
                    models.UniqueConstraint(
                        models.F("prompt"), models.F("slug"), name="option_slug_once_per_prompt"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "key",
                    models.SlugField(
                        help_text="The name of this rule: source and line. It cannot be changed later.",
                        max_length=60,
                        unique=True,
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="frameworks.source",
                    ),
                ),
                (
                    "line",
                    models.PositiveIntegerField(
                        help_text="The line of the source’s file, counted from 1.",
                        validators=[django.core.validators.MinValueValidator(1)],
                    ),
                ),
                (
                    "paraphrase",
                    models.CharField(
                        help_text="What the source says, in your own words. Never its own sentence.",
                        max_length=300,
                    ),
                ),
                (
                    "is_combination",
                    models.BooleanField(
                        default=False,
                        help_text="Tick if the recommended frameworks are to be used together; otherwise, either is suitable.",
                        verbose_name="together",
                    ),
                ),
                (
                    "component",
                    models.ForeignKey(
                        blank=True,
                        help_text="The component of the framework that the rule recommends, if it names one.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rules",
                        to="frameworks.component",
                    ),
                ),
                (
                    "note",
                    models.CharField(blank=True, help_text="A caveat for readers.", max_length=300),
                ),
                (
                    "favours",
                    models.ManyToManyField(
                        blank=True,
                        help_text="What the rule recommends. Leave empty if it only advises against something.",
                        related_name="rules_for",
                        to="frameworks.framework",
                    ),
                ),
                (
                    "against",
                    models.ManyToManyField(
                        blank=True,
                        help_text="What the rule advises against.",
                        related_name="rules_against",
                        to="frameworks.framework",
                    ),
                ),
                ("claims", models.ManyToManyField(blank=True, related_name="rules", to="frameworks.claim")),
            ],
            options={
                "ordering": ["source__key", "line", "key"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("key__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("key__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="rule_key_is_slug",
                    ),
                    models.CheckConstraint(condition=models.Q(("line__gte", 1)), name="rule_line_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(("paraphrase", ""), _negated=True), name="rule_has_paraphrase"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Condition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "rule",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conditions",
                        to="comparisons.rule",
                    ),
                ),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        help_text="Distinguishes the conditions of one rule. It cannot be changed later."
                    ),
                ),
                ("options", models.ManyToManyField(related_name="conditions", to="comparisons.option")),
            ],
            options={
                "ordering": ["rule", "number"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("rule"), models.F("number"), name="condition_numbered_once"
                    )
                ],
            },
        ),
    ]
