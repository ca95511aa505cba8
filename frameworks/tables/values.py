"""Convert the value of a field to the text of a cell and back, whichever program has saved the cell."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.forms import UsernameField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.formats import date_format
from django.utils.functional import Promise

from frameworks.models.constraints import BESIDE, CHOOSE, SENTENCES, SLUG_SENTENCE, YEARS
from frameworks.models.schema import Field

from . import spreadsheets
from .sheets import shortened

#: More figures are no number that a field could hold.
FIGURES_MAX = 18
#: A day as the number of days since the end of 1899.
SERIAL = re.compile(r"[1-9][0-9]{4}(?:[.,][0-9]{1,12})?")
TIME_OF_DAY = re.compile(r"(?:,? |T)[0-9]{1,2}:[0-9]{2}")
#: A version as spreadsheets show it.
VERSION_NUMBER = re.compile(r"[0-9]{1,9}([.,]0+)?|[0-9]([.,][0-9]+)?[eE]\+?0?[0-8]")
#: What both databases hold in a small and in a larger field of whole numbers.
SMALL_MAX, WHOLE_MAX = 32_767, 2_147_483_647
#: A limit from here on is that of the database's type, which means nothing to an editor.
LIMIT_MAX = 30_000
#: A field of a model or of a form: what is wrong with its value is said in the same words.
AnyField = Field | forms.Field
EMPTY = "This must not be empty."
NOT_COMPLETE = "The file did not arrive completely. Choose it again."
#: What to say of a value that a validator refuses, by the error's code. Others have a sentence of their own.
REFUSED = {
    "blank": EMPTY,
    "null": EMPTY,
    "required": EMPTY,
    "incomplete": EMPTY,
    "max_length": "This may have at most {limit:,} characters; it has {shown:,}.",
    "min_length": "This must have at least {limit:,} characters; it has {shown:,}.",
    "invalid_choice": CHOOSE,
    "invalid_list": CHOOSE,
    "invalid_pk_value": CHOOSE,
    "missing": NOT_COMPLETE,
    "empty": "The file is empty. Choose another.",
    "unique": "There is one like this already.",
    "password_mismatch": "The two passwords differ. Type the same one twice.",
    "password_incorrect": "That is not your password.",
}
#: What to say of text that is not what a kind of field holds.
INVALID: tuple[tuple[tuple[type, ...], str], ...] = (
    ((models.URLField, forms.URLField), "This is not a web address, such as https://example.org."),
    ((models.EmailField, forms.EmailField), "This is not an e-mail address, such as ada@example.org."),
    ((models.SlugField, forms.SlugField), SLUG_SENTENCE),
    ((models.IntegerField, forms.IntegerField), "This is not a whole number."),
    (
        (models.DateField, forms.DateField, forms.SplitDateTimeField),
        "This is not a date, such as 2026-11-20.",
    ),
    ((forms.FileField,), NOT_COMPLETE),
    ((UsernameField,), "Use letters, digits and the signs @ . + - _ only, without blanks."),
)
#: Codes whose sentences need not be followed by what was typed.
UNNAMED = {"required", "blank", "null", "incomplete", "max_length", "min_length", "missing", "empty"}
UNNAMED |= {"password_mismatch", "password_incorrect", "invalid_login", "inactive"}


def text_of(field: Field, value: Any) -> str:
    """Return a plain value as the text of a cell; empty for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return " ".join(map(_key_text, value)) if field.many_to_many else _key_text(value)
    return str(value)


def _key_text(key: list[Any]) -> str:
    return "/".join(map(str, key))


def is_text(field: Field) -> bool:
    """Return whether the field holds free text, which no spreadsheet may take for anything else."""
    return (
        not field.is_relation
        and isinstance(field, models.CharField | models.TextField)
        and field.choices is None
    )


def is_unchanged(field: Field, cell: str, value: Any) -> bool:
    """Return whether the cell is what a spreadsheet may have made of this plain value: of text, or of another's key."""
    if value is None or not (is_text(field) or field.is_relation):
        return False
    return spreadsheets.may_come_from(cell, text_of(field, value))


def plain_of(field: Field, cell: str, *, day_order: str = "", now: Any = None) -> Any:
    """Return a cell's text as a plain value. Raises ValidationError with a sentence where it has no meaning.

    `day_order` is how the file writes dates in figures, where that is known; of a date that may be two, the value of
    now decides. Whether the fact that a relation names exists is not checked, and the field's own validators do not
    run.
    """
    if cell == spreadsheets.FORMULA:
        raise ValidationError(
            "This is a formula without a value. Open the file in a spreadsheet and save it there."
        )
    if is_text(field):
        return _text(cell)
    word = "" if cell.strip() in spreadsheets.NOTHING else cell.strip()
    if not word and not (field.null or (field.many_to_many and field.blank)):
        raise ValidationError("This must not be empty.")
    if field.is_relation:
        keys = [
            key.split("/") for key in dict.fromkeys(word.split() if field.many_to_many else [word]) if key
        ]
        return keys if field.many_to_many else next(iter(keys), None)
    return _typed(field, word, day_order, now) if word else None


def _typed(field: Field, word: str, order: str, now: Any) -> Any:
    if field.choices is not None:
        return _chosen(field, word)
    if isinstance(field, models.BooleanField):
        return _boolean(word)
    return _day(word, order, now) if isinstance(field, models.DateField) else _whole(field, word)


def _text(cell: str) -> str:
    if cell.strip() in spreadsheets.ERRORS:
        raise ValidationError(f"“{cell.strip()}” is what a spreadsheet shows when a formula has failed.")
    return "" if cell.strip() in spreadsheets.NOT_A_VALUE else cell.strip()


def _chosen(field: Field, word: str) -> str:
    """Return the choice whose value or name this is, whatever its case."""
    by_name = {str(name).casefold(): str(value) for value, name in field.flatchoices}
    by_value = {str(value).casefold(): str(value) for value, _ in field.flatchoices}
    if (value := {**by_name, **by_value}.get(word.casefold())) is not None:
        return value
    raise ValidationError(f"“{shortened(word)}” is not one of {', '.join(by_value.values())}.")


def _boolean(word: str) -> bool:
    for words, value in ((spreadsheets.YES, True), (spreadsheets.NO, False)):
        if word.casefold() in words:
            return value
    raise ValidationError(f"“{shortened(word)}” is neither yes nor no. Write one of them.")


def _whole(field: Field, word: str) -> int:
    found = spreadsheets.whole_numbers(word) if len(word) <= FIGURES_MAX else set()
    if found and min(found) > largest(field):
        raise ValidationError(_out_of_range(field, "max_value"))
    if len(found) == 1 and min(found) >= 0:
        return min(found)
    if len(found) > 1:
        few, many = sorted(found)
        raise ValidationError(
            f"“{word}” may be {few} or {many}. Write {few} or {many}, without a mark in it."
        )
    raise ValidationError(_not_whole(field, word))


def _day(word: str, order: str, now: Any) -> str:
    """Return the day in ISO format, which must be in one of the years that facts here are from."""
    day = _any_day(word, order, now)
    if date.fromisoformat(day).year not in YEARS:
        raise ValidationError(
            f"The year of “{shortened(word)}” must be between {YEARS.start} and {YEARS.stop - 1}."
        )
    return day


def _any_day(word: str, order: str, now: Any) -> str:
    days = spreadsheets.dates(word)
    possible = {day.isoformat() for day in days.values()}
    if len(possible) > 1 and order in days:
        return days[order].isoformat()
    if len(possible) > 1 and now in possible:
        return str(now)
    if len(possible) == 1:
        return possible.pop()
    if possible:
        one, other = sorted(days.values())
        raise ValidationError(
            f"“{word}” may be {_named(one)} or {_named(other)}. Write it as {one.isoformat()} or {other.isoformat()}."
        )
    raise ValidationError(_no_day(word))


def _no_day(word: str) -> str:
    """Say why the word is no date, and what to write where that is clear."""
    if SERIAL.fullmatch(word):
        meant = date(1899, 12, 30) + timedelta(days=int(word[:5]))  # from where Excel counts
        if meant.year in YEARS:
            return (
                f"“{word}” is the number as which Excel stores {_named(meant)}. "
                f"Format the column as dates, or write {meant.isoformat()}."
            )
    if (match := TIME_OF_DAY.search(word)) and spreadsheets.dates(word[: match.start()]):
        return f"“{shortened(word)}” has a time of day. Write the date only, as 2026-11-20."
    return f"“{shortened(word)}” is not a date. Write dates as 2026-11-20."


def _named(day: date) -> str:
    return date_format(day, "j F Y")


def day_order(cells: Iterable[str]) -> str:
    """Return the order that the dates of a file are written in; empty where that is not certain."""
    orders = {frozenset(days) for cell in cells if (days := spreadsheets.dates(cell))}
    certain = {order for days in orders if len(days) == 1 for order in days}
    return certain.pop() if len(certain) == 1 else ""


def refusal(field: AnyField, error: ValidationError) -> str:
    """Return the sentence for a single error of a field's validators, in the words of this project.

    Django's own sentences, and no others, are waiting to be translated.
    """
    if not isinstance(error.message, Promise):
        return error.messages[0]
    params = error.params or {}
    if error.code in {"max_value", "min_value"}:
        return _out_of_range(field, error.code)
    if sentence := REFUSED.get(error.code or ""):
        return sentence.format(limit=params.get("limit_value", 0), shown=params.get("show_value", 0))
    if error.code == "invalid":
        by_kind = next((words for kinds, words in INVALID if isinstance(field, kinds)), "")
        return by_kind or _of_constraint(field) or " ".join(error.messages)
    return " ".join(error.messages)


def _of_constraint(field: AnyField) -> str:
    """Return what a constraint of the database says of such a field, if one does."""
    constraints = field.model._meta.constraints if isinstance(field, models.Field) else []
    return next((SENTENCES[one.name] for one in constraints if BESIDE.get(one.name) == field.name), "")  # type: ignore[union-attr]


def refusal_of(field: AnyField, error: ValidationError, typed: str) -> str:
    """Return the sentence for a single error, with what was typed in it where that helps."""
    if isinstance(error.message, Promise) and error.code == "invalid" and typed:
        if isinstance(field, models.DateField | forms.DateField):
            return _no_day(typed)
        if isinstance(field, models.IntegerField | forms.IntegerField):
            return _not_whole(field, typed)
    sentence = refusal(field, error)
    is_named = (
        not typed or not isinstance(error.message, Promise) or error.code in UNNAMED or CHOOSE in sentence
    )
    return sentence if is_named else f"{sentence} You entered “{shortened(typed)}”."


def largest(field: Field) -> int:
    """Return the largest number that both databases hold in the field."""
    return (
        SMALL_MAX
        if isinstance(field, models.PositiveSmallIntegerField | models.SmallIntegerField)
        else WHOLE_MAX
    )


def _range(field: AnyField) -> tuple[int, int]:
    """Return the smallest and the largest number that the field takes."""
    least = [check.limit_value for check in field.validators if isinstance(check, MinValueValidator)]
    most = [check.limit_value for check in field.validators if isinstance(check, MaxValueValidator)]
    return max(least, default=0), min(
        [*most, largest(field) if isinstance(field, models.Field) else WHOLE_MAX]
    )


def _not_whole(field: AnyField, word: str) -> str:
    low, high = _range(field)
    way_out = (
        f" Write a number from {low} to {high}." if high < LIMIT_MAX else " Write it in figures, such as 28."
    )
    return f"“{shortened(word)}” is not a whole number.{way_out}"


def _out_of_range(field: AnyField, code: str) -> str:
    low, high = _range(field)
    label = field.verbose_name if isinstance(field, models.Field) else str(field.label or "number").lower()
    if high < LIMIT_MAX:
        return f"The {label} must be between {low} and {high}."
    if code == "min_value":
        return f"The {label} must be at least {low}."
    return f"This number is too large. The highest is {high:,}."


def version_of(cell: str) -> str:
    """Return the number in a version's cell: `1` for `1E+00` too. Empty for none; the cell where it is no number."""
    word = cell.strip()
    if word in spreadsheets.NOTHING:
        return ""
    found = spreadsheets.whole_numbers(word) if VERSION_NUMBER.fullmatch(word) else set()
    return str(min(found)) if found else word
