"""Build the controls around the matrix: menus with counts, chips to remove, links that change the view. No queries."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.utils.formats import date_format

from comparisons.comparison.matrix import Column, Line, Matrix, Row
from comparisons.comparison.permalinks import (
    ALL_ROWS,
    AMONG,
    AS_OF,
    MINIMUM,
    NEED,
    USE_CASE,
    WEIGHT,
    View,
    with_query,
)
from comparisons.comparison.picking import compared_at
from comparisons.models import UseCase
from comparisons.sharing.embedding import oembed_url
from frameworks.facts import Facts
from frameworks.models import CAPABILITY, Criterion, CriterionGroup, Facet, Framework
from frameworks.pages.pictured import PART, address

from .paging import Pages, pages_of
from .presets import ColumnPresets, WeightPresets, preset_name

#: How many of the best frameworks are offered side by side.
LEADERS = 3


@lru_cache(maxsize=10_000)
def path_of(name: str, *args: Hashable) -> str:
    """Return the path of a page or a file by its name. A page links to a dozen, each time the same."""
    return reverse(name, args=args)


# What there are dozens of on a page are tuples, which are made and compared in a fraction of the time.


class MenuOption(NamedTuple):
    """A value in a menu, with how many frameworks it would show."""

    value: str
    name: str
    shows: int
    is_chosen: bool


class Menu(NamedTuple):
    """A facet's menu. `more` is the address of a related page for what is chosen; empty for most facets."""

    name: str
    label: str
    help: str
    options: tuple[MenuOption, ...]
    more: str

    @property
    def chosen(self) -> list[MenuOption]:
        return [option for option in self.options if option.is_chosen]


@dataclass(frozen=True, slots=True)
class Chip:
    """An applied filter in words, with the view that remains when it is removed."""

    name: str
    words: str
    view: View


class Head(NamedTuple):
    """A column's head: the sort that a click applies, the current `aria-sort`, the weight that the visitor set (None:
    not set) and the usual weight, which is the one `whose` it is: by default, or in the use case."""

    column: Column
    sort: str
    aria_sort: str
    weight: int | None
    usual: int
    starts_group: bool
    whose: str

    @property
    def look(self) -> tuple[int | None, int, bool, str]:
        """Return what changes the look of its weight, besides the criterion."""
        return self.weight, self.usual, self.starts_group, self.whose

    @property
    def name(self) -> str:
        return str(self.column.criterion.name)

    @property
    def weight_name(self) -> str:
        return WEIGHT + self.column.criterion.slug


def menus(facets: Sequence[Facet], view: View, counts: Mapping[str, Mapping[str, int]]) -> list[Menu]:
    return [
        Menu(
            facet.slug,
            facet.name,
            facet.help,
            tuple(
                MenuOption(
                    value.slug,
                    value.name,
                    counts.get(facet.slug, {}).get(value.slug, 0),
                    value.slug in view.facets.get(facet.slug, ()),
                )
                for value in facet.values.all()
            ),
            _needed(view) if facet.slug == CAPABILITY else "",
        )
        for facet in facets
    ]


def _needed(view: View) -> str:
    """Return the address that shows what must be added to each framework for the selected capabilities."""
    path = path_of("comparisons:capabilities")
    query = urlencode([(NEED, value) for value in view.facets.get(CAPABILITY, ())])
    return f"{path}?{query}" if query else path


def chips(
    facets: Sequence[Facet], criteria: Sequence[Criterion], view: View, use_case: UseCase | None
) -> Iterator[Chip]:
    """Yield a chip for each applied filter, in the order of the controls."""
    if use_case:
        yield Chip(USE_CASE, f"use case: {use_case.name}", view.but(use_case=""))
    if view.q:
        yield Chip("q", f"name contains “{view.q}”", view.but(q=""))
    if view.among:
        count = len(view.among)
        yield Chip(
            AMONG,
            f"{count} selected {settings.TOPIC.item if count == 1 else settings.TOPIC.items}",
            view.but(among=()),
        )
    for facet in facets:
        names = {value.slug: value.name for value in facet.values.all()}
        for value in view.facets.get(facet.slug, ()):
            yield Chip(facet.slug, f"{facet.name}: {names[value]}", view.without_value(facet.slug, value))
    for criterion in criteria:
        if minimum := view.minimums.get(criterion.slug):
            yield Chip(
                MINIMUM + criterion.slug,
                f"{criterion.name} at least {minimum}",
                view.without_minimum(criterion.slug),
            )


def settings_chips(criteria: Sequence[Criterion], view: View, usual: Mapping[str, int]) -> Iterator[Chip]:
    """Yield a chip for each setting that changes what is shown or how it is weighed, but chooses no rows.

    `usual` has the weights before any change that the visitor makes, by slug.
    """
    if view.as_of:
        yield Chip(AS_OF, f"as it stood on {date_format(view.as_of, 'j F Y')}", view.but(as_of=None))
    if changed := view.changed_weights(usual):
        yield Chip("weights", f"{len(changed)} weight{pluralize(len(changed))} changed", view.but(weights={}))
    if view.criteria:
        yield Chip(
            "criteria", f"{len(view.criteria)} of {len(criteria)} criteria shown", view.but(criteria=())
        )
    if view.only:
        yield Chip("only", "only differences", view.but(only=""))


def head(name: str, view: View) -> tuple[str, str]:
    """Return the sort that a click on this head applies, and its current `aria-sort`.

    Names run from A to Z first, everything else from best to worst.
    """
    first, second = ("ascending", "descending") if name == "name" else ("descending", "ascending")
    if view.sort == name:
        return "-" + name, first
    if view.sort == "-" + name:
        return name, second
    return name, "none"


def heads(columns: Sequence[Column], view: View, usual: Mapping[str, int]) -> list[Head]:
    whose = "in the use case" if view.use_case else "by default"
    groups = [column.criterion.group_id for column in columns]
    return [
        Head(column, *head(slug, view), view.weights.get(slug), usual[slug], group != before, whose)
        for column, group, before in zip(columns, groups, [None, *groups], strict=False)
        for slug in [column.criterion.slug]
    ]


#: How many criteria a narrow screen shows at first.
FEW = 4


def decisive(table: Matrix, sort: str) -> list[int]:
    """Return the numbers of the columns that a narrow screen shows at first, counted from 1, the least of them last.

    They are the one sorted by and those that move the ranking most: weight times the difference between the highest
    and the lowest score. Empty if all have room.
    """
    if len(table.columns) <= FEW:
        return []

    def force(place: int) -> tuple[bool, int, int]:
        column = table.columns[place]
        scores = [score for row in table.in_order if (score := row.entries[place].cell.score) is not None]
        spread = max(scores) - min(scores) if scores else 0
        return column.criterion.slug == sort.removeprefix("-"), column.weight * spread, column.weight

    # Sorting is stable, so equal ones stay in the table's order.
    return [place + 1 for place in sorted(range(len(table.columns)), key=force, reverse=True)[:FEW]]


class WeightField(NamedTuple):
    """The control for a criterion's weight: what the visitor set (None: not set) and the usual weight."""

    criterion: Criterion
    value: int | None
    usual: int

    @property
    def name(self) -> str:
        return WEIGHT + self.criterion.slug


class MinimumField(NamedTuple):
    """The control for the minimum score on a criterion (None: not set). `group`: the group that begins with it, or
    None."""

    criterion: Criterion
    value: int | None
    group: CriterionGroup | None

    @property
    def name(self) -> str:
        return MINIMUM + self.criterion.slug

    @property
    def about(self) -> str:
        return str(self.criterion.name)

    @property
    def look(self) -> tuple[int | None, str]:
        """Return all that it shows, besides name and criterion."""
        return self.value, self.group.name if self.group else ""


@dataclass(frozen=True, slots=True)
class WeighedLine:
    """A criterion side by side, with its weight as a control, and the address at which its row is open, or if it is,
    closed. `behind`: the version of what its cells open to; empty if they are not to be kept in memory."""

    line: Line
    field: WeightField
    is_open: bool
    toggle_url: str
    behind: str

    @property
    def look(self) -> tuple[str, int | None, int]:
        """Return what its head shows, besides what the catalogue says of the criterion."""
        return self.field.criterion.slug, self.field.value, self.field.usual


@dataclass(frozen=True, slots=True)
class Fold:
    """A group of criteria side by side: the lines on show, and those folded because all frameworks are alike."""

    group: CriterionGroup
    shown: tuple[WeighedLine, ...]
    folded: tuple[WeighedLine, ...]


@dataclass(frozen=True, slots=True)
class Party:
    """A framework side by side, with the addresses without it and with it as the baseline (empty: not possible)."""

    row: Row
    url_without: str
    url_as_baseline: str


@dataclass(frozen=True, slots=True)
class File:
    """The view as a file, with what its format is useful for."""

    name: str
    use: str
    url: str


#: The ending, the name and the use of each format.
FORMATS = (
    ("md", "Markdown", "for wikis and pull requests"),
    ("csv", "CSV", "for a spreadsheet"),
    ("json", "JSON", "for scripts"),
)


def files(pinned: View, route: str, *args: Hashable) -> list[File]:
    """Return the files of what `pinned` shows. The URL `route` takes the ending after `args`."""
    query = pinned.but(framework=(), open="", rows=(), why="", evidence="", page=1).query()
    return [
        File(name, use, with_query(path_of(route, *args, ending), query)) for ending, name, use in FORMATS
    ]


@dataclass(frozen=True)
class Pictures:
    """The addresses of a view's pictures, and of the page that they show."""

    svg_url: str
    png_url: str
    drawn_url: str


def pictures(pinned: View, path: str) -> Pictures:
    """Return the addresses of the pictures of what `pinned` shows at `path`."""
    query = pinned.but(evidence="", page=1).query()
    svg, png, page = (
        with_query(place, query) for place in (address(path, "svg"), address(path, "png"), path)
    )
    return Pictures(svg, png, page)


def minimum_fields(criteria: Sequence[Criterion], view: View) -> list[MinimumField]:
    groups = [criterion.group for criterion in criteria]
    return [
        MinimumField(criterion, view.minimums.get(criterion.slug), group if group != before else None)
        for criterion, group, before in zip(criteria, groups, [None, *groups], strict=False)
    ]


def weight_field(criterion: Criterion, view: View, usual: Mapping[str, int]) -> WeightField:
    return WeightField(criterion, view.weights.get(criterion.slug), usual[criterion.slug])


@dataclass(frozen=True, kw_only=True)
class AroundMatrix:
    """Everything around the matrix. `selected` frameworks come with the address without them.
    `open_base` and `sort_base` are addresses to which a parameter is appended."""

    view: View
    path: str
    use_case: UseCase | None
    heads: list[Head]
    decisive: list[int]
    name_sort: tuple[str, str]
    fit_sort: tuple[str, str]
    menus: list[Menu]
    minimums: list[MinimumField]
    hidden_ticks: list[str]
    hidden_weights: list[WeightField]
    criteria: Sequence[Criterion]
    changed_weights: list[str]
    whose_weights: str
    chips: list[Chip]
    settings_chips: list[Chip]
    open_base: str
    closed_url: str
    sort_base: str
    pinned_url: str
    files: list[File]
    pictures: Pictures = field(metadata=PART)
    freeze_url: str
    without_weights_url: str
    unfiltered_url: str
    everyone_url: str
    untick_url: str
    selected: list[tuple[Framework, str]]
    maximum: int
    compare_url: str
    presets: WeightPresets
    preset_name: str
    column_presets: ColumnPresets
    pages: Pages
    canonical_path: str


def around_matrix(
    table: Matrix,
    facts: Facts,
    view: View,
    usual: Mapping[str, int],
    counts: Mapping[str, Mapping[str, int]],
    use_case: UseCase | None,
) -> AroundMatrix:
    path = path_of("comparisons:matrix")
    criteria, facets, pinned = facts.criteria, facts.facets, view.pinned(usual)
    # Values without a control on the table (hidden columns, rows filtered out) are hidden fields of the form.
    shown = {column.criterion.slug for column in table.columns} if table.in_order else set()
    listed = {row.framework.slug for row in table.in_order}
    return AroundMatrix(
        view=view,
        path=path,
        use_case=use_case,
        heads=heads(table.columns, view, usual),
        decisive=decisive(table, view.sort),
        name_sort=head("name", view),
        fit_sort=head("fit", view),
        menus=menus(facets, view, counts),
        minimums=minimum_fields(criteria, view),
        hidden_ticks=[slug for slug in view.framework if slug not in listed],
        hidden_weights=[
            weight_field(criterion, view, usual) for criterion in criteria if criterion.slug not in shown
        ],
        criteria=criteria,
        changed_weights=view.changed_weights(usual),
        whose_weights=_whose_weights(view, usual, use_case),
        chips=list(chips(facets, criteria, view, use_case)),
        settings_chips=list(settings_chips(criteria, view, usual)),
        open_base=f"{path}?{query}&" if (query := view.but(open="").query()) else f"{path}?",
        closed_url=view.url(path, open=""),
        sort_base=f"{path}?{query}&" if (query := view.but(sort="fit").query()) else f"{path}?",
        pinned_url=pinned.url(path),
        files=files(pinned, "comparisons:matrix_file"),
        pictures=pictures(pinned, path),
        freeze_url=_freeze(table, pinned)
        if 2 <= table.total <= settings.COMPARE_MAX
        else pinned.url(path_of("comparisons:freeze_matrix"), framework=(), open="", why="", page=1)
        if table.total
        else "",
        without_weights_url=view.url(path, weights={}),
        unfiltered_url=view.unfiltered().url(path),
        everyone_url=view.url(path, among=()),
        untick_url=view.url(path, framework=()),
        selected=[
            (facts.by_slug[slug], view.url(path, framework=tuple(s for s in view.framework if s != slug)))
            for slug in sorted(view.framework, key=facts.place.__getitem__)
        ],
        maximum=settings.COMPARE_MAX,
        compare_url=compared_at(view.framework, view, usual)
        if len(view.framework) > settings.COMPARE_MAX
        else view.side_by_side().url(path_of("comparisons:choose_parties"), framework=view.framework),
        presets=(presets := WeightPresets.of(facts, view, path)),
        preset_name=preset_name(presets.offered, bool(view.changed_weights(usual))),
        column_presets=ColumnPresets.of(facts, table.weights, view, path),
        pages=pages_of(view, table.total, path),
        canonical_path=view.url(path) if view == View(page=view.page) else path,
    )


@dataclass(frozen=True, kw_only=True)
class AroundSideBySide:
    """Everything around a side by side. `others` are frameworks that could be added, with the resulting addresses;
    if they are many, `passed_on` are the parameters to send along with the name of one."""

    view: View
    path: str
    use_case: UseCase | None
    changed_weights: list[str]
    whose_weights: str
    verdict: str
    folds: list[Fold]
    parties: list[Party]
    others: list[tuple[Framework, str]]
    passed_on: list[tuple[str, str]]
    pinned_url: str
    files: list[File]
    pictures: Pictures = field(metadata=PART)
    freeze_url: str
    embed_url: str
    oembed_url: str
    without_weights_url: str
    without_use_case_url: str
    without_baseline_url: str
    only_url: str
    all_rows_url: str
    evidence_url: str
    hide_url: str
    back_url: str


def around_side_by_side(
    table: Matrix,
    facts: Facts,
    view: View,
    usual: Mapping[str, int],
    use_case: UseCase | None,
) -> AroundSideBySide:
    slugs = [row.framework.slug for row in table.in_order]
    path = _side_by_side(slugs)
    has_room = len(slugs) < settings.COMPARE_MAX
    whose = _whose_weights(view, usual, use_case)
    pinned = view.pinned(usual)
    brief = pinned.but(rows=(), why="", evidence="")
    return AroundSideBySide(
        view=view,
        path=path,
        use_case=use_case,
        changed_weights=view.changed_weights(usual),
        folds=[_fold(group, lines, facts.mark, path, view, usual) for group, lines in table.grouped_lines],
        parties=[_party(row, slugs, view) for row in table.in_order],
        others=[
            (framework, view.url(_side_by_side([*slugs, framework.slug])))
            for framework in facts.frameworks
            if framework.slug not in slugs
        ]
        if has_room and facts.catalogue.are_listed
        else [],
        passed_on=list(view.but(framework=tuple(slugs)).parameters())
        if has_room and not facts.catalogue.are_listed
        else [],
        pinned_url=pinned.url(path),
        files=files(pinned, "comparisons:side_by_side_file", tuple(slugs)),
        pictures=pictures(pinned, path),
        freeze_url=_freeze(table, pinned),
        embed_url=brief.url(path_of("comparisons:embed_maker"), framework=tuple(slugs)),
        oembed_url=oembed_url(brief.url(path)),
        without_weights_url=view.url(path, weights={}),
        without_use_case_url=view.url(path, use_case=""),
        without_baseline_url=view.url(path, baseline=""),
        only_url=view.url(path, only="" if view.only else "differences"),
        all_rows_url=view.url(path, rows=() if view.rows == (ALL_ROWS,) else (ALL_ROWS,)),
        evidence_url=f"{view.url(path, evidence='shown')}#evidence",
        hide_url=view.url(path, evidence=""),
        back_url=view.but(baseline="", only="", rows=(), evidence="", framework=tuple(slugs)).url(
            path_of("comparisons:matrix")
        ),
        whose_weights=whose,
        verdict=table.verdict(f"With {whose}"),
    )


def _whose_weights(view: View, usual: Mapping[str, int], use_case: UseCase | None) -> str:
    if view.changed_weights(usual):
        return "your weights"
    return f"the weights for “{use_case.name}”" if use_case else "the default weights"


def _freeze(table: Matrix, pinned: View) -> str:
    """Return the address that saves a permanent copy of these frameworks side by side, with this view’s weights."""
    slugs = [row.framework.slug for row in table.in_order]
    return (
        pinned.side_by_side()
        .but(rows=(), why="", evidence="")
        .url(path_of("comparisons:freeze", tuple(slugs)))
    )


@dataclass(frozen=True, kw_only=True)
class AroundUseCase:
    """The links from the page of a use case to its matrix, and to its leaders side by side (empty: not possible)."""

    weighed_url: str
    why_url: str
    leaders: Sequence[Row]
    leaders_url: str


def around_use_case(table: Matrix, use_case: UseCase) -> AroundUseCase:
    view = View(use_case=use_case.slug)
    leaders = [row.framework.slug for row in table.ranked][:LEADERS]
    return AroundUseCase(
        weighed_url=view.url(path_of("comparisons:matrix")),
        why_url=view.url(path_of("comparisons:matrix"), why="shown"),
        leaders=table.ranked[: len(leaders)],
        leaders_url=view.url(_side_by_side(leaders)) if len(leaders) > 1 else "",
    )


def _weighed_line(line: Line, mark: str, path: str, view: View, usual: Mapping[str, int]) -> WeighedLine:
    criterion = line.column.criterion
    is_open = criterion.slug in view.rows or ALL_ROWS in view.rows
    rows = tuple(usual) if ALL_ROWS in view.rows else view.rows
    if is_open:
        toggled = view.but(rows=tuple(slug for slug in rows if slug != criterion.slug))
    else:
        toggled = view.but(rows=tuple(slug for slug in usual if slug in rows or slug == criterion.slug))
    return WeighedLine(line, weight_field(criterion, view, usual), is_open, toggled.url(path), mark)


def _fold(
    group: CriterionGroup, lines: Sequence[Line], mark: str, path: str, view: View, usual: Mapping[str, int]
) -> Fold:
    weighed = [_weighed_line(line, mark, path, view, usual) for line in lines]
    return Fold(
        group,
        tuple(entry for entry in weighed if not (view.only and entry.line.column.is_alike)),
        tuple(entry for entry in weighed if view.only and entry.line.column.is_alike),
    )


def _party(row: Row, slugs: Sequence[str], view: View) -> Party:
    own = row.framework.slug
    rest = [slug for slug in slugs if slug != own]
    baseline = "" if row.is_baseline else view.baseline
    return Party(
        row,
        view.url(_side_by_side(rest), baseline=baseline) if len(rest) > 1 else "",
        view.url(_side_by_side([own, *rest]), baseline=own),
    )


def _side_by_side(slugs: Sequence[str]) -> str:
    return path_of("comparisons:side_by_side", tuple(slugs))


@dataclass(frozen=True)
class PastDayNote:
    """The note on a page about a past day: a link to today and, if the day is before the history, to its first day."""

    today_url: str
    begins: date | None
    begins_url: str


def past_day_note(path: str, view: View, begins: date | None) -> PastDayNote:
    """Return the note for the day of `view`.

    `begins` is the day of the first revision, if there were no facts on the day of the view.
    """
    is_before = begins is not None and view.as_of is not None and view.as_of < begins
    return PastDayNote(
        view.url(path, as_of=None),
        begins if is_before else None,
        view.url(path, as_of=begins) if is_before else "",
    )


def blame(
    shown_without: Sequence[tuple[str, int]],
    facets: Sequence[Facet],
    criteria: Sequence[Criterion],
    view: View,
    use_case: UseCase | None,
) -> list[tuple[str, int, str]]:
    """Return, for an empty table, each filter that emptied it in words, how many frameworks it hides, the address
    without it.
    """
    if not shown_without:
        return []
    counts = dict(shown_without)
    path = path_of("comparisons:matrix")
    words: dict[str, list[str]] = {}
    for chip in chips(facets, criteria, view, use_case):
        words.setdefault(chip.name, []).append(chip.words)
    return [
        (", ".join(phrases), counts[name], _dropped(name, view).url(path))
        for name, phrases in words.items()
        if name in counts
    ]


def _dropped(name: str, view: View) -> View:
    if name == "q":
        return view.but(q="")
    if name == AMONG:
        return view.but(among=())
    if name == USE_CASE:
        return view.but(use_case="")
    if name.startswith(MINIMUM):
        return view.without_minimum(name.removeprefix(MINIMUM))
    return view.but(facets={facet: values for facet, values in view.facets.items() if facet != name})
