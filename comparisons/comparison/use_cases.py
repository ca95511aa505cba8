"""What a use case makes of the facts: what counts, who falls short of a must-have, how the rest rank. No queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from comparisons.models import Need, Recommendation, UseCase
from frameworks.facts import Facts
from frameworks.models import Criterion, Framework

from .filters import must_have
from .matrix import Matrix, Row, build_matrix


@dataclass(frozen=True, slots=True)
class Advice:
    """A use case with what is recommended first for it; where nothing is, what is also suitable."""

    use_case: UseCase
    leading: tuple[Recommendation, ...]

    @property
    def source_count(self) -> int:
        return len({claim.source_id for one in self.leading for claim in one.claims.all()})


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a criterion counts in a use case, and by default."""

    criterion: Criterion
    weight: int

    @property
    def step(self) -> int:
        return self.weight - self.criterion.default_weight


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A must-have that a framework does not meet, with its score where that is what falls short."""

    need: Need
    score: int | None


@dataclass(frozen=True, slots=True)
class Short:
    """A framework that is not on the use case's table, and why."""

    row: Row
    shortfalls: tuple[Shortfall, ...]


def advice(use_case: UseCase) -> Advice:
    said = list(use_case.recommendations.all())
    for strength in (Recommendation.Strength.FIRST, Recommendation.Strength.SUITABLE):
        if leading := tuple(one for one in said if one.strength == strength):
            return Advice(use_case, leading)
    return Advice(use_case, ())


def weighing(use_case: UseCase | None, criteria: Sequence[Criterion]) -> dict[str, int]:
    """What each of these criteria counts: in the use case, or by default where it has no word on it."""
    own = {one.criterion.slug: one.weight for one in use_case.weights.all()} if use_case else {}
    return {criterion.slug: own.get(criterion.slug, criterion.default_weight) for criterion in criteria}


def weighed(table: Matrix) -> list[Weighed]:
    """Heaviest first, those that weigh the same in the table's order."""
    found = [Weighed(criterion, table.weights[criterion.slug]) for criterion in table.criteria]
    return sorted(found, key=lambda one: -one.weight)


def falling_short(
    use_case: UseCase | None, facts: Facts, frameworks: Iterable[Framework]
) -> dict[Framework, list[Shortfall]]:
    """Those of the frameworks that do not meet every must-have, each with which."""
    needs = [(need, must_have(need)) for need in use_case.needs.all()] if use_case else []
    found = {
        framework: [
            Shortfall(need, facts.scores(framework).get(need.criterion.slug) if need.criterion else None)
            for need, is_met in needs
            if not is_met(framework, facts)
        ]
        for framework in frameworks
    }
    return {framework: missing for framework, missing in found.items() if missing}


def standings(use_case: UseCase, facts: Facts, *, minimum_coverage: float) -> tuple[Matrix, list[Short]]:
    """The matrix of the use case, as its own address shows it, and those whom its must-haves keep off it."""
    missing = falling_short(use_case, facts, facts.frameworks)
    weights = weighing(use_case, facts.criteria)

    def table(*of: Framework) -> Matrix:
        return build_matrix(facts, of, weights=weights, minimum_coverage=minimum_coverage)

    off = table(*missing)
    return (
        table(*(framework for framework in facts.frameworks if framework not in missing)),
        [Short(row, tuple(missing[row.framework])) for row in (*off.ranked, *off.unranked)],
    )
