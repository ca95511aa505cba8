"""Write tables of text as CSV, XLSX and JSON files, without losing a character or running a formula."""

import codecs
import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
#: How else a file's name may end, and what is in it.
OTHER_ENDINGS = {
    **dict.fromkeys(("tsv", "tab", "txt"), "csv"),
    **dict.fromkeys(("xlsm", "ods", "fods"), "xlsx"),
    **dict.fromkeys(("jsonl", "ndjson"), "json"),
}
ENDINGS = (*FORMATS, *OTHER_ENDINGS)
#: Files of spreadsheets that cannot be read here, and what to do with them.
NOT_READ = dict.fromkeys(("xls", "xlsb", "numbers"), "Save the table as XLSX or CSV and upload that.")
#: In bytes. A proxy in front must allow slightly larger requests.
FILE_MAX = 10_000_000
TOO_LARGE = f"The file is larger than {FILE_MAX // 1_000_000} MB. Divide it into several."
#: The longest text of a workbook's cell, in characters; the library would silently cut off the rest.
CELL_MAX = 32_767

#: How a spreadsheet takes what is typed into a cell: as it likes, or always as text.
GENERAL, TEXT = "General", "@"
#: How wide a column of a written workbook is, in characters.
COLUMN_WIDTH = 24
#: Beginnings that make a spreadsheet take a cell for a formula or an error, and the apostrophe that prevents it.
FORMULA_STARTS = ("=", "+", "-", "@", "#", "\t", "\r", "\n")
GUARD = "'"
GUARDED = (*FORMULA_STARTS, GUARD)
#: Characters that XML cannot hold or does not preserve, and text that looks like the escape for them.
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Unreadable(Exception):
    """The file is not a table, or must not be read. The text says why, in a sentence."""


class Unwritable(Exception):
    """The format cannot hold this table. The text says why, in a sentence."""


@dataclass(frozen=True)
class Sheet:
    """A table of text. Blank rows are empty lists, so that every row has the number that a spreadsheet shows."""

    header: list[str]
    rows: list[list[str]]
    #: The columns that a spreadsheet may take for numbers and dates; the others stay text in a workbook.
    typed: Collection[str] = field(default=(), compare=False)
    #: What a reader of the file should know about how it was read, in sentences.
    notes: Sequence[str] = field(default=(), compare=False)


def ending(name: str) -> str:
    """Return the format that a file's name ends in, a key of `FORMATS`. Raises Unreadable for any other."""
    suffix = PurePath(name).suffix.lower().removeprefix(".")
    suffix = OTHER_ENDINGS.get(suffix, suffix)
    if suffix not in FORMATS:
        *others, last = (f".{known}" for known in ENDINGS)
        advice = NOT_READ.get(suffix, "")
        raise Unreadable(f"The file’s name must end in {', '.join(others)} or {last}. {advice}".strip())
    return suffix


def first_row(name: str) -> int:
    """Return the number of the first row below the header, as a reader of the file counts: 1 for JSON, otherwise 2."""
    return 1 if ending(name) == "json" else 2


def shortened(text: str) -> str:
    """Return at most 60 characters of a cell, for use in a sentence."""
    return text if len(text) <= 60 else f"{text[:59]}…"


# Writing


def write(sheet: Sheet, format_name: str) -> bytes:
    """Return the table as a file. Raises Unwritable where a cell is too long for a workbook."""
    return {"csv": _write_csv, "xlsx": _write_workbook, "json": _write_json}[format_name](sheet)


def _write_csv(sheet: Sheet) -> bytes:
    return csv_head(sheet.header) + csv_rows(sheet.rows)


def csv_head(header: list[str]) -> bytes:
    """Return the beginning of a CSV file."""
    # Without the byte order mark, spreadsheets do not read a CSV file as UTF-8.
    return codecs.BOM_UTF8 + _lines([header])


def csv_rows(rows: Iterable[list[str]]) -> bytes:
    """Return rows of a CSV file, in which nothing runs as a formula."""
    return _lines(map(guarded, row) for row in rows)


def _lines(rows: Iterable[Iterable[str]]) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode()


def _write_workbook(sheet: Sheet) -> bytes:
    """Return a workbook with a frozen header row, whose cells break lines where the text does.

    Text stays text when somebody edits it, or writes below it: a key such as 000 keeps its zeros.
    """
    rows = [[_for_workbook(text) for text in row] for row in sheet.rows]
    book = Workbook(write_only=True)
    page = book.create_sheet("Facts")
    page.freeze_panes = "A2"
    formats = [GENERAL if name in sheet.typed else TEXT for name in sheet.header]
    for place, number_format in enumerate(formats, 1):
        column = page.column_dimensions[get_column_letter(place)]
        column.width, column.number_format = COLUMN_WIDTH, number_format
    head = [WriteOnlyCell(page, name) for name in sheet.header]
    for cell in head:
        cell.font = Font(bold=True)
    page.append(head)
    wrapped = Alignment(wrap_text=True)
    for row in rows:
        cells = [WriteOnlyCell(page, text) for text in row]
        for cell, number_format in zip(cells, formats, strict=True):
            cell.number_format = number_format
            if "\n" in cell.value:
                cell.alignment = wrapped
        page.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write_json(sheet: Sheet) -> bytes:
    entries = [dict(zip(sheet.header, row, strict=True)) for row in sheet.rows]
    return json.dumps(entries, ensure_ascii=False).encode()


def guarded(cell: str) -> str:
    """Return the cell with an apostrophe before what a spreadsheet would run, or before an apostrophe."""
    return f"{GUARD}{cell}" if cell.startswith(GUARDED) else cell


def unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith(GUARD) and cell[1:].startswith(GUARDED) else cell


def _for_workbook(cell: str) -> str:
    escaped = NOT_IN_XML.sub(lambda match: f"_x{ord(match[0]):04X}_", guarded(cell))
    if len(escaped) > CELL_MAX:
        raise Unwritable(
            f"A cell of {len(escaped):,} characters is too long for a workbook. Use CSV or JSON."
        )
    return escaped


def from_workbook(cell: str) -> str:
    """Return the text that was written as a workbook's cell."""
    return unguarded(ESCAPED.sub(lambda match: chr(int(match[1], 16)), cell))
