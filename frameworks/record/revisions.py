"""The one write path for facts: the version is checked, the change recorded, a conflict reported.

Read, change, save loses edits when two editors work at once, on either database, and a transaction alone does not help.
`UPDATE … WHERE version = …` loses none. So nothing else in this project writes a recorded fact.
"""

import dataclasses
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import IntegrityError, ProgrammingError, models, transaction
from django.utils import timezone
from django.utils.text import get_text_list

from frameworks import backing
from frameworks.models import Recorded, Revision
from frameworks.models.schema import Related, State, schema_of, state_of

from . import renaming

#: What the database's refusals mean, by the name of the promise that was to be broken.
REFUSALS = {
    backing.CONSTRAINT: backing.NEEDS_CLAIM,
    "former_slug_stays": "Another has had that name before, and old links lead to it. Choose another name.",
}


@dataclass(frozen=True)
class Author:
    """Who writes, and by which door. All that one author object writes is one changeset."""

    name: str
    origin: Revision.Origin
    user: User | None = None
    changeset: UUID = dataclasses.field(default_factory=uuid4)
    #: The reviewer, where it was a proposal.
    published_by: User | None = None

    @classmethod
    def editor(cls, user: Any) -> Self:
        """Somebody signed in to the admin, by full name where there is one."""
        return cls(user.get_full_name() or user.get_username(), Revision.Origin.ADMIN, user)


SEED = Author("Touchstone", Revision.Origin.SEED)


class Conflict(Exception):
    """Somebody else has changed the fact since the version that the editor saw. Nothing was written.

    `mine` is the fact as the editor wanted it, `current` as it stands now (None: deleted meanwhile), `latest` the
    revision that came between (None only when the fact was changed without one).
    """

    def __init__(self, mine: Recorded, current: Recorded | None, seen: int) -> None:
        super().__init__(f"{mine} was changed by somebody else since version {seen}.")
        self.mine = mine
        self.current = current
        self.seen = seen
        self.latest = Revision.objects.of(mine).first()


class Refused(Exception):
    """The database keeps a promise that this change would break. Nothing was written; the text says what to do."""


def save(
    fact: Recorded,
    *,
    by: Author,
    reason: str,
    seen: int | None = None,
    related: Related | None = None,
    at: datetime | None = None,
) -> Revision | None:
    """Writes a new or changed fact and records the step. Returns None when nothing differs.

    `seen` is the version that the author's change is based on; None for a new fact only. `related` holds the
    many-to-many relations to set, by field name.

    Raises Conflict when the fact is no longer at that version, Refused when the database keeps a promise against it,
    ValueError when an existing fact comes without a version.
    """
    related = {name: list(others) for name, others in (related or {}).items()}
    with _promises_kept(fact), transaction.atomic():
        if fact._state.adding:
            before = None
            last = Revision.objects.of(fact).first()
            # A fact made again continues the count, so that its history has no version twice.
            fact.version = last.version + 1 if last else 1
            fact.save(force_insert=True)
        else:
            if seen is None:
                raise ValueError(f"{fact} exists: say which version the change is based on.")
            current = type(fact)._default_manager.filter(pk=fact.pk).first()
            if current is None or current.version != seen:
                raise Conflict(fact, current, seen)
            before = state_of(current)
            if before == state_of(fact, related):
                return None
            if fact.is_renamable and current.key_text != fact.key_text:
                _rename(current, fact)
            _update(fact, seen)
        for name, others in related.items():
            getattr(fact, name).set(others)
        return _record(fact, before, state_of(fact), by, reason, at)


def _rename(current: Recorded, fact: Recorded) -> None:
    kind, old, new = str(fact._meta.model_name), current.key_text, fact.key_text
    if renaming.has_history(kind, new):
        raise Refused(f"{fact}: The name “{new}” belongs to what was deleted under it. Choose another.")
    try:
        renaming.rename(kind, old, new)
    except (
        ProgrammingError
    ) as error:  # deploy/append-only.sql: the role of the portal may only add to the history
        sentence = f"Here a rename is for whoever runs the portal: manage.py rename {kind} {old} {new}"
        raise Refused(f"{fact}: The history may not be altered from the desk. {sentence}") from error


@dataclass(frozen=True)
class Change:
    """One of many facts to write at once. `before` is the fact as it stood at version `seen`; both None where new."""

    fact: Recorded
    related: Related
    seen: int | None = None
    before: State | None = None


def save_all(
    changes: Sequence[Change], *, by: Author, reason: str, at: datetime | None = None
) -> list[Revision]:
    """Writes many facts of one model, all or none, as `save` writes one: new ones first, one statement for each change.

    That nobody has come between, also since `before` was read, is checked where the version is raised. Raises what
    `save` raises, and IntegrityError where a new fact exists by now.
    """
    new = [change.fact for change in changes if change.seen is None]
    at = at or timezone.now()
    with transaction.atomic():
        with _promises_kept("One of the new facts"):
            _create_all(new)
        for change in changes:
            if change.seen is not None:
                with _promises_kept(change.fact):
                    _update(change.fact, change.seen, _changed(change))
            for name, others in change.related.items():
                relation = getattr(change.fact, name)
                if change.seen is None:
                    relation.add(*others)  # nothing is there yet that `set` would have to look for
                else:
                    relation.set(others)
        return Revision.objects.bulk_create(
            _revision(change.fact, change.before, state_of(change.fact, change.related), by, reason, at)
            for change in changes
        )


def _changed(change: Change) -> set[str]:
    after, before = state_of(change.fact, change.related), change.before or {}
    return {name for name, value in after.items() if name not in before or before[name] != value}


def _create_all(facts: Sequence[Recorded]) -> None:
    """Inserts new facts of one model. One that is made again continues its count of versions, as in `save`."""
    if not facts:
        return
    model = type(facts[0])
    past = Revision.objects.filter(model=model._meta.model_name, key__in=[fact.key_text for fact in facts])
    last = dict(past.order_by().values_list("key").annotate(models.Max("version")))
    for fact in facts:
        fact.version = last.get(fact.key_text, 0) + 1
    model._default_manager.bulk_create(facts)


def delete(fact: Recorded, *, by: Author, reason: str, seen: int, at: datetime | None = None) -> Revision:
    """Deletes a fact and records the step. Raises Conflict, Refused, or Django's ProtectedError."""
    with _promises_kept(fact), transaction.atomic():
        current = type(fact)._default_manager.filter(pk=fact.pk).first()
        if current is None or current.version != seen:
            raise Conflict(fact, current, seen)
        if citing := _naming(current):
            names = get_text_list([f"{other._meta.verbose_name} “{other}”" for other in citing], "and")
            raise Refused(f"{fact}: It is named by the {names}. Take it out there first.")
        before = state_of(current)
        _update(current, seen)
        pk = current.pk
        current.delete()
        current.pk = pk
        return _record(current, before, None, by, reason, at)


def _naming(fact: Recorded) -> list[Recorded]:
    """The facts that name this one in a many-to-many relation: the database would drop the link without a trace."""
    return [
        other
        for relation in fact._meta.related_objects
        if relation.many_to_many
        for other in getattr(fact, str(relation.get_accessor_name())).all()
    ]


def _update(fact: Recorded, seen: int, names: Collection[str] | None = None) -> None:
    """Writes the fields of these names, or all, and raises the version in one statement, if that is still the one seen.

    Of many facts only what has changed is written: the database then need not look at its promises about the rest.
    """
    values = {
        field.attname: getattr(fact, field.attname)
        for name, field in schema_of(type(fact)).columns.items()
        if names is None or name in names
    }
    facts = type(fact)._default_manager.filter(pk=fact.pk, version=seen)
    if not facts.update(**values, version=seen + 1):
        raise Conflict(fact, type(fact)._default_manager.filter(pk=fact.pk).first(), seen)
    fact.version = seen + 1
    # A fact built from a fixture does not know yet where it lives.
    fact._state.db = facts.db


def _record(
    fact: Recorded,
    before: State | None,
    after: State | None,
    by: Author,
    reason: str,
    at: datetime | None,
) -> Revision:
    revision = _revision(fact, before, after, by, reason, at or timezone.now())
    revision.save(force_insert=True)
    return revision


def _revision(
    fact: Recorded, before: State | None, after: State | None, by: Author, reason: str, at: datetime
) -> Revision:
    action = Revision.Action.CHANGED
    if before is None:
        action = Revision.Action.CREATED
    elif after is None:
        action = Revision.Action.DELETED
    return Revision(
        at=at,
        model=fact._meta.model_name or "",
        key=fact.key_text,
        version=fact.version,
        action=action,
        origin=by.origin,
        changeset=by.changeset,
        author=by.user,
        author_name=by.name,
        published_by=by.published_by,
        reason=reason,
        before=before,
        after=after,
    )


@contextmanager
def _promises_kept(fact: Recorded | str) -> Iterator[None]:
    """Turns the database's refusal into a sentence for the editor; other integrity errors pass."""
    try:
        yield
    except IntegrityError as error:
        for promise, sentence in REFUSALS.items():
            if promise in str(error):
                raise Refused(f"{fact}: {sentence}") from error
        raise
