"""Three instances are started at once on an empty database: all of them serve it, and nothing is there twice."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from benchmarks.drills.databases import database
from benchmarks.drills.scene import Row, Scene, row
from benchmarks.instances.instance import ROOT, Instance
from benchmarks.processes import free_port

INSTANCES = 3


def drill(scene: Scene) -> Iterator[Row]:
    with database(scene) as place, ExitStack() as stack:
        instances = [
            Instance(ROOT / "fixtures", scene.directory / f"var-{number}", free_port(), place.url)
            for number in range(INSTANCES)
        ]
        for instance in instances:
            instance.var.mkdir()
        with ThreadPoolExecutor(INSTANCES) as pool:
            ended = list(pool.map(_prepare, instances))
        faults = [text for code, text in ended if code]
        yield row(f"{INSTANCES} instances bring an empty database up to date at once", *faults)
        if faults:
            return
        for instance in instances:
            stack.enter_context(instance.running())
        states = [
            f"/ready/ answers {status}" for each in instances if (status := each.get("/ready/")[0]) != 200
        ]
        yield row("all of them are ready", *states)
        texts = {
            instance.get("/api/v1/frameworks")[1].replace(f":{instance.port}", "") for instance in instances
        }
        yield row("all of them say the same", *["they differ"] * (len(texts) > 1))


def _prepare(instance: Instance) -> tuple[int, str]:
    """Return the exit code, and the last line that was said."""
    done = subprocess.run(
        [sys.executable, "bin/prepare.py"],
        cwd=ROOT,
        env=instance.environment,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    return done.returncode, [*done.stderr.strip().split("\n")][-1]
