"""Each call of the database, of memory and of a file, each commit and write of a session fails in turn, over a
visitor's, a reader's and an editor's session: no 500, no wrong word, and nothing typed is lost."""

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
        for line in said.splitlines():
            what, faults, figure = json.loads(line)
            yield row(what, *faults, figure=figure)
