"""Compare measured figures: bars from zero, and ratios between frameworks. Pure: no queries.

Horizontal positions in drawings are percentages of the width, to a tenth, so that they fit any screen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, groupby

from frameworks.models import Benchmark, Figure, Framework

#: The most steps that a scale has, so that their numbers fit side by side on a telephone.
MOST_STEPS = 4


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale from zero to the first full step at or above the highest figure."""

    step: int
    top: int

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Return the position of each step in percent, and its number: `(50.0, "10,000")`."""
        return [(self.across(number), f"{number:,}") for number in range(0, self.top + 1, self.step)]

    def across(self, number: int) -> float:
        """Return the position of a figure, in percent of the width."""
        return round(100 * number / self.top, 1)


def scale(highest: int) -> Scale:
    """Return a scale for figures from 1 to `highest`, in steps of 1, 2 or 5, 10, 20 or 50 …"""
    step = next(
        digit * 10**power
        for power in count()
        for digit in (1, 2, 5)
        if highest <= MOST_STEPS * digit * 10**power
    )
    return Scale(step, -(-highest // step) * step)


@dataclass(frozen=True, slots=True)
class Bar:
    """A figure as it is drawn."""

    figure: Figure
    scale: Scale

    @property
    def width(self) -> float:
        """Return the width in percent, at least 0.1: a figure is above zero, and so is its bar."""
        return max(self.scale.across(self.figure.value), 0.1)

    @property
    def whisker(self) -> tuple[float, float] | None:
        """Return the positions of the lowest and the highest repetition in percent; None where they are not known."""
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
    """Return the chart of a benchmark with at least one figure. Costs no query after `Benchmark.objects.in_full()`."""
    figures = sorted(benchmark.figures.all(), key=lambda figure: (-figure.value, figure.framework.name))
    common_scale = scale(max(figure.highest or figure.value for figure in figures))
    by_framework: dict[Framework, list[Bar]] = {}
    for figure in figures:
        by_framework.setdefault(figure.framework, []).append(Bar(figure, common_scale))
    parties = tuple(FrameworkBars(framework, tuple(bars)) for framework, bars in by_framework.items())
    return Chart(benchmark, common_scale, parties)


# Ratios

RunKey = tuple[int, str]
"""What identifies a figure of a benchmark: primary key of the framework, setup."""


@dataclass(frozen=True, slots=True)
class Lineup:
    """Comparable figures of one benchmark: at most one of each framework."""

    benchmark: Benchmark
    figures: Mapping[Framework, Figure]

    def among(self, frameworks: Iterable[Framework]) -> set[Figure]:
        """Return the figures of those frameworks that have one here."""
        return {self.figures[framework] for framework in frameworks if framework in self.figures}

    def servers(self, frameworks: Iterable[Framework]) -> str:
        """Return what ran these frameworks, each server once, separated by commas."""
        run_by = [self.figures[framework].run_by for framework in frameworks if framework in self.figures]
        return ", ".join(dict.fromkeys(run_by))


@dataclass(frozen=True, slots=True)
class RatioTable:
    """The figures of each framework as multiples of that of `reference`, a row for each lineup.

    Figures of different benchmarks cannot be compared, as machines and methods differ; the ratios within each can.
    """

    reference: Framework
    frameworks: tuple[Framework, ...]
    lineups: tuple[Lineup, ...]

    @property
    def rows(self) -> list[tuple[Lineup, str, list[str]]]:
        """Return each lineup, its servers, and for each framework a ratio like `about 4.9`, empty if not measured."""
        return [
            (
                lineup,
                lineup.servers(self.frameworks),
                [self._cell(lineup, framework) for framework in self.frameworks],
            )
            for lineup in self.lineups
        ]

    def _cell(self, lineup: Lineup, framework: Framework) -> str:
        figure, base = lineup.figures.get(framework), lineup.figures[self.reference]
        if figure is None:
            return ""
        is_about = framework != self.reference and (figure.is_about or base.is_about)
        return f"about {ratio(figure.value, base.value)}" if is_about else ratio(figure.value, base.value)


def ratio(value: int, base: int) -> str:
    """Return how many times `base` the value is, to two digits or to the unit: `4.9`, `12`. Both are above zero."""
    if value == base:
        return "1"
    times = value / base
    if times < 0.01:
        return "under 0.01"
    decimals = 0 if times >= 9.95 else 1 if times >= 0.995 else 2
    return f"{times:,.{decimals}f}"


def lineups(benchmarks: Sequence[Benchmark]) -> list[Lineup]:
    """Return the lineups of each benchmark.

    A benchmark that ran each framework once makes one lineup, however it chose the servers. One that ran them under
    several makes first a lineup with the servers of each benchmark of the first kind, then one for each server.
    """
    runs = {benchmark: _by_key(benchmark) for benchmark in benchmarks}
    single = [figures for figures in runs.values() if _once_each(figures)]
    lineups = []
    for benchmark, figures in runs.items():
        choices = [set(figures)] if _once_each(figures) else [*map(set, single), *_by_setup(figures)]
        distinct = dict.fromkeys(frozenset(choice & figures.keys()) for choice in choices)
        lineups += [
            Lineup(benchmark, {figure.framework: figure for key, figure in figures.items() if key in chosen})
            for chosen in distinct
        ]
    return lineups


def _by_key(benchmark: Benchmark) -> dict[RunKey, Figure]:
    return {(figure.framework_id, figure.setup): figure for figure in benchmark.figures.all()}


def _once_each(keys: Iterable[RunKey]) -> bool:
    frameworks = [framework for framework, _ in keys]
    return len(frameworks) == len(set(frameworks))


def _by_setup(keys: Iterable[RunKey]) -> list[set[RunKey]]:
    def setup(key: RunKey) -> str:
        return key[1]

    return [set(group) for _, group in groupby(sorted(keys, key=setup), setup)]


def ratio_table(benchmarks: Sequence[Benchmark]) -> RatioTable | None:
    """Compare a reference with the frameworks that share lineups with it in two benchmarks or more; None without any.

    The reference is the framework with most such others, and among equals the slowest.
    """
    candidates = lineups(benchmarks)
    first: dict[Framework, int] = {}
    for lineup in candidates:
        for framework, figure in lineup.figures.items():
            first.setdefault(framework, figure.value)
    others = {framework: _comparable_with(framework, candidates) for framework in first}
    reference = max(first, key=lambda framework: (len(others[framework]), -first[framework]), default=None)
    if reference is None or not others[reference]:
        return None
    shown = sorted([reference, *others[reference]], key=lambda framework: (-first[framework], framework.name))
    rows = [lineup for lineup in candidates if reference in lineup.figures and len(lineup.among(shown)) > 1]
    return RatioTable(reference, tuple(shown), tuple(_without_redundant(rows, shown)))


def _without_redundant(lineups: Sequence[Lineup], shown: Sequence[Framework]) -> Iterator[Lineup]:
    """Yield the lineups whose shown figures neither repeat an earlier lineup nor are a part of another."""
    parts = [lineup.among(shown) for lineup in lineups]
    for index, (lineup, part) in enumerate(zip(lineups, parts, strict=True)):
        if part not in parts[:index] and not any(part < other for other in parts):
            yield lineup


def _comparable_with(framework: Framework, lineups: Iterable[Lineup]) -> list[Framework]:
    """Return the frameworks that share a lineup with this one in two benchmarks or more."""
    shared: dict[Framework, set[Benchmark]] = {}
    for lineup in lineups:
        for other in lineup.figures.keys() - {framework} if framework in lineup.figures else ():
            shared.setdefault(other, set()).add(lineup.benchmark)
    return [other for other, benchmarks in shared.items() if len(benchmarks) > 1]


@dataclass(frozen=True, kw_only=True)
class BenchmarkIndexPage:
    """A chart for each benchmark, and the ratios where there is something to compare."""

    charts: list[Chart]
    comparison: RatioTable | None
    figure_total: int


def of_benchmarks(benchmarks: Sequence[Benchmark]) -> BenchmarkIndexPage:
    """Build the page of all benchmarks. Costs no query after `Benchmark.objects.in_full()`."""
    return BenchmarkIndexPage(
        charts=[chart(benchmark) for benchmark in benchmarks],
        comparison=ratio_table(benchmarks),
        figure_total=sum(len(benchmark.figures.all()) for benchmark in benchmarks),
    )
