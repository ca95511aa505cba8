"""An administrator breaks off all connections of PostgreSQL several times while pages that nobody has seen are read."""

from collections.abc import Iterator
from itertools import count
from threading import Thread
from time import monotonic, sleep

from benchmarks.drills.load import Request, get, load
from benchmarks.drills.scene import Row, Scene, row

from .serving import served

CLIENTS = 4


def drill(scene: Scene) -> Iterator[Row]:
    with served(scene) as here:
        port, numbers = here.port, count()
        fresh: list[Request] = []
        end = monotonic() + scene.long(40, 12)

        def read_fresh() -> None:
            while monotonic() < end:
                fresh.append(get(port, f"/sources/?q=nobody-has-seen-{next(numbers)}"))

        readers = [Thread(target=read_fresh) for _ in range(CLIENTS)]
        with load(lambda: port, here.paths, clients=2) as requests:
            for reader in readers:
                reader.start()
            broken = 0
            while monotonic() < end - 2:
                sleep(2)
                broken += here.place.postgres.terminate()
            for reader in readers:
                reader.join()
        failed = [each for each in fresh if not each.is_answered]
        faults = failed if len(failed) > broken else []
        yield row(
            f"{broken} connections broken off, at most one failed request each",
            *faults,
            figure=f"{len(failed)} of {len(fresh)} requests failed",
        )
        yield row("what failed is a 503", *[each for each in failed if each.status != 503])
        yield row("no page seen before failed", *[each for each in requests if not each.is_answered])
