"""The rule by which scores follow from readings."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameworks.median import derive, nearest_step

READINGS = st.lists(st.tuples(st.sampled_from("abcde"), st.integers(1, 5) | st.none()), max_size=12)


@pytest.mark.parametrize(
    "readings, figures, median, score",
    [
        ([("a", 4)], {"a": "4"}, "4", 4),
        ([("a", 5), ("a", 5), ("a", 2), ("b", 2)], {"a": "5", "b": "2"}, "3.5", 3),
        ([("a", 4), ("a", 5), ("b", 4)], {"a": "4.5", "b": "4"}, "4.25", 4),
        ([("a", 4), ("a", 5), ("b", 5)], {"a": "4.5", "b": "5"}, "4.75", 5),
        ([("a", None), ("b", 1), ("c", 2)], {"b": "1", "c": "2"}, "1.5", 2),
    ],
    ids=[
        "one reading",
        "repetition is no second voice",
        "below the half",
        "above the half",
        "a claim without a reading does not count",
    ],
)
def test_derive_takes_median_of_source_medians(
    readings: list[tuple[str, int | None]], figures: dict[str, str], median: str, score: int
) -> None:
    derived = derive(readings)
    assert derived is not None
    assert dict(derived.shown) == figures
    assert (derived.median_text, derived.score) == (median, score)


def test_derive_is_none_without_readings() -> None:
    assert derive([]) is None
    assert derive([("a", None)]) is None


def test_derivation_reads_as_one_line() -> None:
    assert str(derive([("Almanac", 4), ("Herald", 3), ("Herald", 4)])) == (
        "Almanac 4, Herald 3.5; median 3.75: score 4"
    )


@pytest.mark.parametrize("figure, step", [("1.5", 2), ("2.5", 3), ("3.5", 3), ("4.5", 4), ("3", 3)])
def test_nearest_step_breaks_ties_towards_the_middle(figure: str, step: int) -> None:
    assert nearest_step(Fraction(figure)) == step


@given(st.fractions(1, 5))
def test_nearest_step_is_fair_to_both_ends_of_the_scale(figure: Fraction) -> None:
    """What is true of praise is true of blame: the scale turned round gives the score turned round."""
    assert nearest_step(6 - figure) == 6 - nearest_step(figure)
    assert abs(nearest_step(figure) - figure) <= Fraction(1, 2)


@given(READINGS, st.randoms(use_true_random=False))
def test_derive_does_not_depend_on_the_order_of_claims(
    readings: list[tuple[str, int | None]], chance: object
) -> None:
    shuffled = list(readings)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = derive(readings), derive(shuffled)
    assert (one and (one.median, dict(one.figures))) == (other and (other.median, dict(other.figures)))


@given(READINGS)
def test_derive_score_lies_within_the_readings(readings: list[tuple[str, int | None]]) -> None:
    known = [reading for _, reading in readings if reading is not None]
    if derived := derive(readings):
        assert min(known) <= derived.score <= max(known)
