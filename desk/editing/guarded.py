"""The base of the desk's admin classes: any address of a list gets an answer."""

import re
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR, ChangeList, ChangeListSearchForm
from django.core.exceptions import SuspiciousOperation
from django.db import DataError, models
from django.forms import CharField
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst

from frameworks.models.versioned import called
from frameworks.roles import may_publish
from frameworks.text.folding import folded

from .fields import is_number
from .refusals import PlainErrors

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
else:
    AnyAdmin = object

#: Longer search terms are a 500 on SQLite ("LIKE pattern too complex").
SEARCH_MAX = 200
VALUE_MAX = 1000


class SearchForm(PlainErrors, ChangeListSearchForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {SEARCH_VAR: CharField(required=False, strip=False, max_length=SEARCH_MAX)}


class SafeChangeList(ChangeList):
    search_form_class = SearchForm

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        #: Whether what is saved in the list becomes a proposal.
        self.proposes = not may_publish(request.user)
        self.title = str(capfirst(self.opts.verbose_name_plural))

    @property
    def called(self) -> str:
        """Return what is listed, to stand behind its number."""
        return called(self.model, self.result_count)


class GuardedAdmin(AnyAdmin):
    """Answer any address of a list. Goes before the stock admin class whose pages it guards."""

    #: The related facts that a fact's name is made of: fetched with it, always.
    named_with: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        facts = super().get_queryset(request)
        return facts.select_related(*self.named_with) if self.named_with else facts

    def get_ordering(self, request: HttpRequest) -> Any:
        # Explicit, because a list with counts, as most have, loses the default order of its model.
        return self.ordering or self.opts.ordering

    def url_of(self, page: str, *args: Any) -> str:
        """Return the address of one of this admin's pages: `changelist`, `add`, `change` …"""
        return desk_url(self.model, page, *args)

    def page_context(self, request: HttpRequest, **context: Any) -> dict[str, Any]:
        """Return what every page of the desk is shown with, and the `context` of this one."""
        request.current_app = self.admin_site.name
        return {**self.admin_site.each_context(request), "opts": self.opts, **context}

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, *_: object) -> HttpResponse:
        """Say that there is no such thing, and lead to the list of those that there are."""
        sentence = f"There is no such {self.opts.verbose_name}. It may have been deleted."
        self.message_user(request, sentence, messages.WARNING)
        has_list = self.has_view_or_change_permission(request)
        return HttpResponseRedirect(self.url_of("changelist") if has_list else reverse("admin:index"))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SafeChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        # The autocomplete address comes here too, without a form in between.
        if "\0" in search_term or len(search_term) > SEARCH_MAX:
            return queryset.none(), False
        if search_term.isascii():
            return super().get_search_results(request, queryset, search_term)
        # SQLite knows no case beyond ASCII, and neither database finds accents: these words are looked for here.
        wanted = folded(search_term).split()
        rows = queryset.values_list("pk", *self.get_search_fields(request))
        found = [
            pk for pk, *texts in rows if all(word in folded(" ".join(map(str, texts))) for word in wanted)
        ]
        return queryset.filter(pk__in=found), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not is_understood(request):
            return self.not_understood(request)
        try:
            response = super().changelist_view(request, extra_context)
        except (ValueError, OverflowError, DataError, SuspiciousOperation):
            if not request.GET:
                raise
            return self.not_understood(request)
        if isinstance(response, HttpResponseRedirect) and response.url.endswith(f"?{ERROR_FLAG}=1"):
            messages.warning(request, "That filter was not understood, so the whole list is shown.")
        return response

    def not_understood(self, request: HttpRequest) -> HttpResponse:
        context = self.page_context(request, title="That address was not understood")
        return TemplateResponse(request, "desk/editing/not_understood.html", context, status=400)


def desk_url(model: type[models.Model], page: str, *args: Any) -> str:
    """Return the address of a page of this model's admin: `changelist`, `add`, `change` …"""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def is_understood(request: HttpRequest) -> bool:
    """Return whether the database could look up what the address and the ticked boxes say."""
    for name, values in request.GET.lists():
        if name != SEARCH_VAR and any(_is_hostile(name) or _is_hostile(value) for value in values):
            return False
    return all(is_number(pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME))


def _is_hostile(text: str) -> bool:
    return "\0" in text or len(text) > VALUE_MAX or bool(re.search(r"[0-9]{19}", text))
