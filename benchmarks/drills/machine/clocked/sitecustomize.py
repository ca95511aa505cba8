"""Put the clock of a program that is started with this folder on its path: the file that CLOCK names says by how much.

Python imports this module by its name before the program. Clocks that nobody can put, such as `time.monotonic`, go on.
"""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

from django.utils import timezone

_file = Path(os.environ["CLOCK"])
_time = time.time


def put_time() -> float:
    """Return the seconds of the Unix epoch, by the clock that is put."""
    return _time() + float(_file.read_text())


def put_now() -> datetime:
    return datetime.fromtimestamp(put_time(), tz=UTC)


time.time, timezone.now = put_time, put_now
