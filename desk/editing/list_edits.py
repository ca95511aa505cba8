"""Edits in a list: every changed row is saved for itself, and those in conflict go to the page of the conflict."""

from collections.abc import Set as AbstractSet
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse

from frameworks.models.versioned import called
from frameworks.record import revisions

from . import conflicts
from .conflicts import Clash, WayOn
from .edit import NOTHING_CHANGED, edit_of
from .forms import FactForm
from .formsets import FactListFormSet
from .guarded import GuardedAdmin
from .merging import post_on_top
from .offers import public_page, with_page
from .refusals import REFUSALS, in_words


def save(admin: GuardedAdmin, request: HttpRequest) -> HttpResponse | None:
    """Save the changed rows of a list. Returns None when the list is to be shown again with what was posted.

    Raises PermissionDenied.
    """
    if not admin.has_change_permission(request):
        raise PermissionDenied
    edit = edit_of(request)
    if "_edit" in request.POST:
        edit.hold(request)
        return None
    formset = _bound_rows(admin, request)
    if not formset.is_valid():
        edit.bound = formset
        return None
    edit.is_in_parts = True
    saved, refused, clashing = 0, 0, []
    for index, form in enumerate(formset.initial_forms):
        if not form.has_changed():
            continue
        try:
            saved += _save_row(admin, request, form, formset.reason_form.cleaned_data["reason"])
        except revisions.Conflict:
            if not form.is_done:
                clashing.append(index)
        except REFUSALS as error:
            messages.error(request, in_words(error, form.instance))
            refused += 1
    _report(admin, request, saved, is_idle=not clashing and not refused)
    return (
        _conflict_page(admin, request, clashing)
        if clashing
        else HttpResponseRedirect(request.get_full_path())
    )


def _report(admin: GuardedAdmin, request: HttpRequest, saved: int, *, is_idle: bool) -> None:
    if saved:
        were = "was" if saved == 1 else "were"
        sentence = f"{saved} {called(admin.model, saved)} {were} changed."
        messages.success(request, with_page(sentence, public_page(edit_of(request).changeset)))
    elif is_idle:
        messages.info(request, NOTHING_CHANGED)


def pair_rows_with_facts(response: TemplateResponse, annotations: AbstractSet[str]) -> None:
    """Order the facts of a list that is shown again as the posted rows are: the list may have another order by now.

    Of a fact that was deleted meanwhile, nothing is counted.
    """
    changelist = (response.context_data or {}).get("cl")
    if changelist is not None and changelist.formset is not None and changelist.formset.is_bound:
        changelist.result_list = [form.instance for form in changelist.formset.initial_forms]
        for fact in changelist.result_list:
            vars(fact).update(dict.fromkeys(annotations - vars(fact).keys()))


def _save_row(admin: GuardedAdmin, request: HttpRequest, form: FactForm, reason: str) -> bool:
    """Return whether that changed anything."""
    with transaction.atomic():
        if not form.write(edit_of(request).by(), reason):
            return False
        admin.log_change(request, form.instance, admin.construct_change_message(request, cast(Any, form), []))
    return True


def _bound_rows(admin: GuardedAdmin, request: HttpRequest) -> FactListFormSet:
    made: Any = admin.get_changelist_formset(request)
    rows = admin._get_list_editable_queryset(request, made.get_default_prefix())  # noqa: SLF001
    formset: FactListFormSet = made(request.POST, queryset=rows)
    return formset


def _conflict_page(admin: GuardedAdmin, request: HttpRequest, clashing: list[int]) -> HttpResponse:
    formset = _bound_rows(admin, request)  # anew: to the facts as they are now
    formset.is_valid()
    clashes, data = [], QueryDict(mutable=True)
    data[f"{formset.prefix}-TOTAL_FORMS"] = data[f"{formset.prefix}-INITIAL_FORMS"] = str(len(clashing))
    data["reason"] = request.POST.get("reason", "")
    for place, index in enumerate(clashing):
        form: FactForm = formset.forms[index]
        clashes.append(Clash.of_form(form))
        posted = request.POST.copy()
        post_on_top(form, posted)
        for name in form.fields:
            data.setlist(f"{formset.prefix}-{place}-{name}", posted.getlist(form.add_prefix(name)))
    here = request.get_full_path()
    return conflicts.page(admin, request, clashes, data, WayOn(action=here, keep_url=here))
