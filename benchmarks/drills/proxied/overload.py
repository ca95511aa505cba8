"""Five times the load that the portal can bear: it goes on answering as many, and the rest is refused at once."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from time import sleep

from benchmarks.drills.load import Request
from benchmarks.drills.scene import Row, Scene, at_least, at_most, row

from .site import Site, site

#: Seconds of each load, in the long form and in the short one.
DURATION = (30, 15)
#: Connections that keep all processes busy, and five times as many as nginx lets wait for the portal.
BUSY, FLOODING = 24, 640
WAITING = 128
#: As many times what it can answer is asked for.
TIMES = 5
#: Asks for the matrix under weights that nobody has asked for, so that each answer has to be computed.
NEW_WEIGHTS = """
math.randomseed({seed})
request = function()
  local path = "/?w-performance=" .. math.random(0, 10) .. "&w-security=" .. math.random(0, 10)
    .. "&w-documentation=" .. math.random(0, 10) .. "&w-scalability=" .. math.random(0, 10)
    .. "&w-flexibility=" .. math.random(0, 10) .. "&w-maintainability=" .. math.random(0, 10)
  return wrk.format("GET", path)
end
function delay()
  return {pause}
end
"""


def drill(scene: Scene) -> Iterator[Row]:
    with site(scene) as here:
        seconds = scene.long(*DURATION)
        _load(here, BUSY, 3, seed=1)
        peak, _, _ = _load(here, BUSY, seconds, seed=2)
        probes: list[Request] = []
        probing = Thread(target=_probe, args=(here, probes, seconds), daemon=True)
        probing.start()
        # Those who are refused ask again after a while, or the refusals alone would be most of the work.
        pause = 1_000 * (FLOODING - WAITING) / max(TIMES * peak, 1)
        kept_up, refused, lost = _load(here, FLOODING, seconds, seed=3, pause=pause)
        probing.join(60)
        share = 100 * kept_up / max(peak, 1)
        what = f"answers with {FLOODING} connections, of the {peak:.0f} a second with {BUSY}"
        yield at_least(what, share, 80, "%")
        asked = (kept_up + refused) / max(peak, 1)
        yield at_least("that is asked for", asked, TIMES - 1, "times what it can answer")
        yield row(
            "the rest was refused", *[f"{lost} had no answer"] * bool(lost), figure=f"{refused:.0f} a second"
        )
        turned_away = [each for each in probes if each.status == 503]
        others = [each for each in probes if each.status not in {200, 503}]
        yield row("nothing else was answered", *others)
        slowest = max((each.seconds for each in turned_away), default=0.0)
        yield at_most("the slowest refusal", slowest, 1, "s")
        sleep(1)
        after = [here.ask("/sources/?q=after") for _ in range(3)]
        yield row("all is well afterwards", *[each for each in after if not each.is_answered])


def _probe(here: Site, probes: list[Request], seconds: int) -> None:
    """Ask for what has to be computed, twice a second."""
    for number in range(2 * seconds):
        probes.append(here.ask(f"/?w-performance={number % 10}&w-maturity={number // 10 % 10}"))
        sleep(0.5)


def _load(
    here: Site, connections: int, seconds: int, *, seed: int, pause: float = 0
) -> tuple[float, float, int]:
    """Return answers a second, refusals a second, and how many requests had no answer.

    Each connection pauses for so many milliseconds between an answer and its next request.
    """
    script = Path(here.directory, "weights.lua")
    script.write_text(NEW_WEIGHTS.replace("{seed}", str(seed)).replace("{pause}", f"{pause:.0f}"))
    command = (
        f"wrk --threads 1 --connections {connections} --duration {seconds}s --timeout 30s --script {script}"
    )
    url = f"https://127.0.0.1:{here.port}/"
    report = subprocess.run(
        [*command.split(), url], capture_output=True, text=True, timeout=seconds + 60, check=True
    ).stdout
    every, refused = (
        _number(pattern, report) for pattern in (r"(\d+) requests in", r"Non-2xx or 3xx responses: (\d+)")
    )
    lost = sum(int(count) for count in re.findall(r"(?:connect|read|write|timeout) (\d+)", report))
    return (every - refused) / seconds, refused / seconds, lost


def _number(pattern: str, report: str) -> int:
    found = re.search(pattern, report)
    return int(found[1]) if found else 0
