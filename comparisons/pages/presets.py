"""Offer the weights that sources ask for: those criteria alike that a source says should be weighed, and no others."""

from collections.abc import Iterable
from dataclasses import dataclass

from comparisons.comparison.permalinks import View
from frameworks.facts import Facts

#: No source says how much its factors weigh, so all weigh the same.
ALIKE = 5


@dataclass(frozen=True, slots=True)
class Preset:
    """A source, the address of a view weighed as it says, and whether that is shown."""

    source: str
    url: str
    is_set: bool


def presets(facts: Facts, view: View, path: str) -> list[Preset]:
    """Return a preset for each source that names factors, by its name."""
    offered = []
    for source, factors in facts.factors.items():
        weights = {criterion.slug: ALIKE * (criterion.slug in factors) for criterion in facts.criteria}
        url = view.url(path, weights=weights, use_case="", page=1)
        offered.append(Preset(source, url, view.weights == weights))
    return offered


def preset_name(offered: Iterable[Preset], has_own_weights: bool) -> str:
    """Return what the weights of a view are called: the sources that they follow, or whose they are."""
    named = ", ".join(preset.source for preset in offered if preset.is_set)
    return named or ("your own" if has_own_weights else "default")
