"""Define what is compared and by what: frameworks, criteria, facets, and how frameworks relate."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.functional import cached_property

from frameworks import wordings

from .constraints import (
    SENTENCES,
    WEIGHT_MAX,
    http_url_check,
    http_url_field,
    kind_check,
    kind_field,
    retired_because_field,
    retired_on_field,
    retirement_check,
    say,
    slug_check,
    slug_field,
    synonyms_field,
    weight_check,
)
from .natural_keys import RetirableQuerySet, VersionedQuerySet
from .versioned import Retirable, Versioned

#: The facet whose values are capabilities. A trait says that a framework has one built in; an addition says which
#: component adds it.
CAPABILITY = "capability"
#: The shortest and the longest review interval, in days.
INTERVALS = (1, 3650)


class FrameworkQuerySet(RetirableQuerySet["Framework"]):
    def public(self) -> "FrameworkQuerySet":
        """Keep those with a page, retired or not."""
        return self.filter(is_published=True)

    def published(self) -> "FrameworkQuerySet":
        """Keep those that are compared."""
        return self.public().current()

    def by_standing(self, criterion: "Criterion") -> "FrameworkQuerySet":
        """Put those with a high score first, then those with claims only, then those of which no source says anything,
        each A to Z."""
        under = models.Q(claims__criterion=criterion) | models.Q(claims__joint_criterion=criterion)
        score = models.Q(ratings__criterion=criterion, ratings__is_published=True)
        cited = Framework.objects.filter(under, pk=models.OuterRef("pk"))
        scored = Framework.objects.filter(score, pk=models.OuterRef("pk")).values("ratings__score")
        return self.alias(standing=models.Subquery(scored), is_cited=models.Exists(cited)).order_by(
            models.F("standing").desc(nulls_last=True), "-is_cited", Lower("name"), "pk"
        )

    def with_traits(self) -> "FrameworkQuerySet":
        """Fetch each framework's facet values, in two further queries however many frameworks there are."""
        return self.prefetch_related(models.Prefetch("traits", Trait.objects.select_related("value__facet")))

    def with_provisions(self) -> "FrameworkQuerySet":
        """Fetch each framework's facet values and additions, and the claims behind both: six further queries."""
        return self.with_traits().prefetch_related(
            "traits__claims__source", "additions__component", "additions__claims__source"
        )


class Framework(Retirable):
    """A web framework: what decision analysis calls an alternative."""

    key_fields = ("slug",)
    name_field = "name"
    is_renamable = True

    slug = slug_field()
    name = models.CharField(max_length=60, unique=True)
    tagline = models.CharField(
        max_length=100,
        blank=True,
        help_text="What the framework is, in a few words, according to the sources.",
    )
    summary = models.TextField(
        blank=True, help_text="Two to four sentences in your own words. Say only what a source says."
    )
    website = http_url_field("The project’s own home page (http or https).")
    repository = http_url_field("Where its source code can be found (http or https).")
    is_published = models.BooleanField(
        "published", default=True, help_text="Unpublished frameworks are visible only at the desk."
    )
    retired_on = retired_on_field()
    retired_because = retired_because_field()

    objects = FrameworkQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            slug_check("framework_slug_is_slug"),
            http_url_check("framework_website_is_http", "website"),
            http_url_check("framework_repository_is_http", "repository"),
            retirement_check("framework_retirement_is_whole"),
        ]
        indexes = [
            # Serves every public list of revisions: which frameworks are hidden. They are few.
            models.Index(
                fields=["slug"], condition=models.Q(is_published=False), name="framework_hidden_by_slug"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return _address(self.slug)

    def values_of(self, facet: str) -> list["FacetValue"]:
        """Return the framework's values of one facet, given by slug. Costs no query after `with_traits()`."""
        return [trait.value for trait in self.traits.all() if trait.value.facet.slug == facet]

    @cached_property
    def kind_line(self) -> str:
        """Return `Full-stack · WSGI, ASGI`, the line under the framework's name in lists.

        Facts that are compared have it already, without traits.
        """
        return in_one_line(
            [value.name for value in self.values_of(facet)] for facet in settings.TOPIC.kind_line
        )


@lru_cache(maxsize=10_000)
def _address(slug: str) -> str:
    """Return the address of a framework's page. A table has hundreds."""
    return reverse("frameworks:framework", args=[slug])


def in_one_line(facets: Iterable[Sequence[str]]) -> str:
    """Join the names of values, given by facet, to a line."""
    return " · ".join(", ".join(names) for names in facets if names)


class CriterionGroup(Versioned):
    key_fields = ("slug",)
    name_field = "name"

    slug = slug_field()
    name = models.CharField(max_length=60, unique=True)
    summary = models.CharField(max_length=200, blank=True)
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")

    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [slug_check("criterion_group_slug_is_slug")]

    def __str__(self) -> str:
        return self.name


class CriterionQuerySet(RetirableQuerySet["Criterion"]):
    def scored(self) -> "CriterionQuerySet":
        """Keep criteria under which ratings are given; the others only describe."""
        return self.filter(is_scored=True)

    def in_order(self) -> "CriterionQuerySet":
        return self.select_related("group").order_by("group__position", "position", "name")


class Criterion(Retirable):
    """What frameworks are judged by: a question, a rubric of five written steps, a default weight.

    A criterion that is not scored collects what sources describe without rating it (what a framework is, is for).
    """

    key_fields = ("slug",)
    name_field = "name"
    is_renamable = True

    slug = slug_field()
    name = models.CharField(max_length=60, unique=True)
    short_name = models.CharField(max_length=24, help_text="For the narrow column headings of the matrix.")
    group = models.ForeignKey(CriterionGroup, models.PROTECT, related_name="criteria")
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")
    question = models.CharField(max_length=160, help_text="What a reader wants to know.")
    description = models.TextField(blank=True, help_text="What counts here and what does not.")
    is_scored = models.BooleanField("scored", default=True)
    default_weight = models.PositiveSmallIntegerField(
        default=1,
        validators=[MaxValueValidator(WEIGHT_MAX)],
        help_text="0 to 10. A criterion with weight 0 does not count unless a visitor gives it a weight.",
    )
    rubric_1 = models.CharField("1 means", max_length=200, blank=True)
    rubric_2 = models.CharField("2 means", max_length=200, blank=True)
    rubric_3 = models.CharField("3 means", max_length=200, blank=True)
    rubric_4 = models.CharField("4 means", max_length=200, blank=True)
    rubric_5 = models.CharField("5 means", max_length=200, blank=True)
    reading_rule = models.TextField(blank=True, help_text="How the sources’ words are placed on this scale.")
    review_interval_days = models.PositiveSmallIntegerField(
        "review interval",
        default=180,
        validators=[MinValueValidator(INTERVALS[0]), MaxValueValidator(INTERVALS[1])],
        help_text="In days. A rating is due for review when its last review was longer ago than this.",
    )
    retired_on = retired_on_field()
    retired_because = retired_because_field()

    objects = CriterionQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "criteria"
        ordering = ["group__position", "position", "name"]
        constraints = [
            slug_check("criterion_slug_is_slug"),
            weight_check("criterion_weight_in_range", "default_weight"),
            models.CheckConstraint(
                condition=Q(is_scored=True) | Q(default_weight=0),
                name="criterion_unscored_has_no_weight",
            ),
            models.CheckConstraint(
                condition=Q(is_scored=False)
                | ~(Q(rubric_1="") | Q(rubric_2="") | Q(rubric_3="") | Q(rubric_4="") | Q(rubric_5="")),
                name="criterion_scored_has_rubric",
            ),
            models.CheckConstraint(
                condition=Q(review_interval_days__range=INTERVALS), name="criterion_review_interval_in_range"
            ),
            retirement_check("criterion_retirement_is_whole"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("frameworks:criterion", args=[self.slug])

    @property
    def is_speed(self) -> bool:
        """Return whether benchmark figures are evidence under this criterion."""
        return self.slug == settings.TOPIC.measured

    def clean(self) -> None:
        super().clean()
        missing = [f"rubric_{step}" for step, sentence in self.rubric if not sentence]
        if self.is_scored and missing:
            raise ValidationError(dict.fromkeys(missing, SENTENCES["criterion_scored_has_rubric"]))
        if not self.is_scored and self.default_weight:
            raise ValidationError({"default_weight": SENTENCES["criterion_unscored_has_no_weight"]})
        if self.pk and self.is_scored:
            self._refuse_contradicted_rows()

    def _refuse_contradicted_rows(self) -> None:
        """Raise ValidationError where a row of the table of readings no longer agrees with the rubric."""
        for row in self.table_of_readings:
            for phrase in row.phrases:
                if sentence := wordings.contradiction(phrase, row.reading, self.rubric):
                    raise ValidationError(f"{sentence} Change that row of the table of readings first.")

    @cached_property
    def table_of_readings(self) -> list[Any]:
        """Return the rows of its table of readings, read once for all claims that share this object."""
        return list(self.wordings.all())

    @property
    def rubric(self) -> list[tuple[int, str]]:
        """Return the five steps, worst first: `[(1, "…"), … (5, "…")]`."""
        return [(step, getattr(self, f"rubric_{step}")) for step in range(1, 6)]


#: A facet's slug is a query parameter. These parameter names, and those with these prefixes, already mean something
#: else.
RESERVED_PARAMETERS: set[str] = set()
RESERVED_PREFIXES: set[str] = set()


def reserve_parameters(names: Iterable[str], *, prefixes: Iterable[str]) -> None:
    """Forbid these names, and names with these prefixes, as slugs of facets."""
    RESERVED_PARAMETERS.update(names)
    RESERVED_PREFIXES.update(prefixes)


class Facet(Versioned):
    """A property to filter by that is a plain fact and not a score: kind, server interface, what is built in."""

    key_fields = ("slug",)
    name_field = "name"

    slug = slug_field()
    name = models.CharField(max_length=60, unique=True)
    help = models.CharField(max_length=200, blank=True)
    requires_all = models.BooleanField(
        "requires all values",
        default=False,
        help_text="Tick if a framework must have every value that a visitor selects; otherwise, any one is enough.",
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")

    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [slug_check("facet_slug_is_slug")]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.slug in RESERVED_PARAMETERS or self.slug.startswith(tuple(RESERVED_PREFIXES)):
            raise ValidationError(
                {"slug": "The matrix already uses this name in its address for something else."}
            )


class FacetValueQuerySet(VersionedQuerySet["FacetValue"]):
    def capabilities(self) -> "FacetValueQuerySet":
        """Keep values of the facet of capabilities, in the order in which pages list them."""
        return self.filter(facet__slug=CAPABILITY).order_by("position", "name")


class FacetValue(Versioned):
    key_fields = ("facet", "slug")
    name_field = "name"
    named_within = "facet"

    facet = models.ForeignKey(Facet, models.PROTECT, related_name="values")
    slug = slug_field(unique=False)
    name = models.CharField(max_length=60)
    synonyms = synonyms_field()
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")

    objects = FacetValueQuerySet.as_manager()

    class Meta:
        ordering = ["facet__position", "position", "name"]
        constraints = [
            slug_check("facet_value_slug_is_slug"),
            models.UniqueConstraint("facet", "slug", name="facet_value_slug_once_per_facet"),
        ]

    def __str__(self) -> str:
        return f"{self.facet}: {self.name}"


class Trait(Versioned):
    """One framework has one facet value, on the word of the claims named."""

    key_fields = ("framework", "value")

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="traits")
    value = models.ForeignKey(FacetValue, models.PROTECT, related_name="traits")
    claims = models.ManyToManyField("frameworks.Claim", related_name="traits")
    note = models.CharField(max_length=300, blank=True, help_text="A caveat for readers.")

    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["framework__name", "value__facet__position", "value__position"]
        constraints = [
            models.UniqueConstraint("framework", "value", name="trait_once_per_framework_and_value")
        ]

    def __str__(self) -> str:
        return f"{self.framework}, {self.value}"


def relation_kinds() -> list[tuple[str, str]]:
    """Return the kinds of relations that the topic has, each with the verb between the two."""
    return list(settings.TOPIC.relation_kinds.items())


class Relation(Versioned):
    """How one framework stands to another, on the word of the claims named."""

    key_fields = ("framework", "kind", "other")

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="relations")
    kind = kind_field(relation_kinds)
    other = models.ForeignKey(Framework, models.PROTECT, related_name="related_from")
    text = models.CharField(max_length=300, blank=True, help_text="One sentence in your own words.")
    claims = models.ManyToManyField("frameworks.Claim", related_name="relations")

    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["framework__name", "kind", "other__name"]
        constraints = [
            models.UniqueConstraint("framework", "kind", "other", name="relation_once_per_pair_and_kind"),
            models.CheckConstraint(condition=~Q(framework=F("other")), name="relation_joins_two_frameworks"),
            kind_check("relation_kind_is_slug"),
        ]

    def __str__(self) -> str:
        return f"{self.framework} {self.get_kind_display()} {self.other}"


say(
    "criterion_unscored_has_no_weight",
    "default_weight",
    "A criterion that is not scored must have weight 0.",
)
say(
    "criterion_scored_has_rubric",
    "rubric_1",
    "A scored criterion needs a sentence for each score from 1 to 5.",
)
say(
    "criterion_review_interval_in_range",
    "review_interval_days",
    "Enter a number of days from 1 to 3650.",
)
say(
    "facet_value_slug_once_per_facet",
    "slug",
    "This facet already has a value with that slug.",
)
say(
    "trait_once_per_framework_and_value",
    "value",
    f"This {settings.TOPIC.item} already has that value.",
)
say(
    "relation_once_per_pair_and_kind",
    "other",
    "There is already such a relation between these two.",
)
say(
    "relation_joins_two_frameworks",
    "other",
    f"A relation must join two different {settings.TOPIC.items}.",
)
