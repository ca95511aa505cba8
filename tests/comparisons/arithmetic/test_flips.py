"""What would flip the order, held against recomputing the fits at that weight and on either side of it."""

from collections.abc import Mapping
from fractions import Fraction
from itertools import dropwhile, takewhile

from hypothesis import given, settings
from hypothesis import strategies as st

from comparisons.arithmetic import scoring
from comparisons.arithmetic.flips import Flip, flips, leaders

HALF = Fraction(1, 2)
CRITERIA = ["speed", "docs", "safety"]
score = st.none() | st.integers(1, 5)
worlds = st.dictionaries(
    st.sampled_from(["ann", "bob", "cyd", "dan"]),
    st.fixed_dictionaries(dict.fromkeys(CRITERIA, score)),
    min_size=1,
)
weightings = st.fixed_dictionaries(dict.fromkeys(CRITERIA, st.integers(0, 10)))


def first(scores: Mapping[str, scoring.Scores], weights: Mapping[str, Fraction | int]) -> tuple[str, ...]:
    """Who leads, worked out from the fits themselves; weights may be any fractions."""
    unit = 1
    for weight in weights.values():
        unit = unit * Fraction(weight).denominator
    whole = {name: int(weight * unit) for name, weight in weights.items()}
    fits = {name: scoring.fit(rated, whole) for name, rated in scores.items()}
    ranked = {name: fit.value for name, fit in fits.items() if fit.value is not None and fit.coverage >= HALF}
    best = max(ranked.values(), default=None)
    return tuple(sorted(name for name, value in ranked.items() if value == best))


def found(scores: Mapping[str, scoring.Scores], weights: Mapping[str, int]) -> list[Flip]:
    return list(flips(scores, weights, minimum_coverage=HALF, heaviest=10))


def test_an_example_by_hand() -> None:
    """Ann: speed 5, docs 1. Bob: speed 1, docs 5. At 3 to 2 Ann leads; at docs 3 they meet."""
    scores = {"ann": {"speed": 5, "docs": 1}, "bob": {"speed": 1, "docs": 5}}
    assert found(scores, {"speed": 3, "docs": 2}) == [
        Flip("speed", Fraction(2), False, ("bob",), run=(2, 1, 0), there=("ann", "bob")),
        Flip("docs", Fraction(3), True, ("bob",), run=(3, 4, 5, 6, 7, 8, 9, 10), there=("ann", "bob")),
    ]


def test_a_gap_makes_it_a_quadratic() -> None:
    """Bob is not rated on docs: his fit stays at 1/2 while that of Ann rises from 0 with its weight."""
    scores: dict[str, scoring.Scores] = {
        "ann": {"speed": 1, "docs": 5},
        "bob": {"speed": 3, "docs": None},
    }
    [flip] = [flip for flip in found(scores, {"speed": 4, "docs": 1}) if flip.criterion == "docs"]
    assert (flip.at, flip.upwards) == (Fraction(4), True)


def test_who_becomes_ranked_may_lead() -> None:
    """Bob is better, and rated on less than half of the weight until speed counts for as much as the rest."""
    scores: dict[str, scoring.Scores] = {
        "ann": {"speed": 3, "docs": 3},
        "bob": {"speed": 5, "docs": None},
    }
    run = (4, 5, 6, 7, 8, 9, 10)
    assert Flip("speed", Fraction(4), True, ("bob",), run, there=("bob",)) in found(
        scores, {"speed": 1, "docs": 4}
    )


def test_one_alone_leads_as_long_as_anything_counts() -> None:
    alone: dict[str, scoring.Scores] = {"ann": {"speed": 4}}
    assert found(alone, {"speed": 5}) == [Flip("speed", Fraction(0), False, (), run=(0,), there=())]
    [flip] = found(alone, {"speed": 0})
    assert (flip.at == 0, flip.run[0], flip.leaders, flip.there) == (True, 1, ("ann",), ("ann",))
    assert found(alone, {}) == found({}, {"speed": 5}) == []


def test_a_tie_is_broken_by_the_next_step() -> None:
    scores = {"ann": {"speed": 5, "docs": 1}, "bob": {"speed": 1, "docs": 5}}
    run = (3, 4, 5, 6, 7, 8, 9, 10)
    assert found(scores, {"speed": 2, "docs": 2})[0] == Flip(
        "speed", Fraction(2), True, ("ann",), run, there=("ann",)
    )


@given(scores=worlds, weights=weightings)
def test_leaders_are_those_of_the_fits(scores: dict[str, scoring.Scores], weights: dict[str, int]) -> None:
    assert leaders(scores, weights, minimum_coverage=HALF) == first(
        scores, {name: Fraction(weight) for name, weight in weights.items()}
    )


@settings(max_examples=200)
@given(scores=worlds, weights=weightings)
def test_nothing_changes_before_and_something_does_at_it(
    scores: dict[str, scoring.Scores], weights: dict[str, int]
) -> None:
    now = first(scores, {name: Fraction(weight) for name, weight in weights.items()})
    told = {(flip.criterion, flip.upwards): flip for flip in found(scores, weights)}
    for criterion in CRITERIA:
        here = Fraction(weights[criterion])
        for upwards, end in ((True, Fraction(10)), (False, Fraction(0))):
            flip = told.get((criterion, upwards))
            stop = flip.at if flip else end

            def at(weight: Fraction, criterion: str = criterion) -> tuple[str, ...]:
                return first(scores, {**weights, criterion: weight})

            for part in range(8):
                assert at(here + (stop - here) * Fraction(part, 8) * Fraction(999, 1000)) == now
            if flip:
                nearby = stop + Fraction(1, 10**6) * (1 if upwards else -1)
                assert now != at(stop) or now != at(max(nearby, Fraction(0)))


@given(scores=worlds, weights=weightings)
def test_a_run_is_all_the_first_whole_weights_in_a_row_that_differ(
    scores: dict[str, scoring.Scores], weights: dict[str, int]
) -> None:
    now = leaders(scores, weights, minimum_coverage=HALF)
    told = {(flip.criterion, flip.upwards): flip for flip in found(scores, weights)}
    for criterion, weight in weights.items():
        for upwards, ahead in ((True, range(weight + 1, 11)), (False, range(weight - 1, -1, -1))):
            then = {x: leaders(scores, {**weights, criterion: x}, minimum_coverage=HALF) for x in ahead}
            changed = dropwhile(lambda one: one[1] == now, then.items())
            run = tuple(x for x, _ in takewhile(lambda one: one[1] != now, changed))
            flip = told.get((criterion, upwards))
            assert (flip.run if flip else ()) == run
            if flip and run:
                assert flip.there == then[run[0]]


def test_a_change_between_two_whole_weights_has_no_run() -> None:
    """Bob overtakes at 1.70 and is no longer ranked at 1: no weight that can be set shows him in the lead."""
    scores: dict[str, scoring.Scores] = {
        "ann": {"speed": 5, "docs": 4, "safety": 3},
        "bob": {"speed": 2, "docs": 5, "safety": None},
    }
    weights = {"speed": 7, "docs": 2, "safety": 5}
    told = flips(scores, weights, minimum_coverage=Fraction(2, 5), heaviest=10)
    [flip] = [flip for flip in told if flip.criterion == "speed"]
    assert (round(flip.at, 2), flip.leaders) == (Fraction("1.7"), ("bob",))
    assert (flip.run, flip.there) == ((), ())
