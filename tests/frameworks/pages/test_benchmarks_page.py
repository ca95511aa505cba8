"""Measured figures: drawn from zero, each with its method, and compared by ratios alone."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frameworks.models import Benchmark, Figure, Framework
from frameworks.pages.benchmarking import Bar, RatioTable, ratio, ratio_table, scale
from tests import factories
from tests.html import Element
from tests.pages import get

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]


def framework(slug: str) -> Framework:
    return Framework.objects.get(slug=slug)


def measure(benchmark: Benchmark, **runs: int) -> None:
    """`django_granian=2000`: what a framework reached under a server."""
    for run, value in runs.items():
        slug, setup = run.split("_")
        factories.make_figure(
            benchmark=benchmark,
            framework=framework(slug),
            setup=setup,
            server=setup.capitalize(),
            value=value,
        )


def rows(section: Element) -> list[list[str]]:
    """What the chart says in words, row by row."""
    return [
        [cell.text for cell in row.all("th") + row.all("td")] for row in section.all("table.bars tbody tr")
    ]


def ratios(page: Element) -> list[list[str]]:
    table = page.one("table.ratios")
    heads = [head.text for head in table.all("thead th")]
    return [heads, *([cell.text for cell in row.all("th") + row.all("td")] for row in table.all("tbody tr"))]


# Arithmetic


@pytest.mark.parametrize(
    "highest, step, top",
    [
        (1, 1, 1),
        (4, 1, 4),
        (5, 2, 6),
        (34_000, 10_000, 40_000),
        (40_000, 10_000, 40_000),
        (40_001, 20_000, 60_000),
        (2_147_483_647, 1_000_000_000, 3_000_000_000),
    ],
)
def test_scale_ends_at_the_first_full_step(highest: int, step: int, top: int) -> None:
    found = scale(highest)
    assert (found.step, found.top) == (step, top)
    assert [found.ticks[0], found.ticks[-1]] == [(0, "0"), (100, f"{top:,}")]
    assert len(found.ticks) <= 5


def test_bar_starts_at_zero_and_is_proportional_to_its_figure() -> None:
    drawn = scale(34_000)
    half = Bar(Figure(value=20_000, lowest=18_000, highest=21_000), drawn)
    assert (half.width, half.whisker) == (50, (45, 52.5))
    assert Bar(Figure(value=10_000), drawn).width == 25
    assert Bar(Figure(value=10_000), drawn).whisker is None


def test_bar_stays_visible_for_the_smallest_figure() -> None:
    assert Bar(Figure(value=1), scale(2_147_483_647)).width == 0.1


@pytest.mark.parametrize(
    "value, base, said",
    [
        (34_000, 7_000, "4.9"),
        (7_000, 7_000, "1"),
        (7_001, 7_000, "1.0"),
        (6_964, 7_000, "0.99"),
        (6_965, 7_000, "1.0"),
        (9_949, 1_000, "9.9"),
        (9_951, 1_000, "10"),
        (12_345_678, 1, "12,345,678"),
        (1, 4, "0.25"),
        (1, 100, "0.01"),
        (1, 2_147_483_647, "under 0.01"),
    ],
)
def test_ratio_is_rounded_to_two_figures(value: int, base: int, said: str) -> None:
    assert ratio(value, base) == said


def compared() -> RatioTable | None:
    return ratio_table(list(Benchmark.objects.in_full()))


def test_ratio_table_is_empty_for_a_single_benchmark() -> None:
    assert compared() is None


def test_ratio_table_requires_a_pair_of_frameworks_in_two_benchmarks() -> None:
    measure(factories.make_benchmark(), fastapi_uvicorn=10, django_gunicorn=5)
    assert compared() is None
    # Flask stands in the first and here, Django in the second and here: still no two share a pair.
    measure(factories.make_benchmark(), flask_gunicorn=10, django_gunicorn=5)
    assert compared() is None


def test_ratio_table_ignores_unpublished_frameworks() -> None:
    measure(factories.make_benchmark(), fastapi_uvicorn=10, hidden_gunicorn=5)
    assert compared() is None


def test_ratio_table_lists_each_lineup_when_no_servers_are_shared() -> None:
    other = factories.make_benchmark(position=1)
    measure(other, fastapi_granian=3_000, flask_granian=1_000, fastapi_hypercorn=2_000)
    found = compared()
    assert found is not None
    assert [(servers, cells) for _, servers, cells in found.rows] == [
        ("Uvicorn, Gunicorn", ["about 3.8", "1"]),
        ("Granian", ["3.0", "1"]),
    ]


def test_ratio_table_omits_server_row_covered_by_another_row() -> None:
    other = factories.make_benchmark(position=1)
    measure(other, fastapi_uvicorn=30, flask_gunicorn=12, django_gunicorn=10, fastapi_granian=40)
    source = Benchmark.objects.get(slug="one-endpoint")
    factories.make_figure(benchmark=source, framework=framework("django"), setup="gunicorn", value=7_000)
    found = compared()
    assert found is not None
    assert [cells for _, _, cells in found.rows] == [["about 4.9", "1.3", "1"], ["3.0", "1.2", "1"]]


def test_ratio_table_merges_lineups_that_differ_only_outside_its_columns() -> None:
    other = factories.make_benchmark(position=1)
    measure(
        other, fastapi_uvicorn=30, django_uvicorn=20, flask_uvicorn=10, quart_gunicorn=5, django_gunicorn=5
    )
    third = factories.make_benchmark(position=2)
    measure(third, fastapi_uvicorn=30, flask_uvicorn=10)
    found = compared()
    assert found is not None
    assert [one.name for one in found.frameworks] == ["FastAPI", "Flask"]
    assert [cells for _, _, cells in found.rows] == [["about 3.8", "1"], ["3.0", "1"], ["3.0", "1"]]


def test_ratio_table_is_empty_for_many_setups_of_the_same_framework() -> None:
    measure(factories.make_benchmark(), **{f"fastapi_server-{number}": 10 + number for number in range(20)})
    assert compared() is None


# The page


def test_benchmarks_page_shows_figures_with_their_sources(client: Client) -> None:
    page = get(client, "/benchmarks/")
    assert page.one("h1").text == "Benchmarks"
    section = page.one("section#one-endpoint")
    assert section.one("h2").text == "One endpoint"
    assert section.one(".aside p").text == "Published by The almanac · no interest apparent"
    assert section.one("p.question").text == "How many requests a second does each answer?"
    assert rows(section) == [
        ["FastAPI 0.115", "Uvicorn line 10", "about 34,000"],
        ["Flask", "Gunicorn", "9,000 8,500 to 9,250"],
    ]
    assert section.one("table caption").text == "One endpoint: requests a second, the highest first"
    assert [bar["width"] for bar in section.all("rect")] == ["85.0%", "22.5%"]
    whisker = section.all("line.whisker")[0]
    assert (whisker["x1"], whisker["x2"]) == ("21.2%", "23.1%")
    assert section.one("p.key").text == (
        "Bars begin at zero; longer is better. The line across the end of a bar runs from the lowest to the highest "
        "repetition."
    )


def test_benchmarks_page_shows_method_its_gaps_and_contrary_claims(
    client: Client,
) -> None:
    section = get(client, "/benchmarks/").one("section#one-endpoint")
    assert section.texts("h3") == [
        "Objections of other sources",
        "How it was measured",
        "What the method does not state",
    ]
    assert [items.texts("li") for items in section.all("ul.items")] == [
        ["Endpoint one that answers in JSON"],
        ["Hardware A faster machine answers more.", "All else."],
    ]
    assert section.texts(".counter li") == [
        "Moderate Puts it in the middle of its table. The shop, line 28, table · sells developers · read as 2"
    ]
    assert "Nobody has repeated it." in section.texts("p")


def test_benchmarks_page_shows_date_and_command_of_own_measurements(client: Client) -> None:
    ours = factories.make_benchmark(
        slug="ours", measured_on="2026-11-21", command="manage.py benchmark", position=2
    )
    measure(ours, fastapi_granian=2_000)
    section = get(client, "/benchmarks/").one("section#ours")
    assert section.texts(".aside p") == ["Measured by Touchstone", "Measured on 21 November 2026"]
    assert section.one("pre").text == "manage.py benchmark"
    assert section.all(".counter") == []
    assert section.one("p.key").text == "Bars begin at zero; longer is better."


def test_benchmarks_page_groups_runs_by_framework_and_hides_unpublished(client: Client) -> None:
    ours = factories.make_benchmark(slug="ours")
    measure(ours, flask_gunicorn=1_000, fastapi_uvicorn=3_000, flask_granian=2_000, hidden_granian=9_000)
    assert rows(get(client, "/benchmarks/").one("section#ours")) == [
        ["FastAPI", "Uvicorn", "3,000"],
        ["Flask", "Granian", "2,000"],
        ["Gunicorn", "1,000"],
    ]
    assert "Hidden" not in client.get("/benchmarks/").content.decode()
    assert "50,000" not in client.get("/benchmarks/").content.decode()


def test_benchmarks_page_omits_benchmark_without_published_figures(client: Client) -> None:
    measure(factories.make_benchmark(slug="secret"), hidden_granian=9_000)
    factories.make_benchmark(slug="empty")
    assert [section["id"] for section in get(client, "/benchmarks/").all("main section")] == ["one-endpoint"]


def test_benchmarks_page_shows_ratios_for_same_servers_and_per_server(client: Client) -> None:
    ours = factories.make_benchmark(slug="ours", position=5)
    measure(
        ours,
        fastapi_uvicorn=6_000,
        flask_gunicorn=2_000,
        fastapi_granian=8_000,
        flask_granian=4_000,
        quart_granian=3_000,
    )
    page = get(client, "/benchmarks/")
    assert ratios(page) == [
        ["Measured by, server", "FastAPI", "Flask"],
        ["The almanac Uvicorn, Gunicorn", "about 3.8", "1"],
        ["Touchstone Uvicorn, Gunicorn", "3.0", "1"],
        ["Touchstone Granian", "2.0", "1"],
    ]
    assert page.one("#ratios h2").text == "Relative speed (Flask = 1)"
    assert [link["href"] for link in page.all("nav.contents a")] == ["#one-endpoint", "#ours", "#ratios"]


def test_benchmarks_page_marks_missing_ratios_as_not_measured(client: Client) -> None:
    measure(factories.make_benchmark(title="B2", position=2), fastapi_granian=30, flask_granian=20)
    measure(factories.make_benchmark(title="B3", position=3), django_granian=10, flask_granian=20)
    measure(factories.make_benchmark(title="B4", position=4), django_granian=10, flask_granian=30)
    assert ratios(get(client, "/benchmarks/"))[1:] == [
        ["The almanac Uvicorn, Gunicorn", "about 3.8", "1", "– not measured"],
        ["Touchstone Granian", "1.5", "1", "– not measured"],
        ["Touchstone Granian", "– not measured", "1", "0.50"],
        ["Touchstone Granian", "– not measured", "1", "0.33"],
    ]


# Where claims of speed stand


def test_profile_links_performance_to_measured_figures(client: Client) -> None:
    measure(factories.make_benchmark(slug="ours", position=5), fastapi_granian=2_000, fastapi_uvicorn=1_500)
    rating = get(client, "/frameworks/fastapi/?rows=performance").one("details#performance")
    assert rating.one("p.measured").text == (
        "Measured: about 34,000 requests a second under Uvicorn (The almanac); 2,000 requests a second under Granian, "
        "1,500 under Uvicorn (Touchstone)."
    )
    links = [link["href"] for link in rating.all("p.measured a")]
    assert links == ["/benchmarks/#one-endpoint", "/benchmarks/#ours"]
    assert "Measured" not in get(client, "/frameworks/django/").one("main").text


def test_profile_names_measured_figures_without_performance_claims(client: Client) -> None:
    measure(factories.make_benchmark(), sanic_granian=900, quart_granian=800)
    said = "Measured: 900 requests a second under Granian (Touchstone)."
    assert said in get(client, "/frameworks/sanic/").one("#ratings").text
    assert "Measured: 800 requests a second" in get(client, "/frameworks/quart/").one("#ratings").text


def test_profile_with_many_gaps_names_measured_figures_below_them(client: Client) -> None:
    for _ in range(4):
        factories.make_criterion()
    measure(factories.make_benchmark(), sanic_granian=900)
    assert get(client, "/frameworks/sanic/").one("#ratings .unsaid p.measured").text == (
        "Measured: 900 requests a second under Granian (Touchstone)."
    )


def test_performance_criterion_shows_measured_figures_per_framework(client: Client) -> None:
    measure(factories.make_benchmark(), sanic_granian=900)
    page = get(client, "/criteria/performance/")
    assert page.one("section#flask p.measured").text == (
        "Measured: 9,000 requests a second under Gunicorn (The almanac)."
    )
    assert page.all("section#django p.measured") == []
    assert page.one("#silent p.measured").text == (
        "Sanic was measured: 900 requests a second under Granian (Touchstone)."
    )
    assert get(client, "/criteria/documentation/").all(".measured") == []


def test_performance_criterion_query_count_is_constant(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(9):
        client.get("/criteria/performance/")
    for _ in range(3):
        measure(factories.make_benchmark(), fastapi_granian=3, flask_granian=2, django_granian=1)
    with django_assert_num_queries(9):
        client.get("/criteria/performance/")


def test_source_links_to_its_benchmarks(client: Client) -> None:
    section = get(client, "/sources/001/").one("section#measured")
    assert [(link.text, link["href"]) for link in section.all("a")] == [
        ("One endpoint", "/benchmarks/#one-endpoint")
    ]
    assert get(client, "/sources/002/").all("section#measured") == []


@pytest.mark.parametrize(
    "query", ["?page=%00", "?%00=%00", "?q=" + "x" * 8000, "?benchmark=99999999999999999999"]
)
@pytest.mark.parametrize("path", ["/benchmarks/", "/questions/"])
def test_benchmarks_and_questions_ignore_query_parameters(client: Client, path: str, query: str) -> None:
    """What they do not understand they say above everything else."""
    assert get(client, path + query).one("main").text.endswith(get(client, path).one("main").text)


def test_comparisons_link_performance_to_benchmarks(client: Client) -> None:
    for address in ("/?open=fastapi:performance", "/compare/flask-vs-fastapi/?rows=performance"):
        links = get(client, address).one("main form[method=get]").all("a[href=/benchmarks/]")
        assert {link.text for link in links} == {"See the benchmarks"}, address
    assert "See the benchmarks" not in get(client, "/?open=fastapi:documentation").one("main").text
