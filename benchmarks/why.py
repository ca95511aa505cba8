"""Measure how long it takes to explain a ranking: what would change the leader, and how stable it is.

Run it from the project's root: `python -m benchmarks.why`. It needs no database.
"""

import statistics
from collections.abc import Callable
from fractions import Fraction
from time import perf_counter, process_time

import numpy as np

from comparisons.arithmetic.flips import flips
from comparisons.arithmetic.ranking import Scores
from comparisons.arithmetic.stability import forget_counts, stability

CRITERIA = [f"criterion-{number}" for number in range(18)]
HALF = Fraction(1, 2)


def make_scores(frameworks: int) -> Scores:
    """Return the scores of so many frameworks, each rated on about four criteria in five."""
    chance = np.random.default_rng(1)  # the same scores at every run
    shape = frameworks, len(CRITERIA)
    return (chance.integers(1, 6, shape) * (chance.random(shape) < 0.8)).astype(np.int8)


def measure(name: str, work: Callable[[], object], times: int = 9) -> None:
    """Print how long `work` takes, after a first call that does not count."""
    work()
    wall_times, cpu_times = [], []
    for _ in range(times):
        wall_start, cpu_start = perf_counter(), process_time()
        work()
        wall_times.append(1000 * (perf_counter() - wall_start))
        cpu_times.append(1000 * (process_time() - cpu_start))
    print(
        f"{name}: median {statistics.median(wall_times):.1f} ms ({statistics.median(cpu_times):.1f} ms of processor), "
        f"worst {max(wall_times):.1f} ms, of {times}"
    )


def uncached_stability(scores: Scores) -> None:
    """Compute the stability without what the cache holds."""
    forget_counts()
    stability(scores, CRITERIA, minimum_coverage=HALF, heaviest=10)


def main() -> None:
    for frameworks in (10, 300, 10_000):
        scores = make_scores(frameworks)
        weights = dict.fromkeys(CRITERIA, 2)
        print(f"{frameworks} frameworks under {len(CRITERIA)} criteria")
        measure("  flips", lambda: list(flips(scores, weights, minimum_coverage=HALF, heaviest=10)))  # noqa: B023
        measure("  stability, first look", lambda: uncached_stability(scores))  # noqa: B023
        measure(
            "  stability, next look",
            lambda: stability(scores, CRITERIA, minimum_coverage=HALF, heaviest=10),  # noqa: B023
        )


if __name__ == "__main__":
    main()
