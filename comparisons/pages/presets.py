"""Offer weights and columns that are chosen at once: those that a source asks for, those of a group, the heaviest."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby

from comparisons.comparison.permalinks import View
from frameworks.facts import Facts

#: No source says how much its factors weigh, so all weigh the same.
ALIKE = 5


@dataclass(frozen=True, slots=True)
class Preset:
    """A name, such as a source’s, the address of a view weighed or reduced as it says, and whether that is shown."""

    name: str
    url: str
    is_set: bool


def presets(facts: Facts, view: View, path: str) -> list[Preset]:
    """Return a preset of weights for each source that names factors, by its name."""
    offered = []
    for source, factors in facts.factors.items():
        weights = {criterion.slug: ALIKE * (criterion.slug in factors) for criterion in facts.criteria}
        url = view.url(path, weights=weights, use_case="", page=1)
        offered.append(Preset(source, url, view.weights == weights))
    return offered


def preset_name(offered: Iterable[Preset], has_own_weights: bool) -> str:
    """Return what the weights of a view are called: the sources that they follow, or whose they are."""
    named = ", ".join(preset.name for preset in offered if preset.is_set)
    return named or ("your own" if has_own_weights else "default")


def column_presets(facts: Facts, weights: Mapping[str, int], view: View, path: str) -> list[Preset]:
    """Return presets of columns: each group, what each source says should be weighed, and the criteria that weigh at
    least half as much as the heaviest under `weights` (0 to 10, by slug).

    What would show all columns or none is not offered.
    """
    heaviest = max(weights.values(), default=0)
    columns = {
        **{
            group.name: tuple(criterion.slug for criterion in members)
            for group, members in groupby(facts.criteria, lambda criterion: criterion.group)
        },
        **{f"what {source} weighs": factors for source, factors in facts.factors.items()},
        "the heaviest": tuple(slug for slug, weight in weights.items() if 2 * weight >= heaviest > 0),
    }
    return [
        Preset(name, view.url(path, criteria=slugs), view.criteria == slugs)
        for name, slugs in columns.items()
        if 0 < len(slugs) < len(facts.criteria)
    ]
