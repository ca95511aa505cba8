"""What would change who leads, compared with working out the fits under every whole weight."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import dropwhile, takewhile
from typing import NamedTuple

from hypothesis import given
from hypothesis import strategies as st

from comparisons.arithmetic import scoring
from comparisons.arithmetic.flips import flips
from tests.scores import array_of, first

HALF = Fraction(1, 2)
CRITERIA = ["speed", "docs", "safety"]
score = st.none() | st.integers(1, 5)
worlds = st.dictionaries(
    st.sampled_from(["ann", "bob", "cyd", "dan"]),
    st.fixed_dictionaries(dict.fromkeys(CRITERIA, score)),
    min_size=1,
)
weightings = st.fixed_dictionaries(dict.fromkeys(CRITERIA, st.integers(0, 10)))


class Named(NamedTuple):
    """A change of leaders, by name."""

    criterion: str
    weights: tuple[int, ...]
    leaders: tuple[str, ...]


def flipped(
    scores: Mapping[str, scoring.Scores], weights: Mapping[str, int], minimum: Fraction = HALF
) -> list[Named]:
    names = sorted(scores)
    changes = flips(array_of(scores, [*weights]), weights, minimum_coverage=minimum, heaviest=10)
    return [
        Named(flip.criterion, flip.weights, tuple(names[place] for place in flip.leaders)) for flip in changes
    ]


def test_flips_match_a_hand_worked_example() -> None:
    """Ann: speed 5, docs 1. Bob: speed 1, docs 5. At 3 to 2 Ann leads; at docs 3 they meet."""
    scores = {"ann": {"speed": 5, "docs": 1}, "bob": {"speed": 1, "docs": 5}}
    assert flipped(scores, {"speed": 3, "docs": 2}) == [
        Named("speed", (2, 1, 0), ("ann", "bob")),
        Named("docs", (3, 4, 5, 6, 7, 8, 9, 10), ("ann", "bob")),
    ]


def test_flips_include_overtaking_a_framework_without_a_rating() -> None:
    """Bob is not rated on docs: his fit stays at 1/2 while that of Ann rises from 0 with its weight."""
    scores: dict[str, scoring.Scores] = {
        "ann": {"speed": 1, "docs": 5},
        "bob": {"speed": 3, "docs": None},
    }
    [flip] = [flip for flip in flipped(scores, {"speed": 4, "docs": 1}) if flip.criterion == "docs"]
    assert (flip.weights[0], flip.leaders) == (4, ("ann", "bob"))


def test_flips_include_a_framework_that_becomes_ranked() -> None:
    """Bob is better, and rated on less than half of the weight until speed counts for as much as the rest."""
    scores: dict[str, scoring.Scores] = {
        "ann": {"speed": 3, "docs": 3},
        "bob": {"speed": 5, "docs": None},
    }
    assert Named("speed", (4, 5, 6, 7, 8, 9, 10), ("bob",)) in flipped(scores, {"speed": 1, "docs": 4})


def test_flips_of_a_single_framework_are_only_to_and_from_weight_zero() -> None:
    alone: dict[str, scoring.Scores] = {"ann": {"speed": 4}}
    assert flipped(alone, {"speed": 5}) == [Named("speed", (0,), ())]
    assert flipped(alone, {"speed": 0}) == [Named("speed", tuple(range(1, 11)), ("ann",))]
    assert flipped(alone, {}) == flipped({}, {"speed": 5}) == []


def test_flips_break_a_tie_with_the_next_weight() -> None:
    scores = {"ann": {"speed": 5, "docs": 1}, "bob": {"speed": 1, "docs": 5}}
    assert flipped(scores, {"speed": 2, "docs": 2})[0] == Named("speed", (3, 4, 5, 6, 7, 8, 9, 10), ("ann",))


def test_flips_ignore_a_change_between_two_whole_weights() -> None:
    """Bob would overtake at 1.70 and is no longer ranked at 1: no weight that can be set shows him in the lead."""
    scores: dict[str, scoring.Scores] = {
        "ann": {"speed": 5, "docs": 4, "safety": 3},
        "bob": {"speed": 2, "docs": 5, "safety": None},
    }
    weights = {"speed": 7, "docs": 2, "safety": 5}
    assert "speed" not in {flip.criterion for flip in flipped(scores, weights, Fraction(2, 5))}


@given(scores=worlds, weights=weightings)
def test_flips_are_the_nearest_consecutive_weights_with_other_leaders(
    scores: dict[str, scoring.Scores], weights: dict[str, int]
) -> None:
    names = sorted(scores)

    def leading(weights: dict[str, int]) -> tuple[str, ...]:
        return tuple(names[place] for place in first(scores, weights, HALF))

    now = leading(weights)
    expected = []
    for criterion, weight in weights.items():
        for ahead in (range(weight + 1, 11), range(weight - 1, -1, -1)):
            then = {x: leading({**weights, criterion: x}) for x in ahead}
            changed = dropwhile(lambda entry: entry[1] == now, then.items())
            if run := dict(takewhile(lambda entry: entry[1] != now, changed)):
                expected.append(Named(criterion, tuple(run), next(iter(run.values()))))
    assert flipped(scores, weights) == expected
