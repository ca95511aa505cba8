"""Pages are read from a replica while it has what was shown, else from the primary; writes and the desk never are."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from comparisons.models import Snapshot
from frameworks.models import Framework, Rating, Recorded, RecordState
from frameworks.serving import replica, version
from frameworks.serving.replica import REPLICA, Router
from tests import factories
from tests.faults import Faults, failing
from tests.html import read
from tests.pages import change

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("keeping", "second")]


@pytest.fixture
def second(settings: Settings) -> Iterator[None]:
    """The same database, by a second connection."""
    other = connection.copy(REPLICA)
    other.ensure_connection()
    connections.settings[REPLICA] = other.settings_dict
    connections[REPLICA] = other
    settings.DATABASE_ROUTERS = ["frameworks.serving.replica.Router"]
    yield
    settings.DATABASE_ROUTERS = []
    replica.settle(is_current=False)
    other.close()
    del connections[REPLICA], connections.settings[REPLICA]
    replica._replica = replica._Replica()
    Rating.objects.all().delete()


@pytest.fixture
def flask() -> Framework:
    """A framework with a rating, and another."""
    framework = factories.make_framework(slug="flask", name="Flask", tagline="Small")
    for each in (framework, factories.make_framework(slug="quart", name="Quart")):
        factories.make_rating(framework=each)
    version.forget()
    return framework


@contextmanager
def asked(*, primary: bool, replica: bool) -> Iterator[None]:
    """Of whom the queries of the block are."""
    with CaptureQueriesContext(connection) as first, CaptureQueriesContext(connections[REPLICA]) as second:
        yield
    assert (bool(len(first)), bool(len(second))) == (primary, replica), (
        first.captured_queries,
        second.captured_queries,
    )


def behind(monkeypatch: pytest.MonkeyPatch, recorded: Recorded) -> None:
    monkeypatch.setattr(replica, "recorded", lambda _: recorded)
    version.forget()


def test_pages_are_read_from_the_replica_and_all_else_from_the_primary(
    client: Client, admin_client: Client, flask: Framework
) -> None:
    client.get("/frameworks/flask/")
    with asked(primary=False, replica=True):
        assert client.get("/frameworks/quart/").status_code == 200
    with asked(primary=True, replica=False):
        frozen = client.post("/compare/flask-vs-quart/freeze/")
    client.get("/")  # the first after a write reads the version, and the replica's
    with asked(primary=True, replica=False):  # it may not have it yet
        assert client.get(frozen["Location"]).status_code == 200
    with asked(primary=True, replica=False):
        admin_client.get("/admin/frameworks/framework/")
    assert Router().db_for_write(Framework) == "default"
    assert (Router().allow_migrate("default", "frameworks"), Router().allow_migrate(REPLICA, "frameworks")) == (
        True, False,
    )  # fmt: skip
    assert Snapshot.objects.get().get_absolute_url() == frozen["Location"]


def test_replica_that_is_behind_is_not_read_and_operators_are_told(
    client: Client,
    admin_client: Client,
    flask: Framework,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    before = RecordState.objects.recorded()
    change(flask, tagline="Smaller")
    behind(monkeypatch, before)
    client.get("/")
    assert "nothing is read from it" in _status(admin_client)
    assert not caplog.records  # it may still come
    monkeypatch.setattr(replica, "LAG", timedelta())
    version.forget()
    with asked(primary=True, replica=False):
        page = read(client.get("/frameworks/flask/").content)
    assert "Smaller" in page.one("main").text
    [told] = caplog.messages
    assert told.startswith("The replica does not have what was changed on ")
    monkeypatch.undo()
    version.forget()
    client.get("/")
    assert caplog.messages[1:] == ["The replica has all that was changed; pages are read from it"]
    assert _status(admin_client) == "has all that was changed; pages are read from it"


def test_replica_that_fails_costs_no_request_and_is_left_alone_for_a_while(
    client: Client, admin_client: Client, flask: Framework, caplog: pytest.LogCaptureFixture
) -> None:
    client.get("/frameworks/")
    with connections[REPLICA].execute_wrapper(Faults(0, for_good=True)):
        assert client.get("/frameworks/flask/").status_code == 200
        [told] = caplog.messages
        assert told.startswith(
            "A request that read from the replica failed, and is answered again: Operational"
        )
        with asked(primary=True, replica=False):
            assert client.get("/frameworks/quart/").status_code == 200
        version.forget()
        client.get("/sources/")
    assert caplog.messages[1:] == ["The replica cannot be read: OperationalError: the connection was lost"]
    version.forget()
    with asked(primary=True, replica=False):
        assert client.get("/criteria/").status_code == 200
    assert _status(admin_client) == "cannot be read: OperationalError: the connection was lost"


def test_replica_goes_on_while_the_primary_fails_unless_it_is_older(
    client: Client, flask: Framework, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(version, "PAUSE", 0)
    client.get("/frameworks/")
    known = RecordState.objects.recorded()
    with failing(for_good=True):
        version.forget()
        with asked(primary=True, replica=True):
            page = client.get("/frameworks/flask/")
        assert (page.status_code, page["Age"]) == (200, "0")
        later = known._replace(mark="later", step=known.step + 1)
        behind(monkeypatch, later)
        assert client.get("/frameworks/quart/").status_code == 200
        assert version.current() == later.mark
        behind(monkeypatch, known._replace(mark="older", step=known.step - 1))
        assert client.get("/criteria/").status_code == 503
        with pytest.raises(OperationalError):
            version.current(at_once=True)


def _status(admin_client: Client) -> str:
    rows = read(admin_client.get("/admin/status/").content).all("#content-main tr")
    return {row.one("th").text: row.one("td").text for row in rows}["Replica"]
