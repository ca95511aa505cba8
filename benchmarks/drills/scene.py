"""What a drill is given, and what it returns."""

from dataclasses import dataclass
from pathlib import Path

SQLITE, POSTGRESQL = "SQLite", "PostgreSQL"
DATABASES = (SQLITE, POSTGRESQL)


@dataclass(frozen=True)
class Scene:
    """Where a drill takes place: on which kind of database, in which folder of its own, in its long form or not."""

    database: str
    directory: Path
    is_long: bool = False

    def long(self, long: int, short: int) -> int:
        """Return the first number in the long form of a drill, and the second in the short one."""
        return long if self.is_long else short


@dataclass(frozen=True)
class Row:
    """A line of the table: what was tried, the figure or what speaks against it, and whether that is what must be."""

    what: str
    is_passed: bool
    figure: str = ""


def row(what: str, *faults: object, figure: str = "", shown: int = 3) -> Row:
    """Return a row that passes if there are no faults; else its figure names the first of them."""
    if not faults:
        return Row(what, is_passed=True, figure=figure)
    more = f" and {len(faults) - shown} more" if len(faults) > shown else ""
    return Row(what, is_passed=False, figure="; ".join([str(fault) for fault in faults[:shown]]) + more)


def at_most(what: str, value: float, limit: float, unit: str) -> Row:
    """Return a row that passes if the value does not exceed the limit."""
    return Row(f"{what}, at most {limit:g} {unit}", value <= limit, f"{value:.3g} {unit}")


def at_least(what: str, value: float, limit: float, unit: str) -> Row:
    """Return a row that passes if the value reaches the limit."""
    return Row(f"{what}, at least {limit:g} {unit}", value >= limit, f"{value:.4g} {unit}")
