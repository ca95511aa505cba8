"""Read tables in JSON: a list of rows, rows one after another (JSON Lines), and frames of pandas, however oriented."""

import json
import re
from collections.abc import Iterator
from typing import Any

from .delimited import Fit, decoded
from .sheets import Unreadable, shortened

BLANKS = re.compile(r"[ \t\r\n]*")


def read_json(data: bytes, fit: Fit) -> tuple[Iterator[list[str]], list[str]]:
    """Return the rows, the first of which names the columns, and what should be known about how they are read.

    Raises Unreadable, while the rows are read too.
    """
    text, notes = decoded(data)
    entries = _entries(_values(text), fit)
    if entries and all(isinstance(entry, list) for entry in entries):
        return _texts(entries), notes
    return _rows(entries), notes


def _values(text: str) -> list[Any]:
    """Return the values that stand one after another; most files have one. Numbers stay as they are written."""
    decoder = json.JSONDecoder(
        parse_int=str,
        parse_float=str,
        parse_constant=_constant,
        object_pairs_hook=_distinct,
    )
    values, place = [], 0
    try:
        while (place := BLANKS.match(text, place).end()) < len(text):  # type: ignore[union-attr]
            value, place = decoder.raw_decode(text, place)
            values.append(value)
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"The file is not valid JSON: line {error.lineno} cannot be read from character {error.colno} on."
        ) from error
    except RecursionError as error:
        raise Unreadable("The file is not valid JSON: its values are nested too deeply.") from error
    except ValueError as error:  # of `_constant`
        raise Unreadable(f"The file is not valid JSON: {error}.") from error
    return values


def _entries(values: list[Any], fit: Fit) -> list[Any]:
    """Return an entry for each row. Of an object of objects, those are its columns whose names fit."""
    if len(values) > 1:
        return values
    match values[0]:
        case list(entries) | {"schema": _, "data": list(entries)}:
            return entries
        case {"columns": list(names), "data": list(rows)}:
            return [names, *rows]
        case dict(parts) if parts and all(isinstance(part, dict) for part in parts.values()):
            places = [*next(iter(parts.values()))]
            if fit([[*parts]]) <= fit([places]):
                return [*parts.values()]
            if any([*part] != places for part in parts.values()):
                raise Unreadable("The columns of the file do not have the same rows.")
            return [{name: part[place] for name, part in parts.items()} for place in places]
        case entry:
            return [entry]


def _rows(entries: list[Any]) -> Iterator[list[str]]:
    if not all(isinstance(entry, dict) and entry for entry in entries):
        raise Unreadable("The file must be a list of objects, one for each row: [{…}, {…}].")
    header = list(entries[0]) if entries else []
    yield header
    for number, entry in enumerate(entries, 1):
        if entry.keys() != set(header):
            raise Unreadable(f"Row {number} does not have the same columns as row 1.")
        yield [_plain(entry[name], number, name) for name in header]


def _texts(lists: list[list[Any]]) -> Iterator[list[str]]:
    """Yield the rows of a table whose columns are named in one of them."""
    for number, cells in enumerate(lists):
        yield [_plain(cell, number, str(place)) for place, cell in enumerate(cells, 1)]


def _constant(name: str) -> None:
    """Return nothing for NaN, as which some programs write an empty cell."""
    if name != "NaN":
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
        return "true" if value else "false"  # as it is written: the column may be one of text
    if isinstance(value, str):
        return value
    raise Unreadable(f"Row {number}, column {shortened(name)!a}: it must be text, a number, yes or no.")
