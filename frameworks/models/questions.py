"""Define questions that readers ask, and what each source answers."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from .constraints import LINE_FROM_ONE, say, slug_check, slug_field
from .evidence.claims import Claim
from .evidence.sources import OnALine, Source
from .natural_keys import VersionedQuerySet
from .versioned import Versioned


class QuestionQuerySet(VersionedQuerySet["Question"]):
    def public(self) -> "QuestionQuerySet":
        """Keep questions that readers see: a source answers them that is not retired."""
        current = Answer.objects.filter(source__retired_on=None)
        return self.filter(models.Exists(current.filter(question=models.OuterRef("pk"))))

    def in_full(self) -> "QuestionQuerySet":
        """Keep questions that readers see, each with its answers and all claims: four queries."""
        claims = Claim.objects.published().cited()
        answers = Answer.objects.filter(source__retired_on=None).select_related("source")
        return (
            self.public()
            .prefetch_related(models.Prefetch("answers", answers))
            .prefetch_related(models.Prefetch("answers__claims", claims))
            .prefetch_related(models.Prefetch("claims", claims))
        )


class Question(Versioned):
    """A question that at least one source answers as such."""

    key_fields = ("slug",)
    name_field = "text"

    slug = slug_field()
    text = models.CharField(max_length=160, unique=True)
    dispute = models.CharField(
        max_length=300,
        blank=True,
        help_text="Where the answers contradict each other, in one or two sentences.",
    )
    claims = models.ManyToManyField(
        Claim, blank=True, related_name="questions", help_text="What sources say about it elsewhere."
    )
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")

    objects = QuestionQuerySet.as_manager()

    class Meta:
        ordering = ["position", "text"]
        constraints = [slug_check("question_slug_is_slug")]

    def __str__(self) -> str:
        return self.text

    def get_absolute_url(self) -> str:
        return f"{reverse('frameworks:questions')}#{self.slug}"


class Answer(OnALine, Versioned):
    """What one source answers, in our own words."""

    key_fields = ("question", "source", "line")

    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    source = models.ForeignKey(Source, models.PROTECT, related_name="answers")
    line = models.PositiveIntegerField(
        validators=[MinValueValidator(1)], help_text="The line of the source’s file, counted from 1."
    )
    stance = models.CharField(max_length=60, help_text="The answer in a few words.")
    text = models.TextField(help_text="What the source answers, in your own words. Never its own sentences.")
    question_is_stated = models.BooleanField(
        default=True,
        help_text="Untick if the source gives only the answer and the question is inferred from it.",
    )
    claims = models.ManyToManyField(Claim, blank=True, related_name="answers")

    objects = VersionedQuerySet.as_manager()

    class Meta:
        ordering = ["question__position", "source__key", "line"]
        constraints = [
            models.UniqueConstraint("question", "source", "line", name="answer_once_per_place"),
            models.CheckConstraint(condition=Q(line__gte=1), name="answer_line_from_one"),
            models.CheckConstraint(condition=~Q(text=""), name="answer_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.question} {self.source.short_name}: {self.stance}"

    @property
    def locator(self) -> str:
        """Return source and line, as `003:100`."""
        return f"{self.source.key}:{self.line}"


say(
    "answer_once_per_place",
    "line",
    "This question already has an answer from that line of the source.",
)
say(
    "answer_line_from_one",
    "line",
    LINE_FROM_ONE,
)
say(
    "answer_has_text",
    "text",
    "Say in your own words what the source answers.",
)
