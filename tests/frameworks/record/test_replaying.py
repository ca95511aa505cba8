"""The state can be rebuilt from the history; and on PostgreSQL a role can be kept from altering it."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from pytest_django import DjangoAssertNumQueries

from frameworks.models import Rating, Revision, Versioned
from frameworks.record import revisions
from frameworks.record.replaying import divergences
from frameworks.record.revisions import Author
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def sql(statement: str) -> None:
    """As somebody with a console would, past the one write path."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def change(fact: Versioned, **fields: object) -> None:
    for name, value in fields.items():
        setattr(fact, name, value)
    revisions.save(fact, by=factories.MAKER, reason="Read again.", seen=fact.version)


def one_of_each() -> Rating:
    rating = factories.make_rating(
        framework=factories.make_framework(name="Django"), criterion=factories.make_criterion(name="Speed")
    )
    factories.make_trait(framework=rating.framework)
    factories.make_relation(framework=rating.framework)
    factories.make_disagreement()
    return rating


def test_verify_history_confirms_seeded_facts(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("seed", verbosity=0)
    capsys.readouterr()
    call_command("verify_history")
    count = Revision.objects.count()
    assert count > 800
    assert capsys.readouterr().out == f"All facts agree with the {count} recorded changes.\n"


def test_divergences_is_empty_after_change_deletion_and_recreation() -> None:
    rating = one_of_each()
    change(rating, score=5)
    revisions.delete(rating, by=factories.MAKER, reason="Not so.", seen=2)
    rating.pk, rating._state.adding = None, True
    revisions.save(rating, by=factories.MAKER, reason="So, after all.")
    change(rating, verdict="Quick")
    assert list(divergences()) == []


@pytest.mark.parametrize(
    "statement, said",
    [
        ("UPDATE frameworks_rating SET score = 1", "rating django/speed differs from its history: score."),
        (
            "UPDATE frameworks_rating SET version = 7",
            "rating django/speed is at version 7, but its history says 1.",
        ),
        (
            "DELETE FROM frameworks_rating",
            "rating django/speed is missing: its history says that it is at version 1.",
        ),
        (
            "DELETE FROM frameworks_revision WHERE model = 'rating'",
            "rating django/speed is not in the history.",
        ),
        (
            "UPDATE frameworks_revision SET action = 'deleted', after = NULL WHERE model = 'rating'",
            "rating django/speed exists, but its history says that it was deleted at version 1.",
        ),
        (
            "UPDATE frameworks_revision SET version = 3 WHERE model = 'rating'",
            "rating django/speed: Its history jumps from version 0 to 3.",
        ),
    ],
)
def test_verify_history_reports_changes_made_outside_the_write_path(statement: str, said: str) -> None:
    one_of_each()
    sql("DELETE FROM frameworks_revisionsubject")
    sql(statement)
    assert said in list(divergences())
    out = StringIO()
    with pytest.raises(CommandError, match="do not agree with the history"):
        call_command("verify_history", stderr=out)
    assert said in out.getvalue()


def test_divergences_reports_deleted_relation_to_claims() -> None:
    trait = factories.make_trait(framework=factories.make_framework(name="Django"))
    sql("DELETE FROM frameworks_trait_claims")
    assert list(divergences()) == [f"trait {trait.key_text} differs from its history: claims."]


def test_divergences_reports_step_that_does_not_continue_the_previous() -> None:
    rating = one_of_each()
    change(rating, score=5)
    step = Revision.objects.of(rating).get(version=1)
    step.after = {**(step.after or {}), "score": 1}
    step.save()
    assert list(divergences()) == [
        "rating django/speed: Version 2 does not begin where the version before it ends: score."
    ]


def test_divergences_ignores_fields_unknown_to_revision_or_model() -> None:
    rating = one_of_each()
    step = Revision.objects.of(rating).get()
    after: dict[str, Any] = step.after or {}
    del after["reviewed_on"]
    step.after = {**after, "a_field_of_the_past": 1}
    step.save()
    assert list(divergences()) == []


def test_divergences_query_count_is_constant(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(3):
        one_of_some()
        with django_assert_num_queries(57):
            assert list(divergences()) == []


def one_of_some() -> None:
    factories.make_trait()
    factories.make_relation()
    factories.make_disagreement()
    factories.make_rating()


# The role that can only add


@pytest.fixture
def portal(transactional_db: None) -> Iterator[None]:
    """The tests' connection turned into one of the role that deploy/append-only.sql makes."""
    if connection.vendor != "postgresql":
        pytest.skip("roles are PostgreSQL's")
    script = (Path(settings.BASE_DIR) / "deploy" / "append-only.sql").read_text()
    with connection.cursor() as cursor:
        # Roles belong to the server, not to the database of the tests.
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = 'touchstone_portal'")
        if cursor.fetchone():
            pytest.skip("this server has such a role, which is not the tests' to change")
        cursor.execute(script)
        cursor.execute("ALTER ROLE touchstone_portal PASSWORD 'for this test'")
    owner = connections["default"]
    role = owner.copy()
    role.settings_dict = {
        **owner.settings_dict,
        "USER": "touchstone_portal",
        "PASSWORD": "for this test",
        "OPTIONS": {name: value for name, value in owner.settings_dict["OPTIONS"].items() if name != "pool"},
    }
    connections["default"] = role
    yield
    role.close()
    connections["default"] = owner
    with connection.cursor() as cursor:
        cursor.execute("DROP OWNED BY touchstone_portal")
        cursor.execute("DROP ROLE touchstone_portal")


def test_portal_role_edits_facts_but_cannot_alter_history(portal: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("touchstone_portal",)
    rating = one_of_each()
    editor = Author.editor(factories.make_editor())
    rating.score = 5
    assert revisions.save(rating, by=editor, reason="Read again.", seen=1)
    assert Rating.objects.get().score == 5
    revisions.delete(rating, by=editor, reason="Not so.", seen=2)
    for statement in (
        "UPDATE frameworks_revision SET reason = 'Never said'",
        "UPDATE frameworks_revisionsubject SET key = 'another'",
        "DELETE FROM frameworks_revisionsubject",
        "DELETE FROM frameworks_revision",
        "TRUNCATE frameworks_revision",
        "UPDATE django_migrations SET name = 'never'",
    ):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            sql(statement)
    assert Revision.objects.of(rating).count() == 3
    assert list(divergences()) == []


def test_portal_role_cannot_rename_and_names_the_command(portal: None) -> None:
    framework = one_of_each().framework
    old, framework.slug = framework.slug, "another"
    with pytest.raises(revisions.Refused, match=f"manage.py rename framework {old} another"):
        revisions.save(framework, by=factories.MAKER, reason="Its name.", seen=framework.version)
    framework.refresh_from_db()
    assert framework.slug == old
