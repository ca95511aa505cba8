"""The admin of use cases and for the rules of the decision helper."""

from typing import Any

from django.contrib import admin
from django.urls import reverse

from comparisons.models import Condition, Need, Option, Prompt, Recommendation, Rule, UseCase, UseCaseWeight

from .fact_admin import CITED, FactAdmin, claim_count
from .inlines import TABULAR, FactInline, NamedRow
from .ordering import OrderedAdmin


class WeightRow(NamedRow):
    named_by = ("criterion",)


class WeightInline(FactInline):
    model = UseCaseWeight
    form = WeightRow
    template = TABULAR
    fields = ("seen", "criterion", "weight")
    autocomplete_fields = ("criterion",)
    named_with = ("use_case", "criterion")


class NeedRow(NamedRow):
    named_by = ("number",)


class NeedInline(FactInline):
    model = Need
    form = NeedRow
    fields = ("seen", "number", "value", ("criterion", "minimum"), "claims")
    autocomplete_fields = ("value", "criterion", "claims")
    named_with = ("use_case", "value__facet", "criterion")


class RecommendationRow(NamedRow):
    named_by = ("slug",)


class RecommendationInline(FactInline):
    model = Recommendation
    form = RecommendationRow
    fields = ("seen", ("slug", "strength"), "frameworks", "component", "claims")
    autocomplete_fields = ("frameworks", "component", "claims")
    named_with = ("use_case", "component")


@admin.register(UseCase)
class UseCaseAdmin(OrderedAdmin):
    list_display = ("name", "position", "slug", "summary", "seen")
    search_fields = ("name", "slug", "summary")
    prepopulated_fields = {"slug": ("name",)}
    inlines = (RecommendationInline, NeedInline, WeightInline)
    fields = ("name", "slug", "summary", "weights_reason", "dispute", "position")


@admin.register(UseCaseWeight)
class UseCaseWeightAdmin(FactAdmin):
    shown_on = "use_case"
    list_display = ("use_case", "criterion", "weight")
    list_display_links = ("use_case", "criterion")
    list_filter = ("use_case", "criterion")
    search_fields = ("use_case__name", "criterion__name")
    autocomplete_fields = ("use_case", "criterion")
    set_once = ("use_case", "criterion")
    named_with = ("use_case", "criterion")
    fields = ("use_case", "criterion", "weight")


@admin.register(Need)
class NeedAdmin(FactAdmin):
    shown_on = "use_case"
    list_display = ("use_case", "number", "value", "criterion", "minimum", claim_count)
    annotations = CITED
    list_display_links = ("use_case", "number")
    list_filter = ("use_case",)
    search_fields = ("use_case__name", "value__name", "criterion__name")
    autocomplete_fields = ("use_case", "value", "criterion", "claims")
    set_once = ("use_case", "number")
    named_with = ("use_case", "value__facet", "criterion")
    fields = ("use_case", "number", "value", "criterion", "minimum", "claims")


@admin.register(Recommendation)
class RecommendationAdmin(FactAdmin):
    shown_on = "use_case"
    list_display = ("use_case", "slug", "strength", "component", claim_count)
    annotations = CITED
    list_display_links = ("use_case", "slug")
    list_filter = ("strength", "use_case")
    search_fields = ("use_case__name", "slug", "component__name")
    autocomplete_fields = ("use_case", "frameworks", "component", "claims")
    set_once = ("use_case", "slug")
    named_with = ("use_case", "component")
    fields = ("use_case", "slug", "strength", "frameworks", "component", "claims")


class OptionRow(NamedRow):
    named_by = ("slug",)


class OptionInline(FactInline):
    model = Option
    form = OptionRow
    template = TABULAR
    fields = ("seen", "text", "slug", "position")
    named_with = ("prompt",)


@admin.register(Prompt)
class PromptAdmin(OrderedAdmin):
    list_display = ("text", "position", "slug", "takes_several", "seen")
    search_fields = ("text", "slug")
    prepopulated_fields = {"slug": ("text",)}
    set_once = ("slug",)
    inlines = (OptionInline,)
    fields = ("text", "slug", "help", "takes_several", "position")

    def public_url(self, fact: Any) -> str:
        return f"{reverse('comparisons:choose')}#question-{fact.slug}"


@admin.register(Option)
class OptionAdmin(OrderedAdmin):
    shown_on = "prompt"
    list_display = ("text", "position", "prompt", "slug", "seen")
    list_filter = ("prompt",)
    search_fields = ("text", "slug", "prompt__text")
    autocomplete_fields = ("prompt",)
    prepopulated_fields = {"slug": ("text",)}
    set_once = ("prompt", "slug")
    named_with = ("prompt",)
    fields = ("prompt", "text", "slug", "position")


class ConditionRow(NamedRow):
    named_by = ("number",)


class ConditionInline(FactInline):
    model = Condition
    form = ConditionRow
    fields = ("seen", "number", "options")
    autocomplete_fields = ("options",)
    named_with = ("rule__source",)


@admin.register(Rule)
class RuleAdmin(FactAdmin):
    list_display = ("key", "source", "line", "paraphrase", "is_combination", claim_count)
    annotations = CITED
    list_filter = ("source", "favours", "is_combination")
    search_fields = ("key", "paraphrase")
    autocomplete_fields = ("source", "favours", "component", "against", "claims")
    set_once = ("key",)
    named_with = ("source",)
    inlines = (ConditionInline,)
    fields = (
        "key",
        "source",
        "line",
        "paraphrase",
        "favours",
        "is_combination",
        "component",
        "against",
        "note",
        "claims",
    )

    def public_url(self, fact: Any) -> str:
        return reverse("comparisons:choose")


@admin.register(Condition)
class ConditionAdmin(FactAdmin):
    shown_on = "rule"
    list_display = ("rule", "number")
    list_display_links = ("rule", "number")
    list_filter = ("rule__source",)
    search_fields = ("rule__key",)
    autocomplete_fields = ("rule", "options")
    set_once = ("rule", "number")
    named_with = ("rule__source",)
    fields = ("rule", "number", "options")
