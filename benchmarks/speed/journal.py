"""Store results as they are measured, a line each, so that an interrupted run can be resumed."""

import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Self

from .plan import Measurement, Terms


class OtherTerms(Exception):
    """The journal was written under other terms, or on another machine. Its results must not be mixed with new ones."""


@dataclass(frozen=True)
class Conditions:
    """Everything that must be equal for figures to be comparable."""

    terms: Terms
    machine: str
    python: str
    tool: str
    #: SHA-256 of all pins and applications.
    contents: str


@dataclass(frozen=True)
class MeasurementResult:
    """The result of one measurement: requests a second, and the versions that were measured."""

    measurement: Measurement
    requests: int
    release: str
    server_release: str
    measured_on: date

    def line(self) -> str:
        """Return the result as a line of JSON."""
        return json.dumps({**asdict(self), "measured_on": self.measured_on.isoformat()})

    @classmethod
    def read(cls, line: str) -> Self:
        """Read the result from a line of JSON."""
        values: dict[str, Any] = json.loads(line)
        measurement = Measurement(**values.pop("measurement"))
        return cls(measurement, measured_on=date.fromisoformat(values.pop("measured_on")), **values)


class Journal:
    """A file with the conditions on its first line and a result on each further line."""

    def __init__(self, path: Path, conditions: Conditions) -> None:
        """Open the journal, or create it. Raises OtherTerms if its conditions differ."""
        self.path = path
        self.conditions = conditions
        header = json.dumps(asdict(conditions))
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(header + "\n", encoding="utf-8")
        stored_header, *lines = path.read_text(encoding="utf-8").splitlines()
        if stored_header != header:
            raise OtherTerms
        # An incomplete last line is left from a crash; its measurement is made again.
        complete = lines if path.read_bytes().endswith(b"\n") else lines[:-1]
        path.write_text("".join(f"{line}\n" for line in (header, *complete)), encoding="utf-8")
        self.results = {result.measurement: result for result in map(MeasurementResult.read, complete)}

    def append(self, result: MeasurementResult) -> None:
        """Write a result to the file and add it to `results`."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(result.line() + "\n")
        self.results[result.measurement] = result
