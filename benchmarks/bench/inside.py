"""Measure in one process, without a network: what a new answer costs, and what stays in memory."""

import statistics
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations, islice
from random import Random
from time import monotonic, perf_counter, sleep

from django.conf import settings

from frameworks.models import Criterion, Framework

from .calling import Call, Portal, memory, new_weights
from .editing import edit_elsewhere
from .effort import Effort
from .table import MeasuredFigure

MATRIX, SIDE, FRAMEWORK = "/", "/compare/django-vs-flask-vs-fastapi/", "/frameworks/django/"
#: How many addresses count as in use.
IN_USE = 100
#: An edit elsewhere is noticed after so many seconds.
NOTICED = getattr(settings, "VERSION_SECONDS", 0) + 0.1


def cold(effort: Effort) -> Iterator[MeasuredFigure]:
    """Measure pages under weights and filters that are new."""
    portal = Portal()
    for name, path in (("matrix", MATRIX), ("side", SIDE)):
        addresses = _never_seen(portal, path, effort.calls + 3)
        for address in islice(addresses, 3):  # by which templates and facts are read
            portal.get(address)
        calls, bare = portal.against_bare(addresses)
        median = statistics.median(call.cpu for call in calls)
        yield MeasuredFigure(f"cold.{name}", median / bare, f"{_ms(median)} against {_ms(bare)}")
        yield MeasuredFigure(f"cold.{name}-queries", max(call.queries for call in calls))


def edit(effort: Effort) -> Iterator[MeasuredFigure]:
    """Measure what it takes, after an edit over another connection, until an answer differs."""
    portal = Portal()
    costs, queries = [], []
    _, bare = portal.against_bare([MATRIX] * 3)
    for _ in range(max(3, effort.calls // 3)):
        calls = _until_noticed(portal, MATRIX)
        costs.append(sum(call.cpu for call in calls))
        queries.append(sum(call.queries for call in calls))
    median = statistics.median(costs)
    yield MeasuredFigure(
        "edit.matrix", median / bare, f"{_ms(median)}, {round(statistics.median(queries))} queries"
    )


def html(_: Effort) -> Iterator[MeasuredFigure]:
    """Measure the pages before compression."""
    portal = Portal()
    for name, path in (("matrix", MATRIX), ("side", SIDE), ("framework", FRAMEWORK)):
        yield MeasuredFigure(f"bytes.{name}", len(portal.get(path).content) / 1e3)


def files(effort: Effort) -> Iterator[MeasuredFigure]:
    """Measure the matrix in other formats, under new weights."""
    portal = Portal()
    for name, path in (("csv", "/matrix.csv"), ("api", "/api/v1/matrix")):
        calls = [portal.get(address) for address in _never_seen(portal, path, effort.calls)]
        yield MeasuredFigure(f"files.{name}", 1e3 * statistics.median(call.cpu for call in calls))


def junk(effort: Effort) -> Iterator[MeasuredFigure]:
    """Measure whether what strangers invent in addresses drives out of memory what others use."""
    portal, chance = Portal(), Random(1)  # noqa: S311 - the same at every run
    in_use = _in_use()
    for _ in range(2):
        before = _hits(portal, in_use)
    taken, deadline, count = memory(), monotonic() + effort.patience, 0
    for address in islice(_invented(in_use, chance), effort.junk):
        portal.get(address)
        count += 1
        if monotonic() > deadline:
            break
    growth = memory() - taken
    yield MeasuredFigure("junk.hits", _hits(portal, in_use), f"{before:.0%} before, {count:,} addresses")
    yield MeasuredFigure("junk.memory", max(growth, 0.0))


def growth(effort: Effort, group: str) -> Iterator[MeasuredFigure]:
    """Measure the first page of a large matrix, the memory that it takes, and how an edit is taken up."""
    portal, deadline = Portal(), monotonic() + effort.patience
    calls = []
    for address in _never_seen(portal, MATRIX, min(effort.calls, 9)):
        calls.append(portal.get(address))
        if monotonic() > deadline:
            break
    cpu, wall = (statistics.median(getattr(call, what) for call in calls) * 1e3 for what in ("cpu", "wall"))
    size = len(calls[-1].content) / 1e3
    yield MeasuredFigure(f"{group}.cold", cpu, f"{wall:.0f} by the clock, {size:,.0f} kB")
    yield MeasuredFigure(f"{group}.memory", memory())
    before = portal.get(MATRIX).headers.get("ETag")
    edit_elsewhere()
    sleep(NOTICED)
    with ThreadPoolExecutor(1) as pool:
        start = perf_counter()
        first = pool.submit(lambda: (_until_another(portal, MATRIX, before), perf_counter()))
        sleep(0.01)  # so that it is that call which reads the facts, and not the next
        meanwhile = [portal.get(MATRIX).wall]
        while not first.done():
            meanwhile.append(portal.get(MATRIX).wall)
        _, end = first.result()
    yield MeasuredFigure(f"{group}.edit", end - start, f"answers meanwhile took up to {max(meanwhile):.2f} s")


def warm_queries() -> Iterator[MeasuredFigure]:
    """Count the queries of pages that were answered just before."""
    portal = Portal()
    pages = (MATRIX, SIDE, FRAMEWORK)
    for page in pages * 2:
        portal.get(page)
    yield MeasuredFigure("warm.queries", max(portal.get(page).queries for page in pages))


def _never_seen(portal: Portal, path: str, count: int) -> Iterator[str]:
    """Yield addresses of this page under new weights, every other one with a filter; call the page itself before."""
    portal.get(path)
    criteria = list(Criterion.objects.scored().order_by("slug").values_list("slug", flat=True))
    queries = new_weights(criteria, Random(path))  # noqa: S311 - the same at every run
    for number, query in enumerate(islice(queries, count)):
        minimum = f"&min-{criteria[number % len(criteria)]}=2" if number % 2 and path == MATRIX else ""
        yield f"{path}?{query}{minimum}"


def _until_noticed(portal: Portal, address: str) -> list[Call]:
    """Edit a fact, wait until the version is read anew, and call until the answer is another; return these calls."""
    before = portal.get(address).headers.get("ETag")
    edit_elsewhere()
    sleep(NOTICED)
    return _until_another(portal, address, before)


def _until_another(portal: Portal, address: str, before: str | None) -> list[Call]:
    calls = [portal.get(address)]
    while calls[-1].headers.get("ETag") == before:
        sleep(0.01)
        calls.append(portal.get(address))
    return calls


def _in_use() -> list[str]:
    """Return the addresses of pages that are used most."""
    frameworks = list(Framework.objects.published().values_list("slug", flat=True))
    criteria = Criterion.objects.order_by("slug").values_list("slug", flat=True)
    pairs = [f"/compare/{first}-vs-{second}/" for first, second in combinations(frameworks, 2)]
    of_frameworks = [f"/frameworks/{slug}/" for slug in frameworks]
    of_criteria = [f"/criteria/{slug}/" for slug in criteria]
    weighted = [f"/?w-{slug}=9" for slug in criteria]
    return [MATRIX, *of_frameworks, *of_criteria, *pairs, *weighted][:IN_USE]


def _invented(in_use: Sequence[str], chance: Random) -> Iterator[str]:
    """Yield addresses such as strangers and scanners invent, each another, without end."""
    criteria = list(Criterion.objects.scored().values_list("slug", flat=True))
    queries = new_weights(criteria, chance)
    while True:
        word = f"{chance.getrandbits(60):x}"
        page = chance.choice(in_use).partition("?")[0]
        yield from (
            f"{page}?utm_source={word}",
            f"/?q={word}",
            f"/?{next(queries)}",
            f"/?{next(queries)}&sort={chance.choice(criteria)}&fbclid={word}",
            f"/search/?q={word}",
            f"/{word}/?{word}",
        )


def _hits(portal: Portal, addresses: Sequence[str]) -> float:
    """Return the share of these addresses that are answered without a view."""
    return sum(not portal.get(address).reached_view for address in addresses) / len(addresses)


def _ms(seconds: float) -> str:
    return f"{1e3 * seconds:.1f} ms"
