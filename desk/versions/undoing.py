"""A whole changeset: what was changed in it, and taking all of it back with a reason, as a new changeset."""

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.text import get_text_list

from desk.editing.edit import edit_of
from desk.editing.fields import is_number
from desk.editing.forms import VERSION_MISSING, ReasonForm
from desk.editing.guarded import GuardedAdmin
from desk.editing.refusals import in_words
from frameworks.models import Revision
from frameworks.record import past, reverting, revisions

STEPS_PER_PAGE = 50
#: The confirmation names so many facts; of the others, it says how many there are.
NAMED_MAX = 200

MOVED = (
    "Somebody else has changed more of these facts since this page was opened. Nothing was undone. Below is what can "
    "be undone now."
)


class ChangesetPages:
    """What was changed in one changeset, and the page that undoes it."""

    def __init__(self, admin: GuardedAdmin) -> None:
        self.admin = admin

    def view(self, request: HttpRequest, changeset: UUID) -> HttpResponse:
        """Show all that was changed in one go."""
        if not self.admin.has_view_permission(request):
            raise PermissionDenied
        steps = Revision.objects.filter(changeset=changeset).order_by("pk")
        shown = Paginator(steps, STEPS_PER_PAGE).get_page(request.GET.get("p"))
        if not shown:
            raise Http404
        shown_steps = [
            (step, past.changes(model, step) if model else [])
            for step in shown
            for model in [past.versioned_model(step.model)]
        ]
        context = self.admin.page_context(
            request,
            title=f"Changed in one go by {shown[0].author_name}",
            changeset=changeset,
            first=shown[0],
            steps=shown_steps,
            shown=shown,
        )
        return TemplateResponse(request, "desk/versions/changeset.html", context)

    def undo_view(self, request: HttpRequest, changeset: UUID) -> HttpResponse:
        """Show what can be taken back and what was changed since, and ask for a reason; then take it back."""
        plan = reverting.plan(changeset)
        if not plan.steps and not plan.changed_since:
            raise Http404
        if not self.admin.has_view_permission(request) or not request.user.has_perms(
            sorted(plan.permissions)
        ):
            raise PermissionDenied
        if request.method != "POST":
            return self._undo_page(request, changeset, ReasonForm())
        form, count = ReasonForm(request.POST), request.POST.get("count", "")
        if not is_number(count):
            return self._undo_page(request, changeset, form, VERSION_MISSING)
        if not form.is_valid():
            return self._undo_page(request, changeset, form)
        return self._undo(request, changeset, form, int(count))

    def _undo(self, request: HttpRequest, changeset: UUID, form: ReasonForm, count: int) -> HttpResponse:
        by = edit_of(request).by(Revision.Origin.REVERT)
        try:
            done = reverting.undo(changeset, by=by, reason=form.cleaned_data["reason"], count=count)
        except reverting.FactsChanged:
            return self._undo_page(request, changeset, form, MOVED, status=HTTPStatus.CONFLICT)
        except revisions.Refused as refusal:
            return self._undo_page(request, changeset, form, f"Nothing was undone. {refusal}")
        except OperationalError as error:
            return self._undo_page(request, changeset, form, in_words(error))
        were = "step was" if done == 1 else "steps were"
        messages.success(request, f"{done} {were} undone. This is what it changed; it can be undone as well.")
        return HttpResponseRedirect(self.admin.url_of("changeset", by.changeset))

    def _undo_page(
        self,
        request: HttpRequest,
        changeset: UUID,
        form: ReasonForm,
        refusal: str = "",
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        plan = reverting.plan(changeset)
        first = (plan.steps or plan.changed_since)[-1]
        context = self.admin.page_context(
            request,
            title=f"Undo what {first.author_name} changed in one go",
            changeset=changeset,
            first=first,
            count=len(plan.steps),
            steps=[_in_words(step) for step in plan.steps[:NAMED_MAX]],
            unnamed=len(plan.steps[NAMED_MAX:]),
            taken=[_in_words(step) for step in plan.changed_since[:NAMED_MAX]],
            taken_count=len(plan.changed_since),
            reason_form=form,
            refusal=refusal,
        )
        return TemplateResponse(request, "desk/versions/undo.html", context, status=status)


def _in_words(step: Revision) -> tuple[Revision, str, str]:
    """Return a revision, its kind of fact, and the fields that it changed, in words."""
    model = past.versioned_model(step.model)
    if model is None:
        return step, step.model, ""
    fields = get_text_list([change.label for change in past.changes(model, step)], "and")
    return step, str(model._meta.verbose_name), fields
