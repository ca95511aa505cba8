"""What has been measured so far, a line each: a run that was broken off is taken up again where it stood."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from .plan import Measurement, Terms


class OtherTerms(Exception):
    """The journal was kept under other terms, or on another machine. Its figures and new ones must not be mixed."""


@dataclass(frozen=True)
class Conditions:
    """Everything that must be the same for figures to stand side by side."""

    terms: Terms
    machine: str
    python: str
    tool: str
    #: SHA-256 over all pins and applications.
    contents: str


@dataclass(frozen=True)
class MeasurementResult:
    """What one measurement gave: requests a second, and the versions that it was measured with."""

    measurement: Measurement
    requests: int
    release: str
    server_release: str
    measured_on: date

    def line(self) -> str:
        return json.dumps({**asdict(self), "measured_on": self.measured_on.isoformat()})

    @classmethod
    def read(cls, line: str) -> Self:
        values: dict[str, Any] = json.loads(line)
        measurement = Measurement(**values.pop("measurement"))
        return cls(measurement, measured_on=date.fromisoformat(values.pop("measured_on")), **values)


class Journal:
    """A file with the conditions on its first line and a figure on each further one."""

    def __init__(self, path: Path, conditions: Conditions) -> None:
        """Opens the journal, or begins it. Raises OtherTerms."""
        self.path = path
        self.conditions = conditions
        first = json.dumps(asdict(conditions))
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(first + "\n", encoding="utf-8")
        kept, *lines = path.read_text(encoding="utf-8").splitlines()
        if kept != first:
            raise OtherTerms
        # A line that was being written when the machine went down is measured again.
        whole = lines if path.read_bytes().endswith(b"\n") else lines[:-1]
        path.write_text("".join(f"{line}\n" for line in (kept, *whole)), encoding="utf-8")
        self.results = {figure.measurement: figure for figure in map(MeasurementResult.read, whole)}

    def append(self, figure: MeasurementResult) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(figure.line() + "\n")
        self.results[figure.measurement] = figure
