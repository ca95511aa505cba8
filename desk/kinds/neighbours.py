"""The admin of components around the frameworks, for measured figures, and for questions with their answers."""

from django.contrib import admin

from frameworks.models import Addition, Answer, Benchmark, Component, Figure, Question, Tie

from .fact_admin import CITED, FactAdmin, claim_count
from .filters import RetiredFilter
from .inlines import FactInline, NamedRow
from .ordering import OrderedAdmin
from .retiring import RETIREMENT, RetirableAdmin


class TieRow(NamedRow):
    named_by = ("kind", "framework")


class TieInline(FactInline):
    model = Tie
    form = TieRow
    fields = ("seen", "kind", "framework", "text", "claims")
    autocomplete_fields = ("framework", "claims")
    named_with = ("component", "framework")


@admin.register(Component)
class ComponentAdmin(RetirableAdmin):
    list_display = ("name", "kind", "label", "summary")
    list_filter = ("kind", RetiredFilter)
    search_fields = ("name", "slug", "label", "summary")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (TieInline,)
    fieldsets = (
        (None, {"fields": ("name", "slug", "kind", "label", "summary", "synonyms", "website")}),
        RETIREMENT,
    )


@admin.register(Tie)
class TieAdmin(FactAdmin):
    shown_on = "component"
    list_display = ("component", "kind", "framework", claim_count, "text")
    annotations = CITED
    list_display_links = ("component", "kind", "framework")
    list_filter = ("kind", "framework")
    search_fields = ("component__name", "framework__name", "framework__slug", "text")
    autocomplete_fields = ("component", "framework", "claims")
    set_once = ("component", "kind", "framework")
    named_with = ("component", "framework")
    fields = ("component", "kind", "framework", "text", "claims")


@admin.register(Addition)
class AdditionAdmin(FactAdmin):
    shown_on = "framework"
    list_display = ("framework", "capability", "component", claim_count, "note")
    annotations = CITED
    list_display_links = ("framework", "capability", "component")
    list_filter = ("capability", "framework")
    search_fields = ("framework__name", "capability__name", "component__name", "framework__slug", "note")
    autocomplete_fields = ("framework", "component", "claims")
    set_once = ("framework", "capability", "component")
    named_with = ("framework", "capability__facet", "component")
    fields = ("framework", "capability", "component", "note", "claims")


class FigureRow(NamedRow):
    named_by = ("framework", "setup")


class FigureInline(FactInline):
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
class BenchmarkAdmin(OrderedAdmin):
    list_display = ("title", "position", "source", "unit", "measured_on", "seen")
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
                "description": "What is known about the method and what is not."
                " A figure is only as good as its method.",
                "fields": ("method", "unsaid", "measured_on", "command"),
            },
        ),
        ("Caveats", {"fields": ("comment", "counter_claims")}),
    )


@admin.register(Figure)
class FigureAdmin(FactAdmin):
    shown_on = "benchmark"
    list_display = ("benchmark", "framework", "server", "value", "is_about", claim_count)
    annotations = CITED
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


class AnswerInline(FactInline):
    model = Answer
    form = AnswerRow
    fields = ("seen", ("source", "line"), "stance", "text", "question_is_stated", "claims")
    autocomplete_fields = ("source", "claims")
    named_with = ("question", "source")


@admin.register(Question)
class QuestionAdmin(OrderedAdmin):
    list_display = ("text", "position", "slug", "dispute", "seen")
    search_fields = ("text", "slug", "dispute")
    autocomplete_fields = ("claims",)
    prepopulated_fields = {"slug": ("text",)}
    set_once = ("slug",)
    inlines = (AnswerInline,)
    fields = ("text", "slug", "dispute", "claims", "position")


@admin.register(Answer)
class AnswerAdmin(FactAdmin):
    shown_on = "question"
    list_display = ("question", "source", "line", "stance", claim_count)
    annotations = CITED
    list_display_links = ("question", "source", "line")
    list_filter = ("source",)
    search_fields = ("question__text", "stance", "text")
    autocomplete_fields = ("question", "source", "claims")
    set_once = ("question", "source", "line")
    named_with = ("question", "source")
    fields = ("question", "source", "line", "stance", "text", "question_is_stated", "claims")
