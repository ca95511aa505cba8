"""Read what visitors see from a replica of the database, where one is set and has all that this process has shown.

With each reading of the version the replica is read, too. Until the next, requests for pages read from it if it had
that version: so no page is older than without it, however far it lags, and an edit shows as soon. All that writes, the
desk, commands, and whatever the version of the record does not cover, is with the primary. While that fails, whatever
the replica has will do, unless it is older than what was shown.
"""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connections, models
from django.utils import timezone

from frameworks.models import (
    CatalogueState,
    EditorProfile,
    FormerSlug,
    Recorded,
    RecordState,
    Revision,
    RevisionSubject,
    Versioned,
)
from frameworks.models.history import Tables

from . import patience

logger = logging.getLogger(__name__)

Request = TypeVar("Request")
Response = TypeVar("Response")

PRIMARY, REPLICA = DEFAULT_DB_ALIAS, "replica"
#: Seconds that the replica may take to say which version it has, and for which it is left alone where it did not.
TO_ANSWER, PAUSE = 1.0, 10.0
#: After so long operators are told what it does not have.
LAG = timedelta(seconds=10)
#: What the version of the record covers besides the facts. Anything else, such as a permanent copy that was just made,
#: is not known to be in the replica.
COVERED = (Revision, RevisionSubject, FormerSlug, EditorProfile, CatalogueState)


@dataclass(slots=True)
class _Replica:
    """What is known of the replica. `lacks`: when that was changed which it does not have."""

    is_current: bool = False
    is_alone: bool = False
    trouble: str = ""
    lacks: datetime | None = None
    is_told: bool = False
    #: Until when it is left alone, by the monotonic clock.
    until: float = 0.0


@dataclass(slots=True)
class _Attempt:
    """Whether a request that may read from the replica has done so, and failed."""

    is_begun: bool = False
    has_failed: bool = False


_replica = _Replica()
_attempt: ContextVar[_Attempt | None] = ContextVar("attempt", default=None)


class Router:
    """Has requests that `answered` answers read from the replica."""

    def db_for_read(self, model: type[models.Model], **hints: Any) -> str:
        attempt = _attempt.get()
        if attempt is None or not is_current() or connections[PRIMARY].in_atomic_block:
            return PRIMARY
        if not (_replica.is_alone or issubclass(model, (Versioned, *COVERED, get_user_model()))):
            return PRIMARY
        attempt.is_begun = True
        return REPLICA

    def db_for_write(self, model: type[models.Model], **hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, one: models.Model, other: models.Model, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == PRIMARY


def answered(respond: Callable[[Request], Response], request: Request) -> Response:
    """Answer a request that only reads, from the replica where that is current; if it fails, again without it."""
    token = _attempt.set(attempt := _Attempt())
    try:
        response = respond(request)
    finally:
        _attempt.reset(token)
    return respond(request) if attempt.has_failed else response


def has_failed(error: BaseException) -> bool:
    """Return whether the request has read from the replica, which this failure may come from: it will be answered
    again, and nobody reads from the replica until it has said which version it has."""
    if (attempt := _attempt.get()) is None or not attempt.is_begun:
        return False
    if not attempt.has_failed:
        attempt.has_failed, _replica.is_current = True, False
        logger.warning(
            "A request that read from the replica failed, and is answered again: %s", in_a_line(error)
        )
    return True


def is_set() -> bool:
    return REPLICA in connections


def is_current() -> bool:
    """Return whether the replica has what the version known in this process stands for."""
    return _replica.is_current


def recorded(tables: tuple[Tables, ...]) -> Recorded | None:
    """Return how far the record in the replica has come; None if there is none or it does not answer."""
    if not is_set() or monotonic() < _replica.until:
        return None
    try:
        with patience.at_most(TO_ANSWER):
            copy = RecordState.objects.recorded(tables, using=REPLICA)
    except DatabaseError as error:
        _replica.trouble, _replica.until = in_a_line(error), monotonic() + PAUSE
        return None
    _replica.trouble = ""
    return copy


def has(copy: Recorded | None, shown: Recorded) -> bool:
    """Return whether the record in the replica is not behind what is shown."""
    # Revisions arrive in the order in which they were committed: with a later one than any there, all of those are.
    return copy is not None and (copy.mark == shown.mark or copy.step > shown.step)


def settle(*, is_current: bool, is_alone: bool = False, newest: datetime | None = None) -> None:
    """Note whether pages are read from the replica until the version is read next, and whether the primary fails; tell
    operators if that is other than before. `newest`: when something was last changed."""
    if not is_set():
        return
    _replica.is_current, _replica.is_alone, _replica.lacks = (
        is_current,
        is_alone,
        None if is_current else newest,
    )
    if is_current if _replica.is_told else is_worrying():
        _replica.is_told = not is_current
        logger.warning("The replica %s", in_words())


def forget() -> None:
    """Read from the primary until the version is read next, because something was written."""
    _replica.is_current = False


def is_worrying() -> bool:
    """Return whether somebody should see to the replica."""
    lacks = _replica.lacks
    return bool(_replica.trouble) or (lacks is not None and timezone.now() - lacks > LAG)


def in_words() -> str:
    """Return how the replica is, as the rest of a sentence."""
    if _replica.trouble:
        return f"cannot be read: {_replica.trouble}"
    if _replica.lacks:
        return f"does not have what was changed on {_replica.lacks:%-d %B %Y, %H:%M:%S} UTC; nothing is read from it"
    return "has all that was changed; pages are read from it"


def in_a_line(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
