"""Define the editors' ratings, and the evidence in a rating's cell."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce

from frameworks import dispute, due
from frameworks.models.catalogue import Criterion, Framework
from frameworks.models.constraints import ONE_TO_FIVE, one_to_five_check, say, validate_day_reached
from frameworks.models.natural_keys import VersionedQuerySet
from frameworks.models.versioned import Versioned

from .claims import Claim


def _evidence() -> models.QuerySet[Claim, Any]:
    """Return the claims in a rating's cell, as a subquery for a query of ratings."""
    return (
        Claim.objects.in_evidence()
        .filter(framework=models.OuterRef("framework"))
        .filter(Q(criterion=models.OuterRef("criterion")) | Q(joint_criterion=models.OuterRef("criterion")))
        .order_by()
        .values("framework")
    )


def _backed_by(claims: Q) -> Q:
    """Match ratings that one of these claims backs: with a reading, or with any where the rating states a departure."""
    own = _evidence().filter(claims)
    return Q(models.Exists(own.filter(reading__isnull=False))) | ~Q(departure="") & Q(models.Exists(own))


class RatingQuerySet(VersionedQuerySet["Rating"]):
    def public(self) -> "RatingQuerySet":
        """Keep published ratings of frameworks with a page."""
        return self.filter(is_published=True, framework__is_published=True)

    def current(self) -> "RatingQuerySet":
        """Leave out ratings of a retired framework or under a retired criterion."""
        return self.filter(framework__retired_on=None).exclude(criterion__in=Criterion.objects.retired())

    def published(self) -> "RatingQuerySet":
        """Keep ratings that are compared."""
        return self.public().current()

    def under(self, criterion: Criterion) -> "RatingQuerySet":
        return self.filter(criterion=criterion)

    def with_spread(self) -> "RatingQuerySet":
        """Annotate `reading_spread`, in the same query: 0 to 4, None where no claim has a reading."""
        spread = _evidence().annotate(n=dispute.spread_of("reading")).values("n")
        return self.annotate(
            reading_spread=models.Subquery(spread, output_field=models.IntegerField(null=True))
        )

    def with_evidence(self) -> "RatingQuerySet":
        """Annotate `claim_count`, `source_count` and `reading_spread`, in the same query."""
        count = _evidence().annotate(n=models.Count("pk")).values("n")
        sources = _evidence().annotate(n=models.Count("source", distinct=True)).values("n")
        return self.annotate(
            claim_count=Coalesce(models.Subquery(count), 0),
            source_count=Coalesce(models.Subquery(sources), 0),
        ).with_spread()

    def disputed(self) -> "RatingQuerySet":
        return self.with_evidence().filter(dispute.disputed())

    def backed(self) -> "RatingQuerySet":
        """Keep ratings that a claim backs, which may be published."""
        return self.filter(_backed_by(Q()))

    def only_backed_by(self, claims: Q) -> "RatingQuerySet":
        """Keep ratings that are backed by some of these claims, and by no others."""
        return self.filter(_backed_by(claims), ~_backed_by(~claims))

    def due(self, today: date) -> "RatingQuerySet":
        """Keep ratings last reviewed longer ago than their criterion allows, or never. None is due that is retired."""
        return self.current().filter(due.due(today))

    def to_review(self, today: date) -> "RatingQuerySet":
        """Order ratings by urgency of review; annotate `is_due` and `reading_spread`.

        Ratings that are due come first: among them by spread, widest first, then by how long they are overdue, with
        those never reviewed at the top. The others follow, the soonest due first.
        """
        lateness = F("reviewed_on") - due.latest_too_old(today)
        spread = models.Case(models.When(is_due=True, then=F("reading_spread")))
        return (
            self.with_spread()
            .annotate(is_due=models.ExpressionWrapper(due.due(today), models.BooleanField()))
            .order_by(
                "-is_due",
                spread.desc(nulls_last=True),
                models.ExpressionWrapper(lateness, models.DurationField()).asc(nulls_first=True),
                "framework__name",
                "criterion__name",
            )
        )


#: What the editors judge in a rating: whoever changes it has checked the rating against its claims.
JUDGED = frozenset({"score", "verdict", "rationale", "departure"})


class Rating(Versioned):
    """The editors' verdict on one framework under one criterion, by its rubric and on cited claims.

    A published rating has a claim with a reading, from which its score follows, or a claim and a stated departure:
    triggers enforce this on either database.
    """

    key_fields = ("framework", "criterion")

    framework = models.ForeignKey(Framework, models.PROTECT, related_name="ratings")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="ratings")
    score = models.PositiveSmallIntegerField(
        validators=ONE_TO_FIVE,
        help_text="1 to 5 by the criterion’s rubric. A higher score is better for the reader.",
    )
    verdict = models.CharField(max_length=80, help_text="The verdict in a few words.")
    rationale = models.TextField(
        help_text="Why the rubric leads to this score and, if sources differ, how the verdict was reached."
    )
    departure = models.TextField(
        blank=True,
        help_text="Why the score departs from the median of the sources, or what it rests on if no claim has a reading."
        " Leave empty if it follows.",
    )
    is_published = models.BooleanField(
        "published",
        default=False,
        help_text="A rating is public only when it is published, and then it needs a claim with a reading,"
        " or a claim and a departure.",
    )
    reviewed_on = models.DateField(
        "last reviewed",
        null=True,
        blank=True,
        validators=[validate_day_reached],
        help_text="When an editor last checked the rating against its claims.",
    )

    objects = RatingQuerySet.as_manager()

    class Meta:
        ordering = ["framework__name", "criterion__group__position", "criterion__position"]
        constraints = [
            models.UniqueConstraint("framework", "criterion", name="rating_once_per_framework_and_criterion"),
            one_to_five_check("rating_score_in_range", "score"),
            models.CheckConstraint(
                condition=~Q(verdict="") & ~Q(rationale=""), name="rating_has_verdict_and_rationale"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.framework}, {self.criterion}"

    def get_absolute_url(self) -> str:
        return f"{self.framework.get_absolute_url()}#{self.criterion.slug}"

    def clean(self) -> None:
        if self.criterion_id and not self.criterion.is_scored:
            raise ValidationError(
                {"criterion": f"“{self.criterion}” is not scored, so it cannot have ratings."}
            )

    def note_review(self, changed: Collection[str], today: date) -> None:
        """Set the day of the last review if what the editors judge is among the changed fields."""
        if not JUDGED.isdisjoint(changed):
            self.reviewed_on = today

    def days_overdue(self, today: date) -> int | None:
        """Return for how many days the review has been overdue: 0 on the day it falls due, negative before.

        None when the rating was never reviewed.
        """
        return due.days_overdue(self.reviewed_on, self.criterion.review_interval_days, today)


say(
    "rating_once_per_framework_and_criterion",
    "criterion",
    f"This {settings.TOPIC.item} already has a rating under this criterion. Change that one instead.",
)
say(
    "rating_has_verdict_and_rationale",
    "rationale",
    "A rating needs a verdict and a rationale.",
)
