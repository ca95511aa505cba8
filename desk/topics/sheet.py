"""Read a plain comparison: what is compared goes down, criteria go across, and any words are in the cells."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from frameworks.models.names import folded as folded_name
from frameworks.models.names import tidy_name
from frameworks.tables.delimited import HEAD_ROWS, SEPARATORS
from frameworks.tables.reading import folded, is_unnamed, read
from frameworks.tables.sheets import Sheet, Unreadable, first_row, shortened
from frameworks.tables.spreadsheets import ERRORS, FORMULA, NOT_A_VALUE
from frameworks.tables.workbooks import heads

#: Signs that people put into a cell about which nothing is known.
NOTHING = re.compile(r"[-–—‐‑.…?/\\_\s]*")
LETTER = re.compile(r"\(column ([A-Z]+)\)|\((.+) column ([A-Z]+)\)")


@dataclass(frozen=True)
class Comparison:
    """What is compared, by the name that the sheet has for it, each with the words under each criterion.

    `left_out` says in sentences what was not taken over, `notes` how the file was read.
    """

    criteria: list[str]
    items: list[tuple[str, list[str]]]
    left_out: list[str]
    notes: list[str]


def read_comparison(name: str, data: bytes) -> Comparison:
    """Return the comparison in a file, which is read as for an import. Raises Unreadable, which says why."""
    sheet = _read(name, data)
    if len(sheet.header) < 2:
        raise Unreadable(
            "The table has a single column. The first column names what is compared; the others say it."
        )
    left_out: list[str] = []
    items = list(_items(sheet, first_row(name), left_out))
    if not items:
        raise Unreadable("No row has a name in its first column.")
    criteria = [_heading(head, place) for place, head in enumerate(sheet.header[1:], 2)]
    return Comparison(criteria, items, left_out, [*sheet.notes])


def _read(name: str, data: bytes) -> Sheet:
    """Return the table, whose header is the first row of two cells or more: a title may be above it."""
    try:
        sheet = read(name, data)
    except Unreadable:
        rows = heads(data)
        if not rows:
            raise
    else:
        has_title = not is_unnamed(sheet.header[0]) and all(map(is_unnamed, sheet.header[1:]))
        if not has_title:
            return sheet
        rows = [row for row in sheet.rows if row]
    headings = next(filter(None, map(_headings, rows[:HEAD_ROWS])), None)
    if headings is None:
        raise Unreadable(
            "No row names two columns or more: what is compared goes down, and criteria go across."
        )
    return read(name, data, headings)


def _headings(cells: Sequence[str]) -> dict[str, str]:
    """Return the columns that a row names, if there are several, by their folded headings."""
    filled = _filled(cells)
    if len(filled) == 1:
        filled = max((_filled(filled[0].split(separator)) for separator in SEPARATORS), key=len)
    by_name = {folded(cell): cell for cell in filled}
    unique = {name: cell for name, cell in by_name.items() if [*map(folded, filled)].count(name) == 1}
    return unique if len(filled) > 1 else {}


def _filled(cells: Iterable[str]) -> list[str]:
    return [" ".join(cell.split()) for cell in cells if cell.strip()]


def _items(sheet: Sheet, start: int, left_out: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each row with its name, and note what is in none of its cells."""
    width = len(sheet.header)
    for number, row in enumerate(sheet.rows, start):
        name, *cells = [_seen(cell) for cell in row] or [""]
        values = [_value(cell) for cell in cells[: width - 1]]
        beyond = [shortened(cell) for cell in cells[width - 1 :] if cell]
        left_out += [f"Row {number} goes on beyond the last column: “{cell}”." for cell in beyond]
        left_out += [
            f"Row {number}, column “{shortened(heading)}”: {cell} is no value, but a formula that gave none."
            for heading, cell in zip(sheet.header[1:], cells, strict=False)
            if cell in {*ERRORS, FORMULA}
        ]
        if name:
            yield name, values
        elif any(values):
            left_out.append(f"Row {number} has no name: “{shortened(next(filter(None, values)))}”.")


def _value(cell: str) -> str:
    """Return the words of a cell; empty where it says nothing."""
    is_nothing = NOTHING.fullmatch(cell) or cell in {*NOT_A_VALUE, *ERRORS, FORMULA}
    return "" if is_nothing else cell


def _seen(cell: str) -> str:
    """Return a cell as it is shown, in one line; empty where nothing can be seen."""
    return tidy_name(cell) if folded_name(cell) else ""


def _heading(name: str, place: int) -> str:
    """Return the name of a column as people write it: one without a name is called after its letter."""
    match = LETTER.fullmatch(name)
    if match is None:
        return _seen(name) or f"Column {get_column_letter(place)}"
    return f"{match[2]} ({match[3]})" if match[2] else f"Column {match[1]}"
