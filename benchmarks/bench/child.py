"""Measure a group of figures on the database of the environment; write each as a line of JSON once there is one."""

import json
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict
from functools import partial

import django

django.setup()

from . import calling, inside, served  # noqa: E402 - Django comes first
from .effort import FULL, QUICK, Effort  # noqa: E402
from .plan import LARGE  # noqa: E402
from .table import MeasuredFigure  # noqa: E402

MEASURES: dict[str, Callable[[Effort], Iterator[MeasuredFigure]]] = {
    "warm": served.warm,
    "unchanged": served.unchanged,
    "cold": inside.cold,
    "edit": inside.edit,
    "bytes": inside.html,
    "files": inside.files,
    "picture": served.picture,
    "junk": inside.junk,
    "proxy": served.shipped_proxy,
    **{group: partial(inside.growth, group=group) for group in LARGE},
}
#: Bytes of memory after which a process that measures is ended rather than the machine.
MOST = 8_000_000_000


def main(group: str, effort: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the servers are ended
    with suppress(ValueError):  # where the system knows no such limit
        resource.setrlimit(resource.RLIMIT_AS, (MOST, MOST))
    calling.add_bare_view()
    for figure in MEASURES[group](QUICK if effort == "quick" else FULL):
        print(json.dumps(asdict(figure)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
