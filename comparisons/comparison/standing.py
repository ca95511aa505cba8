"""Say where one framework stands among all under the default weights."""

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from django.conf import settings

from comparisons.arithmetic.ranking import rank_all
from comparisons.arithmetic.scoring import Fit
from frameworks.facts import Facts


@dataclass(frozen=True, slots=True)
class OverallStanding:
    """The fit of a framework, its rank among `ranked_total` that have one; None without enough evidence."""

    fit: Fit
    rank: int | None
    ranked_total: int


def overall_standing(facts: Facts, slug: str) -> OverallStanding | None:
    """Return the standing of the framework with this slug; None if it is not among the facts."""
    if slug not in facts.by_slug:
        return None
    weights = np.array([criterion.default_weight for criterion in facts.criteria], np.int64)
    ranking = rank_all(facts.arrays.scores, weights, Fraction(str(settings.MINIMUM_COVERAGE)))
    place = facts.place[slug]
    [rank] = ranking.ranks(np.array([place], np.intp))
    return OverallStanding(ranking.fit(place), rank, int(np.count_nonzero(ranking.is_ranked)))
