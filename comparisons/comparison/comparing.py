"""One comparison: what an address asks for, from its parameters to the matrix. Pages and formats start here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.conf import settings
from django.forms import Form
from django.http import QueryDict
from django.utils import timezone

from comparisons.models import UseCase
from frameworks.facts import Facts, current_facts
from frameworks.models import Framework, Revision
from frameworks.pages import old_addresses
from frameworks.record.asof import at_end_of, end_of

from . import use_cases
from .content import Content, content_of
from .filters import FrameworkFilter, Selection, must_haves
from .forms import DayForm, UseCaseForm, WeighingForm, misread, notices
from .matrix import Matrix, Row, build_matrix
from .permalinks import View


@dataclass(kw_only=True)
class Comparison:
    """Parsed and fetched; cells and matrix are made when they are first asked for."""

    query: QueryDict
    facts: Facts
    view: View
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
    def weights(self) -> dict[str, int]:
        """By criterion. What the visitor weighs comes before what the use case does."""
        return {**self.usual, **self.view.weights}

    @cached_property
    def table(self) -> Matrix:
        return build_matrix(
            self.facts,
            self.frameworks,
            weights=self.weights,
            shown=self.view.criteria,
            sort=self.view.sort,
            baseline=self.view.baseline,
            only_differences=bool(self.view.only) and not self.folds,
            minimum_coverage=settings.MINIMUM_COVERAGE,
            with_claims=self.with_claims,
        )

    @cached_property
    def usual(self) -> dict[str, int]:
        """By criterion, what it weighs unless a visitor says otherwise."""
        return use_cases.weighing(self.use_case, self.facts.criteria)

    def pinned_url(self, path: str) -> str:
        """The address of this view at `path` to pass on."""
        return self.view.pinned(self.usual).url(path)

    @property
    def rows(self) -> Sequence[Row]:
        """As the page shows them: here in the order in which the frameworks are named."""
        return self.table.in_order

    @property
    def content(self) -> Content:
        """What it says, where it was made with its claims."""
        return content_of(self.table, self.rows)

    @property
    def notices(self) -> Iterator[str]:
        """One sentence for everything that was asked and is not in effect."""
        return notices(self.query, *self.forms)

    @property
    def names_all_columns(self) -> bool:
        """Which is the view with none named."""
        named = bool(self.weighing.clean_data.get("criteria")) or "criteria" in self.weighing.errors
        return "criteria" in self.query and not named

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

    filters: FrameworkFilter
    selection: Selection

    @property
    def rows(self) -> Sequence[Row]:
        """Those with enough evidence first, sorted."""
        return [*self.table.ranked, *self.table.unranked]

    @property
    def forms(self) -> list[Form]:
        return [self.day, self.kind, self.filters.form, self.weighing]


def matrix(query: QueryDict, *, with_claims: bool = False) -> Filtered:
    """All frameworks that pass the filters, under the criteria asked for."""
    day, facts = _as_of(query)
    kind = UseCaseForm(query, use_cases=UseCase.objects.all())
    filters = FrameworkFilter(query, facets=facts.facets, criteria=facts.criteria)
    selection = Selection(facts, {**must_haves(kind.chosen), **filters.predicates})
    weighing = WeighingForm(query, criteria=facts.criteria, frameworks=facts.frameworks)
    cleaned = day.clean_data | kind.clean_data | filters.applied | weighing.clean_data
    usual = use_cases.weighing(kind.chosen, facts.criteria)
    _follow_renames(query, day, kind, filters.form, weighing)
    return Filtered(
        query=query,
        facts=facts,
        view=View.read(cleaned, [facet.slug for facet in facts.facets]).plain(usual),
        frameworks=selection.frameworks,
        day=day,
        kind=kind,
        weighing=weighing,
        filters=filters,
        selection=selection,
        with_claims=with_claims,
    )


def side_by_side(query: QueryDict, slugs: Sequence[str], *, folds: bool = True) -> Comparison:
    """Those of the frameworks named that there are, the baseline first, with all claims."""
    day, facts = _as_of(query)
    parties = [facts.by_slug[slug] for slug in slugs if slug in facts.by_slug]
    kind = UseCaseForm(query, use_cases=UseCase.objects.all())
    weighing = WeighingForm(query, criteria=facts.criteria, frameworks=parties)
    usual = use_cases.weighing(kind.chosen, facts.criteria)
    view = View.read(day.clean_data | kind.clean_data | weighing.clean_data, []).side_by_side().plain(usual)
    _follow_renames(query, day, kind, weighing)
    return Comparison(
        query=query,
        facts=facts,
        view=view,
        frameworks=sorted(parties, key=lambda framework: framework.slug != view.baseline),
        day=day,
        kind=kind,
        weighing=weighing,
        with_claims=True,
        folds=folds,
    )


def ticked(query: QueryDict) -> Comparison:
    """The frameworks that are ticked in a matrix, as far as they are known; `view.framework` names them."""
    day, facts = _as_of(query)
    kind = UseCaseForm(query, use_cases=UseCase.objects.all())
    weighing = WeighingForm(query, criteria=facts.criteria, frameworks=facts.frameworks)
    view = View.read(day.clean_data | kind.clean_data | weighing.clean_data, [])
    _follow_renames(query, day, kind, weighing)
    return Comparison(
        query=query,
        facts=facts,
        view=view,
        frameworks=[framework for framework in facts.frameworks if framework.slug in view.framework],
        day=day,
        kind=kind,
        weighing=weighing,
    )


def _follow_renames(query: QueryDict, *forms: Form) -> None:
    """Raises Renamed where what is not known here was once known by that name."""
    if any(notices(query, *forms)):
        old_addresses.follow(query)


def _as_of(query: QueryDict) -> tuple[DayForm, Facts]:
    """The facts of the day asked for; of today where none is, or none that can be had."""
    form = DayForm(query, today=timezone.localdate())
    return form, at_end_of(form.day) if form.day else current_facts()


def newest_revision(query: QueryDict, now: datetime) -> Revision | None:
    """The newest step that readers may know of, up to the day asked for.

    Asked for before the facts, they are never older than it.
    """
    until = stood_at(DayForm(query, today=timezone.localdate()).day, now)
    return Revision.objects.public().until(until)


def stood_at(day: date | None, now: datetime) -> datetime:
    """The last moment whose facts a comparison shows: of the day asked for, or now."""
    return now if day is None else end_of(day) - datetime.resolution
