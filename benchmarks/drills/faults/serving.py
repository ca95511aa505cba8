"""What the drills on a server under load share: the portal with three processes, and pages that each has answered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

from benchmarks.drills.databases import Place, database
from benchmarks.drills.load import get, seen_by_all
from benchmarks.drills.scene import Scene
from benchmarks.instances.instance import ROOT, Instance
from benchmarks.processes import free_port

PROCESSES = 3
PATHS = (
    "/",
    "/?kind=full-stack&w-performance=9",
    "/frameworks/django/",
    "/frameworks/",
    "/compare/django-vs-flask/",
    "/criteria/",
    "/method/",
    "/changes/",
    "/matrix.csv",
    "/frameworks/django.png",
    "/changes.atom",
    "/api/v1/frameworks",
)


@dataclass(frozen=True)
class Served:
    """The portal, its database, and the pages that each of its processes has answered."""

    instance: Instance
    place: Place
    paths: tuple[str, ...]

    @property
    def port(self) -> int:
        return self.instance.port

    def is_well(self) -> bool:
        """Return whether a page seen before is current again, and one that nobody has seen comes from the database."""
        return (
            "age" not in get(self.port, "/").headers
            and get(self.port, f"/frameworks/?q={monotonic()}").is_answered
        )


@contextmanager
def served(scene: Scene) -> Iterator[Served]:
    with database(scene) as place:
        instance = Instance(ROOT / "fixtures", scene.directory / "var", free_port(), place.url, PROCESSES)
        with instance.running():
            paths = tuple(path for path in PATHS if get(instance.port, path).is_answered)
            seen_by_all(instance.port, paths, PROCESSES)
            yield Served(instance, place, paths)
