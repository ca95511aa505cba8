"""PostgreSQL is stopped under load and started again: pages seen before go on answering, and all is well soon after."""

from collections.abc import Iterator, Sequence
from time import monotonic, sleep

from benchmarks.drills.load import Request, get, load, until
from benchmarks.drills.scene import Row, Scene, at_least, at_most, row

from .serving import served

#: Seconds for which the server is away, in the long form and in the short one.
AWAY = (60, 10)


def drill(scene: Scene) -> Iterator[Row]:
    with served(scene) as here:
        port = here.port
        with load(lambda: port, here.paths) as requests, load(lambda: port, ["/live/"], clients=1) as probes:
            sleep(2)
            here.place.postgres.stop()
            stopped = monotonic()
            sleep(scene.long(*AWAY) / 2)
            unseen = get(port, "/sources/?q=never-seen-before")
            api = get(port, "/api/v1/claims?limit=1&offset=1")
            sleep(scene.long(*AWAY) / 2)
            starting = monotonic()
            here.place.postgres.start()
            started = monotonic()
            well = until(here.is_well, 20)
            sleep(1)
        # While it starts, it may already answer.
        yield from _during(requests, probes, stopped, starting)
        yield row("a page not seen before is a 503 that says when to try again", *_wrong(unseen, "text/html"))
        yield row("the API answers with a problem", *_wrong(api, "application/problem+json"))
        yield at_most("well again, without a restart", well, 2, "s")
        after = [each for each in requests if each.began > started + 2 and not each.is_answered]
        yield row("no failed request afterwards", *after)


def _during(
    requests: Sequence[Request], probes: Sequence[Request], stopped: float, starting: float
) -> Iterator[Row]:
    """Return what visitors and the process manager got while the server was away."""
    meant = [each for each in requests if stopped <= each.began < starting]
    in_time = [each for each in meant if each.is_answered and each.seconds <= 1]
    share = 100 * len(in_time) / max(len(meant), 1)
    yield at_least(f"{len(meant)} pages seen before, answered within 1 s", share, 99, "%")
    answered = [each for each in meant if each.began > stopped + 2 and each.is_answered]
    yield row("all of these say how old they are", *[each for each in answered if "age" not in each.headers])
    yield row("no 500", *[each for each in meant if each.status == 500])
    slowest = max((each.seconds for each in probes if stopped <= each.began < starting), default=float("inf"))
    yield at_most("/live/ at its slowest", slowest * 1_000, 100, "ms")


def _wrong(answer: Request, kind: str) -> list[str]:
    """Return what is wrong with an answer that should be a 503."""
    faults = [str(answer)] if answer.status != 503 else []
    if not answer.headers.get("content-type", "").startswith(kind):
        faults.append(f"it is {answer.headers.get('content-type')}")
    return faults + [
        f"it has no {name}" for name in ("retry-after", "x-request-id") if name not in answer.headers
    ]
