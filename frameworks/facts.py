"""Provide the facts that comparisons are built from, of today or of a past day, as an object with one interface.

Today's facts come from their tables (`serving.memory.current_facts`), those of a past day from the revisions
(`record.asof.at_end_of`). Code that shows or weighs them need not know which.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import Protocol

import numpy as np
from django.db.models import IntegerField
from django.db.models.functions import Cast

from .arrays import NOWHERE, FactArrays, Places
from .catalogue import Catalogue, CatalogueLoader
from .cells import Cell, KindCounts, Tally, by_cell
from .columns import CompiledColumns, Rows, rows_of
from .models import Claim, Criterion, Facet, Framework, Rating, Source, Trait

CellRow = tuple[Cell, ...]
"""The cells of one framework, in the order of the criteria."""


class Detail(IntEnum):
    """How much of a cell is shown: score and number of claims, also the rating in words, or also the claims."""

    SCORES = 1
    VERDICTS = 2
    CLAIMS = 3


#: Of how many frameworks the cells are kept with the facts, at most, in each detail.
ROWS_IN_MEMORY = {Detail.SCORES: 2_000, Detail.VERDICTS: 500, Detail.CLAIMS: 200}


class FactLoader(CatalogueLoader, Protocol):
    """Where facts are read from. Each property is read once only; those that are numbers name primary keys."""

    @property
    def scores(self) -> Rows:
        """Return framework, criterion and score of each published rating."""

    @property
    def readings(self) -> Rows:
        """Return framework, criterion, joint criterion and reading (0 for none of each), source, and 1 for a factor, of
        each published claim."""

    def ratings_of(self, frameworks: Collection[Framework]) -> Iterable[Rating]:
        """Return the published ratings of these frameworks."""

    def claims_about(self, frameworks: Collection[Framework]) -> Iterable[Claim]: ...


@dataclass(frozen=True, slots=True)
class Extent:
    """How much evidence there is in all: published claims, those with a reading, sources, published ratings, and those
    in dispute."""

    claim_total: int
    reading_total: int
    source_total: int
    rating_total: int
    dispute_total: int


@dataclass(frozen=True, eq=False)
class Facts:
    """All public facts that are compared, as they are at one moment. Immutable.

    Each part is read at its first use and then cached. Ratings in words and claims are read only for the frameworks
    whose cells show them.
    """

    loader: FactLoader = field(repr=False)
    #: Whether nothing at all had been recorded by then.
    is_blank: bool = False
    #: The version of the record that they were read at; empty if what is made of them is not to be kept.
    mark: str = ""
    #: The catalogue, if it is known already.
    known_catalogue: Catalogue | None = None

    @cached_property
    def catalogue(self) -> Catalogue:
        return self.known_catalogue or Catalogue(self.loader)

    @property
    def frameworks(self) -> tuple[Framework, ...]:
        """Return the frameworks that are compared, by name. Their number here is their place."""
        return self.catalogue.frameworks

    @property
    def by_slug(self) -> Mapping[str, Framework]:
        return self.catalogue.by_slug

    @property
    def place(self) -> Mapping[str, int]:
        """Return the number of each framework's row in the arrays, by slug."""
        return self.catalogue.place

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """Return the scored criteria, in order, each with its group."""
        return self.catalogue.criteria

    @property
    def column(self) -> Mapping[str, int]:
        """Return the number of each criterion's column in the arrays, by slug."""
        return self.catalogue.column

    @property
    def facets(self) -> tuple[Facet, ...]:
        """Return the facets, in order, each with its values."""
        return self.catalogue.facets

    def places(self, slugs: Iterable[str]) -> Places:
        """Return the numbers of these frameworks' rows in the arrays, in the order given."""
        return np.array([self.place[slug] for slug in slugs], np.intp)

    def holders(self, facet: str, value: str) -> Places:
        """Return the places of the frameworks that have this value of this facet, both given by slug."""
        return self.catalogue.holders.get((facet, value), NOWHERE)

    @cached_property
    def arrays(self) -> FactArrays:
        """Return scores and evidence of all frameworks, in the order of frameworks and criteria."""
        return FactArrays.build(
            self.catalogue.keys,
            [criterion.pk for criterion in self.criteria],
            scores=self.loader.scores,
            readings=self.loader.readings,
            kinds=self.catalogue.source_kinds,
        )

    @cached_property
    def extent(self) -> Extent:
        """Return how much evidence there is."""
        arrays = self.arrays
        return Extent(
            claim_total=arrays.claim_total,
            reading_total=arrays.reading_total,
            source_total=len(self.catalogue.sources),
            rating_total=arrays.rating_total,
            dispute_total=arrays.dispute_total,
        )

    @cached_property
    def factors(self) -> Mapping[str, tuple[str, ...]]:
        """Return the scored criteria that each source says should be weighed, by its short name, in their order."""
        named: dict[str, set[str]] = {}
        slugs = {criterion.pk: criterion.slug for criterion in self.criteria}
        for source, criterion in self.arrays.factors.tolist():
            if criterion in slugs:
                named.setdefault(self.catalogue.sources[source], set()).add(slugs[criterion])
        return {
            source: tuple(sorted(slugs, key=self.column.__getitem__))
            for source, slugs in sorted(named.items())
        }

    def read_all(self) -> None:
        """Read every part except ratings in words and claims, for facts that are shown to many."""
        self.catalogue.read_all()
        _ = self.arrays

    def row(self, framework: Framework, detail: Detail = Detail.SCORES) -> CellRow:
        """Return the cells of one framework, in the order of the criteria."""
        return self.rows([framework], detail)[0]

    def rows(self, frameworks: Sequence[Framework], detail: Detail = Detail.SCORES) -> list[CellRow]:
        """Return the cells of each of these frameworks, in the order of the criteria."""
        kept, limit = self._rows[detail], ROWS_IN_MEMORY[detail]
        rows = {pk: kept[pk] for framework in frameworks if (pk := framework.pk) in kept}
        missing = [framework for framework in frameworks if framework.pk not in rows]
        if missing and self.mark:
            built = self._build(self.frameworks if len(self.frameworks) <= limit else missing, detail)
            self._rows[detail] = built if len(kept) + len(built) > limit else kept | built
            rows |= built
        elif missing:
            rows |= self._build(missing, detail)
        return [rows[framework.pk] for framework in frameworks]

    @cached_property
    def _rows(self) -> dict[Detail, dict[int, CellRow]]:
        return {detail: {} for detail in Detail}

    def _build(self, frameworks: Sequence[Framework], detail: Detail) -> dict[int, CellRow]:
        ratings = self.loader.ratings_of(frameworks) if detail >= Detail.VERDICTS else ()
        rated = {(rating.framework_id, rating.criterion_id): rating for rating in ratings}
        claims = by_cell(self.loader.claims_about(frameworks)) if detail >= Detail.CLAIMS else {}
        places = [self.place[framework.slug] for framework in frameworks]
        arrays = self.arrays
        counts = (arrays.scores, arrays.claims, arrays.lowest, arrays.highest, arrays.sources)
        kinds = self._kinds_of_sources(places)
        return {
            framework.pk: tuple(
                Cell(
                    framework,
                    criterion,
                    score or None,
                    _tally(*evidence),
                    rated.get((framework.pk, criterion.pk)),
                    tuple(claims.get((framework.pk, criterion.pk), ())),
                    others,
                )
                for criterion, others, score, *evidence in zip(self.criteria, behind, *row, strict=True)
            )
            for framework, behind, *row in zip(
                frameworks, kinds, *(array[places].tolist() for array in counts), strict=True
            )
        }

    def _kinds_of_sources(self, places: Sequence[int]) -> list[list[KindCounts]]:
        """Return how many sources of each kind but articles each cell of these rows has."""
        of_kind = {kind: array[places].tolist() for kind, array in self.arrays.sources_of_kind.items()}
        return [
            [
                tuple((kind, count) for kind, rows in of_kind.items() if (count := rows[row][column]))
                if of_kind
                else ()
                for column in range(len(self.criteria))
            ]
            for row in range(len(places))
        ]


@lru_cache(maxsize=10_000)
def _tally(claims: int, lowest: int, highest: int, sources: int) -> Tally:
    """Return a tally from numbers in which 0 stands for none; the same object for the same numbers."""
    return Tally(claims, lowest or None, highest or None, sources)


_TRAITS = CompiledColumns(Trait.objects.all, "framework_id", "value_id")
_SCORES = CompiledColumns(Rating.objects.published, "framework_id", "criterion_id", "score")
_READINGS = CompiledColumns(
    lambda: Claim.objects.published().annotate(factor=Cast("is_factor", IntegerField())),
    *("framework_id", "criterion_id", "joint_criterion_id", "reading", "source_id", "factor"),
)


class TableLoader:
    """Reads facts from the tables, each part in one query or two however much there is."""

    @property
    def frameworks(self) -> Iterable[Framework]:
        return Framework.objects.public().order_by()

    @property
    def criteria(self) -> Iterable[Criterion]:
        return Criterion.objects.scored().in_order()

    @property
    def facets(self) -> Iterable[Facet]:
        return Facet.objects.prefetch_related("values")

    @property
    def traits(self) -> Rows:
        return _TRAITS.read()

    @property
    def sources(self) -> Iterable[tuple[int, str, str]]:
        return Source.objects.current().order_by().values_list("pk", "short_name", "kind")

    @property
    def scores(self) -> Rows:
        return _SCORES.read()

    @property
    def readings(self) -> Rows:
        return _READINGS.read()

    def ratings_of(self, frameworks: Collection[Framework]) -> Iterable[Rating]:
        return Rating.objects.published().filter(framework__in=frameworks).order_by()

    def claims_about(self, frameworks: Collection[Framework]) -> Iterable[Claim]:
        return Claim.objects.about(*frameworks).in_evidence().cited()


@dataclass(frozen=True, kw_only=True)
class MemoryLoader:
    """Holds facts in memory, in the order given. The claims are in the order of source and line."""

    frameworks: Iterable[Framework] = ()
    criteria: Iterable[Criterion] = ()
    facets: Iterable[Facet] = ()
    pairs: Iterable[tuple[int, int]] = ()
    ratings: Iterable[Rating] = ()
    claims: Iterable[Claim] = ()
    sources: Iterable[tuple[int, str, str]] = ()

    @property
    def traits(self) -> Rows:
        return rows_of(self.pairs, 2)

    @property
    def scores(self) -> Rows:
        return rows_of(((it.framework_id, it.criterion_id, it.score) for it in self.ratings), 3)

    @property
    def readings(self) -> Rows:
        rows = (
            (
                *(it.framework_id or 0, it.criterion_id or 0, it.joint_criterion_id or 0),
                *(it.reading or 0, it.source_id or 0, int(it.is_factor)),
            )
            for it in self.claims
        )
        return rows_of(rows, 6)

    def ratings_of(self, frameworks: Collection[Framework]) -> Iterable[Rating]:
        wanted = {framework.pk for framework in frameworks}
        return (rating for rating in self.ratings if rating.framework_id in wanted)

    def claims_about(self, frameworks: Collection[Framework]) -> Iterable[Claim]:
        wanted = {framework.pk for framework in frameworks}
        return (claim for claim in self.claims if claim.framework_id in wanted)
