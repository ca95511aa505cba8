"""Define claims: what one source says about one framework under one criterion, at one line."""

from typing import Any, NotRequired

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property

# Not from typing: the API's schemas are made of these, which needs the TypedDict of Python 3.12.
from typing_extensions import TypedDict

from frameworks import wordings
from frameworks.models.catalogue import Criterion, Framework
from frameworks.models.constraints import (
    CHOOSE,
    LINE_FROM_ONE,
    ONE_TO_FIVE,
    STEPS,
    one_to_five_check,
    say,
    slug_check,
    validate_slug,
)
from frameworks.models.natural_keys import VersionedQuerySet
from frameworks.models.versioned import Versioned

from .sources import OnALine, Source, on_public_frameworks
from .wordings import Wording

#: At most six words: a rating term is copied from a table or a list, a sentence never is.
TERM = r"^(\S+( \S+){0,5})?\Z"
#: The middle of the scale.
MIDDLE = sum(STEPS) // 2


class ClaimQuerySet(VersionedQuerySet["Claim"]):
    def under(self, criterion: Criterion) -> "ClaimQuerySet":
        """Keep claims filed under the criterion, including those that share it with another."""
        return self.filter(Q(criterion=criterion) | Q(joint_criterion=criterion))

    def about(self, *frameworks: Framework) -> "ClaimQuerySet":
        return self.filter(framework__in=frameworks)

    def public(self) -> "ClaimQuerySet":
        """Keep claims that their source's page lists: on frameworks with a page and on frameworks in general."""
        return self.filter(on_public_frameworks())

    def in_evidence(self) -> "ClaimQuerySet":
        """Leave out claims of retired sources: they count for nothing any more."""
        return self.exclude(source__in=Source.objects.retired())

    def published(self) -> "ClaimQuerySet":
        """Keep claims that count: in evidence, on frameworks that are compared and on frameworks in general, under a
        criterion that is not retired."""
        retired = Criterion.objects.retired()
        shared = Q(joint_criterion__isnull=False) & ~Q(joint_criterion__in=retired)
        return (
            self.public()
            .in_evidence()
            .filter(Q(framework__retired_on=None), ~Q(criterion__in=retired) | shared)
        )

    def behind(self, framework: Framework, criterion: Criterion) -> "ClaimQuerySet":
        """Keep the evidence of one cell."""
        return self.about(framework).under(criterion).in_evidence()

    def cited(self) -> "ClaimQuerySet":
        """Fetch all that a citation shows, in the order of source and line."""
        related = ("source", "framework", "criterion", "joint_criterion", "wording__criterion")
        return self.select_related(*related).order_by("source__key", "line", "pk")

    def in_unrated_cells(self) -> "ClaimQuerySet":
        """Keep claims in a cell without a rating: under the claim's own criterion or the joint one."""

        def unrated(criterion: str) -> Q:
            rated = Framework.objects.filter(
                pk=models.OuterRef("framework"), ratings__criterion=models.OuterRef(criterion)
            )
            return Q(
                ~models.Exists(rated),
                **{f"{criterion}__is_scored": True, f"{criterion}__retired_on": None},
            )

        compared = Q(framework__isnull=False, framework__retired_on=None)
        return self.in_evidence().filter(compared & (unrated("criterion") | unrated("joint_criterion")))

    def readings_beside(self, source: Source) -> models.QuerySet["Claim", Any]:
        """Count and add up readings on the frameworks that this source reads too, by framework, criterion and joint
        criterion, by source, and by whether they are its own."""
        read = Claim.objects.filter(source=source, reading__isnull=False, framework__isnull=False)
        return (
            self.filter(framework__in=read.order_by().values("framework"), reading__isnull=False)
            .order_by()
            .annotate(is_own=models.ExpressionWrapper(Q(source=source), models.BooleanField()))
            .values_list("framework_id", "criterion_id", "joint_criterion_id", "source_id", "is_own")
            .annotate(count=models.Count("reading"), total=models.Sum("reading"))
        )

    def tallies(self) -> models.QuerySet["Claim", Any]:
        """Count each source's claims on each framework by criterion and joint criterion, with their lowest and highest
        reading."""
        return (
            self.filter(framework__isnull=False)
            .order_by()
            .values("framework_id", "criterion_id", "joint_criterion_id", "source_id")
            .annotate(claims=models.Count("pk"), lowest=models.Min("reading"), highest=models.Max("reading"))
        )


class ClaimContent(TypedDict):
    """What one source says at one line: `term` in its own rating words, `paraphrase` in ours, `reading` from 1 to 5.

    Copies from before 2026-11-29 have neither `condition` nor `comparison`.
    """

    key: str
    source: str
    line: int
    part: str
    term: str
    paraphrase: str
    condition: NotRequired[str]
    comparison: NotRequired[str]
    reading: int | None
    note: str


class Claim(OnALine, Versioned):
    """What one source says about one framework under one criterion, at one line."""

    key_fields = ("key",)

    class Part(models.TextChoices):
        TABLE = "table", "table"
        LIST = "list", "list"
        PROSE = "prose", "prose"
        ANSWER = "answer", "answer"

    key = models.SlugField(
        max_length=120,
        unique=True,
        validators=[validate_slug],
        help_text="The name of this claim in fixtures and links. It cannot be changed later.",
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="claims")
    line = models.PositiveIntegerField(
        validators=[MinValueValidator(1)], help_text="The line of the source’s file, counted from 1."
    )
    part = models.CharField(max_length=10, choices=Part, default=Part.PROSE)
    framework = models.ForeignKey(
        Framework,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        help_text="Leave empty if the statement is about frameworks in general.",
    )
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="claims")
    joint_criterion = models.ForeignKey(
        Criterion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="joint_claims",
        help_text="Only if the source itself rates two criteria as one.",
    )
    term = models.CharField(
        max_length=80,
        blank=True,
        validators=[RegexValidator(TERM, "Use at most six words, with single spaces.")],
        help_text="The source’s own rating word, at most six words, exactly as on the line. Never a sentence.",
    )
    paraphrase = models.CharField(
        max_length=300, help_text="What the source says, in your own words. Never its own sentence."
    )
    condition = models.CharField(
        max_length=200,
        blank=True,
        help_text="The condition that the source attaches, beginning with if, for or when. Shown with the claim.",
    )
    comparison = models.CharField(
        max_length=200,
        blank=True,
        help_text="What the framework is compared with, beginning with than, among or beside. Shown with the claim.",
    )
    wording = models.ForeignKey(
        Wording,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="claims",
        help_text="The row of the table of readings whose words are in the term.",
    )
    reading = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=ONE_TO_FIVE,
        help_text="What these words amount to on the rubric, from 1 to 5, by the table of readings.",
    )
    is_factor = models.BooleanField(
        "factor",
        default=False,
        help_text="Tick if the source says that this criterion should be weighed when choosing.",
    )
    note = models.CharField(
        max_length=300, blank=True, help_text="The editors’ caveat about this claim, shown to readers."
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        ordering = ["source__key", "line", "pk"]
        constraints = [
            slug_check("claim_key_is_slug", "key"),
            one_to_five_check("claim_reading_in_range", "reading"),
            models.CheckConstraint(condition=Q(line__gte=1), name="claim_line_from_one"),
            models.CheckConstraint(condition=Q(term__regex=TERM), name="claim_term_at_most_six_words"),
            models.CheckConstraint(condition=~Q(paraphrase=""), name="claim_has_paraphrase"),
            models.CheckConstraint(
                condition=Q(part__in=["table", "list", "prose", "answer"]), name="claim_part_is_known"
            ),
            models.CheckConstraint(
                condition=Q(joint_criterion__isnull=True) | ~Q(joint_criterion=F("criterion")),
                name="claim_joint_criterion_is_another",
            ),
        ]
        indexes = [
            # Serves the matrix (tallies) and every open cell.
            models.Index(fields=["framework", "criterion"], name="claim_by_cell"),
        ]

    def __str__(self) -> str:
        return f"{self.locator} {self.framework or settings.TOPIC.items}, {self.criterion}"

    def get_absolute_url(self) -> str:
        return f"{self.source.get_absolute_url()}#{self.key}"

    def settle(self) -> None:
        """Take the reading of the row."""
        if self.wording is not None:
            self.reading = self.wording.reading

    def clean(self) -> None:
        if self.criterion_id:
            self.read_by_table()
        if self._state.adding and self.wording is None and self.reading is not None:
            raise ValidationError(
                {"reading": "No row of the table of readings has these words. Add one first."}
            )
        if self.reading is not None and self.criterion_id and not self.criterion.is_scored:
            raise ValidationError({"reading": f"“{self.criterion}” is not scored, so it takes no reading."})
        if self.joint_criterion_id and self.joint_criterion_id == self.criterion_id:
            raise ValidationError({"joint_criterion": "Choose a criterion other than the claim’s own."})
        super().clean()

    def read_by_table(self) -> None:
        """Take the row whose words are in the term, and its reading. A general statement takes none.

        Of several rows, one with a reading nearer to the middle is taken. What was read before there was a table keeps
        its reading.
        """
        if self.framework_id is None:
            self.wording = self.reading = None
            return
        criteria = filter(None, [self.criterion, self.joint_criterion])
        rows = wordings.rows_of(
            self.term, [row for criterion in criteria for row in criterion.table_of_readings]
        )
        if self.wording is not None and not rows:
            self.wording = self.reading = None
        elif self.wording not in rows and rows:
            self.wording = min(rows, key=lambda row: abs((row.reading or MIDDLE) - MIDDLE))
        self.settle()

    @cached_property
    def content(self) -> ClaimContent:
        """Return the claim as plain data. It is made once, for a claim that does not change any more."""
        return ClaimContent(
            key=self.key,
            source=self.source.key,
            line=self.line,
            part=self.part,
            term=self.term,
            paraphrase=self.paraphrase,
            condition=self.condition,
            comparison=self.comparison,
            reading=self.reading,
            note=self.note,
        )

    @property
    def quotable_term(self) -> str:
        """Return the term for use within quotation marks: double quotes inside it become single ones."""
        return self.term.translate(str.maketrans('“”"', "‘’'"))

    @property
    def qualification(self) -> str:
        """Return condition and comparison in sentences; empty where there is neither."""
        return wordings.qualification(self.condition, self.comparison)

    @property
    def locator(self) -> str:
        """Return source and line, as `003:28`."""
        return f"{self.source.key}:{self.line}"


say(
    "claim_line_from_one",
    "line",
    LINE_FROM_ONE,
)
say(
    "claim_term_at_most_six_words",
    "term",
    "Use at most six words, with single spaces.",
)
say(
    "claim_has_paraphrase",
    "paraphrase",
    "Say in your own words what the source says.",
)
say(
    "claim_part_is_known",
    "part",
    CHOOSE,
)
say(
    "claim_joint_criterion_is_another",
    "joint_criterion",
    "Choose a criterion other than the claim’s own.",
)
