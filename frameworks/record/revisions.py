"""Write facts: check the version, record the change, report a conflict. There is no other write path.

To read, change and save a row loses edits when two editors work at once, on either database, and a transaction alone
does not help. `UPDATE … WHERE version = …` loses none. So nothing else in this project writes a versioned fact.
"""

import dataclasses
from collections.abc import Collection, Container, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Self
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import IntegrityError, ProgrammingError, connection, models, transaction
from django.utils import timezone
from django.utils.text import get_text_list

from frameworks import backing
from frameworks.cells import Key
from frameworks.limits import lock_writers
from frameworks.models import Rating, Retirable, Revision, Versioned, constraints
from frameworks.models.constraints import SENTENCES
from frameworks.models.schema import Related, State, newly_named, schema_of, state_of

from . import renaming
from .following import Consequences, EveryCell
from .pending import PendingWrite
from .swapping import bare, free_names, publish_again, release_ratings

#: What to tell an editor whose change the database refuses, by the name of the constraint.
REFUSALS = {
    backing.CONSTRAINT: backing.NEEDS_BACKING,
    "claim_reading_follows_wording": (
        "The reading of a claim comes from its row in the table of readings. Change the row instead."
    ),
    "former_slug_stays": "Something else once had that name, and old links lead to it. Choose another name.",
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
        super().__init__(f"Somebody else has changed {mine} since version {seen}.")
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
    besides: Container[Key] = (),
) -> Revision | None:
    """Write a new or changed fact and record the change. Return None where nothing differs.

    `seen` is the version that the author's change is based on; None for a new fact only. `related` holds the
    many-to-many relations to set, by field name. Readings and scores that follow from the change are written with it,
    except those of the cells `besides`, which the caller sets.

    Raises Conflict when the fact is no longer at that version, Refused when a constraint forbids the change,
    ValueError when an existing fact comes without a version.
    """
    related = {name: list(others) for name, others in (related or {}).items()}
    fact.tidy()
    fact.settle()
    _refuse_unlisted([fact])
    with _refusals_in_words(fact), transaction.atomic():
        consequences = Consequences([fact], besides)
        if fact._state.adding:
            before = None
            _refuse_on_retired([(fact, None, related)])
            _refuse_beside_others([fact], [fact])
            # A re-created fact continues the count, so that no version occurs twice in its history.
            fact.version = 1 + (Revision.objects.of(fact).values_list("version", flat=True).first() or 0)
            write_first(consequences, by=by, reason=reason, at=at)
            fact.save(force_insert=True)
        else:
            if seen is None:
                raise ValueError(f"{fact} exists: say which version the change is based on.")
            current = type(fact)._default_manager.filter(pk=fact.pk).first()
            if current is None or current.version != seen:
                raise Conflict(fact, current, seen)
            before, after = state_of(current), state_of(fact, related)
            if before == after:
                return None
            changed = {name for name, value in after.items() if before[name] != value}
            _refuse_on_retired([(fact, before, related)])
            if fact.is_renamable and current.key_text != fact.key_text:
                _rename(current, fact)
            _refuse_beside_others(
                [fact] if fact.name_field in changed else [],
                [] if changed.isdisjoint(fact.agreed) else [fact],
            )
            write_first(consequences, by=by, reason=reason, at=at)
            _update(fact, seen)
            if consequences.is_incomplete:
                raise Conflict(fact, fact, seen)
        for name, others in related.items():
            getattr(fact, name).set(others)
        revision = _record(fact, before, state_of(fact), by, reason, at)
        write_out(consequences, by=by, reason=reason, at=at)
        return revision


def write_out(consequences: Consequences, *, by: Author, reason: str, at: datetime | None = None) -> None:
    """Write what follows from a change, in its changeset."""
    for writes in consequences.writes():
        save_all(writes, by=by, reason=reason, at=at, besides=EveryCell())


def write_first(consequences: Consequences, *, by: Author, reason: str, at: datetime | None) -> None:
    """Write what has to be written before a change, in its changeset."""
    if writes := consequences.writes_before():
        save_all(writes, by=by, reason=reason, at=at, besides=EveryCell())
    consequences.let_go()


def _refuse_beside_others(named: Sequence[Versioned], placed: Sequence[Versioned]) -> None:
    """Raise Refused where one of `named`, with a new name, is another's twin, or one of `placed`, new or changed where
    it has to agree with other facts, does not."""
    _refuse_twins(named)
    for fact in placed:
        if sentence := fact.contradiction():
            raise Refused(f"{fact}: {sentence}")


def _refuse_on_retired(changes: Iterable[tuple[Versioned, State | None, Related]]) -> None:
    """Raise Refused where one of the facts is put on something that is retired, on which it was not before.

    What they are put on was read when the form was; it may have been retired since, and is not until this is written.
    """
    named: dict[type[Retirable], dict[int, Versioned]] = {}
    for fact, before, related in changes:
        for _, other in newly_named(fact, before, related):
            named.setdefault(type(other), {})[other.pk] = fact
    for model, facts in named.items():
        for other in model._default_manager.held_current(facts):  # type: ignore[attr-defined]
            raise Refused(f"{facts[other.pk]}: {other.takes_nothing_new}")


def _refuse_unlisted(facts: Sequence[Versioned]) -> None:
    """Raise Refused where a value is not one of its field's choices, which of kinds the database does not know."""
    for fact in facts:
        if sentence := constraints.unlisted(fact):
            raise Refused(f"{fact}: {sentence}")


def _refuse_twins(facts: Sequence[Versioned]) -> None:
    """Raise Refused where readers could not tell the name of one of these facts of a model from another's.

    No other names of the kind are written until the transaction ends.
    """
    if not facts or not facts[0].name_field:
        return
    model, own = type(facts[0]), {fact.pk for fact in facts}
    lock_writers(model)
    holders = {fact.folded_name: fact for fact in model._default_manager.names() if fact.pk not in own}  # type: ignore[attr-defined]
    for fact in facts:
        other = holders.setdefault(fact.folded_name, fact)
        if other is not fact:
            raise Refused(f"{fact}: {fact.name_taken_by(other)}")


def _rename(current: Versioned, fact: Versioned) -> None:
    kind, old, new = str(fact._meta.model_name), current.key_text, fact.key_text
    if renaming.has_history(kind, new):
        raise Refused(
            f"{fact}: The name “{new}” belongs to something that has been deleted. Choose another name."
        )
    try:
        renaming.rename(kind, old, new)
    except (
        ProgrammingError
    ) as error:  # deploy/append-only.sql: the role of the portal may only add to the history
        sentence = f"Ask your administrator to run: manage.py rename {kind} {old} {new}"
        raise Refused(
            f"{fact}: Renaming alters the history, which the desk is not allowed to do here. {sentence}"
        ) from error


def save_all(
    changes: Sequence[PendingWrite],
    *,
    by: Author,
    reason: str = "",
    at: datetime | None = None,
    besides: Container[Key] = (),
) -> list[Revision]:
    """Write many facts of one model, all or none, as `save` writes a single fact; none may have another name.

    New facts come first, in one statement; then the changes, last those that others may replace, in one statement for
    consecutive facts that change the same fields. The revisions are in this order, without those of what follows,
    which is written as `save` writes it. A conflict, also with a change made since `before` was read, is noticed where
    the version is raised. Raises what `save` raises, and IntegrityError where a new fact exists by now.
    """
    at = at or timezone.now()
    for change in changes:
        change.fact.tidy()
        change.fact.settle()
    _refuse_unlisted([change.fact for change in changes])
    with transaction.atomic():
        new = [change for change in changes if change.seen is None]
        old = [
            (change, change.seen)
            for change in sorted(changes, key=lambda change: change.takes_away)
            if change.seen is not None and change.changed
        ]
        consequences = Consequences(
            [change.fact for change in [*new, *(change for change, _ in old)]], besides
        )
        _refuse_on_retired((change.fact, change.before, change.related) for change in changes)
        _refuse_beside_others(
            [
                change.fact
                for change in changes
                if not change.seen or change.fact.name_field in change.changed
            ],
            [
                change.fact
                for change in changes
                if not change.seen or not change.changed.isdisjoint(change.fact.agreed)
            ],
        )
        free_names([change for change, _ in old])
        write_first(consequences, by=by, reason=reason, at=at)
        with _refusals_in_words(_subject([change.fact for change in new])):
            _create_all(new)
        _change_all(old)
        written = Revision.objects.bulk_create(
            _revision(change.fact, change.before, change.after, by, change.reason or reason, at)
            for change in [*new, *(change for change, _ in old)]
        )
        write_out(consequences, by=by, reason=reason, at=at)
        return written


def _change_all(changes: Sequence[tuple[PendingWrite, int]]) -> None:
    """Write what differs, each on top of the version that is given with it."""
    released = release_ratings([change for change, _ in changes])
    for names, group in groupby(changes, key=lambda change: change[0].changed):
        alike = list(group)
        # Refused or in conflict, they are written singly, so that the one that it is says so.
        if len(alike) == 1 or not _update_together([(change.fact, seen) for change, seen in alike], names):
            for change, seen in alike:
                with _refusals_in_words(change.fact):
                    _update(change.fact, seen, names)
    if released:
        with _refusals_in_words(bare(released) or _subject(released)):
            publish_again(released)
    for change, _ in changes:
        for name in change.changed & change.related.keys():
            getattr(change.fact, name).set(change.related[name])


def _create_all(changes: Sequence[PendingWrite]) -> None:
    """Insert new facts of one model and their relations. A re-created fact continues its count of versions."""
    if not changes:
        return
    facts = [change.fact for change in changes]
    model = type(facts[0])
    past = Revision.objects.filter(model=model._meta.model_name, key__in=[fact.key_text for fact in facts])
    last = dict(past.order_by().values_list("key").annotate(models.Max("version")))
    for fact in facts:
        fact.version = last.get(fact.key_text, 0) + 1
    model._default_manager.bulk_create(facts)
    for name, field in schema_of(model).many.items():
        through: Any = field.remote_field.through  # type: ignore[union-attr]
        ends = field.m2m_field_name(), field.m2m_reverse_field_name()  # type: ignore[attr-defined]
        through._default_manager.bulk_create(
            through(**dict(zip(ends, (change.fact, other), strict=True)))
            for change in changes
            for other in dict.fromkeys(change.related.get(name, ()))
        )


def delete(
    fact: Versioned,
    *,
    by: Author,
    reason: str,
    seen: int,
    at: datetime | None = None,
    besides: Container[Key] = (),
) -> Revision:
    """Delete a fact and record the deletion. Raises Conflict, Refused, or Django's ProtectedError."""
    with _refusals_in_words(fact), transaction.atomic():
        current = type(fact)._default_manager.filter(pk=fact.pk).first()
        if current is None or current.version != seen:
            raise Conflict(fact, current, seen)
        [revision] = delete_all([current], by=by, reason=reason, at=at, besides=besides)
        return revision


def delete_all(
    facts: Sequence[Versioned],
    *,
    by: Author,
    reason: str,
    at: datetime | None = None,
    besides: Container[Key] = (),
) -> list[Revision]:
    """Delete many facts of one model, all or none, each at the version that it has in memory.

    The number of statements does not grow with the facts, except where a statement would be too long. Raises what
    `delete` raises, which for several facts need not say which of them it is about.
    """
    model, at = type(facts[0]), at or timezone.now()
    with _refusals_in_words(_subject(facts)), transaction.atomic():
        consequences = Consequences(facts, besides, are_deleted=True)
        _lock(facts)
        _refuse_named(facts)
        before = [state_of(fact) for fact in facts]
        model._default_manager.filter(pk__in=[fact.pk for fact in facts]).delete()
        for fact in facts:
            fact.version += 1
        written = Revision.objects.bulk_create(
            _revision(fact, state, None, by, reason, at) for fact, state in zip(facts, before, strict=True)
        )
        write_out(consequences, by=by, reason=reason, at=at)
        return written


def _lock(facts: Sequence[Versioned]) -> None:
    """Keep other writers from the facts until the transaction ends. Raises Conflict where one has another version."""
    rows = type(facts[0])._default_manager.filter(pk__in=[fact.pk for fact in facts]).order_by("pk")
    versions = dict(rows.select_for_update().values_list("pk", "version"))
    for fact in facts:
        if versions.get(fact.pk) != fact.version:
            raise Conflict(fact, rows.filter(pk=fact.pk).first(), fact.version)


def _refuse_named(facts: Sequence[Versioned]) -> None:
    """Raise Refused where a many-to-many relation names one of the facts: deletion would drop that without a trace."""
    named: set[Any] = set()
    for relation in _relations_naming(facts[0]):
        column = relation.field.m2m_reverse_field_name()
        rows = relation.through._default_manager.filter(**{f"{column}__in": facts})
        named.update(rows.values_list(column, flat=True))
    for fact in facts:
        if fact.pk in named:
            relations = (str(relation.get_accessor_name()) for relation in _relations_naming(fact))
            citing = [other for name in relations for other in getattr(fact, name).all()]
            names = get_text_list([f"{other._meta.verbose_name} “{other}”" for other in citing], "and")
            raise Refused(f"{fact}: It is cited by the {names}. Remove it there first.")


def _relations_naming(fact: Versioned) -> list[Any]:
    """Return the many-to-many relations of other facts to facts of this kind."""
    return [relation for relation in fact._meta.related_objects if relation.many_to_many]


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


def _update_together(facts: Sequence[tuple[Versioned, int]], names: Collection[str]) -> bool:
    """Do what `_update` does for many facts of one model, with one statement, each at the version given with it.

    Returns False, and writes nothing, where the database refuses one or one is no longer at its version. Not through
    the ORM, which would build the statement anew for each fact, and takes ten times as long.
    """
    model, quoted = type(facts[0][0]), connection.ops.quote_name
    fields = [field for name, field in schema_of(model).columns.items() if name in names]
    columns = [*(str(field.column) for field in fields), "version"]
    values = ", ".join(f"{quoted(column)} = %s" for column in columns)
    statement = f"UPDATE {quoted(model._meta.db_table)} SET {values} WHERE id = %s AND version = %s"  # noqa: S608
    rows = [
        (
            *(field.get_db_prep_save(getattr(fact, field.attname), connection) for field in fields),
            seen + 1,
            fact.pk,
            seen,
        )
        for fact, seen in facts
    ]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany(statement, rows)
            if cursor.rowcount < len(rows):
                transaction.set_rollback(True)
                return False
    except IntegrityError:
        return False
    for fact, seen in facts:
        fact.version = seen + 1
    return True


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


def _what_it_needs(fact: Versioned | str, constraint: str) -> str:
    """Say in a sentence what a rating needs that nothing backs; empty for other facts and constraints. No queries."""
    if constraint != backing.CONSTRAINT or not isinstance(fact, Rating):
        return ""
    return backing.needs_reading(fact) or backing.NEEDS_CLAIM


def _subject(facts: Sequence[Versioned]) -> Versioned | str:
    """Return what a refusal is about that may be about any of these facts."""
    return facts[0] if len(facts) == 1 else "One of these"


@contextmanager
def _refusals_in_words(fact: Versioned | str) -> Iterator[None]:
    """Turn the database's refusal into a sentence for the editor; other integrity errors pass."""
    try:
        yield
    except IntegrityError as error:
        refusal = constraints.named(error)
        for constraint, sentence in {**SENTENCES, **REFUSALS}.items():
            if constraint in refusal:
                raise Refused(f"{fact}: {_what_it_needs(fact, constraint) or sentence}") from error
        raise
