"""Recognise what a spreadsheet has made of a text: `000` comes back as `0`, `3-1` as a date, `true` as TRUE.

A CSV file cannot say that a cell is text. So a cell is taken for what was exported where that text may have become it.
Pure functions on text.
"""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_DOWN, Context, Decimal
from functools import lru_cache
from typing import Any

from .sheets import unguarded

#: What a spreadsheet shows for yes and no, by language; those of a pandas frame, and numbers, are among them.
YES = set(
    "true yes y 1 1.0 wahr ja vrai oui verdadero sí si vero sì waar verdadeiro sim prawda tak истина да sand sant sann "
    "tosi pravda ano doğru evet igaz igen adevărat da 真 true() wahr()".split()
)
NO = set(
    "false no n 0 0.0 falsch nein faux non falso no onwaar nee não fałsz nie ложь нет falsk falskt usann nej nei "
    "epätosi ei nepravda ne yanlış hayır hamis nem fals nu 假 false() falsch()".split()
)
#: What pandas writes for an empty cell in a column that it has turned into text, and databases in any column.
NOT_A_VALUE = {"nan", "NaN", "<NA>", "NaT", "NULL", "\\N"}
#: What they call the same where there is no text to be mistaken for it.
NOTHING = {*NOT_A_VALUE, "None", "none", "null", "NA", "N/A", "n/a", "#N/A", "nil"}
#: Text that pandas takes for an empty cell when it opens a file, and then saves as one.
EMPTIED = {"None", "null", "NA", "N/A", "n/a"}
#: What a cell shows whose formula has failed.
ERRORS = {
    "#REF!",
    "#N/A",
    "#NV",
    "#VALUE!",
    "#WERT!",
    "#NAME?",
    "#DIV/0!",
    "#NUM!",
    "#ZAHL!",
    "#NULL!",
    "#BEZUG!",
}
#: Takes the place of a formula that was saved without a value, as programs do that are no spreadsheets.
FORMULA = "#FORMULA!"

MONTHS = {
    "jan": 1, "feb": 2, "fév": 2, "mar": 3, "mär": 3, "mrz": 3, "apr": 4, "avr": 4, "abr": 4, "may": 5, "mai": 5,
    "mag": 5, "jun": 6, "juin": 6, "giu": 6, "jul": 7, "juil": 7, "lug": 7, "aug": 8, "aoû": 8, "ago": 8, "sep": 9,
    "set": 9, "oct": 10, "okt": 10, "ott": 10, "nov": 11, "dec": 12, "dez": 12, "déc": 12, "dic": 12,
}  # fmt: skip
#: A time of day that a program adds to a date. Any other is no part of a date.
MIDNIGHT = re.compile(
    r"(?:,? |T)(?:0{1,2}:00(?::00(?:\.0+)?)?|12:00(?::00)? ?AM)(?:Z|[+-]00:?00)?\Z", re.IGNORECASE
)
TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?( ?[AP]M)?", re.IGNORECASE)
NUMBER = re.compile(r"([+-]?)([0-9]+)(?:([.,])([0-9]+))?(?:[eE]([+-]?[0-9]{1,3}))?( ?%)?")
#: How programs show numbers: no zeros in front, and none at the end but that of a float. Any other has been typed so.
AS_SHOWN = re.compile(r"-?(?:0|[1-9][0-9]*)(?:[.,](?:0|[0-9]*[1-9]))?(?:[eE][+-]?[0-9]+)?(?: ?%)?")
#: Blanks and apostrophes, by which some languages divide thousands.
GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[ \u00a0\u2009\u202f'’][0-9]{3})+(?:[.,][0-9]+)?")
#: No longer text is a number or a date to a spreadsheet. In characters.
LENGTH_MAX = 60
#: A moment in seconds since 1970, or in thousandths, millionths or billionths of them; and a day that is far away.
MOMENT, DAYS_MAX = re.compile("[1-9][0-9]{8,18}"), 60_000
#: Spreadsheets and pandas hold 15 to 17 digits, and show fewer of a number that has more than 11.
DIGITS_SHOWN, DIGITS_HELD = 11, 17


#: How a date in figures is read, as `3/11/2026`.
DAY_FIRST, MONTH_FIRST = "day first", "month first"

Token = tuple[Any, ...]


def may_come_from(cell: str, text: str) -> bool:
    """Return whether a spreadsheet may have saved this cell where the text was exported."""
    # A program that does not know the apostrophe of an exported CSV file takes it along, into JSON for example.
    if _tidied(text) in {_tidied(cell), _tidied(unguarded(cell.strip()))}:
        return True
    if not text.strip():
        return cell.strip() in NOT_A_VALUE
    return not traces(text).isdisjoint(readings(cell))


def visible(key: str) -> str:
    """Return a key without invisible characters, and with plain figures and letters for those of full width."""
    if key.isascii():
        return key
    shown = "".join(character for character in key if unicodedata.category(character) != "Cf")
    return unicodedata.normalize("NFKC", shown)


def _tidied(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", lines).strip()


@lru_cache(maxsize=50_000)
def traces(text: str) -> frozenset[Token]:
    """Return what a spreadsheet may take the text for; empty where it leaves it alone."""
    text = text.strip()
    if not text or len(text) > LENGTH_MAX:
        return frozenset()
    tokens = {*_numbers(text), *_roundings(text), *_times(text), *_days(text)}
    if text.casefold() in {"true", "false"}:
        tokens.add(("bool", text.casefold() == "true"))
    return frozenset(tokens)


@lru_cache(maxsize=50_000)
def readings(cell: str) -> frozenset[Token]:
    """Return what a cell may stand for that a spreadsheet has saved."""
    cell = MIDNIGHT.sub("", cell.strip())
    if not cell or len(cell) > LENGTH_MAX:
        return frozenset()
    numbers = _numbers(cell) if AS_SHOWN.fullmatch(cell) else ()
    tokens = {*numbers, *_times(cell), *_days(cell)}
    for kind, *parts in [*tokens]:
        # The spreadsheet has added what the text did not say: the year, or the day.
        if kind == "day":
            tokens.add(("day of year", *parts[1:]))
            if parts[2] == 1:
                tokens.add(("month", *parts[:2]))
    for words, value in ((YES, True), (NO, False)):
        if cell.casefold() in words and not cell.isdigit():
            tokens.add(("bool", value))
    return frozenset(tokens)


# Numbers


def whole_numbers(text: str) -> set[int]:
    """Return what whole numbers the text may be: `5`, `5.0`, `5,0`, `1E+05`; two for `1.000`; none for no number."""
    return {int(number) for _, number in _numbers(text.strip()) if number == number.to_integral_value()}


def _numbers(text: str) -> Iterator[tuple[str, Decimal]]:
    if GROUPED.fullmatch(text):
        text = re.sub(r"[^0-9.,+-]", "", text)
    if not (match := NUMBER.fullmatch(text)):
        return
    sign, whole, mark, rest, exponent, percent = match.groups()
    values = [Decimal(f"{sign}{whole}.{rest or 0}e{exponent or 0}")]
    if mark and len(rest) == 3 and len(whole) <= 3 and whole.strip("0") and not exponent:
        values.append(Decimal(f"{sign}{whole}{rest}"))  # or the mark divides the thousands
    for value in values:
        yield "number", (value / 100 if percent else value).normalize()


def _roundings(text: str) -> Iterator[Token]:
    """Yield what is left of a number that has more figures than a spreadsheet shows, or holds."""
    if len(text) > DIGITS_SHOWN and _is_figures(text):
        for digits in range(1, DIGITS_HELD + 1):
            yield "number", Context(prec=digits).create_decimal(text).normalize()
        yield "number", Context(prec=15, rounding=ROUND_DOWN).create_decimal(text).normalize()


def _times(text: str) -> Iterator[Token]:
    if match := TIME.fullmatch(text):
        hours, minutes, seconds, half = match.groups()
        hour = int(hours) % 12 + 12 * (half.strip().upper() == "PM") if half else int(hours)
        yield "time", hour, int(minutes), int(seconds or 0)


# Dates


def dates(text: str) -> dict[str, date]:
    """Return what date the text may be, by the order of its figures; both orders where it is written without any doubt.

    Empty where it is no date. A time of day is allowed at midnight only.
    """
    if moment := _of_midnight(text.strip()):
        return dict.fromkeys((DAY_FIRST, MONTH_FIRST), moment)
    found: dict[str, date] = {}
    for order, (year, month, day) in _full_dates(MIDNIGHT.sub("", text.strip())):
        try:
            found[order] = date(year, month, day)
        except ValueError:  # as on the 31st of a short month
            continue
    return found


def _of_midnight(text: str) -> date | None:
    """Return the day that begins so many seconds after 1970, or parts of seconds, as frames are saved in JSON."""
    if not MOMENT.fullmatch(text):
        return None
    for parts in (1, 10**3, 10**6, 10**9):
        days, rest = divmod(int(text), 86_400 * parts)
        if not rest and days < DAYS_MAX:
            return date(1970, 1, 1) + timedelta(days=days)
    return None


def _days(text: str) -> Iterator[Token]:
    """Yield the days and months that the text may be, with or without a year."""
    for _, parts in _full_dates(text):
        yield "day", *parts
    words = _words(text)
    if len(words) != 2:
        return
    for name, rest in (words, reversed(words)):
        month = _month(name)
        if month and _is_figures(rest):
            if 1 <= int(rest) <= 31:
                yield "day of year", month, int(rest)
            if len(rest) in {2, 4}:
                yield "month", _year(rest), month


def _full_dates(text: str) -> Iterator[tuple[str, tuple[int, int, int]]]:
    words = _words(text)
    if len(words) != 3:
        return
    one, two, three = words
    if len(one) == 4 and all(map(_is_figures, words)):
        for order in (DAY_FIRST, MONTH_FIRST):
            yield order, (int(one), int(two), int(three))
        return
    if not _is_figures(three) or len(three) not in {1, 2, 4}:
        return
    is_plain = one == two or not (_is_figures(one) and _is_figures(two))
    for order, day, name in ((DAY_FIRST, one, two), (MONTH_FIRST, two, one)):
        month = _month(name)
        # Nobody writes the month first with dots.
        if month and _is_figures(day) and not (order == MONTH_FIRST and "." in text):
            for reading in (DAY_FIRST, MONTH_FIRST) if is_plain else (order,):
                yield reading, (_year(three), month, int(day))


def _words(text: str) -> list[str]:
    """Return the parts of a date: figures and names of months. Empty where the text is nothing like it."""
    if not re.fullmatch(r"\w+\.?(?:(?:[-/.]|,? ) ?\w+\.?){1,2}", text):
        return []
    return re.findall(r"\w+", text)


def _month(word: str) -> int | None:
    if _is_figures(word):
        return int(word) if 1 <= int(word) <= 12 else None
    name = word.casefold()
    return MONTHS.get(name[:4]) or MONTHS.get(name[:3])


def _year(figures: str) -> int:
    """Return the year, of two figures as spreadsheets take them: 26 for 2026, 60 for 1960."""
    year = int(figures)
    return year if len(figures) > 2 else year + (2000 if year < 30 else 1900)


def _is_figures(word: str) -> bool:
    return word.isascii() and word.isdigit()
