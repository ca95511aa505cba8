"""`python -m benchmarks.bench`: the plan, the table, the configuration of the proxy, and calls in the process."""

import json
import re
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from random import Random

import pytest
from django.conf import settings as portal_settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from pytest_django import Settings

from benchmarks.bench import child, inside
from benchmarks.bench.calling import Portal, add_bare_view, new_weights
from benchmarks.bench.plan import GROUPS, LARGE, PLAN, PlanLine, Target
from benchmarks.bench.proxy import adapted, configuration
from benchmarks.bench.table import MeasuredFigure, figure_words, number, summary, table, target_words, verdict

AT_LEAST = PlanLine("warm.matrix", "warm: matrix", "of bare", Target(0.75, "of bare", is_minimum=True))
AT_MOST = PlanLine("cold.matrix", "cold: matrix", "× bare", Target(16, "× bare"))
POINT = PlanLine("growth-100.cold", "100 × 50, cold", "ms", None)


# The table


@pytest.mark.parametrize(
    "line, value, expected",
    [
        (AT_LEAST, 0.75, "reached"),
        (AT_LEAST, 0.749, "missed"),
        (AT_MOST, 16, "reached"),
        (AT_MOST, 16.01, "missed"),
        (AT_MOST, None, "not measured"),
        (POINT, 12, ""),
    ],
)
def test_verdict_compares_figure_with_target(line: PlanLine, value: float | None, expected: str) -> None:
    assert verdict(line.target, MeasuredFigure(line.key, value)) == expected


def test_verdict_of_missing_figure_is_not_measured() -> None:
    assert verdict(AT_MOST.target, None) == verdict(POINT.target, None) == "not measured"


@pytest.mark.parametrize(
    "value, expected",
    [
        (0, "0"),
        (0.04123, "0.0412"),
        (0.9999, "1.000"),
        (7.314, "7.31"),
        (16, "16"),
        (87.4321, "87.4"),
        (240.6, "241"),
        (12345.6, "12,346"),
        (float("inf"), "∞"),
    ],
)
def test_number_has_three_significant_digits(value: float, expected: str) -> None:
    assert number(value) == expected


def test_target_and_figure_are_put_into_words() -> None:
    assert target_words(AT_LEAST) == "≥ 0.75 of bare"
    assert target_words(AT_MOST) == "≤ 16 × bare"
    assert target_words(POINT) == ""
    assert figure_words(AT_MOST, MeasuredFigure(AT_MOST.key, 7.314, "2.9 ms against 0.4 ms")) == (
        "7.31 (2.9 ms against 0.4 ms)"
    )
    assert figure_words(AT_MOST, MeasuredFigure(AT_MOST.key, None, "NGINX IS MISSING")) == "NGINX IS MISSING"
    assert figure_words(POINT, MeasuredFigure(POINT.key, 12)) == "12 ms"
    assert figure_words(POINT, None) == ""


def test_table_has_a_row_for_each_line_and_columns_for_each_database() -> None:
    figures = {
        "SQLite": {
            "warm.matrix": MeasuredFigure("warm.matrix", 0.9),
            "cold.matrix": MeasuredFigure("cold.matrix", 235),
        },
        "PostgreSQL": {"warm.matrix": MeasuredFigure("warm.matrix", None, "it failed")},
    }
    assert table([AT_LEAST, AT_MOST], figures) == (
        "| What         | Target         | SQLite | Verdict | PostgreSQL | Verdict      |\n"
        "| ------------ | -------------- | ------ | ------- | ---------- | ------------ |\n"
        "| warm: matrix | ≥ 0.75 of bare | 0.900  | reached | it failed  | not measured |\n"
        "| cold: matrix | ≤ 16 × bare    | 235    | missed  |            | not measured |"
    )
    assert summary([AT_LEAST, AT_MOST], figures) == "1 reached, 1 missed, 2 not measured."


# The plan


def test_plan_is_measured_by_groups_that_exist() -> None:
    assert set(child.MEASURES) == set(GROUPS)
    assert set(LARGE) < set(GROUPS)
    assert len({line.key for line in PLAN}) == len(PLAN)


@pytest.mark.parametrize("group", ["cold", "edit", "bytes", "files", "junk", "warm"])
def test_groups_measure_the_keys_of_their_lines(group: str) -> None:
    """A key is written where it is measured: as it stands, or with the name of a page or format in it."""
    folder = Path(inside.__file__).parent
    written = "".join((folder / name).read_text() for name in ("inside.py", "served.py"))
    keys = {re.sub(r"\{\w+\}", "*", key) for key in re.findall(rf'"({group}\.[\w{{}}-]+)"', written)}
    for line in PLAN:
        if line.group == group:
            assert any(re.fullmatch(key.replace("*", r"\w+"), line.key) for key in keys), line.key


# The configuration of the proxy


def test_shipped_proxy_is_adapted_to_this_machine() -> None:
    shipped = (portal_settings.BASE_DIR / "deploy" / "nginx.conf").read_text()
    text = adapted(shipped, port=8101, portal=8100, directory=Path("/there"))
    assert re.findall(r"^\s*listen (.*);", text, re.MULTILINE) == ["127.0.0.1:8101"]
    assert not re.search(r"ssl_|127\.0\.0\.1:8000|return 301|letsencrypt", text)
    assert "127.0.0.1:8100" in text
    whole = configuration(shipped, port=8101, portal=8100, files=8102, directory=Path("/there"))
    assert "listen 127.0.0.1:8102;" in whole
    assert whole.count("{") == whole.count("}")


def test_shipped_proxy_stores_answers_in_the_folder_of_the_measurement() -> None:
    shipped = "proxy_cache_path /var/cache/nginx/touchstone levels=1:2 keys_zone=pages:10m;\n"
    text = adapted(shipped, port=8101, portal=8100, directory=Path("/there"))
    assert text == "proxy_cache_path /there/cache levels=1:2 keys_zone=pages:10m;\n"


# Calls in the process


def test_new_weights_never_come_twice() -> None:
    queries = list(islice(new_weights(["a", "b", "c", "d", "e"], Random(1)), 2_000))  # noqa: S311
    assert len(set(queries)) == 2_000
    assert re.fullmatch(r"w-\w=\d+(&w-\w=\d+){3}", queries[0])


@pytest.fixture
def open_connection() -> Iterator[None]:
    """Keep the connection of the test open at the end of a request, as the test client does."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.usefixtures("world", "open_connection")
def test_portal_counts_queries_and_compares_with_a_bare_view(settings: Settings) -> None:
    settings.ROOT_URLCONF, settings.MIDDLEWARE = settings.ROOT_URLCONF, settings.MIDDLEWARE  # put back later
    add_bare_view()
    portal = Portal()
    [call], bare = portal.against_bare(["/method/"])
    assert (call.status, call.content[:15].lower()) == (200, b"<!doctype html>")
    assert call.queries > 0
    assert call.reached_view
    assert bare > 0
    assert portal.get("/bare/").content == call.content


def test_figures_pass_between_processes_as_json() -> None:
    figure = MeasuredFigure("warm.matrix", 0.9, "3,000 against 3,300 a second")
    assert MeasuredFigure(**json.loads(json.dumps(asdict(figure)))) == figure
