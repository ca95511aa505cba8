"""Read the table in a workbook, XLSX or OpenDocument, on whichever of its sheets it is."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime, time
from decimal import Decimal
from itertools import repeat
from typing import Any

from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from . import opendocument
from .delimited import HEAD_ROWS, Fit
from .sheets import Unreadable, from_workbook, shortened, unguarded
from .spreadsheets import FORMULA

#: How much a workbook may unpack to, in bytes and parts.
UNPACKED_MAX = 40_000_000
PARTS_MAX = 200
#: How many tags a part may have: each takes some hundred bytes while it is read, and a file may hold nothing else.
TAGS_MAX = 3_000_000
#: More between two tags, or in one, is no table, and may be read again with each piece of it, which takes minutes.
LONG_TAG = re.compile(rb"<[^<]{1000000}")
#: Formatted blank cells make a workbook's rows longer. In cells; a longer row is no accident and is refused.
WIDTH_MAX = 1_000
#: What an older workbook of Excel begins with, and one that is encrypted.
COMPOUND_FILE = b"\xd0\xcf\x11\xe0"
#: What an OpenDocument that is no package begins with, within so many bytes.
FLAT, FLAT_WITHIN = b"<office:document", 1_000
UNREADABLE = "The file is not a readable workbook."
TOO_LARGE_UNPACKED = "The workbook is too large when unpacked. Save it as CSV."
DAMAGED = "The file is not a workbook, or it is damaged or encrypted."
#: How the parts of workbooks are packed. Of what is packed otherwise, more may be unpacked at a time than it says.
PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
# Would read a sheet that does not state its size to the end, and keep all of it. Sizes that are stated may be wrong.
ReadOnlyWorksheet._get_size = lambda sheet: None  # noqa: SLF001
IN_FORMULA = re.compile(rb"<f[\s/>]")


def read_workbook(data: bytes, fit: Fit) -> tuple[Iterator[list[str]], list[str]]:
    """Return the rows of the sheet that fits, read one by one, and which it is if there are several.

    Raises Unreadable, while the rows are read too.
    """
    has_formulas, content = _unpacked(data)
    try:
        if content:
            title, notes = _chosen(opendocument.heads(content, HEAD_ROWS), fit)
            return _checked(map(_plain_texts, opendocument.rows(content, title))), notes
        book = load_workbook(io.BytesIO(data), read_only=True)
        values = load_workbook(io.BytesIO(data), read_only=True, data_only=True) if has_formulas else None
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
        title, notes = _chosen({sheet.title: _head(sheet) for sheet in visible}, fit)
    except Unreadable:
        raise
    except Exception as error:  # a damaged part may raise anything inside the library
        raise Unreadable(UNREADABLE) from error
    return _checked(_rows(book, values, title)), notes


def _chosen(heads: Mapping[str, list[list[str]]], fit: Fit) -> tuple[str, list[str]]:
    """Return the title of the sheet that has most of the columns, and a note where there are several."""
    if not heads:
        raise Unreadable("The workbook has no sheets with cells.")
    if len(heads) == 1:
        return next(iter(heads)), []
    fits = {title: fit(rows) for title, rows in heads.items()}
    best = max(fits.values())
    fitting = [title for title, known in fits.items() if known == best]
    if not best:
        raise Unreadable(
            f"None of the workbook’s {len(fits)} sheets ({_listed(list(fits))}) has a row that names the columns."
        )
    if len(fitting) > 1:
        raise Unreadable(
            f"The sheets {_listed(fitting)} have the same columns. Leave only one of them in the file."
        )
    others = [title for title in fits if title != fitting[0]]
    return fitting[0], [f"Read from the sheet “{shortened(fitting[0])}”. Not read: {_listed(others)}."]


def _listed(titles: list[str]) -> str:
    shown = [f"“{shortened(title)}”" for title in titles[:5]]
    if len(titles) > len(shown):
        return f"{', '.join(shown)} and {len(titles) - len(shown)} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def _head(sheet: Any) -> list[list[str]]:
    rows = sheet.iter_rows(max_row=HEAD_ROWS, max_col=WIDTH_MAX)
    return [[str(cell.value or "") for cell in row] for row in rows]


def _checked(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Yield the rows. Raises Unreadable for one that is too wide, and for whatever is wrong with the file."""
    try:
        for number, row in enumerate(rows, 1):
            if len(row) > WIDTH_MAX:
                raise Unreadable(f"Row {number} has cells up to column {get_column_letter(len(row))}.")
            yield row
    except Unreadable:
        raise
    except Exception as error:  # as above
        raise Unreadable(UNREADABLE) from error


def _rows(book: Any, values: Any, title: str) -> Iterator[list[str]]:
    for cells, shown in zip(_cells(book, title), _cells(values, title), strict=False):
        yield [_cell_text(cell, value) for cell, value in zip(cells, shown or cells, strict=True)]


def _plain_texts(row: list[str]) -> list[str]:
    return [*map(unguarded, row)]


def _cells(book: Any, title: str) -> Iterator[Any]:
    if book is None:
        return repeat(None)
    rows: Iterator[Any] = book[title].iter_rows()
    return rows


def _unpacked(data: bytes) -> tuple[bool, bytes]:
    """Check the file before it is read, because a small one may unpack to any size.

    Return whether it has formulas, and the content of an OpenDocument, which stores the value of each formula.
    """
    if FLAT in data[:FLAT_WITHIN]:
        _check_xml(data)
        return False, data
    if data.startswith(COMPOUND_FILE):
        raise Unreadable(
            "The workbook is encrypted, or in an older format of Excel. Save it as XLSX without a password."
        )
    has_formulas, document = False, b""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
            if not PACKED.issuperset(part.compress_type for part in parts):
                raise Unreadable(DAMAGED)
            if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_MAX:
                raise Unreadable(TOO_LARGE_UNPACKED)
            for part in parts:
                content = package.read(part)
                _check_xml(content)
                has_formulas |= "worksheets/" in part.filename and bool(IN_FORMULA.search(content))
                document = content if part.filename == "content.xml" else document
    except Unreadable:
        raise
    except Exception as error:  # as above
        raise Unreadable(DAMAGED) from error
    return has_formulas, document


def _check_xml(content: bytes) -> None:
    """Refuse a document type definition unparsed: its entities could grow without end, and no workbook has one.

    Refuse more or longer tags than any table needs, too.
    """
    # Without NUL bytes, in case it is in UTF-16.
    if b"<!DOCTYPE" in content.replace(b"\0", b""):
        raise Unreadable("The workbook defines XML entities. Save it as CSV.")
    if content.count(b"<") > TAGS_MAX or LONG_TAG.search(content):
        raise Unreadable(TOO_LARGE_UNPACKED)


def _cell_text(cell: Cell, shown: Cell) -> str:
    """Return the text of a cell; of a formula, the value that the spreadsheet has saved with it."""
    value = shown.value
    if value is None or cell.data_type == "f" == shown.data_type:
        return FORMULA if cell.data_type == "f" else ""
    if isinstance(value, str):
        return value if shown.data_type == "e" else from_workbook(value)
    return _typed_text(value)


def _typed_text(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"  # as it is shown: the column may be one of text
    if isinstance(value, float) and value.is_integer():
        return f"{Decimal(repr(value)):.0f}"  # not the figures that the float does not hold
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value)
