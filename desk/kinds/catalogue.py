"""The admin of the catalogue: frameworks, criteria, facets, and how frameworks relate."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from desk.editing.bulk_actions import DELETE, ChosenFact
from desk.editing.forms import PageForm
from desk.guiding.checklist import Checklist
from frameworks.models import (
    CAPABILITY,
    Criterion,
    CriterionGroup,
    Facet,
    FacetValue,
    Framework,
    Rating,
    Relation,
    Trait,
    Versioned,
)

from .fact_admin import CITED, FactAdmin, claim_count
from .filters import RetiredFilter
from .inlines import TABULAR, FactInline, NamedRow
from .ordering import OrderedAdmin
from .ratings import PUBLISH, UNPUBLISH
from .retiring import RETIRE, RETIREMENT, RetirableAdmin


class TraitRow(NamedRow):
    named_by = ("value",)


class TraitInline(FactInline):
    model = Trait
    form = TraitRow
    fields = ("seen", "value", "claims", "note")
    autocomplete_fields = ("value", "claims")
    named_with = ("framework", "value__facet")


@admin.register(Framework)
class FrameworkAdmin(RetirableAdmin):
    list_display = ("name", "slug", "tagline", "ratings", "claims", "is_published")
    annotations = {
        "rating_count": models.Count("ratings", distinct=True),
        "claim_count": models.Count("claims", distinct=True),
    }
    list_filter = ("is_published", RetiredFilter)
    search_fields = ("name", "slug", "tagline")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (TraitInline,)
    fieldsets = (
        (None, {"fields": ("name", "slug", "tagline", "summary", "is_published")}),
        ("Links", {"fields": ("website", "repository")}),
        RETIREMENT,
    )
    bulk_actions = (PUBLISH, UNPUBLISH, RETIRE, DELETE)

    def get_urls(self) -> list[URLPattern]:
        publish = self.admin_site.admin_view(self.publish_view)
        return [
            path("<int:pk>/publish/", publish, name="frameworks_framework_publish"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def publish_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Publish the framework from its checklist, at the version that the editor saw."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        keep_url = f"{self.url_of('change', pk)}#checklist"
        others = [chosen.seen.key for chosen in ChosenFact.posted(request) if chosen.pk != pk]
        if others:
            sentence = "Nothing was published: the button was for {}. Press it again on this page."
            messages.error(request, sentence.format(others[0]))
            return HttpResponseRedirect(keep_url)
        return self.bulk.run(request, PUBLISH, keep_url=keep_url)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Show above the form what the framework still needs."""
        context["leads_to_checklist"] = add
        if obj is not None and obj.pk and self.has_change_permission(request, obj):
            context["checklist"] = Checklist.of(obj, request.user)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def way_on(self, request: HttpRequest, fact: Versioned, response: HttpResponse) -> HttpResponse:
        """Lead on to the checklist of a framework that is new, or that readers do not see yet."""
        is_due = request.path == self.url_of("add") or not self.is_public(fact)
        if isinstance(response, HttpResponseRedirect) and "_save" in request.POST and is_due:
            return HttpResponseRedirect(f"{self.url_of('change', fact.pk)}#checklist")
        return super().way_on(request, fact, response)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """A new framework is public only when its editor says so, and why it is there is plain."""
        return {
            "is_published": False,
            "reason": "A new entry.",
            **super().get_changeform_initial_data(request),
        }

    @admin.display(ordering="rating_count")
    def ratings(self, framework: Any) -> int:
        return int(framework.rating_count)

    @admin.display(ordering="claim_count")
    def claims(self, framework: Any) -> int:
        return int(framework.claim_count)

    def is_public(self, fact: Versioned) -> bool:
        return isinstance(fact, Framework) and fact.is_published


@admin.register(CriterionGroup)
class CriterionGroupAdmin(OrderedAdmin):
    list_display = ("name", "position", "slug", "summary", "seen")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    set_once = ("slug",)
    fields = ("name", "slug", "summary", "position")

    def public_url(self, fact: Any) -> str:
        return f"{reverse('frameworks:criteria')}#{fact.slug}"


class CriterionForm(PageForm):
    def clean_is_scored(self) -> bool:
        scored = bool(self.cleaned_data["is_scored"])
        if not scored and self.instance.pk and Rating.objects.filter(criterion=self.instance.pk).exists():
            raise ValidationError("This criterion has ratings. Delete them before you make it unscored.")
        return scored


@admin.register(Criterion)
class CriterionAdmin(OrderedAdmin, RetirableAdmin):
    form = CriterionForm
    list_display = ("name", "position", "short_name", "group", "is_scored", "default_weight", "seen")
    list_filter = ("group", "is_scored", RetiredFilter)
    list_select_related = ("group",)
    search_fields = ("name", "short_name", "slug")
    autocomplete_fields = ("group",)
    prepopulated_fields = {"slug": ("name",)}
    named_with = ("group",)
    fieldsets = (
        (None, {"fields": ("name", "short_name", "slug", "group", "position", "question", "description")}),
        (
            "Rubric",
            {
                "description": "A sentence for each step. A higher score is better for the reader.",
                "fields": ("rubric_1", "rubric_2", "rubric_3", "rubric_4", "rubric_5", "reading_rule"),
            },
        ),
        ("Weight", {"fields": ("is_scored", "default_weight")}),
        ("Review", {"fields": ("review_interval_days",)}),
        RETIREMENT,
    )


class FacetValueRow(NamedRow):
    named_by = ("slug",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "slug", "position"):
            self.fields[name].widget.attrs["aria-label"] = name.capitalize()  # a table has no labels


class FacetValueInline(FactInline):
    model = FacetValue
    form = FacetValueRow
    template = TABULAR
    verbose_name_plural = "values"
    fields = ("seen", "name", "slug", "position")
    named_with = ("facet",)


@admin.register(Facet)
class FacetAdmin(OrderedAdmin):
    list_display = ("name", "position", "slug", "help", "requires_all", "seen")
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    set_once = ("slug",)
    fields = ("name", "slug", "help", "requires_all", "position")
    inlines = (FacetValueInline,)

    def public_url(self, fact: Any) -> str:
        """Return where a facet has a page, or else where it is a filter."""
        return reverse(f"comparisons:{'capabilities' if fact.slug == CAPABILITY else 'matrix'}")


@admin.register(FacetValue)
class FacetValueAdmin(OrderedAdmin):
    shown_on = "facet"
    list_display = ("name", "position", "facet", "slug", "seen")
    list_filter = ("facet",)
    list_select_related = ("facet",)
    search_fields = ("name", "slug", "facet__name")
    autocomplete_fields = ("facet",)
    prepopulated_fields = {"slug": ("name",)}
    set_once = ("facet", "slug")
    named_with = ("facet",)
    fields = ("facet", "name", "slug", "synonyms", "position")


@admin.register(Trait)
class TraitAdmin(FactAdmin):
    shown_on = "framework"
    list_display = ("framework", "value", claim_count, "note")
    annotations = CITED
    list_display_links = ("framework", "value")
    list_filter = ("value__facet", "framework")
    search_fields = ("framework__name", "value__name", "value__facet__name", "framework__slug", "note")
    autocomplete_fields = ("framework", "value", "claims")
    set_once = ("framework", "value")
    named_with = ("framework", "value__facet")
    fields = ("framework", "value", "claims", "note")


@admin.register(Relation)
class RelationAdmin(FactAdmin):
    shown_on = "framework"
    list_display = ("framework", "kind", "other", claim_count, "text")
    annotations = CITED
    list_display_links = ("framework", "kind", "other")
    list_filter = ("kind", "framework")
    search_fields = ("framework__name", "other__name", "framework__slug", "text")
    autocomplete_fields = ("framework", "other", "claims")
    set_once = ("framework", "kind", "other")
    named_with = ("framework", "other")
    fields = ("framework", "kind", "other", "text", "claims")
