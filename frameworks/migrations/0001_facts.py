"""Create the facts: frameworks and criteria, sources with their claims, ratings, and what stands around them.

Three tables go with them: the history of every change, what each change is about, and the names that facts have had
before. Fields and constraints stand as in the models. No constraint can enforce what needs a look at a second table or
at a deletion: for that there are the triggers of later migrations.
"""

import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from frameworks.models import catalogue, neighbours
from frameworks.models.constraints import validate_day_reached


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Framework",
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
                ("name", models.CharField(max_length=60, unique=True)),
                (
                    "tagline",
                    models.CharField(
                        blank=True,
                        help_text="What the framework is, in a few words, according to the sources.",
                        max_length=100,
                    ),
                ),
                (
                    "summary",
                    models.TextField(
                        blank=True,
                        help_text="Two to four sentences in your own words. Say only what a source says.",
                    ),
                ),
                (
                    "website",
                    models.URLField(
                        blank=True,
                        help_text="The project’s own home page (http or https).",
                        max_length=300,
                        validators=[django.core.validators.URLValidator(schemes=["http", "https"])],
                    ),
                ),
                (
                    "repository",
                    models.URLField(
                        blank=True,
                        help_text="Where its source code can be found (http or https).",
                        max_length=300,
                        validators=[django.core.validators.URLValidator(schemes=["http", "https"])],
                    ),
                ),
                (
                    "is_published",
                    models.BooleanField(
                        default=True,
                        help_text="Unpublished frameworks are visible only at the desk.",
                        verbose_name="published",
                    ),
                ),
                (
                    "retired_on",
                    models.DateField(
                        blank=True,
                        help_text="The day from which it is no longer compared. Leave empty unless it is retired.",
                        null=True,
                        validators=[validate_day_reached],
                        verbose_name="retired on",
                    ),
                ),
                (
                    "retired_because",
                    models.CharField(
                        blank=True,
                        help_text="Completes the sentence “It was retired, because …”. Readers see it where they look for the fact.",
                        max_length=300,
                        verbose_name="retired because",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_published", False)),
                        fields=["slug"],
                        name="framework_hidden_by_slug",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("slug__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="framework_slug_is_slug",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("website", ""), ("website__regex", "^https?://[^\\s]+\\Z"), _connector="OR"
                        ),
                        name="framework_website_is_http",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("repository", ""), ("repository__regex", "^https?://[^\\s]+\\Z"), _connector="OR"
                        ),
                        name="framework_repository_is_http",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retired_because", ""), ("retired_on__isnull", True)),
                            models.Q(
                                ("retired_on__isnull", False),
                                models.Q(("retired_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="framework_retirement_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CriterionGroup",
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
                ("name", models.CharField(max_length=60, unique=True)),
                ("summary", models.CharField(blank=True, max_length=200)),
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
                        name="criterion_group_slug_is_slug",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Criterion",
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
                ("name", models.CharField(max_length=60, unique=True)),
                (
                    "short_name",
                    models.CharField(
                        help_text="For the narrow column headings of the matrix.", max_length=24
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="criteria",
                        to="frameworks.criteriongroup",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
                ),
                ("question", models.CharField(help_text="What a reader wants to know.", max_length=160)),
                (
                    "description",
                    models.TextField(blank=True, help_text="What counts here and what does not."),
                ),
                ("is_scored", models.BooleanField(default=True, verbose_name="scored")),
                (
                    "default_weight",
                    models.PositiveSmallIntegerField(
                        default=1,
                        help_text="0 to 10. A criterion with weight 0 does not count unless a visitor gives it a weight.",
                        validators=[django.core.validators.MaxValueValidator(10)],
                    ),
                ),
                ("rubric_1", models.CharField(blank=True, max_length=200, verbose_name="1 means")),
                ("rubric_2", models.CharField(blank=True, max_length=200, verbose_name="2 means")),
                ("rubric_3", models.CharField(blank=True, max_length=200, verbose_name="3 means")),
                ("rubric_4", models.CharField(blank=True, max_length=200, verbose_name="4 means")),
                ("rubric_5", models.CharField(blank=True, max_length=200, verbose_name="5 means")),
                (
                    "reading_rule",
                    models.TextField(
                        blank=True, help_text="How the sources’ words are placed on this scale."
                    ),
                ),
                (
                    "review_interval_days",
                    models.PositiveSmallIntegerField(
                        default=180,
                        help_text="In days. A rating is due for review when its last review was longer ago than this.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(3650),
                        ],
                        verbose_name="review interval",
                    ),
                ),
                (
                    "retired_on",
                    models.DateField(
                        blank=True,
                        help_text="The day from which it is no longer compared. Leave empty unless it is retired.",
                        null=True,
                        validators=[validate_day_reached],
                        verbose_name="retired on",
                    ),
                ),
                (
                    "retired_because",
                    models.CharField(
                        blank=True,
                        help_text="Completes the sentence “It was retired, because …”. Readers see it where they look for the fact.",
                        max_length=300,
                        verbose_name="retired because",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "criteria",
                "ordering": ["group__position", "position", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("slug__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="criterion_slug_is_slug",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("default_weight__range", (0, 10))),
                        name="criterion_weight_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("is_scored", True), ("default_weight", 0), _connector="OR"),
                        name="criterion_unscored_has_no_weight",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("is_scored", False),
                            models.Q(
                                ("rubric_1", ""),
                                ("rubric_2", ""),
                                ("rubric_3", ""),
                                ("rubric_4", ""),
                                ("rubric_5", ""),
                                _connector="OR",
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="criterion_scored_has_rubric",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("review_interval_days__range", (1, 3650))),
                        name="criterion_review_interval_in_range",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retired_because", ""), ("retired_on__isnull", True)),
                            models.Q(
                                ("retired_on__isnull", False),
                                models.Q(("retired_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="criterion_retirement_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Facet",
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
                ("name", models.CharField(max_length=60, unique=True)),
                ("help", models.CharField(blank=True, max_length=200)),
                (
                    "requires_all",
                    models.BooleanField(
                        default=False,
                        help_text="Tick if a framework must have every value that a visitor selects; otherwise, any one is enough.",
                        verbose_name="requires all values",
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
                        name="facet_slug_is_slug",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FacetValue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "facet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="values",
                        to="frameworks.facet",
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
                ("name", models.CharField(max_length=60)),
                (
                    "synonyms",
                    models.CharField(
                        blank=True,
                        help_text="Other names that sources use, separated by semicolons.",
                        max_length=300,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\s;]+( [^\\s;]+)*(; [^\\s;]+( [^\\s;]+)*)*\\Z",
                                "Use single spaces, and “; ” between names.",
                            )
                        ],
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
                ),
            ],
            options={
                "ordering": ["facet__position", "position", "name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("slug__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="facet_value_slug_is_slug",
                    ),
                    models.UniqueConstraint(
                        models.F("facet"), models.F("slug"), name="facet_value_slug_once_per_facet"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Source",
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
                        help_text="The short key in locators and addresses, such as 003. It cannot be changed later.",
                        max_length=40,
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
                    "short_name",
                    models.CharField(help_text="The name used in citations.", max_length=60, unique=True),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("article", "article"),
                            ("document", "document"),
                            ("measurement", "measurement"),
                            ("statement", "statement by a person"),
                        ],
                        default="article",
                        help_text="What the text is. A statement needs an author and a stated date: who said it, and when.",
                        max_length=11,
                    ),
                ),
                ("title", models.CharField(max_length=200)),
                (
                    "title_is_stated",
                    models.BooleanField(
                        default=True, help_text="Untick if the text has no title and this one is yours."
                    ),
                ),
                (
                    "authors",
                    models.CharField(
                        blank=True, help_text="As stated. Leave empty if none are stated.", max_length=200
                    ),
                ),
                ("publisher", models.CharField(blank=True, max_length=120)),
                (
                    "date_stated",
                    models.CharField(
                        blank=True,
                        help_text="The date in the source’s own words.",
                        max_length=120,
                        verbose_name="stated date",
                    ),
                ),
                (
                    "commercial_interest",
                    models.TextField(
                        blank=True,
                        help_text="What the publisher sells that bears on the matter. Leave empty if nothing is apparent.",
                    ),
                ),
                (
                    "interest_short",
                    models.CharField(
                        blank=True,
                        help_text="The same in a few words, shown beside each citation.",
                        max_length=40,
                        verbose_name="interest in brief",
                    ),
                ),
                ("description", models.TextField(blank=True)),
                (
                    "shape",
                    models.TextField(
                        blank=True, help_text="What the text consists of: tables, lists, answers."
                    ),
                ),
                ("note", models.TextField(blank=True, help_text="Caveats about the text for readers.")),
                (
                    "url",
                    models.URLField(
                        blank=True,
                        help_text="Where it can be read (http or https). Leave empty if unknown.",
                        max_length=300,
                        validators=[django.core.validators.URLValidator(schemes=["http", "https"])],
                        verbose_name="web address",
                    ),
                ),
                (
                    "read_on",
                    models.DateField(
                        help_text="When the editors read the text.",
                        validators=[validate_day_reached],
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=120)),
                (
                    "sha256",
                    models.CharField(
                        blank=True,
                        max_length=64,
                        validators=[django.core.validators.RegexValidator("^[0-9a-f]{64}\\Z")],
                        verbose_name="SHA-256",
                    ),
                ),
                ("line_count", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "retired_on",
                    models.DateField(
                        blank=True,
                        help_text="The day from which it is no longer compared. Leave empty unless it is retired.",
                        null=True,
                        validators=[validate_day_reached],
                        verbose_name="retired on",
                    ),
                ),
                (
                    "retired_because",
                    models.CharField(
                        blank=True,
                        help_text="Completes the sentence “It was retired, because …”. Readers see it where they look for the fact.",
                        max_length=300,
                        verbose_name="retired because",
                    ),
                ),
            ],
            options={
                "ordering": ["key"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("key__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("key__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="source_key_is_slug",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("url", ""), ("url__regex", "^https?://[^\\s]+\\Z"), _connector="OR"
                        ),
                        name="source_url_is_http",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("sha256", ""), ("sha256__regex", "^[0-9a-f]{64}\\Z"), _connector="OR"
                        ),
                        name="source_sha256_is_hash",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retired_because", ""), ("retired_on__isnull", True)),
                            models.Q(
                                ("retired_on__isnull", False),
                                models.Q(("retired_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="source_retirement_is_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["article", "document", "measurement", "statement"])),
                        name="source_kind_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "statement"), _negated=True),
                            models.Q(
                                models.Q(("authors", ""), _negated=True),
                                models.Q(("date_stated", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="source_statement_is_signed",
                    ),
                ],
            },
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
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="wordings",
                        to="frameworks.criterion",
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("slug__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="wording_slug_is_slug",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reading__range", (1, 5))), name="wording_reading_in_range"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("words__regex", "^[^\\s;]+( [^\\s;]+)*(; [^\\s;]+( [^\\s;]+)*)*\\Z")
                        ),
                        name="wording_has_phrases",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("explanation", ""), _negated=True), name="wording_has_explanation"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Claim",
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
                        help_text="The name of this claim in fixtures and links. It cannot be changed later.",
                        max_length=120,
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
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
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
                    "part",
                    models.CharField(
                        choices=[
                            ("table", "table"),
                            ("list", "list"),
                            ("prose", "prose"),
                            ("answer", "answer"),
                        ],
                        default="prose",
                        max_length=10,
                    ),
                ),
                (
                    "framework",
                    models.ForeignKey(
                        blank=True,
                        help_text="Leave empty if the statement is about frameworks in general.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="frameworks.framework",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="frameworks.criterion",
                    ),
                ),
                (
                    "joint_criterion",
                    models.ForeignKey(
                        blank=True,
                        help_text="Only if the source itself rates two criteria as one.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="joint_claims",
                        to="frameworks.criterion",
                    ),
                ),
                (
                    "term",
                    models.CharField(
                        blank=True,
                        help_text="The source’s own rating word, at most six words, exactly as on the line. Never a sentence.",
                        max_length=80,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(\\S+( \\S+){0,5})?\\Z", "Use at most six words, with single spaces."
                            )
                        ],
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
                    "condition",
                    models.CharField(
                        blank=True,
                        help_text="The condition that the source attaches, beginning with if, for or when. Shown with the claim.",
                        max_length=200,
                    ),
                ),
                (
                    "comparison",
                    models.CharField(
                        blank=True,
                        help_text="What the framework is compared with, beginning with than, among or beside. Shown with the claim.",
                        max_length=200,
                    ),
                ),
                (
                    "wording",
                    models.ForeignKey(
                        blank=True,
                        help_text="The row of the table of readings whose words are in the term.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="frameworks.wording",
                    ),
                ),
                (
                    "reading",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="What these words amount to on the rubric, from 1 to 5, by the table of readings.",
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                (
                    "is_factor",
                    models.BooleanField(
                        default=False,
                        help_text="Tick if the source says that this criterion should be weighed when choosing.",
                        verbose_name="factor",
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        help_text="The editors’ caveat about this claim, shown to readers.",
                        max_length=300,
                    ),
                ),
            ],
            options={
                "ordering": ["source__key", "line", "pk"],
                "indexes": [models.Index(fields=["framework", "criterion"], name="claim_by_cell")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("key__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("key__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="claim_key_is_slug",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reading__range", (1, 5))), name="claim_reading_in_range"
                    ),
                    models.CheckConstraint(condition=models.Q(("line__gte", 1)), name="claim_line_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(("term__regex", "^(\\S+( \\S+){0,5})?\\Z")),
                        name="claim_term_at_most_six_words",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("paraphrase", ""), _negated=True), name="claim_has_paraphrase"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("part__in", ["table", "list", "prose", "answer"])),
                        name="claim_part_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("joint_criterion__isnull", True),
                            models.Q(("joint_criterion", models.F("criterion")), _negated=True),
                            _connector="OR",
                        ),
                        name="claim_joint_criterion_is_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Trait",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="traits",
                        to="frameworks.framework",
                    ),
                ),
                (
                    "value",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="traits",
                        to="frameworks.facetvalue",
                    ),
                ),
                ("note", models.CharField(blank=True, help_text="A caveat for readers.", max_length=300)),
                ("claims", models.ManyToManyField(related_name="traits", to="frameworks.claim")),
            ],
            options={
                "ordering": ["framework__name", "value__facet__position", "value__position"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("framework"), models.F("value"), name="trait_once_per_framework_and_value"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Relation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="relations",
                        to="frameworks.framework",
                    ),
                ),
                ("kind", models.CharField(choices=catalogue.relation_kinds, max_length=20)),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="related_from",
                        to="frameworks.framework",
                    ),
                ),
                (
                    "text",
                    models.CharField(blank=True, help_text="One sentence in your own words.", max_length=300),
                ),
                ("claims", models.ManyToManyField(related_name="relations", to="frameworks.claim")),
            ],
            options={
                "ordering": ["framework__name", "kind", "other__name"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("framework"),
                        models.F("kind"),
                        models.F("other"),
                        name="relation_once_per_pair_and_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("framework", models.F("other")), _negated=True),
                        name="relation_joins_two_frameworks",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z")),
                        name="relation_kind_is_slug",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="frameworks.framework",
                    ),
                ),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ratings",
                        to="frameworks.criterion",
                    ),
                ),
                (
                    "score",
                    models.PositiveSmallIntegerField(
                        help_text="1 to 5 by the criterion’s rubric. A higher score is better for the reader.",
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                    ),
                ),
                ("verdict", models.CharField(help_text="The verdict in a few words.", max_length=80)),
                (
                    "rationale",
                    models.TextField(
                        help_text="Why the rubric leads to this score and, if sources differ, how the verdict was reached."
                    ),
                ),
                (
                    "departure",
                    models.TextField(
                        blank=True,
                        help_text="Why the score departs from the median of the sources, or what it rests on if no claim has a reading. Leave empty if it follows.",
                    ),
                ),
                (
                    "is_published",
                    models.BooleanField(
                        default=False,
                        help_text="A rating is public only when it is published, and then it needs a claim with a reading, or a claim and a departure.",
                        verbose_name="published",
                    ),
                ),
                (
                    "reviewed_on",
                    models.DateField(
                        blank=True,
                        help_text="When an editor last checked the rating against its claims.",
                        null=True,
                        validators=[validate_day_reached],
                        verbose_name="last reviewed",
                    ),
                ),
            ],
            options={
                "ordering": ["framework__name", "criterion__group__position", "criterion__position"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("framework"),
                        models.F("criterion"),
                        name="rating_once_per_framework_and_criterion",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("score__range", (1, 5))), name="rating_score_in_range"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("verdict", ""), _negated=True),
                            models.Q(("rationale", ""), _negated=True),
                        ),
                        name="rating_has_verdict_and_rationale",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Disagreement",
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
                ("title", models.CharField(max_length=100)),
                (
                    "question",
                    models.CharField(help_text="What is in dispute, in one sentence.", max_length=200),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("between", "between sources"),
                            ("within", "within one source"),
                            ("both", "between sources and within one"),
                            ("wording", "in the wording"),
                            ("condition", "in the conditions"),
                            ("scope", "in scope"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "explanation",
                    models.TextField(help_text="Who says what, and how readers can decide for themselves."),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Lower numbers come first among equals."
                    ),
                ),
                ("claims", models.ManyToManyField(related_name="disagreements", to="frameworks.claim")),
            ],
            options={
                "ordering": ["position", "title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("slug__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="disagreement_slug_is_slug",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["between", "within", "both", "wording", "condition", "scope"])
                        ),
                        name="disagreement_kind_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Benchmark",
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
                ("title", models.CharField(max_length=120)),
                (
                    "question",
                    models.CharField(help_text="What was measured, put as a question.", max_length=200),
                ),
                (
                    "source",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who published the figures. Leave empty if they were measured here.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="benchmarks",
                        to="frameworks.source",
                    ),
                ),
                (
                    "method",
                    models.TextField(
                        help_text="What is known about how it was measured, one item to a line: `Server: Uvicorn`."
                    ),
                ),
                (
                    "unsaid",
                    models.TextField(
                        blank=True,
                        help_text="What the method does not state, one item to a line: `Hardware: why it matters`.",
                        verbose_name="not stated",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        help_text="For example `requests a second`. A higher figure must be better.",
                        max_length=40,
                    ),
                ),
                (
                    "measured_on",
                    models.DateField(
                        blank=True,
                        help_text="The day of the run, if known.",
                        null=True,
                        validators=[validate_day_reached],
                    ),
                ),
                (
                    "command",
                    models.CharField(
                        blank=True,
                        help_text="The command that repeats the run, if there is one.",
                        max_length=300,
                    ),
                ),
                ("comment", models.TextField(blank=True, help_text="What a reader should bear in mind.")),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
                ),
                (
                    "counter_claims",
                    models.ManyToManyField(
                        blank=True,
                        help_text="What other sources object.",
                        related_name="countered_benchmarks",
                        to="frameworks.claim",
                        verbose_name="counterclaims",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "title"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("slug__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="benchmark_slug_is_slug",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("method__regex", "[^\\s]")), name="benchmark_has_method"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("unit", ""), _negated=True), name="benchmark_has_unit"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Figure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "benchmark",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="figures",
                        to="frameworks.benchmark",
                    ),
                ),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="figures",
                        to="frameworks.framework",
                    ),
                ),
                (
                    "setup",
                    models.SlugField(
                        help_text="Distinguishes several runs of one framework by their server.",
                        max_length=60,
                    ),
                ),
                (
                    "server",
                    models.CharField(
                        blank=True, help_text="The server and its version, as stated.", max_length=120
                    ),
                ),
                (
                    "release",
                    models.CharField(
                        blank=True, help_text="The framework’s version, as stated.", max_length=60
                    ),
                ),
                (
                    "value",
                    models.PositiveIntegerField(validators=[django.core.validators.MinValueValidator(1)]),
                ),
                (
                    "lowest",
                    models.PositiveIntegerField(
                        blank=True, help_text="The lowest figure of the repetitions.", null=True
                    ),
                ),
                (
                    "highest",
                    models.PositiveIntegerField(
                        blank=True, help_text="The highest figure of the repetitions.", null=True
                    ),
                ),
                (
                    "is_about",
                    models.BooleanField(
                        default=False,
                        help_text="Tick if the source itself says that the figure is approximate.",
                        verbose_name="approximate",
                    ),
                ),
                ("claims", models.ManyToManyField(blank=True, related_name="figures", to="frameworks.claim")),
            ],
            options={
                "ordering": ["benchmark__position", "-value"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("setup__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("setup__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="figure_setup_is_slug",
                    ),
                    models.UniqueConstraint(
                        models.F("benchmark"),
                        models.F("framework"),
                        models.F("setup"),
                        name="figure_once_per_setup",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 1)), name="figure_value_above_zero"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("highest__isnull", True), ("lowest__isnull", True)),
                            models.Q(
                                ("highest__gte", models.F("value")),
                                ("lowest__gte", 1),
                                ("lowest__lte", models.F("value")),
                            ),
                            _connector="OR",
                        ),
                        name="figure_value_within_spread",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Component",
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
                ("name", models.CharField(max_length=60, unique=True)),
                (
                    "kind",
                    models.CharField(choices=neighbours.component_kinds, max_length=20),
                ),
                (
                    "label",
                    models.CharField(
                        help_text="What the component is, in two or three words.", max_length=60
                    ),
                ),
                (
                    "summary",
                    models.CharField(
                        help_text="One sentence in your own words. Say only what a source says.",
                        max_length=300,
                    ),
                ),
                (
                    "website",
                    models.URLField(
                        blank=True,
                        help_text="The component’s own home page (http or https).",
                        max_length=300,
                        validators=[django.core.validators.URLValidator(schemes=["http", "https"])],
                    ),
                ),
                (
                    "synonyms",
                    models.CharField(
                        blank=True,
                        help_text="Other names that sources use, separated by semicolons.",
                        max_length=300,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[^\\s;]+( [^\\s;]+)*(; [^\\s;]+( [^\\s;]+)*)*\\Z",
                                "Use single spaces, and “; ” between names.",
                            )
                        ],
                    ),
                ),
                (
                    "retired_on",
                    models.DateField(
                        blank=True,
                        help_text="The day from which it is no longer compared. Leave empty unless it is retired.",
                        null=True,
                        validators=[validate_day_reached],
                        verbose_name="retired on",
                    ),
                ),
                (
                    "retired_because",
                    models.CharField(
                        blank=True,
                        help_text="Completes the sentence “It was retired, because …”. Readers see it where they look for the fact.",
                        max_length=300,
                        verbose_name="retired because",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("slug__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="component_slug_is_slug",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("website", ""), ("website__regex", "^https?://[^\\s]+\\Z"), _connector="OR"
                        ),
                        name="component_website_is_http",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("summary", ""), _negated=True), name="component_has_summary"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z")),
                        name="component_kind_is_slug",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retired_because", ""), ("retired_on__isnull", True)),
                            models.Q(
                                ("retired_on__isnull", False),
                                models.Q(("retired_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="component_retirement_is_whole",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Tie",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "component",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ties",
                        to="frameworks.component",
                    ),
                ),
                ("kind", models.CharField(choices=neighbours.tie_kinds, max_length=20)),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="ties",
                        to="frameworks.framework",
                    ),
                ),
                (
                    "text",
                    models.CharField(blank=True, help_text="One sentence in your own words.", max_length=300),
                ),
                ("claims", models.ManyToManyField(related_name="ties", to="frameworks.claim")),
            ],
            options={
                "ordering": ["component__name", "framework__name", "kind"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("component"),
                        models.F("kind"),
                        models.F("framework"),
                        name="tie_once_per_pair_and_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z")),
                        name="tie_kind_is_slug",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Addition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="additions",
                        to="frameworks.framework",
                    ),
                ),
                (
                    "capability",
                    models.ForeignKey(
                        limit_choices_to={"facet__slug": "capability"},
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="additions",
                        to="frameworks.facetvalue",
                    ),
                ),
                (
                    "component",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="additions",
                        to="frameworks.component",
                    ),
                ),
                ("note", models.CharField(blank=True, help_text="A caveat for readers.", max_length=300)),
                ("claims", models.ManyToManyField(related_name="additions", to="frameworks.claim")),
            ],
            options={
                "ordering": ["framework__name", "capability__position", "component__name"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("framework"),
                        models.F("capability"),
                        models.F("component"),
                        name="addition_once_per_framework_and_capability",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Question",
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
                ("text", models.CharField(max_length=160, unique=True)),
                (
                    "dispute",
                    models.CharField(
                        blank=True,
                        help_text="Where the answers contradict each other, in one or two sentences.",
                        max_length=300,
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
                ),
                (
                    "claims",
                    models.ManyToManyField(
                        blank=True,
                        help_text="What sources say about it elsewhere.",
                        related_name="questions",
                        to="frameworks.claim",
                    ),
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
                        name="question_slug_is_slug",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="frameworks.question",
                    ),
                ),
                (
                    "source",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
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
                ("stance", models.CharField(help_text="The answer in a few words.", max_length=60)),
                (
                    "text",
                    models.TextField(
                        help_text="What the source answers, in your own words. Never its own sentences."
                    ),
                ),
                (
                    "question_is_stated",
                    models.BooleanField(
                        default=True,
                        help_text="Untick if the source gives only the answer and the question is inferred from it.",
                    ),
                ),
                ("claims", models.ManyToManyField(blank=True, related_name="answers", to="frameworks.claim")),
            ],
            options={
                "ordering": ["question__position", "source__key", "line"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("question"),
                        models.F("source"),
                        models.F("line"),
                        name="answer_once_per_place",
                    ),
                    models.CheckConstraint(condition=models.Q(("line__gte", 1)), name="answer_line_from_one"),
                    models.CheckConstraint(
                        condition=models.Q(("text", ""), _negated=True), name="answer_has_text"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_index=True, default=django.utils.timezone.now, verbose_name="when"
                    ),
                ),
                ("model", models.CharField(max_length=40)),
                ("key", models.CharField(help_text="The natural key.", max_length=200)),
                ("version", models.PositiveIntegerField(help_text="The version after this change.")),
                (
                    "action",
                    models.CharField(
                        choices=[("created", "created"), ("changed", "changed"), ("deleted", "deleted")],
                        max_length=10,
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("seed", "seed"),
                            ("admin", "admin"),
                            ("grid", "grid"),
                            ("import", "import"),
                            ("revert", "revert"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "changeset",
                    models.UUIDField(
                        db_index=True,
                        default=uuid.uuid4,
                        help_text="The same for everything that was saved together.",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author_name",
                    models.CharField(
                        help_text="The name at the time.", max_length=150, verbose_name="author"
                    ),
                ),
                (
                    "published_by",
                    models.ForeignKey(
                        blank=True,
                        help_text="The reviewer, if it was a proposal.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="published_revisions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("before", models.JSONField(help_text="The fields before; null for a creation.", null=True)),
                ("after", models.JSONField(help_text="The fields after; null for a deletion.", null=True)),
                (
                    "is_draft",
                    models.BooleanField(
                        editable=False,
                        help_text="The fact was published neither before nor after; null for kinds that are always public.",
                        null=True,
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "indexes": [
                    models.Index(models.F("model"), models.F("id"), name="revision_by_kind"),
                    models.Index(
                        models.F("action"), models.F("model"), models.F("key"), name="revision_by_action"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("model"),
                        models.F("key"),
                        models.F("version"),
                        name="revision_once_per_version",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("reason", ""), _negated=True), name="revision_has_reason"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("action__in", ["created", "changed", "deleted"])),
                        name="revision_action_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RevisionSubject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subjects",
                        to="frameworks.revision",
                    ),
                ),
                ("kind", models.CharField(max_length=40)),
                ("key", models.CharField(max_length=200)),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("kind"),
                        models.F("key"),
                        models.F("revision"),
                        name="revision_subject_by_name",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("revision"), models.F("kind"), models.F("key"), name="revision_subject_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FormerSlug",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20)),
                ("slug", models.SlugField(max_length=60)),
                ("current", models.SlugField(max_length=60)),
            ],
            options={
                "ordering": ["kind", "slug"],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("kind"), models.F("slug"), name="former_slug_once_per_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__regex", "^[a-z]+\\Z")), name="former_slug_kind_is_word"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("slug__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("slug__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="former_slug_is_slug",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("current__regex", "^[a-z0-9]+(-[a-z0-9]+)*\\Z"),
                            models.Q(("current__regex", "-vs(-|\\Z)"), _negated=True),
                        ),
                        name="former_slug_current_is_slug",
                    ),
                ],
            },
        ),
    ]
