"""List the figures: which group measures them, what they are, and what they must reach."""

from collections.abc import Iterable
from dataclasses import dataclass

#: Numbers of frameworks for which growth is measured, under 50 criteria of which 12 are rated.
SIZES = (100, 1_000, 10_000, 100_000)


@dataclass(frozen=True)
class Target:
    limit: float
    unit: str
    #: Whether the figure must reach the limit; otherwise it must not exceed it.
    is_minimum: bool = False

    def is_reached(self, figure: float) -> bool:
        return figure >= self.limit if self.is_minimum else figure <= self.limit


@dataclass(frozen=True)
class PlanLine:
    """A figure to measure. Without a target it is a point of the curve of growth."""

    key: str
    what: str
    unit: str
    target: Target | None

    @property
    def group(self) -> str:
        return self.key.partition(".")[0]


def _line(key: str, what: str, limit: float, unit: str, *, is_minimum: bool = False) -> PlanLine:
    return PlanLine(key, what, unit, Target(limit, unit, is_minimum=is_minimum))


def _growth() -> Iterable[PlanLine]:
    limits = {10_000: (25, 250), 100_000: (60, 1_000)}
    for size in SIZES:
        group = f"growth-{size}"
        milliseconds, megabytes = limits.get(size, (None, None))
        for name, what, unit, limit in (
            ("cold", "a page of 50, cold", "ms", milliseconds),
            ("memory", "memory of a process", "MB", megabytes),
            ("edit", "facts taken up anew", "s", 1 if size == 10_000 else None),
        ):
            target = Target(limit, unit) if limit else None
            yield PlanLine(f"{group}.{name}", f"{size:,} × 50: {what}", unit, target)


THROUGHPUT, CPU = "of the bare view's throughput", "× the bare view's CPU"
PLAN: tuple[PlanLine, ...] = (
    _line("warm.matrix", "warm: matrix", 0.75, THROUGHPUT, is_minimum=True),
    _line("warm.side", "warm: side by side of three", 0.75, THROUGHPUT, is_minimum=True),
    _line("warm.framework", "warm: framework", 0.75, THROUGHPUT, is_minimum=True),
    _line("warm.queries", "warm: any of these", 1, "queries"),
    # As fast as warm; what is less is noise.
    _line("unchanged.matrix", "unchanged: matrix, If-None-Match", 0.95, "of warm", is_minimum=True),
    _line("cold.matrix", "cold: matrix 10 × 18", 16, CPU),
    _line("cold.matrix-queries", "cold: matrix 10 × 18", 1, "queries"),
    _line("cold.side", "cold: side by side of three", 25, CPU),
    _line("cold.side-queries", "cold: side by side of three", 1, "queries"),
    _line("edit.matrix", "first answer after an edit: matrix", 60, CPU),
    _line("bytes.matrix", "HTML: matrix", 60, "kB"),
    _line("bytes.side", "HTML: side by side of three", 80, "kB"),
    _line("bytes.framework", "HTML: framework", 60, "kB"),
    _line("files.csv", "matrix as CSV, cold", 10, "ms of CPU"),
    _line("files.api", "matrix from the API, cold", 10, "ms of CPU"),
    _line("picture.framework", "a picture seen before", 0.75, THROUGHPUT, is_minimum=True),
    _line(
        "junk.hits", "100 pages in use, after invented addresses", 0.95, "still in memory", is_minimum=True
    ),
    _line("junk.memory", "memory taken by invented addresses", 100, "MB"),
    _line("proxy.matrix", "behind the shipped proxy: matrix", 0.5, "of a file from nginx", is_minimum=True),
    _line("proxy.stale", "behind the shipped proxy: an edit shows after", 2, "s"),
    *_growth(),
)
GROUPS = tuple(dict.fromkeys(line.group for line in PLAN))
#: Measured only when wanted: they take minutes.
LARGE = tuple(group for group in GROUPS if group.startswith("growth-"))
