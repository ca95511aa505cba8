"""Read a file of whatever program as a plain table of text cells: its format, its header, its columns.

The columns that an import knows are given with their headings, so that the right row, separator and sheet are found.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from openpyxl.utils import get_column_letter

from .delimited import HEAD_ROWS, Fit, read_delimited
from .objects import read_json
from .sheets import FILE_MAX, TOO_LARGE, Sheet, Unreadable, ending, first_row, shortened
from .workbooks import COMPOUND_FILE, read_workbook

#: How much a table may hold, in characters, rows and columns.
TEXT_MAX = 10_000_000
ROWS_MAX = 20_000
COLUMNS_MAX = 50
#: Spreadsheets save as many columns as they have, most of them blank. In cells of a row: all, and those among which the
#: names of columns are looked for.
WIDTH_MAX, NAMES_WITHIN = 20_000, 1_000
#: How many rows are looked through, blank rows among them: workbooks may have a million that are only formatted.
ROWS_AND_BLANKS_MAX = 5 * ROWS_MAX
NO_CHARACTER = re.compile("[\x00\ud800-\udfff]")
#: The names that columns get here.
UNNAMED = re.compile(r"\((?:.+ )?column [A-Z]+\)")
ZIP = b"PK\x03\x04"

Headings = Mapping[str, str]
"""The names of the columns, by their folded headings."""


def folded(heading: str) -> str:
    """Return a heading as it is compared: in lower case, with single underscores for all that is no letter or digit.

    In brackets it is a remark, whatever it is called.
    """
    if heading.lstrip().startswith("("):
        return heading.strip()
    return re.sub(r"[\W_]+", "_", heading.casefold()).strip("_")


def is_unnamed(column: str) -> bool:
    """Return whether a column was named here, by its letter, because the file does not name it."""
    return UNNAMED.fullmatch(column) is not None


def read(name: str, data: bytes, headings: Headings | None = None) -> Sheet:
    """Return the table in a file, whose format follows from its name and its first bytes.

    Raises Unreadable where the file is larger than `FILE_MAX` bytes, empty, damaged or no table.
    """
    known = headings or {}
    rows, notes = read_rows(name, data, lambda rows: max((_fit(row, known) for row in rows), default=0))
    place = _header_place(rows, known)
    header = [_heading(cell, known) for cell in rows[place]] if rows else []
    return with_header(name, header, rows, place + 1, {*known.values()}, notes)


def read_rows(name: str, data: bytes, fit: Fit) -> tuple[list[list[str]], list[str]]:
    """Return all rows of the table in a file, and what should be known about how they were read.

    Of several sheets, and of several ways to divide the columns, the one that fits most is read. Raises Unreadable.
    """
    format_name = _format(name, data)
    if len(data) > FILE_MAX:
        raise Unreadable(TOO_LARGE)
    if not data.strip():
        raise Unreadable("The file is empty.")
    readers = {"csv": read_delimited, "xlsx": read_workbook, "json": read_json}
    lines, notes = readers[format_name](data, fit)
    rows = _bounded(lines)
    if format_name == "xlsx" and rows:  # its cells are in columns, whether they are named or not
        width = max(map(len, rows))
        rows = [row + [""] * (width - len(row)) if row else row for row in rows]
    return rows, notes


def with_header(
    name: str,
    header: list[str],
    rows: list[list[str]],
    start: int,
    known: Collection[str],
    notes: Sequence[str],
) -> Sheet:
    """Return the table with this header whose first row below it has the index `start`. Raises Unreadable."""
    header, below = _with_columns(header, rows[start:], known)
    sheet = Sheet(header, [[]] * (start - 1) + below, notes=notes)
    _check_text(sheet, first_row(name))
    return sheet


def _format(name: str, data: bytes) -> str:
    """Return the format of a file, a key of `FORMATS`. Raises Unreadable where its name ends in none that is read."""
    by_name = ending(name)
    return "xlsx" if data.startswith((ZIP, COMPOUND_FILE)) else by_name


def _fit(row: Iterable[str], headings: Headings) -> int:
    """Return how many different columns a row names."""
    return len({headings[name] for name in map(folded, islice(row, NAMES_WITHIN)) if name in headings})


def _heading(cell: str, headings: Headings) -> str:
    return headings.get(folded(cell)) or " ".join(cell.replace("\ufeff", "").split())


def _header_place(rows: Sequence[list[str]], headings: Headings) -> int:
    """Return the index of the row that names most columns, or else of the first that is not blank.

    Programs write titles and blank rows above a table.
    """
    head = range(min(len(rows), HEAD_ROWS))
    return max(head, key=lambda place: (_fit(rows[place], headings), bool(rows[place])), default=0)


def _bounded(lines: Iterator[list[str]]) -> list[list[str]]:
    """Return the rows, those of blanks empty, none at the end. Raises Unreadable for too many."""
    rows: list[list[str]] = []
    size = count = 0
    for line in lines:
        row = line if any(map(str.strip, line)) else []
        size += sum(map(len, row))
        count += bool(row)
        if len(row) > WIDTH_MAX:
            raise Unreadable(f"The table has more than {COLUMNS_MAX} columns.")
        # The first names the columns.
        if count > ROWS_MAX + 1 or len(rows) > ROWS_AND_BLANKS_MAX:
            raise Unreadable(f"The table has more than {ROWS_MAX:,} rows. Divide it into several.")
        if size > TEXT_MAX:
            raise Unreadable(f"The table holds more than {TEXT_MAX:,} characters. Divide it into several.")
        rows.append(row)
    while rows and not rows[-1]:
        rows.pop()
    return rows


def _with_columns(
    header: list[str], rows: list[list[str]], known: Collection[str]
) -> tuple[list[str], list[list[str]]]:
    """Return header and rows with the columns that have a name or a value, each row as long as the header.

    Columns that have only a value are named by their letter in brackets, so that they count as a remark. Rows with
    values beyond the header stay longer: what is in which column is not known there.
    """
    filled = {place for row in rows for place, cell in enumerate(row[: len(header)]) if cell.strip()}
    kept = [place for place, name in enumerate(header) if name or place in filled]
    if not kept or not any(rows):
        raise Unreadable("The file has no rows below the first, which names the columns.")
    if len(kept) > COLUMNS_MAX:
        raise Unreadable(f"The table has more than {COLUMNS_MAX} columns.")
    names: list[str] = []
    for place in kept:
        name = header[place]
        if name in names and name in known:
            raise Unreadable(f"Two columns are called “{shortened(name)}”.")
        letter = get_column_letter(place + 1)
        names.append(name if name and name not in names else f"({f'{name} column'.strip()} {letter})")
    width = len(header)
    fitted = []
    for row in rows:
        beyond = [cell for cell in row[width:] if cell.strip()]
        fitted.append([*(row[place] if place < len(row) else "" for place in kept), *beyond] if row else [])
    return names, fitted


def _check_text(sheet: Sheet, start: int) -> None:
    """Raise Unreadable for characters that no database stores: NUL and lone surrogates."""
    for number, row in [(1, sheet.header), *enumerate(sheet.rows, start)]:
        for name, cell in zip(sheet.header, row, strict=False):
            if NO_CHARACTER.search(cell):
                raise Unreadable(
                    f"Row {number}, column {shortened(name)!a}: it contains an invalid character, such as NUL."
                )
