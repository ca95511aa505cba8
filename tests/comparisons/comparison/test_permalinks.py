"""View and address are the same thing: whatever is set is written, and whatever is written is read."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qsl, urlencode

import pytest
from django.http import QueryDict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comparisons.comparison.filters import FrameworkFilter
from comparisons.comparison.forms import DayForm, UseCaseForm, WeighingForm
from comparisons.comparison.permalinks import WEIGHT, View, parties, versus
from comparisons.models import UseCase
from frameworks.models import Criterion, Facet, Framework
from tests.factories import (
    make_criterion,
    make_facet,
    make_facet_value,
    make_framework,
    make_group,
    make_use_case,
)

FACETS = {"kind": ["api", "full-stack", "micro"], "capability": ["admin", "orm"]}
CRITERIA = ["learning-curve", "performance", "security"]
USE_CASES = ["api", "shop"]
FRAMEWORKS = ["django", "fastapi", "flask"]
DEFAULTS = {"learning-curve": 3, "performance": 2, "security": 1}

# The catalogue is only read, so that it can be the same for every example.
on_one_catalogue = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Catalogue:
    facets: list[Facet]
    criteria: list[Criterion]
    frameworks: list[Framework]

    def read(self, query: str) -> View:
        """The view that the forms make of a query string, as the matrix page has it."""
        data = QueryDict(query)
        day = DayForm(data, today=date(2026, 11, 20))
        kind = UseCaseForm(data, use_cases=list(UseCase.objects.with_demands()))
        chosen = FrameworkFilter(data, facets=self.facets, criteria=self.criteria)
        weighing = WeighingForm(
            data, criteria=self.criteria, frameworks={one.slug: one for one in self.frameworks}
        )
        cleaned = day.clean_data | kind.clean_data | chosen.applied | weighing.clean_data
        return View.read(cleaned, [facet.slug for facet in self.facets])


@pytest.fixture
def catalogue(db: None) -> Catalogue:
    for place, (facet, values) in enumerate(FACETS.items()):
        made = make_facet(slug=facet, position=place)
        for value in values:
            make_facet_value(facet=made, slug=value)
    group = make_group()
    for place, (slug, weight) in enumerate(DEFAULTS.items()):
        make_criterion(slug=slug, group=group, position=place, default_weight=weight)
    for slug in FRAMEWORKS:
        make_framework(slug=slug)
    for slug in USE_CASES:
        make_use_case(slug=slug)
    return Catalogue(
        list(Facet.objects.prefetch_related("values")),
        list(Criterion.objects.in_order()),
        list(Framework.objects.all()),
    )


def some_of(values: list[str], order: str = "given") -> st.SearchStrategy[tuple[str, ...]]:
    """Any of the values, each once, in the order given or in any."""
    chosen = st.lists(st.sampled_from(values), unique=True)
    return chosen.map(tuple) if order == "any" else chosen.map(lambda names: tuple(sorted(names)))


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=60).map(str.strip)
sorts = ["fit", "name", *CRITERIA]
chosen_weights = st.dictionaries(st.sampled_from(CRITERIA), st.integers(0, 10))
views = st.builds(
    View,
    as_of=st.none() | st.dates(max_value=date(2026, 11, 20)),
    q=texts,
    facets=st.fixed_dictionaries({facet: some_of(values) for facet, values in FACETS.items()}).map(
        lambda facets: {facet: facets[facet] for facet in FACETS if facets[facet]}
    ),
    minimums=st.dictionaries(st.sampled_from(CRITERIA), st.integers(2, 5)),
    criteria=some_of(CRITERIA).filter(lambda names: len(names) < len(CRITERIA)),  # all is as good as none
    use_case=st.sampled_from(["", *USE_CASES]),
    weights=chosen_weights,
    sort=st.sampled_from([*sorts, *("-" + name for name in sorts)]),
    baseline=st.sampled_from(["", *FRAMEWORKS]),
    only=st.sampled_from(["", "differences"]),
    framework=some_of(FRAMEWORKS, order="any"),
    open=st.sampled_from(["", *(f"{slug}:{name}" for slug in FRAMEWORKS for name in CRITERIA)]),
)


# Round trip


@on_one_catalogue
@given(view=views)
def test_view_round_trips_through_its_query_string(catalogue: Catalogue, view: View) -> None:
    assert catalogue.read(view.query()) == view


@on_one_catalogue
@given(view=views.map(lambda view: view.but(framework=())), data=st.data())
def test_view_ignores_order_and_repetition_of_parameters(
    catalogue: Catalogue, view: View, data: st.DataObject
) -> None:
    said = list(view.parameters())
    repeated = data.draw(st.lists(st.sampled_from(said), max_size=5)) if said else []
    jumbled = data.draw(st.permutations(said + repeated))
    assert catalogue.read(urlencode(jumbled)).query() == view.query()


def test_view_keeps_ticked_frameworks_in_order_without_duplicates(catalogue: Catalogue) -> None:
    view = catalogue.read("framework=flask&framework=django&framework=flask")
    assert view == View(framework=("flask", "django"))


@pytest.mark.parametrize(
    "query",
    [
        "",
        "as-of=&q=&kind=&min-security=&use-case=&w-security=&sort=&baseline=&only=&open=&criteria=",
        "sort=fit",
        "criteria=security&criteria=performance&criteria=learning-curve",
        "page=0&utm_source=somewhere",
    ],
    ids=["bare", "blanks", "the usual order", "every column", "foreign"],
)
def test_view_omits_blank_default_and_foreign_parameters(catalogue: Catalogue, query: str) -> None:
    assert catalogue.read(query) == View()
    assert catalogue.read(query).url("/") == "/"


@pytest.mark.parametrize(
    "query, said",
    [
        ("w-security=0", "w-security=0"),  # does not count, which is not the default
        ("w-security=1", "w-security=1"),  # pinned, though it is the default today
        ("w-security=05", "w-security=5"),
        ("q=django&as-of=2026-03-01", "as-of=2026-03-01&q=django"),
        ("as-of=2026-3-1", "as-of=2026-03-01"),
        ("q=+django++", "q=django"),
        ("only=differences&sort=-name", "sort=-name&only=differences"),
        ("criteria=security&criteria=performance", "criteria=performance&criteria=security"),
        ("kind=micro&kind=api", "kind=api&kind=micro"),
        ("w-security=3&use-case=shop&criteria=security", "criteria=security&use-case=shop&w-security=3"),
        ("use-case=shop&use-case=api", "use-case=api"),
    ],
)
def test_view_query_is_canonical(catalogue: Catalogue, query: str, said: str) -> None:
    assert catalogue.read(query).query() == said


@pytest.mark.parametrize(
    "query, said",
    [
        ("w-security=11&w-performance=4", "w-performance=4"),
        ("w-security=-1", ""),
        ("w-security=1e9", ""),
        ("w-rust=3&min-rust=3", ""),
        ("min-security=1", ""),
        ("min-security=abc&min-performance=3", "min-performance=3"),
        ("kind=nonsense&capability=orm", "capability=orm"),
        ("sort=nonsense&only=everything", ""),
        ("baseline=rails&framework=rails", ""),
        ("open=django", ""),
        ("use-case=nonsense&sort=name", "sort=name"),
        ("open=django:rust", ""),
        ("q=%00&sort=name", "sort=name"),
        ("as-of=2026-11-21", ""),
        ("as-of=2026-02-29&sort=name", "sort=name"),
        (f"q={'a' * 61}", ""),
    ],
)
def test_view_omits_invalid_parameters(catalogue: Catalogue, query: str, said: str) -> None:
    assert catalogue.read(query).query() == said


# The address by itself


def test_view_url_writes_all_parameters_in_canonical_order() -> None:
    view = View(
        as_of=date(2026, 3, 1),
        q="C++ & “Co”",
        facets={"kind": ("api", "micro"), "capability": ("orm",)},
        minimums={"security": 3, "performance": 2},
        criteria=("performance", "security"),
        use_case="shop",
        weights={"security": 0, "performance": 10},
        sort="-performance",
        baseline="flask",
        only="differences",
        framework=("flask", "django"),
        open="django:security",
    )
    assert view.url("/") == (
        "/?as-of=2026-03-01&q=C%2B%2B+%26+%E2%80%9CCo%E2%80%9D&kind=api&kind=micro&capability=orm"
        "&min-performance=2&min-security=3&criteria=performance&criteria=security"
        "&use-case=shop&w-performance=10&w-security=0&sort=-performance&baseline=flask&only=differences"
        "&framework=flask&framework=django&open=django:security"
    )


def test_view_query_sorts_weights_and_minimums_by_name() -> None:
    one = View(weights={"security": 1, "performance": 2}, minimums={"security": 3, "performance": 4})
    other = View(weights={"performance": 2, "security": 1}, minimums={"performance": 4, "security": 3})
    assert one.query() == other.query() == "min-performance=4&min-security=3&w-performance=2&w-security=1"


@pytest.mark.parametrize(
    "facet, value, left",
    [
        ("kind", "api", "kind=micro&capability=orm"),
        ("capability", "orm", "kind=api&kind=micro"),
        ("kind", "full-stack", "kind=api&kind=micro&capability=orm"),
        ("interface", "asgi", "kind=api&kind=micro&capability=orm"),
    ],
)
def test_view_without_value_keeps_the_other_values_in_order(facet: str, value: str, left: str) -> None:
    view = View(facets={"kind": ("api", "micro"), "capability": ("orm",)})
    assert view.without_value(facet, value).query() == left


@given(views)
def test_view_unfiltered_drops_only_the_row_filters(view: View) -> None:
    bare = view.unfiltered()
    assert bare == view.but(q="", facets={}, minimums={}, use_case="")
    assert bare.unfiltered() == bare
    dropped = view
    for name in view.minimums:
        dropped = dropped.without_minimum(name)
    for facet, values in view.facets.items():
        for value in values:
            dropped = dropped.without_value(facet, value)
    assert dropped.but(q="", use_case="") == bare


@given(views)
def test_view_side_by_side_keeps_day_use_case_weights_baseline_differences(view: View) -> None:
    kept = View(
        as_of=view.as_of,
        use_case=view.use_case,
        weights=view.weights,
        baseline=view.baseline,
        only=view.only,
    )
    assert view.side_by_side() == kept


# Weights


@pytest.mark.parametrize(
    "weights, changed",
    [
        ({}, []),
        ({"security": 1}, []),
        ({"security": 0}, ["security"]),
        ({"security": 5, "learning-curve": 0, "performance": 2}, ["learning-curve", "security"]),
        ({"rust": 5}, []),
    ],
)
def test_view_changed_weights_lists_weights_unlike_the_defaults(
    weights: dict[str, int], changed: list[str]
) -> None:
    assert View(weights=weights).changed_weights(DEFAULTS) == changed


@pytest.mark.parametrize(
    "query, passed_on",
    [
        ("", ""),
        ("w-security=1", "w-security=1"),
        ("w-security=4", "w-learning-curve=3&w-performance=2&w-security=4"),
        ("w-security=0", "w-learning-curve=3&w-performance=2&w-security=0"),
        ("use-case=shop", "use-case=shop&w-learning-curve=3&w-performance=2&w-security=1"),
        ("use-case=shop&w-security=4", "use-case=shop&w-learning-curve=3&w-performance=2&w-security=4"),
    ],
)
def test_view_pinned_writes_all_weights_when_changed_or_for_a_use_case(query: str, passed_on: str) -> None:
    said = dict(parse_qsl(query))
    use_case = said.pop("use-case", "")
    weights = {name.removeprefix(WEIGHT): int(value) for name, value in said.items()}
    assert View(use_case=use_case, weights=weights).pinned(DEFAULTS).query() == passed_on


@given(views, st.fixed_dictionaries(dict.fromkeys(CRITERIA, st.integers(0, 10))))
def test_view_pinned_does_not_depend_on_later_defaults(view: View, later: dict[str, int]) -> None:
    then = {**DEFAULTS, **view.weights}
    passed_on = view.pinned(DEFAULTS)
    if then == DEFAULTS and not view.use_case:
        assert passed_on.weights == view.weights
    else:
        assert {**later, **passed_on.weights} == then


@given(views)
def test_view_pinned_changes_only_weights_and_has_the_same_plain_view(view: View) -> None:
    passed_on = view.pinned(DEFAULTS)
    assert passed_on == view.but(weights=passed_on.weights)
    assert passed_on.pinned(DEFAULTS) == passed_on
    assert passed_on.plain(DEFAULTS) == view.plain(DEFAULTS)
    assert view.plain(DEFAULTS).pinned(DEFAULTS).weights in (passed_on.weights, {})


@on_one_catalogue
@given(weights=chosen_weights, order=st.permutations(CRITERIA), shown=some_of(CRITERIA))
def test_view_weights_do_not_depend_on_order_or_visibility_of_criteria(
    catalogue: Catalogue, weights: dict[str, int], order: list[str], shown: tuple[str, ...]
) -> None:
    rearranged = sorted(catalogue.criteria, key=lambda criterion: order.index(criterion.slug))
    query = View(weights=weights, criteria=shown).query()
    assert Catalogue(catalogue.facets, rearranged, catalogue.frameworks).read(query).weights == weights


# Side by side


@pytest.mark.parametrize(
    "address, slugs",
    [
        ("django-vs-flask", ["django", "flask"]),
        ("flask-vs-django-vs-fastapi", ["flask", "django", "fastapi"]),
        ("django-vs-flask-vs-django", ["django", "flask"]),
        ("django", ["django"]),
        ("vs-vs-x", ["vs", "x"]),
        ("django-vs-vs-x", ["django", "vs-x"]),
        ("django-vs-", ["django"]),
        ("-vs-", []),
        ("", []),
    ],
)
def test_parties_parses_the_slugs_of_an_address(address: str, slugs: list[str]) -> None:
    assert parties(address) == slugs


@given(st.lists(st.sampled_from(["django", "flask", "web2py", "vs", "x-1", "vs-x"]), unique=True))
def test_versus_round_trips_through_parties(slugs: list[str]) -> None:
    assert parties(versus(slugs)) == slugs
