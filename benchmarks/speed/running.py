"""Make the remaining measurements, one after the other, within a given time."""

import hashlib
import os
import platform
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from django.utils import timezone

from . import environments, load
from .journal import Conditions, Journal, MeasurementResult
from .plan import APPLICATIONS, FOLDER, Application, Measurement, Server, Terms, measurements

#: Seconds that starting and ending a server takes, approximately.
OVERHEAD = 2


@dataclass(frozen=True)
class Step:
    """A measurement that was made or has failed; with a failure, `requests` is 0."""

    number: int
    application: Application
    server: Server
    repetition: int
    requests: int
    failure: str
    #: Estimated seconds that the remaining measurements will take.
    left: int


def conditions(terms: Terms) -> Conditions:
    """Return the conditions of a run on this machine. Raises load.NotMeasured if the load tool is missing."""
    contents = hashlib.sha256()
    for path in sorted([*(FOLDER / "apps").glob("*.py"), *(FOLDER / "requirements").glob("*.txt")]):
        contents.update(path.read_bytes())
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return Conditions(terms, machine(), python, load.tool(), contents.hexdigest())


def machine() -> str:
    """Return processor, memory and system, as far as known: `AMD EPYC, 23 GiB of memory, Linux 6.1`."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    processor = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = (
        processor.get("model name") or platform.processor() or platform.machine(),
        f"{memory:.0f} GiB of memory",
        f"{platform.system()} {platform.release().split('-')[0]}",
        "a virtual machine, which other work on its host may disturb"
        if "hypervisor" in processor.get("flags", "")
        else "",
    )
    return ", ".join(part for part in parts if part)


def remaining(journal: Journal) -> list[tuple[Measurement, Application, Server]]:
    """Return the measurements that are not in the journal yet."""
    return [
        work
        for work in measurements(APPLICATIONS, journal.conditions.terms)
        if work[0] not in journal.results
    ]


def run(journal: Journal, folder: Path, *, seconds: float) -> Iterator[Step]:
    """Install what is missing and make the remaining measurements, as long as the time suffices for another.

    A failure is reported in its step; a later run tries again. `seconds` is the time that the whole run may take.
    """
    terms = journal.conditions.terms
    start = monotonic()
    each = terms.warm_up + terms.seconds + OVERHEAD
    todo = remaining(journal)
    for number, (measurement, application, server) in enumerate(todo, 1):
        if monotonic() - start + each > seconds:
            return
        requests, failure = 0, ""
        try:
            home = environments.install(application, folder)
            result = _measure(measurement, application, server, home, terms)
            journal.append(result)
            requests = result.requests
        except (environments.NotInstalled, load.NotMeasured) as error:
            failure = str(error)
        left = round((monotonic() - start) / number * (len(todo) - number))
        yield Step(number, application, server, measurement.repetition, requests, failure, left)


def _measure(
    measurement: Measurement, application: Application, server: Server, home: Path, terms: Terms
) -> MeasurementResult:
    releases = environments.versions(home)
    return MeasurementResult(
        measurement,
        requests=load.measure(application, server, home, terms),
        release=releases[application.slug],
        server_release=releases[server.package],
        measured_on=timezone.localdate(),
    )
