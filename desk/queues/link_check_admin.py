"""What the addresses that the portal names answered: checked from here, or by `manage.py check_links`."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from desk.editing.guarded import GuardedAdmin, SafeChangeList, desk_url
from desk.editing.refusals import PlainErrors
from desk.kinds.filters import ChoiceFilter
from frameworks.models import LinkCheck, Versioned
from frameworks.roles import may_publish

from . import links
from .link_runs import Busy, LinkRun


class LinkAnswerFilter(ChoiceFilter):
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


class LinkRunForm(PlainErrors, forms.Form):
    """When a run began, as its page says it."""

    since = forms.DateTimeField()

    @classmethod
    def run(cls, data: QueryDict) -> LinkRun | None:
        """Return the run that the page is about; None where it names none of the last day."""
        form, now = cls(data), timezone.now()
        if not form.is_valid() or not now - timedelta(days=1) < form.cleaned_data["since"] <= now:
            return None
        return LinkRun.begun(form.cleaned_data["since"])


def _link_to(fact: Versioned) -> tuple[str, str]:
    return desk_url(type(fact), "change", fact.pk), str(fact)


@admin.register(LinkCheck)
class LinkCheckAdmin(GuardedAdmin, admin.ModelAdmin):
    list_display = ("address", "answers", "detail", "named_by", "checked_at")
    list_display_links = None
    list_filter = (LinkAnswerFilter,)
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("url", "detail")
    fields = readonly_fields = ("url", "checked_at", "is_alive", "status", "detail")

    change_list_template = "desk/queues/link_check_list.html"

    def get_urls(self) -> list[URLPattern]:
        run = self.admin_site.admin_view(self.run_view)
        return [path("run/", run, name="frameworks_linkcheck_run"), *super().get_urls()]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return super().changelist_view(
            request, {"may_run": may_publish(request.user), **(extra_context or {})}
        )

    def run_view(self, request: HttpRequest) -> HttpResponse:
        """Show how far a run is; posted to, check some more of its addresses, or take up the last run or begin one."""
        # Only who may publish: what others post is held in a transaction, which must not wait for other servers.
        if not may_publish(request.user):
            raise PermissionDenied
        run = LinkRunForm.run(request.POST if request.method == "POST" else request.GET)
        if request.method != "POST":
            return self._run_page(request, run) if run else HttpResponseRedirect(self.url_of("changelist"))
        is_busy = False
        if run is not None:
            try:
                run.check_batch(links.Door())
            except Busy:
                is_busy = True
        run = run or LinkRun.unfinished(timezone.now())
        query = {"since": run.since.isoformat(), **({"busy": "1"} if is_busy else {})}
        return HttpResponseRedirect(f"{self.url_of('run')}?{urlencode(query)}")

    def _run_page(self, request: HttpRequest, run: LinkRun) -> HttpResponse:
        context = self.page_context(
            request, title="Checking links", run=run, is_busy=bool(run.left and "busy" in request.GET)
        )
        return TemplateResponse(request, "desk/queues/link_run.html", context)

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
