"""Read tables whose columns are separated by characters, in the encodings and with the separators of spreadsheets."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from itertools import islice

from .sheets import FILE_MAX, Unreadable, shortened, unguarded

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
LINE_END = re.compile(r"\r\n?|\n")
ASCII = set(map(chr, range(128)))
#: Letters with accents that are used together.
ALPHABETS = [
    set(letters)
    for letters in (
        "äöüßéèàêç",
        "àâæçèéêëîïôœùûüÿ",
        "áéíóúüñçàèòï·",
        "áâãàçéêíóôõúü",
        "àèéìíîòóùú",
        "æøåéèêóòôâä",
        "åäöéàü",
        "ëïéèöüáóíúäêç",
        "áéíóúæö",
    )
]
ACCENTED = re.compile("[ÄÖÜäöüßÀÂÆÇÈÉÊËÎÏÔŒÙÛàâæçèéêëîïôœùûÁÍÓÚÑáíóúñÃÕãõÅØåøÌÒìò]")
#: A word, with the signs around it.
WORD = re.compile(r"[^\s,;|\x00-\x1f\x22]+")
_LETTER = "[A-Za-zÀ-ÖØ-öø-ÿŒœ]"
_VOWEL = "[aeiouyàâáãäæèéêëíîïóôõöøùúûüå]"
#: What words of Western Europe do not have, and others have when they are read in the wrong encoding.
IMPLAUSIBLE = re.compile(
    "|".join(
        (
            # Symbols inside a word, or at the wrong end of it.
            rf"{_LETTER}[¡¿£¢¥§±³²½¼¾•©®°¨«»‹›×¬ª„‚“”¹]{_LETTER}",
            rf"{_LETTER}[¡¿„‚§£¢¥±¬¨](?!\w)",
            rf"(?<![\w.])[£¢¥±²³¬¨½¼¾]{_LETTER}",
            rf"(?<!\w)”{_LETTER}",
            r"[¡¿]+(?!\w|[¡¿“«'(*])",
            r"(?<!\w)[²³](?!\w)",
            # A capital inside a word, a letter after a figure, a letter by itself that is no word.
            r"[a-zßàâáãäæçèéêëìíîïñóòôõöøœùúûüå][ÄÖÜÀÂÆÇÈÉÊËÎÏÔŒÙÛÁÍÓÚÑÃÕÅØÌÒ]",
            r"[A-Za-z][ÄÖÜÀÂÆÇÈÉÊËÎÏÔŒÙÛÁÍÓÚÑÃÕÅØÌÒ][a-z]",
            rf"(?<=[A-KM-Za-km-z])·(?={_LETTER})|·(?=[A-KM-Za-km-z])(?<=\w·)",
            r"\d[ÄÖÜäöüßÀÂÆÇÊËÎÏÔŒÙÛâæçêëîïôœùûÁÍÓÚÑáíóúñÃÕãõÅØåøÌÒìò](?!\w)",
            r"(?<!\w)[ÜäüßÂÇÊËÎÏÔŒÙÛâæçêëîïôœûÁÍÓÚÑúñÃÕãõÌÒì](?![\w’'.])",
            # Letters in places where the languages that have them do not.
            rf"[èÈ]{_VOWEL}",
            rf"ì(?={_LETTER})",
            rf"(?<!o)ù(?={_LETTER})",
            r"ñ(?!\w)|ñ[b-df-hj-np-tv-xz]",
            r"ç[b-df-hj-np-tv-zei]",
            r"õ(?![eè])",
            rf"(?<!{_VOWEL})[ïÿ]|(?<!{_VOWEL})ë(?=\w)",
            "ã[a-df-mp-rt-z]",
            r"œ[bfghjkmpqvwxz]",
            r"\wâ(?!\w)|iø(?!\w)|yæ(?!\w)",
        )
    )
)
#: How people keep a spreadsheet from taking a text for a number: `="000"`.
TEXT_FORMULA = re.compile('="([^"]*)"')
#: How programs write a quotation mark and a backslash that do not double the mark.
ESCAPE = re.compile(r'\\["\\]')
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
    is_escaped = _is_escaped(text, separator)
    if is_escaped:
        notes.append("Quotation marks inside texts follow a backslash.")
    return _rows(text, separator, is_escaped=is_escaped), notes


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
    doubts: list[tuple[str, re.Match[str] | None]] = []
    for encoding, name in OLDER_ENCODINGS.items():
        text = data.decode(encoding, errors="replace")
        doubt = _doubtful(text)
        # For the less likely encoding, one word is no evidence.
        if doubt is None and (not doubts or len({*filter(ACCENTED.search, text.split())}) > 1):
            note = f"The file is not in UTF-8, so it was read as {name}. Check the letters with accents."
            return text, [note]
        doubts.append((text, doubt))
    text, doubt = doubts[0]
    where = (
        f"line {len(LINE_END.findall(text, 0, doubt.start())) + 1} would read “{shortened(doubt[0])}”"
        if doubt
        else f"line {data.count(10, 0, error.start) + 1} has a byte that is not valid UTF-8"
    )
    raise Unreadable(
        f"The file is not text in UTF-8, and which encoding it is in cannot be told: {where}. "
        "Save it as “CSV UTF-8”."
    ) from error


def _doubtful(text: str) -> re.Match[str] | None:
    """Return the first word that makes it doubtful that the encoding is the right one; None where no word does."""
    for match in WORD.finditer(text):
        word = match[0]
        if word.isascii():
            continue
        if not {*word} - ASCII <= USUAL or IMPLAUSIBLE.search(word) or _is_mixed(word):
            return match
    return None


def _is_mixed(text: str) -> bool:
    """Return whether a word has letters that no single language has together."""
    for word in re.findall(f"{_LETTER}+", text):
        letters = {character for character in word.lower() if not character.isascii()}
        if letters and not any(letters <= alphabet for alphabet in ALPHABETS):
            return True
    return False


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


def _is_escaped(text: str, separator: str) -> bool:
    """Return whether quotation marks inside texts follow a backslash: where the table can be read in no other way, and
    no backslash stands for itself."""
    if '\\"' not in text or "\\" in ESCAPE.sub("", text):
        return False

    def is_valid(*, is_escaped: bool) -> bool:
        try:
            return all(True for _ in _rows(text, separator, is_escaped=is_escaped))
        except Unreadable:
            return False

    return not is_valid(is_escaped=False) and is_valid(is_escaped=True)


def _rows(text: str, separator: str, *, is_escaped: bool) -> Iterator[list[str]]:
    csv.field_size_limit(FILE_MAX)
    escape = "\\" if is_escaped else None
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=separator,
        strict=True,
        escapechar=escape,
        doublequote=not is_escaped,
    )
    start = 1
    try:
        for row in reader:
            yield [_as_shown(cell) for cell in row]
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


def _as_shown(cell: str) -> str:
    """Return the text of a cell, without what keeps a spreadsheet from running it, or from taking it for a number."""
    match = TEXT_FORMULA.fullmatch(cell)
    return match[1] if match else unguarded(cell)
