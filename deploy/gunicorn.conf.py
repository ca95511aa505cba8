"""The application server, for `make run` and in production behind a proxy (nginx.conf, touchstone.service)."""

import gc
import os
import signal
import tempfile
from pathlib import Path
from types import FrameType
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

bind = f"127.0.0.1:{settings.PORT}"
workers = settings.WEB_CONCURRENCY
worker_class = "gthread"
threads = 4  # each keeps its connection to the database
timeout = 60
graceful_timeout = 10
preload_app = True  # loaded once: a fault shows at the start, and what is printed below is true
control_socket_disable = True
loglevel = "warning"
# Long filters, and many or long headers, are answered by pages of ours. The proxy sets the limits.
limit_request_line = limit_request_fields = 0
limit_request_field_size = 32 * 1024
# Heartbeats in memory, because a slow disk is no reason to kill a worker; else where anything can be written.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else tempfile.gettempdir()  # noqa: S108

# What earlier processes have counted is not this server's.
if getattr(settings, "METRICS", False):  # the benchmark serves other projects with this file, too
    for file in Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).glob("*.db"):
        file.unlink(missing_ok=True)

# Under make in a terminal, Ctrl-C would reach make as well, which then reports an error. So the server becomes the
# terminal's foreground group by itself, and gives the terminal back when it ends.
UNDER_MAKE = "MAKELEVEL" in os.environ and os.isatty(0) and os.tcgetpgrp(0) == os.getpgrp()
STARTED_FROM = os.getpgrp()


def on_starting(server: Any) -> None:
    if UNDER_MAKE:
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # or handing over the terminal would stop us
        signal.signal(signal.SIGTSTP, signal.SIG_IGN)  # nobody would be there to continue us
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpgrp())


def when_ready(server: Any) -> None:
    # What is loaded stays: the workers, which are forked after this, share it and need not look through it for garbage.
    gc.collect()
    gc.freeze()
    if UNDER_MAKE:
        signal.signal(signal.SIGHUP, terminal_closed)
    print(
        f"{settings.SITE_NAME} is at http://{bind}{settings.FORCE_SCRIPT_NAME or ''}/ (Ctrl-C stops it)",
        flush=True,
    )


def on_exit(server: Any) -> None:
    if UNDER_MAKE:
        os.tcsetpgrp(0, STARTED_FROM)


def terminal_closed(number: int, frame: FrameType | None) -> None:
    """To gunicorn a hang-up means to load its settings again; to somebody who closed the window it means to stop."""
    os.kill(os.getpid(), signal.SIGTERM)
