"""What other programs make of an exported table when somebody opens and saves it.

Each opens a CSV file, in which a cell cannot say that it is text, and saves what it took the cells for.
"""

import csv
import io
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from openpyxl import Workbook, load_workbook

#: The year in which these programs are used; it completes dates that have none.
YEAR = 2026
Cell = str | int | float | bool | date | None
Rows = list[list[Cell]]


def opened(data: bytes, take: Callable[[str], Cell]) -> Rows:
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""))
    return [[take(cell) for cell in row] for row in rows]


def _day(year: str | int, month: str | int, day: str | int) -> date | None:
    year = int(year) if int(year) > 99 else int(year) + (2000 if int(year) < 30 else 1900)
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None


def taken_by_excel(cell: str, *, is_german: bool = False) -> Cell:
    """As Excel takes a cell of a file: numbers, percentages, dates in many forms, and TRUE."""
    mark = "," if is_german else r"\."
    if re.fullmatch(rf"[+-]?\d+({mark}\d+)?([eE][+-]?\d+)? ?%?", cell):
        number = float(cell.rstrip("% ").replace(",", ".")) / (100 if cell.endswith("%") else 1)
        # It holds 15 figures.
        return int(float(f"{number:.15g}")) if number.is_integer() else number
    if cell.upper() in ({"TRUE", "FALSE", "WAHR", "FALSCH"} if is_german else {"TRUE", "FALSE"}):
        return cell.upper() in {"TRUE", "WAHR"}
    separators = "[-/.]" if is_german else "[-/]"
    if len(parts := re.split(separators, cell)) in {2, 3} and all(part.isdigit() for part in parts):
        if len(parts[0]) == 4:
            return _day(*[*parts, "1"][:3]) or cell
        orders = [parts[::-1]] if is_german else [[parts[-1], parts[0], parts[1]], parts[::-1]]
        if len(parts) == 2:
            one, two = parts
            days = (
                [_day(YEAR, two, one), _day(two, one, 1)]
                if is_german
                else [_day(YEAR, one, two), _day(YEAR, two, one)]
            )
            return next((day for day in [*days, _day(two, one, 1)] if day), cell)
        return next((day for order in orders if (day := _day(*order))), cell)
    return cell or None


def shown_by_excel(value: Cell, *, is_german: bool = False) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return {True: "WAHR", False: "FALSCH"}[value] if is_german else str(value).upper()
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}" if is_german else f"{value.month}/{value.day}/{value.year}"
    if isinstance(value, int | float):
        text = f"{value:.5E}" if abs(value) >= 1e11 else f"{value:.10g}"
        return text.replace(".", ",") if is_german else text
    return value


def written(rows: list[list[str]], separator: str, **options: Any) -> str:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator, **options).writerows(rows)
    return stream.getvalue()


def excel(data: bytes) -> dict[str, bytes]:
    """American Excel: CSV with empty columns on the right, “Unicode text”, a workbook with a sheet of notes."""
    rows = opened(data, taken_by_excel)
    shown = [[shown_by_excel(cell) for cell in row] for row in rows]
    padded = [*([*row, "", ""] for row in shown), ["", "", ""]]
    return {
        "excel.csv": b"\xef\xbb\xbf" + written(padded, ",").encode(),
        "excel-unicode.txt": written(shown, "\t").encode("utf-16"),
        "excel-with-line.csv": b"sep=,\r\n" + written(shown, ",").encode(),
        "excel.xlsx": workbook(rows),
    }


def german_excel(data: bytes) -> dict[str, bytes]:
    """German Excel: semicolons, decimal commas and an older encoding."""
    rows = opened(data, lambda cell: taken_by_excel(cell, is_german=True))
    shown = written([[shown_by_excel(cell, is_german=True) for cell in row] for row in rows], ";")
    return {
        "excel-de.csv": shown.encode("cp1252"),
        "excel-de-utf8.csv": shown.encode("utf-8-sig"),
        "excel-de.txt": shown.replace(";", "\t").encode("cp1252")
        if ";" not in data.decode()
        else shown.encode("cp1252"),
    }


def libre_office(data: bytes) -> dict[str, bytes]:
    """LibreOffice: numbers, ISO dates and TRUE; quotes all text if it is asked to, and ends lines with LF."""

    def taken(cell: str) -> Cell:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}|[+-]?\d+(\.\d+)?([eE][+-]?\d+)?|TRUE|FALSE|true|false", cell):
            return taken_by_excel(cell)
        return cell or None

    rows = opened(data, taken)
    shown = [
        [f"{cell:%m/%d/%y}" if isinstance(cell, date) else shown_by_excel(cell) for cell in row]
        for row in rows
    ]
    iso = [
        [cell.isoformat() if isinstance(cell, date) else shown_by_excel(cell) for cell in row] for row in rows
    ]
    return {
        "libreoffice.csv": written(shown, ",", quoting=csv.QUOTE_ALL, lineterminator="\n").encode(),
        "libreoffice.tsv": written(iso, "\t", lineterminator="\n").encode(),
        "libreoffice.xlsx": workbook(rows),
    }


def numbers(data: bytes) -> dict[str, bytes]:
    """Numbers: the name of the table above it, short rows; in a workbook, a sheet of its own in front."""
    rows = opened(data.replace(b"\r\n", b"\n"), taken_by_excel)
    shown = [
        [f"{cell:%d/%m/%Y}" if isinstance(cell, date) else shown_by_excel(cell) for cell in row]
        for row in rows
    ]
    short = [row[: max((place for place, cell in enumerate(row, 1) if cell), default=0)] for row in shown]
    book = Workbook()
    book.worksheets[0].title = "Export Summary"
    book.worksheets[0].append(["This document was exported from Numbers.", "", "Numbers Sheet Name"])
    page = book.create_sheet("Table 1")
    for row in [["Table 1"], [], *rows]:
        page.append(row)
    return {
        "numbers.csv": b"Table 1\n" + written(short, ";", lineterminator="\n").encode(),
        "numbers.xlsx": saved(book),
    }


def pandas(data: bytes) -> dict[str, bytes]:
    """pandas: columns of one type each, floats where a number is missing, True and False, times, and an index."""
    header, *rows = opened(data, lambda cell: cell)
    columns = [_frame_column([str(row[place]) for row in rows]) for place in range(len(header))]
    body = [[str(number), *cells] for number, cells in enumerate(zip(*columns, strict=True))]
    dated = [
        [f"{cell} 00:00:00" if re.fullmatch(r"\d{4}-\d{2}-\d{2}", cell) else cell for cell in row]
        for row in body
    ]
    named = [[cell or "NaN" for cell in row] for row in body]
    # As the file has them, with the apostrophes that keep a spreadsheet from running a text.
    frame = [dict(zip(map(str, header), cells, strict=True)) for _, *cells in body]
    return {
        "pandas.csv": written([["", *map(str, header)], *body], ",", lineterminator="\n").encode(),
        "pandas-dates.csv": written(
            [["Unnamed: 0", *map(str, header)], *dated], ",", lineterminator="\n"
        ).encode(),
        "pandas.jsonl": "\n".join(map(json.dumps, frame)).encode(),
        "pandas-text.tsv": written([["", *map(str, header)], *named], "\t", lineterminator="\n").encode(),
    }


def _frame_column(cells: list[str]) -> list[str]:
    missing = {"", "nan", "null", "NA", "N/A", "n/a", "#N/A", "None"}
    given = [cell for cell in cells if cell not in missing]
    if given and all(re.fullmatch(r"[+-]?\d+", cell) for cell in given):
        kind: Callable[[str], object] = int if len(given) == len(cells) else float
    elif given and all(re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", cell) for cell in given):
        kind = float
    elif given and all(cell.lower() in {"true", "false"} for cell in given):
        kind = str.capitalize
    else:
        kind = str
    return ["" if cell in missing else str(kind(cell)) for cell in cells]


def workbook(rows: Rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append([_in_workbook(cell) for cell in row])
    # As the sheet of a spreadsheet is: blank cells with a format, beyond and below the table.
    book.worksheets[0].cell(len(rows) + 5, len(rows[0]) + 3).number_format = "0.00"
    book.create_sheet("Notes").append(["Remember to check the dates."])
    return saved(book)


def _in_workbook(cell: Cell) -> Any:
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - as a workbook has it
    return float(cell) if isinstance(cell, int) and not isinstance(cell, bool) else cell


def saved(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def resaved_workbook(data: bytes) -> bytes:
    """An exported workbook, saved again."""
    return saved(load_workbook(io.BytesIO(data)))
