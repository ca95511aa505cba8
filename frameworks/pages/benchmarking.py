"""Measured figures side by side: bars from zero, and ratios between frameworks. Pure: no queries.

Drawings get places across in percent of the width, to a tenth, so that they fit any screen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, groupby

from frameworks.models import Benchmark, Figure, Framework

#: A scale has at most so many steps: their numbers stand side by side on a telephone too.
MOST_STEPS = 4


@dataclass(frozen=True, slots=True)
class Scale:
    """From zero to the first full step at or above the highest figure."""

    step: int
    top: int

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Where each step stands, and its number: `(50.0, "10,000")`."""
        return [(self.across(number), f"{number:,}") for number in range(0, self.top + 1, self.step)]

    def across(self, number: int) -> float:
        return round(100 * number / self.top, 1)


def scale(highest: int) -> Scale:
    """For figures from 1 up to `highest`, in steps of 1, 2 or 5, 10, 20 or 50 …"""
    step = next(
        digit * 10**power
        for power in count()
        for digit in (1, 2, 5)
        if highest <= MOST_STEPS * digit * 10**power
    )
    return Scale(step, -(-highest // step) * step)


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure as it is drawn."""

    figure: Figure
    scale: Scale

    @property
    def width(self) -> float:
        """A figure is above zero, and so is its bar."""
        return max(self.scale.across(self.figure.value), 0.1)

    @property
    def whisker(self) -> tuple[float, float] | None:
        """From the lowest to the highest of the repetitions, where they are known."""
        lowest, highest = self.figure.lowest, self.figure.highest
        if lowest is None or highest is None:
            return None
        return self.scale.across(lowest), self.scale.across(highest)


@dataclass(frozen=True, slots=True)
class FrameworkBars:
    """One framework with each of its runs, the highest figure first."""

    framework: Framework
    bars: tuple[Bar, ...]

    @property
    def releases(self) -> str:
        return ", ".join(dict.fromkeys(bar.figure.release for bar in self.bars if bar.figure.release))


@dataclass(frozen=True, slots=True)
class Chart:
    """One benchmark as it is drawn: all bars on one scale, the framework with the highest figure first."""

    benchmark: Benchmark
    scale: Scale
    parties: tuple[FrameworkBars, ...]

    @property
    def has_whiskers(self) -> bool:
        return any(bar.whisker for party in self.parties for bar in party.bars)


def chart(benchmark: Benchmark) -> Chart:
    """Costs no query after `Benchmark.objects.in_full()`. The benchmark has figures."""
    figures = sorted(benchmark.figures.all(), key=lambda figure: (-figure.value, figure.framework.name))
    drawn = scale(max(figure.highest or figure.value for figure in figures))
    by_framework: dict[Framework, list[Bar]] = {}
    for figure in figures:
        by_framework.setdefault(figure.framework, []).append(Bar(figure, drawn))
    parties = tuple(FrameworkBars(framework, tuple(bars)) for framework, bars in by_framework.items())
    return Chart(benchmark, drawn, parties)


# Ratios

Place = tuple[int, str]
"""Primary key of the framework, setup."""


@dataclass(frozen=True, slots=True)
class Lineup:
    """Figures of one benchmark that may be set against each other: at most one of each framework."""

    benchmark: Benchmark
    figures: Mapping[Framework, Figure]

    def among(self, frameworks: Iterable[Framework]) -> set[Figure]:
        return {self.figures[one] for one in frameworks if one in self.figures}

    def servers(self, frameworks: Iterable[Framework]) -> str:
        return ", ".join(dict.fromkeys(self.figures[one].run_by for one in frameworks if one in self.figures))


@dataclass(frozen=True, slots=True)
class RatioTable:
    """How many times the figure of `reference` each framework reached, a row for each lineup.

    The figures of two benchmarks cannot be held against each other, where machines and methods differ; how far
    frameworks lie apart within each of them can.
    """

    reference: Framework
    frameworks: tuple[Framework, ...]
    lineups: tuple[Lineup, ...]

    @property
    def rows(self) -> list[tuple[Lineup, str, list[str]]]:
        """Lineup, its servers, and for each framework `about 4.9`; empty where it was not measured so."""
        return [
            (lineup, lineup.servers(self.frameworks), [self._cell(lineup, one) for one in self.frameworks])
            for lineup in self.lineups
        ]

    def _cell(self, lineup: Lineup, framework: Framework) -> str:
        figure, base = lineup.figures.get(framework), lineup.figures[self.reference]
        if figure is None:
            return ""
        is_about = framework != self.reference and (figure.is_about or base.is_about)
        return f"about {ratio(figure.value, base.value)}" if is_about else ratio(figure.value, base.value)


def ratio(value: int, base: int) -> str:
    """How many times `base`, to two figures or to the unit: `4.9`, `12`, `0.85`. Both are above zero."""
    if value == base:
        return "1"
    times = value / base
    if times < 0.01:
        return "under 0.01"
    decimals = 0 if times >= 9.95 else 1 if times >= 0.995 else 2
    return f"{times:,.{decimals}f}"


def lineups(benchmarks: Sequence[Benchmark]) -> list[Lineup]:
    """What of each benchmark may be set in a row.

    A benchmark that ran each framework once stands as it is, however it chose the servers. One that ran them under
    several stands once for each server, and before that under the servers of every benchmark of the first kind.
    """
    runs = {benchmark: _by_place(benchmark) for benchmark in benchmarks}
    plain = [places for places in runs.values() if _once_each(places)]
    found = []
    for benchmark, places in runs.items():
        choices = [set(places)] if _once_each(places) else [*map(set, plain), *_by_setup(places)]
        alike = dict.fromkeys(frozenset(choice & places.keys()) for choice in choices)
        found += [
            Lineup(benchmark, {places[place].framework: places[place] for place in places if place in chosen})
            for chosen in alike
        ]
    return found


def _by_place(benchmark: Benchmark) -> dict[Place, Figure]:
    return {(figure.framework_id, figure.setup): figure for figure in benchmark.figures.all()}


def _once_each(places: Iterable[Place]) -> bool:
    frameworks = [framework for framework, _ in places]
    return len(frameworks) == len(set(frameworks))


def _by_setup(places: Iterable[Place]) -> list[set[Place]]:
    def setup(place: Place) -> str:
        return place[1]

    return [set(found) for _, found in groupby(sorted(places, key=setup), setup)]


def ratio_table(benchmarks: Sequence[Benchmark]) -> RatioTable | None:
    """Of a reference and whoever stands beside it in two benchmarks or more; None where nobody does.

    The reference is the one with most such others, and among these the slowest.
    """
    found = lineups(benchmarks)
    first: dict[Framework, int] = {}
    for lineup in found:
        for framework, figure in lineup.figures.items():
            first.setdefault(framework, figure.value)
    others = {framework: _beside(framework, found) for framework in first}
    reference = max(first, key=lambda one: (len(others[one]), -first[one]), default=None)
    if reference is None or not others[reference]:
        return None
    shown = sorted([reference, *others[reference]], key=lambda one: (-first[one], one.name))
    rows = [one for one in found if reference in one.figures and len(one.among(shown)) > 1]
    return RatioTable(reference, tuple(shown), tuple(_telling(rows, shown)))


def _telling(lineups: Sequence[Lineup], shown: Sequence[Framework]) -> Iterator[Lineup]:
    """Those of which not all that is shown stands in another as well."""
    parts = [lineup.among(shown) for lineup in lineups]
    for place, (lineup, part) in enumerate(zip(lineups, parts, strict=True)):
        if part not in parts[:place] and not any(part < other for other in parts):
            yield lineup


def _beside(framework: Framework, lineups: Iterable[Lineup]) -> list[Framework]:
    """Who stands in a lineup with it in two benchmarks or more."""
    met: dict[Framework, set[Benchmark]] = {}
    for lineup in lineups:
        for other in lineup.figures.keys() - {framework} if framework in lineup.figures else ():
            met.setdefault(other, set()).add(lineup.benchmark)
    return [other for other, benchmarks in met.items() if len(benchmarks) > 1]


@dataclass(frozen=True, kw_only=True)
class BenchmarkIndexPage:
    """A chart for each benchmark, and the ratios where there is something to compare."""

    charts: list[Chart]
    comparison: RatioTable | None
    figure_total: int


def of_benchmarks(benchmarks: Sequence[Benchmark]) -> BenchmarkIndexPage:
    """Build the page: a chart for each benchmark, and the ratios between frameworks."""
    return BenchmarkIndexPage(
        charts=[chart(benchmark) for benchmark in benchmarks],
        comparison=ratio_table(benchmarks),
        figure_total=sum(len(benchmark.figures.all()) for benchmark in benchmarks),
    )
