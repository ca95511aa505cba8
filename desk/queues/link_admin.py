"""What the addresses that the portal names answered: read here, asked by `manage.py check_links`."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from desk.editing.lists import ListAdmin, SafeChangeList, desk_url
from desk.kinds.filters import Question
from frameworks.models import LinkCheck, Versioned

from . import links


class AnswerFilter(Question):
    title = "answer"
    parameter_name = "answers"
    answers = (("no", "Does not answer"), ("yes", "Answers"))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "no":
                return queryset.filter(is_alive=False)
            case "yes":
                return queryset.filter(is_alive=True)
        return queryset


class LinkList(SafeChangeList):
    """Each row with the facts that name its address."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        named = links.named()
        for check in self.result_list:
            check.facts = named.get(check.url, [])


def _link_to(fact: Versioned) -> tuple[str, str]:
    return desk_url(type(fact), "change", fact.pk), str(fact)


@admin.register(LinkCheck)
class LinkCheckAdmin(ListAdmin):
    list_display = ("address", "answers", "detail", "named_by", "checked_at")
    list_display_links = None
    list_filter = (AnswerFilter,)
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("url", "detail")
    fields = readonly_fields = ("url", "checked_at", "is_alive", "status", "detail")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LinkList

    @admin.display(description="address", ordering="url")
    def address(self, check: LinkCheck) -> SafeString:
        return format_html('<a href="{0}" rel="noreferrer">{0}</a>', check.url)

    @admin.display(description="answers", ordering="is_alive")
    def answers(self, check: LinkCheck) -> str:
        return "yes" if check.is_alive else "no"

    @admin.display(description="named by")
    def named_by(self, check: Any) -> SafeString:
        return format_html_join(", ", '<a href="{}">{}</a>', map(_link_to, check.facts))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
