"""The admin of ratings: each with the claims of its cell, which are saved before it and deleted after it."""

from datetime import date
from typing import Any, cast

from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from desk.editing.bulk_actions import DELETE, BulkAction
from desk.editing.edit import edit_of
from desk.editing.forms import FactForm, PageForm
from frameworks.backing import NEEDS_CLAIM
from frameworks.dispute import is_disputed
from frameworks.median import derive
from frameworks.models import Claim, Objection, Rating, Versioned

from .cell_claims import ClaimsOfCellFormSet, ClaimsOfCellInline
from .fact_admin import FactAdmin
from .filters import ClaimsFilter, DisputeFilter, ReviewFilter
from .rubrics import rubric_of


class RatingForm(PageForm):
    """Publish nothing without a claim."""

    def _post_clean(self) -> None:
        super()._post_clean()
        rating = cast(Rating, self.instance)
        if self.edit.is_held or not (rating.is_published and rating.framework_id and rating.criterion_id):
            return
        if any(isinstance(rows, ClaimsOfCellFormSet) and rows.leaves_none() for rows in self.edit.rows):
            self.add_error("is_published" if "is_published" in self.fields else None, NEEDS_CLAIM)


def _review(rating: Rating, today: date) -> None:
    rating.reviewed_on = today


def _publish(rating: Rating, today: date) -> None:
    rating.is_published = True


def _unpublish(rating: Rating, today: date) -> None:
    rating.is_published = False


STILL_RIGHT = BulkAction(
    "mark_reviewed",
    "Confirm as still correct",
    done="confirmed as still correct",
    wish="confirm it as still correct",
    apply=_review,
)


@admin.register(Rating)
class RatingAdmin(FactAdmin):
    change_list_template = "desk/editing/rating_list.html"
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
    readonly_fields = ("rubric", "rule")
    set_once = ("framework", "criterion")
    named_with = ("framework", "criterion")
    inlines = (ClaimsOfCellInline,)
    fieldsets = (
        (None, {"fields": ("framework", "criterion")}),
        ("Verdict", {"fields": ("rubric", "rule", ("score", "verdict"), "rationale", "departure")}),
        ("Status", {"fields": (("is_published", "reviewed_on"),)}),
    )
    bulk_actions = (
        STILL_RIGHT,
        BulkAction("publish", "Publish", done="published", wish="publish it", apply=_publish),
        BulkAction("unpublish", "Unpublish", done="unpublished", wish="unpublish it", apply=_unpublish),
        DELETE,
    )

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        ratings = super().get_queryset(request)
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
        """Show also what readers report about its cell."""
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

    @admin.display(description="what follows from the claims")
    def rule(self, rating: Rating) -> str:
        """Return the figure of each source, their median, and the score that follows."""
        if not (rating.framework_id and rating.criterion_id):
            return "Shown once you have chosen a framework and a criterion."
        claims = Claim.objects.behind(rating.framework, rating.criterion).cited()
        derived = derive(claims.values_list("source__short_name", "reading"))
        return str(derived) if derived else "No claim has a reading."

    @admin.display(ordering="claim_count")
    def claims(self, rating: Any) -> int | None:
        return getattr(rating, "claim_count", None)

    @admin.display(description="spread", ordering="reading_spread")
    def spread(self, rating: Any) -> SafeString | str:
        """Return how far the readings lie apart, with the mark of a dispute."""
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

    # The claims come before the rating that is published on them; the last claim goes after it.

    def save_model(self, request: HttpRequest, obj: Versioned, form: FactForm, change: bool) -> None:
        if form.is_stale and form.is_deleted:
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        by, reason = edit_of(request).by(), form.cleaned_data["reason"]
        for formset in formsets:
            formset.write_kept(by, reason)
        super().save_model(request, form.instance, form, change)
        for formset in formsets:
            formset.write_deleted(by, reason)
