"""Apply a use case to the facts: its weights, its must-haves and the ranking."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from comparisons.models import Need, Recommendation, UseCase
from frameworks.facts import Facts
from frameworks.models import Criterion, Framework
from frameworks.serving import memory

from .filters import Selection, must_have, must_haves
from .matrix import FIRST, Matrix, Row, build_matrix


@dataclass(frozen=True, slots=True)
class Advice:
    """A use case with its first recommendations, or if there are none, those that are also suitable."""

    use_case: UseCase
    leading: tuple[Recommendation, ...]

    @property
    def source_count(self) -> int:
        return len(
            {claim.source_id for recommendation in self.leading for claim in recommendation.claims.all()}
        )


@dataclass(frozen=True, slots=True)
class Weighed:
    """A criterion with its weight in a use case."""

    criterion: Criterion
    weight: int

    @property
    def step(self) -> int:
        return self.weight - self.criterion.default_weight


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A must-have that a framework does not meet, with its score if the must-have is a minimum score."""

    need: Need
    score: int | None


@dataclass(frozen=True, slots=True)
class ExcludedFramework:
    """A framework that is not on the use case's table, with the must-haves that it does not meet."""

    row: Row
    shortfalls: tuple[Shortfall, ...]


@memory.for_each_catalogue
def known_use_cases() -> tuple[UseCase, ...]:
    """Return all use cases with their weights and must-haves."""
    return tuple(UseCase.objects.with_demands())


def advice(use_case: UseCase) -> Advice:
    """Return the recommendations to show for a use case: the strongest kind that it has."""
    recommendations = list(use_case.recommendations.all())
    for strength in (Recommendation.Strength.FIRST, Recommendation.Strength.SUITABLE):
        if leading := tuple(item for item in recommendations if item.strength == strength):
            return Advice(use_case, leading)
    return Advice(use_case, ())


def weighing(use_case: UseCase | None, criteria: Sequence[Criterion]) -> dict[str, int]:
    """Return the weight of each criterion by slug, 0 to 10: that of the use case, or else the default."""
    own = {weight.criterion.slug: weight.weight for weight in use_case.weights.all()} if use_case else {}
    return {criterion.slug: own.get(criterion.slug, criterion.default_weight) for criterion in criteria}


def weighed(table: Matrix) -> list[Weighed]:
    """Return the criteria with their weights, heaviest first; equal weights keep the table's order."""
    criteria = [Weighed(criterion, table.weights[criterion.slug]) for criterion in table.criteria]
    return sorted(criteria, key=lambda criterion: -criterion.weight)


def falling_short(
    use_case: UseCase | None, facts: Facts, frameworks: Iterable[Framework]
) -> dict[Framework, list[Shortfall]]:
    """Return those of these frameworks that do not meet every must-have, each with those that it does not meet."""
    needs = [(need, must_have(need)(facts)) for need in use_case.needs.all()] if use_case else []
    shortfalls = {
        framework: [
            Shortfall(need, _score(facts, framework, need))
            for need, is_met in needs
            if not is_met[facts.place[framework.slug]]
        ]
        for framework in frameworks
    }
    return {framework: missing for framework, missing in shortfalls.items() if missing}


def _score(facts: Facts, framework: Framework, need: Need) -> int | None:
    """Return the score under the criterion of a must-have, if it has one and the framework is rated."""
    scores = {cell.criterion: cell.score for cell in facts.row(framework)}
    return scores.get(need.criterion) if need.criterion else None


def standings(
    use_case: UseCase, facts: Facts, *, minimum_coverage: float
) -> tuple[Matrix, Matrix, list[ExcludedFramework]]:
    """Return the matrix of the use case, as its own address shows it, that of those that it excludes, and these.

    Each has its first portion.
    """
    table, excluded = (
        build_matrix(
            facts,
            np.flatnonzero(passes),
            weights=weighing(use_case, facts.criteria),
            minimum_coverage=minimum_coverage,
            portion=FIRST,
        )
        for needs in [Selection(facts, must_haves(use_case)).without("")]
        for passes in (needs, ~needs)
    )
    rows = [*excluded.ranked, *excluded.unranked]
    missing = falling_short(use_case, facts, [row.framework for row in rows])
    return table, excluded, [ExcludedFramework(row, tuple(missing[row.framework])) for row in rows]
