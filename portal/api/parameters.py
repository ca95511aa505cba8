"""What a request asks for. Its parameters pass forms, as they do on the pages, and are documented from those forms.

A page leaves out what it does not understand and says so. A program reads no sentences: here all of it must hold.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.http import QueryDict

from comparisons.comparison.forms import ReadForm, clip
from comparisons.comparison.permalinks import MINIMUM, WEIGHT

from .problems import Fault

LIMIT, LIMIT_MAX = 50, 200
OFFSET_MAX = 100_000
SINCE_MAX = 2**63 - 1  # what the databases count revisions with


class ParameterRefused(Exception):
    """Something was asked that cannot be answered: each fault names its parameter."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} parameters were refused.")
        self.faults = faults


class LimitForm(ReadForm):
    limit = forms.IntegerField(
        min_value=1, max_value=LIMIT_MAX, required=False, help_text=f"How many at most; {LIMIT} by default."
    )

    @property
    def most(self) -> int:
        return self.cleaned_data.get("limit") or LIMIT


class ListForm(LimitForm):
    """Which part of a list, and what it is narrowed to: `narrowed_to` gives the choices for each parameter."""

    offset = forms.IntegerField(
        min_value=0, max_value=OFFSET_MAX, required=False, help_text="How many to skip; 0 by default."
    )

    def __init__(self, data: Mapping[str, Any], **narrowed_to: Iterable[str]) -> None:
        super().__init__(data)
        self.narrowed_to = list(narrowed_to)
        for name, slugs in narrowed_to.items():
            self.fields[name] = forms.ChoiceField(
                choices=[(slug, slug) for slug in slugs],
                required=False,
                help_text=f"Only those of this {name}.",
                error_messages={"invalid_choice": f"There is no such {name}."},
            )

    @property
    def skipped(self) -> int:
        return self.cleaned_data.get("offset") or 0

    @property
    def narrowing(self) -> dict[str, str]:
        return {name: value for name in self.narrowed_to if (value := self.cleaned_data[name])}


class ChangesForm(LimitForm):
    since = forms.IntegerField(
        min_value=0,
        max_value=SINCE_MAX,
        required=False,
        help_text="The number of a revision: only what was changed after it. 0, the default, is from the beginning.",
    )

    @property
    def begun(self) -> int:
        return self.cleaned_data.get("since") or 0


def understood(
    query: QueryDict, *asked: forms.Form, ignored: Collection[str] = (), but: Collection[str] = ()
) -> None:
    """Raises ParameterRefused unless all that the query says is known to the forms and holds.

    `ignored` may say what they will; `but` are no parameters here, though the forms know them.
    """
    fields = {name: field for name, field in fields_of(asked).items() if name not in but}
    faults = {
        name: fault
        for name, values in query.lists()
        if name not in ignored and (fault := _misnamed(name, values, fields))
    }
    for form in asked:
        for name, messages in form.errors.items():
            if name in fields and name not in ignored:
                faults.setdefault(name, " ".join(map(str, messages)))
    if faults:
        raise ParameterRefused(
            [Fault(parameter=clip(name), detail=clip(said)) for name, said in faults.items()]
        )


def fields_of(asked: Iterable[forms.Form]) -> dict[str, forms.Field]:
    return {name: field for form in asked for name, field in form.fields.items()}


def _misnamed(name: str, values: list[str], fields: Mapping[str, forms.Field]) -> str:
    if name not in fields:
        kind = "criterion" if name.startswith((MINIMUM, WEIGHT)) else "parameter"
        return f"There is no such {kind}."
    if len(values) > 1 and not isinstance(fields[name], forms.MultipleChoiceField):
        return "It is named more than once."
    if not all(map(str.strip, values)):
        return "It says nothing. Leave it out instead."
    return ""


# As OpenAPI has it


def documented(fields: Mapping[str, forms.Field], but: Collection[str] = ()) -> Iterator[dict[str, Any]]:
    """Each field as a parameter of an address."""
    for name, field in fields.items():
        if name not in but:
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
            return {"type": "array", "items": {"type": "string", "enum": _values(field)}}
        case forms.TypedChoiceField():
            return {"type": "integer", "enum": [int(value) for value in _values(field)]}
        case forms.ChoiceField():
            return {"type": "string", "enum": _values(field)}
        case forms.IntegerField():
            return {"type": "integer", **_bounds(field)}
        case forms.DateField():
            return {"type": "string", "format": "date"}
    # Something to be seen, and no NUL, which no database keeps.
    return {
        "type": "string",
        "pattern": r"^[^\x00]*[^\x00\s][^\x00]*$",
        "maxLength": getattr(field, "max_length", None),
    }


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
