"""The forms of an import: the file, kept aside once its table can be read, and what is to become of its rows."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from desk.editing.forms import ReasonForm
from frameworks.models import Upload
from frameworks.tables import imports, sheets
from frameworks.tables.kinds import Kind
from frameworks.tables.sheets import Sheet

#: How long an upload waits to be confirmed.
KEPT = timedelta(days=1)


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
        """Put the table aside to be looked over, and away with what is left of older ones."""
        Upload.objects.filter(created_at__lt=at - KEPT).delete()
        return Upload.objects.create(
            user=user,
            model=self.kind.name,
            file_name=str(self.cleaned_data["file"].name)[-200:],
            header=self.sheet.header,
            rows=self.sheet.rows,
            created_at=at,
        )


class ConfirmImportForm(ReasonForm):
    #: The mark of the refused rows, as the page's checkbox sends it.
    leave_out = forms.CharField(required=False, max_length=16)
    #: Whose values to keep where both have changed a row, and the mark of those rows: `mine:…` or `theirs:…`.
    conflicts = forms.CharField(required=False, max_length=32)
