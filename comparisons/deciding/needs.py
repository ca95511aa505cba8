"""Find what must be added to each framework to meet a visitor's needs, and what no source names. No queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from comparisons.comparison.forms import clip
from comparisons.comparison.permalinks import NEED, View
from frameworks.models import CAPABILITY, Addition, FacetValue, Framework
from frameworks.pages.provisions import Provision, provisions

#: How many frameworks the link to a comparison sets side by side.
SIDE_BY_SIDE = 3


@dataclass(frozen=True, slots=True)
class Needs:
    """The capabilities that a visitor has ticked, in the order in which they are listed."""

    capabilities: tuple[FacetValue, ...]
    unknown: tuple[str, ...] = ()

    @classmethod
    def read(cls, query: QueryDict, offered: Sequence[FacetValue]) -> Self:
        """Read the query string. Slugs that are not offered serve only for the notice."""
        slugs = dict.fromkeys(query.getlist(NEED))
        known = {capability.slug for capability in offered}
        return cls(
            tuple(capability for capability in offered if capability.slug in slugs),
            tuple(slug for slug in slugs if slug not in known),
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
        """Return a sentence about unknown capabilities, if there are any."""
        slugs = clip(", ".join(f"“{slug}”" for slug in self.unknown))
        match len(self.unknown):
            case 0:
                return []
            case 1:
                return [f"There is no capability {slugs}. It was left out."]
            case _:
                return [f"There are no capabilities {slugs}. They were left out."]


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
class CapabilityRow:
    """One capability across all frameworks: which have it built in, and which get it by which additions."""

    capability: FacetValue
    built_in: tuple[Framework, ...]
    added: tuple[tuple[Framework, tuple[Addition, ...]], ...]


def supplies(frameworks: Iterable[Framework], needed: Sequence[FacetValue]) -> list[Supply]:
    """Return a supply for each framework: fewest unnamed capabilities first, then fewest additions, then by name."""
    return sorted(
        (Supply(framework, tuple(provisions(framework, needed))) for framework in frameworks),
        key=lambda supply: (len(supply.unnamed), supply.to_add, supply.framework.name.casefold()),
    )


def overview(frameworks: Sequence[Framework], capabilities: Sequence[FacetValue]) -> list[CapabilityRow]:
    """Return a row for each capability, for a visitor who has ticked nothing yet."""
    rows = [(framework, provisions(framework, capabilities)) for framework in frameworks]
    return [
        CapabilityRow(
            capability,
            tuple(framework for framework, provided in rows if provided[column].trait),
            tuple(
                (framework, provided[column].additions)
                for framework, provided in rows
                if provided[column].state == "to-add"
            ),
        )
        for column, capability in enumerate(capabilities)
    ]


@dataclass(frozen=True, kw_only=True)
class Overview:
    """For a visitor who has ticked nothing yet."""

    path: str
    overview: Sequence[CapabilityRow]


@dataclass(frozen=True, kw_only=True)
class Supplies:
    """For a visitor who has. `silent` are those of which no source names anything, `complete` those with all of it
    built in, `completable` those that something must be added to."""

    path: str
    supplies: Sequence[Supply]
    silent: Sequence[Framework]
    complete: Sequence[Supply]
    completable: Sequence[Supply]
    weigh_url: str
    first: Sequence[Framework]
    compare_url: str


def around(
    needs: Needs, frameworks: Sequence[Framework], offered: Sequence[FacetValue]
) -> Overview | Supplies:
    """Return what each framework has of what is needed, and where that leads."""
    path = reverse("comparisons:capabilities")
    if not needs.capabilities:
        return Overview(path=path, overview=overview(frameworks, offered))
    ranked = supplies(frameworks, needs.capabilities)
    named = [supply for supply in ranked if supply.named]
    complete = [supply for supply in named if supply.built_in == len(needs.capabilities)]
    first = [supply.framework for supply in named[:SIDE_BY_SIDE]]
    view = View(facets={CAPABILITY: tuple(sorted(needs.slugs))})
    return Supplies(
        path=path,
        supplies=named,
        silent=[supply.framework for supply in ranked if not supply.named],
        complete=complete,
        completable=[supply for supply in named if supply.to_add and not supply.unnamed],
        weigh_url=view.url(reverse("comparisons:matrix")) if complete else "",
        first=first,
        compare_url=_side_by_side(first) if len(first) > 1 else "",
    )


def _side_by_side(frameworks: Sequence[Framework]) -> str:
    return reverse("comparisons:side_by_side", args=[[framework.slug for framework in frameworks]])
