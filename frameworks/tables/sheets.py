"""Write and read tables of text as CSV, XLSX and JSON files, without losing a character or running a formula."""

import codecs
import csv
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import PurePath
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
#: In bytes. A proxy in front must allow slightly larger requests.
FILE_MAX = 10_000_000
TOO_LARGE = f"The file is larger than {FILE_MAX // 1_000_000} MB. Divide it into several."
#: How much a workbook may unpack to, in bytes and parts; and how much a table may hold, in characters.
UNPACKED_MAX = 40_000_000
PARTS_MAX = 200
TEXT_MAX = 10_000_000
ROWS_MAX = 20_000
COLUMNS_MAX = 50
#: Formatted blank cells make a workbook's rows longer. In cells; a longer row is no accident and is refused.
WIDTH_MAX = 1_000
#: The longest text of a workbook's cell, in characters; the library would silently cut off the rest.
CELL_MAX = 32_767

#: How wide a column of a written workbook is, in characters.
COLUMN_WIDTH = 24
#: Beginnings that make a spreadsheet take a cell for a formula or an error, and the apostrophe that prevents it.
FORMULA_STARTS = ("=", "+", "-", "@", "#", "\t", "\r", "\n")
GUARD = "'"
GUARDED = (*FORMULA_STARTS, GUARD)
#: Characters that XML cannot hold or does not preserve, and text that looks like the escape for them.
NOT_IN_XML = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
NO_CHARACTER = re.compile("[\x00\ud800-\udfff]")
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


def ending(name: str) -> str:
    """Return the format that a file's name ends in, a key of `FORMATS`. Raises Unreadable for any other."""
    suffix = PurePath(name).suffix.lower().removeprefix(".")
    if suffix not in FORMATS:
        raise Unreadable("The file's name must end in .csv, .xlsx or .json.")
    return suffix


def first_row(name: str) -> int:
    """Return the number of the first row below the header, as a reader of the file counts: 1 for JSON, otherwise 2."""
    return 1 if ending(name) == "json" else 2


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
    """Return a workbook with a frozen header row, whose cells break lines where the text does."""
    rows = [[_for_workbook(text) for text in row] for row in sheet.rows]
    book = Workbook(write_only=True)
    page = book.create_sheet("Facts")
    page.freeze_panes = "A2"
    for place in range(1, len(sheet.header) + 1):
        page.column_dimensions[get_column_letter(place)].width = COLUMN_WIDTH
    head = [WriteOnlyCell(page, name) for name in sheet.header]
    for cell in head:
        cell.font = Font(bold=True)
    page.append(head)
    wrapped = Alignment(wrap_text=True)
    for row in rows:
        cells = [WriteOnlyCell(page, text) for text in row]
        for cell in cells:
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


def _from_workbook(cell: str) -> str:
    return unguarded(ESCAPED.sub(lambda match: chr(int(match[1], 16)), cell))


# Reading


def read(name: str, data: bytes) -> Sheet:
    """Return the table in a file, whose format follows from its name.

    Raises Unreadable where the file is larger than `FILE_MAX` bytes, empty, damaged or no table.
    """
    reader = {"csv": _read_csv, "xlsx": _read_workbook, "json": _read_json}[ending(name)]
    if len(data) > FILE_MAX:
        raise Unreadable(TOO_LARGE)
    if not data.strip():
        raise Unreadable("The file is empty.")
    start = first_row(name)
    header, rows = _bounded(reader(data), start)
    _check_header(header)
    sheet = Sheet(header, [_fitted(row, header, number) for number, row in enumerate(rows, start)])
    _check_text(sheet, start)
    return sheet


def _bounded(rows: Iterator[list[str]], start: int) -> tuple[list[str], list[list[str]]]:
    header = [name.strip() for name in next(rows, [])]
    while header and not header[-1]:
        header.pop()
    bounded: list[list[str]] = []
    size = 0
    for row in rows:
        size += sum(map(len, row))
        if len(bounded) == ROWS_MAX:
            raise Unreadable(f"The table has more than {ROWS_MAX:,} rows. Divide it into several.")
        if size > TEXT_MAX:
            raise Unreadable(f"The table holds more than {TEXT_MAX:,} characters. Divide it into several.")
        bounded.append(row)
    while bounded and not any(bounded[-1]):
        bounded.pop()
    if not header or not any(map(any, bounded)):
        raise Unreadable("The file has no rows below the first, which names the columns.")
    return header, bounded


def _check_header(header: Sequence[str]) -> None:
    if len(header) > COLUMNS_MAX:
        raise Unreadable(f"The table has more than {COLUMNS_MAX} columns.")
    for place, name in enumerate(header, 1):
        if not name:
            raise Unreadable(f"Column {get_column_letter(place)} has no name in the first row.")
        if name in header[: place - 1]:
            raise Unreadable(f"Two columns are called “{shortened(name)}”.")


def _fitted(row: list[str], header: Sequence[str], number: int) -> list[str]:
    """Return the row, empty where it is blank. Raises Unreadable where it is not as long as the header."""
    if not any(row):
        return []
    if len(row) != len(header):
        raise Unreadable(f"Row {number} has {len(row)} cells, but the first row has {len(header)}.")
    return row


def _check_text(sheet: Sheet, start: int) -> None:
    """Raise Unreadable for characters that no database stores: NUL and lone surrogates."""
    for number, row in [(1, sheet.header), *enumerate(sheet.rows, start)]:
        for name, cell in zip(sheet.header, row, strict=False):
            if NO_CHARACTER.search(cell):
                raise Unreadable(
                    f"Row {number}, column {shortened(name)!a}: it contains an invalid character, such as NUL."
                )


def shortened(text: str) -> str:
    """Return at most 60 characters of a cell, for use in a sentence."""
    return text if len(text) <= 60 else f"{text[:59]}…"


# CSV


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        raise Unreadable("The file is not text in UTF-8: it contains NUL bytes. Save it as “CSV UTF-8”.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            f"The file is not text in UTF-8: line {line} has a byte that is not valid UTF-8. Save it as “CSV UTF-8”."
        ) from error


def _read_csv(data: bytes) -> Iterator[list[str]]:
    csv.field_size_limit(FILE_MAX)
    reader = csv.reader(io.StringIO(_decoded(data), newline=""), strict=True)
    try:
        for number, row in enumerate(reader):
            if number == 0 and len(row) == 1 and ";" in row[0]:
                raise Unreadable("The columns are separated by semicolons. Save the file with commas.")
            yield [unguarded(cell) for cell in row]
    except csv.Error as error:
        raise Unreadable(f"The file is not valid CSV: line {reader.line_num}: {error}.") from error


# JSON


def _read_json(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    try:
        # Numbers stay as they are written: none is too large, and none is rounded.
        entries = json.loads(
            text,
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse_constant,
            object_pairs_hook=_distinct,
        )
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"The file is not valid JSON: {error}.") from error
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise Unreadable("The file must be a list of objects, one for each row: [{…}, {…}].")
    header = list(entries[0]) if entries else []
    yield header
    for number, entry in enumerate(entries, 1):
        if entry.keys() != set(header):
            raise Unreadable(f"Row {number} does not have the same columns as row 1.")
        yield [_plain(entry[name], number, name) for name in header]


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number")


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entry = dict(pairs)
    if len(entry) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Unreadable(f"Two columns are called “{shortened(twice)}”.")
    return entry


def _plain(value: Any, number: int, name: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return value
    raise Unreadable(f"Row {number}, column {shortened(name)!a}: it must be text, a number, yes or no.")


# XLSX


def _read_workbook(data: bytes) -> Iterator[list[str]]:
    _check_package(data)
    try:
        sheets = load_workbook(io.BytesIO(data), read_only=True).worksheets
        if len(sheets) != 1:
            raise Unreadable(f"The workbook has {len(sheets)} sheets. Leave only the sheet to be imported.")
        sheets[0].reset_dimensions()  # the dimensions that the file states may be wrong
        header: list[str] = []
        for number, cells in enumerate(sheets[0].iter_rows(), 1):
            if len(cells) > WIDTH_MAX:
                raise Unreadable(f"Row {number} has cells up to column {get_column_letter(len(cells))}.")
            row = [_cell_text(cell, number, place) for place, cell in enumerate(cells, 1)]
            header = header or row
            yield _trimmed(row, len(header))
    except Unreadable:
        raise
    except Exception as error:  # a damaged part may raise anything inside the library
        raise Unreadable("The file is not a readable workbook.") from error


def _trimmed(row: list[str], width: int) -> list[str]:
    """Pad the row to the width, or drop its trailing empty cells: programs differ in whether they save them."""
    row = [*row, *[""] * (width - len(row))]
    while len(row) > width and not row[-1]:
        row.pop()
    return row


def _check_package(data: bytes) -> None:
    """Check the package before it is unpacked: a small file may unpack to any size.

    A document type definition in XML is refused unparsed: its entities could grow without end, and no workbook has one.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX:
                raise Unreadable("The workbook is too large when unpacked. Save it as CSV.")
            for part in parts:
                # Without NUL bytes, in case the part is in UTF-16.
                if b"<!DOCTYPE" in package.read(part).replace(b"\0", b""):
                    raise Unreadable("The workbook defines XML entities. Save it as CSV.")
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unreadable("The file is not an XLSX workbook, or it is damaged or encrypted.") from error


def _cell_text(cell: Cell, row: int, column: int) -> str:
    value = cell.value
    if cell.data_type in {"f", "e"}:
        what = "a formula" if cell.data_type == "f" else "an error"
        raise Unreadable(
            f"Row {row}, column {get_column_letter(column)}: it contains {what}. Only values can be imported."
        )
    if value is None:
        return ""
    if isinstance(value, str):
        return _from_workbook(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value)
