"""The admin of sources, claims, the table of readings and disagreements."""

import re
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from desk.editing.bulk_actions import ChosenFact
from desk.editing.edit import edit_of
from desk.editing.forms import FactForm, PageForm
from desk.guiding.drafts import claim_drafted
from frameworks.backing import resting_on
from frameworks.models import Claim, Disagreement, Rating, Source, Versioned
from frameworks.roles import may_publish

from .claim_rules import cited_by, free_key, last_claim_of, refuse_twin, say_unpublished
from .fact_admin import CITED, FactAdmin, claim_count
from .filters import CellFilter, ReadingFilter, RetiredFilter
from .ordering import OrderedAdmin
from .ratings import PUBLISH
from .retiring import RETIREMENT, RetirableAdmin, unpublished_with
from .rubrics import rubric_of, rubrics

#: What the history says of ratings that are published again with their source.
REPUBLISHED = "A source of it is no longer retired."


@admin.register(Source)
class SourceAdmin(RetirableAdmin):
    list_display = ("key", "short_name", "publisher", "date_stated", "interest_short", "claims")
    annotations = {"claim_count": models.Count("claims")}
    list_display_links = ("key", "short_name")
    list_filter = ("kind", RetiredFilter)
    search_fields = ("short_name", "key", "title", "authors", "publisher")
    fieldsets = (
        (None, {"fields": ("key", "short_name", "kind", "title", "title_is_stated", "description", "shape")}),
        (
            "Publication",
            {"fields": ("authors", "publisher", "date_stated", "commercial_interest", "interest_short")},
        ),
        ("Location", {"fields": ("url", "read_on", "file_name", "sha256", "line_count")}),
        (None, {"fields": ("note",)}),
        RETIREMENT,
    )

    def get_urls(self) -> list[URLPattern]:
        republish = self.admin_site.admin_view(self.republish_view)
        return [
            path("<int:pk>/republish/", republish, name="frameworks_source_republish"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def republish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Publish the ratings again that the source's retirement has unpublished, as one changeset."""
        ratings = cast(FactAdmin, self.admin_site.get_model_admin(Rating))
        if not ratings.has_change_permission(request):
            raise PermissionDenied
        return ratings.bulk.run(request, PUBLISH, keep_url=self.url_of("change", pk))

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Offer above the form of a source that was taken back to publish again what went with it."""
        if obj is not None and obj.pk and request.user.has_perm("frameworks.change_rating"):
            context["unpublished"] = [(rating, ChosenFact.of(rating)) for rating in unpublished_with(obj)]
            context["republish_reason"] = REPUBLISHED
        return super().render_change_form(request, context, add, change, form_url, obj)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Most sources are entered on the day that they are read."""
        return {"read_on": timezone.localdate(), **super().get_changeform_initial_data(request)}

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        answer = super().changelist_view(request, extra_context)
        if request.method == "POST" and "row" in request.POST:
            say_unpublished(request)
        return answer

    def response_change(self, request: HttpRequest, obj: Versioned) -> HttpResponse:
        answer = super().response_change(request, obj)
        say_unpublished(request)
        form = cast(FactForm, edit_of(request).bound)
        is_turned = "retired_on" in form.changed_data and may_publish(request.user)
        if is_turned and (ratings := unpublished_with(cast(Source, obj))):
            count, url = len(ratings), f"{self.url_of('change', obj.pk)}#republish"
            sentence = f"{count} rating{'s' * (count > 1)} went unpublished when the source was retired."
            messages.info(request, format_html('{} <a href="{}">Publish again …</a>', sentence, url))
        return answer

    @admin.display(ordering="claim_count")
    def claims(self, source: Any) -> int:
        return int(source.claim_count)


class ClaimForm(PageForm):
    """Keep the last claim that backs a published rating where it is, and its reading."""

    def _post_clean(self) -> None:
        super()._post_clean()
        claim = cast(Claim, self.instance)
        before = Claim.objects.filter(pk=claim.pk).select_related("source").first()
        if before is None or self.errors:
            return
        if bare := resting_on(before, after=claim):
            self.add_error(None, last_claim_of(bare))


#: The rating of a claim's cell.
RATING = Rating.objects.filter(framework=models.OuterRef("framework"), criterion=models.OuterRef("criterion"))


@admin.register(Claim)
class ClaimAdmin(FactAdmin):
    form = ClaimForm
    annotations = {
        "rating_pk": models.Subquery(RATING.values("pk")),
        "rating_score": models.Subquery(RATING.values("score")),
    }
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
        "framework__name",
        "criterion__name",
        "source__short_name",
        "key",
        "term",
        "paraphrase",
        "note",
    )
    search_help_text = "Searches words, names and locators such as 003:28."
    autocomplete_fields = ("source", "framework", "criterion", "joint_criterion")
    readonly_fields = ("key", "rubric", "reading", "wording")
    named_with = ("source", "framework", "criterion", "joint_criterion", "wording__criterion")
    fieldsets = (
        ("Source", {"fields": (("source", "line", "part"),)}),
        ("Subject", {"fields": ("framework", "criterion", "joint_criterion")}),
        (
            "Statement",
            {"fields": ("term", "paraphrase", ("condition", "comparison"), "is_factor", "note", "key")},
        ),
        (
            "Reading",
            {
                "description": "The words of the term are looked up in the table of readings when you save. To read"
                " them differently, change the row of the table: the change applies to every source and"
                f" {settings.TOPIC.item}.",
                "fields": ("rubric", ("reading", "wording")),
            },
        ),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        locator = re.fullmatch(r"([a-z0-9-]{1,40}):([0-9]{1,9})", search_term.strip())
        if locator:
            return queryset.filter(source__key=locator[1], line=int(locator[2])), False
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description="locator", ordering="source__key")
    def locator(self, claim: Claim) -> str:
        return claim.locator

    @admin.display(description="note", ordering="note")
    def has_note(self, claim: Claim) -> str:
        return "note" if claim.note else ""

    @admin.display(description="rated", ordering="rating_score")
    def score(self, claim: Any) -> SafeString | str:
        """Return a link to the rating of its cell, or the way to give one."""
        if claim.rating_pk:
            url = reverse("admin:frameworks_rating_change", args=[claim.rating_pk])
            return format_html('<a href="{}">{}</a>', url, claim.rating_score)
        if claim.framework is None or not claim.criterion.is_scored:
            return ""
        url = reverse("admin:frameworks_rating_add")
        query = f"framework={claim.framework_id}&criterion={claim.criterion_id}"
        return format_html('<a href="{}?{}">rate it</a>', url, query)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new claim may begin with the words of a reader's report."""
        return {**claim_drafted(request), **super().get_changeform_initial_data(request)}

    @admin.display(description="rubric")
    def rubric(self, claim: Claim) -> SafeString | str:
        return rubric_of(claim.criterion if claim.criterion_id else None)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> Any:
        """Show also the rubric of whichever criterion is chosen."""
        context["rubrics"] = rubrics()
        return super().render_change_form(request, context, *args, **kwargs)

    def is_public(self, fact: Versioned) -> bool:
        framework = cast(Claim, fact).framework
        return framework is None or framework.is_published

    def blocker(self, fact: Versioned) -> str:
        claim = cast(Claim, fact)
        if ratings := resting_on(claim):
            return last_claim_of(ratings)
        return cited_by(claim) or super().blocker(fact)

    def save_model(self, request: HttpRequest, obj: Versioned, form: FactForm, change: bool) -> None:
        if not change:
            claim = cast(Claim, obj)
            refuse_twin(claim)
            claim.key = free_key(claim)
        super().save_model(request, obj, form, change)


@admin.register(Disagreement)
class DisagreementAdmin(OrderedAdmin):
    list_display = ("title", "position", "kind", claim_count, "question", "seen")
    annotations = CITED
    list_filter = ("kind",)
    search_fields = ("title", "slug", "question", "explanation")
    autocomplete_fields = ("claims",)
    prepopulated_fields = {"slug": ("title",)}
    set_once = ("slug",)
    fields = ("title", "slug", "question", "kind", "explanation", "claims", "position")
