"""Lists that only grow, newest first, each page found by where it begins: nothing is counted and nothing skipped."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest

from frameworks.record.paging import AFTER, BEFORE, page_of

from .guarded import GuardedAdmin, SafeChangeList

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
else:
    AnyAdmin = admin.ModelAdmin


class LongChangeList(SafeChangeList):
    """The rows of one page. `older_query` and `newer_query` lead on; they are empty where there is nothing."""

    def get_filters(self, request: HttpRequest) -> Any:
        # They are no filters, and another filter or search begins with the newest.
        for name in (BEFORE, AFTER):
            self.params.pop(name, None)
            self.filter_params.pop(name, None)
        return super().get_filters(request)

    def get_results(self, request: HttpRequest) -> None:
        page = page_of(self.queryset, request.GET, self.list_per_page)
        for notice in page.notices:
            messages.warning(request, notice)
        self.newer_query = self.get_query_string({AFTER: page.newer}) if page.newer else ""
        self.older_query = self.get_query_string({BEFORE: page.older}) if page.older else ""
        self.result_list: Any = page.rows
        # The same, so that the search shows no number of results.
        self.result_count = self.full_result_count = len(page.rows)
        self.show_full_result_count = self.show_admin_actions = self.can_show_all = self.multi_page = False


class DateFilter(admin.DateFieldListFilter):
    """Filter by date, and say so: a field's own name, such as “when”, makes no heading."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "date"


class LongListAdmin(GuardedAdmin, AnyAdmin):
    """An admin whose list is as long as the record. It cannot be sorted otherwise, which would read all of it."""

    change_list_template = "desk/editing/long_list.html"
    show_facets = admin.ShowFacets.NEVER
    sortable_by = ()

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return LongChangeList
