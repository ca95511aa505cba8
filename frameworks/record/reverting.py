"""Restore an earlier version of a fact, or undo a whole changeset. Either adds to the history and removes nothing."""

from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.serializers.base import DeserializationError
from django.db import IntegrityError, models, transaction
from django.utils.text import get_text_list

from frameworks.cells import Key
from frameworks.models import Claim, Rating, Revision, Versioned, Wording
from frameworks.models.schema import Built, State, schema_of, state_of, target
from frameworks.roles import right_to

from . import past, renaming, revisions
from .following import Consequences, departure_of, departures_of, is_score_set, rated_by
from .pending import PendingWrite
from .revisions import Author, Conflict, Refused
from .swapping import takes_place


def restore(
    revision: Revision, *, by: Author, reason: str, seen: int, at: datetime | None = None
) -> Revision | None:
    """Restore the fact to its state after this revision; re-create it where it was deleted since.

    `seen` is the newest version of the fact that the editor saw, which may be its deletion. Returns None where the fact
    is in that state already. Raises Conflict where it was changed since, and Refused, saying what to do, where it
    cannot be restored.
    """
    model = model_of(revision)
    if revision.after is None:
        raise Refused(f"{revision.key}: This change deleted it. Restore an earlier version.")
    with transaction.atomic():
        restored = _write_state(model, revision.key, revision.after, by=by, reason=reason, seen=seen, at=at)
        fact = past.by_name(model, revision.key) if restored else None
        if isinstance(fact, Rating) and (sentence := departure_of(fact)):
            raise Refused(f"{fact}: {sentence}")
        return restored


def model_of(revision: Revision) -> type[Versioned]:
    """Return the model of the revision's fact. Raises Refused where it no longer exists."""
    model = past.versioned_model(revision.model)
    if model is None:
        raise Refused(f"{revision.model} {revision.key}: This kind of fact no longer exists.")
    return model


def _write_state(
    model: type[Versioned],
    key: str,
    state: State,
    *,
    by: Author,
    reason: str,
    seen: int,
    at: datetime | None = None,
    besides: Container[Key] = (),
) -> Revision | None:
    current = past.by_name(model, key)
    built = past.build(model, wanted(state, current))
    if built is None or built.missing:
        raise Refused(_what_is_gone(model, key, built))
    fact = built.fact
    if current is not None:
        built.succeed(current)
    elif (last := past.history(model, key).first()) and last.version != seen:
        raise Conflict(fact, None, seen)
    with _refused_in_words(fact):
        fact.clean_fields(exclude=_unchanged(fact, current))
        fact.clean()
    try:
        with transaction.atomic():
            return revisions.save(
                fact,
                by=by,
                reason=reason,
                seen=None if current is None else seen,
                related=built.related,
                at=at,
                besides=besides,
            )
    except IntegrityError as error:
        # The models put the database's constraints in words. Validating every time would double the queries.
        with _refused_in_words(fact):
            fact.full_clean()
        raise Refused(f"{fact}: Something else has taken its place since. Check it again.") from error


def _unchanged(fact: Versioned, current: Versioned | None) -> set[str]:
    """Return the columns that do not change, whose values need no validation."""
    columns = schema_of(type(fact)).columns
    return {
        name
        for name, field in columns.items()
        if current is not None and getattr(fact, field.attname) == getattr(current, field.attname)
    }


def restored(revision: Revision, current: Versioned | None) -> State:
    """Return the state that restoring the revision would write: a claim is read by the table of today."""
    state = wanted(revision.after or {}, current)
    built = past.build(model_of(revision), state)
    if built is None or built.missing or not isinstance(built.fact, Claim):
        return state
    built.fact.read_by_table()
    return state_of(built.fact, built.related)


def wanted(state: State, current: Versioned | None) -> State:
    """Return the recorded fields, with the current values of fields that the revision does not have."""
    return {**state_of(current), **state} if current is not None else state


@contextmanager
def _refused_in_words(fact: Versioned) -> Iterator[None]:
    """Turn a ValidationError into Refused: what an editor could not save by hand is not restored either."""
    try:
        yield
    except ValidationError as error:
        raise Refused(f"{fact}: It can no longer have these values. {' '.join(error.messages)}") from error


def _what_is_gone(model: type[Versioned], key: str, built: Built | None) -> str:
    gone = [
        f"{target(field)._meta.verbose_name} “{'/'.join(map(str, named))}”"
        for field, named in (built.missing if built else [])
        if named
    ]
    names = get_text_list(gone, "and") if gone else "something that no longer exists"
    return (
        f"{model._meta.verbose_name} {key}: It refers to {names}, which no longer exists. Restore that first."
    )


# A whole changeset


@dataclass(frozen=True)
class UndoPlan:
    """What undoing a changeset would do: the revisions to undo, newest first, and those of facts changed since."""

    steps: list[Revision]
    changed_since: list[Revision]

    @property
    def permissions(self) -> set[str]:
        """Return the permissions needed to undo the changeset."""
        kinds = {(step.action, step.model): step for step in self.steps}
        return {right_to_undo(action, model_of(step)) for (action, _), step in kinds.items()}


#: The right needed to undo a revision, by its action.
BACKWARDS = {
    Revision.Action.CREATED.value: "delete",
    Revision.Action.CHANGED.value: "change",
    Revision.Action.DELETED.value: "add",
}


def right_to_undo(action: str, model: type[Versioned]) -> str:
    """Return the permission that undoing such a revision of this model needs."""
    return right_to(BACKWARDS[action], model)


class FactsChanged(Exception):
    """Facts of the changeset have changed since the editor saw which would be undone. Nothing was written."""


#: The kinds of facts that follow a row of the table of readings.
FOLLOWERS = {"claim", "rating"}


def plan(changeset: UUID) -> UndoPlan:
    """Return what can be undone: the revisions of facts that nobody has changed since. One query."""
    steps: list[Any] = list(Revision.objects.filter(changeset=changeset).with_last_version().order_by("-pk"))
    left = {_name(step): step.version for step in reversed(steps)}
    unchanged = {_name(step) for step in steps if step.last_version == left[_name(step)]}
    if any(step.model == schema_of(Wording).kind and _name(step) not in unchanged for step in steps):
        # Claims and scores stay with a row of the table of readings that has changed since.
        unchanged = {name for name in unchanged if name[0] not in FOLLOWERS}
    return UndoPlan(
        [step for step in steps if _name(step) in unchanged],
        [step for step in steps if _name(step) not in unchanged and step.version == left[_name(step)]],
    )


def undone_by(changeset: UUID) -> UUID | None:
    """Return the changeset that has undone all of this one, after which nothing was changed. Three queries at most."""
    steps: list[Any] = list(Revision.objects.filter(changeset=changeset).with_last_version().order_by("-pk"))
    before = {_name(step): step for step in steps}  # the oldest of each fact
    newest = (
        steps
        and Revision.objects.filter(
            model=steps[0].model,
            key=steps[0].key,
            version=steps[0].last_version,
            origin=Revision.Origin.REVERT,
        ).first()
    )
    if not newest or newest.changeset == changeset:
        return None
    undoing = {
        _name(step): step for step in Revision.objects.filter(changeset=newest.changeset).order_by("pk")
    }
    for name, step in before.items():
        last = undoing.get(name)
        if last is None or last.version != step.last_version or last.after != step.before:
            return None
    return newest.changeset


def _name(step: Revision) -> tuple[str, str]:
    return step.model, step.key


def undo(changeset: UUID, *, by: Author, reason: str, count: int, at: datetime | None = None) -> int:
    """Undo the changeset's revisions in reverse order, all or none, and return how many.

    Facts that were changed since stay as they are. `count` is the number of revisions that the editor saw would be
    undone. Raises FactsChanged where it differs by now, Refused where one of them cannot be undone.
    """
    return sum(undo_in_batches(changeset, by=by, reason=reason, count=count, at=at))


def undo_in_batches(
    changeset: UUID, *, by: Author, reason: str, count: int, at: datetime | None = None
) -> Iterator[int]:
    """Do what `undo` does, and yield the number of revisions in each batch when it is undone.

    All is in one transaction, which ends with the iteration: left early, nothing is undone.
    """
    with transaction.atomic():
        steps = plan(changeset).steps
        if len(steps) != count:
            raise FactsChanged
        versions = {_name(step): step.version for step in reversed(steps)}
        undoing = Undoing(by, reason, at, rated_by(steps))
        for batch in _batches(steps):
            left = _undo_batch(batch, [versions[_name(step)] for step in batch], undoing)
            versions |= {_name(step): version for step, version in zip(batch, left, strict=True)}
            yield len(batch)
        _refuse_departures(steps)


def _refuse_departures(steps: Iterable[Revision]) -> None:
    """Raise Refused where a published score that was undone does not follow from the claims of today."""
    undone = {step.key: step for step in steps if step.model == schema_of(Rating).kind and step.before}
    if not undone:
        return
    by_key = past.by_keys(Rating, [key.split("/") for key in undone], ["framework", "criterion"])
    ratings = [
        rating
        for key, rating in cast("dict[str, Rating]", by_key).items()
        if rating.is_published and is_score_set(rating, (name for name, _, _ in undone[key].changed_fields))
    ]
    for sentence in departures_of(ratings):
        raise Refused(sentence)


@dataclass(frozen=True)
class Undoing:
    """By whom, why and when steps are undone. Scores of the cells `besides` are set by steps of their own."""

    by: Author
    reason: str
    at: datetime | None
    besides: Container[Key]

    @property
    def options(self) -> dict[str, Any]:
        """Return what each function that writes takes."""
        return {"by": self.by, "reason": self.reason, "at": self.at, "besides": self.besides}


def _undo_batch(batch: Sequence[Revision], seen: Sequence[int], undoing: Undoing) -> list[int]:
    """Undo the steps of a batch, based on these versions of the facts, and return the versions afterwards."""
    try:
        # What follows from a row of the table of readings is written with that row.
        alike = len(batch) > 1 and batch[0].model != schema_of(Wording).kind
        if alike and (left := _undo_together(batch, seen, undoing)):
            return left
        return [_undo_step(step, version, undoing) for step, version in zip(batch, seen, strict=True)]
    except Conflict as conflict:
        raise FactsChanged from conflict


#: How many facts are fetched and written together.
BATCH_MAX = 1000


def _batches(steps: Iterable[Revision]) -> Iterator[list[Revision]]:
    """Yield the steps in batches. Those of a run that may exchange unique values stay in one, however many."""
    for run in _runs(steps):
        swapping, others = list[Revision](), list[Revision]()
        for step in run:
            (swapping if takes_place(model_of(step), step.after, step.before) else others).append(step)
        yield from (others[start : start + BATCH_MAX] for start in range(0, len(others), BATCH_MAX))
        if swapping:
            yield swapping


def _runs(steps: Iterable[Revision]) -> Iterator[list[Revision]]:
    """Yield the steps in their order, those together that do the same to different facts of one kind.

    Each change of a natural key comes alone.
    """
    run: dict[tuple[str, str], Revision] = {}
    previous: object = None
    for step in steps:
        alike = None if renaming.key_before(step) != step.key else (step.model, step.action)
        if run and (alike is None or alike != previous or _name(step) in run):
            yield list(run.values())
            run = {}
        run[_name(step)], previous = step, alike
    if run:
        yield list(run.values())


def _undo_together(steps: Sequence[Revision], seen: Sequence[int], undoing: Undoing) -> list[int]:
    """Undo revisions of one kind and action, each of another fact, and return the facts' versions afterwards.

    The number of queries does not grow with them. Returns nothing, and has written nothing, where they cannot be undone
    together: undone singly, the one that it is about says what the matter is.
    """
    model = model_of(steps[0])
    schema = schema_of(model)
    keys = [step.key.split("/") for step in steps]
    by_key = past.by_keys(model, keys, [*schema.paths, *schema.many])
    current = [by_key.get(step.key) for step in steps]
    # Whose last step was the deletion is not there now.
    there = [None if step.after is None else version for step, version in zip(steps, seen, strict=True)]
    if [fact and fact.version for fact in current] != there:
        return []
    try:
        if steps[0].before is None:
            facts = [fact for fact in current if fact is not None]
            revisions.delete_all(facts, **undoing.options)
        else:
            writes = _writes(model, steps, current)
            revisions.save_all(writes, **undoing.options)
            facts = [write.fact for write in writes]
    except PROBLEMS:
        return []
    return [fact.version for fact in facts]


#: What may keep facts from being written together.
PROBLEMS = (
    Conflict,
    Refused,
    DeserializationError,
    ValidationError,
    IntegrityError,
    models.ProtectedError,
)


def _writes(
    model: type[Versioned], steps: Sequence[Revision], current: Sequence[Versioned | None]
) -> list[PendingWrite]:
    """Return what to write so that each fact, there now or not, is as it was before its revision.

    Raises Refused, ValidationError or DeserializationError where one of them may not be like that today.
    """
    now = [state_of(fact) if fact is not None else None for fact in current]
    states = [{**(state or {}), **(step.before or {})} for step, state in zip(steps, now, strict=True)]
    looked_up = _looked_up(model)
    writes = []
    for step, built, fact, before in zip(steps, past.build_all(model, states), current, now, strict=True):
        if built.missing:
            raise Refused(_what_is_gone(model, step.key, built))
        if fact is not None:
            built.succeed(fact)
        built.fact.clean_fields(exclude=_unchanged(built.fact, fact) | looked_up)
        built.fact.clean()
        writes.append(
            PendingWrite(built.fact, built.related, fact.version if fact is not None else None, before)
        )
    return writes


def _looked_up(model: type[Versioned]) -> set[str]:
    """Return the foreign keys that are valid whenever there is such a fact. Their validators would query it again."""
    schema = schema_of(model)
    return {
        name
        for name, field in schema.columns.items()
        if name in schema.relations and not cast("models.ForeignKey[Any, Any]", field).get_limit_choices_to()
    }


def _undo_step(step: Revision, seen: int, undoing: Undoing) -> int:
    """Undo one revision and return the fact's version afterwards."""
    model = model_of(step)
    if step.before is not None:
        revision = _write_state(model, step.key, step.before, seen=seen, **undoing.options)
        return revision.version if revision else seen
    current = past.by_name(model, step.key)
    if current is None:
        raise FactsChanged
    if isinstance(current, Wording):
        # The claims that it reads need it no longer, once they are read without it.
        unread = Consequences([current], undoing.besides, are_deleted=True)
        revisions.write_first(unread, by=undoing.by, reason=undoing.reason, at=undoing.at)
        revisions.write_out(unread, by=undoing.by, reason=undoing.reason, at=undoing.at)
    try:
        return revisions.delete(current, seen=seen, **undoing.options).version
    except models.ProtectedError as error:
        others = get_text_list([f"“{other}”" for other in list(error.protected_objects)[:3]], "and")
        raise Refused(f"{current}: It cannot be deleted, because it is still needed by {others}.") from error
