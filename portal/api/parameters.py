"""Validate the parameters of a request by forms, as pages do, and document them from those forms.

A page leaves out what it does not understand and says so. A program reads no sentences: here all must be valid.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict

from comparisons.comparison.forms import KnownField, ReadForm, WholeNumberField, clip
from comparisons.comparison.permalinks import MINIMUM, WEIGHT
from frameworks.catalogue import LISTED
from frameworks.models.natural_keys import RetirableQuerySet
from frameworks.text.mangled import TRACKING
from frameworks.text.several import SeveralField

from .ordering import Order
from .problems import Fault

LIMIT, LIMIT_MAX = 50, 200
OFFSET_MAX = 100_000
#: The parameters that say where in a list a page lies.
PLACES = ("after", "before", "offset")
SLUG = r"^[-a-zA-Z0-9_]+$"
SINCE_MAX = 2**63 - 1  # the largest primary key of a revision
#: How long the sentence on one parameter may be: the reason of a retirement has up to 300 characters.
DETAIL_MAX = 480


class ParameterRefused(Exception):
    """The parameters of a request are not valid. Each fault names its parameter."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} parameters were refused.")
        self.faults = faults


class LimitForm(ReadForm):
    limit = WholeNumberField(
        min_value=1, max_value=LIMIT_MAX, help_text=f"The most entries to return; {LIMIT} by default."
    )

    @property
    def size(self) -> int:
        return self.cleaned_data.get("limit") or LIMIT


class FilterField(KnownField):
    """A choice of one of these facts that is not retired, by its slug. Of one that is retired, the error says when and
    why."""

    def __init__(self, facts: RetirableQuerySet[Any], **kwargs: Any) -> None:
        self.facts, [self.key] = facts, facts.model.key_fields
        slugs = list(facts.current().values_list(self.key, flat=True))
        super().__init__(frozenset(slugs), required=False, **kwargs)
        # Only if they are few are they documented one by one.
        if len(slugs) <= LISTED:
            self.choices = [(slug, slug) for slug in slugs]

    def valid_value(self, value: str) -> bool:
        if value not in self.known and re.fullmatch(SLUG, value):
            retired = self.facts.retired().filter(**{self.key: value}).first()
            if retired:
                raise ValidationError(retired.retirement_note)
        return super().valid_value(value)


class ListForm(LimitForm):
    """Which part of a list, and what it is filtered by.

    Of several places `after` counts first, then `offset`, which older programs use. `filters` gives the facts that each
    filter can name.
    """

    offset = WholeNumberField(
        min_value=0,
        max_value=OFFSET_MAX,
        help_text="The number of entries to skip, if there is no `after`. What is added meanwhile shifts them: `next`"
        " leads on by `after`.",
    )

    def __init__(self, data: Mapping[str, Any], order: Order, **filters: RetirableQuerySet[Any]) -> None:
        super().__init__(data)
        self.order = order
        for name in ("after", "before"):
            self.fields[name] = forms.RegexField(
                order.pattern,
                required=False,
                strip=False,
                help_text=f"Only the entries {name} this place in the list, as in the addresses that a page gives.",
                error_messages={
                    "invalid": "This is no place in this list. Use the addresses that a page gives."
                },
            )
        self.filter_names = list(filters)
        for name, facts in filters.items():
            self.fields[name] = FilterField(
                facts,
                help_text=f"Only those of this {name}.",
                error_messages={"invalid_choice": f"There is no such {name}."},
            )

    @property
    def after(self) -> str:
        return self.cleaned_data.get("after") or ""

    @property
    def before(self) -> str:
        return self.cleaned_data.get("before") or ""

    @property
    def offset_given(self) -> int | None:
        """Return how many entries to skip; None if that is not said."""
        return self.cleaned_data.get("offset")

    @property
    def filters(self) -> dict[str, str]:
        return {name: value for name in self.filter_names if (value := self.cleaned_data[name])}


class MatrixForm(ReadForm):
    """Where a page of the matrix begins."""

    after = forms.RegexField(
        SLUG,
        required=False,
        help_text=f"Begins after this {settings.TOPIC.item} in the order of the matrix, as `next` does. If it is on the"
        " table no more, `page` counts.",
        error_messages={"invalid": f"This is not the name of {settings.TOPIC.an_item} in an address."},
    )


class ChangesForm(LimitForm):
    since = WholeNumberField(
        min_value=0,
        max_value=SINCE_MAX,
        help_text="The number of a revision: only changes after it. 0, the default, returns all changes.",
    )

    @property
    def start(self) -> int:
        return self.cleaned_data.get("since") or 0


def validate(
    query: QueryDict, *query_forms: forms.Form, ignored: Collection[str] = (), excluded: Collection[str] = ()
) -> None:
    """Raise ParameterRefused unless every parameter of the query is a valid field of one of the forms.

    The values of those in `ignored` are not looked at; those in `excluded` are refused, although the forms have them.
    What serves only to track readers, which programs add without being told, is passed over.
    """
    fields = {name: field for name, field in fields_of(query_forms).items() if name not in excluded}
    faults = {
        name: fault
        for name, values in query.lists()
        if name not in ignored and not TRACKING.fullmatch(name) and (fault := _fault(name, values, fields))
    }
    for form in query_forms:
        for name, messages in form.errors.items():
            if name in fields and name not in ignored:
                faults.setdefault(name, " ".join(map(str, messages)))
    if faults:
        raise ParameterRefused(
            [Fault(parameter=clip(name), detail=clip(detail, DETAIL_MAX)) for name, detail in faults.items()]
        )


def fields_of(query_forms: Iterable[forms.Form]) -> dict[str, forms.Field]:
    """Return the fields of all forms by name; of those with the same name the last."""
    return {name: field for form in query_forms for name, field in form.fields.items()}


def _fault(name: str, values: list[str], fields: Mapping[str, forms.Field]) -> str:
    if name not in fields:
        kind = "criterion" if name.startswith((MINIMUM, WEIGHT)) else "parameter"
        return f"There is no such {kind}."
    if len(values) > 1 and not isinstance(fields[name], forms.MultipleChoiceField):
        return "It is given more than once."
    if not all(map(str.strip, values)):
        return "It is empty. Leave it out instead."
    field = fields[name]
    if isinstance(field, SeveralField) and (unknown := field.unknown(values)):
        return str(field.error_messages["invalid_choice"] % {"value": unknown[0]})
    return ""


# The OpenAPI document


def documented(fields: Mapping[str, forms.Field], excluded: Collection[str] = ()) -> Iterator[dict[str, Any]]:
    """Yield each field as a parameter object of OpenAPI."""
    for name, field in fields.items():
        if name not in excluded:
            text = str(field.help_text or field.label or "")
            yield {
                "in": "query",
                "name": name,
                "required": field.required,
                "description": text if text.endswith(".") else f"{text}.",
                "schema": _schema(field),
            }


def _schema(field: forms.Field) -> dict[str, Any]:
    match field:
        case forms.MultipleChoiceField():
            return {"type": "array", "items": {"type": "string"} | _choice(field)}
        case forms.TypedChoiceField():
            return {"type": "integer", "enum": [int(value) for value in _values(field)]}
        case forms.ChoiceField():
            return {"type": "string"} | _choice(field)
        case forms.IntegerField():
            return {"type": "integer", **_bounds(field)}
        case forms.DateField():
            return {"type": "string", "format": "date"}
    # At least one visible character, and no NUL, which no database stores.
    pattern = field.regex.pattern if isinstance(field, forms.RegexField) else r"^[^\x00]*[^\x00\s][^\x00]*$"
    longest = getattr(field, "max_length", None)
    return {"type": "string", "pattern": pattern} | ({"maxLength": longest} if longest else {})


def _choice(field: forms.ChoiceField) -> dict[str, Any]:
    values = _values(field)
    return {"enum": values} if values else {"pattern": SLUG}


def _values(field: forms.ChoiceField) -> list[str]:
    choices = cast(Iterable[tuple[Any, Any]], field.choices)
    return [str(value) for value, _ in choices if value]


def _bounds(field: forms.IntegerField) -> dict[str, int]:
    bounds = {}
    for validator in field.validators:
        if isinstance(validator, MinValueValidator):
            bounds["minimum"] = int(validator.limit_value)
        elif isinstance(validator, MaxValueValidator):
            bounds["maximum"] = int(validator.limit_value)
    return bounds
