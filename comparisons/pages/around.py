"""Gather what stands around a comparison on its page: controls, presets, and the links that lead on. No queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings

from comparisons.comparison.matrix import Line, Matrix, Row
from comparisons.comparison.permalinks import ALL_ROWS, View
from comparisons.comparison.picking import compared_at
from comparisons.models import UseCase
from comparisons.sharing.embedding import oembed_url
from frameworks.facts import Facts
from frameworks.models import Criterion, CriterionGroup, Framework
from frameworks.pages.pictured import PART

from .controls import (
    Chip,
    Head,
    Menu,
    MinimumField,
    WeightField,
    chips,
    decisive,
    head,
    heads,
    menus,
    minimum_fields,
    settings_chips,
    weight_field,
)
from .links import File, Pictures, files, freeze_url, path_of, pictures, side_by_side_path
from .paging import Pages, pages_of
from .presets import ColumnPresets, WeightPresets, preset_name

#: How many of the best frameworks are offered side by side.
LEADERS = 3


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
    sorted_by: str
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
    sort = view.sort.removeprefix("-")
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
        sorted_by=next((one.name for one in criteria if one.slug == sort), sort),
        pinned_url=pinned.url(path),
        files=files(pinned, "comparisons:matrix_file"),
        pictures=pictures(pinned, path),
        freeze_url=freeze_url(table, pinned)
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
    path = side_by_side_path(slugs)
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
            (framework, view.url(side_by_side_path([*slugs, framework.slug])))
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
        freeze_url=freeze_url(table, pinned),
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
        view.url(side_by_side_path(rest), baseline=baseline) if len(rest) > 1 else "",
        view.url(side_by_side_path([own, *rest]), baseline=own),
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
        leaders_url=view.url(side_by_side_path(leaders)) if len(leaders) > 1 else "",
    )


def _whose_weights(view: View, usual: Mapping[str, int], use_case: UseCase | None) -> str:
    if view.changed_weights(usual):
        return "your weights"
    return f"the weights for “{use_case.name}”" if use_case else "the default weights"
