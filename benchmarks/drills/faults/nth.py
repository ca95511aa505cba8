"""Each call of the database fails in turn, over a visitor's and an editor's session: no 500, and no wrong word."""

import json
from collections.abc import Iterator

from benchmarks.drills.databases import database
from benchmarks.drills.scene import Row, Scene, row
from benchmarks.instances.instance import ROOT, Instance
from benchmarks.processes import free_port


def drill(scene: Scene) -> Iterator[Row]:
    with database(scene) as place:
        instance = Instance(ROOT / "fixtures", scene.directory / "var", free_port(), place.url)
        instance.var.mkdir()
        instance.run("bin/prepare.py")
        form = "long" if scene.is_long else "short"
        said = instance.run("-m", f"{__package__}.calling", form, KEEP_IN_MEMORY="off", LOG_LEVEL="CRITICAL")
        for what, faults, figure in json.loads(said.splitlines()[-1]):
            yield row(what, *faults, figure=figure)
