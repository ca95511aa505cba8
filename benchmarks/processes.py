"""Start servers on ports of this machine, wait until they listen, and end them with all that they have started."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

#: Seconds that a server may take until it listens or gives its first answer, and to end, on a machine that is busy.
TIMEOUT = 60
#: What <linux/prctl.h> calls PR_SET_CHILD_SUBREAPER.
SUBREAPER = 36


class NotStarted(Exception):
    """A server did not come to listen; the text says why."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], *, directory: Path, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command in silence, as a process group of its own, which ends with the block."""
    process = subprocess.Popen(
        command,
        cwd=directory,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process and those that it has started, which are a process group of their own."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(TIMEOUT)
            return


def break_off_at_signals() -> None:
    """Have the first SIGINT or SIGTERM break off what this process does, and none disturb how it then tidies up."""

    def break_off(*_: object) -> None:
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, signal.SIG_IGN)
        raise KeyboardInterrupt

    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, break_off)


def adopt() -> None:
    """Become the parent of whatever our descendants leave behind, as servers do that go to the background."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(SUBREAPER, 1)


def descendants(pid: int) -> list[int]:
    """Return the processes that this one has started, each followed by those that it has started."""
    found = []
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):  # It has ended meanwhile.
            found += [
                each
                for child in children.read_text().split()
                for each in (int(child), *descendants(int(child)))
            ]
    return found


def await_free(port: int) -> None:
    """Wait until nobody listens on this port any more: what was killed holds it for a moment. Raises NotStarted."""
    deadline = monotonic() + TIMEOUT
    while _is_taken(port):
        if monotonic() > deadline:
            raise NotStarted(f"its port is taken for {TIMEOUT} seconds")
        sleep(0.05)


def await_port(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until the process listens on this port. Raises NotStarted if it ends before or takes too long."""
    deadline = monotonic() + TIMEOUT
    while process.poll() is None and monotonic() < deadline:
        if _is_taken(port):
            return
        sleep(0.05)
    raise NotStarted(
        f"it does not listen after {TIMEOUT} seconds"
        if process.poll() is None
        else f"it ended with code {process.returncode}"
    )


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return not probe.connect_ex(("127.0.0.1", port))
