"""The matrix: sorted, ranked, compared. Built from objects at hand, so that no test here needs a database."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparisons.arithmetic.scoring import Fit
from comparisons.comparison.matrix import Matrix, build_matrix
from frameworks.facts import Facts, MemoryLoader
from frameworks.models import Claim, Criterion, CriterionGroup, Framework, Rating

#: One framework's scores under the criteria in order; a count of claims in brackets where there is no score.
Scores = Sequence[int | list[int] | None]


@dataclass(frozen=True)
class World:
    frameworks: list[Framework]
    criteria: list[Criterion]
    ratings: list[Rating]
    claims: list[Claim]

    def matrix(self, **options: Any) -> Matrix:
        at_hand = MemoryLoader(
            frameworks=self.frameworks, criteria=self.criteria, ratings=self.ratings, claims=self.claims
        )
        facts = Facts(at_hand)
        return build_matrix(facts, facts.places(one.slug for one in self.frameworks), **options)


def world(scores: dict[str, Scores], *, weights: Sequence[int] = (), groups: str = "") -> World:
    """Frameworks by name, criteria `a`, `b`, `c` …, of weight 1 and in one group unless said otherwise."""
    width = max(map(len, scores.values()), default=len(weights))
    grouped = {name: CriterionGroup(pk=ord(name), slug=name, name=name) for name in groups or "g"}
    criteria = [
        Criterion(
            pk=100 + place,
            slug="abcdef"[place],
            name="ABCDEF"[place],
            default_weight=weights[place] if weights else 1,
            group=grouped[groups[place] if groups else "g"],
        )
        for place in range(width)
    ]
    frameworks = [Framework(pk=pk, slug=name.lower(), name=name) for pk, name in enumerate(scores, 1)]
    made = World(frameworks, criteria, [], [])
    for framework, row in zip(frameworks, scores.values(), strict=True):
        for criterion, score in zip(criteria, row, strict=True):
            if isinstance(score, int):
                made.ratings.append(Rating(framework=framework, criterion=criterion, score=score))
            claims = score[0] if isinstance(score, list) else int(score is not None)
            made.claims.extend(Claim(framework=framework, criterion=criterion) for _ in range(claims))
    return made


def names(rows: Any) -> list[str]:
    return [row.framework.name for row in rows]


def ranks(table: Matrix) -> dict[str, int | None]:
    return {row.framework.name: row.rank for row in table.in_order}


def fits(table: Matrix) -> dict[str, Fit]:
    return {row.framework.name: row.fit for row in table.in_order}


def shown(table: Matrix) -> list[str]:
    return [column.criterion.slug for column in table.columns]


SIX: dict[str, Scores] = {
    "Django": [5, 2, 3],
    "Flask": [2, 5, None],
    "bottle": [2, 4, None],
    "FastAPI": [4, 4, 5],
    "Quart": [None, 3, None],
    "Sanic": [None, None, None],
}


# Order


@pytest.mark.parametrize(
    "sort, ranked, unranked",
    [
        ("fit", ["FastAPI", "Flask", "Django", "bottle"], ["Quart", "Sanic"]),
        ("-fit", ["bottle", "Django", "Flask", "FastAPI"], ["Sanic", "Quart"]),
        ("name", ["bottle", "Django", "FastAPI", "Flask"], ["Quart", "Sanic"]),
        ("-name", ["Flask", "FastAPI", "Django", "bottle"], ["Sanic", "Quart"]),
        ("a", ["Django", "FastAPI", "bottle", "Flask"], ["Quart", "Sanic"]),
        ("-a", ["bottle", "Flask", "FastAPI", "Django"], ["Quart", "Sanic"]),
        ("c", ["FastAPI", "Django", "bottle", "Flask"], ["Quart", "Sanic"]),
        ("-c", ["Django", "FastAPI", "bottle", "Flask"], ["Quart", "Sanic"]),
    ],
)
def test_matrix_sorts_both_ways_with_unknown_values_last(
    sort: str, ranked: list[str], unranked: list[str]
) -> None:
    table = world(SIX).matrix(sort=sort)
    assert names(table.ranked) == ranked
    assert names(table.unranked) == unranked


def test_matrix_sorts_by_a_hidden_criterion() -> None:
    table = world(SIX).matrix(sort="-b", shown=["a"])
    assert shown(table) == ["a"]
    assert names(table.ranked) == ["Django", "bottle", "FastAPI", "Flask"]


def test_matrix_orders_unranked_frameworks_by_coverage() -> None:
    table = world({"A": [5, None, None, None, None], "B": [1, 1, None, None, None]}).matrix()
    assert names(table.unranked) == ["B", "A"]


def test_matrix_in_order_keeps_the_given_order() -> None:
    assert names(world(SIX).matrix(sort="-name").in_order) == list(SIX)


def test_matrix_is_empty_without_frameworks() -> None:
    table = world({}, weights=[1, 1]).matrix(baseline="django", sort="a")
    assert (table.ranked, table.unranked, table.in_order) == ((), (), ())
    assert shown(table) == ["a", "b"]
    assert (table.leaders, table.lead, table.disputes) == ((), None, 0)


# Rank


def test_matrix_ties_share_a_rank_and_skip_the_next() -> None:
    table = world({"A": [3, 4], "B": [5, 5], "C": [4, 3], "D": [1, 1]}).matrix()
    assert ranks(table) == {"A": 2, "B": 1, "C": 2, "D": 4}


@pytest.mark.parametrize(
    "weights, rank",
    [
        ({}, 1),  # exactly half of the weight
        ({"a": 2}, 1),
        ({"b": 2}, None),
        ({"a": 0}, None),  # nothing that counts is rated
        ({"b": 0}, 1),
        ({"a": 0, "b": 0}, None),
    ],
)
def test_matrix_ranks_frameworks_rated_on_half_of_the_weight(
    weights: dict[str, int], rank: int | None
) -> None:
    table = world({"A": [3, None]}).matrix(weights=weights)
    assert ranks(table) == {"A": rank}
    assert names(table.ranked if rank else table.unranked) == ["A"]


@pytest.mark.parametrize("minimum, rank", [(0, 1), (0.1, 1), (0.11, None)])
def test_matrix_minimum_coverage_is_configurable(minimum: float, rank: int | None) -> None:
    # A tenth is met exactly, whatever the float thinks it is.
    assert ranks(world({"A": [5, None]}, weights=[1, 9]).matrix(minimum_coverage=minimum)) == {"A": rank}


def test_matrix_unranked_framework_keeps_its_fit_and_band_but_takes_no_rank() -> None:
    table = world({"A": [5, None, None], "B": [3, 3, 3]}).matrix()
    assert ranks(table) == {"A": None, "B": 1}
    assert fits(table)["A"] == Fit(Fraction(1), Fraction(1, 3), Fraction(1, 3), Fraction(1))


@pytest.mark.parametrize(
    "scores, leaders, lead",
    [
        ({"A": [5], "B": [3]}, ["A"], 50),
        ({"A": [2], "B": [5], "C": [4]}, ["B"], 25),
        ({"A": [5], "B": [5], "C": [1]}, ["A", "B"], None),
        ({"A": [5], "B": [None]}, ["A"], None),
        ({"A": [None]}, [], None),
    ],
)
def test_matrix_lead_is_the_distance_to_the_next_framework(
    scores: dict[str, Scores], leaders: list[str], lead: int | None
) -> None:
    table = world(scores).matrix()
    assert ([one.name for one in table.leaders], table.lead) == (leaders, lead)


# Weights


def test_matrix_weights_apply_by_slug_and_fall_back_to_defaults() -> None:
    table = world({"A": [5, 1, 3]}, weights=[3, 2, 1]).matrix(weights={"b": 0, "c": 7})
    assert [(c.criterion.slug, c.weight, c.usual) for c in table.columns] == [
        ("a", 3, None),
        ("b", 0, 2),
        ("c", 7, 1),
    ]
    assert fits(table)["A"].value == Fraction(3 * 4 + 7 * 2, 4 * 10)


some_scores = st.lists(st.none() | st.integers(1, 5), min_size=3, max_size=3)
some_worlds = st.dictionaries(st.sampled_from(["A", "B", "C", "D"]), some_scores, min_size=1)
some_weights = st.dictionaries(st.sampled_from("abc"), st.integers(0, 10))


@given(some_worlds, some_weights, st.sets(st.sampled_from("abc")), st.booleans(), st.sampled_from("abc"))
def test_matrix_display_options_change_no_fit_or_rank(
    scores: dict[str, Scores], weights: dict[str, int], columns: set[str], only: bool, sort: str
) -> None:
    everything = world(scores).matrix(weights=weights)
    some = world(scores).matrix(
        weights=weights, shown=columns, only_differences=only, sort=f"-{sort}", baseline="b"
    )
    assert fits(some) == fits(everything)
    assert ranks(some) == ranks(everything)


@given(some_worlds, some_scores, some_weights)
def test_matrix_fit_does_not_depend_on_other_frameworks(
    scores: dict[str, Scores], newcomer: Scores, weights: dict[str, int]
) -> None:
    before = fits(world(scores).matrix(weights=weights))
    after = fits(world({"Newcomer": newcomer, **scores}).matrix(weights=weights))
    del after["Newcomer"]
    assert after == before


# Columns


@pytest.mark.parametrize(
    "columns, expected",
    [([], ["a", "b", "c"]), (["c", "a"], ["a", "c"]), (["b"], ["b"]), (["nonsense"], [])],
)
def test_matrix_columns_keep_the_order_of_criteria(columns: list[str], expected: list[str]) -> None:
    assert shown(world(SIX).matrix(shown=columns)) == expected


def test_matrix_columns_are_grouped() -> None:
    table = world({"A": [1, 2, 3, 4]}, groups="xxyy").matrix(shown=["a", "b", "d"])
    assert [(group.name, [c.criterion.slug for c in columns]) for group, columns in table.groups] == [
        ("x", ["a", "b"]),
        ("y", ["d"]),
    ]


def test_matrix_grouped_lines_transpose_the_entries_in_the_given_order() -> None:
    table = world(SIX, groups="xxy").matrix(shown=["a", "c"], sort="name")
    turned = [
        (group.name, line.column.criterion.slug, [entry.cell.score for entry in line.entries])
        for group, lines in table.grouped_lines
        for line in lines
    ]
    assert turned == [("x", "a", [5, 2, 2, 4, None, None]), ("y", "c", [3, None, None, 5, None, None])]


@pytest.mark.parametrize(
    "column, is_alike",
    [
        ([3, 3], True),
        ([3, 4], False),
        ([3, None], False),
        ([None, None], True),
        ([[2], [1]], True),  # evidence on both sides, scored on neither
        ([[2], None], False),
        ([3, [1]], False),
    ],
)
def test_matrix_column_is_alike_only_when_all_entries_agree(column: list[Any], is_alike: bool) -> None:
    table = world({"A": [column[0], 1], "B": [column[1], 5]}).matrix()
    assert [found.is_alike for found in table.columns] == [is_alike, False]


def test_matrix_only_differences_hides_identical_columns() -> None:
    on_show = world({"A": [3, 1, None], "B": [3, 2, None]})
    assert shown(on_show.matrix(only_differences=True)) == ["b"]
    assert shown(on_show.matrix()) == ["a", "b", "c"]
    assert shown(on_show.matrix(only_differences=True, shown=["a", "c"])) == []


# Entries


@pytest.mark.parametrize(
    "column, best",
    [
        ([5, 3, 5], [True, False, True]),
        ([2, 1, None], [True, False, False]),
        ([3, None, None], [True, False, False]),
        ([4, 4, None], [True, True, False]),
        ([4, 4, 4], [False, False, False]),  # sets nobody apart
        ([None, None, None], [False, False, False]),
    ],
)
def test_matrix_marks_the_best_scores_unless_all_are_equal(
    column: list[int | None], best: list[bool]
) -> None:
    table = world({name: [score] for name, score in zip("ABC", column, strict=True)}).matrix()
    assert [row.entries[0].is_best for row in table.in_order] == best


def test_matrix_marks_no_best_score_for_a_single_framework() -> None:
    assert [entry.is_best for entry in world({"A": [5]}).matrix().entries] == [False]


def test_matrix_computes_score_and_fit_deltas_from_the_baseline() -> None:
    table = world({"A": [5, 1, None], "B": [3, 1, 4], "C": [2, None, 5]}).matrix(baseline="b")
    assert {
        row.framework.name: (row.is_baseline, row.delta, [entry.delta for entry in row.entries])
        for row in table.in_order
    } == {
        "A": (False, 8, [2, 0, None]),  # 50 − 42
        "B": (True, None, [None, None, None]),
        "C": (False, 21, [-1, None, 1]),  # 63 − 42
    }


def test_matrix_computes_a_delta_for_the_worst_fit() -> None:
    table = world({"A": [5], "B": [1]})
    assert [row.delta for row in table.matrix(baseline="b").in_order] == [100, None]
    assert [row.delta for row in table.matrix(baseline="a").in_order] == [None, -100]


@pytest.mark.parametrize("baseline", ["", "rails"])
def test_matrix_has_no_deltas_without_a_visible_baseline(baseline: str) -> None:
    table = world({"A": [5], "B": [3]}).matrix(baseline=baseline)
    assert [(row.is_baseline, row.delta, row.entries[0].delta) for row in table.in_order] == [
        (False, None, None),
        (False, None, None),
    ]


def test_matrix_has_no_delta_for_an_unknown_fit() -> None:
    table = world({"A": [5], "B": [None]}).matrix(baseline="b")
    assert [row.delta for row in table.in_order] == [None, None]


def test_matrix_counts_disputes_in_visible_columns() -> None:
    on_show = world({"A": [3, 3], "B": [3, 3]})
    for framework, criterion in [(1, 100), (2, 100), (2, 101)]:
        on_show.claims.extend(
            Claim(framework_id=framework, criterion_id=criterion, reading=reading) for reading in (2, 4)
        )
    assert on_show.matrix().disputes == 3
    assert on_show.matrix(shown=["b"]).disputes == 1
