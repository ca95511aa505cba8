"""Read the tables of an OpenDocument spreadsheet, as LibreOffice saves it, from its XML."""

import io
from collections.abc import Iterator
from itertools import repeat
from xml.etree import ElementTree

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CELLS = {f"{TABLE}table-cell", f"{TABLE}covered-table-cell"}
#: The attribute that holds a value that is no text, by its type.
VALUES = dict.fromkeys(("float", "percentage", "currency"), f"{OFFICE}value") | {
    "date": f"{OFFICE}date-value"
}
#: How often a cell or a blank is repeated at most. More are refused as too wide.
REPEATED_MAX = 1_001


def heads(content: bytes, count: int) -> dict[str, list[list[str]]]:
    """Return the first rows of each table by its name."""
    found: dict[str, list[list[str]]] = {}
    for title, repeated, cells in _parts(content):
        rows = found.setdefault(title, [])
        rows += [cells] * min(repeated, count - len(rows))
    return found


def rows(content: bytes, title: str) -> Iterator[list[str]]:
    """Yield the rows of the table with this name, without those of blanks at its end."""
    blank = 0
    for name, repeated, cells in _parts(content):
        if name != title:
            continue
        if not cells:
            blank += repeated
            continue
        yield from repeat([], blank)
        yield from repeat(cells, repeated)
        blank = 0


def _parts(content: bytes) -> Iterator[tuple[str, int, list[str]]]:
    """Yield the name of each row's table, how often the row is repeated, and its cells without the last blank ones."""
    title = ""
    # No document type definition comes this far.
    for event, part in ElementTree.iterparse(io.BytesIO(content), events=("start", "end")):  # noqa: S314
        if event == "start" and part.tag == f"{TABLE}table":
            title = part.get(f"{TABLE}name", "")
        elif event == "end" and part.tag == f"{TABLE}table-row":
            yield title, int(part.get(f"{TABLE}number-rows-repeated", 1)), _cells(part)
            part.clear()


def _cells(row: ElementTree.Element) -> list[str]:
    cells: list[str] = []
    blank = 0
    for cell in row:
        if cell.tag not in CELLS or len(cells) > REPEATED_MAX:
            continue
        repeated = min(int(cell.get(f"{TABLE}number-columns-repeated", 1)), REPEATED_MAX)
        if text := _text(cell):
            cells += [*repeat("", blank), *repeat(text, repeated)]
            blank = 0
        else:
            blank = min(blank + repeated, REPEATED_MAX)
    return cells


def _text(cell: ElementTree.Element) -> str:
    kind = cell.get(f"{OFFICE}value-type", "")
    if kind in VALUES:
        return cell.get(VALUES[kind], "")
    if kind == "boolean":
        return cell.get(f"{OFFICE}boolean-value", "").upper()
    return "\n".join("".join(_written(paragraph)) for paragraph in cell.findall(f"{TEXT}p"))


def _written(part: ElementTree.Element) -> Iterator[str]:
    """Yield the text of a paragraph. Blanks in a row, tabs and the ends of lines are elements of their own."""
    if part.tag == f"{TEXT}s":
        yield " " * min(int(part.get(f"{TEXT}c", 1)), REPEATED_MAX)
    yield {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}.get(part.tag, "")
    yield part.text or ""
    for child in part:
        yield from _written(child)
        yield child.tail or ""
