"""What the grid changes, written cell by cell, with an outcome for each. The other half of `parsing`."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.timezone import localdate, localtime

from desk.editing.merging import put_on_top
from desk.editing.refusals import PlainErrors, in_words
from desk.kinds.claim_rules import free_key, way_out
from frameworks.cells import Key, derivations
from frameworks.median import Derivation
from frameworks.models import Claim, Rating, Source
from frameworks.models.schema import State, state_of
from frameworks.record import past, revisions
from frameworks.record.following import is_score_set, settle_score
from frameworks.record.pending import PendingWrite
from frameworks.record.revisions import Author
from frameworks.tables import values

from .parsing import CLAIM_FIELDS, FIELDS, GridChanges, NewClaim, Outcome, RatingChange, refused

NOT_ALLOWED = "You do not have permission to {}, so this was not saved."


@dataclass(frozen=True)
class GridRights:
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
class DerivedScores:
    """What follows from the claims of the changed cells, before the new claims of the grid and after them."""

    before: Mapping[Key, Derivation[int]]
    after: Mapping[Key, Derivation[int]]

    def settle(self, rating: Rating, *, is_set: bool) -> str:
        """Let the score follow, or say in a sentence why it may not be written."""
        key = rating.framework_id, rating.criterion_id
        derived = self.after.get(key)
        sentence = settle_score(rating, self.before.get(key), derived, is_set=is_set, can_say_why=False)
        advice = way_out(rating, derived, can_say_why=False) if sentence and derived else ""
        return f"{sentence} {advice}".strip()


class NewClaimForm(PlainErrors, forms.ModelForm):
    source = forms.ModelChoiceField(Source.objects.all(), to_field_name="key")
    line = forms.IntegerField(min_value=1, max_value=values.WHOLE_MAX)

    class Meta:
        model = Claim
        fields = CLAIM_FIELDS


def write(changes: GridChanges, by: Author, rights: GridRights) -> list[Outcome]:
    """Write the claims and then the ratings on them, all in one transaction. Returns what became of each.

    What is refused or in conflict leaves the rest alone.
    """
    with transaction.atomic():
        cells = {(one.framework.pk, one.criterion.pk) for one in changes.ratings}
        before = derivations(cells) if cells else {}
        claims = [
            {"kind": "claim", "index": one.index, **_named(one), **_write_claim(one, by, rights, cells)}
            for one in changes.claims
        ]
        derived = DerivedScores(before, derivations(cells) if cells and claims else before)
        # In one order for everybody: two who save the same cells at once must not wait for each other.
        in_order = sorted(changes.ratings, key=lambda one: one.key)
        ratings = [
            {"kind": "rating", **_named(one), **outcome}
            for one, outcome in zip(in_order, _write_ratings(in_order, by, rights, derived), strict=True)
        ]
    return [*claims, *ratings, *changes.gone]


def _named(one: RatingChange | NewClaim) -> Outcome:
    return {"framework": one.framework.slug, "criterion": one.criterion.slug}


def _current(changes: Sequence[RatingChange]) -> dict[str, Rating]:
    ratings = Rating.objects.select_related("framework", "criterion").filter(
        framework__in={one.framework for one in changes}, criterion__in={one.criterion for one in changes}
    )
    return {rating.key_text: rating for rating in ratings}


def _write_claim(new: NewClaim, by: Author, rights: GridRights, besides: Container[Key]) -> Outcome:
    if not rights.claim:
        return refused(NOT_ALLOWED.format("add claims"))
    form = NewClaimForm(dict(new.data), instance=Claim(framework=new.framework, criterion=new.criterion))
    if not form.is_valid():
        return refused(_sentence(ValidationError(form.errors.as_data()), Claim))
    # Sent again, after an answer that did not arrive, it is no second claim.
    if Claim.objects.filter(framework=new.framework, criterion=new.criterion, **form.cleaned_data).exists():
        return {"outcome": "same"}
    claim = form.instance
    claim.key = free_key(claim)
    try:
        revisions.save(claim, by=by, reason=new.reason, besides=besides)
    except (revisions.Refused, IntegrityError) as error:
        return refused(in_words(error))
    return {"outcome": "saved"}


def _write_ratings(
    changes: Sequence[RatingChange], by: Author, rights: GridRights, derived: DerivedScores
) -> list[Outcome]:
    """Write the ratings together where that can be done, otherwise each for itself, and return what became of each."""
    current = _current(changes)
    pending = [_pending(change, current.get(change.key), rights, derived) for change in changes]
    try:
        return _save(pending, by)
    except (revisions.Refused, revisions.Conflict, IntegrityError):
        current = _current(changes)
        return [_write_rating(change, current.get(change.key), by, rights, derived) for change in changes]


def _write_rating(
    change: RatingChange, current: Rating | None, by: Author, rights: GridRights, derived: DerivedScores
) -> Outcome:
    try:
        [outcome] = _save([_pending(change, current, rights, derived)], by)
    except revisions.Refused as refusal:
        return refused(in_words(refusal))
    except (revisions.Conflict, IntegrityError):
        return _conflict(change, past.by_name(Rating, change.key))
    return outcome


def _pending(
    change: RatingChange, current: Rating | None, rights: GridRights, derived: DerivedScores
) -> PendingWrite | Outcome:
    """Return what to write, or what became of the change already."""
    if not (rights.change if current else rights.add):
        return refused(NOT_ALLOWED.format("change ratings" if current else "add ratings"))
    if change.seen != (current.version if current else None):
        return _conflict(change, current)
    before = state_of(current) if current else None
    rating = current or Rating(framework=change.framework, criterion=change.criterion)
    for name, value in change.fields.items():
        setattr(rating, name, value)
    changed = [name for name, value in change.fields.items() if before is None or before[name] != value]
    rating.note_review(changed, localdate())
    try:
        rating.clean_fields(exclude=["framework", "criterion"])
    except ValidationError as problem:
        return refused(_sentence(problem, Rating))
    is_set = before is None or is_score_set(rating, changed)
    if sentence := derived.settle(rating, is_set=is_set):
        return refused(sentence)
    return PendingWrite(rating, {}, change.seen, before, change.reason)


def _save(pending: Sequence[PendingWrite | Outcome], by: Author) -> list[Outcome]:
    """Write what is to be written, all or none, and return the outcome of each. Raises what `save_all` raises."""
    writes = [write for write in pending if isinstance(write, PendingWrite)]
    saved = {step.key for step in revisions.save_all(writes, by=by)}
    return [
        {"outcome": "saved" if write.fact.key_text in saved else "same", "version": write.fact.version}
        if isinstance(write, PendingWrite)
        else write
        for write in pending
    ]


def _sentence(problem: ValidationError, model: type[Rating | Claim]) -> str:
    """Return it in a sentence: `Score: The score must be between 1 and 5.`"""
    fields = {field.name: field for field in model._meta.concrete_fields}
    said = [
        f"{capfirst(str(fields[name].verbose_name))}: {values.refusal(fields[name], each)}"
        if name in fields
        else " ".join(each.messages)
        for name, errors in problem.error_dict.items()
        for each in errors
    ]
    return " ".join(said)


def _conflict(change: RatingChange, current: Any) -> Outcome:
    """Return who came between, and the three states: as this editor saw it, as it is now, as they want it."""
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
        "mine": put_on_top(change.fields, _values(base) if base else {}),
    }


def _values(state: State) -> dict[str, Any]:
    return {name: state[name] for name in FIELDS}
