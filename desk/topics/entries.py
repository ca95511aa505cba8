"""Read the entries of fixture files, each with its line, and what is no JSON in them; write them. No Django."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

#: How an entry begins: where reading goes on after something that is no JSON.
ENTRY = re.compile(r'\{\s*"model"\s*:(?:\s*"([^"\n]*)")?')
BLANKS = re.compile(r"\s*")
#: What Python says of JSON, as somebody needs to know it who writes it by hand.
IN_WORDS = {
    "Expecting ',' delimiter": "a comma is missing before this",
    "Expecting value": "a value is missing here, or it is a text without quotation marks, or a comment",
    "Expecting property name enclosed in double quotes": "a name in quotation marks is missing here, or a comma too"
    " many before it",
    "Expecting ':' delimiter": "a colon is missing before this",
}


class Problem(NamedTuple):
    """What is wrong with a topic: the file, within its folder, the line (None: the file as a whole) and a sentence."""

    file: str
    line: int | None
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}{f', line {self.line}' if self.line else ''}: {self.sentence}"


@dataclass(frozen=True)
class Entry:
    """A value of the list in a fixture file, with the file, its text and the line on which it begins."""

    file: str
    line: int
    text: str = field(repr=False)
    raw: Any = field(repr=False)

    def problem(self, sentence: str, name: str = "") -> Problem:
        """Return a problem on the line of the field with this name, or else of the entry."""
        match = re.search(rf'(?<!\\)"{re.escape(name)}"\s*:', self.text) if name else None
        within = self.text.count("\n", 0, match.start()) if match else 0
        return Problem(self.file, self.line + within, sentence)


class Fault(NamedTuple):
    """What is no JSON, and the kind of fact that is not read for it (empty: any kind; None: nothing is lost)."""

    problem: Problem
    lost: str | None = ""


def read_entries(path: Path, file: str) -> tuple[list[Entry], list[Fault]]:
    """Return the entries of a file that can be read, and whatever cannot. Problems call the file `file`."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        return [], [Fault(Problem(file, line, "The file is not in UTF-8."))]
    except OSError as error:
        return [], [Fault(Problem(file, None, f"The file cannot be read: {error.strerror}."))]
    if text.startswith("\ufeff"):
        sentence = "The file begins with a byte order mark. Save it as UTF-8 without one."
        return [], [Fault(Problem(file, 1, sentence))]
    start = _end_of_blanks(text, 0)
    if text[start : start + 1] != "[":
        sentence = "The file must hold a list of entries: [{…}, {…}]."
        return [], [Fault(Problem(file, _line(text, start), sentence))]
    found = list(_values(text, start + 1, file))
    return (
        [one for one in found if isinstance(one, Entry)],
        [one for one in found if isinstance(one, Fault)],
    )


def _values(text: str, place: int, file: str) -> Iterator[Entry | Fault]:
    """Yield each value of the list that begins before `place`; after one that cannot be read, go on with the next."""

    def fault(at: int, sentence: str, lost: str | None = None) -> Fault:
        return Fault(Problem(file, _line(text, at), sentence), lost)

    decoder = json.JSONDecoder(object_pairs_hook=_without_repetition, parse_constant=_refuse_constant)
    while (place := _end_of_blanks(text, place)) < len(text) and text[place] != "]":
        try:
            raw, end = decoder.raw_decode(text, place)
        except (ValueError, RecursionError) as error:
            at = error.pos if isinstance(error, json.JSONDecodeError) else place
            entry, onwards = ENTRY.match(text, place), ENTRY.search(text, max(at, place + 1))
            yield fault(at, _reason(error), (entry and entry[1]) or "")
            if onwards is None:
                return
            place = onwards.start()
            continue
        yield Entry(file, _line(text, place), text[place:end], raw)
        place = _end_of_blanks(text, end)
        if text[place : place + 1] == ",":
            place = _end_of_blanks(text, place + 1)
            if text[place : place + 1] == "]":
                yield fault(end, "No comma may follow the last entry.")
        elif text[place : place + 1] not in {"", "]"}:
            yield fault(end, "A comma is missing after this entry.")
    if place == len(text):
        yield fault(place, "The list of entries does not end: “]” is missing.")
    elif (beyond := _end_of_blanks(text, place + 1)) < len(text):
        yield fault(beyond, "The list of entries has ended, and more follows.")


def _reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"This is not JSON: {IN_WORDS.get(error.msg, error.msg)}."
    return str(error) if isinstance(error, ValueError) else "The values are nested too deeply."


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if twice:
        raise ValueError(f"“{twice[0]}” is given twice in one entry.")
    return dict(pairs)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a value. Write null for nothing.")


def _end_of_blanks(text: str, place: int) -> int:
    match = BLANKS.match(text, place)
    return match.end() if match else place


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def in_json(entries: list[dict[str, Any]]) -> str:
    """Return entries as a fixture file has them."""
    return json.dumps(entries, ensure_ascii=False, indent=1) + "\n"
