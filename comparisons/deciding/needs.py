"""Find what must be added to each framework to meet a visitor's needs, and what no source names. No queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from operator import attrgetter
from typing import Self
from urllib.parse import urlencode

import numpy as np
from django.http import QueryDict
from django.urls import reverse

from comparisons.comparison.forms import clip
from comparisons.comparison.permalinks import NEED, View
from frameworks.arrays import NOWHERE, Places, places_by_key
from frameworks.catalogue import LISTED
from frameworks.columns import Rows
from frameworks.facts import Facts
from frameworks.models import CAPABILITY, Addition, FacetValue, Framework
from frameworks.pages.provisions import Provision, provisions
from frameworks.text.mangled import unknown
from frameworks.text.several import separated

#: How many frameworks the link to a comparison sets side by side.
SIDE_BY_SIDE = 3


@dataclass(frozen=True, slots=True)
class Needs:
    """The capabilities that a visitor has ticked, in the order in which they are listed."""

    capabilities: tuple[FacetValue, ...]
    unknown: tuple[str, ...] = ()
    #: Sentences about parameters that are none of the page's.
    strays: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: QueryDict, offered: Sequence[FacetValue]) -> Self:
        """Read the query string. Slugs that are not offered serve only for the notice."""
        slugs = dict.fromkeys(slug for slug in separated(query, {NEED}).getlist(NEED) if slug)
        known = {capability.slug for capability in offered}
        return cls(
            tuple(capability for capability in offered if capability.slug in slugs),
            tuple(slug for slug in slugs if slug not in known),
            tuple(unknown(query, {NEED})),
        )

    @property
    def slugs(self) -> list[str]:
        return [capability.slug for capability in self.capabilities]

    def url(self, path: str) -> str:
        """Return the canonical address of these needs at `path`."""
        query = urlencode([(NEED, slug) for slug in self.slugs])
        return f"{path}?{query}" if query else path

    @property
    def notices(self) -> list[str]:
        """Return a sentence about unknown capabilities, if there are any, and one about each unknown parameter."""
        slugs = clip(", ".join(f"“{slug}”" for slug in self.unknown))
        match len(self.unknown):
            case 0:
                return [*self.strays]
            case 1:
                return [f"There is no capability {slugs}. It was ignored.", *self.strays]
            case _:
                return [f"There are no capabilities {slugs}. They were ignored.", *self.strays]


@dataclass(frozen=True, slots=True)
class Supply:
    """How one framework provides each capability that is needed."""

    framework: Framework
    provisions: tuple[Provision, ...]

    @property
    def named(self) -> list[Provision]:
        """Return the provisions that a source names."""
        return [provision for provision in self.provisions if provision.state != "unnamed"]

    @property
    def unnamed(self) -> list[FacetValue]:
        """Return the capabilities for which no source names a part or an addition."""
        return [provision.capability for provision in self.provisions if provision.state == "unnamed"]

    @property
    def built_in(self) -> int:
        return sum(provision.state == "built-in" for provision in self.provisions)

    @property
    def to_add(self) -> int:
        return sum(provision.state == "to-add" for provision in self.provisions)


@dataclass(frozen=True, slots=True)
class Holding:
    """The places of the frameworks that have a capability built in, and of those that get it by additions alone."""

    capability: FacetValue
    built_in: Places
    added: Places


def holdings(capabilities: Iterable[FacetValue], facts: Facts, additions: Rows) -> list[Holding]:
    """Return who holds each capability. `additions` are pairs of framework and capability, by primary key."""
    added = places_by_key(facts.catalogue.keys, additions)
    return [
        Holding(capability, built_in, np.setdiff1d(added.get(capability.pk, NOWHERE), built_in))
        for capability in capabilities
        for built_in in [facts.holders(CAPABILITY, capability.slug)]
    ]


@dataclass(frozen=True, slots=True)
class CapabilityRow:
    """One capability across all frameworks: the first that have it built in, and the first that get it by which
    additions, each with the number of all."""

    capability: FacetValue
    built_in: tuple[Framework, ...]
    built_in_total: int
    added: tuple[tuple[Framework, tuple[Addition, ...]], ...]
    added_total: int


@dataclass(frozen=True, kw_only=True)
class Overview:
    """For a visitor who has ticked nothing yet. `silent` are the first frameworks of which no source names anything,
    with the number of all."""

    path: str
    overview: Sequence[CapabilityRow]
    silent: Sequence[Framework]
    silent_total: int


def extended(held: Iterable[Holding], facts: Facts) -> set[int]:
    """Return the primary keys of the frameworks whose additions an overview lists."""
    return {framework.pk for holding in held for framework in _first(holding.added, facts)}


def overview(held: Sequence[Holding], facts: Facts, additions: Iterable[Addition]) -> Overview:
    """Return a row for each capability; `additions` are those of the frameworks in `extended`."""
    by_cell: dict[tuple[int, int], list[Addition]] = defaultdict(list)
    for addition in additions:
        by_cell[addition.framework_id, addition.capability_id].append(addition)
    rows = [
        CapabilityRow(
            holding.capability,
            _first(holding.built_in, facts),
            len(holding.built_in),
            tuple(
                (framework, tuple(by_cell[framework.pk, holding.capability.pk]))
                for framework in _first(holding.added, facts)
            ),
            len(holding.added),
        )
        for holding in held
    ]
    silent = standing(held, facts).silent if held else NOWHERE
    return Overview(path=_path(), overview=rows, silent=_first(silent, facts), silent_total=len(silent))


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The places of the frameworks of which a source names something that is needed, those that lack least first, and
    of the others; how many have all of it built in, and how many with additions."""

    named: Places
    silent: Places
    complete_total: int
    completable_total: int

    def listed(self, facts: Facts) -> list[Framework]:
        """Return the first of those that are named."""
        return [facts.frameworks[place] for place in self.named[:LISTED]]


def standing(held: Sequence[Holding], facts: Facts) -> Standing:
    """Order frameworks by what they hold: fewest unnamed capabilities first, then fewest additions, then by name."""
    built_in, added = (np.zeros(len(facts.frameworks), np.intp) for _ in range(2))
    for holding in held:
        built_in[holding.built_in] += 1
        added[holding.added] += 1
    unnamed = len(held) - built_in - added
    order = np.lexsort((added, unnamed))
    is_named = unnamed[order] < len(held)
    return Standing(
        named=order[is_named],
        silent=order[~is_named],
        complete_total=int(np.count_nonzero(built_in == len(held))),
        completable_total=int(np.count_nonzero((unnamed == 0) & (added > 0))),
    )


@dataclass(frozen=True, kw_only=True)
class Supplies:
    """For a visitor who has. `supplies` are the first frameworks of which a source names anything, `silent` the first
    of the others, each with the number of all; `complete_total` have all of it built in, to `completable_total`
    something must be added."""

    path: str
    supplies: Sequence[Supply]
    supply_total: int
    silent: Sequence[Framework]
    silent_total: int
    complete_total: int
    completable_total: int
    weigh_url: str
    first: Sequence[Framework]
    compare_url: str


def supplies(needs: Needs, ranked: Standing, facts: Facts, frameworks: Iterable[Framework]) -> Supplies:
    """Return what each of these frameworks has of what is needed, and where that leads.

    `frameworks` are those that `ranked` lists, in its order, each `with_provisions()`.
    """
    first = ranked.listed(facts)[:SIDE_BY_SIDE]
    view = View(facets={CAPABILITY: tuple(sorted(needs.slugs))})
    return Supplies(
        path=_path(),
        supplies=[
            Supply(framework, tuple(provisions(framework, needs.capabilities))) for framework in frameworks
        ],
        supply_total=len(ranked.named),
        silent=[facts.frameworks[place] for place in ranked.silent[:LISTED]],
        silent_total=len(ranked.silent),
        complete_total=ranked.complete_total,
        completable_total=ranked.completable_total,
        weigh_url=view.url(reverse("comparisons:matrix")) if ranked.complete_total else "",
        first=first,
        compare_url=_side_by_side(first) if len(first) > 1 else "",
    )


def _first(places: Places, facts: Facts) -> tuple[Framework, ...]:
    """Return the first of the frameworks at these places, by name."""
    frameworks = (facts.frameworks[place] for place in places)
    return tuple(nsmallest(LISTED, frameworks, key=attrgetter("name")))


def _path() -> str:
    return reverse("comparisons:capabilities")


def _side_by_side(frameworks: Sequence[Framework]) -> str:
    return reverse("comparisons:side_by_side", args=[[framework.slug for framework in frameworks]])
