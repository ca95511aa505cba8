"""Import and export of a kind of fact: upload, look over row by row, confirm."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.admin.utils import model_ngettext
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.db import IntegrityError, OperationalError, transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from desk.editing.forms import ReasonForm
from desk.editing.lists import AT_ONCE, ListAdmin
from frameworks.models import Revision, Upload
from frameworks.record import past, revisions
from frameworks.record.revisions import Author
from frameworks.tables import imports, sheets
from frameworks.tables.imports import ImportRow, Status
from frameworks.tables.kinds import KINDS, Kind
from frameworks.tables.sheets import Sheet

ROWS_PER_PAGE = 100
#: How long an upload waits to be confirmed.
KEPT = timedelta(days=1)

GONE = "That upload is not here any more. Uploads are kept for a day, or until they are imported. Upload it again."
OTHERS = (
    "Nothing was imported, because what stands has changed since you looked. This is how the rows are held against "
    "it now."
)
REFUSED = (
    "Nothing was imported: some rows are refused. Say below what is to become of them, or put them right and upload "
    "the file again."
)


class UploadForm(forms.Form):
    """A file whose table can be read. What its rows say is looked at afterwards."""

    file = forms.FileField(
        label="File",
        help_text=(
            f"CSV in UTF-8, XLSX or JSON, up to {sheets.FILE_MAX // 1_000_000} MB and {sheets.ROWS_MAX:,} rows."
        ),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{name}" for name in sheets.FORMATS)}),
        error_messages={"required": "Choose a file.", "empty": "The file is empty."},
    )
    sheet = Sheet([], [])

    def __init__(self, kind: Kind, *args: Any) -> None:
        super().__init__(*args)
        self.kind = kind

    def clean_file(self) -> UploadedFile:
        file: UploadedFile = self.cleaned_data["file"]
        try:
            sheets.ending(str(file.name))
            if (file.size or 0) > sheets.FILE_MAX:
                raise sheets.Unreadable(sheets.TOO_LARGE)
            self.sheet = sheets.read(str(file.name), file.read())
            imports.check_columns(self.kind, self.sheet.header)
        except sheets.Unreadable as error:
            raise ValidationError(str(error)) from error
        return file

    def keep(self, user: Any, at: datetime) -> Upload:
        """Puts the table aside to be looked over, and away with what is left of older ones."""
        Upload.objects.filter(created_at__lt=at - KEPT).delete()
        return Upload.objects.create(
            user=user,
            model=self.kind.name,
            file_name=str(self.cleaned_data["file"].name)[-200:],
            header=self.sheet.header,
            rows=self.sheet.rows,
            created_at=at,
        )


class ConfirmForm(ReasonForm):
    #: The mark of the refused rows, as the page's checkbox sends it.
    leave_out = forms.CharField(required=False, max_length=16)
    #: Whose values are to stand where both have changed a row, and the mark of those rows: `mine:…` or `theirs:…`.
    conflicts = forms.CharField(required=False, max_length=32)


@dataclass(frozen=True)
class Shown:
    """A row as the preview puts it: what it changes, or both values where somebody else was faster."""

    row: ImportRow
    changes: list[past.FieldChange]
    clash: list[past.Difference]

    @classmethod
    def of(cls, kind: Kind, row: ImportRow) -> "Shown":
        changes, clash = [], []
        if row.change is not None:
            step = Revision(before=row.now, after=row.mine)
            changes = [one for one in past.changes(kind.model, step) if one.before or one.after]
        elif row.opened is not None and row.status == Status.REFUSED:
            clash = past.differences(kind.model, row.opened, row.now, row.mine)
        return cls(row, changes, clash)


class TableAdmin(ListAdmin):
    change_list_template = "desk/fact_list.html"

    @property
    def kind(self) -> Kind:
        return KINDS[str(self.opts.model_name)]

    def get_urls(self) -> list[URLPattern]:
        name, guarded = f"{self.opts.app_label}_{self.opts.model_name}", self.admin_site.admin_view
        return [
            path("import/", guarded(self.import_view), name=f"{name}_import"),
            path("import/<uuid:upload_id>/", guarded(self.preview_view), name=f"{name}_import_preview"),
            path("export/<str:file>/", guarded(require_safe(self.export_view)), name=f"{name}_export"),
            *super().get_urls(),
        ]

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def export_view(self, request: HttpRequest, file: str) -> HttpResponse:
        """All facts of the kind as a file: `csv`, `xlsx` or `json`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if file not in sheets.FORMATS:
            raise Http404
        try:
            content = sheets.write(self.kind.sheet(), file)
        except sheets.Unwritable as error:
            messages.error(request, str(error))
            return HttpResponseRedirect(self.url_of("import"))
        response = HttpResponse(content, content_type=sheets.FORMATS[file])
        response["Content-Disposition"] = f'attachment; filename="{self.kind.name}.{file}"'
        return response

    def import_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            return self._table_page(request, "import", {"upload_form": UploadForm(self.kind)})
        if not self.has_import_permission(request):
            raise PermissionDenied
        form = UploadForm(self.kind, request.POST, request.FILES)
        if not form.is_valid():
            return self._table_page(request, "import", {"upload_form": form})
        upload = form.keep(request.user, timezone.now())
        return HttpResponseRedirect(self.url_of("import_preview", upload.pk))

    def preview_view(self, request: HttpRequest, upload_id: UUID) -> HttpResponse:
        """The uploaded rows held against what stands; posted to, they are imported."""
        if not self.has_import_permission(request):
            raise PermissionDenied
        upload = Upload.objects.filter(pk=upload_id, user=request.user.pk, model=self.kind.name).first()
        if upload is None:
            messages.error(request, GONE)
            return HttpResponseRedirect(self.url_of("import"))
        if request.method != "POST":
            return self._preview(request, upload, ConfirmForm())
        form = ConfirmForm(request.POST)
        if not form.is_valid():
            return self._preview(request, upload, form)
        if refusal := self._import(request, upload, form):
            messages.error(request, refusal)
            return self._preview(request, upload, form, HTTPStatus.CONFLICT)
        return HttpResponseRedirect(self.url_of("changelist"))

    def _import(self, request: HttpRequest, upload: Upload, form: ConfirmForm) -> str:
        """Writes all or nothing. Says why it was nothing; empty where it was all."""
        whose, _, conflicts = form.cleaned_data["conflicts"].partition(":")
        try:
            with transaction.atomic():
                written = imports.confirm(
                    self.kind,
                    Sheet(upload.header, upload.rows),
                    sheets.first_row(upload.file_name),
                    by=Author.of(request, Revision.Origin.IMPORT),
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
        except (IntegrityError, OperationalError):
            return AT_ONCE
        self._say_imported(request, Counter(step.action for step in written))
        return ""

    def _say_imported(self, request: HttpRequest, counts: "Counter[str]") -> None:
        words = ", ".join(f"{count} {action}" for action, count in sorted(counts.items()))
        total = counts.total()
        messages.success(request, f"{total} {model_ngettext(self.opts, total)} imported: {words}.")

    def _preview(
        self, request: HttpRequest, upload: Upload, form: ConfirmForm, status: int = HTTPStatus.OK
    ) -> HttpResponse:
        rows = imports.look(self.kind, Sheet(upload.header, upload.rows), sheets.first_row(upload.file_name))
        counts = Counter(row.status for row in rows)
        in_conflict, conflicts = sum(row.over is not None for row in rows), imports.conflict_mark(rows)
        show = request.GET.get("show", "")
        chosen = [row for row in rows if row.status == show] if show in counts else rows
        shown = Paginator(chosen, ROWS_PER_PAGE).get_page(request.GET.get("p"))
        context = {
            "upload": upload,
            "total": len(rows),
            "counts": [(one, counts[one]) for one in Status],
            "to_write": counts[Status.NEW] + counts[Status.CHANGED],
            "refused": counts[Status.REFUSED] - in_conflict,
            "in_conflict": in_conflict,
            "show": show if show in counts else "",
            "shown": shown,
            "remarks": imports.remarks(upload.header),
            "rows": [Shown.of(self.kind, row) for row in shown],
            "mark": imports.refused_mark(rows),
            "mine": f"mine:{conflicts}",
            "theirs": f"theirs:{conflicts}",
            "form": form,
        }
        return self._table_page(request, "import_preview", context, status)

    def _table_page(
        self, request: HttpRequest, page: str, context: dict[str, Any], status: int = HTTPStatus.OK
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        plural = self.opts.verbose_name_plural
        can_import = self.has_import_permission(request)
        titles = {
            "import": f"Import and export {plural}" if can_import else f"Export {plural}",
            "import_preview": f"Import {plural}",
        }
        context = {
            **self.admin_site.each_context(request),
            "title": titles[page],
            "opts": self.opts,
            "can_import": can_import,
            "formats": list(sheets.FORMATS),
            "key": self.kind.key,
            "columns": self.kind.columns,
            **context,
        }
        return TemplateResponse(request, f"desk/{page}.html", context, status=status)
