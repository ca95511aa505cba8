"""Ranking in arrays, held against the exact fits of `scoring`."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from comparisons.arithmetic import scoring
from comparisons.arithmetic.ranking import Ranking, rank_all
from tests.scores import array_of, first

CRITERIA = ["speed", "docs", "safety", "tests"]
score = st.none() | st.integers(1, 5)
worlds = st.dictionaries(
    st.integers(0, 40).map("{:02}".format), st.fixed_dictionaries(dict.fromkeys(CRITERIA, score)), max_size=20
)
weightings = st.fixed_dictionaries(dict.fromkeys(CRITERIA, st.integers(0, 10)))
minima = st.sampled_from([Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1)])


def ranked(scores: dict[str, scoring.Scores], weights: dict[str, int], minimum: Fraction) -> Ranking:
    return rank_all(
        array_of(scores, CRITERIA), np.array([weights[name] for name in CRITERIA], np.int64), minimum
    )


@given(scores=worlds, weights=weightings, minimum=minima)
def test_ranking_agrees_with_exact_fits(
    scores: dict[str, scoring.Scores], weights: dict[str, int], minimum: Fraction
) -> None:
    fits = [scoring.fit(rated, weights) for _, rated in sorted(scores.items())]
    values = [fit.value if fit.value is not None and fit.coverage >= minimum else None for fit in fits]
    found, places = ranked(scores, weights, minimum), np.arange(len(scores))
    assert [found.fit(place) for place in places] == fits
    assert found.ranks(places) == scoring.rank(values)
    assert tuple(found.leaders) == first(scores, weights, minimum)
    assert tuple(found.runners_up) == tuple(
        place for place, rank in enumerate(scoring.rank(values)) if rank == 2
    )


@given(scores=worlds, weights=weightings, chosen=st.sets(st.integers(0, 19)))
def test_ranking_of_some_is_the_same_as_without_the_others(
    scores: dict[str, scoring.Scores], weights: dict[str, int], chosen: set[int]
) -> None:
    places = np.array(sorted(place for place in chosen if place < len(scores)), np.intp)
    kept = {name: scores[name] for place, name in enumerate(sorted(scores)) if place in places}
    some, alone = ranked(scores, weights, Fraction(1, 2)).among(places), ranked(kept, weights, Fraction(1, 2))
    assert some.values.tolist() == alone.values.tolist()
    assert some.ranks(np.arange(len(kept))) == alone.ranks(np.arange(len(kept)))


@pytest.mark.parametrize("better, worse", [((5, 4), (4, 5)), ((3, 3), (3, 2))])
def test_ranking_tells_fits_apart_that_differ_least(better: tuple[int, int], worse: tuple[int, int]) -> None:
    """With 10,000 criteria of weight 10 the sums are 1,000 times those of a large topic."""
    rest = [3] * 9_998
    scores = np.array([[*worse, *rest], [*better, *rest], [*better, *rest]], np.int8)
    weights = np.array([10, 9, *[10] * 9_998], np.int64)
    assert rank_all(scores, weights, Fraction(1, 2)).ranks(np.arange(3)) == [3, 1, 1]
