"""What the grid sends: read without the database, then written cell by cell, with an outcome told for each."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localtime

from desk.editing.forms import ReasonForm
from desk.editing.lists import AT_ONCE
from desk.kinds.evidence import free_key
from frameworks.models import Claim, Criterion, Framework, Proposal, Rating, Source
from frameworks.models.schema import State, state_of
from frameworks.record import past, revisions
from frameworks.record.revisions import Author

#: Cells that one save may change: 200 frameworks × 40 criteria.
CELLS_MAX = 8000
CLAIMS_MAX = 200
VERSION_MAX = 2**31 - 1

#: What the grid changes of a rating, and what JSON must bring for it.
FIELDS: dict[str, type] = {"score": int, "verdict": str, "rationale": str, "is_published": bool}
CLAIM_FIELDS = ("source", "line", "part", "term", "paraphrase", "reading")

NOT_ALLOWED = "You may not {} here, so this was not saved."

Outcome = dict[str, Any]


class NotUnderstood(Exception):
    """What was sent is no set of changes. Nothing was written; the text says why."""


@dataclass(frozen=True)
class Rights:
    """What an editor may do in the grid."""

    change: bool
    add: bool
    claim: bool

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        rights = ("change_rating", "add_rating", "add_claim")
        return cls(*(request.user.has_perm(f"frameworks.{right}") for right in rights))

    @property
    def any(self) -> bool:
        return self.change or self.add or self.claim


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
class Changes:
    """`gone`: the outcomes of what names a framework or criterion that is not here any more."""

    ratings: Sequence[RatingChange]
    claims: Sequence[NewClaim]
    gone: Sequence[Outcome]

    @property
    def cells(self) -> list[tuple[Framework, Criterion]]:
        changes: list[RatingChange | NewClaim] = [*self.ratings, *self.claims]
        return [(one.framework, one.criterion) for one in changes]


# Reading


def parse(text: str, frameworks: Mapping[str, Framework], criteria: Mapping[str, Criterion]) -> Changes:
    """Reads the JSON text of a save. Raises NotUnderstood with a sentence for the editor."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise NotUnderstood("The changes did not arrive as they were sent. Nothing was saved.") from error
    given = _typed(given, dict, "set of changes")
    reason = _reason(given.get("reason"))
    ratings = _entries(given, "ratings", CELLS_MAX)
    claims = _entries(given, "claims", CLAIMS_MAX)
    if not ratings and not claims:
        raise NotUnderstood("There is nothing to save.")
    gone = [*_gone("rating", ratings, frameworks, criteria), *_gone("claim", claims, frameworks, criteria)]
    changes = Changes(
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
        raise NotUnderstood("A cell is named twice. Nothing was saved.")
    return changes


def _entries(given: dict[str, Any], name: str, at_most: int) -> list[dict[str, Any]]:
    found = _typed(given.get(name, []), list, f"list of {name}")
    if len(found) > at_most:
        raise NotUnderstood(f"These are {len(found)} {name}. Save at most {at_most} at a time.")
    return [_typed(one, dict, f"entry under {name}") for one in found]


def _cell(
    one: dict[str, Any], frameworks: Mapping[str, Framework], criteria: Mapping[str, Criterion]
) -> tuple[Framework, Criterion] | None:
    framework = frameworks.get(_typed(one.get("framework"), str, "framework"))
    criterion = criteria.get(_typed(one.get("criterion"), str, "criterion"))
    return (framework, criterion) if framework and criterion else None


def _gone(
    kind: str,
    entries: Sequence[dict[str, Any]],
    frameworks: Mapping[str, Framework],
    criteria: Mapping[str, Criterion],
) -> Iterator[Outcome]:
    """Somebody deleted or renamed it while the grid was open: no reason to keep the other cells from being saved."""
    for index, one in enumerate(entries):
        if _cell(one, frameworks, criteria) is None:
            what = "criterion" if one["framework"] in frameworks else "framework"
            yield {
                "kind": kind,
                "index": index,
                "framework": one["framework"],
                "criterion": one["criterion"],
                **_refused(f"This {what} is not here any more. Open the grid again to see what is."),
            }


def _rating(one: dict[str, Any], framework: Framework, criterion: Criterion, reason: str) -> RatingChange:
    seen = one.get("seen")
    if seen is not None and not 0 < _typed(seen, int, "version") <= VERSION_MAX:
        raise NotUnderstood("A version in these changes cannot be. Open the grid again.")
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
    """Numbers may come as such or as they were typed."""
    if value is None:
        return ""
    return str(_clean(value if type(value) is int else _typed(value, str, name)))


def _typed(value: Any, kind: type, name: str) -> Any:
    # Not isinstance: `true` would be a score.
    if type(value) is not kind:
        raise NotUnderstood(f"These changes hold something that is no {name}. Nothing was saved.")
    return value


def _clean(value: Any) -> Any:
    """Text as it is kept: trimmed, lines ended by LF. What no database takes is refused."""
    if not isinstance(value, str):
        return value
    if "\0" in value or value != value.encode(errors="ignore").decode():
        raise NotUnderstood("The changes hold characters that cannot be kept. Nothing was saved.")
    return value.replace("\r\n", "\n").strip()


def _reason(given: Any) -> str:
    form = ReasonForm({"reason": _clean(_typed(given or "", str, "reason"))})
    if not form.is_valid():
        raise NotUnderstood(form.first_error)
    return str(form.cleaned_data["reason"])


# Taking up again


def taken_up(proposal: Proposal) -> dict[str, Any]:
    """What a proposal from the grid wanted, as the page takes it in: unsaved, on top of what stands now."""
    ratings, claims = [], []
    for change in proposal.changes.all():
        after = change.after or {}
        own = {"reason": change.reason} if change.reason != proposal.reason else {}
        if change.model == Rating._meta.model_name:
            framework, _, criterion = change.key.partition("/")
            fields = {name: value for name, _, value in change.changed_fields if name in FIELDS}
            ratings.append({"framework": framework, "criterion": criterion, "change": {**fields, **own}})
        elif change.model == Claim._meta.model_name and after.get("framework"):
            values = {**after, "source": "/".join(after["source"])}
            claims.append(
                {
                    "framework": after["framework"][0],
                    "criterion": after["criterion"][0],
                    "values": {name: str(values.get(name) or "") for name in CLAIM_FIELDS} | own,
                }
            )
    return {"reason": proposal.reason, "ratings": ratings, "claims": claims}


# Writing


class NewClaimForm(forms.ModelForm):
    source = forms.ModelChoiceField(Source.objects.all(), to_field_name="key")

    class Meta:
        model = Claim
        fields = CLAIM_FIELDS


def write(changes: Changes, by: Author, rights: Rights) -> list[Outcome]:
    """Writes the claims and then the ratings on them, all in one transaction, and says what became of each.

    What is refused or in conflict leaves the rest alone.
    """
    with transaction.atomic():
        claims = [
            {"kind": "claim", "index": one.index, **_named(one), **_write_claim(one, by, rights)}
            for one in changes.claims
        ]
        standing = _standing(changes.ratings)
        # In one order for everybody: two who save the same cells at once must not wait for each other.
        in_order = sorted(changes.ratings, key=lambda one: one.key)
        ratings = [
            {"kind": "rating", **_named(one), **_write_rating(one, standing.get(one.key), by, rights)}
            for one in in_order
        ]
    return [*claims, *ratings, *changes.gone]


def _named(one: RatingChange | NewClaim) -> Outcome:
    return {"framework": one.framework.slug, "criterion": one.criterion.slug}


def _standing(changes: Sequence[RatingChange]) -> dict[str, Rating]:
    ratings = Rating.objects.select_related("framework", "criterion").filter(
        framework__in={one.framework for one in changes}, criterion__in={one.criterion for one in changes}
    )
    return {rating.key_text: rating for rating in ratings}


def _write_claim(new: NewClaim, by: Author, rights: Rights) -> Outcome:
    if not rights.claim:
        return _refused(NOT_ALLOWED.format("add claims"))
    form = NewClaimForm(dict(new.data), instance=Claim(framework=new.framework, criterion=new.criterion))
    if not form.is_valid():
        return _refused(_sentence(ValidationError(form.errors.as_data()), Claim))
    # Sent again, after an answer that did not arrive, it is no second claim.
    if Claim.objects.filter(framework=new.framework, criterion=new.criterion, **form.cleaned_data).exists():
        return {"outcome": "same"}
    claim = form.instance
    claim.key = free_key(claim)
    try:
        revisions.save(claim, by=by, reason=new.reason)
    except IntegrityError:
        return _refused(AT_ONCE)
    return {"outcome": "saved"}


def _write_rating(change: RatingChange, current: Rating | None, by: Author, rights: Rights) -> Outcome:
    if not (rights.change if current else rights.add):
        return _refused(NOT_ALLOWED.format("change ratings" if current else "add ratings"))
    if change.seen != (current.version if current else None):
        return _conflict(change, current)
    rating = current or Rating(framework=change.framework, criterion=change.criterion)
    for name, value in change.fields.items():
        setattr(rating, name, value)
    try:
        rating.clean_fields(exclude=["framework", "criterion"])
        written = revisions.save(rating, by=by, reason=change.reason, seen=change.seen)
    except ValidationError as problem:
        return _refused(_sentence(problem, Rating))
    except revisions.Refused as refusal:
        return _refused(str(refusal))
    except (revisions.Conflict, IntegrityError):
        return _conflict(change, past.by_name(Rating, change.key))
    return {"outcome": "saved" if written else "same", "version": rating.version}


def _refused(sentence: str) -> Outcome:
    return {"outcome": "refused", "sentence": sentence}


def _sentence(problem: ValidationError, model: type[Rating | Claim]) -> str:
    """`Score: Ensure this value is less than or equal to 5.`"""
    labels = {field.name: capfirst(str(field.verbose_name)) for field in model._meta.concrete_fields}
    said = [
        f"{labels[name]}: {message}" if name in labels else message
        for name, messages in problem.message_dict.items()
        for message in messages
    ]
    return " ".join(said)


def _conflict(change: RatingChange, current: Any) -> Outcome:
    """Who came between, and the three states: as this editor saw it, as it stands, as they want it."""
    theirs = _values(state_of(current)) if current else None
    version = current.version if current else None
    if theirs and all(theirs[name] == value for name, value in change.fields.items()):
        return {"outcome": "same", "version": version}
    base = past.state_at(Rating, change.key, change.seen) if change.seen else None
    latest = past.history(Rating, change.key).first()
    return {
        "outcome": "conflict",
        "version": version,
        "who": latest.author_name if latest else "Somebody",
        "when": date_format(localtime(latest.at), "DATETIME_FORMAT") if latest else "",
        "why": latest.reason if latest else "",
        "base": _values(base) if base else None,
        "theirs": theirs,
        "mine": {**(_values(base) if base else {}), **change.fields},
    }


def _values(state: State) -> dict[str, Any]:
    return {name: state[name] for name in FIELDS}
