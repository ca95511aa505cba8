"""Define the evidence and the verdicts on it: sources, their claims, the editors' ratings, disagreements."""

from collections.abc import Collection
from datetime import date
from typing import Any, NotRequired, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import cached_property

# Not from typing: the API's schemas are made of these, which needs the TypedDict of Python 3.12.
from typing_extensions import TypedDict

from frameworks import dispute, due, wordings

from .catalogue import Criterion, Framework
from .constraints import (
    CHOOSE,
    LINE_FROM_ONE,
    PHRASES,
    STEPS,
    http_url_check,
    http_url_field,
    one_to_five_check,
    retired_because_field,
    retired_on_field,
    retirement_check,
    say,
    slug_check,
    slug_field,
    validate_day_reached,
    validate_slug,
)
from .natural_keys import RetirableQuerySet, VersionedQuerySet
from .versioned import Retirable, Versioned

#: At most six words: a rating term is copied from a table or a list, a sentence never is.
TERM = r"^(\S+( \S+){0,5})?\Z"
#: The middle of the scale.
MIDDLE = sum(STEPS) // 2
ONE_TO_FIVE = [MinValueValidator(STEPS[0]), MaxValueValidator(STEPS[1])]


class SourceQuerySet(RetirableQuerySet["Source"]):
    def with_claim_counts(self) -> "SourceQuerySet":
        """Annotate `claim_count`, the number of published claims."""
        return self.annotate(claim_count=models.Count("claims", filter=_on_public_frameworks("claims__")))


def _on_public_frameworks(claims: str = "") -> Q:
    """Return the condition that claims are on frameworks with a page, or on frameworks in general."""
    return Q(**{f"{claims}framework": None}) | Q(**{f"{claims}framework__is_published": True})


class Source(Retirable):
    """A text that claims are taken from, with what a reader must know to weigh its word."""

    key_fields = ("key",)
    name_field = "short_name"
    agreed = ("line_count",)
    is_renamable = True

    class Kind(models.TextChoices):
        """What the text is, and so what stands behind a score that follows from it."""

        ARTICLE = "article", "article"
        DOCUMENT = "document", "document"
        MEASUREMENT = "measurement", "measurement"
        STATEMENT = "statement", "statement by a person"

    key = models.SlugField(
        max_length=40,
        unique=True,
        validators=[validate_slug],
        help_text="The short key in locators and addresses, such as 003. It cannot be changed later.",
    )
    short_name = models.CharField(max_length=60, unique=True, help_text="The name used in citations.")
    kind = models.CharField(
        max_length=11,
        choices=Kind,
        default=Kind.ARTICLE,
        help_text="What the text is. A statement needs an author and a stated date: who said it, and when.",
    )
    title = models.CharField(max_length=200)
    title_is_stated = models.BooleanField(
        default=True, help_text="Untick if the text has no title and this one is yours."
    )
    authors = models.CharField(
        max_length=200, blank=True, help_text="As stated. Leave empty if none are stated."
    )
    publisher = models.CharField(max_length=120, blank=True)
    date_stated = models.CharField(
        "stated date", max_length=120, blank=True, help_text="The date in the source's own words."
    )
    commercial_interest = models.TextField(
        blank=True,
        help_text="What the publisher sells that bears on the matter. Leave empty if nothing is apparent.",
    )
    interest_short = models.CharField(
        "interest in brief",
        max_length=40,
        blank=True,
        help_text="The same in a few words, shown beside each citation.",
    )
    description = models.TextField(blank=True)
    shape = models.TextField(blank=True, help_text="What the text consists of: tables, lists, answers.")
    note = models.TextField(blank=True, help_text="Caveats about the text for readers.")
    url = http_url_field("Where it can be read (http or https). Leave empty if unknown.", "web address")
    read_on = models.DateField(validators=[validate_day_reached], help_text="When the editors read the text.")
    file_name = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(
        "SHA-256", max_length=64, blank=True, validators=[RegexValidator(r"^[0-9a-f]{64}\Z")]
    )
    line_count = models.PositiveIntegerField(null=True, blank=True)
    retired_on = retired_on_field()
    retired_because = retired_because_field()

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["key"]
        constraints = [
            slug_check("source_key_is_slug", "key"),
            http_url_check("source_url_is_http", "url"),
            models.CheckConstraint(
                condition=Q(sha256="") | Q(sha256__regex=r"^[0-9a-f]{64}\Z"), name="source_sha256_is_hash"
            ),
            retirement_check("source_retirement_is_whole"),
            models.CheckConstraint(
                condition=Q(kind__in=["article", "document", "measurement", "statement"]),
                name="source_kind_is_known",
            ),
            models.CheckConstraint(
                condition=~Q(kind="statement") | ~Q(authors="") & ~Q(date_stated=""),
                name="source_statement_is_signed",
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    def get_absolute_url(self) -> str:
        return reverse("frameworks:source", args=[self.key])

    @property
    def is_article(self) -> bool:
        """Return whether it is of the ordinary kind, which pages need not name."""
        return self.kind == self.Kind.ARTICLE

    @property
    def remark(self) -> str:
        """Return what a reader must know beside each citation: the kind, unless it is an article, and the publisher's
        interest. Empty for an article without one."""
        kind = "" if self.is_article else str(self.kind)
        if self.kind == self.Kind.STATEMENT:
            kind = f"statement by {self.authors}, {self.date_stated}"
        return " · ".join(filter(None, [kind, self.interest_short]))

    def contradiction(self) -> str:
        """Say which line is cited that the source would not have."""
        if self.line_count is None or self._state.adding:
            return ""
        citing = [cast(Any, relation.related_model) for relation in self._meta.related_objects]
        last = [_last_line(model) for model in citing if issubclass(model, OnALine)]
        lines = Source.objects.order_by().filter(pk=self.pk).values_list(*last).first()
        cited = max((line for line in lines or () if line is not None), default=0)
        if cited <= self.line_count:
            return ""
        return f"Line {cited} of this source is cited, so it has at least {cited} lines."


def _last_line(model: Any) -> models.Subquery:
    """Return the last line that a fact of this model cites of a source."""
    cited = model._default_manager.order_by("-line").filter(source=models.OuterRef("pk"))
    return models.Subquery(cited.values("line")[:1])


class OnALine:
    """Mixed into what a source says on one of its lines."""

    agreed: tuple[str, ...] = ("source", "line")

    source: Any
    source_id: Any
    line: Any

    def contradiction(self) -> str:
        if not self.source_id or self.line is None:
            return ""
        count = self.source.line_count
        if count is None or self.line <= count:
            return ""
        return f"“{self.source}” has {count} line{'' if count == 1 else 's'}."


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


class ClaimQuerySet(VersionedQuerySet["Claim"]):
    def under(self, criterion: Criterion) -> "ClaimQuerySet":
        """Keep claims filed under the criterion, including those that share it with another."""
        return self.filter(Q(criterion=criterion) | Q(joint_criterion=criterion))

    def about(self, *frameworks: Framework) -> "ClaimQuerySet":
        return self.filter(framework__in=frameworks)

    def public(self) -> "ClaimQuerySet":
        """Keep claims that their source's page lists: on frameworks with a page and on frameworks in general."""
        return self.filter(_on_public_frameworks())

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
        related = ("source", "framework", "criterion", "joint_criterion", "wording")
        return self.select_related(*related).order_by("source__key", "line", "pk")

    def in_unrated_cells(self) -> "ClaimQuerySet":
        """Keep claims in a cell without a rating: under the claim's own criterion or the joint one."""

        def unrated(criterion: str) -> Q:
            rating = Rating.objects.filter(
                framework=models.OuterRef("framework"), criterion=models.OuterRef(criterion)
            )
            return Q(
                ~models.Exists(rating),
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
        validators=[MinValueValidator(1)], help_text="The line of the source's file, counted from 1."
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
        help_text="The source's own rating word, at most six words, exactly as on the line. Never a sentence.",
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
        max_length=300, blank=True, help_text="The editors' caveat about this claim, shown to readers."
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
            raise ValidationError({"joint_criterion": "Choose a criterion other than the claim's own."})
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


def _evidence() -> models.QuerySet[Claim, Any]:
    """Return the evidence in a rating's cell, as a subquery of ratings."""
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
        help_text="1 to 5 by the criterion's rubric. A higher score is better for the reader.",
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
    "source_sha256_is_hash",
    "sha256",
    "A SHA-256 hash has 64 digits, 0 to 9 and a to f.",
)
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
    "Choose a criterion other than the claim's own.",
)
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
say(
    "source_kind_is_known",
    "kind",
    CHOOSE,
)
say(
    "source_statement_is_signed",
    "kind",
    "A statement needs an author and a stated date: who said it, and when.",
)
say(
    "disagreement_kind_is_known",
    "kind",
    CHOOSE,
)
