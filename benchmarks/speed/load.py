"""Start a server, check its answer, and load it with wrk."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep

from benchmarks.processes import TIMEOUT, free_port, running

from .plan import ANSWER, ENDPOINT, FOLDER, Application, Server, Terms


class NotMeasured(Exception):
    """There is no result; the text says why."""


def measure(application: Application, server: Server, home: Path, terms: Terms) -> int:
    """Return requests a second, rounded. Raises NotMeasured if even a single request failed."""
    with _serving(application, server, home) as port:
        url = f"http://127.0.0.1:{port}{ENDPOINT}"
        _run_wrk(url, terms.connections, terms.warm_up)
        return rate(_run_wrk(url, terms.connections, terms.seconds))


def tool() -> str:
    """Return the version of wrk, as `wrk 4.1.0`. Raises NotMeasured if it is not installed."""
    if not shutil.which("wrk"):
        raise NotMeasured("The load tool wrk is missing: install it, as by `apt-get install wrk`.")
    # wrk -v exits with status 1.
    process = subprocess.run(["wrk", "-v"], capture_output=True, text=True, timeout=10, check=False)
    version = re.search(r"wrk \D*([\d.]+)", process.stdout + process.stderr)
    return f"wrk {version[1]}" if version else "wrk"


def rate(report: str) -> int:
    """Return the requests a second in wrk's report. Raises NotMeasured if requests failed or there is no rate."""
    if failed := re.search(r"^\s*(Socket errors: .*|Non-2xx or 3xx responses: .*)$", report, re.MULTILINE):
        raise NotMeasured(f"wrk saw failed requests: {failed[1]}")
    match = re.search(r"^Requests/sec:\s*([\d.]+)\s*$", report, re.MULTILINE)
    if not match or not (requests := round(float(match[1]))):
        raise NotMeasured("wrk gave no figure")
    return requests


def _run_wrk(url: str, connections: int, seconds: int) -> str:
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", url]
    try:
        with _on_cores(cores()[-1:]):
            process = subprocess.run(
                command, check=True, capture_output=True, text=True, timeout=seconds + TIMEOUT
            )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise NotMeasured(f"wrk failed: {error}") from error
    return process.stdout


@contextmanager
def _serving(application: Application, server: Server, home: Path) -> Iterator[int]:
    port = free_port()
    program, *rest = (part.format(port=port, app=application.app) for part in server.command)
    environment = {"PATH": f"{home / 'bin'}:{os.defpath}", "PYTHONDONTWRITEBYTECODE": "1"}
    command = [str(home / "bin" / program), *rest]
    with ExitStack() as stack:
        with _on_cores(cores()[:1]):
            process = stack.enter_context(
                running(command, directory=FOLDER / "apps", environment=environment)
            )
        _await_answer(process, port)
        yield port


def _await_answer(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait for the first answer. Raises NotMeasured if there is none, or not the one that is expected."""
    deadline = monotonic() + TIMEOUT
    while process.poll() is None and monotonic() < deadline:
        connection = HTTPConnection("127.0.0.1", port, timeout=TIMEOUT)
        try:
            connection.request("GET", ENDPOINT)
            response = connection.getresponse()
            kind, body = response.getheader("Content-Type", ""), response.read()
        except (OSError, HTTPException):
            sleep(0.1)
            continue
        finally:
            connection.close()
        _check(response.status, kind, body)
        return
    raise NotMeasured(
        f"the server gave no answer within {TIMEOUT} seconds"
        if process.poll() is None
        else f"the server ended with code {process.returncode} before it answered"
    )


def _check(status: int, kind: str, body: bytes) -> None:
    try:
        answer = json.loads(body)
    except ValueError:
        answer = None
    if status != HTTPStatus.OK or not kind.startswith("application/json") or answer != ANSWER:
        raise NotMeasured(f"the server answered {status}, {kind}, {body[:80]!r}")


def cores() -> list[int]:
    """Return the processor cores that may be used; empty if the system does not tell."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextmanager
def _on_cores(numbers: Collection[int]) -> Iterator[None]:
    """Bind what is started within to these cores, so that server and load tool do not compete for any."""
    if not numbers:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, numbers)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
