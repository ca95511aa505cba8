"""One comparison: what an address asks for, from its parameters to the matrix. Pages and formats start here."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.forms import Form
from django.http import QueryDict
from django.utils import timezone

from frameworks.asof import Facts, Today, at_end_of, newest_revision
from frameworks.cells import Cell, Key
from frameworks.models import Criterion, Facet, Framework

from . import usecases
from .filters import FrameworkFilter, filter_of
from .forms import DayForm, UseCaseForm, WeighingForm, misread, notices
from .matrix import Matrix, build_matrix
from .models import UseCase
from .permalinks import View


@dataclass(kw_only=True)
class Comparison:
    """Parsed and fetched; cells and matrix are made when they are first asked for."""

    query: QueryDict
    facts: Facts
    view: View
    criteria: Sequence[Criterion]
    everyone: Sequence[Framework]
    frameworks: Sequence[Framework]
    day: DayForm
    kind: UseCaseForm
    weighing: WeighingForm
    with_claims: bool = False
    #: Whether criteria in which all are alike are left out where only differences are asked for, or stay to be folded.
    folds: bool = False

    @property
    def use_case(self) -> UseCase | None:
        return self.kind.chosen

    @cached_property
    def cells(self) -> Mapping[Key, Cell]:
        return self.facts.cells(self.frameworks, self.criteria, with_claims=self.with_claims)

    @cached_property
    def weights(self) -> dict[str, int]:
        """By criterion. What the visitor weighs comes before what the use case does."""
        return {**usecases.weighing(self.use_case, self.criteria), **self.view.weights}

    @cached_property
    def table(self) -> Matrix:
        return build_matrix(
            self.frameworks,
            self.criteria,
            self.cells,
            weights=self.weights,
            shown=self.view.criteria,
            sort=self.view.sort,
            baseline=self.view.baseline,
            only_differences=bool(self.view.only) and not self.folds,
            minimum_coverage=settings.MINIMUM_COVERAGE,
        )

    @property
    def revision(self) -> int | None:
        """The newest change that the facts know of; None where none is recorded."""
        return newest_revision(self.view.as_of)

    @property
    def notices(self) -> Iterator[str]:
        """One sentence for everything that was asked and is not in effect."""
        return notices(self.query, *self.forms)

    @property
    def forms(self) -> list[Form]:
        return [self.day, self.kind, self.weighing]

    @property
    def misread(self) -> list[tuple[str, str]]:
        """The parameters of a side by side that were not understood."""
        return misread(self.query, self.day, self.kind, self.weighing)


@dataclass(kw_only=True)
class Filtered(Comparison):
    """A matrix: its rows are chosen by filters, where a side by side names them."""

    facets: Sequence[Facet]
    filters: FrameworkFilter

    @property
    def forms(self) -> list[Form]:
        return [self.day, self.kind, self.filters.form, self.weighing]


def matrix(query: QueryDict, *, with_claims: bool = False) -> Filtered:
    """All frameworks that pass the filters, under the criteria asked for."""
    day, facts = _as_of(query)
    criteria, facets, everyone = facts.criteria(), facts.facets(), facts.frameworks()
    kind = UseCaseForm(query, use_cases=UseCase.objects.all())
    filters = filter_of(facts, query, facets=facets, criteria=criteria, use_case=kind.chosen)
    weighing = WeighingForm(query, criteria=criteria, frameworks=everyone)
    cleaned = day.clean_data | kind.clean_data | filters.applied | weighing.clean_data
    return Filtered(
        query=query,
        facts=facts,
        view=View.read(cleaned, [facet.slug for facet in facets]),
        criteria=criteria,
        everyone=everyone,
        frameworks=filters.shown(),
        day=day,
        kind=kind,
        weighing=weighing,
        facets=facets,
        filters=filters,
        with_claims=with_claims,
    )


def side_by_side(query: QueryDict, slugs: Sequence[str]) -> Comparison:
    """Those of the frameworks named that there are, the baseline first, with all claims."""
    day, facts = _as_of(query)
    criteria, everyone = facts.criteria(), facts.frameworks(with_traits=True)
    by_slug = {framework.slug: framework for framework in everyone}
    parties = [by_slug[slug] for slug in slugs if slug in by_slug]
    kind = UseCaseForm(query, use_cases=UseCase.objects.all())
    weighing = WeighingForm(query, criteria=criteria, frameworks=parties)
    view = View.read(day.clean_data | kind.clean_data | weighing.clean_data, []).side_by_side()
    return Comparison(
        query=query,
        facts=facts,
        view=view,
        criteria=criteria,
        everyone=everyone,
        frameworks=sorted(parties, key=lambda framework: framework.slug != view.baseline),
        day=day,
        kind=kind,
        weighing=weighing,
        with_claims=True,
        folds=True,
    )


def ticked(query: QueryDict) -> Comparison:
    """The frameworks that are ticked in a matrix, as far as they are known; `view.framework` names them."""
    day, facts = _as_of(query)
    criteria, everyone = facts.criteria(), facts.frameworks(with_traits=True)
    kind = UseCaseForm(query, use_cases=UseCase.objects.all())
    weighing = WeighingForm(query, criteria=criteria, frameworks=everyone)
    view = View.read(day.clean_data | kind.clean_data | weighing.clean_data, [])
    return Comparison(
        query=query,
        facts=facts,
        view=view,
        criteria=criteria,
        everyone=everyone,
        frameworks=[framework for framework in everyone if framework.slug in view.framework],
        day=day,
        kind=kind,
        weighing=weighing,
    )


def _as_of(query: QueryDict) -> tuple[DayForm, Facts]:
    """The facts of the day asked for; of today where none is, or none that can be had."""
    form = DayForm(query, today=timezone.localdate())
    return form, at_end_of(form.day) if form.day else Today()
