"""Choose which frameworks are on the table. Filters never change a score.

A filter is a predicate over a framework and the facts. Which rows pass, how many each option would show and which
filter emptied the table all follow from the predicates, in memory. django-filter reads them from the query string.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import django_filters
from django import forms

from comparisons.models import Need, UseCase
from frameworks.facts import Facts
from frameworks.models import Criterion, Facet, Framework

from .permalinks import MINIMUM, USE_CASE


class Predicate(Protocol):
    """Whether a framework passes, judged by the facts."""

    def __call__(self, framework: Framework, facts: Facts) -> bool: ...


@dataclass(frozen=True, slots=True)
class NameContains:
    """The name or the tagline contains this text, in either case."""

    text: str

    def __call__(self, framework: Framework, facts: Facts) -> bool:
        return any(self.text.casefold() in words.casefold() for words in (framework.name, framework.tagline))


@dataclass(frozen=True, slots=True)
class HasValues:
    """Has any of these values of a facet, or all of them."""

    facet: str
    values: frozenset[str]
    requires_all: bool

    def __call__(self, framework: Framework, facts: Facts) -> bool:
        own = self.values.intersection(facts.values(framework, self.facet))
        return own == self.values if self.requires_all else bool(own)


@dataclass(frozen=True, slots=True)
class RatedAtLeast:
    """Scores at least the minimum under a criterion. What is not rated does not pass."""

    criterion: str
    minimum: int

    def __call__(self, framework: Framework, facts: Facts) -> bool:
        score = facts.scores(framework).get(self.criterion)
        return score is not None and score >= self.minimum


def must_have(need: Need) -> Predicate:
    """Return the predicate of a must-have.

    Raises ValueError if it names neither a facet value nor a minimum score.
    """
    if need.value:
        return HasValues(need.value.facet.slug, frozenset([need.value.slug]), requires_all=True)
    if need.criterion and need.minimum:
        return RatedAtLeast(need.criterion.slug, need.minimum)
    raise ValueError(f"{need} asks for nothing.")


# As the query string has them


class NameFilter(django_filters.CharFilter):
    def predicate(self, text: str) -> Predicate:
        return NameContains(text)


class FacetFilter(django_filters.MultipleChoiceFilter):
    """Frameworks with any of the values named, or with all of them where the facet says so."""

    def __init__(self, facet: Facet) -> None:
        self.facet = facet
        super().__init__(
            label=facet.name,
            choices=[(value.slug, value.name) for value in facet.values.all()],
            widget=forms.CheckboxSelectMultiple,
        )

    def predicate(self, values: Sequence[str]) -> Predicate:
        return HasValues(self.facet.slug, frozenset(values), self.facet.requires_all)


class MinimumFilter(django_filters.TypedChoiceFilter):
    """Frameworks whose published score under a criterion is at least the value."""

    def __init__(self, criterion: Criterion) -> None:
        self.criterion = criterion
        super().__init__(
            label=f"Minimum for {criterion.name}",
            choices=[(str(step), f"at least {step}") for step in range(2, 6)],
            coerce=int,
            empty_value=None,
        )

    def predicate(self, minimum: int) -> Predicate:
        return RatedAtLeast(self.criterion.slug, minimum)


class FrameworkFilter(django_filters.FilterSet):
    """A filter for the name, one for each facet and a minimum for each criterion.

    It reads and validates the controls, without queries. Controls that the query string does not name are left out, so
    that a request costs as much as it asks for.
    """

    q = NameFilter(label="Name contains", max_length=60)

    def __init__(
        self, data: Mapping[str, Any], *, facets: Iterable[Facet], criteria: Iterable[Criterion]
    ) -> None:
        super().__init__(data, queryset=Framework.objects.none())
        for facet in facets:
            if facet.slug in data:
                self._add(facet.slug, FacetFilter(facet))
        for criterion in criteria:
            if MINIMUM + criterion.slug in data:
                self._add(MINIMUM + criterion.slug, MinimumFilter(criterion))

    def _add(self, name: str, filter_: django_filters.Filter) -> None:
        filter_.parent = self
        filter_.model = Framework
        self.filters[name] = filter_

    @property
    def applied(self) -> dict[str, Any]:
        """Return the valid values of the filters that a visitor has set, by name."""
        _ = self.form.errors
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    @property
    def predicates(self) -> dict[str, list[Predicate]]:
        """Return the predicates of the applied filters, by name."""
        return {name: [self.filters[name].predicate(value)] for name, value in self.applied.items()}


# Which frameworks pass


def must_haves(use_case: UseCase | None) -> dict[str, list[Predicate]]:
    """Return the predicates of a use case’s must-haves, under the name of its control."""
    needs = [must_have(need) for need in use_case.needs.all()] if use_case else []
    return {USE_CASE: needs} if needs else {}


@dataclass(frozen=True)
class Selection:
    """The frameworks that are on the table. `predicates` must hold; each control has its own."""

    facts: Facts
    predicates: Mapping[str, Sequence[Predicate]]

    @property
    def frameworks(self) -> list[Framework]:
        return self.without("")

    def without(self, name: str) -> list[Framework]:
        """Return the frameworks on the table if the control of this name were not set."""
        remaining = [
            predicate
            for control, predicates in self.predicates.items()
            if control != name
            for predicate in predicates
        ]
        return [
            framework
            for framework in self.facts.frameworks
            if all(passes(framework, self.facts) for passes in remaining)
        ]

    def counts(self) -> dict[str, Counter[str]]:
        """Count, for each facet, how many frameworks each value would show with all other filters as they are.

        A facet that requires all its values is counted with its own filter applied as well.
        """
        return {
            facet.slug: Counter(
                value
                for framework in self.without("" if facet.requires_all else facet.slug)
                for value in self.facts.values(framework, facet.slug)
            )
            for facet in self.facts.facets
        }

    def blame(self) -> list[tuple[str, int]]:
        """Return, for an empty table, each control whose removal would show frameworks, with how many."""
        counts = [(name, len(self.without(name))) for name in self.predicates]
        return [(name, count) for name, count in counts if count]
