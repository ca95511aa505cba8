"""Compare application servers for the portal: gunicorn as it is shipped, with other numbers of threads, and granian.

Run it from the project's root, on the seeded portal of the environment: `python -m benchmarks.servers`. It needs wrk.
granian takes part if `--granian` names its program, installed with the portal's packages in an environment of its own.
Each is asked in turn for a page that it has answered before, and for pages that nobody has seen.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import django

#: As many connections as two processes have threads.
CONNECTIONS = 8
SECONDS = 3
#: Asks for the matrix under weights that nobody has asked for.
NEW_WEIGHTS = """
math.randomseed(os.time() + {seed})
request = function()
  local path = "/?w-performance=" .. math.random(0, 10) .. "&w-security=" .. math.random(0, 10)
    .. "&w-documentation=" .. math.random(0, 10) .. "&w-scalability=" .. math.random(0, 10)
    .. "&w-flexibility=" .. math.random(0, 10) .. "&w-maintainability=" .. math.random(0, 10)
  return wrk.format("GET", path)
end
"""


@contextmanager
def serving(name: str, command: list[str], port: int, threads: int) -> Iterator[None]:
    """Run a server of the portal on this port until the block ends. Raises NotStarted."""
    from django.conf import settings

    from benchmarks.processes import await_port, running

    environment = {**os.environ, "PORT": str(port), "GUNICORN_CMD_ARGS": f"--threads {threads}"}
    with running(command, directory=settings.BASE_DIR, environment=environment) as process:
        await_port(process, port)
        yield


def rate(port: int, script: Path | None = None) -> float:
    """Return how many answers a server gives in a second."""
    from benchmarks.speed import load

    command = ["wrk", "--threads", "1", "--connections", str(CONNECTIONS), "--duration", f"{SECONDS}s"]
    command += ["--script", f"{script}"] if script else []
    command += ["--header", "Accept-Encoding: gzip, br", f"http://127.0.0.1:{port}/"]
    said = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    if "Non-2xx" in said:
        raise load.NotMeasured(said)
    return float(said.partition("Requests/sec:")[2].split()[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--granian", help="the program, if it shall take part")
    parser.add_argument("--rounds", type=int, default=5, help="how often each has its turn")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings

    from benchmarks.processes import free_port

    workers = str(settings.WEB_CONCURRENCY)
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "config.wsgi"]
    candidates = {f"gunicorn, {threads} threads": (gunicorn, threads) for threads in (1, 2, 4, 8)}
    if options.granian:
        for threads in (1, 4):
            granian = [options.granian, "--interface", "wsgi", "config.wsgi:application", "--no-ws"]
            granian += ["--workers", workers, "--blocking-threads", str(threads), "--port"]
            candidates[f"granian, {threads} threads"] = (granian, threads)
    found: dict[str, dict[str, list[float]]] = {
        name: {"seen before": [], "never seen": []} for name in candidates
    }
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ports = {}
        for name, (command, threads) in candidates.items():
            ports[name] = port = free_port()
            last = [*command, str(port)] if command[-1] == "--port" else command
            stack.enter_context(serving(name, last, port, threads))
            rate(port)
        for turn in range(options.rounds):
            for name, port in ports.items():
                script = directory / "weights.lua"
                script.write_text(NEW_WEIGHTS.replace("{seed}", str(turn * 1_000 + port)))
                found[name]["seen before"].append(rate(port))
                found[name]["never seen"].append(rate(port, script))
    print(f"{workers} processes, {CONNECTIONS} connections, median of {options.rounds} turns of {SECONDS} s")
    for name, rates in found.items():
        said = ", ".join(f"{what}: {statistics.median(each):,.0f} a second" for what, each in rates.items())
        print(f"{name}: {said}")


if __name__ == "__main__":
    main()
