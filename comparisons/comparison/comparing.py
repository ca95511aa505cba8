"""Build one comparison from the parameters of an address. Pages and formats start here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np
from django.conf import settings
from django.forms import Form
from django.http import QueryDict
from django.utils import timezone

from comparisons.models import UseCase
from frameworks.arrays import Places
from frameworks.catalogue import LISTED
from frameworks.facts import Detail, Facts
from frameworks.models import Criterion, Framework, Revision
from frameworks.pages import old_addresses
from frameworks.record.asof import at_end_of, end_of
from frameworks.serving import memory
from frameworks.serving.memory import current_facts
from frameworks.text.several import separated

from . import use_cases
from .content import Content, content_of
from .filters import FrameworkFilter, Selection, must_haves
from .forms import DayForm, PageForm, UseCaseForm, WeighingForm, misread, notices
from .matrix import Matrix, Portion, build_matrix
from .permalinks import MINIMUM, PARAMETERS, SEVERAL, WEIGHT, View


@dataclass(kw_only=True)
class Comparison:
    """A comparison whose parameters are parsed and whose facts are fetched; cells and matrix are built on first use.

    `places` are those of its frameworks among the facts; `detail` is what its cells have.
    """

    query: QueryDict
    facts: Facts
    view: View
    places: Places
    day: DayForm
    kind: UseCaseForm
    weighing: WeighingForm
    #: One sentence for each parameter that is not in effect.
    strays: Sequence[str]
    detail: Detail = Detail.SCORES
    #: The frameworks that the address of a side by side names, without those that are retired.
    slugs: Sequence[str] = ()
    #: What the address names that is retired, each with its parameter; empty for the path and for a must-have.
    retired: Sequence[tuple[str, Framework | Criterion]] = ()
    #: When only differences are shown: whether criteria in which all are alike stay, to be folded, or are left out.
    folds: bool = False

    @property
    def use_case(self) -> UseCase | None:
        return self.kind.chosen

    @cached_property
    def weights(self) -> dict[str, int]:
        """Return the weight of each criterion, 0 to 10, by slug. The visitor’s weights override the use case’s."""
        return {**self.usual, **self.view.weights}

    @property
    def frameworks(self) -> list[Framework]:
        """Return the frameworks that are compared."""
        return [self.facts.frameworks[place] for place in self.places]

    @cached_property
    def table(self) -> Matrix:
        return self.build()

    def build(self, portion: Portion | None = None) -> Matrix:
        """Build the matrix with the rows of this portion only, or with all."""
        return build_matrix(
            self.facts,
            self.places,
            weights=self.weights,
            shown=self.view.criteria,
            sort=self.view.sort,
            baseline=self.view.baseline,
            ticked=self.view.framework,
            only_differences=bool(self.view.only) and not self.folds,
            minimum_coverage=settings.MINIMUM_COVERAGE,
            detail=self.detail,
            portion=portion,
        )

    @cached_property
    def usual(self) -> dict[str, int]:
        """Return the weight of each criterion, by slug, before any change that the visitor makes."""
        return use_cases.weighing(self.use_case, self.facts.criteria)

    def pinned_url(self, path: str) -> str:
        """Return the address of this view at `path` to pass on, with the weights written out where that matters."""
        return self.view.pinned(self.usual).url(path)

    @property
    def content(self) -> Content:
        """Return the comparison as plain data; complete only if it was built with its claims."""
        return content_of(self.table, self.table.in_order)

    @property
    def notices(self) -> list[str]:
        """Return one sentence for each parameter that is not in effect, and before them one for what is retired."""
        return [*self.retirement_notes, *self.strays]

    @property
    def retirement_notes(self) -> list[str]:
        """Return one sentence for each framework or criterion in the address that is retired."""
        return list(dict.fromkeys(fact.retirement_note for _, fact in self.retired))

    @property
    def last_day(self) -> date | None:
        """Return the last day on which all frameworks in the address were compared; None if none of them is retired."""
        days = [fact.retired_on for _, fact in self.retired if isinstance(fact, Framework)]
        return min(days) - timedelta(days=1) if days else None

    @property
    def names_all_columns(self) -> bool:
        """Return whether the address names every column, which is the same view as naming none."""
        chosen = set(self.query.getlist("criteria"))
        return bool(chosen) and chosen == {criterion.slug for criterion in self.facts.criteria}

    @property
    def forms(self) -> list[Form]:
        return [self.day, self.kind, self.weighing]

    @property
    def misread(self) -> list[tuple[str, str]]:
        """Return the parameters of a side by side that were not understood."""
        return misread(self.query, self.day, self.kind, self.weighing)


@dataclass(kw_only=True)
class Filtered(Comparison):
    """A matrix: its rows are chosen by filters, where a side by side names them."""

    filters: FrameworkFilter
    selection: Selection
    paging: PageForm
    #: The framework after which the page begins; None if it begins where its number says.
    after: Framework | None = None

    @cached_property
    def table(self) -> Matrix:
        """Return the page of the matrix that is shown."""
        after = self.facts.place[self.after.slug] if self.after else None
        return self.build(Portion(self.view.page, after=after))

    @property
    def pages(self) -> int:
        """Return the number of pages, at least 1."""
        return pages_of(len(self.places))

    @property
    def content(self) -> Content:
        """Return the rows on show as plain data, those with enough evidence first."""
        return content_of(self.table, [*self.table.ranked, *self.table.unranked])

    @property
    def forms(self) -> list[Form]:
        return [self.day, self.kind, self.filters.form, self.weighing, self.paging]


def matrix(query: QueryDict, *, detail: Detail = Detail.SCORES, folds: bool = False) -> Filtered:
    """Build the matrix of all frameworks that pass the filters.

    Raises Renamed where the address uses a former slug.
    """
    day, facts = _as_of(query)
    several = SEVERAL.union(facet.slug for facet in facts.facets)
    query, retired = _without_retired(separated(query, several), facts)
    kind = UseCaseForm(query, use_cases=use_cases.known_use_cases())
    filters = FrameworkFilter(query, facets=facts.facets, criteria=facts.criteria, frameworks=facts.by_slug)
    selection = Selection(facts, {**must_haves(kind.chosen), **filters.predicates})
    weighing = _weighing(query, facts)
    cleaned = day.clean_data | kind.clean_data | filters.applied | weighing.clean_data
    usual = use_cases.weighing(kind.chosen, facts.criteria)
    view = View.read(cleaned, [facet.slug for facet in facts.facets]).plain(usual)
    paging = PageForm(query, pages=pages_of(len(selection.places)), of=view.of)
    said = _notices(query, day, kind, filters.form, weighing, paging)
    return Filtered(
        query=query,
        facts=facts,
        view=view.but(page=paging.clean_data.get("page") or 1),
        places=selection.places,
        day=day,
        kind=kind,
        weighing=weighing,
        strays=said,
        filters=filters,
        selection=selection,
        paging=paging,
        retired=[*retired, *_retired_needs(kind.chosen, facts)],
        detail=detail,
        folds=folds,
    )


def side_by_side(
    query: QueryDict, slugs: Sequence[str], *, folds: bool = True, detail: Detail = Detail.CLAIMS
) -> Comparison:
    """Build the side by side of the frameworks in `slugs` that are compared, the baseline first.

    If a row is open, or the evidence is shown, the cells have their claims in any case.

    Raises Renamed where the address uses a former slug.
    """
    day, facts = _as_of(query)
    query, retired = _without_retired(separated(query, SEVERAL), facts)
    gone = [facts.catalogue.retired.get(("framework", slug)) for slug in slugs]
    slugs = [slug for slug, fact in zip(slugs, gone, strict=True) if fact is None]
    parties = {slug: facts.by_slug[slug] for slug in slugs if slug in facts.by_slug}
    kind = UseCaseForm(query, use_cases=use_cases.known_use_cases())
    weighing = WeighingForm(query, criteria=facts.criteria, frameworks=parties)
    usual = use_cases.weighing(kind.chosen, facts.criteria)
    view = View.read(day.clean_data | kind.clean_data | weighing.clean_data, []).side_by_side().plain(usual)
    said = _notices(query, day, kind, weighing)
    return Comparison(
        query=query,
        facts=facts,
        view=view,
        places=facts.places(sorted(parties, key=lambda slug: slug != view.baseline)),
        day=day,
        kind=kind,
        weighing=weighing,
        strays=said,
        detail=Detail.CLAIMS if view.rows or view.evidence else detail,
        folds=folds,
        slugs=slugs,
        retired=[
            *(("", fact) for fact in gone if fact is not None),
            *retired,
            *_retired_needs(kind.chosen, facts),
        ],
    )


def ticked(query: QueryDict) -> Comparison:
    """Build the comparison of the frameworks that are ticked in a matrix; `view.framework` names those that exist.

    Raises Renamed where the address uses a former slug.
    """
    day, facts = _as_of(query)
    query, retired = _without_retired(separated(query, SEVERAL), facts)
    kind = UseCaseForm(query, use_cases=use_cases.known_use_cases())
    weighing = _weighing(query, facts)
    view = View.read(day.clean_data | kind.clean_data | weighing.clean_data, [])
    said = _notices(query, day, kind, weighing)
    return Comparison(
        query=query,
        facts=facts,
        view=view,
        places=np.sort(facts.places(view.framework)),
        day=day,
        kind=kind,
        weighing=weighing,
        strays=said,
        retired=retired,
    )


def _without_retired(
    query: QueryDict, facts: Facts
) -> tuple[QueryDict, list[tuple[str, Framework | Criterion]]]:
    """Return the query without the values that name something retired, and what these name."""
    naming = [
        (parameter, value, names)
        for parameter, values in query.lists()
        for value in values
        if (names := old_addresses.names_in(parameter, value))
    ]
    retired = facts.catalogue.retired if naming else {}
    if not retired:
        return query, []
    left, named = query.copy(), []
    for parameter, value, names in naming:
        for name in names & retired.keys():
            named.append((parameter, retired[name]))
            left.setlist(parameter, [other for other in left.getlist(parameter) if other != value])
    for parameter in {parameter for parameter, _ in named if not left.getlist(parameter)}:
        del left[parameter]
    return left, named


def _retired_needs(use_case: UseCase | None, facts: Facts) -> list[tuple[str, Framework | Criterion]]:
    """Return the criteria of must-haves that are retired, so that frameworks need not meet these."""
    named = (need.criterion for need in use_case.needs.all() if need.criterion) if use_case else ()
    return [
        ("", fact)
        for criterion in named
        if (fact := facts.catalogue.retired.get(("criterion", criterion.slug)))
    ]


def every_parameter() -> QueryDict:
    """Return a query that names every parameter of a comparison and gives none a value."""
    facts, query = current_facts(), QueryDict(mutable=True)
    criteria = [criterion.slug for criterion in facts.criteria]
    for name in [
        *PARAMETERS,
        *(facet.slug for facet in facts.facets),
        *(prefix + slug for prefix in (MINIMUM, WEIGHT) for slug in criteria),
    ]:
        query.setlist(name, [])
    return query


def _weighing(query: QueryDict, facts: Facts) -> WeighingForm:
    """Return the form over all frameworks. Where the page cannot list them, the baseline is typed by name."""
    named = None if facts.catalogue.are_listed else facts.catalogue.named
    return WeighingForm(query, criteria=facts.criteria, frameworks=facts.by_slug, named=named)


def pages_of(frameworks: int) -> int:
    """Return how many pages so many frameworks take, at least 1."""
    return max(1, -(-frameworks // LISTED))


def _notices(query: QueryDict, *forms: Form) -> Sequence[str]:
    """Return one sentence for each parameter that is not in effect. Raises Renamed where one uses a former slug."""
    said = [*notices(query, *forms)]
    if said:
        old_addresses.follow(query)
    return said


def _as_of(query: QueryDict) -> tuple[DayForm, Facts]:
    """Return the form and the facts of the day it names; today’s if it names none or the day is not valid."""
    form = DayForm(query, today=timezone.localdate())
    return form, at_end_of(form.day) if form.day else current_facts()


def newest_revision(query: QueryDict) -> Revision | None:
    """Return the newest public revision up to the day in the query.

    Call this before fetching the facts, so that they are never older than the revision.
    """
    day = DayForm(query, today=timezone.localdate()).day
    return Revision.objects.public().until(_last_moment(day)) if day else _newest_revision()


@memory.for_each_version
def _newest_revision() -> Revision | None:
    # Whatever the clock says: it may have been put back since, and this is kept until the next change.
    return Revision.objects.public().order_by("-pk").first()


def stood_at(day: date | None, now: datetime) -> datetime:
    """Return the last moment whose facts a comparison shows: the end of `day`, or now."""
    return now if day is None else _last_moment(day)


def _last_moment(day: date) -> datetime:
    return end_of(day) - datetime.resolution
