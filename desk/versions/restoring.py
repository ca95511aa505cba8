"""Putting one fact back as an earlier version of it: shown first, then done with a reason, as a new version."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from desk.editing import conflicts
from desk.editing.conflicts import Clash, WayOn
from desk.editing.edit import CHANGESET, SAVED_BEFORE, SentBefore, edit_of
from desk.editing.fields import Seen
from desk.editing.forms import VERSION_MISSING, ReasonForm
from desk.editing.guarded import GuardedAdmin, desk_url
from desk.editing.offers import public_page, with_page
from desk.editing.refusals import in_words
from frameworks.models import Revision, Versioned
from frameworks.models.schema import state_of
from frameworks.record import past, reverting, revisions
from frameworks.roles import right_to


class RestorePage:
    """The page of a revision on which its fact is put back to it."""

    def __init__(self, admin: GuardedAdmin) -> None:
        self.admin = admin

    def view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for a reason, showing what would differ; then put the fact back as this revision left it."""
        revision = get_object_or_404(Revision, pk=pk, after__isnull=False)
        model = past.versioned_model(revision.model)
        if model is None:
            raise Http404
        current = past.by_name(model, revision.key)
        if not request.user.has_perm(right_to("change" if current else "add", model)):
            raise PermissionDenied
        if request.method != "POST":
            return self._page(request, revision, current, ReasonForm())
        form, seen = ReasonForm(request.POST), Seen.parse(request.POST.get("seen"))
        if seen is None or seen.key != revision.key:
            return self._page(request, revision, current, form, VERSION_MISSING)
        if not form.is_valid():
            return self._page(request, revision, current, form)
        return self._restore(request, revision, current, form, seen)

    def _restore(
        self,
        request: HttpRequest,
        revision: Revision,
        current: Versioned | None,
        form: ReasonForm,
        seen: Seen,
    ) -> HttpResponse:
        by, reason = edit_of(request).by(Revision.Origin.REVERT), form.cleaned_data["reason"]
        try:
            with transaction.atomic():
                edit_of(request).take_turn()
                step = reverting.restore(revision, by=by, reason=reason, seen=seen.version)
        except SentBefore:
            messages.info(request, SAVED_BEFORE)
            return HttpResponseRedirect(self._history_url(revision))
        except revisions.Conflict:
            return self._conflict_page(request, revision, seen)
        except (revisions.Refused, OperationalError) as error:
            return self._page(request, revision, current, form, in_words(error))
        if step:
            said = f"Version {revision.version} was restored."
            messages.success(request, with_page(said, public_page(by.changeset)))
        else:
            messages.info(request, f"{current} already has these values.")
        return HttpResponseRedirect(self._history_url(revision))

    def _page(
        self,
        request: HttpRequest,
        revision: Revision,
        current: Versioned | None,
        form: ReasonForm,
        refusal: str = "",
    ) -> HttpResponse:
        model = reverting.model_of(revision)
        now = state_of(current) if current else None
        wanted = reverting.restored(revision, current)
        context = self.admin.page_context(
            request,
            title=f"Restore version {revision.version} of {current or revision.key}",
            revision=revision,
            current=current,
            seen=Seen(self._version(model, revision, current), revision.key),
            **{CHANGESET: edit_of(request).changeset},
            # As a revision from now to then.
            changes=past.changes(model, Revision(before=now, after=wanted)),
            shown=Revision(before=now, after=wanted),
            reason_form=form,
            refusal=refusal,
            keep_url=self._history_url(revision),
        )
        return TemplateResponse(request, "desk/versions/restore.html", context)

    def _version(self, model: type[Versioned], revision: Revision, current: Versioned | None) -> int:
        """Return the newest version there is, a deletion included."""
        last = past.history(model, revision.key).first() or revision
        return current.version if current else last.version

    def _conflict_page(self, request: HttpRequest, revision: Revision, seen: Seen) -> HttpResponse:
        model = reverting.model_of(revision)
        current = past.by_name(model, revision.key)
        fact = current or past.by_name_or_last_known(model, revision.key) or model()
        clash = Clash.between(
            fact,
            seen,
            now=state_of(current) if current else None,
            mine=reverting.restored(revision, current),
            wish=f"restore version {revision.version}",
        )
        data = QueryDict(mutable=True)
        data["reason"] = request.POST.get("reason", "")
        data["seen"] = str(Seen(self._version(model, revision, current), revision.key))
        way_on = WayOn(
            action=request.get_full_path(),
            keep_url=self._history_url(revision),
            save_name="confirmed",
            save_label=f"Restore version {revision.version} anyway",
            keep_label="Cancel",
            can_edit=False,
        )
        return conflicts.page(self.admin, request, [clash], data, way_on)

    def _history_url(self, revision: Revision) -> str:
        """Return the address of the fact's history; where it is deleted, of all revisions of it."""
        current = past.by_name(reverting.model_of(revision), revision.key)
        if current is not None:
            return desk_url(type(current), "history", current.pk)
        return f"{self.admin.url_of('changelist')}?q={revision.key}"
