"""Which frameworks are on the table. Filters never change a score.

Today's frameworks are filtered by the database, those of a day gone by in memory, to the same effect.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import django_filters
from django import forms
from django.db.models import Count, Q, QuerySet

from comparisons.models import Need, UseCase
from frameworks.models import Criterion, Facet, Framework, Trait
from frameworks.record.asof import Facts, Past

from .permalinks import MINIMUM, USE_CASE


class FacetFilter(django_filters.MultipleChoiceFilter):
    """Frameworks with any of the values named, or with all of them where the facet says so (must-haves)."""

    def __init__(self, facet: Facet) -> None:
        self.facet = facet
        super().__init__(
            label=facet.name,
            choices=[(value.slug, value.name) for value in facet.values.all()],
            widget=forms.CheckboxSelectMultiple,
        )

    def filter(self, qs: QuerySet[Framework], value: Sequence[str]) -> QuerySet[Framework]:
        traits = Trait.objects.filter(value__facet=self.facet)
        # Each once: a value repeated hundreds of times would nest deeper than a database goes.
        named = list(dict.fromkeys(value))
        wanted = [named] if not self.facet.requires_all else [[one] for one in named]
        for values in wanted if named else []:
            qs = qs.filter(pk__in=traits.filter(value__slug__in=values).values("framework"))
        return qs


class MinimumFilter(django_filters.TypedChoiceFilter):
    """Frameworks whose published score under a criterion is at least the value. Unrated ones do not pass."""

    def __init__(self, criterion: Criterion) -> None:
        self.criterion = criterion
        super().__init__(
            label=f"Minimum for {criterion.name}",
            choices=[(str(step), f"at least {step}") for step in range(2, 6)],
            coerce=int,
            empty_value=None,
        )

    def filter(self, qs: QuerySet[Framework], value: int | None) -> QuerySet[Framework]:
        if not value:
            return qs
        return qs.filter(
            pk__in=self.criterion.ratings.filter(is_published=True, score__gte=value).values("framework")
        )


class FrameworkFilter(django_filters.FilterSet):
    """One filter for the name, one for each facet, one minimum for each scored criterion.

    The must-haves of a use case come on top: whatever else is asked, only frameworks that meet them are on the table.
    """

    q = django_filters.CharFilter(label="Name contains", method="filter_name", max_length=60)

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        facets: Sequence[Facet],
        criteria: Sequence[Criterion],
        use_case: UseCase | None = None,
        queryset: QuerySet[Framework] | None = None,
    ) -> None:
        self.needs = list(use_case.needs.all()) if use_case else []
        self.everyone = Framework.objects.published() if queryset is None else queryset
        super().__init__(data, queryset=meeting(self.everyone, self.needs))
        self.facets = facets
        for facet in facets:
            self._add(facet.slug, FacetFilter(facet))
        for criterion in criteria:
            self._add(MINIMUM + criterion.slug, MinimumFilter(criterion))

    def _add(self, name: str, filter_: django_filters.Filter) -> None:
        filter_.parent = self
        filter_.model = Framework
        self.filters[name] = filter_

    def filter_name(self, qs: QuerySet[Framework], name: str, value: str) -> QuerySet[Framework]:
        return qs.filter(Q(name__icontains=value) | Q(tagline__icontains=value))

    @property
    def applied(self) -> dict[str, Any]:
        """The filters that a visitor has set and that hold, by name."""
        _ = self.form.errors
        return {name: value for name, value in self.form.cleaned_data.items() if value}

    def shown(self) -> list[Framework]:
        """Those that pass, each with its traits."""
        return list(self.qs.with_traits())

    def without(self, name: str) -> QuerySet[Framework]:
        """What would be on the table with one filter dropped."""
        qs: QuerySet[Framework] = (self.everyone if name == USE_CASE else self.queryset).all()
        for other, value in self.applied.items():
            if other != name:
                qs = self.filters[other].filter(qs, value)
        return qs

    def counts(self) -> dict[str, dict[str, int]]:
        """For each facet, how many frameworks each value would show, all other filters as they are.

        A facet of must-haves counts within what it already asks for. One query a facet.
        """
        return {
            facet.slug: dict(
                Trait.objects.filter(
                    value__facet=facet,
                    framework__in=self.qs if facet.requires_all else self.without(facet.slug),
                )
                .order_by()
                .values_list("value__slug")
                .annotate(Count("pk"))
            )
            for facet in self.facets
        }

    def blame(self) -> list[tuple[str, int]]:
        """For an empty table: each filter whose dropping would show frameworks again, with how many."""
        asked = [USE_CASE, *self.applied] if self.needs else self.applied
        found = [(name, self.count_without(name)) for name in asked]
        return [(name, count) for name, count in found if count]

    def count_without(self, name: str) -> int:
        return self.without(name).count()


class PastFilter(FrameworkFilter):
    """The same over the facts of a day gone by, which stand in no table."""

    def __init__(
        self,
        data: Mapping[str, Any],
        *,
        facets: Sequence[Facet],
        criteria: Sequence[Criterion],
        use_case: UseCase | None = None,
        past: Past,
    ) -> None:
        nobody = Framework.objects.none()
        super().__init__(data, facets=facets, criteria=criteria, use_case=use_case, queryset=nobody)
        self.past = past
        self.criteria = criteria

    def shown(self) -> list[Framework]:
        return self._passing()

    def counts(self) -> dict[str, dict[str, int]]:
        return {
            facet.slug: Counter(
                value.slug
                for framework in self._passing(but="" if facet.requires_all else facet.slug)
                for value in framework.values_of(facet.slug)
            )
            for facet in self.facets
        }

    def count_without(self, name: str) -> int:
        return len(self._passing(but=name))

    def _passing(self, *, but: str = "") -> list[Framework]:
        """Those that pass all filters but the one named."""
        asked = [(self.filters[name], value) for name, value in self.applied.items() if name != but]
        needs = self.needs if but != USE_CASE else []
        return [
            framework
            for framework in self.past.frameworks()
            if all(self._passes(framework, filter_, value) for filter_, value in asked)
            and all(need.is_met(framework, self._scores(framework)) for need in needs)
        ]

    def _scores(self, framework: Framework) -> dict[str, int]:
        ratings = self.past.ratings
        return {
            criterion.slug: rating.score
            for criterion in self.criteria
            if (rating := ratings.get((framework.pk, criterion.pk)))
        }

    def _passes(self, framework: Framework, filter_: django_filters.Filter, value: Any) -> bool:
        match filter_:
            case FacetFilter(facet=facet):
                own = {one.slug for one in framework.values_of(facet.slug)}
                return own.issuperset(value) if facet.requires_all else not own.isdisjoint(value)
            case MinimumFilter(criterion=criterion):
                rating = self.past.ratings.get((framework.pk, criterion.pk))
                return rating is not None and rating.score >= value
        return any(value.casefold() in text.casefold() for text in (framework.name, framework.tagline))


def meeting(frameworks: QuerySet[Framework], needs: Sequence[Need]) -> QuerySet[Framework]:
    """Those that meet all must-haves of a use case, as `Need.is_met` says of one at hand."""
    for need in needs:
        if need.criterion:
            rated = need.criterion.ratings.filter(is_published=True, score__gte=need.minimum)
            frameworks = frameworks.filter(pk__in=rated.values("framework"))
        else:
            traits = Trait.objects.filter(value=need.value)
            frameworks = frameworks.filter(pk__in=traits.values("framework"))
    return frameworks


def filter_of(
    facts: Facts,
    data: Mapping[str, Any],
    *,
    facets: Sequence[Facet],
    criteria: Sequence[Criterion],
    use_case: UseCase | None,
) -> FrameworkFilter:
    if isinstance(facts, Past):
        return PastFilter(data, facets=facets, criteria=criteria, use_case=use_case, past=facts)
    return FrameworkFilter(data, facets=facets, criteria=criteria, use_case=use_case)
