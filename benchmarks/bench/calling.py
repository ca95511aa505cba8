"""Call the portal in this process, as a server would, and measure what each answer costs."""

import resource
import statistics
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from time import perf_counter, process_time
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.test import RequestFactory

HOST = "127.0.0.1"


@dataclass
class _Served:
    """What the bare view returns, and how many requests have reached a view."""

    content: bytes = b""
    views: int = 0


_served = _Served()


def bare(request: HttpRequest) -> HttpResponse:
    """Return the bytes of the page that is measured, and do nothing else."""
    return HttpResponse(_served.content)


def counting_views(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    def answer(request: HttpRequest) -> HttpResponseBase:
        _served.views += 1
        return get_response(request)

    return answer


def add_bare_view() -> None:
    """Put the bare view beside the portal's pages, and the count behind all of its middleware."""
    settings.ROOT_URLCONF = "benchmarks.bench.urls"
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, "benchmarks.bench.calling.counting_views"]


@dataclass(frozen=True)
class Call:
    """An answer, and what it cost: seconds of this process, seconds by the clock, queries."""

    status: int
    headers: dict[str, str]
    content: bytes
    cpu: float
    wall: float
    queries: int
    reached_view: bool


class Portal:
    """The whole portal with its middleware, without a network."""

    def __init__(self) -> None:
        self._application = get_wsgi_application()
        self._factory = RequestFactory(SERVER_NAME=HOST)

    def get(self, address: str, **headers: str) -> Call:
        """Return the answer for a path with its query. Raises RuntimeError for a failure of the portal."""
        environ = self._factory.get(address, headers=headers).environ
        started: dict[str, Any] = {}

        def start_response(status: str, sent: list[tuple[str, str]], *_: Any) -> Callable[[bytes], object]:
            started.update(status=int(status[:3]), headers=dict(sent))
            return lambda _: None

        views = _served.views
        with _counted() as queries:
            wall, cpu = perf_counter(), process_time()
            response = self._application(environ, start_response)
            content = b"".join(response)
            response.close()  # which gives the connection back
            cpu, wall = process_time() - cpu, perf_counter() - wall
        if started["status"] >= 500:
            raise RuntimeError(f"{address} gives {started['status']}")
        return Call(
            started["status"], started["headers"], content, cpu, wall, len(queries), _served.views > views
        )

    def against_bare(self, addresses: Iterable[str]) -> tuple[list[Call], float]:
        """Call these addresses, each in turn with the bare view; return the answers and the bare view's seconds."""
        calls, bare_times = [], []
        for address in addresses:
            call = self.get(address)
            _served.content = call.content
            bare_times += [self.get("/bare/").cpu for _ in range(3)]
            calls.append(call)
        return calls, statistics.median(bare_times)


@contextmanager
def _counted() -> Iterator[list[str]]:
    statements: list[str] = []

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        statements.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        yield statements


def new_weights(criteria: list[str], chance: Random) -> Iterator[str]:
    """Yield query strings with weights that never were before, without end."""
    seen: set[str] = set()
    while True:
        parts = (f"w-{slug}={chance.randrange(11)}" for slug in sorted(chance.sample(criteria, 4)))
        if (query := "&".join(parts)) not in seen:
            seen.add(query)
            yield query


def memory() -> float:
    """Return the resident memory of this process, in MB; where the system does not tell, the most it ever was."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS:"))
        return int(line.split()[1]) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
