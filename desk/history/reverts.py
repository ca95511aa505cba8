"""Taking back at the desk: an older version of a fact, or all of a changeset. Shown first, then done with a reason."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.text import get_text_list

from desk.editing import conflicts
from desk.editing.conflicts import Clash, WayOn
from desk.editing.forms import VERSION_MISSING, ReasonForm, Seen, is_number
from desk.editing.lists import AT_ONCE, ListAdmin, desk_url
from frameworks.models import Revision, Versioned
from frameworks.models.schema import state_of
from frameworks.record import past, reverting, revisions
from frameworks.record.revisions import Author
from frameworks.roles import right_to

STEPS_PER_PAGE = 50
#: The confirmation names so many facts; of the others, it says how many there are.
NAMED_MAX = 200

MOVED = (
    "Somebody else has changed more of these facts since this page was opened. Nothing was undone. Below is what can "
    "be undone now."
)


class RevertAdmin(ListAdmin):
    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Any, str]] = [
            ("<int:pk>/restore/", self.restore_view, "restore"),
            ("changeset/<uuid:changeset>/", self.changeset_view, "changeset"),
            ("changeset/<uuid:changeset>/undo/", self.undo_view, "undo"),
        ]
        return [
            *(
                path(route, self.admin_site.admin_view(view), name=f"frameworks_revision_{name}")
                for route, view, name in pages
            ),
            *super().get_urls(),
        ]

    def _page(self, request: HttpRequest, name: str, status: int = 200, **context: Any) -> TemplateResponse:
        request.current_app = self.admin_site.name
        context = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(request, f"desk/{name}.html", context, status=status)

    # One fact

    def restore_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Asks for a reason, showing what would differ, and then puts the fact back as this step left it."""
        revision = get_object_or_404(Revision, pk=pk, after__isnull=False)
        model = past.versioned_model(revision.model)
        if model is None:
            raise Http404
        current = past.by_name(model, revision.key)
        if not request.user.has_perm(right_to("change" if current else "add", model)):
            raise PermissionDenied
        if request.method != "POST":
            return self._restore_page(request, revision, current, ReasonForm())
        form, seen = ReasonForm(request.POST), Seen.parse(request.POST.get("seen"))
        if seen is None or seen.key != revision.key:
            return self._restore_page(request, revision, current, form, VERSION_MISSING)
        if not form.is_valid():
            return self._restore_page(request, revision, current, form)
        return self._restore(request, revision, current, form, seen)

    def _restore(
        self,
        request: HttpRequest,
        revision: Revision,
        current: Versioned | None,
        form: ReasonForm,
        seen: Seen,
    ) -> HttpResponse:
        by, reason = Author.of(request, Revision.Origin.REVERT), form.cleaned_data["reason"]
        try:
            step = reverting.restore(revision, by=by, reason=reason, seen=seen.version)
        except revisions.Conflict:
            return self._restore_conflict(request, revision, seen)
        except revisions.Refused as refusal:
            return self._restore_page(request, revision, current, form, str(refusal))
        except OperationalError:
            return self._restore_page(request, revision, current, form, AT_ONCE)
        said = f"Version {revision.version} was restored." if step else "It stands like that already."
        messages.success(request, f"{revision.key}: {said}")
        return HttpResponseRedirect(self._history_url(revision))

    def _restore_page(
        self,
        request: HttpRequest,
        revision: Revision,
        current: Versioned | None,
        form: ReasonForm,
        refusal: str = "",
    ) -> HttpResponse:
        model = reverting.model_of(revision)
        now = state_of(current) if current else None
        wanted = reverting.wanted(revision.after or {}, current)
        return self._page(
            request,
            "restore",
            title=f"Restore version {revision.version} of {current or revision.key}",
            revision=revision,
            current=current,
            seen=Seen(self._version(model, revision, current), revision.key),
            # As a step from now to then.
            changes=past.changes(model, Revision(before=now, after=wanted)),
            shown=Revision(before=now, after=wanted),
            reason_form=form,
            refusal=refusal,
            keep_url=self._history_url(revision),
        )

    def _version(self, model: type[Versioned], revision: Revision, current: Versioned | None) -> int:
        """The newest there is, a deletion included."""
        last = past.history(model, revision.key).first() or revision
        return current.version if current else last.version

    def _restore_conflict(self, request: HttpRequest, revision: Revision, seen: Seen) -> HttpResponse:
        model = reverting.model_of(revision)
        current = past.by_name(model, revision.key)
        fact = current or past.by_name_or_last_known(model, revision.key) or model()
        clash = Clash.between(
            fact,
            seen,
            now=state_of(current) if current else None,
            mine=reverting.wanted(revision.after or {}, current),
            wish=f"restore version {revision.version}",
        )
        data = QueryDict(mutable=True)
        data["reason"] = request.POST.get("reason", "")
        data["seen"] = str(Seen(self._version(model, revision, current), revision.key))
        way_on = WayOn(
            action=request.get_full_path(),
            keep_url=self._history_url(revision),
            save_name="confirmed",
            save_label=f"Restore version {revision.version} all the same",
            keep_label="Leave as it is now",
            can_edit=False,
        )
        return conflicts.page(self, request, [clash], data, way_on)

    def _history_url(self, revision: Revision) -> str:
        """The history of the fact; where it is deleted, all that is recorded of it."""
        current = past.by_name(reverting.model_of(revision), revision.key)
        if current is not None:
            return desk_url(type(current), "history", current.pk)
        return f"{self.url_of('changelist')}?q={revision.key}"

    # A whole changeset

    def changeset_view(self, request: HttpRequest, changeset: UUID) -> HttpResponse:
        """All that was changed in one go."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        steps = Revision.objects.filter(changeset=changeset).order_by("pk")
        shown = Paginator(steps, STEPS_PER_PAGE).get_page(request.GET.get("p"))
        if not shown:
            raise Http404
        told = [
            (step, past.changes(model, step) if model else [])
            for step in shown
            for model in [past.versioned_model(step.model)]
        ]
        return self._page(
            request,
            "changeset",
            title=f"Changed in one go by {shown[0].author_name}",
            changeset=changeset,
            first=shown[0],
            steps=told,
            shown=shown,
        )

    def undo_view(self, request: HttpRequest, changeset: UUID) -> HttpResponse:
        """Shows what can be taken back and what was changed since, asks for a reason, and then takes it back."""
        plan = reverting.plan(changeset)
        if not plan.steps and not plan.taken:
            raise Http404
        if not self.has_view_permission(request) or not request.user.has_perms(sorted(plan.permissions)):
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
        by = Author.of(request, Revision.Origin.REVERT)
        try:
            done = reverting.undo(changeset, by=by, reason=form.cleaned_data["reason"], count=count)
        except reverting.Moved:
            return self._undo_page(request, changeset, form, MOVED, status=HTTPStatus.CONFLICT)
        except revisions.Refused as refusal:
            return self._undo_page(request, changeset, form, f"Nothing was undone. {refusal}")
        except OperationalError:
            return self._undo_page(request, changeset, form, AT_ONCE)
        were = "step was" if done == 1 else "steps were"
        messages.success(request, f"{done} {were} undone. This is what it changed; it can be undone as well.")
        return HttpResponseRedirect(self.url_of("changeset", by.changeset))

    def _undo_page(
        self,
        request: HttpRequest,
        changeset: UUID,
        form: ReasonForm,
        refusal: str = "",
        status: int = HTTPStatus.OK,
    ) -> HttpResponse:
        plan = reverting.plan(changeset)
        first = (plan.steps or plan.taken)[-1]
        return self._page(
            request,
            "undo",
            status=status,
            title=f"Undo what {first.author_name} changed in one go",
            changeset=changeset,
            first=first,
            count=len(plan.steps),
            steps=[_told(step) for step in plan.steps[:NAMED_MAX]],
            unnamed=len(plan.steps[NAMED_MAX:]),
            taken=[_told(step) for step in plan.taken[:NAMED_MAX]],
            taken_count=len(plan.taken),
            reason_form=form,
            refusal=refusal,
        )


def _told(step: Revision) -> tuple[Revision, str, str]:
    """A step, its kind of fact, and the fields in which it changed it, in words."""
    model = past.versioned_model(step.model)
    if model is None:
        return step, step.model, ""
    fields = get_text_list([change.label for change in past.changes(model, step)], "and")
    return step, str(model._meta.verbose_name), fields
