"""Desks for what stands around the frameworks, for measured figures, and for questions with their answers."""

from typing import Any, cast

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from desk.editing.forms import VersionedForm
from desk.editing.versioned import VersionedAdmin, VersionedInline
from frameworks.models import Addition, Answer, Benchmark, Component, Figure, Question, Tie

STACKED = "admin/edit_inline/stacked.html"


class NamedRow(VersionedForm):
    """A row of which some fields name the fact: set once, then for ever."""

    named_by: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kwargs.get("instance"):
            for name in self.named_by:
                self.fields[name].disabled = True


class CitingInline(VersionedInline):
    """Rows that name their claims."""

    template = STACKED
    #: What a row is named with, for one query instead of one a row.
    named_with: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = cast("models.QuerySet[Any]", super().get_queryset(request))
        return rows.select_related(*self.named_with)


class CitingAdmin(VersionedAdmin):
    """Lists that tell how many claims stand behind each fact."""

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).annotate(cited=models.Count("claims"))

    @admin.display(description="claims", ordering="cited")
    def claim_count(self, fact: Any) -> int:
        return int(fact.cited)


class TieRow(NamedRow):
    named_by = ("kind", "framework")


class TieInline(CitingInline):
    model = Tie
    form = TieRow
    fields = ("seen", "kind", "framework", "text", "claims")
    autocomplete_fields = ("framework", "claims")
    named_with = ("component", "framework")


@admin.register(Component)
class ComponentAdmin(VersionedAdmin):
    list_display = ("name", "kind", "label", "summary")
    list_filter = ("kind",)
    search_fields = ("name", "slug", "label", "summary")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (TieInline,)
    fields = ("name", "slug", "kind", "label", "summary", "website")


@admin.register(Tie)
class TieAdmin(CitingAdmin):
    list_display = ("component", "kind", "framework", "claim_count", "text")
    list_display_links = ("component", "kind", "framework")
    list_filter = ("kind", "framework")
    search_fields = ("component__name", "framework__name", "text")
    autocomplete_fields = ("component", "framework", "claims")
    set_once = ("component", "kind", "framework")
    named_with = ("component", "framework")
    fields = ("component", "kind", "framework", "text", "claims")


@admin.register(Addition)
class AdditionAdmin(CitingAdmin):
    list_display = ("framework", "capability", "component", "claim_count", "note")
    list_display_links = ("framework", "capability", "component")
    list_filter = ("capability", "framework")
    search_fields = ("framework__name", "capability__name", "component__name", "note")
    autocomplete_fields = ("framework", "component", "claims")
    set_once = ("framework", "capability", "component")
    named_with = ("framework", "capability__facet", "component")
    fields = ("framework", "capability", "component", "note", "claims")


class FigureRow(NamedRow):
    named_by = ("framework", "setup")


class FigureInline(CitingInline):
    model = Figure
    form = FigureRow
    fields = (
        "seen",
        ("framework", "setup"),
        ("server", "release"),
        ("value", "lowest", "highest", "is_about"),
        "claims",
    )
    autocomplete_fields = ("framework", "claims")
    named_with = ("benchmark", "framework")


@admin.register(Benchmark)
class BenchmarkAdmin(VersionedAdmin):
    list_display = ("title", "source", "unit", "measured_on", "position")
    list_filter = ("source",)
    search_fields = ("title", "slug", "question", "method")
    autocomplete_fields = ("source", "counter_claims")
    prepopulated_fields = {"slug": ("title",)}
    set_once = ("slug",)
    inlines = (FigureInline,)
    fieldsets = (
        (None, {"fields": ("title", "slug", "question", "source", "unit", "position")}),
        (
            "Method",
            {
                "description": "No figure without its method: what is known of it, and what is not.",
                "fields": ("method", "unsaid", "measured_on", "command"),
            },
        ),
        ("How to take it", {"fields": ("comment", "counter_claims")}),
    )


@admin.register(Figure)
class FigureAdmin(CitingAdmin):
    list_display = ("benchmark", "framework", "server", "value", "is_about", "claim_count")
    list_display_links = ("benchmark", "framework")
    list_filter = ("benchmark", "framework")
    search_fields = ("benchmark__title", "framework__name", "server")
    autocomplete_fields = ("benchmark", "framework", "claims")
    set_once = ("benchmark", "framework", "setup")
    named_with = ("benchmark", "framework")
    fields = (
        "benchmark",
        "framework",
        "setup",
        "server",
        "release",
        "value",
        "lowest",
        "highest",
        "is_about",
        "claims",
    )


class AnswerRow(NamedRow):
    named_by = ("source", "line")


class AnswerInline(CitingInline):
    model = Answer
    form = AnswerRow
    fields = ("seen", ("source", "line"), "stance", "text", "question_is_stated", "claims")
    autocomplete_fields = ("source", "claims")
    named_with = ("question", "source")


@admin.register(Question)
class QuestionAdmin(VersionedAdmin):
    list_display = ("text", "slug", "dispute", "position")
    search_fields = ("text", "slug", "dispute")
    autocomplete_fields = ("claims",)
    prepopulated_fields = {"slug": ("text",)}
    set_once = ("slug",)
    inlines = (AnswerInline,)
    fields = ("text", "slug", "dispute", "claims", "position")


@admin.register(Answer)
class AnswerAdmin(CitingAdmin):
    list_display = ("question", "source", "line", "stance", "claim_count")
    list_display_links = ("question", "source", "line")
    list_filter = ("source",)
    search_fields = ("question__text", "stance", "text")
    autocomplete_fields = ("question", "source", "claims")
    set_once = ("question", "source", "line")
    named_with = ("question", "source")
    fields = ("question", "source", "line", "stance", "text", "question_is_stated", "claims")
