"""Choose which frameworks are on the table. Filters never change a score.

A filter is a predicate over the facts of all frameworks. Which rows pass, how many each option would show and which
filter emptied the table all follow from the predicates, in memory. django-filter reads them from the query string.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

import django_filters
import numpy as np
from django import forms
from django.conf import settings
from django.utils.text import capfirst
from numpy.typing import NDArray

from comparisons.models import Need, UseCase
from frameworks.arrays import Places
from frameworks.catalogue import LISTED
from frameworks.facts import Facts
from frameworks.models import Criterion, Facet, Framework
from frameworks.text.several import SeveralField

from .forms import NOT_AMONG, SeveralKnownField
from .permalinks import AMONG, MINIMUM, USE_CASE

Passes = NDArray[np.bool_]
"""Whether each framework passes, in the order of the facts."""


class Predicate(Protocol):
    """Says which frameworks pass, judged by the facts."""

    def __call__(self, facts: Facts) -> Passes: ...


@dataclass(frozen=True, slots=True)
class NameContains:
    """The name or the tagline contains this text, as the catalogue compares them."""

    text: str

    def __call__(self, facts: Facts) -> Passes:
        return np.array(facts.catalogue.contains(self.text), bool)


@dataclass(frozen=True, slots=True)
class IsAmong:
    """Is one of these frameworks, given by slug."""

    slugs: frozenset[str]

    def __call__(self, facts: Facts) -> Passes:
        passes = np.zeros(len(facts.frameworks), bool)
        passes[facts.places(self.slugs)] = True
        return passes


@dataclass(frozen=True, slots=True)
class HasValues:
    """Has any of these values of a facet, or all of them."""

    facet: str
    values: frozenset[str]
    requires_all: bool

    def __call__(self, facts: Facts) -> Passes:
        held = np.zeros(len(facts.frameworks), np.int64)
        for value in self.values:
            held[facts.holders(self.facet, value)] += 1
        return held >= (len(self.values) if self.requires_all else 1)


@dataclass(frozen=True, slots=True)
class RatedAtLeast:
    """Scores at least the minimum under a criterion. What is not rated does not pass; once the criterion is retired,
    everything does."""

    criterion: str
    minimum: int

    def __call__(self, facts: Facts) -> Passes:
        if ("criterion", self.criterion) in facts.catalogue.retired:
            return np.ones(len(facts.frameworks), bool)
        if self.criterion not in facts.column:
            return np.zeros(len(facts.frameworks), bool)
        return facts.arrays.scores[:, facts.column[self.criterion]] >= self.minimum


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


NO_FRAMEWORK = {"invalid_choice": f"There is no {settings.TOPIC.item} “%(value)s”."}
TOO_LONG = {"max_length": "This is longer than 60 characters."}


class NameFilter(django_filters.CharFilter):
    def predicate(self, text: str) -> Predicate:
        return NameContains(text)


class AmongFilter(django_filters.Filter):
    """The frameworks named, and no others."""

    field_class = SeveralKnownField

    def __init__(self, known: Collection[str]) -> None:
        # Only few are listed where the parameters are documented.
        listed = known if len(known) <= LISTED else ()
        choices = [(slug, slug) for slug in listed]
        label = f"{capfirst(settings.TOPIC.items)} shown"
        super().__init__(label=label, known=known, choices=choices, error_messages=NO_FRAMEWORK)

    def predicate(self, slugs: Sequence[str]) -> Predicate:
        return IsAmong(frozenset(slugs))


class FacetFilter(django_filters.Filter):
    """Frameworks with any of the values named, or with all of them where the facet says so."""

    field_class = SeveralField

    def __init__(self, facet: Facet) -> None:
        self.facet = facet
        super().__init__(
            label=facet.name,
            choices=[(value.slug, value.name) for value in facet.values.all()],
            error_messages=NOT_AMONG,
        )

    def predicate(self, values: Sequence[str]) -> Predicate:
        return HasValues(self.facet.slug, frozenset(values), self.facet.requires_all)


class MinimumFilter(django_filters.TypedChoiceFilter):
    """Frameworks whose published score under a criterion is at least the value."""

    def __init__(self, criterion: Criterion) -> None:
        self.criterion = criterion
        super().__init__(
            label=f"Minimum score for {criterion.name}",
            choices=[(str(step), f"at least {step}") for step in range(2, 6)],
            coerce=int,
            empty_value=None,
        )

    def predicate(self, minimum: int) -> Predicate:
        return RatedAtLeast(self.criterion.slug, minimum)


class FrameworkFilter(django_filters.FilterSet):
    """A filter for the name, one for frameworks by name, one for each facet and a minimum for each criterion.

    It reads and validates the controls, without queries. Controls that the query string does not name are left out, so
    that a request costs as much as it asks for.
    """

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        facets: Iterable[Facet],
        criteria: Iterable[Criterion],
        frameworks: Collection[str] = (),
    ) -> None:
        super().__init__(data, queryset=Framework.objects.none())
        if "q" in data:
            self._add("q", NameFilter(label="Filter by name", max_length=60, error_messages=TOO_LONG))
        if AMONG in data:
            self._add(AMONG, AmongFilter(frameworks))
        for facet in facets:
            if facet.slug in data:
                self._add(facet.slug, FacetFilter(facet))
        for criterion in criteria:
            if MINIMUM + criterion.slug in data:
                self._add(MINIMUM + criterion.slug, MinimumFilter(criterion))

    def get_form_class(self) -> type[forms.Form]:
        """Return a class with a field for each filter; none is made where there is no filter."""
        return super().get_form_class() if self.filters else forms.Form

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

    @cached_property
    def places(self) -> Places:
        """Return the places of those that pass."""
        return np.flatnonzero(self.without(""))

    def without(self, name: str) -> Passes:
        """Return which frameworks would be on the table if the control of this name were not set."""
        left = np.ones(len(self.facts.frameworks), bool)
        for control, passes in self._passes.items():
            if control != name:
                left &= passes
        return left

    @cached_property
    def _passes(self) -> dict[str, Passes]:
        """Return which frameworks pass each control."""
        return {
            control: np.all([passes(self.facts) for passes in predicates], axis=0)
            for control, predicates in self.predicates.items()
        }

    def counts(self) -> dict[str, dict[str, int]]:
        """Count, for each facet, how many frameworks each value would show with all other filters as they are.

        A facet that requires all its values is counted with its own filter applied as well.
        """
        return {facet.slug: self._counts_of(facet) for facet in self.facts.facets}

    def _counts_of(self, facet: Facet) -> dict[str, int]:
        shown = self.without("" if facet.requires_all else facet.slug)
        counts = {
            value.slug: int(np.count_nonzero(shown[self.facts.holders(facet.slug, value.slug)]))
            for value in facet.values.all()
        }
        return {slug: count for slug, count in counts.items() if count}

    def blame(self) -> list[tuple[str, int]]:
        """Return, for an empty table, each control whose removal would show frameworks, with how many."""
        counts = [(name, int(np.count_nonzero(self.without(name)))) for name in self.predicates]
        return [(name, count) for name, count in counts if count]
