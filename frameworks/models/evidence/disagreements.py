"""Define the matters on which sources contradict each other or themselves."""

from django.db import models
from django.db.models import Q
from django.urls import reverse

from frameworks.models.constraints import CHOOSE, say, slug_check, slug_field
from frameworks.models.natural_keys import VersionedQuerySet
from frameworks.models.versioned import Versioned

from .claims import Claim


class DisagreementQuerySet(VersionedQuerySet["Disagreement"]):
    def public(self) -> "DisagreementQuerySet":
        """Keep entries that have something to show: a claim that is not on what is hidden or retired."""
        return self.filter(
            models.Exists(Claim.objects.published().filter(disagreements=models.OuterRef("pk")))
        )


class Disagreement(Versioned):
    """A matter on which sources contradict each other or themselves, with the claims that show it."""

    key_fields = ("slug",)

    class Kind(models.TextChoices):
        BETWEEN = "between", "between sources"
        WITHIN = "within", "within one source"
        BOTH = "both", "between sources and within one"
        WORDING = "wording", "in the wording"
        CONDITION = "condition", "in the conditions"
        SCOPE = "scope", "in scope"

    slug = slug_field()
    title = models.CharField(max_length=100)
    question = models.CharField(max_length=200, help_text="What is in dispute, in one sentence.")
    kind = models.CharField(max_length=10, choices=Kind)
    explanation = models.TextField(help_text="Who says what, and how readers can decide for themselves.")
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first among equals.")
    claims = models.ManyToManyField(Claim, related_name="disagreements")

    objects = DisagreementQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title"]
        constraints = [
            slug_check("disagreement_slug_is_slug"),
            models.CheckConstraint(
                condition=Q(kind__in=["between", "within", "both", "wording", "condition", "scope"]),
                name="disagreement_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return f"{reverse('frameworks:disagreements')}#{self.slug}"


say(
    "disagreement_kind_is_known",
    "kind",
    CHOOSE,
)
