"""The pages of import and export for one kind of fact: upload, look over row by row, confirm.

Nothing is written before it is confirmed. Until then the uploaded table waits as an `Upload`, and what it would change
is computed anew each time it is looked at.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from desk.editing.edit import edit_of
from desk.editing.guarded import GuardedAdmin, desk_url
from desk.editing.offers import with_undo
from desk.editing.refusals import REFUSALS, in_words
from frameworks.models import Proposal, Revision, Upload
from frameworks.models.versioned import called
from frameworks.record import past, revisions
from frameworks.roles import may_publish
from frameworks.tables import header, imports, sheets
from frameworks.tables.kinds import KINDS, Kind
from frameworks.tables.rows import ImportRow, Status
from frameworks.tables.sheets import Sheet

from .forms import ColumnsForm, ConfirmImportForm, UploadForm

ROWS_PER_PAGE = 100

#: How many moved scores, and how many cells that a spreadsheet has changed, a preview names.
NAMED_MAX = 50

GONE = "That upload no longer exists. Uploads are kept for a day, or until they are imported. Upload the file again."
OTHERS = (
    "Nothing was imported, because the content has changed since you opened this page. The rows are now compared with "
    "the current content."
)
DONE_ALREADY = "That file has been imported already. Nothing was imported a second time."
PROPOSED_ALREADY = "That file has been saved already as "
#: What follows from rows of another kind, as the message about an import counts it.
FOLLOWERS = {"claim": "claim", "rating": "score"}
NOTHING_NEW = "Nothing was imported: the content already has all that the file says."
REFUSED = (
    "Nothing was imported: some rows are refused. Choose below what to do with them, or correct them and upload the "
    "file again."
)


class Gone(Exception):
    """Somebody has confirmed the upload in the meantime, or it was removed."""


@dataclass(frozen=True)
class PreviewedRow:
    """A row of a file as its preview shows it: what it changes, or both values where somebody else was faster."""

    row: ImportRow
    changes: list[past.FieldChange]
    clash: list[past.Difference]

    @classmethod
    def of(cls, kind: Kind, row: ImportRow) -> "PreviewedRow":
        changes, clash = [], []
        if row.change is not None:
            step = Revision(before=row.now, after=row.mine)
            changes = [change for change in past.changes(kind.model, step) if change.before or change.after]
        elif row.opened is not None and row.status == Status.REFUSED:
            clash = past.differences(kind.model, row.opened, row.now, row.mine)
        return cls(row, changes, clash)


class TablePages:
    """The pages of one admin's kind of fact. Whoever may only read it may export it."""

    def __init__(self, admin: GuardedAdmin) -> None:
        self.admin = admin

    @cached_property
    def kind(self) -> Kind:
        return KINDS[str(self.admin.opts.model_name)]

    def urls(self) -> list[URLPattern]:
        opts, guarded = self.admin.opts, self.admin.admin_site.admin_view
        name = f"{opts.app_label}_{opts.model_name}"
        return [
            path("import/", guarded(self.import_view), name=f"{name}_import"),
            path("import/<uuid:upload_id>/", guarded(self.preview_view), name=f"{name}_import_preview"),
            path("export/<str:file>/", guarded(require_safe(self.export_view)), name=f"{name}_export"),
        ]

    def may_import(self, request: HttpRequest) -> bool:
        return self.admin.has_add_permission(request) and self.admin.has_change_permission(request)

    def export_view(self, request: HttpRequest, file: str) -> HttpResponse:
        """Answer all facts of the kind as a file: `csv`, `xlsx` or `json`."""
        if not self.admin.has_view_permission(request):
            raise PermissionDenied
        if file not in sheets.FORMATS:
            raise Http404
        try:
            content = sheets.write(self.kind.sheet(), file)
        except sheets.Unwritable as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self.admin.url_of("import"))
        response = HttpResponse(content, content_type=sheets.FORMATS[file])
        response["Content-Disposition"] = f'attachment; filename="{self.kind.name}.{file}"'
        return response

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not self.admin.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._table_page(request, "import", {"upload_form": UploadForm(self.kind)})
        if not self.may_import(request):
            raise PermissionDenied
        form = UploadForm(self.kind, request.POST, request.FILES)
        if not form.is_valid():
            return self._table_page(request, "import", {"upload_form": form})
        upload = form.keep(request.user, timezone.now())
        for note in form.sheet.notes:
            messages.info(request, note)
        return HttpResponseRedirect(self.admin.url_of("import_preview", upload.pk))

    def preview_view(self, request: HttpRequest, upload_id: UUID) -> HttpResponse:
        """Show the uploaded rows compared with what is there now; posted to, import them."""
        if not self.may_import(request):
            raise PermissionDenied
        upload = self._uploads(request).filter(pk=upload_id).first()
        proposal = _proposal_of(request)
        if upload is None or proposal:
            return self._gone(request, upload_id, proposal)
        if request.method != "POST":
            return self._preview(request, upload, ConfirmImportForm())
        answer = self._name_columns if "columns" in request.POST else self._confirm
        return answer(request, upload)

    def _confirm(self, request: HttpRequest, upload: Upload) -> HttpResponse:
        form = ConfirmImportForm(request.POST)
        is_open = header.missing_key(self.kind, upload.header) or ColumnsForm(self.kind, upload).must_decide
        if not form.is_valid() or is_open:
            return self._preview(request, upload, form)
        try:
            refusal = self._import(request, upload, form)
        except Gone:
            return self._gone(request, upload.pk, None)
        if refusal:
            messages.error(request, refusal)
            return self._preview(request, upload, form, HTTPStatus.CONFLICT)
        return HttpResponseRedirect(self.admin.url_of("changelist"))

    def _uploads(self, request: HttpRequest) -> "QuerySet[Upload]":
        return Upload.objects.filter(user=request.user.pk, model=self.kind.name)

    def _gone(self, request: HttpRequest, upload_id: UUID, proposal: Proposal | None) -> HttpResponse:
        """Say what has become of the upload: an import has its number as that of the changeset."""
        if proposal:
            address = desk_url(Proposal, "change", proposal.pk)
            link = format_html('{}<a href="{}">proposal {}</a>.', PROPOSED_ALREADY, address, proposal.pk)
            messages.info(request, link)
        elif Revision.objects.filter(changeset=upload_id, author=request.user.pk).exists():
            messages.info(request, with_undo(request, DONE_ALREADY, upload_id))
            return HttpResponseRedirect(self.admin.url_of("changelist"))
        else:
            messages.error(request, GONE)
        return HttpResponseRedirect(self.admin.url_of("import"))

    def _name_columns(self, request: HttpRequest, upload: Upload) -> HttpResponse:
        form = ColumnsForm(self.kind, upload, request.POST)
        if not form.is_valid():
            return self._preview(request, upload, ConfirmImportForm(), columns_form=form)
        form.save()
        return HttpResponseRedirect(request.get_full_path())

    def _import(self, request: HttpRequest, upload: Upload, form: ConfirmImportForm) -> str:
        """Write all or nothing. Returns why it was nothing, in a sentence; empty where it was all.

        Raises Gone where the upload is no longer there: two confirmations at the same moment write once.
        """
        whose, _, conflicts = form.cleaned_data["conflicts"].partition(":")
        edit = edit_of(request)
        if may_publish(request.user):
            edit.changeset = upload.pk
        try:
            with transaction.atomic():
                if not self._uploads(request).filter(pk=upload.pk).select_for_update().exists():
                    raise Gone
                written = imports.confirm(
                    self.kind,
                    Sheet(upload.header, upload.rows),
                    sheets.first_row(upload.file_name),
                    by=edit.by(Revision.Origin.IMPORT),
                    reason=form.cleaned_data["reason"],
                    leave_out=form.cleaned_data["leave_out"],
                    conflicts=conflicts,
                    over=whose == "mine",
                )
                Upload.objects.filter(pk=upload.pk).delete()
        except imports.Undecided:
            return REFUSED
        except imports.RowsChanged:
            return OTHERS
        except (revisions.Conflict, revisions.Refused) as fact:
            return f"Nothing was imported. {fact}"
        except REFUSALS as error:
            return in_words(error)
        self._say_imported(request, written)
        return ""

    def _say_imported(self, request: HttpRequest, written: "Sequence[Revision]") -> None:
        if not written:
            messages.info(request, NOTHING_NEW)
            return
        counts = Counter(step.action for step in written)
        words = ", ".join(f"{count} {action}" for action, count in sorted(counts.items()))
        total = counts.total()
        followers = Counter(
            "unpublished rating" if step.unpublishes else FOLLOWERS[step.model]
            for step in imports.followed(written[0])
        )
        sentence = (
            f"{total} {called(self.admin.model, total)} imported: {words}{_followed(followers, total)}."
        )
        messages.success(request, with_undo(request, sentence, written[0].changeset))

    def _preview(
        self,
        request: HttpRequest,
        upload: Upload,
        form: ConfirmImportForm,
        status: int = HTTPStatus.OK,
        columns_form: ColumnsForm | None = None,
    ) -> HttpResponse:
        columns_form = columns_form or ColumnsForm(self.kind, upload)
        context: dict[str, Any] = {
            "upload": upload,
            "remarks": [
                name
                for name in header.remarks(self.kind, upload.header)
                if name not in {str(field.label) for field in columns_form.fields.values()}
            ],
            "columns_form": columns_form,
            "missing_key": header.missing_key(self.kind, upload.header),
            "form": form,
        }
        if not context["missing_key"]:
            context |= self._rows(request, upload)
        return self._table_page(request, "import_preview", context, status)

    def _rows(self, request: HttpRequest, upload: Upload) -> dict[str, Any]:
        """Return the rows as they compare with what is there now, and what the whole of them would do."""
        rows = imports.compare(
            self.kind, Sheet(upload.header, upload.rows), sheets.first_row(upload.file_name)
        )
        counts = Counter(row.status for row in rows)
        in_conflict, conflicts = sum(row.over is not None for row in rows), imports.conflict_mark(rows)
        show = request.GET.get("show", "")
        chosen = [row for row in rows if row.status == show] if show in counts else rows
        shown = Paginator(chosen, ROWS_PER_PAGE).get_page(request.GET.get("p"))
        followers = imports.followers(rows, edit_of(request).by(Revision.Origin.IMPORT))
        unpublished = [step.key for step in followers if step.unpublishes]
        moved = [step for step in followers if step.model == KINDS["rating"].name and not step.unpublishes]
        taken_as = Counter(taken for row in rows for taken in row.taken_as).most_common()
        return {
            "total": len(rows),
            "counts": [(status, counts[status]) for status in Status],
            "to_write": counts[Status.NEW] + counts[Status.CHANGED],
            "refused": counts[Status.REFUSED] - in_conflict,
            "in_conflict": in_conflict,
            "show": show if show in counts else "",
            "shown": shown,
            "rows": [PreviewedRow.of(self.kind, row) for row in shown],
            "mark": imports.refused_mark(rows),
            "mine": f"mine:{conflicts}",
            "theirs": f"theirs:{conflicts}",
            "claims_read_anew": len(followers) - len(moved) - len(unpublished),
            "moved": [
                (step.key, (step.before or {}).get("score"), (step.after or {}).get("score"))
                for step in moved[:NAMED_MAX]
            ],
            "moved_count": len(moved),
            "unpublished": unpublished[:NAMED_MAX],
            "unpublished_more": len(unpublished[NAMED_MAX:]),
            "taken_as": taken_as[:NAMED_MAX],
            "taken_as_more": len(taken_as[NAMED_MAX:]),
        }

    def _table_page(
        self, request: HttpRequest, page: str, context: dict[str, Any], status: int = HTTPStatus.OK
    ) -> HttpResponse:
        plural = self.admin.opts.verbose_name_plural
        can_import = self.may_import(request)
        titles = {
            "import": f"Import and export {plural}" if can_import else f"Export {plural}",
            "import_preview": f"Import {plural}",
        }
        context = self.admin.page_context(
            request,
            title=titles[page],
            can_import=can_import,
            formats=list(sheets.FORMATS),
            key=self.kind.key,
            columns=self.kind.columns,
            **context,
        )
        return TemplateResponse(request, f"desk/tables/{page}.html", context, status=status)


def _proposal_of(request: HttpRequest) -> Proposal | None:
    """Return the proposal that this upload has become: its page is the address that the proposal was saved at."""
    if may_publish(request.user):
        return None
    proposals = Proposal.objects.filter(author=request.user.pk, origin=Revision.Origin.IMPORT)
    return proposals.filter(form_path__startswith=request.path_info).first()


def _followed(followers: "Counter[str]", total: int) -> str:
    """Say how many claims and scores follow from the rows: `; and 3 claims and 1 score that follow from it`."""
    parts = [f"{count} {name}{'s' * (count > 1)}" for name, count in sorted(followers.items())]
    return f"; and {' and '.join(parts)} that follow from {'it' if total == 1 else 'them'}" if parts else ""
