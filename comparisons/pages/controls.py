"""Build the controls of the matrix: menus with counts, chips to remove, weights and minimum scores. No queries."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.conf import settings
from django.template.defaultfilters import pluralize
from django.utils.formats import date_format

from comparisons.comparison.matrix import Column, Matrix
from comparisons.comparison.permalinks import AMONG, AS_OF, MINIMUM, NEED, USE_CASE, WEIGHT, View
from comparisons.models import UseCase
from frameworks.models import CAPABILITY, Criterion, CriterionGroup, Facet

from .links import path_of

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


def minimum_fields(criteria: Sequence[Criterion], view: View) -> list[MinimumField]:
    groups = [criterion.group for criterion in criteria]
    return [
        MinimumField(criterion, view.minimums.get(criterion.slug), group if group != before else None)
        for criterion, group, before in zip(criteria, groups, [None, *groups], strict=False)
    ]


def weight_field(criterion: Criterion, view: View, usual: Mapping[str, int]) -> WeightField:
    return WeightField(criterion, view.weights.get(criterion.slug), usual[criterion.slug])


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
