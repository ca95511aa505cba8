"""Measure what a server answers in a second, in turn with a bare Django view and a file of the same bytes."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic, sleep

from django.conf import settings

from benchmarks.processes import await_port, free_port, running
from benchmarks.speed import load

from . import inside, proxy
from .editing import edit_elsewhere
from .effort import Effort
from .table import MeasuredFigure

#: As many as the server has threads.
CONNECTIONS = 8
#: What browsers accept.
ACCEPT = {"Accept-Encoding": "gzip, deflate, br, zstd"}
#: Headers that a server sets by itself.
OF_THE_SERVER = {"connection", "content-length", "date", "server", "transfer-encoding"}
PAGES = {
    "matrix": inside.MATRIX,
    "side": inside.SIDE,
    "framework": inside.FRAMEWORK,
    "picture": "/frameworks/django.png",
}
#: Where a bare view and a file of the same bytes are.
FILE = "/page"
#: Seconds of load that do not count.
WARM_UP = 4
#: For how many seconds after an edit pages are looked at.
LOOKED_AT = 4


@dataclass(frozen=True)
class Received:
    """An answer as it was sent, with the names of its headers in small letters."""

    headers: dict[str, str]
    content: bytes


@dataclass(frozen=True)
class Endpoint:
    """A page of a server, with the headers of the request for it."""

    port: int
    path: str
    headers: dict[str, str] = field(default_factory=dict)


def warm(effort: Effort) -> Iterator[MeasuredFigure]:
    yield from inside.warm_queries()
    with portal() as port:
        for name in ("matrix", "side", "framework"):
            yield _against_bare(f"warm.{name}", Endpoint(port, PAGES[name]), effort)


def picture(effort: Effort) -> Iterator[MeasuredFigure]:
    with portal() as port:
        yield _against_bare("picture.framework", Endpoint(port, PAGES["picture"]), effort)


def unchanged(effort: Effort) -> Iterator[MeasuredFigure]:
    """Measure requests of clients that have the current page, in turn with those of clients that have not."""
    with portal() as port:
        page = Endpoint(port, inside.MATRIX)
        known = replace(page, headers={"If-None-Match": fetch(page).headers["etag"]})
        yield _in_turn("unchanged.matrix", known, page, effort)


def shipped_proxy(effort: Effort) -> Iterator[MeasuredFigure]:
    """Measure the portal behind nginx as it is shipped, in turn with a file of the same bytes."""
    if not (nginx := shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")):
        for key in ("proxy.matrix", "proxy.stale"):
            yield MeasuredFigure(key, None, "NGINX IS MISSING: apt-get install nginx-light")
        return
    with portal() as port, _nginx(Path(nginx), port) as (proxied, files):
        page = Endpoint(proxied, inside.MATRIX)
        yield _in_turn("proxy.matrix", page, Endpoint(files, FILE), effort)
        yield MeasuredFigure("proxy.stale", max(_staleness(page) for _ in range(min(effort.turns, 3))))


# What is compared


def _against_bare(key: str, page: Endpoint, effort: Effort) -> MeasuredFigure:
    with bare(fetch(page)) as port:
        return _in_turn(key, page, Endpoint(port, FILE), effort)


def _in_turn(key: str, mine: Endpoint, other: Endpoint, effort: Effort) -> MeasuredFigure:
    """Return how the throughput of the first compares with that of the second: the median over turns of both."""
    for endpoint in (mine, other):  # by which every process of a server makes what stays in its memory
        _load(endpoint, WARM_UP)
    pairs = [(_rate(mine, effort.seconds), _rate(other, effort.seconds)) for _ in range(effort.turns)]
    rate, other_rate = (statistics.median(rates) for rates in zip(*pairs, strict=True))
    ratio = statistics.median(rate / other_rate for rate, other_rate in pairs)
    return MeasuredFigure(key, ratio, f"{rate:,.0f} against {other_rate:,.0f} a second")


def _rate(endpoint: Endpoint, seconds: int) -> int:
    """Return requests a second. Raises NotMeasured if one failed, or none was answered."""
    return load.rate(_load(endpoint, seconds))


def _load(endpoint: Endpoint, seconds: int) -> str:
    """Load a server for some seconds and return the load tool's report."""
    options = [f"--header={name}: {value}" for name, value in {**ACCEPT, **endpoint.headers}.items()]
    command = [
        "wrk",
        "--threads=1",
        f"--connections={CONNECTIONS}",
        f"--duration={seconds}s",
        "--timeout=30s",
    ]
    process = subprocess.run(
        [*command, *options, f"http://127.0.0.1:{endpoint.port}{endpoint.path}"],
        capture_output=True,
        text=True,
        timeout=seconds + 60,
        check=True,
    )
    return process.stdout


def _staleness(page: Endpoint) -> float:
    """Edit a fact, and return the seconds after which no answer was still the one from before."""
    before, last = fetch(page).content, 0.0
    edit_elsewhere()
    start = monotonic()
    while (elapsed := monotonic() - start) < LOOKED_AT:
        if fetch(page).content == before:
            last = elapsed
        sleep(0.01)
    return last


# Servers


def fetch(page: Endpoint) -> Received:
    """Return an answer as it was sent. Raises NotMeasured if it is not a page."""
    connection = HTTPConnection("127.0.0.1", page.port, timeout=60)
    try:
        connection.request("GET", page.path, headers=ACCEPT)
        response = connection.getresponse()
        content = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise load.NotMeasured(f"{page.path} answered {response.status}")
    return Received({name.lower(): value for name, value in response.getheaders()}, content)


@contextmanager
def portal() -> Iterator[int]:
    """Serve the portal on the database of this process; yield the port."""
    with _gunicorn("config.wsgi", {}) as port:
        yield port


@contextmanager
def bare(answer: Received) -> Iterator[int]:
    """Serve this answer as /page by a bare Django project; yield the port."""
    with tempfile.TemporaryDirectory() as directory:
        headers = {name: value for name, value in answer.headers.items() if name not in OF_THE_SERVER}
        Path(directory, "page.body").write_bytes(answer.content)
        Path(directory, "page.json").write_text(json.dumps(headers))
        environment = {"DJANGO_SETTINGS_MODULE": "benchmarks.bench.bare", "BARE_ANSWERS": directory}
        with _gunicorn("django.core.wsgi:get_wsgi_application()", environment) as port:
            yield port


@contextmanager
def _gunicorn(application: str, environment: dict[str, str]) -> Iterator[int]:
    """Serve an application with the shipped configuration of the server."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", application]
    concurrency = {"PORT": str(port), "WEB_CONCURRENCY": str(settings.WEB_CONCURRENCY)}
    with running(
        command, directory=settings.BASE_DIR, environment={**os.environ, **environment, **concurrency}
    ) as process:
        await_port(process, port)
        yield port


@contextmanager
def _nginx(program: Path, port: int) -> Iterator[tuple[int, int]]:
    """Run nginx as it is shipped before the portal; yield its port, and that of the same page as a file."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (directory / "files").mkdir()
        (directory / "files" / "page").write_bytes(fetch(Endpoint(port, inside.MATRIX)).content)
        proxied, files = free_port(), free_port()
        shipped = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text()
        text = proxy.configuration(shipped, port=proxied, portal=port, files=files, directory=directory)
        (directory / "nginx.conf").write_text(text)
        command = [f"{program}", "-c", f"{directory}/nginx.conf", "-e", f"{directory}/errors"]
        process = stack.enter_context(running(command, directory=directory, environment=dict(os.environ)))
        await_port(process, proxied)
        yield proxied, files
