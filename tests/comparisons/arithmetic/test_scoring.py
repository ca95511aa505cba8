"""The arithmetic: worked by hand, and held against every mix of scores and weights."""

import ast
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from statistics import mean
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparisons.arithmetic import scoring
from comparisons.arithmetic.scoring import Fit, apportion, contributions, fit, points, rank, share
from comparisons.comparison import permalinks

HALF, QUARTER = Fraction(1, 2), Fraction(1, 4)
NAMES = ["learning", "speed", "parts", "security", "manuals"]

names = st.sampled_from(NAMES)
weights = st.dictionaries(names, st.integers(0, 10))
scores = st.dictionaries(names, st.none() | st.integers(1, 5))
counting_weights = st.fixed_dictionaries(dict.fromkeys(NAMES, st.integers(1, 10)))
full_scores = st.fixed_dictionaries(dict.fromkeys(NAMES, st.integers(1, 5)))
ranked_values = st.lists(st.none() | st.integers(1, 5) | st.fractions(0, 1, max_denominator=6))

Scores = dict[str, int | None]
Weights = dict[str, int]


# Worked by hand


@pytest.mark.parametrize(
    "scores, weights, expected",
    [
        pytest.param(
            {"learning": 5, "speed": 3}, {"learning": 1, "speed": 1},
            Fit(value=3 * QUARTER, coverage=Fraction(1), low=3 * QUARTER, high=3 * QUARTER),
            id="(1 + 1/2) / 2",
        ),
        pytest.param(
            {"learning": 5, "speed": 3}, {"learning": 3, "speed": 1},
            Fit(value=Fraction(7, 8), coverage=Fraction(1), low=Fraction(7, 8), high=Fraction(7, 8)),
            id="(3·1 + 1·1/2) / 4",
        ),
        pytest.param(
            {"learning": 5, "speed": None}, {"learning": 3, "speed": 1},
            Fit(value=Fraction(1), coverage=3 * QUARTER, low=3 * QUARTER, high=Fraction(1)),
            id="a gap of weight 1 in 4",
        ),
        pytest.param(
            {"learning": 1}, {"learning": 2, "speed": 2},
            Fit(value=Fraction(0), coverage=HALF, low=Fraction(0), high=HALF),
            id="the worst score is rated all the same",
        ),
        pytest.param(
            {"learning": 4, "speed": 2}, {"learning": 0, "speed": 5},
            Fit(value=QUARTER, coverage=Fraction(1), low=QUARTER, high=QUARTER),
            id="weight 0 does not count",
        ),
        pytest.param(
            {"learning": 4, "speed": 1}, {"learning": 1},
            Fit(value=3 * QUARTER, coverage=Fraction(1), low=3 * QUARTER, high=3 * QUARTER),
            id="what has no weight does not count",
        ),
        pytest.param(
            {"learning": None}, {"learning": 2, "speed": 3},
            Fit(value=None, coverage=Fraction(0), low=Fraction(0), high=Fraction(1)),
            id="nothing rated",
        ),
        pytest.param(
            {"learning": 4, "speed": 2}, {"learning": 0, "speed": 0},
            Fit(value=None, coverage=Fraction(0), low=None, high=None),
            id="all weights 0",
        ),
        pytest.param(
            {}, {}, Fit(value=None, coverage=Fraction(0), low=None, high=None), id="no criteria at all"
        ),
    ],
)  # fmt: skip
def test_fit_matches_hand_worked_examples(scores: Scores, weights: Weights, expected: Fit) -> None:
    assert fit(scores, weights) == expected


@pytest.mark.parametrize(
    "values, ranks",
    [
        ([3, 5, 5, None], [3, 1, 1, None]),
        ([4, 3, 3, 2], [1, 2, 2, 4]),
        ([1, 1, 1], [1, 1, 1]),
        ([Fraction(1, 3), Fraction(2, 6), HALF], [2, 2, 1]),
        ([0, None], [1, None]),
        ([None, None], [None, None]),
        ([], []),
    ],
)
def test_rank_shares_ties_and_skips_unknown_values(
    values: list[Fraction | int | None], ranks: list[int | None]
) -> None:
    assert rank(values) == ranks


@pytest.mark.parametrize("score, part", [(1, 0), (2, QUARTER), (3, HALF), (4, 3 * QUARTER), (5, 1)])
def test_share_maps_scores_to_quarters(score: int, part: Fraction) -> None:
    assert share(score) == part


@pytest.mark.parametrize("score", [-1, 0, 6])
def test_fit_rejects_a_score_off_the_scale(score: int) -> None:
    with pytest.raises(ValueError, match=rf"^A score lies between 1 and 5, not at {score}\.$"):
        fit({"learning": score}, {"learning": 1})


def test_fit_rejects_a_negative_weight() -> None:
    with pytest.raises(ValueError, match=r"^A weight is 0 or more\.$"):
        fit({"learning": 3}, {"learning": 1, "speed": -1})


@pytest.mark.parametrize(
    "value, shown",
    [
        (None, None),
        (Fraction(0), 0),
        (Fraction(1, 3), 33),
        (Fraction(2, 3), 67),
        (Fraction(1, 200), 1),
        (Fraction(1, 8), 13),
        (Fraction(994, 1000), 99),
        (Fraction(995, 1000), 100),
        (Fraction(1), 100),
    ],
)
def test_points_round_half_up(value: Fraction | None, shown: int | None) -> None:
    assert points(value) == shown


def test_fit_properties_return_whole_points_and_percent() -> None:
    found = Fit(value=Fraction(5, 8), coverage=Fraction(999, 1000), low=Fraction(3, 5), high=Fraction(4, 5))
    assert (found.points, found.low_points, found.high_points) == (63, 60, 80)
    assert found.band_points == 20
    assert found.coverage_percent == 99  # 100 means every bit of it


@pytest.mark.parametrize("scores", [{"learning": 3}, {}], ids=["no gap", "no weight"])
def test_fit_band_points_are_never_less_than_1(scores: Scores) -> None:
    assert fit(scores, dict.fromkeys(scores, 1)).band_points == 1


def test_contributions_match_a_hand_worked_example() -> None:
    assert contributions(
        {"learning": 5, "speed": 3, "parts": 1, "security": None, "manuals": 4},
        {"learning": 2, "speed": 1, "parts": 1, "security": 3, "manuals": 0},
    ) == {"learning": 50, "speed": Fraction(25, 2), "parts": 0, "manuals": 0}


@pytest.mark.parametrize("scores", [{}, {"learning": None}, {"speed": 5}], ids=["none", "gap", "weight 0"])
def test_contributions_are_empty_without_a_fit(scores: Scores) -> None:
    assert contributions(scores, {"learning": 1, "speed": 0}) == {}


THIRD = Fraction(100, 3)


@pytest.mark.parametrize(
    "parts, total, digits, shown",
    [
        ([THIRD, THIRD, THIRD], 100, 0, [34, 33, 33]),
        ([Fraction("12.4"), Fraction("12.6"), Fraction("25")], 50, 0, [12, 13, 25]),
        ([Fraction("33.25"), Fraction("33.25")], 67, 1, [Fraction("33.5"), Fraction("33.5")]),
        ([Fraction("20.02"), Fraction("30.04")], 50, 1, [Fraction("20"), Fraction("30")]),
        # Where something has to go, it goes where least is lost, and nothing falls below nothing.
        ([Fraction("20.08"), Fraction("30.31")], 50, 1, [Fraction("19.9"), Fraction("30.1")]),
        ([Fraction("0.05"), Fraction("50.35")], 50, 1, [Fraction("0"), Fraction("50")]),
        # What adds nothing is shown to add nothing, however much is left to hand out.
        ([Fraction("49.5"), Fraction(0)], 50, 1, [50, 0]),
        ([Fraction(0)], 0, 0, [0]),
        ([], 0, 0, []),
    ],
)
def test_apportion_rounds_parts_to_the_total(
    parts: list[Fraction], total: int, digits: int, shown: list[Fraction]
) -> None:
    named = dict(zip(NAMES, parts, strict=False))
    assert apportion(named, total, digits) == dict(zip(NAMES, shown, strict=False))


# True of every mix


def mean_share(scores: Mapping[str, int], weights: Weights) -> Fraction:
    """The same by another road: the mean over a ballot on which each score stands as often as it weighs."""
    ballot = [Fraction(scores[name]) for name, weight in weights.items() for _ in range(weight)]
    return (mean(ballot) - 1) / 4


@given(full_scores, counting_weights)
def test_fit_of_full_scores_is_the_weighted_mean_with_a_zero_width_band(
    scores: dict[str, int], weights: Weights
) -> None:
    value = mean_share(scores, weights)
    assert fit(scores, weights) == Fit(value=value, coverage=Fraction(1), low=value, high=value)


@given(scores, counting_weights)
def test_fit_band_spans_worst_to_best_scores_for_gaps(scores: Scores, weights: Weights) -> None:
    worst = {name: scores.get(name) or 1 for name in weights}
    best = {name: scores.get(name) or 5 for name in weights}
    found = fit(scores, weights)
    assert (found.low, found.high) == (mean_share(worst, weights), mean_share(best, weights))


@given(scores, weights)
def test_fit_lies_within_its_band_whose_width_is_the_missing_coverage(
    scores: Scores, weights: Weights
) -> None:
    found = fit(scores, weights)
    if found.low is None or found.high is None:
        assert sum(weights.values()) == 0
        assert found == Fit(value=None, coverage=Fraction(0), low=None, high=None)
        return
    assert found.high - found.low == 1 - found.coverage
    middle = found.low if found.value is None else found.value
    assert 0 <= found.low <= middle <= found.high <= 1


@given(scores, weights)
def test_fit_is_none_exactly_when_nothing_weighted_is_rated(scores: Scores, weights: Weights) -> None:
    counted = [name for name, weight in weights.items() if weight and scores.get(name) is not None]
    found = fit(scores, weights)
    assert (found.value is None, found.coverage == 0) == (not counted, not counted)


@given(scores, weights, st.integers(1, 100))
def test_fit_depends_only_on_the_proportions_of_weights(scores: Scores, weights: Weights, times: int) -> None:
    scaled = {name: weight * times for name, weight in weights.items()}
    assert fit(scores, scaled) == fit(scores, weights)
    assert contributions(scores, scaled) == contributions(scores, weights)


@given(scores, weights)
def test_fit_ignores_criteria_of_weight_zero(scores: Scores, weights: Weights) -> None:
    counting = {name: weight for name, weight in weights.items() if weight}
    assert fit(scores, weights) == fit(scores, counting)
    assert fit(scores, weights) == fit({name: scores.get(name) for name in counting}, counting)


@given(st.data(), scores, weights)
def test_fit_ignores_the_order_of_criteria(data: st.DataObject, scores: Scores, weights: Weights) -> None:
    shuffled = dict(data.draw(st.permutations(list(weights.items()))))
    assert fit(dict(reversed(scores.items())), shuffled) == fit(scores, weights)


@given(full_scores, counting_weights, names)
def test_fit_rises_with_a_better_score(scores: dict[str, int], weights: Weights, name: str) -> None:
    worse, better = ({**scores, name: score} for score in (2, 3))
    gain = Fraction(weights[name], 4 * sum(weights.values()))
    before, after = fit(worse, weights).value, fit(better, weights).value
    assert before is not None
    assert after == before + gain


@given(scores, weights)
def test_contributions_add_up_exactly_to_the_fit(scores: Scores, weights: Weights) -> None:
    value = fit(scores, weights).value
    assert sum(contributions(scores, weights).values()) == 100 * (value or 0)


@given(scores, weights, st.sampled_from([0, 1]))
def test_apportion_makes_contributions_add_up_to_the_displayed_fit(
    scores: Scores, weights: Weights, digits: int
) -> None:
    exact = contributions(scores, weights)
    shown = apportion(exact, fit(scores, weights).points or 0, digits)
    assert list(shown) == list(exact)
    assert sum(shown.values()) == (fit(scores, weights).points or 0)
    assert all((part * 10**digits).denominator == 1 for part in shown.values())
    assert all(abs(shown[name] - exact[name]) < 1 for name in exact)
    assert all(shown[name] >= 0 for name in exact)
    assert all(shown[name] == 0 for name in exact if exact[name] == 0)


@given(ranked_values)
def test_rank_is_1_plus_the_number_of_better_values(values: list[Fraction | int | None]) -> None:
    known = [value for value in values if value is not None]
    assert rank(values) == [
        None if value is None else 1 + sum(other > value for other in known) for value in values
    ]


# What it rests on


@pytest.mark.parametrize("module", [scoring, permalinks])
def test_scoring_and_permalinks_import_only_stdlib_and_read_no_clock(module: ModuleType) -> None:
    tree = ast.parse(Path(str(module.__file__)).read_text())
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add("." * node.level + (node.module or ""))
    assert {name.split(".")[0] for name in imported} - sys.stdlib_module_names == set()
    assert imported & {"importlib", "os", "random", "time"} == set()
    assert {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & {
        "now",
        "today",
    } == set()
