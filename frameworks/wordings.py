"""Find words of the table of readings in a claim's term, and hold them against the rubric. No queries."""

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Claim, Wording

#: Sources print either; both mean the same.
ALIKE = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "–": "-"})


def contains(text: str, phrase: str) -> bool:
    """Return whether the phrase occurs in the text as whole words, in capital or small letters."""
    return re.search(rf"(?<![\w-]){re.escape(_plain(phrase))}(?![\w-])", _plain(text)) is not None


def _plain(text: str) -> str:
    return text.translate(ALIKE).casefold()


def rows_of(term: str, table: "Iterable[Wording]") -> "list[Wording]":
    """Return the rows of one criterion that the term falls under: those with the longest phrase that it contains.

    More than one only where phrases of different rows are equally long.
    """
    found = [(len(phrase), row) for row in table for phrase in row.phrases if contains(term, phrase)]
    longest = max((length for length, _ in found), default=0)
    return list(dict.fromkeys(row for length, row in found if length == longest))


def contradiction(phrase: str, reading: int | None, rubric: Iterable[tuple[int, str]]) -> str:
    """Say in a sentence that the rubric itself puts the phrase at another step; empty where it does not."""
    steps = [step for step, text in rubric if contains(text, phrase)]
    if reading is None or not steps or reading in steps:
        return ""
    return f"The rubric has “{phrase}” at step {steps[0]}, not {reading}."


def qualification(condition: str, comparison: str) -> str:
    """Return what the words of a claim depend on, in sentences.

    `Condition: if you know type hints. Compared: than Flask.`
    """
    parts = [("Condition", condition), ("Compared", comparison)]
    return " ".join(f"{label}: {words}." for label, words in parts if words)


def misreading(claim: "Claim", rows: "list[Wording]") -> str:
    """Say in a sentence how a claim departs from the rows that its term falls under; empty where it does not."""
    row = claim.wording
    if claim.framework_id is None:
        return "A general statement takes no reading." if row or claim.reading is not None else ""
    if row is None:
        return _unread(claim, rows)
    if row not in rows:
        words = f"falls under “{rows[0].words}”" if rows else "has none of these words"
        return f"It is read by “{row.words}”, but its term {words}."
    if row.reading != claim.reading:
        return f"It is read as {claim.reading}, but “{row.words}” as {row.reading}."
    return ""


def _unread(claim: "Claim", rows: "list[Wording]") -> str:
    if rows:
        return f"Its term falls under “{rows[0].words}”, and names no row of the table of readings."
    if claim.reading is not None:
        return f"Its reading, {claim.reading}, names no row of the table of readings."
    return ""
