"""Desks for the evidence: sources, claims, ratings, disagreements."""

import re
from collections.abc import Iterable
from datetime import date
from functools import partial, wraps
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.checks import InlineModelAdminChecks
from django.contrib.admin.utils import flatten_fieldsets
from django.core import checks
from django.core.exceptions import ValidationError
from django.db import models
from django.forms import modelformset_factory
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import get_text_list

from desk.editing.forms import ROWS_MAX, ModelFormSet, ReasonedForm, VersionedForm, VersionedFormSet
from desk.editing.steps import DELETE, Step
from desk.editing.versioned import VersionedAdmin, VersionedInline
from frameworks.backing import NEEDS_CLAIM, last_claim, resting_on
from frameworks.dispute import is_disputed
from frameworks.models import Claim, Criterion, Disagreement, Objection, Rating, Source, Versioned
from frameworks.record.revisions import Author

from .filters import CellFilter, ClaimsFilter, DisputeFilter, ReadingFilter, ReviewFilter

# What rests on a claim


def free_key(claim: Claim) -> str:
    """A key of its own for a new claim: source, line, framework, criterion, and a number when that is taken."""
    framework = claim.framework.slug if claim.framework else "frameworks"
    key = f"{claim.source.key}-{claim.line}-{framework}-{claim.criterion.slug}"[:110].rstrip("-")
    taken = set(Claim.objects.filter(key__startswith=key).values_list("key", flat=True))
    numbered = (f"{key}-{number}" for number in range(2, len(taken) + 3))
    return next(free for free in (key, *numbered) if free not in taken)


def last_claim_of(ratings: Iterable[Rating]) -> str:
    """Why the claim has to stay where it is, in a sentence."""
    names = get_text_list([f"“{rating}”" for rating in ratings], "and")
    return last_claim(f"the published rating {names}")


def cited_by(claim: Claim) -> str:
    """What names the claim, in a sentence; empty when nothing does."""
    citing = [*claim.traits.all(), *claim.relations.all(), *claim.disagreements.all()]
    if not citing:
        return ""
    names = get_text_list([f"{fact._meta.verbose_name} “{fact}”" for fact in citing], "and")
    return f"It is named by the {names}. Take it out there first."


def rubric_of(criterion: Criterion | None) -> SafeString | str:
    """The written steps as a list, to be held beside a score."""
    if criterion is None or not criterion.is_scored:
        return "Shown once the criterion is set."
    steps = format_html_join("", "<div><dt>{}</dt><dd>{}</dd></div>", criterion.rubric)
    return format_html('<dl class="rubric">{}</dl>', steps)


# Sources


@admin.register(Source)
class SourceAdmin(VersionedAdmin):
    list_display = ("key", "short_name", "publisher", "date_stated", "interest_short", "claims")
    list_display_links = ("key", "short_name")
    search_fields = ("key", "short_name", "title", "authors", "publisher")
    fieldsets = (
        (None, {"fields": ("key", "short_name", "title", "title_is_stated", "description", "shape")}),
        (
            "Who speaks",
            {"fields": ("authors", "publisher", "date_stated", "commercial_interest", "interest_short")},
        ),
        ("Where it is", {"fields": ("url", "read_on", "file_name", "sha256", "line_count")}),
        (None, {"fields": ("note",)}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).annotate(claim_count=models.Count("claims"))

    @admin.display(ordering="claim_count")
    def claims(self, source: Any) -> int:
        return int(source.claim_count)


# Claims


class ClaimForm(ReasonedForm):
    """Keeps the last claim of a published rating where it is."""

    def _post_clean(self) -> None:
        super()._post_clean()
        claim = cast(Claim, self.instance)
        before = Claim.objects.filter(pk=claim.pk).first()
        if before is None or self.errors:
            return
        if bare := resting_on(before, after=claim):
            self.add_error(None, last_claim_of(bare))


@admin.register(Claim)
class ClaimAdmin(VersionedAdmin):
    form = ClaimForm
    list_display = (
        "locator",
        "framework",
        "criterion",
        "term",
        "reading",
        "paraphrase",
        "has_note",
        "score",
    )
    list_display_links = ("locator", "paraphrase")
    list_filter = (CellFilter, ReadingFilter, "source", "framework", "criterion", "part")
    search_fields = (
        "key",
        "term",
        "paraphrase",
        "note",
        "framework__name",
        "criterion__name",
        "source__short_name",
    )
    search_help_text = "Searches words, names and locators, as 003:28."
    autocomplete_fields = ("source", "framework", "criterion", "joint_criterion")
    readonly_fields = ("key", "rubric")
    named_with = ("source", "framework", "criterion", "joint_criterion")
    fieldsets = (
        ("Where it stands", {"fields": (("source", "line", "part"),)}),
        ("What it is about", {"fields": ("framework", "criterion", "joint_criterion")}),
        ("What it says", {"fields": ("term", "paraphrase", "rubric", "reading", "note", "key")}),
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rating = Rating.objects.filter(
            framework=models.OuterRef("framework"), criterion=models.OuterRef("criterion")
        )
        return (
            super()
            .get_queryset(request)
            .annotate(
                rating_pk=models.Subquery(rating.values("pk")),
                rating_score=models.Subquery(rating.values("score")),
            )
        )

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        found = re.fullmatch(r"([a-z0-9-]{1,40}):([0-9]{1,9})", search_term.strip())
        if found:
            return queryset.filter(source__key=found[1], line=int(found[2])), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description="locator", ordering="source__key")
    def locator(self, claim: Claim) -> str:
        return claim.locator

    @admin.display(description="note", ordering="note")
    def has_note(self, claim: Claim) -> str:
        return "note" if claim.note else ""

    @admin.display(description="rated", ordering="rating_score")
    def score(self, claim: Any) -> SafeString | str:
        """The rating of its cell, or the way to give one."""
        if claim.rating_pk:
            url = reverse("admin:frameworks_rating_change", args=[claim.rating_pk])
            return format_html('<a href="{}">{}</a>', url, claim.rating_score)
        if claim.framework is None or not claim.criterion.is_scored:
            return ""
        url = reverse("admin:frameworks_rating_add")
        query = f"framework={claim.framework_id}&criterion={claim.criterion_id}"
        return format_html('<a href="{}?{}">rate it</a>', url, query)

    @admin.display(description="rubric")
    def rubric(self, claim: Claim) -> SafeString | str:
        return rubric_of(claim.criterion if claim.criterion_id else None)

    def summary(self, fact: Versioned) -> str:
        return getattr(fact, "paraphrase", "")

    def blocker(self, fact: Versioned) -> str:
        claim = cast(Claim, fact)
        if ratings := resting_on(claim):
            return last_claim_of(ratings)
        return cited_by(claim) or super().blocker(fact)

    def save_model(self, request: HttpRequest, obj: Versioned, form: VersionedForm, change: bool) -> None:
        if not change:
            claim = cast(Claim, obj)
            claim.key = free_key(claim)
        super().save_model(request, obj, form, change)


# Ratings


class ClaimsOfCellFormSet(VersionedFormSet, ModelFormSet):
    """The claims of a rating's cell. They hang on framework and criterion, as it does, and not on the rating itself."""

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        instance: Any = None,
        save_as_new: bool = False,
        prefix: str | None = None,
        queryset: models.QuerySet[Claim] | None = None,
        **kwargs: Any,
    ) -> None:
        self.rating = cast(Rating, instance)
        claims = Claim.objects.none()
        if self.rating.framework_id and self.rating.criterion_id:
            claims = Claim.objects.behind(self.rating.framework, self.rating.criterion).cited()
        super().__init__(data, files, prefix=prefix, queryset=claims, **kwargs)

    @classmethod
    def get_default_prefix(cls) -> str:
        return "claims"

    def clean(self) -> None:
        super().clean()
        gone = [cast(Claim, form.instance) for form in self.deleted_forms if form.instance.pk]
        if sentences := [f"{claim}: {named}" for claim in gone if (named := cited_by(claim))]:
            raise ValidationError(sentences)

    def save_new(self, form: VersionedForm, commit: bool = True) -> Claim:
        claim = cast(Claim, form.instance)
        claim.framework, claim.criterion = self.rating.framework, self.rating.criterion
        claim.key = free_key(claim)
        return claim

    def leaves_none(self) -> bool:
        """Whether the cell would stand without a claim."""
        self.is_valid()
        kept = [form for form in self.forms if form.has_changed() and not self.is_to_delete(form)]
        if any(form.instance._state.adding for form in kept):
            return False
        gone = [form.instance.pk for form in self.initial_forms if self.is_to_delete(form)]
        return not (
            Claim.objects.behind(self.rating.framework, self.rating.criterion).exclude(pk__in=gone).exists()
        )


class ClaimsOfCellChecks(InlineModelAdminChecks):
    """Django's, without those that look for a foreign key."""

    def _check_exclude_of_parent_model(self, obj: Any, parent_model: Any) -> list[checks.CheckMessage]:
        return []

    def _check_relation(self, obj: Any, parent_model: Any) -> list[checks.CheckMessage]:
        return []


class ClaimsOfCellInline(VersionedInline):
    model = Claim
    formset = ClaimsOfCellFormSet
    checks_class = ClaimsOfCellChecks
    template = "admin/edit_inline/stacked.html"
    verbose_name = "claim"
    verbose_name_plural = "claims of this cell"
    classes = ("claims-of-cell",)
    autocomplete_fields = ("source",)
    fields = ("seen", ("source", "line", "part", "term", "reading"), ("paraphrase", "note"))

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """As the stock inline makes its formset, without a foreign key."""
        can_add = self.has_add_permission(request, obj)
        can_change = self.has_change_permission(request, obj)

        class PermittedForm(self.form):  # type: ignore[name-defined, misc]
            def has_changed(self) -> bool:
                permitted = can_add if self.instance._state.adding else can_change
                return permitted and super().has_changed()

        options = {
            "form": PermittedForm,
            "formset": self.formset,
            "fields": flatten_fieldsets(self.get_fieldsets(request, obj)),
            "formfield_callback": partial(self.formfield_for_dbfield, request=request),
            "extra": self.get_extra(request, obj),
            "max_num": ROWS_MAX,
            "absolute_max": ROWS_MAX,
            "can_delete": self.can_delete and self.has_delete_permission(request, obj),
            **kwargs,
        }
        return modelformset_factory(self.model, **options)


class RatingForm(ReasonedForm):
    """Publishes nothing without a claim."""

    def _post_clean(self) -> None:
        super()._post_clean()
        rating = cast(Rating, self.instance)
        if self.desk.is_held or not (rating.is_published and rating.framework_id and rating.criterion_id):
            return
        if any(isinstance(rows, ClaimsOfCellFormSet) and rows.leaves_none() for rows in self.desk.rows):
            self.add_error("is_published" if "is_published" in self.fields else None, NEEDS_CLAIM)


def _review(rating: Rating, today: date) -> None:
    rating.reviewed_on = today


def _publish(rating: Rating, today: date) -> None:
    rating.is_published = True


def _unpublish(rating: Rating, today: date) -> None:
    rating.is_published = False


STILL_RIGHT = Step(
    "mark_reviewed",
    "Still right: mark as reviewed today",
    done="marked as reviewed today",
    wish="mark it as reviewed today",
    apply=_review,
)


@admin.register(Rating)
class RatingAdmin(VersionedAdmin):
    change_list_template = "desk/rating_list.html"
    form = RatingForm
    list_display = (
        "framework",
        "criterion",
        "score",
        "verdict",
        "claims",
        "spread",
        "is_published",
        "reviewed_on",
        "seen",
    )
    list_display_links = ("framework", "criterion")
    list_editable = ("score", "verdict")
    list_filter = (
        ClaimsFilter,
        DisputeFilter,
        ReviewFilter,
        "is_published",
        "criterion__group",
        "framework",
        "criterion",
    )
    list_per_page = 100
    search_fields = ("framework__name", "criterion__name", "verdict", "rationale")
    autocomplete_fields = ("framework", "criterion")
    readonly_fields = ("rubric",)
    set_once = ("framework", "criterion")
    named_with = ("framework", "criterion")
    inlines = (ClaimsOfCellInline,)
    fieldsets = (
        (None, {"fields": ("framework", "criterion")}),
        ("Verdict", {"fields": ("rubric", ("score", "verdict"), "rationale")}),
        ("State", {"fields": (("is_published", "reviewed_on"),)}),
    )
    steps = (
        STILL_RIGHT,
        Step("publish", "Publish", done="published", wish="publish it", apply=_publish),
        Step("unpublish", "Unpublish", done="unpublished", wish="unpublish it", apply=_unpublish),
        DELETE,
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        ratings = cast("models.QuerySet[Any]", super().get_queryset(request))
        return ratings.with_evidence()  # type: ignore[attr-defined, no-any-return]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """With what readers object to in its cell."""
        if obj is not None and request.user.has_perm("frameworks.view_objection"):
            context["objections"] = Objection.objects.waiting().about(obj.framework, obj.criterion)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def is_public(self, fact: Versioned) -> bool:
        return isinstance(fact, Rating) and fact.is_published and fact.framework.is_published

    def summary(self, fact: Versioned) -> str:
        rating = cast(Rating, fact)
        state = "published" if rating.is_published else "not published"
        reviewed = f"reviewed {date_format(rating.reviewed_on)}" if rating.reviewed_on else "never reviewed"
        return f"{rating.score}, {rating.verdict} · {state} · {reviewed}"

    @admin.display(ordering="claim_count")
    def claims(self, rating: Any) -> int | None:
        return getattr(rating, "claim_count", None)

    @admin.display(description="spread", ordering="reading_spread")
    def spread(self, rating: Any) -> SafeString | str:
        """How far the readings lie apart, with the mark of a dispute."""
        apart = getattr(rating, "reading_spread", None)
        if apart is None:
            return ""
        if not is_disputed(apart):
            return str(apart)
        return format_html(
            '<span class="dispute" title="Sources disagree">{} ≠<span class="visually-hidden"> dispute</span></span>',
            apart,
        )

    @admin.display(description="version", ordering="version")
    def seen(self, rating: Rating) -> int:
        return rating.version

    @admin.display(description="rubric")
    def rubric(self, rating: Rating) -> SafeString | str:
        return rubric_of(rating.criterion if rating.criterion_id else None)

    def get_urls(self) -> list[Any]:
        # Imported late: the grid names new claims as this module does.
        from desk.grid import views

        def on_desk(view: Any) -> Any:
            return self.admin_site.admin_view(wraps(view)(partial(view, desk=self)))

        cell = "matrix/cell/<slug:framework>/<slug:criterion>/"
        return [
            path("matrix/", on_desk(views.grid_view), name="frameworks_rating_matrix"),
            path(cell, on_desk(views.cell_view), name="frameworks_rating_matrix_cell"),
            *super().get_urls(),
        ]

    # The claims come before the rating that is published on them; the last claim goes after it.

    def save_model(self, request: HttpRequest, obj: Versioned, form: VersionedForm, change: bool) -> None:
        if form.is_stale and form.is_deleted:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        by, reason = Author.of(request), form.cleaned_data["reason"]
        for formset in formsets:
            formset.write_kept(by, reason)
        super().save_model(request, form.instance, form, change)
        for formset in formsets:
            formset.write_deleted(by, reason)


# Disagreements


@admin.register(Disagreement)
class DisagreementAdmin(VersionedAdmin):
    list_display = ("title", "kind", "claim_count", "question", "position")
    list_filter = ("kind",)
    search_fields = ("title", "slug", "question", "explanation")
    autocomplete_fields = ("claims",)
    prepopulated_fields = {"slug": ("title",)}
    set_once = ("slug",)
    fields = ("title", "slug", "question", "kind", "explanation", "claims", "position")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).annotate(cited=models.Count("claims"))

    @admin.display(description="claims", ordering="cited")
    def claim_count(self, disagreement: Any) -> int:
        return int(disagreement.cited)

    def summary(self, fact: Versioned) -> str:
        return getattr(fact, "question", "")
