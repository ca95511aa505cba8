"""Lists of facts: any address gets an answer, and edits in the list are guarded row by row."""

import re
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import model_ngettext
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR, ChangeList, ChangeListSearchForm
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DataError, IntegrityError, OperationalError, models, transaction
from django.forms import BaseModelFormSet, CharField, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse

from frameworks.models import Versioned
from frameworks.record import revisions
from frameworks.record.revisions import Author

from . import conflicts
from .conflicts import Clash, WayOn
from .forms import ROWS_MAX, ListRowForm, VersionedForm, VersionedListFormSet, desk, is_number

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Versioned]
    AnyAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin
    AnyAdmin = object

AT_ONCE = "Somebody else saved at the same moment, so this was not saved. Look it over and save again."
#: Longer search terms are a 500 on SQLite ("LIKE pattern too complex").
SEARCH_MAX = 200
VALUE_MAX = 1000


class SearchForm(ChangeListSearchForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {SEARCH_VAR: CharField(required=False, strip=False, max_length=SEARCH_MAX)}


class SafeChangeList(ChangeList):
    search_form_class = SearchForm


class Guarded(AnyAdmin):
    """Any address gets an answer. Goes before the stock admin class whose pages it guards."""

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return SafeChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        # The autocomplete address comes here too, without a form in between.
        if "\0" in search_term or len(search_term) > SEARCH_MAX:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not _is_understood(request):
            return self.not_understood(request)
        try:
            response = super().changelist_view(request, extra_context)
        except (ValueError, OverflowError, DataError, SuspiciousOperation):
            if not request.GET:
                raise
            return self.not_understood(request)
        if isinstance(response, HttpResponseRedirect) and response.url.endswith(f"?{ERROR_FLAG}=1"):
            messages.warning(request, "That filter was not understood. This is the whole list.")
        return response

    def not_understood(self, request: HttpRequest) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": "That address was not understood",
            "opts": self.opts,
        }
        return TemplateResponse(request, "desk/not_understood.html", context, status=400)


def desk_url(model: type[models.Model], page: str, *args: Any) -> str:
    """The address of a page of this model's desk: `changelist`, `add`, `change` …"""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


class ListAdmin(Guarded, ModelAdmin):
    #: The related facts that a fact's name is made of: fetched with it, always.
    named_with: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Versioned]:
        facts = super().get_queryset(request)
        return facts.select_related(*self.named_with) if self.named_with else facts

    def get_ordering(self, request: HttpRequest) -> Any:
        # Said aloud: a list that counts, as most do, forgets the order of its model.
        return self.ordering or self.opts.ordering

    def url_of(self, page: str, *args: Any) -> str:
        """The address of one of this desk's pages: `changelist`, `add`, `change` …"""
        return desk_url(self.model, page, *args)

    # Edits in the list

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if _is_understood(request) and self.list_editable and {"_save", "_edit"} & request.POST.keys():
            response = self.save_list(request)
            if response is not None:
                return response
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse):
            _pair_rows_with_facts(response)
        return response

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> "type[ModelForm[Any]]":
        return super().get_changelist_form(request, **{"form": ListRowForm, **kwargs})

    def get_changelist_formset(
        self, request: HttpRequest, **kwargs: Any
    ) -> "type[BaseModelFormSet[Any, Any]]":
        options = {"formset": VersionedListFormSet, "max_num": ROWS_MAX, "absolute_max": ROWS_MAX}
        made = super().get_changelist_formset(request, **{**options, **kwargs})
        made.desk = desk(request)  # type: ignore[attr-defined]
        return made

    def _get_list_editable_queryset(self, request: HttpRequest, prefix: str) -> models.QuerySet[Versioned]:
        posted = [pk for pk in self._get_edited_object_pks(request, prefix) if is_number(pk)]
        return self.get_queryset(request).filter(pk__in=posted)

    def save_list(self, request: HttpRequest) -> HttpResponse | None:
        """Saves the changed rows, each for itself; rows in conflict go to the conflict page.

        None when there is a form to show again.
        """
        if not self.has_change_permission(request):
            raise PermissionDenied
        if "_edit" in request.POST:
            self.hold(request)
            return None
        formset = self._posted_list(request)
        if not formset.is_valid():
            desk(request).is_wanting = True
            return None
        saved, clashing = 0, []
        changed = [(index, form) for index, form in enumerate(formset.initial_forms) if form.has_changed()]
        for index, form in changed:
            try:
                self._save_row(request, form, formset.reason_form.cleaned_data["reason"])
                saved += 1
            except revisions.Conflict:
                clashing.append(index)
            except revisions.Refused as refusal:
                messages.error(request, str(refusal))
            except (IntegrityError, OperationalError):
                messages.error(request, f"{form.instance}: {AT_ONCE}")
        if saved:
            were = "was" if saved == 1 else "were"
            messages.success(request, f"{saved} {model_ngettext(self.opts, saved)} {were} changed.")
        if clashing:
            return self._list_conflict(request, clashing)
        return HttpResponseRedirect(request.get_full_path())

    def hold(self, request: HttpRequest) -> None:
        """Has the posted values shown again, unsaved."""
        desk(request).is_held = True
        messages.warning(request, "Not saved yet. These are your values, on top of what stands now.")
        data = request.POST.copy()
        data["_save"] = "held"  # so that Django shows the posted rows of a list
        request.POST = data  # type: ignore[assignment]

    def _save_row(self, request: HttpRequest, form: VersionedForm, reason: str) -> None:
        with transaction.atomic():
            form.write(Author.of(request), reason)
            self.log_change(
                request, form.instance, self.construct_change_message(request, cast(Any, form), [])
            )

    def _posted_list(self, request: HttpRequest) -> VersionedListFormSet:
        made: Any = self.get_changelist_formset(request)
        rows = self._get_list_editable_queryset(request, made.get_default_prefix())
        formset: VersionedListFormSet = made(request.POST, queryset=rows)
        return formset

    def _list_conflict(self, request: HttpRequest, clashing: list[int]) -> HttpResponse:
        formset = self._posted_list(request)  # again, with the facts as they stand now
        formset.is_valid()
        clashes, data = [], QueryDict(mutable=True)
        data[f"{formset.prefix}-TOTAL_FORMS"] = data[f"{formset.prefix}-INITIAL_FORMS"] = str(len(clashing))
        data["reason"] = request.POST.get("reason", "")
        for place, index in enumerate(clashing):
            form: VersionedForm = formset.forms[index]
            clashes.append(Clash.of_form(form))
            posted = request.POST.copy()
            form.put_on_top(posted)
            for name in form.fields:
                data.setlist(f"{formset.prefix}-{place}-{name}", posted.getlist(form.add_prefix(name)))
        here = request.get_full_path()
        return conflicts.page(self, request, clashes, data, WayOn(action=here, keep_url=here))


def _is_understood(request: HttpRequest) -> bool:
    """Whether the database could look up what the address and the ticked boxes say."""
    for name, values in request.GET.lists():
        if name != SEARCH_VAR and any(_is_hostile(name) or _is_hostile(value) for value in values):
            return False
    return all(is_number(pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME))


def _is_hostile(text: str) -> bool:
    return "\0" in text or len(text) > VALUE_MAX or bool(re.search(r"[0-9]{19}", text))


def _pair_rows_with_facts(response: TemplateResponse) -> None:
    """Shown again after an error, rows stand in the posted order; the list may have another by now."""
    changelist = (response.context_data or {}).get("cl")
    if changelist is not None and changelist.formset is not None and changelist.formset.is_bound:
        changelist.result_list = [form.instance for form in changelist.formset.initial_forms]
