"""Put help texts, and the names of some fields, in plain words. Nothing changes in the database."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("frameworks", "0008_table_of_readings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="objection",
            options={"ordering": ["-created_at", "-pk"], "verbose_name": "problem report"},
        ),
        migrations.AlterField(
            model_name="addition",
            name="note",
            field=models.CharField(blank=True, help_text="A caveat for readers.", max_length=300),
        ),
        migrations.AlterField(
            model_name="answer",
            name="line",
            field=models.PositiveIntegerField(
                help_text="The line of the source's file, counted from 1.",
                validators=[django.core.validators.MinValueValidator(1)],
            ),
        ),
        migrations.AlterField(
            model_name="answer",
            name="question_is_stated",
            field=models.BooleanField(
                default=True,
                help_text="Untick if the source gives only the answer and the question is inferred from it.",
            ),
        ),
        migrations.AlterField(
            model_name="answer",
            name="text",
            field=models.TextField(
                help_text="What the source answers, in your own words. Never its own sentences."
            ),
        ),
        migrations.AlterField(
            model_name="benchmark",
            name="command",
            field=models.CharField(
                blank=True, help_text="The command that repeats the run, if there is one.", max_length=300
            ),
        ),
        migrations.AlterField(
            model_name="benchmark",
            name="counter_claims",
            field=models.ManyToManyField(
                blank=True,
                help_text="What other sources object.",
                related_name="countered_benchmarks",
                to="frameworks.claim",
                verbose_name="counterclaims",
            ),
        ),
        migrations.AlterField(
            model_name="benchmark",
            name="measured_on",
            field=models.DateField(blank=True, help_text="The day of the run, if known.", null=True),
        ),
        migrations.AlterField(
            model_name="benchmark",
            name="method",
            field=models.TextField(
                help_text="What is known about how it was measured, one item to a line: `Server: Uvicorn`."
            ),
        ),
        migrations.AlterField(
            model_name="benchmark",
            name="position",
            field=models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
        ),
        migrations.AlterField(
            model_name="benchmark",
            name="question",
            field=models.CharField(help_text="What was measured, put as a question.", max_length=200),
        ),
        migrations.AlterField(
            model_name="benchmark",
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
            model_name="benchmark",
            name="source",
            field=models.ForeignKey(
                blank=True,
                help_text="Who published the figures. Leave empty if they were measured here.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="benchmarks",
                to="frameworks.source",
            ),
        ),
        migrations.AlterField(
            model_name="benchmark",
            name="unit",
            field=models.CharField(
                help_text="For example `requests a second`. A higher figure must be better.", max_length=40
            ),
        ),
        migrations.AlterField(
            model_name="benchmark",
            name="unsaid",
            field=models.TextField(
                blank=True,
                help_text="What the method does not state, one item to a line: `Hardware: why it matters`.",
                verbose_name="not stated",
            ),
        ),
        migrations.AlterField(
            model_name="claim",
            name="comparison",
            field=models.CharField(
                blank=True,
                help_text="What the framework is compared with, beginning with than, among or beside. Shown with the claim.",
                max_length=200,
            ),
        ),
        migrations.AlterField(
            model_name="claim",
            name="framework",
            field=models.ForeignKey(
                blank=True,
                help_text="Leave empty if the statement is about frameworks in general.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="claims",
                to="frameworks.framework",
            ),
        ),
        migrations.AlterField(
            model_name="claim",
            name="is_factor",
            field=models.BooleanField(
                default=False,
                help_text="Tick if the source says that this criterion should be weighed when choosing.",
                verbose_name="factor",
            ),
        ),
        migrations.AlterField(
            model_name="claim",
            name="joint_criterion",
            field=models.ForeignKey(
                blank=True,
                help_text="Only if the source itself rates two criteria as one.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="joint_claims",
                to="frameworks.criterion",
            ),
        ),
        migrations.AlterField(
            model_name="claim",
            name="key",
            field=models.SlugField(
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
        migrations.AlterField(
            model_name="claim",
            name="line",
            field=models.PositiveIntegerField(
                help_text="The line of the source's file, counted from 1.",
                validators=[django.core.validators.MinValueValidator(1)],
            ),
        ),
        migrations.AlterField(
            model_name="claim",
            name="note",
            field=models.CharField(
                blank=True,
                help_text="The editors' caveat about this claim, shown to readers.",
                max_length=300,
            ),
        ),
        migrations.AlterField(
            model_name="claim",
            name="paraphrase",
            field=models.CharField(
                help_text="What the source says, in your own words. Never its own sentence.", max_length=300
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
        migrations.AlterField(
            model_name="claim",
            name="term",
            field=models.CharField(
                blank=True,
                help_text="The source's own rating word, at most six words, exactly as on the line. Never a sentence.",
                max_length=80,
                validators=[
                    django.core.validators.RegexValidator(
                        "^(\\S+( \\S+){0,5})?\\Z", "Use at most six words, with single spaces."
                    )
                ],
            ),
        ),
        migrations.AlterField(
            model_name="component",
            name="kind",
            field=models.CharField(
                choices=[
                    ("async-layer", "async layer"),
                    ("data-layer", "data layer"),
                    ("database", "database"),
                    ("validation", "validation"),
                    ("authentication", "authentication"),
                    ("api", "API tooling"),
                    ("pages", "pages and admin"),
                    ("standard", "standard"),
                    ("running", "operation"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="component",
            name="label",
            field=models.CharField(help_text="What the component is, in two or three words.", max_length=60),
        ),
        migrations.AlterField(
            model_name="component",
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
            model_name="component",
            name="summary",
            field=models.CharField(
                help_text="One sentence in your own words. Say only what a source says.", max_length=300
            ),
        ),
        migrations.AlterField(
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
        migrations.AlterField(
            model_name="component",
            name="website",
            field=models.URLField(
                blank=True,
                help_text="The component's own home page (http or https).",
                max_length=300,
                validators=[django.core.validators.URLValidator(schemes=["http", "https"])],
            ),
        ),
        migrations.AlterField(
            model_name="criterion",
            name="default_weight",
            field=models.PositiveSmallIntegerField(
                default=1,
                help_text="0 to 10. A criterion with weight 0 does not count unless a visitor gives it a weight.",
                validators=[django.core.validators.MaxValueValidator(10)],
            ),
        ),
        migrations.AlterField(
            model_name="criterion",
            name="position",
            field=models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
        ),
        migrations.AlterField(
            model_name="criterion",
            name="reading_rule",
            field=models.TextField(blank=True, help_text="How the sources' words are placed on this scale."),
        ),
        migrations.AlterField(
            model_name="criterion",
            name="review_interval_days",
            field=models.PositiveSmallIntegerField(
                default=180,
                help_text="In days. A rating is due for review when its last review was longer ago than this.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(3650),
                ],
                verbose_name="review interval",
            ),
        ),
        migrations.AlterField(
            model_name="criterion",
            name="short_name",
            field=models.CharField(help_text="For the narrow column headings of the matrix.", max_length=24),
        ),
        migrations.AlterField(
            model_name="criterion",
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
            model_name="criteriongroup",
            name="position",
            field=models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
        ),
        migrations.AlterField(
            model_name="criteriongroup",
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
            model_name="disagreement",
            name="explanation",
            field=models.TextField(help_text="Who says what, and how readers can decide for themselves."),
        ),
        migrations.AlterField(
            model_name="disagreement",
            name="position",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Lower numbers come first among equals."
            ),
        ),
        migrations.AlterField(
            model_name="disagreement",
            name="question",
            field=models.CharField(help_text="What is in dispute, in one sentence.", max_length=200),
        ),
        migrations.AlterField(
            model_name="disagreement",
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
            model_name="editorprofile",
            name="public_name",
            field=models.CharField(
                blank=True,
                help_text="Shown beside your changes. If you leave it empty, they are shown as by “an editor”.",
                max_length=80,
            ),
        ),
        migrations.AlterField(
            model_name="facet",
            name="position",
            field=models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
        ),
        migrations.AlterField(
            model_name="facet",
            name="requires_all",
            field=models.BooleanField(
                default=False,
                help_text="Tick if a framework must have every value that a visitor selects; otherwise, any one is enough.",
                verbose_name="requires all values",
            ),
        ),
        migrations.AlterField(
            model_name="facet",
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
            model_name="facetvalue",
            name="position",
            field=models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
        ),
        migrations.AlterField(
            model_name="facetvalue",
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
        migrations.AlterField(
            model_name="figure",
            name="highest",
            field=models.PositiveIntegerField(
                blank=True, help_text="The highest figure of the repetitions.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="is_about",
            field=models.BooleanField(
                default=False,
                help_text="Tick if the source itself says that the figure is approximate.",
                verbose_name="approximate",
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="lowest",
            field=models.PositiveIntegerField(
                blank=True, help_text="The lowest figure of the repetitions.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="setup",
            field=models.SlugField(
                help_text="Distinguishes several runs of one framework by their server, for example `uvicorn`.",
                max_length=60,
            ),
        ),
        migrations.AlterField(
            model_name="framework",
            name="is_published",
            field=models.BooleanField(
                default=True,
                help_text="Unpublished frameworks are visible only at the desk.",
                verbose_name="published",
            ),
        ),
        migrations.AlterField(
            model_name="framework",
            name="repository",
            field=models.URLField(
                blank=True,
                help_text="Where its source code can be found (http or https).",
                max_length=300,
                validators=[django.core.validators.URLValidator(schemes=["http", "https"])],
            ),
        ),
        migrations.AlterField(
            model_name="framework",
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
            model_name="framework",
            name="summary",
            field=models.TextField(
                blank=True, help_text="Two to four sentences in your own words. Say only what a source says."
            ),
        ),
        migrations.AlterField(
            model_name="framework",
            name="tagline",
            field=models.CharField(
                blank=True,
                help_text="What the framework is, in a few words, according to the sources.",
                max_length=100,
            ),
        ),
        migrations.AlterField(
            model_name="linkcheck",
            name="checked_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="last checked"),
        ),
        migrations.AlterField(
            model_name="linkcheck",
            name="detail",
            field=models.CharField(blank=True, help_text="What happened, in one sentence.", max_length=300),
        ),
        migrations.AlterField(
            model_name="linkcheck",
            name="is_alive",
            field=models.BooleanField(verbose_name="answers"),
        ),
        migrations.AlterField(
            model_name="linkcheck",
            name="status",
            field=models.PositiveSmallIntegerField(
                help_text="The HTTP status; null if there was no answer.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="linkcheck",
            name="url",
            field=models.URLField(max_length=300, unique=True, verbose_name="web address"),
        ),
        migrations.AlterField(
            model_name="objection",
            name="note",
            field=models.CharField(
                blank=True, help_text="What was done about it, or why nothing was done.", max_length=300
            ),
        ),
        migrations.AlterField(
            model_name="objection",
            name="sender",
            field=models.CharField(
                blank=True,
                db_index=True,
                help_text="A keyed hash of the IP address, for the limit; deleted later.",
                max_length=64,
            ),
        ),
        migrations.AlterField(
            model_name="objection",
            name="url",
            field=models.URLField(
                blank=True,
                help_text="Where the report can be checked (http or https).",
                max_length=300,
                validators=[django.core.validators.URLValidator(schemes=["http", "https"])],
                verbose_name="web address",
            ),
        ),
        migrations.AlterField(
            model_name="proposal",
            name="author_name",
            field=models.CharField(help_text="The name at the time.", max_length=150, verbose_name="author"),
        ),
        migrations.AlterField(
            model_name="proposal",
            name="changeset",
            field=models.UUIDField(
                default=uuid.uuid4,
                editable=False,
                help_text="The changeset of its revisions once it is published.",
                unique=True,
            ),
        ),
        migrations.AlterField(
            model_name="proposal",
            name="created_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="proposed on"),
        ),
        migrations.AlterField(
            model_name="proposal",
            name="form_data",
            field=models.JSONField(
                help_text="What the author typed: the name and values of each field.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="proposal",
            name="form_path",
            field=models.CharField(blank=True, help_text="The address of the form.", max_length=500),
        ),
        migrations.AlterField(
            model_name="proposal",
            name="note",
            field=models.TextField(blank=True, help_text="The reviewer's note to the author."),
        ),
        migrations.AlterField(
            model_name="proposal",
            name="status",
            field=models.CharField(
                choices=[
                    ("open", "waiting for a reviewer"),
                    ("returned", "changes requested"),
                    ("published", "published"),
                    ("rejected", "rejected"),
                    ("withdrawn", "withdrawn"),
                ],
                db_index=True,
                default="open",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="proposedchange",
            name="position",
            field=models.PositiveIntegerField(
                help_text="Changes are applied in this order: a claim before the rating that rests on it."
            ),
        ),
        migrations.AlterField(
            model_name="proposedchange",
            name="seen",
            field=models.PositiveIntegerField(
                help_text="The version that the change is based on; null for a new fact.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="question",
            name="claims",
            field=models.ManyToManyField(
                blank=True,
                help_text="What sources say about it elsewhere.",
                related_name="questions",
                to="frameworks.claim",
            ),
        ),
        migrations.AlterField(
            model_name="question",
            name="position",
            field=models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first."),
        ),
        migrations.AlterField(
            model_name="question",
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
            model_name="rating",
            name="departure",
            field=models.TextField(
                blank=True,
                help_text="Why the score departs from the median of the sources. Leave empty if it does not.",
            ),
        ),
        migrations.AlterField(
            model_name="rating",
            name="is_published",
            field=models.BooleanField(
                default=False,
                help_text="A rating is public only when it is published, and then it needs a claim.",
                verbose_name="published",
            ),
        ),
        migrations.AlterField(
            model_name="rating",
            name="rationale",
            field=models.TextField(
                help_text="Why the rubric leads to this score and, if sources differ, how the verdict was reached."
            ),
        ),
        migrations.AlterField(
            model_name="rating",
            name="reviewed_on",
            field=models.DateField(
                blank=True,
                help_text="When an editor last checked the rating against its claims.",
                null=True,
                verbose_name="last reviewed",
            ),
        ),
        migrations.AlterField(
            model_name="rating",
            name="score",
            field=models.PositiveSmallIntegerField(
                help_text="1 to 5 by the criterion's rubric. A higher score is better for the reader.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(5),
                ],
            ),
        ),
        migrations.AlterField(
            model_name="relation",
            name="text",
            field=models.CharField(blank=True, help_text="One sentence in your own words.", max_length=300),
        ),
        migrations.AlterField(
            model_name="revision",
            name="at",
            field=models.DateTimeField(db_index=True, default=django.utils.timezone.now, verbose_name="when"),
        ),
        migrations.AlterField(
            model_name="revision",
            name="author_name",
            field=models.CharField(help_text="The name at the time.", max_length=150, verbose_name="author"),
        ),
        migrations.AlterField(
            model_name="revision",
            name="changeset",
            field=models.UUIDField(
                db_index=True,
                default=uuid.uuid4,
                help_text="The same for everything that was saved together.",
            ),
        ),
        migrations.AlterField(
            model_name="revision",
            name="key",
            field=models.CharField(
                help_text="The natural key, for example `django/learning-curve`.", max_length=200
            ),
        ),
        migrations.AlterField(
            model_name="revision",
            name="published_by",
            field=models.ForeignKey(
                blank=True,
                help_text="The reviewer, if it was a proposal.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="published_revisions",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="revision",
            name="version",
            field=models.PositiveIntegerField(help_text="The version after this change."),
        ),
        migrations.AlterField(
            model_name="source",
            name="authors",
            field=models.CharField(
                blank=True, help_text="As stated. Leave empty if none are stated.", max_length=200
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="commercial_interest",
            field=models.TextField(
                blank=True,
                help_text="What the publisher sells that bears on the matter. Leave empty if nothing is apparent.",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="date_stated",
            field=models.CharField(
                blank=True,
                help_text="The date in the source's own words.",
                max_length=120,
                verbose_name="stated date",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="interest_short",
            field=models.CharField(
                blank=True,
                help_text="The same in a few words, shown beside each citation.",
                max_length=40,
                verbose_name="interest in brief",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="key",
            field=models.SlugField(
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
        migrations.AlterField(
            model_name="source",
            name="note",
            field=models.TextField(blank=True, help_text="Caveats about the text for readers."),
        ),
        migrations.AlterField(
            model_name="source",
            name="read_on",
            field=models.DateField(help_text="When the editors read the text."),
        ),
        migrations.AlterField(
            model_name="source",
            name="shape",
            field=models.TextField(
                blank=True, help_text="What the text consists of: tables, lists, answers."
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="short_name",
            field=models.CharField(help_text="The name used in citations.", max_length=60, unique=True),
        ),
        migrations.AlterField(
            model_name="source",
            name="title_is_stated",
            field=models.BooleanField(
                default=True, help_text="Untick if the text has no title and this one is yours."
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="url",
            field=models.URLField(
                blank=True,
                help_text="Where it can be read (http or https). Leave empty if unknown.",
                max_length=300,
                validators=[django.core.validators.URLValidator(schemes=["http", "https"])],
                verbose_name="web address",
            ),
        ),
        migrations.AlterField(
            model_name="tie",
            name="text",
            field=models.CharField(blank=True, help_text="One sentence in your own words.", max_length=300),
        ),
        migrations.AlterField(
            model_name="trait",
            name="note",
            field=models.CharField(blank=True, help_text="A caveat for readers.", max_length=300),
        ),
        migrations.AlterField(
            model_name="upload",
            name="model",
            field=models.CharField(help_text="The kind of fact in its rows.", max_length=40),
        ),
        migrations.AlterField(
            model_name="wording",
            name="explanation",
            field=models.CharField(
                help_text="Why the words amount to that step, or why they do not amount to one.",
                max_length=300,
            ),
        ),
        migrations.AlterField(
            model_name="wording",
            name="reading",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="The step of the rubric that the words amount to. Leave empty if they do not amount to one.",
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(5),
                ],
            ),
        ),
        migrations.AlterField(
            model_name="wording",
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
            model_name="wording",
            name="words",
            field=models.CharField(
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
    ]
