"""Write facts: check the version, record the change, report a conflict. There is no other write path.

To read, change and save a row loses edits when two editors work at once, on either database, and a transaction alone
does not help. `UPDATE … WHERE version = …` loses none. So nothing else in this project writes a versioned fact.
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
from frameworks.models import Revision, Versioned
from frameworks.models.schema import Related, State, schema_of, state_of

from . import renaming

#: What to tell an editor whose change the database refuses, by the name of the constraint.
REFUSALS = {
    backing.CONSTRAINT: backing.NEEDS_CLAIM,
    "former_slug_stays": "Another has had that name before, and old links lead to it. Choose another name.",
}


@dataclass(frozen=True)
class Author:
    """Who writes, and by which route. All that one author object writes is one changeset."""

    name: str
    origin: Revision.Origin
    user: User | None = None
    changeset: UUID = dataclasses.field(default_factory=uuid4)
    #: The reviewer, where it was a proposal.
    published_by: User | None = None

    @classmethod
    def editor(cls, user: Any) -> Self:
        """Return the author for a user of the desk, by full name where there is one."""
        return cls(user.get_full_name() or user.get_username(), Revision.Origin.ADMIN, user)


SEED = Author("Touchstone", Revision.Origin.SEED)


class Conflict(Exception):
    """Somebody else has changed the fact since the version that the editor saw. Nothing was written.

    `mine` is the fact as the editor wanted it, `current` as it is now (None: deleted meanwhile), `latest` the newest
    revision of the fact (None only where it was changed without one).
    """

    def __init__(self, mine: Versioned, current: Versioned | None, seen: int) -> None:
        super().__init__(f"{mine} was changed by somebody else since version {seen}.")
        self.mine = mine
        self.current = current
        self.seen = seen
        self.latest = Revision.objects.of(mine).first()


class Refused(Exception):
    """A constraint of the database forbids this change. Nothing was written; the text says what to do."""


def save(
    fact: Versioned,
    *,
    by: Author,
    reason: str,
    seen: int | None = None,
    related: Related | None = None,
    at: datetime | None = None,
) -> Revision | None:
    """Write a new or changed fact and record the change. Return None where nothing differs.

    `seen` is the version that the author's change is based on; None for a new fact only. `related` holds the
    many-to-many relations to set, by field name.

    Raises Conflict when the fact is no longer at that version, Refused when a constraint forbids the change,
    ValueError when an existing fact comes without a version.
    """
    related = {name: list(others) for name, others in (related or {}).items()}
    with _refusals_in_words(fact), transaction.atomic():
        if fact._state.adding:
            before = None
            last = Revision.objects.of(fact).first()
            # A re-created fact continues the count, so that no version occurs twice in its history.
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


def _rename(current: Versioned, fact: Versioned) -> None:
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
class PendingWrite:
    """One of many facts to write at once. `before` is the state at version `seen`; both are None for a new fact."""

    fact: Versioned
    related: Related
    seen: int | None = None
    before: State | None = None


def save_all(
    changes: Sequence[PendingWrite], *, by: Author, reason: str, at: datetime | None = None
) -> list[Revision]:
    """Write many facts of one model, all or none, as `save` writes a single fact.

    New facts come first, in one statement; each change is one statement. A conflict, also with a change made since
    `before` was read, is noticed where the version is raised. Raises what `save` raises, and IntegrityError where a new
    fact exists by now.
    """
    new = [change.fact for change in changes if change.seen is None]
    at = at or timezone.now()
    with transaction.atomic():
        with _refusals_in_words("One of the new facts"):
            _create_all(new)
        for change in changes:
            if change.seen is not None:
                with _refusals_in_words(change.fact):
                    _update(change.fact, change.seen, _changed(change))
            for name, others in change.related.items():
                relation = getattr(change.fact, name)
                if change.seen is None:
                    relation.add(
                        *others
                    )  # `set` would first query the relation of a new fact, which is empty
                else:
                    relation.set(others)
        return Revision.objects.bulk_create(
            _revision(change.fact, change.before, state_of(change.fact, change.related), by, reason, at)
            for change in changes
        )


def _changed(change: PendingWrite) -> set[str]:
    after, before = state_of(change.fact, change.related), change.before or {}
    return {name for name, value in after.items() if name not in before or before[name] != value}


def _create_all(facts: Sequence[Versioned]) -> None:
    """Insert new facts of one model. A re-created fact continues its count of versions, as in `save`."""
    if not facts:
        return
    model = type(facts[0])
    past = Revision.objects.filter(model=model._meta.model_name, key__in=[fact.key_text for fact in facts])
    last = dict(past.order_by().values_list("key").annotate(models.Max("version")))
    for fact in facts:
        fact.version = last.get(fact.key_text, 0) + 1
    model._default_manager.bulk_create(facts)


def delete(fact: Versioned, *, by: Author, reason: str, seen: int, at: datetime | None = None) -> Revision:
    """Delete a fact and record the deletion. Raises Conflict, Refused, or Django's ProtectedError."""
    with _refusals_in_words(fact), transaction.atomic():
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


def _naming(fact: Versioned) -> list[Versioned]:
    """Return the facts that name this one in a many-to-many relation, which deletion would drop without a trace."""
    return [
        other
        for relation in fact._meta.related_objects
        if relation.many_to_many
        for other in getattr(fact, str(relation.get_accessor_name())).all()
    ]


def _update(fact: Versioned, seen: int, names: Collection[str] | None = None) -> None:
    """Write the fields of these names, or all, and raise the version, in one statement.

    Raises Conflict where the version is no longer the one seen. `save_all` writes changed fields only, so that the
    database need not check the constraints on the others.
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
    # A fact built from a fixture does not know its database yet.
    fact._state.db = facts.db


def _record(
    fact: Versioned,
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
    fact: Versioned, before: State | None, after: State | None, by: Author, reason: str, at: datetime
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
def _refusals_in_words(fact: Versioned | str) -> Iterator[None]:
    """Turn the database's refusal into a sentence for the editor; other integrity errors pass."""
    try:
        yield
    except IntegrityError as error:
        for constraint, sentence in REFUSALS.items():
            if constraint in str(error):
                raise Refused(f"{fact}: {sentence}") from error
        raise
