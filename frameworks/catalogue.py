"""Provide what is compared and by what, apart from scores and evidence: frameworks, criteria, facets, traits.

Most edits are of scores and evidence, and leave it as it is.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from .arrays import Places, places_by_key
from .models import Criterion, Facet, Framework
from .models.catalogue import KIND, in_one_line


class CatalogueLoader(Protocol):
    """Where the catalogue is read from. Each property is read once only."""

    @property
    def frameworks(self) -> Iterable[Framework]: ...

    @property
    def criteria(self) -> Iterable[Criterion]: ...

    @property
    def facets(self) -> Iterable[Facet]: ...

    @property
    def traits(self) -> Iterable[tuple[int, int]]:
        """Return framework and facet value, by primary key."""


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The frameworks, the criteria, the facets, and which framework has which value. Immutable.

    Each part is read at its first use and then cached.
    """

    loader: CatalogueLoader = field(repr=False)
    #: The version that it was read at; empty if what is made of it is not to be kept.
    mark: str = ""

    @cached_property
    def frameworks(self) -> tuple[Framework, ...]:
        """Return the published frameworks, by name. Their number here is their place."""
        return tuple(sorted(self.loader.frameworks, key=lambda framework: framework.name.casefold()))

    @property
    def described(self) -> tuple[Framework, ...]:
        """Return the frameworks, each of which can say of what kind it is without a query."""
        _ = self.holders
        return self.frameworks

    @cached_property
    def by_slug(self) -> Mapping[str, Framework]:
        return {framework.slug: framework for framework in self.frameworks}

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Return the place of each framework, by slug."""
        return {framework.slug: number for number, framework in enumerate(self.frameworks)}

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """Return the scored criteria, in order, each with its group."""
        return tuple(self.loader.criteria)

    @cached_property
    def column(self) -> Mapping[str, int]:
        """Return the number of each criterion, by slug."""
        return {criterion.slug: number for number, criterion in enumerate(self.criteria)}

    @cached_property
    def facets(self) -> tuple[Facet, ...]:
        """Return the facets, in order, each with its values."""
        return tuple(self.loader.facets)

    @cached_property
    def search_texts(self) -> Sequence[tuple[str, str]]:
        """Return the name and the tagline of each framework, casefolded."""
        return [(framework.name.casefold(), framework.tagline.casefold()) for framework in self.frameworks]

    @cached_property
    def holders(self) -> Mapping[tuple[str, str], Places]:
        """Return the places of the frameworks that have a value of a facet, both given by slug."""
        places = places_by_key([framework.pk for framework in self.frameworks], self.loader.traits)
        holders = {
            (facet.slug, value.slug): places[value.pk]
            for facet in self.facets
            for value in facet.values.all()
            if value.pk in places
        }
        self._say_kinds(holders)
        return holders

    def read_all(self) -> None:
        """Read every part."""
        _ = self.by_slug, self.place, self.column, self.holders, self.search_texts

    def _say_kinds(self, holders: Mapping[tuple[str, str], Places]) -> None:
        """Tell each framework what kind it is, so that it need not look at its traits."""
        names: dict[str, dict[int, list[str]]] = {facet: defaultdict(list) for facet in KIND}
        for facet in self.facets:
            for value in facet.values.all() if facet.slug in names else ():
                for place in holders.get((facet.slug, value.slug), ()):
                    names[facet.slug][place].append(value.name)
        for place, framework in enumerate(self.frameworks):
            framework.kind_line = in_one_line(by_place.get(place, ()) for by_place in names.values())
