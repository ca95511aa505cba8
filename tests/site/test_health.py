from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from frameworks.models import RecordState
from tests.commands import Command


@pytest.mark.both
def test_live_returns_ok_without_database_query(client: Client) -> None:
    # Without the django_db mark a query fails the test.
    response = client.get("/live/")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.both
@pytest.mark.django_db
def test_ready_returns_ok_when_every_migration_is_applied(client: Client) -> None:
    response = client.get("/ready/")
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.both
@pytest.mark.django_db
def test_ready_returns_503_when_a_migration_is_unapplied(client: Client) -> None:
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    response = client.get("/ready/")
    assert (response.status_code, response.content) == (503, b"migrations\n")


@pytest.mark.parametrize("probe, answer", [("/live/", "200 ok"), ("/ready/", "503 database")])
def test_live_returns_200_and_ready_returns_503_without_database(
    manage: Command, tmp_path: Path, probe: str, answer: str
) -> None:
    ask = f"from django.test import Client; r = Client().get('{probe}'); print(r.status_code, r.content.decode())"
    outcome = manage(
        "shell", "--no-imports", "-c", ask,
        DATABASE_URL=f"sqlite:///{tmp_path}/nowhere/touchstone.sqlite3", DJANGO_ALLOWED_HOSTS="testserver",
    )  # fmt: skip
    assert outcome.stdout.strip() == answer


@pytest.mark.both
@pytest.mark.django_db
@pytest.mark.parametrize("probe", ["/live/", "/ready/"])
def test_live_and_ready_are_read_only_uncached_and_cookie_free(client: Client, probe: str) -> None:
    response = client.get(probe)
    assert response["Cache-Control"] == "no-store"
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert not response.cookies
    assert client.head(probe).status_code == 200
    assert client.post(probe).status_code == 405


@pytest.mark.both
@pytest.mark.django_db(transaction=True)
def test_requests_share_a_connection_until_it_no_longer_works() -> None:
    connection.close()  # an older one may be about to expire
    connection.ensure_connection()
    first = connection.connection
    connection.close_if_unusable_or_obsolete()  # as the end of a request does
    assert connection.connection is first
    if connection.vendor == "postgresql":
        connection.connection.close()  # as where the server is started again
        assert RecordState.objects.count() >= 0
        assert connection.connection is not first
