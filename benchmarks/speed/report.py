"""Summarise the results for a benchmark: a figure for each framework under each server, the method, a comment."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

from .journal import Conditions, Journal, MeasurementResult
from .load import cores
from .plan import ASGI, LEFT_OUT, TORNADO, WSGI, Server

UNSAID = (
    "Real work: No database, template, input or log is involved; in most applications these take far more time.",
    "More than one core: Each server had one worker on one core, so the figures say nothing about more cores.",
    "A network: The server and the load tool communicated over the loopback interface of one machine.",
    "Waiting: No request waited for anything, which is where asynchronous frameworks gain.",
    "Latency: Only the rate was recorded, not how long the slowest responses took.",
    "Tuning: Every server ran with its default settings except where the method says otherwise.",
)


@dataclass(frozen=True)
class Spread:
    """The repetitions of one framework under one server, in requests a second."""

    framework: str
    release: str
    setup: str
    #: With its version.
    server: str
    middle: int
    lowest: int
    highest: int


def spreads(journal: Journal) -> list[Spread]:
    """Return the median and range for each framework and server with all its repetitions."""
    results: dict[tuple[str, str], list[MeasurementResult]] = defaultdict(list)
    for result in journal.results.values():
        results[result.measurement.framework, result.measurement.server].append(result)
    names = {server.slug: server.name for server in _servers()}
    return [
        Spread(
            framework=framework,
            release=repetitions[-1].release,
            setup=setup,
            server=f"{names[setup]} {repetitions[-1].server_release}",
            middle=round(median(result.requests for result in repetitions)),
            lowest=min(result.requests for result in repetitions),
            highest=max(result.requests for result in repetitions),
        )
        for (framework, setup), repetitions in results.items()
        if len(repetitions) == journal.conditions.terms.repetitions
    ]


def method(conditions: Conditions) -> str:
    """Return how it was measured, an item on each line."""
    terms = conditions.terms
    core_use = (
        "the server on one, the load tool on the other"
        if len(cores()) > 1
        else "shared by server and load tool"
    )
    return "\n".join(
        (
            'Endpoint: GET /json, which answers {"message": "Hello, World"}',
            "Applications: one route, no middleware beyond what the framework adds by default, debugging off",
            *(f"{server.name}: {server.setting}" for server in _servers()),
            f"Load tool: {conditions.tool}, one thread, {terms.connections} connections",
            f"Repetitions: {terms.repetitions} of {terms.seconds} seconds each; the median counts",
            f"Warm-up: {terms.warm_up} seconds of the same load before each repetition, not counted",
            "Order: every framework once, then every framework again, each time with a freshly started server",
            "Failed requests: none; a measurement with a failed request is discarded",
            f"Python: {conditions.python}",
            f"Machine: {conditions.machine}",
            f"Cores: {len(cores()) or 'not known'}; {core_use}",
        )
    )


def _servers() -> list[Server]:
    return list({server.slug: server for server in (*WSGI, *ASGI, TORNADO)}.values())


def comment(failures: Mapping[str, str]) -> str:
    """Return what a reader should bear in mind: which frameworks are missing, and why."""
    return "\n".join(
        (
            "The ratios say more than the figures, because another machine would answer more or fewer requests.",
            *LEFT_OUT.values(),
            *(f"{name} is left out: {reason}." for name, reason in failures.items()),
        )
    )
