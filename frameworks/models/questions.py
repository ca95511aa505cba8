"""Questions that readers ask, and what each source answers."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from .evidence import Claim, Source
from .promises import slug_check, slug_field
from .recorded import Recorded


class QuestionQuerySet(models.QuerySet["Question"]):
    def get_by_natural_key(self, slug: str) -> "Question":
        return self.get(slug=slug)


class Question(Recorded):
    """A question that at least one source answers as such."""

    slug = slug_field()
    text = models.CharField(max_length=160, unique=True)
    dispute = models.CharField(
        max_length=300,
        blank=True,
        help_text="Where the answers contradict each other, in one or two sentences.",
    )
    claims = models.ManyToManyField(
        Claim, blank=True, related_name="questions", help_text="What sources say to it elsewhere."
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower comes first.")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "text"]
        constraints = [slug_check("question_slug_is_slug")]

    def __str__(self) -> str:
        return self.text

    def natural_key(self) -> tuple[str]:
        return (self.slug,)

    natural_key.dependencies = ["frameworks.claim"]  # type: ignore[attr-defined]

    def get_absolute_url(self) -> str:
        return f"{reverse('frameworks:questions')}#{self.slug}"


class AnswerQuerySet(models.QuerySet["Answer"]):
    def get_by_natural_key(self, question: str, source: str, line: int) -> "Answer":
        return self.get(question__slug=question, source__key=source, line=line)


class Answer(Recorded):
    """What one source answers, in our own words."""

    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    source = models.ForeignKey(Source, models.PROTECT, related_name="answers")
    line = models.PositiveIntegerField(
        validators=[MinValueValidator(1)], help_text="Line of the source's file, counted from 1."
    )
    stance = models.CharField(max_length=60, help_text="The answer in a few words.")
    text = models.TextField(help_text="What it answers, in our own words. Never its sentences.")
    question_is_stated = models.BooleanField(
        default=True,
        help_text="Unticked: the source gives the answer alone, and the question is inferred from it.",
    )
    claims = models.ManyToManyField(Claim, blank=True, related_name="answers")

    objects = AnswerQuerySet.as_manager()

    class Meta:
        ordering = ["question__position", "source__key", "line"]
        constraints = [
            models.UniqueConstraint("question", "source", "line", name="answer_once_per_place"),
            models.CheckConstraint(condition=Q(line__gte=1), name="answer_line_from_one"),
            models.CheckConstraint(condition=~Q(text=""), name="answer_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.source.short_name}: {self.stance}"

    def natural_key(self) -> tuple[str, str, int]:
        return (self.question.slug, self.source.key, self.line)

    natural_key.dependencies = [  # type: ignore[attr-defined]
        "frameworks.question",
        "frameworks.source",
        "frameworks.claim",
    ]

    @property
    def locator(self) -> str:
        """Where it stands: `003:100`, source and line."""
        return f"{self.source.key}:{self.line}"
