"""Store what follows from the facts for a project: use cases with their weights, the rules that sources state, and
snapshots of comparisons."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from frameworks.models import Claim, Component, Criterion, FacetValue, Framework, Source, Versioned
from frameworks.models.constraints import (
    CHOOSE,
    LINE_FROM_ONE,
    ONE_TO_FIVE,
    SENTENCES,
    WEIGHT_MAX,
    one_to_five_check,
    say,
    slug_check,
    slug_field,
    weight_check,
)
from frameworks.models.evidence.sources import OnALine
from frameworks.models.natural_keys import VersionedQuerySet


class UseCaseQuerySet(VersionedQuerySet["UseCase"]):
    def with_demands(self) -> "UseCaseQuerySet":
        """Prefetch weights and must-haves, in two further queries."""
        weights = models.Prefetch("weights", UseCaseWeight.objects.select_related("criterion"))
        needs = models.Prefetch("needs", Need.objects.select_related("value__facet", "criterion"))
        return self.prefetch_related(weights).prefetch_related(needs)

    def with_advice(self) -> "UseCaseQuerySet":
        """Prefetch the published recommendations with their claims."""
        return self.prefetch_related(models.Prefetch("recommendations", Recommendation.objects.in_full()))


class UseCase(Versioned):
    """A kind of project: a named set of weights and must-haves."""

    key_fields = ("slug",)
    name_field = "name"
    is_renamable = True

    slug = slug_field()
    name = models.CharField(max_length=80, unique=True)
    summary = models.CharField(max_length=300, help_text="What such a project is, in one or two sentences.")
    weights_reason = models.CharField(
        "reason for the weights",
        max_length=300,
        blank=True,
        help_text="Why these weights were chosen, according to the sources.",
    )
    dispute = models.CharField(
        max_length=300, blank=True, help_text="If sources recommend different frameworks, who says what."
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")

    objects = UseCaseQuerySet.as_manager()

    class Meta:
        ordering = ["position", "name"]
        constraints = [slug_check("use_case_slug_is_slug")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("comparisons:use_case", args=[self.slug])


class UseCaseWeight(Versioned):
    """The weight of one criterion in a use case. Criteria without one keep their default weight."""

    key_fields = ("use_case", "criterion")

    use_case = models.ForeignKey(UseCase, models.PROTECT, related_name="weights")
    criterion = models.ForeignKey(
        Criterion, models.PROTECT, related_name="use_case_weights", limit_choices_to={"is_scored": True}
    )
    weight = models.PositiveSmallIntegerField(
        validators=[MaxValueValidator(WEIGHT_MAX)], help_text="0 to 10."
    )

    objects = VersionedQuerySet.as_manager()

    class Meta:
        verbose_name = "weight"
        ordering = ["use_case", "criterion__group__position", "criterion__position"]
        constraints = [
            models.UniqueConstraint("use_case", "criterion", name="use_case_weight_once_per_criterion"),
            weight_check("use_case_weight_in_range", "weight"),
        ]

    def __str__(self) -> str:
        return f"{self.use_case}, {self.criterion}: {self.weight}"


class Need(Versioned):
    """A must-have of a use case: a facet value, or the lowest score that will do, with the claims that support it."""

    key_fields = ("use_case", "number")

    use_case = models.ForeignKey(UseCase, models.PROTECT, related_name="needs")
    number = models.PositiveSmallIntegerField(
        help_text="Distinguishes the needs of one use case. It cannot be changed later."
    )
    value = models.ForeignKey(
        FacetValue, models.PROTECT, null=True, blank=True, related_name="needs", verbose_name="property"
    )
    criterion = models.ForeignKey(
        Criterion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="needs",
        limit_choices_to={"is_scored": True},
    )
    minimum = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=ONE_TO_FIVE, help_text="The lowest acceptable score, 1 to 5."
    )
    claims = models.ManyToManyField(Claim, related_name="needs")

    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["use_case", "number"]
        constraints = [
            models.UniqueConstraint("use_case", "number", name="need_numbered_once"),
            one_to_five_check("need_minimum_in_range", "minimum"),
            models.CheckConstraint(
                condition=Q(value__isnull=False, criterion__isnull=True, minimum__isnull=True)
                | Q(value__isnull=True, criterion__isnull=False, minimum__isnull=False),
                name="need_is_value_or_minimum",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use_case}: {self.wanted}"

    @property
    def wanted(self) -> str:
        """Return the requirement in words: `Built in: Admin`, `Security at least 3`."""
        return str(self.value or f"{self.criterion} at least {self.minimum}")

    def clean(self) -> None:
        if (self.value_id is None) == (self.criterion_id is None) or (self.criterion_id is None) != (
            self.minimum is None
        ):
            raise ValidationError({"value": SENTENCES["need_is_value_or_minimum"]})


class RecommendationQuerySet(VersionedQuerySet["Recommendation"]):
    def public(self) -> "RecommendationQuerySet":
        """Leave out recommendations that name an unpublished framework, alone or in a combination."""
        # A subquery, because a join would look only at the framework whose recommendations these are.
        hidden = Recommendation.objects.filter(frameworks__is_published=False)
        return self.exclude(pk__in=hidden.order_by().values("pk"))

    def published(self) -> "RecommendationQuerySet":
        """Leave out also those that name a retired framework or component, or that only retired sources make."""
        retired = Recommendation.objects.filter(
            Q(frameworks__is_published=False)
            | Q(frameworks__retired_on__isnull=False)
            | Q(component__retired_on__isnull=False)
        )
        claims = Claim.objects.filter(recommendations=models.OuterRef("pk"))
        is_made = ~models.Exists(claims) | models.Exists(claims.in_evidence())
        return self.filter(is_made).exclude(pk__in=retired.order_by().values("pk"))

    def in_full(self, *, with_retired: bool = False) -> "RecommendationQuerySet":
        """Return the published ones with their frameworks and claims, first choices first, in three queries.

        With `with_retired`, all public ones with all their claims: those that name something retired, too.
        """
        claims = Claim.objects.public() if with_retired else Claim.objects.published()
        rank = models.Case(
            *(
                models.When(strength=strength, then=place)
                for place, strength in enumerate(Recommendation.Strength)
            )
        )
        return (
            (self.public() if with_retired else self.published())
            .select_related("use_case", "component")
            .prefetch_related("frameworks", models.Prefetch("claims", claims.cited()))
            .order_by(rank, "use_case__position", "slug")
        )


class Recommendation(Versioned):
    """What sources recommend for a use case: one framework, one component, or several frameworks together."""

    key_fields = ("use_case", "slug")

    class Strength(models.TextChoices):
        FIRST = "first", "first choice"
        SUITABLE = "suitable", "also suitable"
        AGAINST = "against", "not recommended"

    use_case = models.ForeignKey(UseCase, models.PROTECT, related_name="recommendations")
    slug = slug_field(unique=False)
    frameworks = models.ManyToManyField(
        Framework,
        blank=True,
        related_name="recommendations",
        help_text="Several frameworks form a combination, to be used together.",
    )
    component = models.ForeignKey(
        Component, models.PROTECT, null=True, blank=True, related_name="recommendations"
    )
    strength = models.CharField(max_length=10, choices=Strength, default=Strength.FIRST)
    claims = models.ManyToManyField(Claim, related_name="recommendations")

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["use_case", "slug"]
        constraints = [
            slug_check("recommendation_slug_is_slug"),
            models.UniqueConstraint("use_case", "slug", name="recommendation_slug_once_per_use_case"),
            models.CheckConstraint(
                condition=Q(strength__in=["first", "suitable", "against"]),
                name="recommendation_strength_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.use_case}: {self.slug}"

    @property
    def is_combination(self) -> bool:
        """Return whether several frameworks are to be used together. Costs no query after `in_full()`."""
        return len(self.frameworks.all()) > 1

    @property
    def source_count(self) -> int:
        """Return how many sources recommend it. Costs no query after `in_full()`."""
        return len({claim.source_id for claim in self.claims.all()})


class Prompt(Versioned):
    """A question of the decision helper."""

    key_fields = ("slug",)
    name_field = "text"

    slug = slug_field()
    text = models.CharField(max_length=120, unique=True)
    help = models.CharField(max_length=200, blank=True)
    takes_several = models.BooleanField(
        "takes several answers", default=False, help_text="Tick if more than one option can be selected."
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")

    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["position", "text"]
        constraints = [slug_check("prompt_slug_is_slug")]

    def __str__(self) -> str:
        return self.text


class Option(Versioned):
    """An answer to choose for a question of the decision helper."""

    key_fields = ("prompt", "slug")
    name_field = "text"
    named_within = "prompt"

    prompt = models.ForeignKey(Prompt, models.PROTECT, related_name="options")
    slug = slug_field(unique=False)
    text = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")

    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["prompt__position", "position"]
        constraints = [
            slug_check("option_slug_is_slug"),
            models.UniqueConstraint("prompt", "slug", name="option_slug_once_per_prompt"),
        ]

    def __str__(self) -> str:
        return f"{self.prompt} {self.text}"


class Rule(OnALine, Versioned):
    """A decision rule that a source states: under a condition, choose a framework or avoid it."""

    key_fields = ("key",)

    key = models.SlugField(
        max_length=60,
        unique=True,
        help_text="The name of this rule: source and line. It cannot be changed later.",
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="rules")
    line = models.PositiveIntegerField(
        validators=[MinValueValidator(1)], help_text="The line of the source’s file, counted from 1."
    )
    paraphrase = models.CharField(
        max_length=300, help_text="What the source says, in your own words. Never its own sentence."
    )
    favours = models.ManyToManyField(
        Framework,
        blank=True,
        related_name="rules_for",
        help_text="What the rule recommends. Leave empty if it only advises against something.",
    )
    is_combination = models.BooleanField(
        "together",
        default=False,
        help_text="Tick if the recommended frameworks are to be used together; otherwise, either is suitable.",
    )
    component = models.ForeignKey(
        Component,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        help_text="The component of the framework that the rule recommends, if it names one.",
    )
    against = models.ManyToManyField(
        Framework, blank=True, related_name="rules_against", help_text="What the rule advises against."
    )
    note = models.CharField(max_length=300, blank=True, help_text="A caveat for readers.")
    claims = models.ManyToManyField(Claim, blank=True, related_name="rules")

    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["source__key", "line", "key"]
        constraints = [
            slug_check("rule_key_is_slug", "key"),
            models.CheckConstraint(condition=Q(line__gte=1), name="rule_line_from_one"),
            models.CheckConstraint(condition=~Q(paraphrase=""), name="rule_has_paraphrase"),
        ]

    def __str__(self) -> str:
        return f"{self.locator} {self.paraphrase}"

    @property
    def locator(self) -> str:
        """Return the key of the source and the line: `003:97`."""
        return f"{self.source.key}:{self.line}"


class Condition(Versioned):
    """A case in which a rule fires: all of these options are ticked. Any one of several conditions is enough."""

    key_fields = ("rule", "number")

    rule = models.ForeignKey(Rule, models.PROTECT, related_name="conditions")
    number = models.PositiveSmallIntegerField(
        help_text="Distinguishes the conditions of one rule. It cannot be changed later."
    )
    options = models.ManyToManyField(Option, related_name="conditions")

    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["rule", "number"]
        constraints = [models.UniqueConstraint("rule", "number", name="condition_numbered_once")]

    def __str__(self) -> str:
        return f"{self.rule.locator}, condition {self.number}"


class Snapshot(models.Model):
    """A permanent copy of a comparison. The database refuses to change or delete one.

    The id is a hash of the content alone, so that the same content has the same address. The other fields are those of
    the first time that it was saved.
    """

    id = models.CharField(primary_key=True, max_length=26)
    size = models.PositiveIntegerField(help_text="The size of the content in bytes.")
    stood_at = models.DateTimeField(help_text="The moment that the facts are from.")
    created_at = models.DateTimeField()
    # The last column, so that SQLite adds up the sizes without reading the contents.
    content = models.TextField(help_text="`content.Content` as canonical JSON: text, so that its bytes stay.")

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(id__regex=r"^[a-z2-7]{26}\Z"), name="snapshot_id_is_hash"),
            models.CheckConstraint(condition=~Q(content=""), name="snapshot_has_content"),
        ]

    def __str__(self) -> str:
        return self.id

    def get_absolute_url(self) -> str:
        return reverse("comparisons:snapshot", args=[self.id])


class Freezing(models.Model):
    """The event that somebody saved a new snapshot, counted for the limits and deleted after two days."""

    at = models.DateTimeField(db_index=True)
    sender = models.CharField(max_length=64, help_text="A keyed hash of the network, different each day.")

    class Meta:
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"at {self.at:%Y-%m-%d %H:%M}"


say(
    "use_case_weight_once_per_criterion",
    "criterion",
    "This use case already has a weight for that criterion.",
)
say(
    "need_numbered_once",
    "number",
    "This use case already has a must-have with that number.",
)
say(
    "need_is_value_or_minimum",
    "value",
    "Choose either a property, or a criterion with the lowest acceptable score.",
)
say(
    "recommendation_slug_once_per_use_case",
    "slug",
    "This use case already has a recommendation with that slug.",
)
say(
    "recommendation_strength_is_known",
    "strength",
    CHOOSE,
)
say(
    "option_slug_once_per_prompt",
    "slug",
    "This question already has an option with that slug.",
)
say(
    "rule_line_from_one",
    "line",
    LINE_FROM_ONE,
)
say(
    "rule_has_paraphrase",
    "paraphrase",
    "Say in your own words what the source says.",
)
say(
    "condition_numbered_once",
    "number",
    "This rule already has a condition with that number.",
)
