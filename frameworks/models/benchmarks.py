"""Define benchmarks and their figures. No figure comes without its method: what was measured, how, and what the
description of the method leaves out."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from .catalogue import Framework
from .constraints import say, slug_check, slug_field, validate_day_reached
from .evidence.claims import Claim
from .evidence.sources import Source
from .natural_keys import VersionedQuerySet
from .versioned import Versioned


class BenchmarkQuerySet(VersionedQuerySet["Benchmark"]):
    def public(self) -> "BenchmarkQuerySet":
        """Keep benchmarks that measured a framework which is compared, each with its source, which is not retired."""
        measured = Figure.objects.filter(
            benchmark=models.OuterRef("pk"), framework__is_published=True, framework__retired_on=None
        )
        return self.filter(models.Exists(measured), source__retired_on=None).select_related("source")

    def in_full(self) -> "BenchmarkQuerySet":
        """Keep public benchmarks, with their public figures and the claims for and against them: four queries."""
        claims = Claim.objects.published().cited()
        return (
            self.public()
            .prefetch_related(
                models.Prefetch("figures", Figure.objects.public().filter(framework__retired_on=None))
            )
            .prefetch_related(models.Prefetch("figures__claims", claims))
            .prefetch_related(models.Prefetch("counter_claims", claims))
        )


class Benchmark(Versioned):
    """One measurement of several frameworks by one method, by a source or, where none is named, by Touchstone."""

    key_fields = ("slug",)

    slug = slug_field()
    title = models.CharField(max_length=120)
    question = models.CharField(max_length=200, help_text="What was measured, put as a question.")
    source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="benchmarks",
        help_text="Who published the figures. Leave empty if they were measured here.",
    )
    method = models.TextField(
        help_text="What is known about how it was measured, one item to a line: `Server: Uvicorn`."
    )
    unsaid = models.TextField(
        "not stated",
        blank=True,
        help_text="What the method does not state, one item to a line: `Hardware: why it matters`.",
    )
    unit = models.CharField(
        max_length=40, help_text="For example `requests a second`. A higher figure must be better."
    )
    measured_on = models.DateField(
        null=True,
        blank=True,
        validators=[validate_day_reached],
        help_text="The day of the run, if known.",
    )
    command = models.CharField(
        max_length=300, blank=True, help_text="The command that repeats the run, if there is one."
    )
    comment = models.TextField(blank=True, help_text="What a reader should bear in mind.")
    counter_claims = models.ManyToManyField(
        Claim,
        blank=True,
        related_name="countered_benchmarks",
        verbose_name="counterclaims",
        help_text="What other sources object.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")

    objects = BenchmarkQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title"]
        constraints = [
            slug_check("benchmark_slug_is_slug"),
            models.CheckConstraint(condition=Q(method__regex=r"[^\s]"), name="benchmark_has_method"),
            models.CheckConstraint(condition=~Q(unit=""), name="benchmark_has_unit"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('frameworks:benchmarks')}#{self.slug}"

    @property
    def method_items(self) -> list[tuple[str, str]]:
        """Return `[("Server", "Uvicorn"), …]`; an item without a colon has an empty name."""
        return _items(self.method)

    @property
    def unsaid_items(self) -> list[tuple[str, str]]:
        return _items(self.unsaid)


def _items(text: str) -> list[tuple[str, str]]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    parts = [line.partition(": ") for line in lines]
    return [(name, rest) if colon else ("", name) for name, colon, rest in parts]


class FigureQuerySet(VersionedQuerySet["Figure"]):
    def public(self) -> "FigureQuerySet":
        """Keep figures of frameworks with a page, by sources that are not retired, each with framework, benchmark and
        source, benchmark by benchmark."""
        return (
            self.filter(framework__is_published=True, benchmark__source__retired_on=None)
            .select_related("framework", "benchmark__source")
            .order_by("benchmark__position", "benchmark__title", "-value", "setup")
        )


class Figure(Versioned):
    """What one framework reached in one benchmark, in the benchmark's unit."""

    key_fields = ("benchmark", "framework", "setup")

    benchmark = models.ForeignKey(Benchmark, models.PROTECT, related_name="figures")
    framework = models.ForeignKey(Framework, models.PROTECT, related_name="figures")
    setup = models.SlugField(
        max_length=60,
        help_text="Distinguishes several runs of one framework by their server.",
    )
    server = models.CharField(max_length=120, blank=True, help_text="The server and its version, as stated.")
    release = models.CharField(max_length=60, blank=True, help_text="The framework’s version, as stated.")
    value = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    lowest = models.PositiveIntegerField(
        null=True, blank=True, help_text="The lowest figure of the repetitions."
    )
    highest = models.PositiveIntegerField(
        null=True, blank=True, help_text="The highest figure of the repetitions."
    )
    is_about = models.BooleanField(
        "approximate",
        default=False,
        help_text="Tick if the source itself says that the figure is approximate.",
    )
    claims = models.ManyToManyField(Claim, blank=True, related_name="figures")

    objects = FigureQuerySet.as_manager()

    class Meta:
        ordering = ["benchmark__position", "-value"]
        constraints = [
            slug_check("figure_setup_is_slug", "setup"),
            models.UniqueConstraint("benchmark", "framework", "setup", name="figure_once_per_setup"),
            models.CheckConstraint(condition=Q(value__gte=1), name="figure_value_above_zero"),
            models.CheckConstraint(
                condition=Q(lowest__isnull=True, highest__isnull=True)
                | Q(lowest__gte=1, lowest__lte=F("value"), highest__gte=F("value")),
                name="figure_value_within_spread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.benchmark}: {self.framework}, {self.setup}"

    def clean(self) -> None:
        if (self.lowest is None) != (self.highest is None):
            sentence = "Enter both the lowest and the highest figure of the repetitions, or neither."
            raise ValidationError({"lowest" if self.lowest is None else "highest": sentence})
        value: int | None = self.value
        if value is None or self.lowest is None or self.highest is None:
            return
        if not self.lowest <= value <= self.highest:
            sentence = "The figure must lie between the lowest and the highest figure of the repetitions."
            raise ValidationError({"value": sentence})

    @property
    def in_words(self) -> str:
        """Return the value in words: `about 34,000`."""
        return f"about {self.value:,}" if self.is_about else f"{self.value:,}"

    @property
    def spread_in_words(self) -> str:
        """Return the range of the repetitions, `31,200 to 35,900`; empty where none are known."""
        return "" if self.lowest is None else f"{self.lowest:,} to {self.highest:,}"

    @property
    def run_by(self) -> str:
        """Return the server as stated, or the name of the setup where no server is stated."""
        return self.server or self.setup


say(
    "benchmark_has_method",
    "method",
    "Say what is known about how it was measured.",
)
say(
    "benchmark_has_unit",
    "unit",
    "Enter the unit of the figures.",
)
say(
    "figure_once_per_setup",
    "setup",
    f"This benchmark already has a figure of this {settings.TOPIC.item} with that setup.",
)
say(
    "figure_value_above_zero",
    "value",
    "A figure is a whole number above 0.",
)
say(
    "figure_value_within_spread",
    "value",
    "The figure must lie between the lowest and the highest figure of the repetitions. Enter both or neither.",
)
