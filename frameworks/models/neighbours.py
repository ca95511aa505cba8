"""Define the frameworks' neighbours: tools and standards, and which add a capability that is not built in."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from .catalogue import CAPABILITY, FacetValue, Framework
from .constraints import (
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
)
from .evidence.claims import Claim
from .natural_keys import RetirableQuerySet, VersionedQuerySet
from .versioned import Fact, Retirable, Versioned


class ComponentQuerySet(RetirableQuerySet["Component"]):
    def public(self) -> "ComponentQuerySet":
        """Leave out components whose ties and additions are all to unpublished frameworks."""
        ties, additions = (kind.objects.filter(component=models.OuterRef("pk")) for kind in (Tie, Addition))
        public = {"framework__is_published": True}
        return self.filter(
            models.Exists(ties.filter(**public))
            | models.Exists(additions.filter(**public))
            | ~models.Exists(ties) & ~models.Exists(additions)
        )


def component_kinds() -> list[tuple[str, str]]:
    """Return what components are for in this topic. How one stands to a framework is recorded in its ties."""
    return list(settings.TOPIC.component_kinds.items())


class Component(Retirable):
    """A neighbouring tool or standard that a source names: not a framework itself, but part of the choice."""

    key_fields = ("slug",)
    name_field = "name"
    is_renamable = True

    slug = slug_field()
    name = models.CharField(max_length=60, unique=True)
    kind = kind_field(component_kinds)
    label = models.CharField(max_length=60, help_text="What the component is, in two or three words.")
    summary = models.CharField(
        max_length=300, help_text="One sentence in your own words. Say only what a source says."
    )
    website = http_url_field("The component’s own home page (http or https).")
    synonyms = synonyms_field()
    retired_on = retired_on_field()
    retired_because = retired_because_field()

    objects = ComponentQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            slug_check("component_slug_is_slug"),
            http_url_check("component_website_is_http", "website"),
            models.CheckConstraint(condition=~Q(summary=""), name="component_has_summary"),
            kind_check("component_kind_is_slug"),
            retirement_check("component_retirement_is_whole"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("frameworks:component", args=[self.slug])


class NeighbourQuerySet(VersionedQuerySet[Fact]):
    def current(self) -> Self:
        """Keep rows about frameworks that are compared and components that are not retired."""
        return self.filter(
            framework__is_published=True, framework__retired_on=None, component__retired_on=None
        )

    def public(self) -> Self:
        """Keep rows about frameworks with a page, each with framework, component and claims, in two queries. Claims of
        retired sources are among them, as they are behind every fact that is not a judgement."""
        return (
            self.filter(framework__is_published=True)
            .select_related("framework", "component")
            .prefetch_related(models.Prefetch("claims", Claim.objects.public().cited()))
        )


def tie_kinds() -> list[tuple[str, str]]:
    """Return the kinds of ties that the topic has, each with the verb that follows the component."""
    return [(slug, kind.says) for slug, kind in settings.TOPIC.tie_kinds.items()]


class Tie(Versioned):
    """How a component stands to a framework, on the word of the claims named."""

    key_fields = ("component", "kind", "framework")

    component = models.ForeignKey(Component, models.PROTECT, related_name="ties")
    kind = kind_field(tie_kinds)
    framework = models.ForeignKey(Framework, models.PROTECT, related_name="ties")
    text = models.CharField(max_length=300, blank=True, help_text="One sentence in your own words.")
    claims = models.ManyToManyField("frameworks.Claim", related_name="ties")

    objects = NeighbourQuerySet.as_manager()

    class Meta:
        ordering = ["component__name", "framework__name", "kind"]
        constraints = [
            models.UniqueConstraint("component", "kind", "framework", name="tie_once_per_pair_and_kind"),
            kind_check("tie_kind_is_slug"),
        ]

    def __str__(self) -> str:
        return f"{self.component} {self.get_kind_display()} {self.framework}"


class Addition(Versioned):
    """A component that adds to a framework a capability which it lacks, on the word of the claims named.

    Several additions for one capability are alternatives.
    """

    key_fields = ("framework", "capability", "component")

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="additions")
    capability = models.ForeignKey(
        FacetValue,
        models.PROTECT,
        related_name="additions",
        limit_choices_to={"facet__slug": CAPABILITY},
    )
    component = models.ForeignKey(Component, models.PROTECT, related_name="additions")
    note = models.CharField(max_length=300, blank=True, help_text="A caveat for readers.")
    claims = models.ManyToManyField("frameworks.Claim", related_name="additions")

    objects = NeighbourQuerySet.as_manager()

    class Meta:
        ordering = ["framework__name", "capability__position", "component__name"]
        constraints = [
            models.UniqueConstraint(
                "framework", "capability", "component", name="addition_once_per_framework_and_capability"
            )
        ]

    def __str__(self) -> str:
        return f"{self.framework}, {self.capability.name}: {self.component}"


say(
    "component_has_summary",
    "summary",
    "Say in one sentence what the component is.",
)
say(
    "tie_once_per_pair_and_kind",
    "framework",
    f"This component already stands to this {settings.TOPIC.item} in that way.",
)
say(
    "addition_once_per_framework_and_capability",
    "component",
    f"This component already adds that capability to this {settings.TOPIC.item}.",
)
