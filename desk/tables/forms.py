"""The forms of an import: the file, kept aside once its table can be read, and what is to become of its rows."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from desk.editing.forms import ReasonForm
from desk.editing.refusals import PlainErrors
from frameworks.models import Upload
from frameworks.tables import header, reading, sheets
from frameworks.tables.kinds import Kind
from frameworks.tables.sheets import Sheet

#: How long an upload waits to be confirmed.
KEPT = timedelta(days=1)
#: Where the values that stand for a column are looked for.
SAMPLE_ROWS = 100


class UploadForm(PlainErrors, forms.Form):
    """A file whose table can be read. What its rows say is looked at afterwards."""

    file = forms.FileField(
        label="File",
        help_text=(
            "CSV, XLSX, ODS or JSON, as Excel, LibreOffice, Numbers and pandas save it, "
            f"up to {sheets.FILE_MAX // 1_000_000} MB and {reading.ROWS_MAX:,} rows."
        ),
        widget=forms.FileInput(attrs={"accept": ",".join(f".{name}" for name in sheets.ENDINGS)}),
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
            self.sheet = reading.read(str(file.name), file.read(), self.kind.headings)
            header.check_columns(self.kind, self.sheet.header)
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


class ColumnsForm(PlainErrors, forms.Form):
    """Which column each of the file's unknown columns is, if any."""

    def __init__(self, kind: Kind, upload: Upload, *args: Any) -> None:
        super().__init__(*args)
        self.upload = upload
        free = [(name, name) for name in kind.columns if name not in upload.header]
        for column, guess in header.open_columns(kind, upload.header).items():
            place = upload.header.index(column)
            samples = dict.fromkeys(
                cell for row in upload.rows[:SAMPLE_ROWS] for cell in row[place : place + 1] if cell
            )
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=column,
                required=False,
                choices=[("", "Ignore"), *free],
                initial=guess,
                help_text=", ".join(f"“{sheets.shortened(cell)}”" for cell in [*samples][:3]),
            )

    def clean(self) -> None:
        given = [name for name in self.cleaned_data.values() if name]
        if len({*given}) < len(given):
            raise ValidationError("Choose each column once.")

    @property
    def must_decide(self) -> bool:
        """Return whether a column may be a known one misspelt, which must not be left out by mistake."""
        return any(field.initial for field in self.fields.values())

    def save(self) -> None:
        """Give the columns of the upload their names. In brackets, they are ignored and not asked about again."""
        for name, field in self.fields.items():
            ignored = f"({str(field.label).strip('()').removeprefix('column ')})"
            self.upload.header[int(name.removeprefix("column-"))] = self.cleaned_data[name] or ignored
        self.upload.save(update_fields=["header"])
