"""Read parameters with several values: however they are separated, and with the valid ones kept."""

import re
from collections.abc import Container, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

#: What people and programs put between values: `django,flask`, `django flask`.
SEPARATORS = re.compile(r"[\s,;|+]+")
#: How many unknown values are named.
NAMED = 4
#: How many characters of each.
LONGEST = 160


def separated(query: QueryDict, several: Container[str]) -> QueryDict:
    """Return the query with the values of the parameters in `several` separated, as in `among=django,flask`."""
    if not any(name in several and SEPARATORS.search(value) for name, value in _pairs(query)):
        return query
    result = query.copy()
    for name, values in query.lists():
        if name in several:
            parts = [[part for part in SEPARATORS.split(value) if part] or [value] for value in values]
            result.setlist(name, [part for own in parts for part in own])
    return result


def _pairs(query: QueryDict) -> list[tuple[str, str]]:
    return [(name, str(value)) for name, values in query.lists() for value in values]


class SeveralField(forms.MultipleChoiceField):
    """A choice of any of several. Of the values given, those that are valid count; `unknown` returns the others."""

    def to_python(self, value: Any) -> list[str]:
        return [each for each in super().to_python(value) if self.valid_value(each)]

    def unknown(self, values: Sequence[str]) -> list[str]:
        """Return the values that are no choice, each once; blank ones are none at all."""
        return [value for value in dict.fromkeys(values) if value and not self.valid_value(value)]

    def notice(self, values: Sequence[str]) -> str:
        """Return a sentence that names the unknown ones among the values; empty if all are known."""
        unknown = [
            value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…" for value in self.unknown(values)
        ]
        if not unknown:
            return ""
        first, *others = unknown
        wrong = f"{self.error_messages['invalid_choice'] % {'value': first}} It was ignored"
        if not others:
            return f"{wrong}."
        if len(others) >= NAMED:
            return f"{wrong}, as were {len(others)} others."
        *named, last = [f"“{value}”" for value in others]
        return (
            f"{wrong}, as {'were' if named else 'was'} {', '.join(named) + ' and ' if named else ''}{last}."
        )
