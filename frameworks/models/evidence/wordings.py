"""Define the table of readings: what the words of sources amount to on a rubric."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from frameworks import wordings
from frameworks.models.catalogue import Criterion
from frameworks.models.constraints import (
    ONE_TO_FIVE,
    PHRASES,
    one_to_five_check,
    say,
    slug_check,
    slug_field,
)
from frameworks.models.natural_keys import VersionedQuerySet
from frameworks.models.versioned import Versioned


class WordingQuerySet(VersionedQuerySet["Wording"]):
    def with_claim_counts(self) -> "WordingQuerySet":
        """Annotate `claim_count`, the number of published claims that are read by the row. Highest readings first."""
        public = Q(
            claims__framework__is_published=True,
            claims__framework__retired_on=None,
            claims__source__retired_on=None,
        )
        # Grouped, rows would lose the order of their model.
        counted = self.annotate(claim_count=models.Count("claims", filter=public))
        return counted.order_by(F("reading").desc(nulls_last=True), "words")


class Wording(Versioned):
    """A row of the table of readings: words that sources use under one criterion, and what they read as.

    The same words read as the same figure, whoever says them and of whichever framework. Triggers see to it that a
    claim has the reading of its row, also after the row has changed.
    """

    key_fields = ("slug",)
    many = "reading rows"

    slug = slug_field()
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="wordings")
    words = models.CharField(
        max_length=500,
        validators=[
            RegexValidator(PHRASES, "Use lower-case letters, single spaces, and “; ” between phrases.")
        ],
        help_text="The phrases in lower case, separated by semicolons: steep; steeper; overwhelming.",
    )
    reading = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=ONE_TO_FIVE,
        help_text="The step of the rubric that the words amount to. Leave empty if they do not amount to one.",
    )
    explanation = models.CharField(
        max_length=300, help_text="Why the words amount to that step, or why they do not amount to one."
    )

    objects = WordingQuerySet.as_manager()

    class Meta:
        verbose_name = "reading row"
        verbose_name_plural = "table of readings"
        ordering = [
            "criterion__group__position",
            "criterion__position",
            F("reading").desc(nulls_last=True),
            "words",
        ]
        constraints = [
            slug_check("wording_slug_is_slug"),
            one_to_five_check("wording_reading_in_range", "reading"),
            models.CheckConstraint(condition=Q(words__regex=PHRASES), name="wording_has_phrases"),
            models.CheckConstraint(condition=~Q(explanation=""), name="wording_has_explanation"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.words}"

    def get_absolute_url(self) -> str:
        return f"{self.criterion.get_absolute_url()}#row-{self.slug}"

    def clean(self) -> None:
        if not self.criterion_id:
            return
        if self.reading is not None and not self.criterion.is_scored:
            raise ValidationError(
                {"reading": f"“{self.criterion}” is not scored, so its claims cannot have a reading."}
            )
        if sentence := wordings.other_step(self.explanation, self.reading):
            raise ValidationError({"explanation": sentence})
        others = [row for row in self.criterion.table_of_readings if row.pk != self.pk]
        taken = {phrase: other for other in others for phrase in other.phrases}
        for phrase in self.phrases:
            if contradiction := wordings.contradiction(phrase, self.reading, self.criterion.rubric):
                raise ValidationError({"words": contradiction})
            if phrase in taken:
                raise ValidationError(
                    {"words": f"“{phrase}” is in another row already: “{taken[phrase].words}”."}
                )

    @property
    def phrases(self) -> list[str]:
        return self.words.split("; ")


say(
    "wording_has_phrases",
    "words",
    "Use lower-case letters, single spaces, and “; ” between phrases.",
)
say(
    "wording_has_explanation",
    "explanation",
    "Say why the words amount to that step, or why they do not amount to one.",
)
