"""Ask a server for pages without a pause, from several clients at once, and note how each request went."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from threading import Event, Thread
from time import monotonic, sleep
from urllib.parse import urlencode

#: Seconds after which a request has failed.
TIMEOUT = 30


@dataclass(frozen=True)
class Request:
    """A request as it went: when it began, by the monotonic clock, and how long it took. Status 0: no answer."""

    path: str
    began: float
    seconds: float
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""

    @property
    def is_answered(self) -> bool:
        return self.status == 200

    def __str__(self) -> str:
        return f"{self.path} answered {self.status or 'nothing'} after {self.seconds:.2f} s"


def get(port: int, path: str, *, timeout: float = TIMEOUT, **headers: str) -> Request:
    """Ask once, on a connection of its own."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return _ask("GET", HTTPConnection("127.0.0.1", port, timeout=timeout), path, "", named)


def post(port: int, path: str, form: Mapping[str, Sequence[str]], *, source: str) -> Request:
    """Send a form once, from this address of the machine."""
    connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT, source_address=(source, 0))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return _ask("POST", connection, path, urlencode(form, doseq=True), headers)


def _ask(
    method: str, connection: HTTPConnection, path: str, body: str, headers: Mapping[str, str]
) -> Request:
    began = monotonic()
    try:
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        content = response.read()
        status, received = response.status, {name.lower(): text for name, text in response.getheaders()}
    except (OSError, HTTPException):
        status, received, content = 0, {}, b""
    finally:
        connection.close()
    return Request(path, began, monotonic() - began, status, received, content)


@contextmanager
def load(
    port: Callable[[], int], paths: Sequence[str], *, clients: int = 6, pause: float = 0.02
) -> Iterator[list[Request]]:
    """Ask for these pages in turn until the block ends; yields the list of requests, which grows meanwhile.

    `port` names the server for each request anew.
    """
    requests: list[Request] = []
    is_over = Event()
    turns = count()

    def ask() -> None:
        while not is_over.is_set():
            done = get(port(), paths[next(turns) % len(paths)])
            requests.append(Request(done.path, done.began, done.seconds, done.status, done.headers))
            sleep(pause)

    threads = [Thread(target=ask, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    try:
        yield requests
    finally:
        is_over.set()
        for thread in threads:
            thread.join(TIMEOUT)


def seen_by_all(port: int, paths: Sequence[str], processes: int) -> None:
    """Ask for each page often enough that each process of the server has answered it."""
    for _ in range(processes * 8):
        for path in paths:
            get(port, path)


def until(is_so: Callable[[], bool], limit: float) -> float:
    """Return the seconds until it is so; infinity if it is not so within the limit."""
    began = monotonic()
    while (passed := monotonic() - began) < limit:
        if is_so():
            return passed
        sleep(0.02)
    return float("inf")
