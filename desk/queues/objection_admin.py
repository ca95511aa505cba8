"""Readers' objections: a queue, each beside its cell, accepted or dismissed by whoever is first."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.text import Truncator

from desk.editing.fields import ReasonField, is_number
from desk.editing.guarded import GuardedAdmin, desk_url
from desk.editing.offers import with_page
from desk.editing.refusals import PlainErrors
from desk.guiding import drafts
from desk.kinds.filters import WaitingFilter
from frameworks.cells import Cell
from frameworks.models import Claim, Criterion, Framework, Objection, Rating
from frameworks.pages import objections
from frameworks.roles import right_to


class AnswerObjectionForm(PlainErrors, forms.Form):
    note = ReasonField(
        label="Note",
        required=True,
        help_text="One sentence: what was done about it, or why nothing was done. Editors see it, readers do not.",
        error_messages={"required": "Say what was done about it, or why nothing was done."},
    )
    status = forms.ChoiceField(
        choices=[(Objection.Status.ACCEPTED, "accept"), (Objection.Status.DISMISSED, "dismiss")],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choose whether to accept or dismiss it."
        ),
    )


#: What was done about a report, by the kind of fact that was saved.
DONE = {"claim": "A claim was added.", "rating": "The rating was changed."}


@admin.register(Objection)
class ObjectionAdmin(GuardedAdmin, admin.ModelAdmin):
    list_display = ("when", "framework", "criterion", "said", "status")
    list_display_links = ("when", "said")
    list_filter = (WaitingFilter, "framework", "criterion")
    list_per_page = 50
    search_fields = ("text", "note", "framework__name", "criterion__name")
    search_help_text = "Searches reports, notes and names."
    show_facets = admin.ShowFacets.NEVER
    named_with = ("framework", "criterion")
    #: A queue: first come, first answered.
    ordering = ("created_at", "pk")

    @admin.display(description="sent", ordering="created_at")
    def when(self, objection: Objection) -> Any:
        return objection.created_at

    @admin.display(description="report")
    def said(self, objection: Objection) -> str:
        return Truncator(objection.text).chars(160)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    # One objection

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        objection = self._find(request, object_id)
        if request.method != "POST":
            note = DONE.get(request.GET.get("saved", ""), "")
            return self._page(request, objection, AnswerObjectionForm(initial={"note": note}))
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = AnswerObjectionForm(request.POST)
        if not form.is_valid():
            return self._page(request, objection, form)
        return self._answer(request, objection, **form.cleaned_data)

    def _find(self, request: HttpRequest, pk: str) -> Objection:
        if not self.has_view_permission(request):
            raise PermissionDenied
        with_names = Objection.objects.select_related("framework", "criterion", "handled_by")
        objection = with_names.filter(pk=pk).first() if is_number(pk) else None
        if objection is None:
            raise Http404("There is no such problem report.")
        return objection

    def _answer(self, request: HttpRequest, objection: Objection, *, status: str, note: str) -> HttpResponse:
        try:
            objections.answer(objection, status, by=cast(User, request.user), note=note, at=timezone.now())
        except objections.Answered:
            messages.error(
                request,
                "Somebody else has already answered this report, as shown below. Nothing was changed. "
                f"Your note was: “{note}”",
            )
            now = self._find(request, str(objection.pk))
            return self._page(request, now, AnswerObjectionForm(), status=HTTPStatus.CONFLICT)
        sentence = f"{objection} is {objection.get_status_display()}."
        framework = objection.framework
        page = f"{framework.get_absolute_url()}#{objection.criterion.slug}" if framework.is_published else ""
        messages.success(request, with_page(sentence, page))
        return HttpResponseRedirect(self.url_of("changelist"))

    def _page(
        self,
        request: HttpRequest,
        objection: Objection,
        form: AnswerObjectionForm,
        *,
        status: int = HTTPStatus.OK,
    ) -> TemplateResponse:
        is_open = objection.status == Objection.Status.OPEN
        by, cell = objection.handled_by, _cell(objection)
        context = self.page_context(
            request,
            title=f"Problem report on {objection.framework}, {objection.criterion}",
            objection=objection,
            cell=cell,
            drafts=list(_drafts(request, objection, cell.rating)) if is_open else [],
            retired=[place.takes_nothing_new for place in _places(objection) if place.is_retired],
            proposals=drafts.proposals_after(objection),
            handled_by=by and (by.get_full_name() or by.get_username()),
            form=form if is_open and self.has_change_permission(request) else None,
        )
        return TemplateResponse(request, "desk/queues/objection.html", context, status=status)


def _drafts(request: HttpRequest, objection: Objection, rating: Rating | None) -> Iterator[tuple[str, str]]:
    """Yield words and address of each form that this editor may open with the reader's words as its draft.

    Nothing new is added to what is retired; a rating that is there can still be corrected.
    """
    drafted = f"objection={objection.pk}"
    is_current = not any(place.is_retired for place in _places(objection))
    if is_current and request.user.has_perm(right_to("add", Claim)):
        yield "Draft a claim", f"{desk_url(Claim, 'add')}?{drafted}"
    if rating is not None and request.user.has_perm(right_to("change", Rating)):
        yield "Propose a change", f"{desk_url(Rating, 'change', rating.pk)}?{drafted}"
    elif is_current and rating is None and request.user.has_perm(right_to("add", Rating)):
        yield "Propose a rating", f"{desk_url(Rating, 'add')}?{drafted}"


def _places(objection: Objection) -> tuple[Framework, Criterion]:
    return objection.framework, objection.criterion


def _cell(objection: Objection) -> Cell:
    """Return the cell that it is about, its rating also when it is not published."""
    framework, criterion = objection.framework, objection.criterion
    rating = Rating.objects.filter(framework=framework, criterion=criterion).first()
    claims = Claim.objects.behind(framework, criterion).cited()
    return Cell.of(framework, criterion, rating, claims)
