"""`manage.py benchmark`: what the load tool reports, the journal, the figures, and what the command says."""

import re
import sys
from collections import defaultdict
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from benchmarks import measuring
from benchmarks.speed import environments, load, running
from benchmarks.speed.journal import Conditions, Journal, MeasurementResult, OtherTerms
from benchmarks.speed.plan import ANSWER, APPLICATIONS, FOLDER, Application, Measurement, Server, Terms
from frameworks.models import Benchmark, Revision
from frameworks.record.seeding import plant
from tests import factories

TERMS = Terms(seconds=1, warm_up=1, repetitions=3, connections=8)
#: With Quart and Sanic failing, thirteen measurements a round are left.
MEASURED = 13 * 3
CONDITIONS = Conditions(TERMS, "A machine", "CPython 3.11", "wrk 4.1.0", "0" * 64)

REPORT = """Running 1s test @ http://127.0.0.1:8001/json
  1 threads and 8 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     5.62ms    1.15ms  17.31ms   86.50%
    Req/Sec     1.43k   110.60     1.56k    80.00%
{}  1427 requests in 1.00s, 230.00KB read
Requests/sec:   1426.61
Transfer/sec:    229.91KB
"""


# What wrk reports


def test_rate_parses_the_wrk_report() -> None:
    assert load.rate(REPORT.format("")) == 1427


@pytest.mark.parametrize(
    "line",
    ["  Socket errors: connect 0, read 3, write 0, timeout 0\n", "  Non-2xx or 3xx responses: 12\n"],
)
def test_rate_rejects_a_report_with_failed_requests(line: str) -> None:
    with pytest.raises(load.NotMeasured, match=line.strip()):
        load.rate(REPORT.format(line))


@pytest.mark.parametrize("text", ["", "unable to connect", "Requests/sec:      0.00\n"])
def test_rate_rejects_a_report_without_a_rate(text: str) -> None:
    with pytest.raises(load.NotMeasured, match="wrk gave no figure"):
        load.rate(text)


# A server of ours and a load tool that counts to three

SERVER = """
import json, sys
from http.server import BaseHTTPRequestHandler, HTTPServer

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response({status})
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps({answer}).encode())

HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""

WRK = """#!{python}
import sys, urllib.request
if sys.argv[1] == "-v":
    print("wrk debian/4.1.0-3 [epoll] Copyright")
    raise SystemExit(1)
for _ in range(3):
    urllib.request.urlopen(sys.argv[-1]).read()
print("Requests/sec:   3.00")
"""


@pytest.fixture
def wrk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "tools" / "wrk"
    program.parent.mkdir()
    program.write_text(WRK.format(python=sys.executable))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))


def served(tmp_path: Path, code: str) -> tuple[Application, Server, Path]:
    """A server that is this Python, running a file."""
    home = tmp_path / "home"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "python").symlink_to(sys.executable)
    script = tmp_path / "server.py"
    script.write_text(code)
    server = Server("plain", "Plain", "plain", ("python", str(script), "{port}"), "as it is")
    return Application("django", "Django", (server,)), server, home


@pytest.mark.usefixtures("wrk")
def test_measure_starts_queries_and_stops_the_server(tmp_path: Path) -> None:
    application, server, home = served(tmp_path, SERVER.format(status=200, answer=ANSWER))
    before = load.cores()
    assert load.measure(application, server, home, TERMS) == 3
    assert load.cores() == before
    assert load.tool() == "wrk 4.1.0"


@pytest.mark.usefixtures("wrk")
@pytest.mark.parametrize(
    "code, said",
    [
        (SERVER.format(status=200, answer='{"message": "Hello"}'), 'the server answered 200, .*"Hello"'),
        (SERVER.format(status=500, answer=ANSWER), "the server answered 500"),
        ("raise SystemExit(3)", "the server ended with code 3 before it answered"),
    ],
    ids=["another", "an error", "none"],
)
def test_measure_rejects_an_unexpected_answer_or_a_crashed_server(
    tmp_path: Path, code: str, said: str
) -> None:
    with pytest.raises(load.NotMeasured, match=said):
        load.measure(*served(tmp_path, code), TERMS)


def test_tool_explains_how_to_install_wrk_when_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(load.NotMeasured, match="apt-get install wrk"):
        load.tool()


# The journal


def figure(
    repetition: int = 1, framework: str = "django", server: str = "gunicorn", requests: int = 100
) -> MeasurementResult:
    return MeasurementResult(
        Measurement(repetition, framework, server), requests, "5.2", "27.0", date(2026, 11, 20)
    )


def test_journal_resumes_after_an_interrupted_run(tmp_path: Path) -> None:
    path = tmp_path / "var" / "journal.jsonl"
    kept = [figure(1), figure(2, "flask", requests=70)]
    journal = Journal(path, CONDITIONS)
    for one in kept:
        journal.append(one)
    path.write_text(path.read_text() + '{"measurement": {"repet')  # torn by a power cut
    again = Journal(path, CONDITIONS)
    assert list(again.results.values()) == kept
    again.append(figure(3))
    assert list(Journal(path, CONDITIONS).results.values()) == [*kept, figure(3)]


def test_journal_rejects_figures_measured_under_other_conditions(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.jsonl", CONDITIONS).append(figure())
    with pytest.raises(OtherTerms):
        Journal(tmp_path / "journal.jsonl", replace(CONDITIONS, machine="Another machine"))
    with pytest.raises(OtherTerms):
        Journal(tmp_path / "journal.jsonl", replace(CONDITIONS, terms=replace(TERMS, seconds=2)))


# What is measured


def test_applications_each_have_a_script_and_pinned_requirements() -> None:
    for application in APPLICATIONS:
        assert (FOLDER / "apps" / f"app_{application.slug}.py").is_file()
        pins = application.requirements.read_text()
        for package in {application.slug, *(server.package for server in application.servers)}:
            assert re.search(rf"^{package}==", pins, re.MULTILINE), (application, package)
        assert "://" not in pins


def test_applications_include_the_servers_used_by_the_source() -> None:
    under = {
        application.slug: [server.slug for server in application.servers] for application in APPLICATIONS
    }
    assert under["fastapi"] == ["uvicorn", "granian"]
    assert under["flask"] == under["django"] == ["gunicorn", "granian"]


@pytest.fixture
def measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> list[str]:
    """Nothing is installed and no server started: requests a second are how often was measured, times hundred."""
    asked: list[str] = []

    def measure(application: Application, server: Server, home: Path, terms: Terms) -> int:
        if application.slug == "quart":
            raise load.NotMeasured("the server ended with code 3 before it answered")
        asked.append(application.slug)
        return 100 * len(asked)

    def install(application: Application, folder: Path) -> Path:
        if application.slug == "sanic":
            raise environments.NotInstalled("it could not be installed: no such thing")
        return folder

    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(load, "measure", measure)
    monkeypatch.setattr(load, "tool", lambda: "wrk 4.1.0")
    monkeypatch.setattr(environments, "install", install)
    monkeypatch.setattr(environments, "versions", lambda home: defaultdict(lambda: "1.0"))
    return asked


def benchmark(*arguments: str) -> str:
    out = StringIO()
    call_command("benchmark", "--seconds", "1", "--repetitions", "3", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_benchmark_measures_and_stores_figures(measured: list[str], tmp_path: Path) -> None:
    for slug in ("django", "flask", "quart"):
        factories.make_framework(slug=slug)
    file = tmp_path / "ours.json"
    said = benchmark("--fixture", str(file))
    assert "1 of 51: Django under Gunicorn, repetition 1: 100 requests a second. About 0:00:00 left." in said
    assert "Quart under Uvicorn, repetition 2: the server ended with code 3 before it answered." in said
    assert said.endswith("4 figures.\n")

    stored = Benchmark.objects.get()
    assert stored.source is None
    assert stored.measured_on == timezone.localdate()
    assert stored.command == "python manage.py benchmark --seconds 1 --repetitions 3 --connections 64"
    assert ("Load tool", "wrk 4.1.0, one thread, 64 connections") in stored.method_items
    assert ("Repetitions", "3 of 1 seconds each; the median counts") in stored.method_items
    assert {name for name, _ in stored.method_items} >= {"Machine", "Python", "Cores", "Gunicorn", "Granian"}
    assert "Sanic under Uvicorn is left out: it could not be installed: no such thing." in stored.comment
    assert "web2py is left out" in stored.comment
    assert [name for name, _ in stored.unsaid_items]
    # Thirteen measurements a round: Django's are the 1st, 14th and 27th under Gunicorn.
    first = stored.figures.get(framework__slug="django", setup="gunicorn")
    assert (first.lowest, first.value, first.highest) == (100, 1400, 2700)
    assert (first.server, first.release, first.is_about) == ("Gunicorn 1.0", "1.0", False)
    assert sorted(stored.figures.values_list("framework__slug", "setup")) == [
        ("django", "granian"),
        ("django", "gunicorn"),
        ("flask", "granian"),
        ("flask", "gunicorn"),
    ]
    assert {revision.reason for revision in Revision.objects.of(stored)} == {measuring.REASON}

    again = benchmark()
    assert "Stored:" in again
    assert Benchmark.objects.order_by("position").last().slug == f"{stored.slug}-2"  # type: ignore[union-attr]


@pytest.mark.django_db
def test_benchmark_writes_a_fixture_that_can_be_seeded(measured: list[str], tmp_path: Path) -> None:
    for slug in ("django", "flask"):
        factories.make_framework(slug=slug)
    file = tmp_path / "ours.json"
    benchmark("--fixture", str(file))
    file.write_text(file.read_text().replace(Benchmark.objects.get().slug, "the-same-elsewhere"))
    assert plant([file]) == {"created": 5}
    assert plant([file]) == {"unchanged": 5}
    assert Benchmark.objects.get(slug="the-same-elsewhere").figures.count() == 4


@pytest.mark.django_db
def test_benchmark_resumes_after_running_out_of_time(
    measured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    factories.make_framework(slug="django")
    with monkeypatch.context() as slow:
        clock = iter(range(0, 10_000, 12))
        slow.setattr(running, "monotonic", lambda: float(next(clock)))
        with pytest.raises(CommandError, match=r"1 minutes are over\. Run it again: it goes on from here\."):
            benchmark("--minutes", "1")
    before = len(measured)
    assert before > 0
    assert not Benchmark.objects.exists()
    benchmark()
    assert len(measured) == MEASURED
    assert Benchmark.objects.exists()


@pytest.mark.django_db
def test_benchmark_stores_nothing_when_there_is_no_time_to_measure(
    measured: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as slow:
        slow.setattr(running, "OVERHEAD", 3600)
        with pytest.raises(CommandError, match=r"1 minutes are over\."):
            benchmark("--minutes", "1")
    assert measured == []
    assert not Benchmark.objects.exists()


@pytest.mark.django_db
def test_benchmark_reports_an_unwritable_fixture_but_stores_the_figures(
    measured: list[str], tmp_path: Path
) -> None:
    factories.make_framework(slug="django")
    with pytest.raises(CommandError, match="It is stored, but not written as a fixture: "):
        benchmark("--fixture", str(tmp_path / "nowhere" / "ours.json"))
    assert Benchmark.objects.exists()


@pytest.mark.django_db
def test_benchmark_anew_discards_figures_from_other_conditions(measured: list[str], tmp_path: Path) -> None:
    Journal(tmp_path / "benchmark" / "journal.jsonl", CONDITIONS).append(figure())
    with pytest.raises(CommandError, match="drop what it has measured with --anew"):
        benchmark()
    assert measured == []
    factories.make_framework(slug="django")
    assert "Stored:" in benchmark("--anew")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments, said",
    [
        (("--seconds", "0"), "--seconds takes 1 to 600."),
        (("--repetitions", "101"), "--repetitions takes 1 to 100."),
        (("--connections", "-1"), "--connections takes 1 to 10000."),
        (("--minutes", "99999999999999999999"), "--minutes takes 1 to 1440."),
    ],
)
def test_benchmark_rejects_options_out_of_range(
    measured: list[str], arguments: tuple[str, ...], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        benchmark(*arguments)
    assert measured == []
