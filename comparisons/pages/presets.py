"""Offer weights and columns that are chosen at once: those that a source asks for, those of a group, the heaviest."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import groupby
from typing import NamedTuple

from comparisons.comparison.permalinks import WEIGHT, View, encoded
from frameworks.facts import Facts

#: No source says how much its factors weigh, so all weigh the same.
ALIKE = 5


class Preset(NamedTuple):
    """A name, such as a source’s, the parameters that it stands for, and whether the view has them."""

    name: str
    query: str
    is_set: bool


@dataclass(frozen=True, slots=True)
class WeightPresets:
    """A preset of weights for each source that names factors, by its name.

    The address of each is `before`, its query and `after`, which are the same for all.
    """

    offered: tuple[Preset, ...]
    before: str
    after: str

    @classmethod
    def of(cls, facts: Facts, view: View, path: str) -> "WeightPresets":
        slugs, offered = tuple(criterion.slug for criterion in facts.criteria), []
        for source, factors in facts.factors.items():
            weights, query = _alike(slugs, factors)
            offered.append(Preset(source, query, view.weights == weights))
        before, after = view.around(path, f"{WEIGHT}*=0", weights={"*": 0}, use_case="", page=1)
        return cls(tuple(offered), before, after)


@lru_cache(maxsize=100)
def _alike(slugs: tuple[str, ...], factors: tuple[str, ...]) -> tuple[Mapping[str, int], str]:
    """Return weights that count only these factors, all alike, and their parameters."""
    weights = {slug: ALIKE * (slug in factors) for slug in slugs}
    return weights, View(weights=weights).query()


def preset_name(offered: Iterable[Preset], has_own_weights: bool) -> str:
    """Return what the weights of a view are called: the sources that they follow, or whose they are."""
    named = ", ".join(preset.name for preset in offered if preset.is_set)
    return named or ("your own" if has_own_weights else "default")


@dataclass(frozen=True)
class ColumnPresets:
    """Presets of columns: each group, what each source says should be weighed, and the criteria that weigh at least
    half as much as the heaviest.

    The address of each is `before`, its query and `after`, which are the same for all.
    """

    facts: Facts
    chosen: tuple[str, ...]
    heaviest: Preset | None
    before: str
    after: str

    @classmethod
    def of(cls, facts: Facts, weights: Mapping[str, int], view: View, path: str) -> "ColumnPresets":
        """Build them for a view under `weights` (0 to 10, by slug)."""
        most = max(weights.values(), default=0)
        heaviest = tuple(slug for slug, weight in weights.items() if 2 * weight >= most > 0)
        return cls(
            facts,
            view.criteria,
            _preset("the heaviest", heaviest, facts, view.criteria),
            *view.around(path, "criteria=*", criteria=("*",)),
        )

    @property
    def key(self) -> Hashable:
        """Return what decides on the presets that follow from no weights, beside the criteria and their groups."""
        return self.chosen, *self.facts.factors.items()

    @cached_property
    def offered(self) -> list[Preset]:
        """Return those that follow from no weights and show neither all columns nor none."""
        presets = (_preset(name, slugs, self.facts, self.chosen) for name, slugs in self._columns())
        return [preset for preset in presets if preset]

    def _columns(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        for group, members in groupby(self.facts.criteria, lambda criterion: criterion.group):
            yield group.name, tuple(criterion.slug for criterion in members)
        for source, factors in self.facts.factors.items():
            yield f"what {source} weighs", factors


def _preset(name: str, slugs: tuple[str, ...], facts: Facts, chosen: tuple[str, ...]) -> Preset | None:
    """Return the preset of these columns, or None if they are all or none."""
    if not 0 < len(slugs) < len(facts.criteria):
        return None
    return Preset(name, "&".join(encoded("criteria", slug) for slug in slugs), chosen == slugs)
