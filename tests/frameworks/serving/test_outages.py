"""What counts as an outage, the numbers of requests, how old an answer is, and how long the database is waited for."""

import errno
import logging
import re
from collections.abc import Generator
from typing import Any

import pytest
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError
from django.test import Client

from config.postgresql import base
from config.postgresql.base import Breaker, Silence, _watched
from frameworks.serving.ageing import in_words
from frameworks.serving.outages import is_outage
from frameworks.serving.request_ids import RequestIdFilter, _current


@pytest.mark.parametrize(
    "error, expected",
    [
        (OperationalError("server closed the connection"), True),
        (InterfaceError("connection already closed"), True),
        (DatabaseError("database disk image is malformed"), True),
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EROFS, "Read-only file system"), True),
        (IntegrityError("unique"), False),
        (DataError("out of range"), False),
        (FileNotFoundError(errno.ENOENT, "No such file"), False),
        (ConnectionResetError(errno.ECONNRESET, "the client has gone"), False),
        (ValueError("a fault of ours"), False),
        (None, False),
    ],
)
def test_outage_is_what_neither_the_request_nor_the_code_is_to_blame_for(
    error: Exception | None, expected: bool
) -> None:
    assert is_outage(error) is expected


@pytest.mark.parametrize("given", ["0b1c2d3e4f5a6b7c", "01JDZ0.a_b-c"])
def test_request_id_of_a_proxy_is_taken_over(client: Client, given: str) -> None:
    assert client.get("/live/", headers={"X-Request-ID": given})["X-Request-ID"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "a b c d e f g h", "<script>alert</script>", "ééééééééé"]
)
def test_request_id_is_made_where_none_or_a_malformed_one_is_given(client: Client, given: str) -> None:
    made = [client.get("/live/", headers={"X-Request-ID": given})["X-Request-ID"] for _ in range(2)]
    assert all(re.fullmatch("[0-9a-f]{32}", number) for number in made)
    assert len(set(made)) == 2


def test_line_of_the_log_outside_a_request_has_a_dash_for_its_number() -> None:
    _current.set("-")
    record = logging.makeLogRecord({"msg": "Started."})
    assert RequestIdFilter().filter(record)
    assert record.__dict__["request_id"] == "-"


@pytest.mark.parametrize(
    "seconds, expected",
    [(0, "less than a minute"), (59.9, "less than a minute"), (60, "1 minute"), (3_599, "59 minutes"),
     (3_600, "1 hour"), (90_000, "1 day"), (200_000, "2 days")],
)  # fmt: skip
def test_age_is_said_in_the_largest_unit(seconds: float, expected: str) -> None:
    assert in_words(seconds) == expected


# PostgreSQL


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(base, "monotonic", lambda: now[0])
    return now


def test_breaker_lets_one_thread_at_a_time_try_a_server_that_was_away(clock: list[float]) -> None:
    breaker = Breaker()
    breaker.enter()
    breaker.fail()
    with pytest.raises(Silence):
        breaker.enter()  # too soon
    clock[0] += base.PAUSE
    breaker.enter()
    with pytest.raises(Silence):
        breaker.enter()  # somebody is trying
    clock[0] += base.TRIAL
    breaker.enter()  # that took too long
    breaker.succeed()
    breaker.enter()
    breaker.enter()


def test_silence_ends_the_wait_and_what_arrives_prolongs_it(clock: list[float]) -> None:
    def answering() -> Generator[str, int, str]:
        received = 0
        while received < 2:
            received += yield "to read"
        return "all of it"

    waiting: Any = _watched(answering(), 2.0)
    assert next(waiting) == "to read"
    clock[0] += 1.9
    assert waiting.send(0) == waiting.send(1) == "to read"
    clock[0] += 1.9
    assert waiting.send(0) == "to read"
    with pytest.raises(StopIteration, match="all of it"):
        waiting.send(1)
    silent: Any = _watched(answering(), 2.0)
    next(silent)
    clock[0] += 2.1
    with pytest.raises(Silence, match="said nothing for 2 seconds"):
        silent.send(0)
