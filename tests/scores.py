"""Turn scores by name into arrays, as the facts hold them."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np

from comparisons.arithmetic import ranking, scoring


def array_of(scores: Mapping[str, scoring.Scores], criteria: Sequence[str]) -> ranking.Scores:
    """Return a row for each name, in alphabetical order, and a column for each criterion."""
    rows = [[rated.get(criterion) or 0 for criterion in criteria] for _, rated in sorted(scores.items())]
    return np.array(rows, np.int8).reshape(len(scores), len(criteria))


def first(
    scores: Mapping[str, scoring.Scores], weights: Mapping[str, int], minimum_coverage: Fraction
) -> tuple[int, ...]:
    """Return the places of those who lead, in the order of `array_of`, from the exact fits themselves."""
    fits = [scoring.fit(rated, weights) for _, rated in sorted(scores.items())]
    ranks = scoring.rank([fit.value if fit.coverage >= minimum_coverage else None for fit in fits])
    return tuple(place for place, rank in enumerate(ranks) if rank == 1)
