"""How long it takes to say why the order is as it is: what would flip it, and how firm it is.

Run it from the project's root: `python -m benchmarks.why`. It needs no database.
"""

import statistics
from collections.abc import Callable
from fractions import Fraction
from random import Random
from time import perf_counter, process_time

from comparisons.arithmetic.flips import flips
from comparisons.arithmetic.scoring import Scores
from comparisons.arithmetic.stability import count_leaders, stability

CRITERIA = [f"criterion-{number}" for number in range(18)]
HALF = Fraction(1, 2)


def world(frameworks: int) -> dict[str, Scores]:
    """So many frameworks, rated on four criteria in five."""
    chance = Random(1)  # noqa: S311 - the same world at every run
    return {
        f"framework-{number}": {
            name: 1 + int(chance.random() * 5) if chance.random() < 0.8 else None for name in CRITERIA
        }
        for number in range(frameworks)
    }


def say(name: str, work: Callable[[], object], times: int = 9) -> None:
    work()
    waited, worked = [], []
    for _ in range(times):
        start, started = perf_counter(), process_time()
        work()
        waited.append(1000 * (perf_counter() - start))
        worked.append(1000 * (process_time() - started))
    print(
        f"{name}: median {statistics.median(waited):.1f} ms ({statistics.median(worked):.1f} ms of processor), "
        f"worst {max(waited):.1f} ms, of {times}"
    )


def first_look(scores: dict[str, Scores]) -> None:
    count_leaders.cache_clear()
    stability(scores, CRITERIA, minimum_coverage=HALF, heaviest=10)


def main() -> None:
    for frameworks in (10, 300):
        scores = world(frameworks)
        weights = dict.fromkeys(CRITERIA, 2)
        print(f"{frameworks} frameworks under {len(CRITERIA)} criteria")
        say("  flips", lambda: list(flips(scores, weights, minimum_coverage=HALF, heaviest=10)))  # noqa: B023
        say("  stability, first look", lambda: first_look(scores))  # noqa: B023
        say("  stability, next look", lambda: stability(scores, CRITERIA, minimum_coverage=HALF, heaviest=10))  # noqa: B023


if __name__ == "__main__":
    main()
