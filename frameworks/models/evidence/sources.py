"""Define sources, and what is said on one of their lines."""

from typing import Any, cast

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from frameworks.models.constraints import (
    CHOOSE,
    http_url_check,
    http_url_field,
    retired_because_field,
    retired_on_field,
    retirement_check,
    say,
    slug_check,
    validate_day_reached,
    validate_slug,
)
from frameworks.models.natural_keys import RetirableQuerySet
from frameworks.models.versioned import Retirable


class SourceQuerySet(RetirableQuerySet["Source"]):
    def with_claim_counts(self) -> "SourceQuerySet":
        """Annotate `claim_count`, the number of published claims."""
        return self.annotate(claim_count=models.Count("claims", filter=on_public_frameworks("claims__")))


def on_public_frameworks(claims: str = "") -> Q:
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
        "stated date", max_length=120, blank=True, help_text="The date in the source’s own words."
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


say(
    "source_sha256_is_hash",
    "sha256",
    "A SHA-256 hash has 64 digits, 0 to 9 and a to f.",
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
