"""Arrays of facts equal what the objects say, cell by cell."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from frameworks.arrays import FactArrays, places_by_key
from frameworks.cells import Tally, by_cell, tally
from frameworks.columns import rows_of
from frameworks.facts import MemoryLoader
from frameworks.models import Claim, Rating

FRAMEWORKS, CRITERIA = (30, 10, 20), (7, 5)
FRAMEWORK = st.sampled_from([*FRAMEWORKS, 99])
CRITERION = st.sampled_from([*CRITERIA, 88])
CLAIMS = st.lists(
    st.builds(
        Claim,
        framework_id=st.none() | FRAMEWORK,
        criterion_id=st.none() | CRITERION,
        joint_criterion_id=st.none() | CRITERION,
        reading=st.none() | st.integers(1, 5),
        source_id=st.sampled_from([3, 9]),
        is_factor=st.booleans(),
    ).filter(lambda claim: claim.criterion_id != claim.joint_criterion_id)
)
SCORES = st.dictionaries(st.tuples(FRAMEWORK, CRITERION), st.integers(1, 5))


@given(CLAIMS, SCORES)
def test_each_cell_has_the_score_of_its_rating_and_the_tally_of_its_claims(
    claims: list[Claim], scores: dict[tuple[int, int], int]
) -> None:
    ratings = [
        Rating(framework_id=of, criterion_id=under, score=score) for (of, under), score in scores.items()
    ]
    loader = MemoryLoader(ratings=ratings, claims=claims)
    arrays = FactArrays.build(
        FRAMEWORKS, CRITERIA, scores=loader.scores, readings=loader.readings, kinds={"measurement": [9]}
    )
    assert arrays.claim_total == len(claims)
    assert arrays.reading_total == sum(claim.reading is not None for claim in claims)
    factors = {(claim.source_id, claim.criterion_id or 0) for claim in claims if claim.is_factor}
    assert {tuple(pair) for pair in arrays.factors.tolist()} == factors
    of_cells = by_cell(claims)
    for row, framework in enumerate(FRAMEWORKS):
        for column, criterion in enumerate(CRITERIA):
            key, cell = (framework, criterion), (row, column)
            assert arrays.scores[cell] == scores.get(key, 0)
            counted = Tally(
                int(arrays.claims[cell]),
                _or_none(arrays.lowest[cell]),
                _or_none(arrays.highest[cell]),
                int(arrays.sources[cell]),
            )
            assert counted == tally(of_cells.get(key, ()))
            is_measured = any(claim.source_id == 9 for claim in of_cells.get(key, ()))
            assert arrays.sources_of_kind["measurement"][cell] == is_measured


def _or_none(number: Any) -> int | None:
    return int(number) or None


def test_frameworks_are_placed_under_each_value_that_they_have() -> None:
    pairs = rows_of([(20, 1), (30, 2), (30, 1), (99, 1), (99, 3)], 2)
    places = places_by_key(FRAMEWORKS, pairs)
    assert {value: held.tolist() for value, held in places.items()} == {1: [0, 2], 2: [0]}
    assert places_by_key(FRAMEWORKS, rows_of([], 2)) == {}
