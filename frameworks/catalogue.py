"""Provide what is compared and by what, apart from scores and evidence: frameworks, criteria, facets, traits.

Most edits are of scores and evidence, and leave it as it is.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from django.conf import settings

from .arrays import NOWHERE, Places, places_by_key
from .columns import Rows
from .models import Criterion, Facet, Framework, Source
from .models.catalogue import in_one_line
from .text.folding import folded, without_spaces

#: How many frameworks a page shows, and up to how many a control lists all of them. Of more, each is found by its name.
LISTED = 50


class CatalogueLoader(Protocol):
    """Where the catalogue is read from. Each property is read once only."""

    @property
    def frameworks(self) -> Iterable[Framework]:
        """Return the frameworks with a page, retired or not."""

    @property
    def criteria(self) -> Iterable[Criterion]:
        """Return the scored criteria, retired or not, in order."""

    @property
    def facets(self) -> Iterable[Facet]: ...

    @property
    def traits(self) -> Rows:
        """Return framework and facet value, by primary key."""

    @property
    def sources(self) -> Iterable[tuple[int, str, str]]:
        """Return primary key, short name and kind of each source that is not retired."""


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
        """Return the frameworks that are compared, by name, each of which knows its kind. Their number here is their
        place."""
        for framework, line in zip(self._frameworks, self._kind_lines(), strict=True):
            framework.kind_line = line
        return self._frameworks

    @cached_property
    def _frameworks(self) -> tuple[Framework, ...]:
        current = (framework for framework in self._public if not framework.is_retired)
        return tuple(sorted(current, key=lambda framework: framework.name.casefold()))

    @cached_property
    def _public(self) -> tuple[Framework, ...]:
        return tuple(self.loader.frameworks)

    @cached_property
    def _scored(self) -> tuple[Criterion, ...]:
        return tuple(self.loader.criteria)

    @cached_property
    def retired(self) -> Mapping[tuple[str, str], Framework | Criterion]:
        """Return the frameworks and criteria that are retired, by kind and slug."""
        return {
            (kind, fact.slug): fact
            for kind, facts in (("framework", self._public), ("criterion", self._scored))
            for fact in facts
            if fact.is_retired
        }

    @cached_property
    def keys(self) -> Sequence[int]:
        """Return the primary key of each framework."""
        return [framework.pk for framework in self._frameworks]

    @cached_property
    def by_slug(self) -> Mapping[str, Framework]:
        return {framework.slug: framework for framework in self.frameworks}

    @cached_property
    def place(self) -> Mapping[str, int]:
        """Return the place of each framework, by slug."""
        return {framework.slug: number for number, framework in enumerate(self.frameworks)}

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """Return the scored criteria that count, in order, each with its group."""
        return tuple(criterion for criterion in self._scored if not criterion.is_retired)

    @cached_property
    def column(self) -> Mapping[str, int]:
        """Return the number of each criterion, by slug."""
        return {criterion.slug: number for number, criterion in enumerate(self.criteria)}

    @cached_property
    def facets(self) -> tuple[Facet, ...]:
        """Return the facets, in order, each with its values."""
        return tuple(self.loader.facets)

    @cached_property
    def sources(self) -> Mapping[int, str]:
        """Return the short name of each source, by primary key."""
        return {pk: name for pk, name, _ in self._sources}

    @cached_property
    def source_kinds(self) -> Mapping[str, Sequence[int]]:
        """Return the primary keys of the sources of each kind but articles, in the order of the kinds."""
        keys = {
            kind: [pk for pk, _, other in self._sources if other == kind]
            for kind in Source.Kind.values
            if kind != Source.Kind.ARTICLE
        }
        return {kind: own for kind, own in keys.items() if own}

    @cached_property
    def _sources(self) -> tuple[tuple[int, str, str], ...]:
        return tuple(self.loader.sources)

    @cached_property
    def search_texts(self) -> Sequence[tuple[str, str, str]]:
        """Return the name and the tagline of each framework, folded, and the name without spaces."""
        return [
            (folded(framework.name), folded(framework.tagline), without_spaces(framework.name))
            for framework in self.frameworks
        ]

    def contains(self, text: str) -> list[bool]:
        """Return, for each framework, whether its name or tagline contains this text. Case and accents do not count,
        nor do spaces and punctuation in a name."""
        wanted, bare_text = folded(text), without_spaces(text)
        return [
            wanted in name or wanted in tagline or bool(bare_text and bare_text in bare)
            for name, tagline, bare in self.search_texts
        ]

    @property
    def are_listed(self) -> bool:
        """Return whether the frameworks are few enough for a control to list all of them."""
        return len(self.frameworks) <= LISTED

    @cached_property
    def by_name(self) -> Mapping[str, Framework]:
        """Return the frameworks by folded name."""
        return {folded(framework.name): framework for framework in self.frameworks}

    @cached_property
    def by_bare_name(self) -> Mapping[str, Framework]:
        """Return the frameworks by bare name, where it has letters or digits and no other has the same."""
        counts = Counter(bare for *_, bare in self.search_texts)
        return {
            bare: framework
            for framework, (*_, bare) in zip(self.frameworks, self.search_texts, strict=True)
            if bare and counts[bare] == 1
        }

    def named(self, text: str) -> Framework | None:
        """Return the framework that has this slug or this name, as folded; None if there is none."""
        wanted = folded(text)
        return (
            self.by_slug.get(wanted)
            or self.by_name.get(wanted)
            or self.by_bare_name.get(without_spaces(text))
        )

    def find(self, text: str) -> list[Framework]:
        """Return the frameworks whose name or tagline contains this text, as `contains` says.

        Those whose name begins with it come first, then those whose name contains it, each A to Z.
        """
        wanted = folded(text)
        hits = [
            (not name.startswith(wanted), wanted not in name, place)
            for place, ((name, *_), contains) in enumerate(
                zip(self.search_texts, self.contains(text), strict=True)
            )
            if contains
        ]
        return [self.frameworks[place] for *_, place in sorted(hits)]

    @cached_property
    def holders(self) -> Mapping[tuple[str, str], Places]:
        """Return the places of the frameworks that have a value of a facet, both given by slug."""
        places = places_by_key(self.keys, self.loader.traits)
        return {
            (facet.slug, value.slug): places[value.pk]
            for facet in self.facets
            for value in facet.values.all()
            if value.pk in places
        }

    def read_all(self) -> None:
        """Read every part."""
        _ = (
            self.by_slug,
            self.place,
            self.column,
            self.search_texts,
            self.by_name,
            self.by_bare_name,
            self.retired,
        )

    def _kind_lines(self) -> list[str]:
        """Return of what kind each framework is, by place: it need not look at its traits then."""
        names: dict[str, dict[int, list[str]]] = {
            facet: defaultdict(list) for facet in settings.TOPIC.kind_line
        }
        for facet in self.facets:
            for value in facet.values.all() if facet.slug in names else ():
                for place in self.holders.get((facet.slug, value.slug), NOWHERE).tolist():
                    names[facet.slug][place].append(value.name)
        return [
            in_one_line(by_place.get(place, ()) for by_place in names.values())
            for place in range(len(self._frameworks))
        ]
