"""Words of the table of readings, looked up in terms and held against rubrics."""

import pytest

from frameworks.models import Claim, Criterion, Framework, Wording
from frameworks.verification import misreading
from frameworks.wordings import contains, contradiction, qualification, rows_of

EASE = Criterion(pk=1, slug="ease", name="Ease")
DJANGO = Framework(pk=1, slug="django", name="Django")
STEEP = Wording(pk=1, slug="steep", criterion=EASE, words="steep; steeper", reading=2)
EASY = Wording(pk=2, slug="easy", criterion=EASE, words="easy", reading=5)
EASY_IF = Wording(pk=3, slug="easy-if", criterion=EASE, words="easy if you know", reading=4)
AIM = Wording(pk=4, slug="aim", criterion=EASE, words="aims to be easy", reading=None)
TABLE = [STEEP, EASY, EASY_IF, AIM]


@pytest.mark.parametrize(
    "text, phrase, found",
    [
        ("Steep", "steep", True),
        ("a STEEP curve", "steep", True),
        ("steeper", "steep", False),
        ("not-so-steep", "steep", False),
        ("It’s easy", "it's easy", True),
        ("built–in", "built-in", True),
        ("easy\u00a0to use", "easy to use", True),
        ("C++ and more", "c++", True),
        ("a.b", "a.b", True),
        ("axb", "a.b", False),
        ("", "steep", False),
    ],
)
def test_contains_matches_whole_words(text: str, phrase: str, found: bool) -> None:
    assert contains(text, phrase) is found


@pytest.mark.parametrize(
    "term, rows",
    [
        ("Steeper at first", [STEEP]),
        ("easy", [EASY]),
        ("Easy if you know types", [EASY_IF]),
        ("aims to be easy", [AIM]),
        ("unrated", []),
        ("", []),
    ],
)
def test_rows_of_takes_longest_phrase(term: str, rows: list[Wording]) -> None:
    assert rows_of(term, TABLE) == rows


def test_rows_of_returns_all_rows_with_equally_long_phrases() -> None:
    hard = Wording(pk=5, slug="hard", criterion=EASE, words="hard", reading=1)
    assert rows_of("easy but hard", [EASY, hard]) == [EASY, hard]


def test_contradiction_names_the_step_of_the_rubric() -> None:
    rubric = [(1, "Not for newcomers."), (2, "Steep."), (5, "Easy, or steep for once.")]
    assert contradiction("steep", 2, rubric) == ""
    assert contradiction("steep", 5, rubric) == ""
    assert contradiction("steep", None, rubric) == "The rubric has “steep” at step 2, so it has to be read."
    assert contradiction("slow", None, rubric) == ""
    assert contradiction("fast", 4, rubric) == ""
    assert contradiction("newcomers", 3, rubric) == "The rubric has “newcomers” at step 1, not 3."


def claim(term: str, wording: Wording | None, reading: int | None, *, general: bool = False) -> Claim:
    about = None if general else DJANGO
    return Claim(term=term, framework=about, criterion=EASE, wording=wording, reading=reading)


@pytest.mark.parametrize(
    "said, sentence",
    [
        (claim("Steep", STEEP, 2), ""),
        (claim("nothing of the kind", None, None), ""),
        (claim("aims to be easy", AIM, None), ""),
        (claim("Easy", None, None, general=True), ""),
        (claim("Easy", EASY, 5, general=True), "A general statement takes no reading."),
        (
            claim("Steep", None, 2),
            "Its term falls under “steep; steeper”, and names no row of the table of readings.",
        ),
        (claim("Flat", None, 2), "Its reading, 2, names no row of the table of readings."),
        (claim("Flat", STEEP, 2), "It is read by “steep; steeper”, but its term has none of these words."),
        (
            claim("easy if you know it", EASY, 5),
            "It is read by “easy”, but its term falls under “easy if you know”.",
        ),
        (claim("Steep", STEEP, 3), "It is read as 3, but “steep; steeper” as 2."),
    ],
)
def test_misreading_says_how_a_claim_departs_from_the_table(said: Claim, sentence: str) -> None:
    assert misreading(said, rows_of(said.term, TABLE)) == sentence


def test_qualification_puts_condition_and_comparison_in_sentences() -> None:
    assert qualification("", "") == ""
    assert qualification("if you know type hints", "") == "Condition: if you know type hints."
    assert qualification("if you know it", "than Flask") == "Condition: if you know it. Compared: than Flask."
