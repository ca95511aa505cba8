"""Read tables whose columns are separated by characters, in the encodings and with the separators of spreadsheets."""

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import islice

from .sheets import FILE_MAX, Unreadable, unguarded

#: What separates columns, by name; a comma where nothing speaks for another.
SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
#: A first line for spreadsheets, which do not show it.
SEPARATOR_LINE = re.compile(r'"?sep=(\\t|[^"\r\n])"?[,;\t|]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
#: Longest first: the mark of UTF-32 begins with that of UTF-16.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: The last character of files of DOS.
END_OF_FILE = "\x1a"
#: What spreadsheets save where they do not save Unicode.
OLDER_ENCODINGS = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman"}
#: Characters that are usual in languages of Western Europe. Others make it doubtful that the encoding is the right one.
USUAL = set(
    "ÄÖÜäöüßÀÂÆÇÈÉÊËÎÏÔŒÙÛàâæçèéêëîïôœùûÿÁÍÓÚÑáíóúñ¡¿ÃÕãõÅØåøÌÒìò‘’‚“”„«»‹›–—…€£§°·•©®™×±²³½¼¾µªº¢¥¬¨´\u00a0"
)
#: Letters in a row that none of these languages has.
FOREIGN_RUN = 3
#: How many rows may precede the header, and are looked at for it.
HEAD_ROWS = 20

Fit = Callable[[list[list[str]]], int]
"""Says of the first rows of a table how many of its columns are known."""


def read_delimited(data: bytes, fit: Fit) -> tuple[Iterator[list[str]], list[str]]:
    """Return the rows, read one by one, and what should be known about how they are read. Raises Unreadable."""
    text, notes = decoded(data)
    text = text.removesuffix(END_OF_FILE)
    text, separator = _separated(text, fit)
    if separator != ",":
        notes.append(f"The columns are separated by {SEPARATORS.get(separator, f'“{separator}”')}.")
    return _rows(text, separator), notes


def decoded(data: bytes) -> tuple[str, list[str]]:
    """Return the text, and a note where its encoding was not certain. Raises Unreadable where it cannot be told."""
    encoding = next((name for mark, name in BYTE_ORDER_MARKS if data.startswith(mark)), _without_mark(data))
    try:
        text = data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise Unreadable(f"The file is damaged: it is not valid {encoding.upper()}.") from error
        return _in_older_encoding(data, error)
    if "\0" in text:
        raise Unreadable("The file is not text: it contains NUL bytes. Save it as “CSV UTF-8”.")
    return text, []


def _without_mark(data: bytes) -> str:
    """Return UTF-16 where every other byte is nearly always zero, as in Western text, otherwise UTF-8."""
    start = data[:2_000]
    if len(start) >= 4 and len(data) % 2 == 0:
        for name, offset in (("utf-16-le", 1), ("utf-16-be", 0)):
            if start[offset::2].count(0) > 0.8 * len(start[offset::2]) and not start[1 - offset :: 2].count(
                0
            ):
                return name
    return "utf-8"


def _in_older_encoding(data: bytes, error: UnicodeDecodeError) -> tuple[str, list[str]]:
    for encoding, name in OLDER_ENCODINGS.items():
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_plausible(text):
            note = f"The file is not in UTF-8, so it was read as {name}. Check the letters with accents."
            return text, [note]
    line = data.count(b"\n", 0, error.start) + 1
    raise Unreadable(
        "The file is not text in UTF-8, and which encoding it is in cannot be told: "
        f"line {line} has a byte that is not valid UTF-8. Save it as “CSV UTF-8”."
    ) from error


def _is_plausible(text: str) -> bool:
    """Return whether the text uses usual characters only, none of them in a place where they make no word."""
    beyond = {character for character in text if not character.isascii()}
    if not beyond <= USUAL:
        return False
    letters = "".join(character for character in beyond if unicodedata.category(character)[0] == "L")
    return not letters or not re.search(rf"[{letters}]{{{FOREIGN_RUN},}}", text)


def _separated(text: str, fit: Fit) -> tuple[str, str]:
    """Return the text as its columns are separated, without a line that only names the separator, and the separator."""
    named = ""
    if match := SEPARATOR_LINE.match(text):
        text, named = text[match.end() :], match[1].replace("\\t", "\t")
    separators = [*SEPARATORS, *([named] if named not in {"", *SEPARATORS} else [])]
    layouts = [(text, separator) for separator in separators]
    for wrapper in SEPARATORS:
        inner = _unwrapped(text, wrapper)
        layouts += [(inner, other) for other in separators if inner not in {"", text} and other != wrapper]

    def merits(layout: tuple[str, str]) -> tuple[int, bool, bool, int]:
        head = _head(*layout)
        known = fit(head)
        return known, layout[0] != text and known > 1, layout[1] == named, _width(head)

    return max(layouts, key=merits)


def _unwrapped(text: str, wrapper: str) -> str:
    """Return the text of a table whose rows a spreadsheet has saved as the first cells of another; empty for none."""
    try:
        rows = []
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=wrapper, strict=True):
            if any(row[1:]):
                return ""
            rows.append("".join(row[:1]))
    except csv.Error:
        return ""
    return "\n".join(rows)


def _head(text: str, separator: str) -> list[list[str]]:
    """Return the first rows. A text may be broken where this separator is not the right one."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        return list(islice(reader, HEAD_ROWS))
    except csv.Error:
        return []


def _width(rows: list[list[str]]) -> int:
    return next((len(row) for row in rows if any(map(str.strip, row))), 0)


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    csv.field_size_limit(FILE_MAX)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    start = 1
    try:
        for row in reader:
            yield [unguarded(cell) for cell in row]
            start = reader.line_num + 1
    except csv.Error as error:
        why = (
            "has a quotation mark that is never closed"
            if "end of data" in str(error)
            else "has something between a closing quotation mark and the next column"
        )
        raise Unreadable(
            f"The file is not valid CSV: line {start} {why}. A quotation mark inside a text is written twice."
        ) from error
