"""All processes of PostgreSQL are frozen under load, so that it neither answers nor refuses, and go on later."""

from collections.abc import Iterator
from time import monotonic, sleep

from benchmarks.drills.load import get, load, until
from benchmarks.drills.scene import Row, Scene, at_least, at_most, row

from .serving import served

#: Seconds for which it is frozen, in the long form and in the short one.
FROZEN = (30, 10)
#: Seconds within which everything has to be answered.
LIMIT = 3


def drill(scene: Scene) -> Iterator[Row]:
    with served(scene) as here:
        port = here.port
        with load(lambda: port, here.paths) as requests, load(lambda: port, ["/live/"], clients=1) as probes:
            sleep(2)
            here.place.postgres.freeze()
            frozen = monotonic()
            try:
                unseen = []
                while monotonic() < frozen + scene.long(*FROZEN):
                    unseen.append(get(port, f"/sources/?q={monotonic()}"))
                    unseen.append(get(port, "/admin/login/"))
                    sleep(0.2)
            finally:
                here.place.postgres.thaw()
            thawed = monotonic()
            well = until(here.is_well, 20)
            sleep(1)
        meant = [each for each in requests if frozen <= each.began < thawed]
        share = 100 * len([each for each in meant if each.is_answered]) / max(len(meant), 1)
        yield at_least(f"{len(meant)} pages seen before, answered", share, 99, "%")
        yield at_most("the slowest of them", max(each.seconds for each in meant), LIMIT, "s")
        yield at_most(
            "a page not seen before at its slowest", max(each.seconds for each in unseen), LIMIT, "s"
        )
        yield row("no 500", *[each for each in [*meant, *unseen] if each.status == 500])
        slowest = max(each.seconds for each in probes if frozen <= each.began < thawed)
        yield at_most("/live/ at its slowest", slowest * 1_000, 100, "ms")
        yield at_most("well again, without a restart", well, 2, "s")
        yield row(
            "no failed request afterwards",
            *[each for each in requests if each.began > thawed + 2 and not each.is_answered],
        )
