"""Read a plain comparison: what is compared goes down, criteria go across, and any words are in the cells."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from frameworks.models.names import folded as folded_name
from frameworks.models.names import tidy_name
from frameworks.tables.delimited import HEAD_ROWS
from frameworks.tables.reading import ZIP, read_rows, with_header
from frameworks.tables.sheets import Sheet, Unreadable, first_row, shortened
from frameworks.tables.spreadsheets import ERRORS, FORMULA, NOT_A_VALUE

from .headings import find_headings

#: Signs and words that people put into a cell about which nothing is known.
NOTHING = re.compile(r"[-–—‐‑.…?/\\_\s]*|n\.? ?/? ?a\.?|k\. ?A\.", re.IGNORECASE)
LETTER = re.compile(r"\(column ([A-Z]+)\)|\((.+) column ([A-Z]+)\)")


@dataclass(frozen=True)
class Comparison:
    """What is compared, by the name that the sheet has for it, each with the words under each criterion.

    `groups` has the heading above each criterion, empty where there is none. `left_out` says in sentences what was not
    taken over, `notes` how the file was read.
    """

    criteria: list[str]
    groups: list[str]
    items: list[tuple[str, list[str]]]
    left_out: list[str]
    notes: list[str]


def read_comparison(name: str, data: bytes) -> Comparison:
    """Return the comparison in a file, which is read as for an import. Raises Unreadable, which says why."""
    rows, notes = read_rows(name, data, _cells if data.startswith(ZIP) else _regularity)
    headings = find_headings(rows[:HEAD_ROWS])
    if headings is None:
        raise Unreadable(
            f"No row names two columns or more: what is compared goes down, and criteria go across.{_advice(rows)}"
        )
    start, names, groups = headings
    if _is_numbering(rows[start:]):
        rows, names, groups = [row[1:] for row in rows], names[1:], groups[1:]
        notes = [
            *notes,
            f"The first column numbers the rows, so “{shortened(names[0])}” names what is compared.",
        ]
    if any(groups):
        notes = [*notes, f"Rows {start - 1} and {start} were read as headings: the upper one has the groups."]
    group_of = dict(zip(names, groups, strict=True))
    sheet = with_header(name, names, rows, start, set(), notes)
    if len(sheet.header) < 2:
        raise Unreadable(
            "The table has a single column. The first column names what is compared; the others say it."
        )
    left_out: list[str] = []
    items = list(_items(sheet, first_row(name), left_out))
    if not items:
        raise Unreadable("No row has a name in its first column.")
    criteria = [_heading(head, place) for place, head in enumerate(sheet.header[1:], 2)]
    return Comparison(
        criteria, [group_of.get(head, "") for head in sheet.header[1:]], items, left_out, [*sheet.notes]
    )


def _cells(rows: list[list[str]]) -> int:
    """Return how many cells say something about what a row names: which sheet has the comparison."""
    return sum(max(sum(bool(cell.strip()) for cell in row) - 1, 0) for row in rows)


def _regularity(rows: list[list[str]]) -> int:
    """Return in how many rows there are equally many columns, and then how many: which separator is the right one."""
    widths = Counter(len(row) for row in rows if sum(bool(cell.strip()) for cell in row) > 1)
    return max((count * 1_000 + width for width, count in widths.items()), default=0)


def _advice(rows: list[list[str]]) -> str:
    """Return what to do about a sign that seems to separate columns; empty where none does."""
    lines = [row[0] for row in rows[:HEAD_ROWS] if row]
    signs = [sign for sign in lines[0] if not sign.isalnum() and not sign.isspace()] if len(lines) > 1 else []
    sign = next((sign for sign in signs if len({line.count(sign) for line in lines}) == 1), "")
    return f" If “{sign}” separates the columns, write “sep={sign}” as the first line." if sign else ""


def _is_numbering(rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first column only counts the rows, as that of a data frame does."""
    cells = [row[0].strip() for row in rows if sum(bool(cell.strip()) for cell in row) > 2]
    return len(cells) > 1 and any(
        cells == [str(number) for number in range(first, first + len(cells))] for first in (0, 1)
    )


def _items(sheet: Sheet, start: int, left_out: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield each row with its name, and note what is in none of its cells."""
    width = len(sheet.header)
    has_begun = is_below = False  # whether a row has been read, and a blank one since
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
        is_below = has_begun and not any(cells) and (is_below or not name)
        if name and is_below:
            left_out.append(
                f"Row {number}, below a blank one, has words in its first cell alone: “{shortened(name)}”."
            )
        elif name:
            has_begun = True
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
