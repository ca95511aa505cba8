"""The admin of ratings: each with the claims of its cell, which are saved before it and deleted after it."""

from dataclasses import replace
from datetime import date
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from desk.editing.bulk_actions import DELETE, BulkAction
from desk.editing.edit import edit_of
from desk.editing.fields import is_number
from desk.editing.forms import FactForm, ListRowForm, PageForm
from desk.guiding.drafts import rating_drafted
from frameworks.backing import NEEDS_CLAIM
from frameworks.cells import derivations
from frameworks.dispute import is_disputed
from frameworks.median import Derivation, derive
from frameworks.models import Claim, Criterion, Framework, Objection, Rating, Versioned
from frameworks.record.following import departure_of, is_score_set, settle_score

from .cell_claims import ClaimsOfCellFormSet, ClaimsOfCellInline
from .claim_rules import way_out
from .fact_admin import FactAdmin
from .filters import ClaimsFilter, DisputeFilter, ReviewFilter
from .rubrics import rubric_of, rubrics


class RatingForm(PageForm):
    """Publish nothing without a claim, and let no score depart from the rule without a reason.

    Where the cell is known, the score has the focus.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rating = cast(Rating, self.instance)
        if not self.is_bound and rating._state.adding:
            self._begin_in_cell(rating)
        if not self.is_bound and rating.criterion_id and "score" in self.fields:
            self.fields["score"].widget.attrs["autofocus"] = True

    def _begin_in_cell(self, rating: Rating) -> None:
        """Begin a new rating in the cell that the address names, whose claims are then shown, and with their score."""
        framework = Framework.objects.filter(pk=self.initial.get("framework", 0)).first()
        criterion = Criterion.objects.filter(pk=self.initial.get("criterion", 0)).first()
        if framework and criterion:
            rating.framework, rating.criterion = framework, criterion
            key = framework.pk, criterion.pk
            if derived := derivations({key}).get(key):
                self.initial.setdefault("score", derived.score)

    def has_changed(self) -> bool:
        score = cast(Rating, self.instance).score
        return super().has_changed() or score != self.initial.get("score", score)

    def _post_clean(self) -> None:
        super()._post_clean()
        rating = cast(Rating, self.instance)
        _note_review(self)
        if self.edit.is_held or not (rating.framework_id and rating.criterion_id):
            return
        for rows in self.edit.rows:
            if not isinstance(rows, ClaimsOfCellFormSet):
                continue
            if rating.is_published and rows.leaves_none():
                self.add_error("is_published" if "is_published" in self.fields else None, NEEDS_CLAIM)
            elif not self.errors and rows.is_valid():
                before, after = rows.derivations()
                refuse_score(self, before, after)


def _note_review(form: FactForm) -> None:
    """Note that whoever changes what is judged has reviewed the rating today, unless they give another day."""
    rating = cast(Rating, form.instance)
    changed = [name for name in form.fields if getattr(rating, name, None) != form.initial.get(name)]
    if "reviewed_on" not in form.changed_data:
        rating.note_review(changed, timezone.localdate())


def refuse_score(form: FactForm, before: Derivation[int] | None, after: Derivation[int] | None) -> None:
    """Put on the form why its score may not be written; where the editor has not set it, let it follow the claims."""
    rating = cast(Rating, form.instance)
    is_set = rating._state.adding or is_score_set(rating, form.changed_data)
    can_say_why = "departure" in form.fields
    if sentence := settle_score(rating, before, after, is_set=is_set, can_say_why=can_say_why):
        advice = f" {way_out(rating, after, can_say_why=can_say_why)}" if after else ""
        place = "score" if after and rating.score != after.score else "departure"
        form.add_error(place if place in form.fields else None, sentence + advice)


class RatingRowForm(ListRowForm):
    """A rating in the list, whose score keeps to the rule as on its page."""

    def _post_clean(self) -> None:
        super()._post_clean()
        rating = cast(Rating, self.instance)
        _note_review(self)
        if not self.errors and is_score_set(rating, self.changed_data):
            key = rating.framework_id, rating.criterion_id
            derived = derivations({key}).get(key)
            refuse_score(self, derived, derived)


def _review(rating: Rating, today: date, reason: str) -> None:
    rating.reviewed_on = today


def _publish(fact: Rating | Framework, today: date, reason: str) -> None:
    fact.is_published = True


def _unpublish(fact: Rating | Framework, today: date, reason: str) -> None:
    fact.is_published = False


STILL_RIGHT = BulkAction(
    "mark_reviewed",
    "Confirm as still correct",
    done="confirmed as still correct",
    wish="confirm it as still correct",
    apply=_review,
)
PUBLISH = BulkAction("publish", "Publish", done="published", wish="publish it", apply=_publish)
#: A rating keeps to the rule on scores when it is published, as on its page.
PUBLISH_RATING = replace(PUBLISH, problem=departure_of)
UNPUBLISH = BulkAction("unpublish", "Unpublish", done="unpublished", wish="unpublish it", apply=_unpublish)


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
    search_fields = (
        "framework__name",
        "criterion__name",
        "framework__slug",
        "criterion__slug",
        "verdict",
        "rationale",
    )
    search_help_text = (
        f"Searches {settings.TOPIC.items} and criteria by name and slug, then verdicts and rationales."
    )
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
    bulk_actions = (STILL_RIGHT, PUBLISH_RATING, UNPUBLISH, DELETE)

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, **{"form": RatingRowForm, **kwargs})

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new rating was reviewed on the day that it is given; a report may have suggested it."""
        given = super().get_changeform_initial_data(request)
        return {"reviewed_on": timezone.localdate(), **rating_drafted(request), **given}

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        """Begin the first new claim with the source that the address names."""
        source = request.GET.get("source", "")
        given = {"initial": [{"source": source}]} if is_number(source) else {}
        return {**super().get_formset_kwargs(request, obj, inline, prefix), **given}

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the rating instead where the cell that the address names has one."""
        named = [request.GET.get(name, "") for name in ("framework", "criterion")]
        if request.method == "GET" and all(map(is_number, named)):
            framework, criterion = map(int, named)
            rating = Rating.objects.filter(framework=framework, criterion=criterion).first()
            if rating is not None:
                messages.info(request, "There is a rating already. It is shown here.")
                return HttpResponseRedirect(self.url_of("change", rating.pk))
        return super().add_view(request, form_url, extra_context)

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
        """Show also what readers report about its cell; of a new rating, the rubric of the criterion that is chosen."""
        if obj is None:
            context["rubrics"] = rubrics()
        if obj is not None and obj.pk and request.method == "GET":
            context["adminform"].form.initial.update(rating_drafted(request, obj))
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
            return f"Shown once you have chosen {settings.TOPIC.an_item} and a criterion."
        claims = Claim.objects.behind(rating.framework, rating.criterion).cited()
        figures = list(claims.values_list("source__short_name", "reading"))
        if not figures:
            return "There is no claim yet, and a published rating needs one. Add it below."
        derived = derive(figures)
        return str(derived) if derived else "No claim has a reading, so no score follows."

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
            '<span class="dispute" title="In dispute">{} ≠<span class="visually-hidden"> dispute</span></span>',
            apart,
        )

    @admin.display(description="rubric")
    def rubric(self, rating: Rating) -> SafeString | str:
        return rubric_of(rating.criterion if rating.criterion_id else None)

    # The claims come before the rating that is published on them; those that it no longer rests on go after it.

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
