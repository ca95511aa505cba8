"""Provide the facts that comparisons are built from, of today or of a past day, as an object with one interface.

Today's facts come from their tables (`serving.memory.current_facts`), those of a past day from the revisions
(`record.asof.at_end_of`). Code that shows or weighs them need not know which.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from .cells import Cell, Key, Tally, build_cells, by_cell, tallied, tally
from .dispute import is_disputed
from .models import Claim, Criterion, Facet, Framework, Rating, Source

#: Of how many claims all are kept with the facts, at most. More than that are read for each page.
CLAIMS_IN_MEMORY = 20_000


class FactLoader(Protocol):
    """Where facts are read from. Each property is read once only."""

    @property
    def frameworks(self) -> Iterable[Framework]: ...

    @property
    def criteria(self) -> Iterable[Criterion]: ...

    @property
    def facets(self) -> Iterable[Facet]: ...

    @property
    def ratings(self) -> Iterable[Rating]: ...

    @property
    def tallies(self) -> Mapping[Key, Tally]: ...

    @property
    def totals(self) -> tuple[int, int]:
        """Return the number of published claims, and of sources."""

    def claims_about(self, frameworks: Collection[Framework]) -> Iterable[Claim]: ...


@dataclass(frozen=True, slots=True)
class Extent:
    """How much evidence there is in all: published claims, sources, and published ratings in dispute."""

    claim_total: int
    source_total: int
    dispute_total: int


@dataclass(frozen=True, eq=False)
class Facts:
    """All public facts that are compared, as they are at one moment. Immutable.

    Each part is read at its first use and then cached. The claims are read only where a page shows claims, and unless
    these facts are kept in memory, only for the frameworks on it.
    """

    loader: FactLoader = field(repr=False)
    #: Whether nothing at all had been recorded by then.
    is_blank: bool = False
    #: The version of the record that they were read at; empty if what is made of them is not to be kept.
    mark: str = ""

    @cached_property
    def frameworks(self) -> tuple[Framework, ...]:
        """Return the published frameworks, by name, each with its traits."""
        return tuple(self.loader.frameworks)

    @cached_property
    def by_slug(self) -> Mapping[str, Framework]:
        return {framework.slug: framework for framework in self.frameworks}

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """Return the scored criteria, in order, each with its group."""
        return tuple(self.loader.criteria)

    @cached_property
    def facets(self) -> tuple[Facet, ...]:
        """Return the facets, in order, each with its values."""
        return tuple(self.loader.facets)

    @cached_property
    def ratings(self) -> Mapping[Key, Rating]:
        """Return the published ratings, by cell."""
        return {(rating.framework_id, rating.criterion_id): rating for rating in self.loader.ratings}

    @cached_property
    def tallies(self) -> Mapping[Key, Tally]:
        """Return the tally of every cell that has claims."""
        return self.loader.tallies

    @cached_property
    def extent(self) -> Extent:
        """Return how much evidence there is."""
        tallies = (self.tallies.get(key, Tally()) for key in self.ratings)
        return Extent(*self.loader.totals, sum(is_disputed(tally.spread) for tally in tallies))

    def read_all(self) -> None:
        """Read every part except the claims, for facts that are shown to many."""
        _ = (
            self.frameworks,
            self.criteria,
            self.facets,
            self.ratings,
            self.tallies,
            self._scores,
            self._values,
        )

    def scores(self, framework: Framework) -> Mapping[str, int | None]:
        """Return the framework's scores, 1 to 5, by the criterion's slug; None where it is not rated."""
        return self._scores[framework.pk]

    def values(self, framework: Framework, facet: str) -> Collection[str]:
        """Return the slugs of the framework's values of one facet, given by slug."""
        return self._values[framework.pk].get(facet, ())

    def claims(self, framework: Framework, criterion: Criterion) -> tuple[Claim, ...]:
        """Return the claims of one cell, in the order of source and line."""
        return tuple(self._claims_by_cell([framework]).get((framework.pk, criterion.pk), ()))

    def cells(self, frameworks: Collection[Framework], *, with_claims: bool = False) -> dict[Key, Cell]:
        """Return at least every cell of these frameworks; with all claims, or with their number and range only."""
        if not with_claims:
            return self._cells if self.mark else build_cells(frameworks, *self._scored, self.tallies, {})
        claims = self._claims_by_cell(frameworks)
        is_kept = claims is self._claims
        tallies = self.tallies if is_kept else {key: tally(evidence) for key, evidence in claims.items()}
        return build_cells(frameworks, *self._scored, tallies, claims)

    @cached_property
    def _cells(self) -> dict[Key, Cell]:
        """Return all cells, without claims, for facts that are kept in memory."""
        return build_cells(self.frameworks, *self._scored, self.tallies, {})

    @property
    def _scored(self) -> tuple[Sequence[Criterion], Mapping[Key, Rating]]:
        return self.criteria, self.ratings

    def _claims_by_cell(self, frameworks: Collection[Framework]) -> Mapping[Key, Sequence[Claim]]:
        return by_cell(self.loader.claims_about(frameworks)) if self._claims is None else self._claims

    @cached_property
    def _claims(self) -> Mapping[Key, Sequence[Claim]] | None:
        """Return all claims by cell; None for facts that serve one request, and if there are too many to keep."""
        if not self.mark or sum(tally.claims for tally in self.tallies.values()) > CLAIMS_IN_MEMORY:
            return None
        return by_cell(self.loader.claims_about(self.frameworks))

    @cached_property
    def _scores(self) -> Mapping[int, Mapping[str, int | None]]:
        return {
            framework.pk: {
                criterion.slug: rating.score if rating else None
                for criterion in self.criteria
                for rating in [self.ratings.get((framework.pk, criterion.pk))]
            }
            for framework in self.frameworks
        }

    @cached_property
    def _values(self) -> Mapping[int, Mapping[str, Collection[str]]]:
        values: dict[int, dict[str, list[str]]] = {}
        for framework in self.frameworks:
            by_facet = values[framework.pk] = defaultdict(list)
            for trait in framework.traits.all():
                by_facet[trait.value.facet.slug].append(trait.value.slug)
        return values


class TableLoader:
    """Reads facts from the tables, each part in one query or two however much there is."""

    @property
    def frameworks(self) -> Iterable[Framework]:
        return Framework.objects.published().with_traits()

    @property
    def criteria(self) -> Iterable[Criterion]:
        return Criterion.objects.scored().in_order()

    @property
    def facets(self) -> Iterable[Facet]:
        return Facet.objects.prefetch_related("values")

    @property
    def ratings(self) -> Iterable[Rating]:
        return Rating.objects.published().order_by()

    @property
    def tallies(self) -> Mapping[Key, Tally]:
        return tallied(Claim.objects.filter(framework__is_published=True))

    @property
    def totals(self) -> tuple[int, int]:
        return Claim.objects.published().count(), Source.objects.count()

    def claims_about(self, frameworks: Collection[Framework]) -> Iterable[Claim]:
        return Claim.objects.about(*frameworks).cited()


@dataclass(frozen=True, kw_only=True)
class MemoryLoader:
    """Holds facts in memory, in the order given. The claims are in the order of source and line."""

    frameworks: Iterable[Framework] = ()
    criteria: Iterable[Criterion] = ()
    facets: Iterable[Facet] = ()
    ratings: Iterable[Rating] = ()
    claims: Iterable[Claim] = ()
    totals: tuple[int, int] = (0, 0)

    @property
    def tallies(self) -> Mapping[Key, Tally]:
        return {key: tally(claims) for key, claims in by_cell(self.claims).items()}

    def claims_about(self, frameworks: Collection[Framework]) -> Iterable[Claim]:
        wanted = {framework.pk for framework in frameworks}
        return (claim for claim in self.claims if claim.framework_id in wanted)
