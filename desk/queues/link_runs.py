"""Link checks that run from the desk: batch by batch, so that no request lasts long, and one run at a time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from django.conf import settings
from django.core.files import locks

from frameworks.models import LinkCheck

from . import links
from .links import Door

#: After so many seconds a batch begins no further address. The last may take as long as the door allows.
BATCH_SECONDS = 5.0
#: A run that began longer ago is not taken up again.
TAKEN_UP_FOR = timedelta(minutes=30)


class Busy(Exception):
    """Another run is checking at this moment. Nothing was checked."""


@contextmanager
def alone() -> Iterator[None]:
    """Keep all other runs on this machine from checking meanwhile. Raises Busy."""
    with (settings.VAR_DIR / "link-check.lock").open("w") as file:
        if not locks.lock(file, locks.LOCK_EX | locks.LOCK_NB):
            raise Busy
        try:
            yield
        finally:
            locks.unlock(file)


@dataclass(frozen=True)
class LinkRun:
    """How far a run is: each address that was checked since it began is done."""

    since: datetime
    total: int
    done: int
    dead: int

    @property
    def left(self) -> int:
        return self.total - self.done

    @classmethod
    def begun(cls, since: datetime) -> Self:
        """Return the run that began then. Three queries."""
        urls = links.named()
        answers = LinkCheck.objects.filter(checked_at__gte=since).values_list("url", "is_alive")
        alive = [is_alive for url, is_alive in answers if url in urls]
        return cls(since, len(urls), len(alive), alive.count(False))

    @classmethod
    def unfinished(cls, now: datetime) -> Self:
        """Return the run that others began and that is not finished, or else a new one."""
        last = LinkCheck.objects.order_by("-checked_at").values_list("checked_at", flat=True).first()
        if last is not None and now - TAKEN_UP_FOR < last <= now:
            run = cls.begun(last)
            if run.left:
                return run
        return cls.begun(now)

    def check_batch(self, door: Door) -> None:
        """Check some of the addresses that are left. Raises Busy."""
        with alone():
            until = time.monotonic() + BATCH_SECONDS
            left = LinkRun.begun(self.since).left
            for _ in links.check_all(door, at=self.since, limit=left):
                if time.monotonic() >= until:
                    break
