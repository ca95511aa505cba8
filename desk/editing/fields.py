"""Fields and widgets that take any input, and carry what the editor saw."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelect, AutocompleteSelectMultiple
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from django.utils.safestring import SafeString

from frameworks.models import Versioned

WHY_MISSING = "Give a reason for the change in one sentence. It is shown in the history beside your name."


class Seen(NamedTuple):
    """What the editor saw: which version, of the fact of which name. Written `3:django/learning-curve`.

    The name is needed when the fact is deleted meanwhile, because its history is filed under it.
    """

    version: int
    key: str

    @classmethod
    def of(cls, fact: Versioned) -> Self:
        return cls(fact.version, fact.key_text)

    @classmethod
    def parse(cls, text: object) -> Self | None:
        match = re.fullmatch(r"([0-9]{1,9}):([a-z0-9/-]{1,200})", str(text))
        return cls(int(match[1]), match[2]) if match else None

    def __str__(self) -> str:
        return f"{self.version}:{self.key}"


class AsideField(forms.CharField):
    """Says something about a change without being a change itself."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return False


class SeenField(AsideField):
    """Carries what the editor saw through the form."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Seen | None:
        return Seen.parse(value)


class ReasonField(AsideField):
    """Why a change was made. Whether one is needed, the form decides."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            **{
                "label": "Reason for the change",
                "required": False,
                "max_length": 300,
                "help_text": "One sentence. It is shown in the history with your name and the values before and after.",
                "widget": forms.TextInput(attrs={"class": "vTextField reason", "autocomplete": "off"}),
                "error_messages": {"required": WHY_MISSING},
                **options,
            }
        )


class PlainTextarea(AdminTextareaWidget):
    """Browsers send CRLF. Kept as it comes, every saved text would differ from the one it was made of."""

    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value


def is_number(value: object) -> bool:
    """Return whether any database can look up this key: larger ones overflow on SQLite, other text breaks widgets."""
    return bool(re.fullmatch(r"[0-9]{1,18}", str(value)))


class NumberedSelect(AutocompleteSelect):
    """The stock widget asks the database for whatever was posted, when it is shown again: a 500 for `abc`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: The rows of a formset share it: one query for each source that they name, not one for each row.
        self._groups: dict[tuple[str, ...], Any] = {}

    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value if not value or is_number(value) else "0"

    def optgroups(self, name: str, value: Sequence[str], attr: Any = None) -> Any:
        key = (*map(str, value), str(self.is_required))
        if key not in self._groups:
            self._groups[key] = super().optgroups(name, value, attr)
        return self._groups[key]


class NumberedSelectMultiple(AutocompleteSelectMultiple):
    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> Any:
        values = super().value_from_datadict(data, files, name)
        return [value if is_number(value) else "0" for value in values or ()]


class VersionInput(forms.HiddenInput):
    """Shows the version in a list and carries it along in a hidden input."""

    @property
    def is_hidden(self) -> bool:
        return False

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        seen = Seen.parse(value)
        return format_html("{}{}", seen.version if seen else "", super().render(name, value, attrs, renderer))
