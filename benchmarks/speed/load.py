"""Starts one server, sees that it answers what it should, and drives wrk at it."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from time import monotonic, sleep

from .plan import ANSWER, ENDPOINT, FOLDER, Application, Server, Terms

#: Seconds that a server has for its first answer, and for its end.
PATIENCE = 20


class NotMeasured(Exception):
    """No figure came of it; the text says why."""


def measure(application: Application, server: Server, home: Path, terms: Terms) -> int:
    """Requests a second, rounded. Raises NotMeasured when a single request failed: half a figure is none."""
    with _serving(application, server, home) as port:
        url = f"http://127.0.0.1:{port}{ENDPOINT}"
        _drive(url, terms.connections, terms.warm_up)
        return rate(_drive(url, terms.connections, terms.seconds))


def tool() -> str:
    """wrk's version, as `wrk 4.1.0`. Raises NotMeasured when it is not there."""
    if not shutil.which("wrk"):
        raise NotMeasured("The load tool wrk is missing: install it, as by `apt-get install wrk`.")
    # It ends with 1 after telling its version.
    told = subprocess.run(["wrk", "-v"], capture_output=True, text=True, timeout=10, check=False)  # noqa: S607
    found = re.search(r"wrk \D*([\d.]+)", told.stdout + told.stderr)
    return f"wrk {found[1]}" if found else "wrk"


def rate(report: str) -> int:
    """The requests a second of wrk's report. Raises NotMeasured where it tells of a failed request, or of none."""
    if failed := re.search(r"^\s*(Socket errors: .*|Non-2xx or 3xx responses: .*)$", report, re.MULTILINE):
        raise NotMeasured(f"wrk saw failed requests: {failed[1]}")
    found = re.search(r"^Requests/sec:\s*([\d.]+)\s*$", report, re.MULTILINE)
    if not found or not (requests := round(float(found[1]))):
        raise NotMeasured("wrk gave no figure")
    return requests


def _drive(url: str, connections: int, seconds: int) -> str:
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", url]
    try:
        with _kept_to(cores()[-1:]):
            done = subprocess.run(
                command, check=True, capture_output=True, text=True, timeout=seconds + PATIENCE
            )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        raise NotMeasured(f"wrk failed: {error}") from error
    return done.stdout


@contextmanager
def _serving(application: Application, server: Server, home: Path) -> Iterator[int]:
    port = _free_port()
    program, *rest = (part.format(port=port, app=application.app) for part in server.command)
    with _kept_to(cores()[:1]):
        process = subprocess.Popen(
            [home / "bin" / program, *rest],
            cwd=FOLDER / "apps",
            env={"PATH": f"{home / 'bin'}:{os.defpath}", "PYTHONDONTWRITEBYTECODE": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    try:
        _await_answer(process, port)
        yield port
    finally:
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a server and its workers: they are a group of their own."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
            return


def _await_answer(process: subprocess.Popen[bytes], port: int) -> None:
    """Waits for the first answer. Raises NotMeasured when none comes, or another than all frameworks must give."""
    deadline = monotonic() + PATIENCE
    while process.poll() is None and monotonic() < deadline:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
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
        f"the server gave no answer within {PATIENCE} seconds"
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


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def cores() -> list[int]:
    """The processor cores that may be used; none where the system does not tell them."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


@contextmanager
def _kept_to(some: Collection[int]) -> Iterator[None]:
    """What is started within stays on these cores, so that server and load tool do not take them from each other."""
    if not some:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, some)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
