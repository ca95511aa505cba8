"""Say how long measuring may take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Effort:
    #: Calls of which a median is taken.
    calls: int = 31
    #: How often the load tool measures in turn what is compared, and for how many seconds each time.
    turns: int = 15
    seconds: int = 1
    #: Invented addresses.
    junk: int = 10_000
    #: Seconds after which no more calls are made to take a median of, and no more addresses invented.
    patience: float = 240


FULL = Effort()
QUICK = Effort(calls=7, turns=5, junk=1_000, patience=20)
