"""Changes as editors make them, each at a time and with an author."""

from datetime import UTC, datetime
from typing import Any

from django.contrib.auth.models import User

from frameworks.models import EditorProfile, Rating, Revision, Versioned
from frameworks.record import revisions
from frameworks.record.revisions import Author
from tests import factories

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def editor(name: str = "", **fields: Any) -> User:
    user = factories.make_editor(username="ada.l", first_name="Ada", last_name="Lovelace", **fields)
    if name:
        EditorProfile.objects.create(user=user, public_name=name)
    return user


def change(
    fact: Versioned, *, by: Author, reason: str = "Read again.", at: datetime = NOON, **fields: Any
) -> None:
    for name, value in fields.items():
        setattr(fact, name, value)
    revisions.save(fact, by=by, reason=reason, seen=fact.version, at=at)


def rated(**fields: Any) -> Rating:
    return factories.make_rating(
        framework=factories.make_framework(name="Django"),
        criterion=factories.make_criterion(name="Performance"),
        **fields,
    )


def rename(fact: Any, new: str, by: Author = factories.MAKER) -> Revision:
    setattr(fact, fact.key_fields[0], new)
    step = revisions.save(fact, by=by, reason="It goes by another name.", seen=fact.version)
    assert step
    return step
