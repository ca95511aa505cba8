"""Build the fields and check constraints that several models share, and say in words what constraints mean."""

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, cast

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

#: \Z, because $ would let a trailing newline pass on SQLite.
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*\Z"
#: `-vs-` joins slugs in the address of a side by side, so no slug may contain it or end in its beginning.
SLUG_JOINT = r"-vs(-|\Z)"
HTTP_URL = r"^https?://[^\s]+\Z"
#: One phrase or several, separated by “; ”.
PHRASES = r"^[^\s;]+( [^\s;]+)*(; [^\s;]+( [^\s;]+)*)*\Z"
#: The range of scores and readings, which are steps of a rubric.
STEPS = (1, 5)
ONE_TO_FIVE = [MinValueValidator(STEPS[0]), MaxValueValidator(STEPS[1])]
#: The years that dates may be in.
YEARS = range(1990, 2101)
#: The range of a criterion's weight.
WEIGHTS = (0, 10)
WEIGHT_MAX = WEIGHTS[1]

#: What SQLite says of a unique constraint.
UNIQUE_FAILED = re.compile(r"UNIQUE constraint failed: ([\w., ]+)")

#: What to tell an editor whose input breaks a constraint, and the field to say it beside, by the constraint's name.
SENTENCES: dict[str, str] = {}
BESIDE: dict[str, str] = {}


def say(constraint: str, field: str, sentence: str) -> None:
    """Register the sentence for a constraint. Constraints built below register themselves."""
    SENTENCES[constraint], BESIDE[constraint] = sentence, field


def named(error: Exception) -> str:
    """Return the text of the database's refusal, in which the broken constraint is named.

    SQLite names the columns of a unique constraint instead: here they are looked up.
    """
    text = str(error)
    failed = UNIQUE_FAILED.search(text)
    if failed is None:
        return text
    columns = {*failed[1].split(", ")}
    for model in apps.get_models():
        for constraint in unique_constraints(model):
            table, fields = model._meta.db_table, map(model._meta.get_field, unique_fields(constraint))
            if columns == {f"{table}.{field.column}" for field in fields}:  # type: ignore[union-attr]
                return str(constraint.name)
    return text


def unique_constraints(model: type[models.Model]) -> list[models.UniqueConstraint]:
    return [one for one in model._meta.constraints if isinstance(one, models.UniqueConstraint)]


def unique_fields(constraint: models.UniqueConstraint) -> list[str]:
    """Return the names of the fields that no two facts may have in common."""
    named: list[Any] = [one for one in constraint.expressions if isinstance(one, F)]
    return [*constraint.fields, *(one.name for one in named)]


SLUG_SENTENCE = (
    "Use lower-case letters, digits and single hyphens. A slug must not contain “-vs-” or end in “-vs”."
)
CHOOSE = "Choose one of the values in the list."
LINE_FROM_ONE = "Lines are counted from 1."
RETIREMENT_SENTENCE = "To retire it, enter both the day and the reason. To take it back, clear both."

validate_slug = RegexValidator(
    rf"(?!.*{SLUG_JOINT}){SLUG}",
    SLUG_SENTENCE,
)


def slug_field(**options: Any) -> "models.SlugField[str, str]":
    """Return a unique slug field: the name in addresses, set once and then for ever."""
    options.setdefault("unique", True)
    return models.SlugField(
        max_length=60,
        validators=[validate_slug],
        help_text="The name in addresses. It cannot be changed later, because links depend on it.",
        **options,
    )


def synonyms_field() -> "models.CharField[str, str]":
    """Return a field for other names, by which a source's line can be seen to speak of the fact."""
    return models.CharField(
        max_length=300,
        blank=True,
        validators=[RegexValidator(PHRASES, "Use single spaces, and “; ” between names.")],
        help_text="Other names that sources use, separated by semicolons.",
    )


def kind_field(kinds: Callable[[], list[tuple[str, str]]]) -> "models.CharField[str, str]":
    """Return a field for one of the kinds that the topic has, given by a function: the migrations name no kind."""
    return models.CharField(max_length=20, choices=kinds)


def kind_check(name: str) -> models.CheckConstraint:
    """Return the constraint that a kind is a slug. Which slugs are known is for the topic to say, not the database."""
    say(name, "kind", CHOOSE)
    return models.CheckConstraint(condition=Q(kind__regex=SLUG), name=name)


def unlisted(fact: models.Model) -> str:
    """Say which value of a fact is not one of its field's choices; empty where every value is."""
    for field in _with_choices(type(fact)):
        value, known = getattr(fact, field.attname), dict(field.flatchoices)
        if value not in known and value not in field.empty_values:
            listed = f" is not one of {', '.join(known)}." if known else " is not known: this topic has none."
            return f"The {field.verbose_name} “{value}”{listed}"
    return ""


@cache
def _with_choices(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    return [field for field in model._meta.concrete_fields if field.choices is not None]


def http_url_field(help_text: str, verbose_name: str | None = None) -> "models.URLField[str, str]":
    return models.URLField(
        verbose_name,
        max_length=300,
        blank=True,
        validators=[URLValidator(schemes=["http", "https"])],
        help_text=help_text,
    )


def validate_day_reached(day: date) -> None:
    """Raise ValidationError for a day in the future, or so long ago that nothing here can have happened on it."""
    if day > timezone.localdate():
        raise ValidationError(f"This day is in the future. Today is {timezone.localdate().isoformat()}.")
    if day.year not in YEARS:
        raise ValidationError(f"The year must not be before {YEARS.start}.")


def retired_on_field() -> "models.DateField[Any, Any]":
    return models.DateField(
        "retired on",
        null=True,
        blank=True,
        validators=[validate_day_reached],
        help_text="The day from which it is no longer compared. Leave empty unless it is retired.",
    )


def retired_because_field() -> "models.CharField[str, str]":
    return models.CharField(
        "retired because",
        max_length=300,
        blank=True,
        help_text="Completes the sentence “It was retired, because …”. Readers see it where they look for the fact.",
    )


def retirement_check(name: str) -> models.CheckConstraint:
    """Return the constraint that what is retired has both a day and a reason, and everything else neither."""
    say(name, "retired_because", RETIREMENT_SENTENCE)
    return models.CheckConstraint(
        condition=Q(retired_on__isnull=True, retired_because="")
        | Q(retired_on__isnull=False) & ~Q(retired_because=""),
        name=name,
    )


def slug_check(name: str, field: str = "slug") -> models.CheckConstraint:
    say(name, field, SLUG_SENTENCE)
    return models.CheckConstraint(
        condition=Q(**{f"{field}__regex": SLUG}) & ~Q(**{f"{field}__regex": SLUG_JOINT}),
        name=name,
    )


def http_url_check(name: str, field: str) -> models.CheckConstraint:
    sentence = "A web address must begin with http:// or https:// in lower case and contain no spaces."
    say(name, field, sentence)
    return models.CheckConstraint(condition=Q(**{field: ""}) | Q(**{f"{field}__regex": HTTP_URL}), name=name)


def one_to_five_check(name: str, field: str) -> models.CheckConstraint:
    """Return the constraint that a score or reading is from 1 to 5; NULL passes where the column allows it."""
    say(name, field, "Enter a whole number from 1 to 5.")
    return models.CheckConstraint(condition=Q(**{f"{field}__range": STEPS}), name=name)


def weight_check(name: str, field: str) -> models.CheckConstraint:
    say(name, field, "Enter a whole number from 0 to 10.")
    return models.CheckConstraint(condition=Q(**{f"{field}__range": WEIGHTS}), name=name)


# Evaluates a check's condition on an unsaved fact in memory: Django's own way queries the database each time.

LOOKUPS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda value, wanted: bool(value == wanted),
    "gte": lambda value, wanted: bool(value >= wanted),
    "lte": lambda value, wanted: bool(value <= wanted),
    "in": lambda value, wanted: value in wanted,
    "range": lambda value, wanted: bool(wanted[0] <= value <= wanted[1]),
    "regex": lambda value, wanted: bool(re.search(wanted, value)),
}


def is_satisfied(condition: Q, fact: models.Model) -> bool:
    """Return whether the database would accept the fact; as there, a condition that is unknown for NULL passes."""
    return _truth_value(condition, fact) is not False


def _truth_value(condition: Q, fact: models.Model) -> bool | None:
    parts = [
        _truth_value(child, fact) if isinstance(child, Q) else _holds(*cast("tuple[str, Any]", child), fact)
        for child in condition.children
    ]
    decisive = condition.connector == Q.OR
    truth = decisive if decisive in parts else None if None in parts else not decisive
    return truth if truth is None else truth != condition.negated


def _holds(lookup: str, wanted: Any, fact: models.Model) -> bool | None:
    name, _, how = lookup.partition("__")
    value, wanted = (_value(fact, name), _value(fact, wanted) if isinstance(wanted, F) else wanted)
    if how == "isnull":
        return bool((value is None) == wanted)
    if value is None:
        return True if wanted is None else None
    return LOOKUPS[how or "exact"](value, wanted)


def _value(fact: models.Model, name: Any) -> Any:
    column: Any = fact._meta.get_field(getattr(name, "name", name))
    return getattr(fact, column.attname)
