"""As of when, how frameworks are weighed and what is shown: parameters that do not choose rows pass these forms."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator
from django.http import QueryDict

from frameworks.models import Criterion, Framework

from .permalinks import AS_OF, MINIMUM, WEIGHT


class DayForm(forms.Form):
    """As of which day. Read before the other forms: it depends on the day what they know of."""

    def __init__(self, data: Mapping[str, Any], *, today: date) -> None:
        super().__init__(data)
        self.fields[AS_OF] = forms.DateField(
            label="As of",
            input_formats=["%Y-%m-%d"],
            validators=[MaxValueValidator(today, "That day has not come yet.")],
            error_messages={"invalid": "That is no date such as 2026-11-20."},
            required=False,
        )

    @property
    def clean_data(self) -> dict[str, Any]:
        _ = self.errors
        return self.cleaned_data

    @property
    def day(self) -> date | None:
        """None is today."""
        day: date | None = self.clean_data.get(AS_OF)
        return day


class WeighingForm(forms.Form):
    """Weights, columns, order, baseline, ticked frameworks and the open cell.

    A blank weight means the default, 0 that the criterion does not count.
    """

    only = forms.ChoiceField(
        label="Only differences", choices=[("differences", "Only differences")], required=False
    )
    open = forms.CharField(label="Open cell", required=False)

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        criteria: Sequence[Criterion],
        frameworks: Sequence[Framework],
    ) -> None:
        super().__init__(data)
        names = [(criterion.slug, criterion.name) for criterion in criteria]
        slugs = [(framework.slug, framework.name) for framework in frameworks]
        sorts = [("fit", "Fit"), ("name", "Name"), *names]
        self.fields["criteria"] = forms.MultipleChoiceField(label="Columns", choices=names, required=False)
        self.fields["sort"] = forms.ChoiceField(
            label="Sort by",
            choices=sorts + [("-" + value, f"{name}, reversed") for value, name in sorts],
            required=False,
        )
        self.fields["baseline"] = forms.ChoiceField(label="Baseline", choices=slugs, required=False)
        self.fields["framework"] = forms.MultipleChoiceField(
            label="Frameworks to compare", choices=slugs, required=False
        )
        self.criteria = [name for name, _ in names]
        self.cells = ({slug for slug, _ in slugs}, {slug for slug, _ in names})
        for criterion in criteria:
            self.fields[WEIGHT + criterion.slug] = forms.IntegerField(
                label=f"Weight of {criterion.name}",
                min_value=0,
                max_value=settings.WEIGHT_MAX,
                required=False,
            )

    @property
    def clean_data(self) -> dict[str, Any]:
        """What holds of the input; what does not is left out and named in `errors`."""
        _ = self.errors
        return self.cleaned_data

    def clean_criteria(self) -> list[str]:
        """The columns shown, in the table's order; none named and all named are the same view."""
        chosen = set(self.cleaned_data["criteria"])
        names = self.criteria
        return [] if chosen == set(names) else [name for name in names if name in chosen]

    def clean_open(self) -> str:
        """`django:learning-curve`: which cell shows its claims."""
        value: str = self.cleaned_data["open"]
        frameworks, criteria = self.cells
        framework, _, criterion = value.partition(":")
        if value and not (framework in frameworks and criterion in criteria):
            raise forms.ValidationError("There is no such cell.")
        return value


def notices(data: Mapping[str, Any], *forms_: forms.Form) -> Iterator[str]:
    """One plain sentence for everything in the address that was not understood and is not in effect."""
    known: set[str] = set()
    for form in forms_:
        known |= set(form.fields)
        for name, errors in form.errors.items():
            label = form.fields[name].label if name in form.fields else name
            yield f"{label}: {clip(' '.join(str(error) for error in errors))} It was left out."
    for name in data:
        if name.startswith((MINIMUM, WEIGHT)) and name not in known:
            yield f"There is no criterion “{clip(name.partition('-')[2])}”. It was left out."


def misread(data: QueryDict, day: DayForm, weighing: WeighingForm) -> list[tuple[str, str]]:
    """The parameters of a side by side that were not understood, to be passed on to the page that says so."""
    errors = {**day.errors, **weighing.errors}
    return [
        (name, value)
        for name, values in data.lists()
        if (name.startswith(WEIGHT) and name not in weighing.fields)
        or (name in errors and (name.startswith(WEIGHT) or name in {AS_OF, "baseline", "only"}))
        for value in values
    ]


def clip(text: str, length: int = 160) -> str:
    """Visitors' input may be long; a sentence about it is not."""
    return text if len(text) <= length else text[: length - 1] + "…"
