"""Serve the portal as `make run` does, on a database and a port of its own that nobody else uses."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.processes import await_port, free_port, running

ROOT = Path(__file__).resolve().parent.parent
#: What may be set outside; nothing else decides what is served.
PASSED_ON = ("PATH", "HOME", "TMPDIR", "WEB_CONCURRENCY")


@contextmanager
def portal(content: Sequence[str] = ("seed",)) -> Iterator[str]:
    """Fill a database of SQLite by this command of manage.py, serve the portal on it, and yield its address.

    Raises CalledProcessError if the database cannot be filled, and NotStarted if the server does not listen.
    """
    with tempfile.TemporaryDirectory() as directory:
        port = free_port()
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | {
            "PYTEST_VERSION": "none",  # keeps the settings from reading .env
            "VAR_DIR": directory,
            "PORT": str(port),
            "LOG_LEVEL": "ERROR",
        }
        for command in (["manage.py", "migrate"], ["manage.py", *content], ["bin/prepare.py"]):
            subprocess.run(
                [sys.executable, *command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, check=True
            )
        server = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "config.wsgi"]
        with running(server, directory=ROOT, environment=environment) as process:
            await_port(process, port)
            yield f"http://127.0.0.1:{port}"
