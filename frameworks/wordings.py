"""Find words of the table of readings in a claim's term, and hold them against the rubric. No queries."""

import re
from collections.abc import Iterable
from typing import Protocol, TypeVar

#: Sources print either; both mean the same.
ALIKE = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "–": "-"})


class Row(Protocol):
    """A row of a table of readings."""

    @property
    def phrases(self) -> list[str]: ...


R = TypeVar("R", bound=Row)


def contains(text: str, phrase: str) -> bool:
    """Return whether the phrase occurs in the text as whole words, in capital or small letters."""
    return re.search(rf"(?<![\w-]){re.escape(_plain(phrase))}(?![\w-])", _plain(text)) is not None


def _plain(text: str) -> str:
    return text.translate(ALIKE).casefold()


def rows_of(term: str, table: Iterable[R]) -> list[R]:
    """Return the rows of one criterion that the term falls under: those with the longest phrase that it contains.

    More than one only where phrases of different rows are equally long.
    """
    found = [(len(phrase), row) for row in table for phrase in row.phrases if contains(term, phrase)]
    longest = max((length for length, _ in found), default=0)
    # Told apart by identity: a row that is not saved yet has no hash.
    return list({id(row): row for length, row in found if length == longest}.values())


def contradiction(phrase: str, reading: int | None, rubric: Iterable[tuple[int, str]]) -> str:
    """Say in a sentence that the rubric itself puts the phrase at another step; empty where it does not."""
    steps = [step for step, text in rubric if contains(text, phrase)]
    if not steps or reading in steps:
        return ""
    at = f"The rubric has “{phrase}” at step {steps[0]}"
    return f"{at}, so it has to be read." if reading is None else f"{at}, not {reading}."


def other_step(explanation: str, reading: int | None) -> str:
    """Say in a sentence that an explanation names steps of the rubric, but not the one that is read; else nothing."""
    named = re.findall(r"\b[Ss]tep ([1-5])\b", explanation)
    if not named or reading is None or str(reading) in named:
        return ""
    return f"The explanation names step {named[0]}, and the reading is {reading}."


def qualification(condition: str, comparison: str) -> str:
    """Return what the words of a claim depend on, in sentences.

    `Condition: if you know type hints. Compared: than Flask.`
    """
    parts = [("Condition", condition), ("Compared", comparison)]
    return " ".join(f"{label}: {words}." for label, words in parts if words)
