"""What the grid sends, parsed without the database: parse, then write.

A save of the grid is one JSON text with changes to many cells. Parsing takes it apart and either understands all of it
or none: a text that is no set of changes raises NotUnderstood, and nothing was written. What comes out is plain and
typed (`GridChanges`), and is all that `writing` needs: there each cell is written for itself, and what is refused or
in conflict leaves the others alone. So whatever can be wrong with a *text* is decided here, whatever can be wrong with
a *fact* there, and each can be tested without the other.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from desk.editing.forms import ReasonForm
from frameworks.models import Criterion, Framework

#: Cells that one save may change: 200 frameworks × 40 criteria.
CELLS_MAX = 8000
CLAIMS_MAX = 200
VERSION_MAX = 2**31 - 1

#: What the grid changes of a rating, and what JSON must bring for it.
FIELDS: dict[str, type] = {"score": int, "verdict": str, "rationale": str, "is_published": bool}
CLAIM_FIELDS = ("source", "line", "part", "term", "paraphrase")

#: What became of one cell or claim, as the answer to the page says it.
Outcome = dict[str, Any]


RELOAD = "Reload the grid to see the current ones."


class NotUnderstood(Exception):
    """What was sent is no set of changes. Nothing was written; the text says why."""


@dataclass(frozen=True)
class RatingChange:
    """One cell: the version that the editor saw (None: no rating yet) and only those fields that they changed."""

    framework: Framework
    criterion: Criterion
    seen: int | None
    fields: Mapping[str, Any]
    reason: str

    @property
    def key(self) -> str:
        return f"{self.framework.slug}/{self.criterion.slug}"


@dataclass(frozen=True)
class NewClaim:
    """`index`: its place among the claims that were sent."""

    index: int
    framework: Framework
    criterion: Criterion
    data: Mapping[str, str]
    reason: str


@dataclass(frozen=True)
class GridChanges:
    """`gone`: the outcomes of what names a framework or criterion that is retired, or not here any more."""

    ratings: Sequence[RatingChange]
    claims: Sequence[NewClaim]
    gone: Sequence[Outcome]

    @property
    def cells(self) -> list[tuple[Framework, Criterion]]:
        changes: list[RatingChange | NewClaim] = [*self.ratings, *self.claims]
        return [(one.framework, one.criterion) for one in changes]


def parse(text: str, frameworks: Mapping[str, Framework], criteria: Mapping[str, Criterion]) -> GridChanges:
    """Read the JSON text of a save. Raises NotUnderstood with a sentence for the editor."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood("The changes were damaged on the way. Nothing was saved.") from error
    given = _typed(given, dict, "set of changes")
    reason = _reason(given.get("reason"))
    ratings = _entries(given, "ratings", CELLS_MAX)
    claims = _entries(given, "claims", CLAIMS_MAX)
    if not ratings and not claims:
        raise NotUnderstood("There is nothing to save.")
    gone = [*_gone("rating", ratings, frameworks, criteria), *_gone("claim", claims, frameworks, criteria)]
    changes = GridChanges(
        ratings=[
            _rating(one, *cell, reason) for one in ratings if (cell := _cell(one, frameworks, criteria))
        ],
        claims=[
            _claim(index, one, *cell, reason)
            for index, one in enumerate(claims)
            if (cell := _cell(one, frameworks, criteria))
        ],
        gone=gone,
    )
    if len({one.key for one in changes.ratings}) < len(changes.ratings):
        raise NotUnderstood("The same cell occurs twice. Nothing was saved.")
    return changes


def _entries(given: dict[str, Any], name: str, at_most: int) -> list[dict[str, Any]]:
    found = _typed(given.get(name, []), list, f"list of {name}")
    if len(found) > at_most:
        raise NotUnderstood(f"There are {len(found)} {name}. Save at most {at_most} at a time.")
    return [_typed(one, dict, f"entry under {name}") for one in found]


def _cell(
    one: dict[str, Any], frameworks: Mapping[str, Framework], criteria: Mapping[str, Criterion]
) -> tuple[Framework, Criterion] | None:
    framework = frameworks.get(_typed(one.get("framework"), str, "framework"))
    criterion = criteria.get(_typed(one.get("criterion"), str, "criterion"))
    is_current = framework and criterion and not (framework.is_retired or criterion.is_retired)
    return (framework, criterion) if framework and criterion and is_current else None


def _gone(
    kind: str,
    entries: Sequence[dict[str, Any]],
    frameworks: Mapping[str, Framework],
    criteria: Mapping[str, Criterion],
) -> Iterator[Outcome]:
    """Yield an outcome for each that was deleted, renamed or retired meanwhile: the other cells can still be saved."""
    for index, one in enumerate(entries):
        if _cell(one, frameworks, criteria) is None:
            yield {
                "kind": kind,
                "index": index,
                "framework": one["framework"],
                "criterion": one["criterion"],
                **refused(f"{_why_gone(one, frameworks, criteria)} {RELOAD}"),
            }


def _why_gone(
    one: dict[str, Any], frameworks: Mapping[str, Framework], criteria: Mapping[str, Criterion]
) -> str:
    for what, known in (("framework", frameworks), ("criterion", criteria)):
        if (fact := known.get(one[what])) is None:
            return f"This {what} is not here any more."
        if fact.is_retired:
            return fact.retirement_note
    return ""


def _rating(one: dict[str, Any], framework: Framework, criterion: Criterion, reason: str) -> RatingChange:
    seen = one.get("seen")
    if seen is not None and not 0 < _typed(seen, int, "version") <= VERSION_MAX:
        raise NotUnderstood(
            "These changes contain an impossible version. Nothing was saved. Reload the grid."
        )
    fields = {
        name: _clean(_typed(one[name], kind, name))
        for name, kind in FIELDS.items()
        if one.get(name) is not None
    }
    return RatingChange(framework, criterion, seen, fields, _reason(one.get("reason") or reason))


def _claim(
    index: int, one: dict[str, Any], framework: Framework, criterion: Criterion, reason: str
) -> NewClaim:
    data = {name: _as_typed_in(one.get(name), name) for name in CLAIM_FIELDS}
    return NewClaim(index, framework, criterion, data, _reason(one.get("reason") or reason))


def _as_typed_in(value: Any, name: str) -> str:
    """Return it as text: numbers may come as such or as they were typed."""
    if value is None:
        return ""
    return str(_clean(value if type(value) is int else _typed(value, str, name)))


def _typed(value: Any, kind: type, name: str) -> Any:
    # Not isinstance: `true` would be a score.
    if type(value) is not kind:
        raise NotUnderstood(f"These changes contain a value that is not a valid {name}. Nothing was saved.")
    return value


def _clean(value: Any) -> Any:
    """Return text as it is kept: trimmed, lines ended by LF. Raises NotUnderstood for what no database takes."""
    if not isinstance(value, str):
        return value
    if "\0" in value or value != value.encode(errors="ignore").decode():
        raise NotUnderstood("These changes contain characters that cannot be stored. Nothing was saved.")
    return value.replace("\r\n", "\n").strip()


def _reason(given: Any) -> str:
    form = ReasonForm({"reason": _clean(_typed(given or "", str, "reason"))})
    if not form.is_valid():
        raise NotUnderstood(form.first_error)
    return str(form.cleaned_data["reason"])


def refused(sentence: str) -> Outcome:
    return {"outcome": "refused", "sentence": sentence}
