"""Validate the parameters that are not filters: the day, the use case, the weights and what is shown."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.text import capfirst

from comparisons.models import UseCase
from frameworks.models import Criterion, Framework
from frameworks.models.constraints import WEIGHT_MAX
from frameworks.text.mangled import unknown
from frameworks.text.several import SeveralField

from .permalinks import ALL_ROWS, AS_OF, MINIMUM, PARAMETERS, USE_CASE, WEIGHT

#: Django’s own sentences on a choice that is none.
NO_CHOICE = forms.ChoiceField.default_error_messages["invalid_choice"]
#: Ours on one of several.
NOT_AMONG = {"invalid_choice": "“%(value)s” is not one of the choices."}


class ReadForm(forms.Form):
    """A form that is only read: valid fields are used even if others are not valid.

    Optional fields that the query string does not name are left out, so that a request costs as much as it asks for.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        # What is left out here is not even copied.
        self.base_fields = {  # type: ignore[misc]
            name: field for name, field in self.base_fields.items() if field.required or name in data
        }
        super().__init__(data)

    @property
    def clean_data(self) -> dict[str, Any]:
        """Return the valid part of the input; the rest is named in `errors`."""
        _ = self.errors
        return self.cleaned_data


class KnownField(forms.ChoiceField):
    """A choice of one of these slugs. They may be many: no list of choices is made."""

    def __init__(self, known: Container[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.known = known

    def valid_value(self, value: str) -> bool:
        return value in self.known


class SeveralKnownField(KnownField, SeveralField):
    """A choice of any of these slugs."""


class WholeNumberField(forms.IntegerField):
    """A whole number of at least `min_value` and at most `max_value`, if there is one. It may be left out."""

    def __init__(self, *, min_value: int, max_value: int | None = None, **kwargs: Any) -> None:
        span = f"of {min_value} or more" if max_value is None else f"from {min_value:,} to {max_value:,}"
        wrong = f"This must be a whole number {span}."
        super().__init__(
            min_value=min_value,
            max_value=max_value,
            required=False,
            error_messages={"invalid": wrong, "min_value": wrong, "max_value": wrong},
            **kwargs,
        )


class NamedField(forms.CharField):
    """A framework by its slug or its name, in either case. The clean value is the slug; empty if nothing is named."""

    def __init__(self, named: Callable[[str], Framework | None], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.named = named

    def clean(self, value: Any) -> str:
        text: str = super().clean(value)
        if not text:
            return ""
        framework = self.named(text)
        if framework is None:
            raise forms.ValidationError(f"There is no {settings.TOPIC.item} “{clip(text)}”.")
        return framework.slug


class DayForm(ReadForm):
    """The day of the facts. It is read before the other forms, whose choices depend on the facts of that day."""

    def __init__(self, data: Mapping[str, Any], *, today: date) -> None:
        super().__init__(data)
        if AS_OF in data:
            self.fields[AS_OF] = forms.DateField(
                label="Date",
                help_text="The facts as they stood at the end of this day.",
                input_formats=["%Y-%m-%d"],
                validators=[MaxValueValidator(today, "This date is in the future.")],
                error_messages={"invalid": "This is not a date such as 2026-11-20."},
                required=False,
            )

    @property
    def day(self) -> date | None:
        """Return the day, or None for today."""
        day: date | None = self.clean_data.get(AS_OF)
        return day


class UseCaseForm(ReadForm):
    """The use case. It is read before the rows are chosen, because its must-haves choose them, too."""

    def __init__(self, data: Mapping[str, Any], *, use_cases: Sequence[UseCase]) -> None:
        super().__init__(data)
        self.use_cases = use_cases
        if USE_CASE in data:
            self.fields[USE_CASE] = forms.ChoiceField(
                label="Use case",
                choices=[(use_case.slug, use_case.name) for use_case in use_cases],
                error_messages={"invalid_choice": "There is no such use case."},
                required=False,
            )

    @cached_property
    def chosen(self) -> UseCase | None:
        """Return the chosen use case."""
        slug = self.clean_data.get(USE_CASE)
        return next((use_case for use_case in self.use_cases if use_case.slug == slug), None)


class FrozenForm(ReadForm):
    """How a snapshot is shown: the same facts, whichever of them are on show."""

    only = forms.ChoiceField(
        label="Only differences", choices=[("differences", "Only differences")], required=False
    )
    evidence = forms.ChoiceField(label="Evidence", choices=[("shown", "Shown")], required=False)

    NAMES = frozenset({"only", "evidence", "baseline"})

    def __init__(self, data: Mapping[str, Any], *, frameworks: Container[str]) -> None:
        super().__init__(data)
        if "baseline" in data:
            self.fields["baseline"] = KnownField(frameworks, label="Baseline", required=False)


class FrameForm(ReadForm):
    """How a comparison is framed elsewhere: its address, the theme, and width and height in pixels."""

    address = forms.CharField(
        label="Address",
        max_length=8000,
        required=False,
        error_messages={"max_length": "This is longer than any address here."},
    )
    theme = forms.ChoiceField(label="Theme", choices=[("light", "Light"), ("dark", "Dark")], required=False)
    width = WholeNumberField(label="Width", min_value=280, max_value=1200)
    height = WholeNumberField(label="Height", min_value=120, max_value=4000)


class OembedForm(ReadForm):
    """A consumer request as the oEmbed 1.0 specification defines it; sizes are in pixels."""

    url = forms.CharField(label="url", max_length=8000)
    format = forms.CharField(label="format", required=False)
    maxwidth = WholeNumberField(label="maxwidth", min_value=1)
    maxheight = WholeNumberField(label="maxheight", min_value=1)


class WeighingForm(ReadForm):
    """Weights, columns, order, baseline, ticked frameworks and the open cell.

    A blank weight means the use case's, or the default without one; 0 that the criterion does not count. The baseline
    is chosen by slug, or found by what `named` makes of a name where that is given.
    """

    only = forms.ChoiceField(
        label="Only differences", choices=[("differences", "Only differences")], required=False
    )
    open = forms.CharField(label="Open cell", required=False)
    why = forms.ChoiceField(label="Why this ranking", choices=[("shown", "Shown")], required=False)
    evidence = forms.ChoiceField(label="Evidence", choices=[("shown", "Shown")], required=False)

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        criteria: Sequence[Criterion],
        frameworks: Mapping[str, Framework],
        named: Callable[[str], Framework | None] | None = None,
    ) -> None:
        super().__init__(data)
        self.named = named
        self.criteria = [criterion.slug for criterion in criteria]
        self.frameworks = frameworks
        for name, field in {
            "criteria": self._columns,
            "sort": self._sort,
            "baseline": self._baseline,
            "framework": self._ticked,
            "rows": self._rows,
        }.items():
            if name in data:
                self.fields[name] = field(criteria)
        for criterion in criteria:
            if WEIGHT + criterion.slug in data:
                self.fields[WEIGHT + criterion.slug] = WholeNumberField(
                    label=f"Weight of {criterion.name}", min_value=0, max_value=WEIGHT_MAX
                )

    def _columns(self, criteria: Sequence[Criterion]) -> forms.Field:
        return SeveralField(
            label="Columns", choices=_names(criteria), required=False, error_messages=NOT_AMONG
        )

    def _sort(self, criteria: Sequence[Criterion]) -> forms.Field:
        sorts = [("fit", "Fit"), ("name", "Name"), *_names(criteria)]
        reverse = [("-" + value, f"{name}, reversed") for value, name in sorts]
        return forms.ChoiceField(label="Sort by", choices=sorts + reverse, required=False)

    def _baseline(self, criteria: Sequence[Criterion]) -> forms.Field:
        if self.named:
            return NamedField(self.named, label="Baseline", required=False)
        return KnownField(self.frameworks, label="Baseline", required=False)

    def _ticked(self, criteria: Sequence[Criterion]) -> forms.Field:
        return SeveralKnownField(
            self.frameworks,
            label=f"{capfirst(settings.TOPIC.items)} to compare",
            required=False,
            error_messages=NOT_AMONG,
        )

    def _rows(self, criteria: Sequence[Criterion]) -> forms.Field:
        choices = [(ALL_ROWS, "All rows"), *_names(criteria)]
        return SeveralField(label="Open rows", choices=choices, required=False, error_messages=NOT_AMONG)

    def clean_rows(self) -> list[str]:
        """Return the open rows in the table's order; all of them as one word."""
        chosen = set(self.cleaned_data["rows"])
        if ALL_ROWS in chosen or chosen == set(self.criteria):
            return [ALL_ROWS]
        return [name for name in self.criteria if name in chosen]

    def clean_criteria(self) -> list[str]:
        """Return the columns to show, in the table's order; empty if all are named, which is the same view."""
        chosen = set(self.cleaned_data["criteria"])
        names = self.criteria
        return [] if chosen == set(names) else [name for name in names if name in chosen]

    def clean_open(self) -> str:
        """Return the cell that shows its claims, as in `django:learning-curve`; refuse one that does not exist."""
        value: str = self.cleaned_data["open"]
        slug, _, criterion = value.partition(":")
        if value and not (criterion in self.criteria and slug in self.frameworks):
            raise forms.ValidationError("There is no such cell.")
        return value


class PageForm(ReadForm):
    """Which page of the matrix. It counts for the rows and the order of which it was a page, which `of` marks."""

    page = WholeNumberField(label="Page", min_value=1)
    of = forms.CharField(label="Of", required=False)

    def __init__(self, data: Mapping[str, Any], *, pages: int, of: str) -> None:
        is_of_others = data.get("of", of) != of
        super().__init__({} if is_of_others else data)
        self.pages = pages

    def clean_page(self) -> int | None:
        """Return the page; refuse one behind the last."""
        page: int | None = self.cleaned_data["page"]
        if page and page > self.pages:
            are = "is only one page" if self.pages == 1 else f"are only {self.pages} pages"
            raise forms.ValidationError(f"There {are}.")
        return page


def _names(criteria: Sequence[Criterion]) -> list[tuple[str, str]]:
    return [(criterion.slug, criterion.name) for criterion in criteria]


def notices(data: QueryDict, *forms_: forms.Form) -> Iterator[str]:
    """Yield one plain sentence for each parameter that was not understood and has no effect."""
    known = set(PARAMETERS)
    for form in forms_:
        known |= set(form.fields)
        for name, field in form.fields.items():
            values = list(dict.fromkeys(data.getlist(name)))
            if len(values) > 1 and not isinstance(field, forms.MultipleChoiceField):
                yield f"{field.label}: This is given {len(values)} times. Only the last, “{clip(values[-1])}”, counts."
            elif values == [""] and name not in form.errors:
                yield f"{field.label}: This has no value. It was ignored."
        yield from value_notices(form)
    for weighing in forms_:
        if isinstance(weighing, WeighingForm):  # only a page that weighs knows the criteria
            for name in data:
                slug = name.partition("-")[2]
                if name.startswith((MINIMUM, WEIGHT)) and slug not in weighing.criteria:
                    yield f"There is no criterion “{clip(slug)}”. It was ignored."
                    known.add(name)
    yield from unknown(data, known)


def value_notices(form: forms.Form) -> Iterator[str]:
    """Yield one plain sentence for each field of this form whose value is not valid."""
    wrong_values = form.errors.as_data()
    for name, field in form.fields.items():
        if errors := wrong_values.get(name):
            yield f"{field.label}: {' '.join(map(_in_our_words, errors))} It was ignored."
        elif isinstance(field, SeveralField) and (notice := field.notice(form[name].data)):
            yield f"{field.label}: {notice}"


def _in_our_words(error: forms.ValidationError) -> str:
    """Return what is wrong in a sentence that is not Django’s."""
    if error.message == NO_CHOICE and error.params:
        return f"“{clip(str(error.params['value']))}” is not one of the choices."
    return clip(" ".join(error.messages))


def misread(
    data: QueryDict, day: DayForm, kind: UseCaseForm, weighing: WeighingForm
) -> list[tuple[str, str]]:
    """Return the invalid parameters of a side by side, to be passed on to the page that reports them."""
    errors = {**day.errors, **kind.errors, **weighing.errors}
    return [
        (name, value)
        for name, values in data.lists()
        if (name.startswith(WEIGHT) and name not in weighing.fields)
        or (name in errors and (name.startswith(WEIGHT) or name in {AS_OF, USE_CASE, "baseline", "only"}))
        for value in values
    ]


def clip(text: str, length: int = 160) -> str:
    """Cut a visitor's input to at most `length` characters, so that a sentence about it stays short."""
    return text if len(text) <= length else text[: length - 1] + "…"
