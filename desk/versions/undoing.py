"""A whole changeset: what was changed in it, and taking all of it back with a reason, as a new changeset."""

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from itertools import accumulate
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.html import format_html

from desk.editing.edit import edit_of
from desk.editing.fields import is_number
from desk.editing.forms import VERSION_MISSING, ReasonForm
from desk.editing.guarded import GuardedAdmin
from desk.editing.offers import public_page, with_page
from desk.editing.refusals import REFUSALS, in_words, is_failure
from desk.interrupted import outcome_of
from frameworks.models import Revision
from frameworks.record import past, reverting
from frameworks.record.revisions import Author, Refused
from frameworks.roles import may_publish
from frameworks.serving import outages, version

STEPS_PER_PAGE = 50
#: The confirmation names so many facts; of the others, it says how many there are.
NAMED_MAX = 200

MOVED = (
    "Somebody else has changed more of these facts since you opened this page. Nothing was undone. Check what can "
    "still be undone."
)
UNDONE_ALREADY = (
    "That changeset has been undone already. This page shows what undid it. Nothing was undone twice."
)
#: Up to so many steps are undone before the page is answered.
AT_ONCE_MAX = 2000
#: Up to so many steps are undone and rolled back, to say beforehand if that would be refused.
REHEARSED_MAX = 500
#: Where the page of an undoing shows how far it is, and what it says in the end.
PROGRESS = "<!-- progress -->"
SUCCEEDED = (
    '<ul class="messagelist"><li class="success">{}</li></ul>\n<p><a href="{}">Show what changed</a></p>\n'
)
FAILED = '<p class="errornote">{}</p>\n<p>Your reason was: {}</p>\n<p><a href="{}">Show what can be undone</a></p>\n'
#: Why nothing may have been undone.
PROBLEMS = (reverting.FactsChanged, *REFUSALS)


class ChangesetPages:
    """What was changed in one changeset, and the page that undoes it."""

    def __init__(self, admin: GuardedAdmin) -> None:
        self.admin = admin

    def view(self, request: HttpRequest, changeset: UUID) -> HttpResponse:
        """Show everything that was saved together."""
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
            title=f"Changeset by {shown[0].author_name}",
            changeset=changeset,
            first=shown[0],
            steps=shown_steps,
            shown=shown,
        )
        return TemplateResponse(request, "desk/versions/changeset.html", context)

    def undo_view(self, request: HttpRequest, changeset: UUID) -> HttpResponseBase:
        """Show what can be taken back and what was changed since, and ask for a reason; then take it back."""
        plan = reverting.plan(changeset)
        if not plan.steps and not plan.changed_since:
            raise Http404
        if not self.admin.has_view_permission(request) or not request.user.has_perms(
            sorted(plan.permissions)
        ):
            raise PermissionDenied
        if not plan.steps and (undoing := reverting.undone_by(changeset)):
            return self._undone_already(request, undoing)
        if request.method != "POST":
            obstacle = _obstacle(plan, edit_of(request).by(Revision.Origin.REVERT))
            return self._undo_page(request, plan, ReasonForm(), obstacle=obstacle)
        form, count = ReasonForm(request.POST), request.POST.get("count", "")
        if not is_number(count):
            return self._undo_page(request, plan, form, VERSION_MISSING)
        if not form.is_valid():
            return self._undo_page(request, plan, form)
        return self._undo(request, changeset, form, int(count))

    def _undo(self, request: HttpRequest, changeset: UUID, form: ReasonForm, count: int) -> HttpResponseBase:
        by, reason = edit_of(request).by(Revision.Origin.REVERT), form.cleaned_data["reason"]
        # What becomes a proposal has to be written before the view returns.
        if count > AT_ONCE_MAX and may_publish(request.user):
            return self._undo_with_progress(request, changeset, by, reason, count)
        try:
            done = reverting.undo(changeset, by=by, reason=reason, count=count)
        except PROBLEMS as error:
            if is_failure(error):  # perhaps after it was done, which is then no other undoing
                raise
            plan = reverting.plan(changeset)
            if not plan.steps and (undoing := reverting.undone_by(changeset)):
                return self._undone_already(request, undoing)
            is_moved = isinstance(error, reverting.FactsChanged)
            status = HTTPStatus.CONFLICT if is_moved else HTTPStatus.OK
            return self._undo_page(request, plan, form, _why_not(error), status=status)
        messages.success(request, with_page(_done(done), public_page(by.changeset)))
        return HttpResponseRedirect(self.admin.url_of("changeset", by.changeset))

    def _undone_already(self, request: HttpRequest, undoing: UUID) -> HttpResponse:
        """Say so of a changeset that was undone by another, and show that."""
        messages.info(request, UNDONE_ALREADY)
        return HttpResponseRedirect(self.admin.url_of("changeset", undoing))

    def _undo_with_progress(
        self, request: HttpRequest, changeset: UUID, by: Author, reason: str, count: int
    ) -> StreamingHttpResponse:
        """Undo while the page is sent: each batch adds a line to it, so that no proxy gives up waiting."""
        title = f"Undoing {count:,} changes"
        context = self.admin.page_context(request, title=title, changeset=changeset)
        page = render_to_string("desk/versions/undo_progress.html", context, request)
        head, _, tail = page.partition(PROGRESS)

        def lines() -> Iterator[str]:
            yield head
            try:
                batches = reverting.undo_in_batches(changeset, by=by, reason=reason, count=count)
                for done in accumulate(batches):
                    yield format_html("<p>{} of {}</p>\n", f"{done:,}", f"{count:,}")
            except (*PROBLEMS, *outages.FAILURES) as error:
                if is_failure(error):
                    edit_of(request).has_written_anything = True
                    why = outcome_of(request, error).value
                    yield format_html(FAILED, why, reason, self.admin.url_of("undo", changeset))
                elif undoing := reverting.undone_by(changeset):
                    yield format_html(SUCCEEDED, UNDONE_ALREADY, self.admin.url_of("changeset", undoing))
                else:
                    yield format_html(FAILED, _why_not(error), reason, self.admin.url_of("undo", changeset))
            else:
                version.forget()  # it is written after the request, which is when others forget it
                yield format_html(SUCCEEDED, _done(count), self.admin.url_of("changeset", by.changeset))
            yield tail

        # Not collected by the proxy until it is whole.
        return StreamingHttpResponse(lines(), headers={"X-Accel-Buffering": "no"})

    def _undo_page(
        self,
        request: HttpRequest,
        plan: reverting.UndoPlan,
        form: ReasonForm,
        refusal: str = "",
        *,
        obstacle: str = "",
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        first = (plan.steps or plan.changed_since)[-1]
        context = self.admin.page_context(
            request,
            title=f"Undo the changeset by {first.author_name}",
            changeset=first.changeset,
            first=first,
            count=len(plan.steps),
            steps=[_in_words(step) for step in plan.steps[:NAMED_MAX]],
            unnamed=len(plan.steps[NAMED_MAX:]),
            taken=_changed_again(plan.changed_since[:NAMED_MAX]),
            taken_count=len(plan.changed_since),
            reason_form=form,
            refusal=refusal,
            obstacle=obstacle,
        )
        return TemplateResponse(request, "desk/versions/undo.html", context, status=status)


def _done(count: int) -> str:
    were = "change was" if count == 1 else "changes were"
    return f"{count} {were} undone. This page shows the result, which can itself be undone."


def _why_not(error: Exception) -> str:
    if isinstance(error, reverting.FactsChanged):
        return MOVED
    return f"Nothing was undone. {error}" if isinstance(error, Refused) else in_words(error)


def _obstacle(plan: reverting.UndoPlan, by: Author) -> str:
    """Say why undoing would be refused, which is tried and rolled back; empty where it would not, or is too much."""
    if not 0 < len(plan.steps) <= REHEARSED_MAX:
        return ""
    try:
        with version.apart(), transaction.atomic():
            reverting.undo(plan.steps[0].changeset, by=by, reason="Tried.", count=len(plan.steps))
            transaction.set_rollback(True)
    except (OperationalError, reverting.FactsChanged):
        return ""  # the database is busy
    except REFUSALS as error:
        return in_words(error)
    return ""


def _changed_again(steps: Sequence[Revision]) -> list[tuple[Revision, str, Revision | None]]:
    """Return the revisions, each with its kind of fact and the newest revision of that fact. One query."""
    named = Revision.objects.filter(
        model__in={step.model for step in steps}, key__in=[step.key for step in steps]
    )
    newest = (
        {(step.model, step.key): step for step in named.newest().defer("before", "after")} if steps else {}
    )
    return [(step, _kind(step), newest.get((step.model, step.key))) for step in steps]


def _in_words(step: Revision) -> tuple[Revision, str, list[past.FieldChange]]:
    """Return a revision, its kind of fact, and the fields that it changed."""
    model = past.versioned_model(step.model)
    is_change = step.before is not None and step.after is not None
    return step, _kind(step), past.changes(model, step) if model and is_change else []


def _kind(step: Revision) -> str:
    model = past.versioned_model(step.model)
    return str(model._meta.verbose_name) if model else step.model
