"""`python -m benchmarks.drills`: what is registered, and that a drill ends in rows whatever happens."""

import inspect
import os
import re
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from select import select
from types import SimpleNamespace

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from benchmarks.drills import __main__ as runner
from benchmarks.drills.faults.hostile import PAGES
from benchmarks.drills.installed.document import DOCUMENT, INSTEAD, adapted, advice, blocks
from benchmarks.drills.installed.operating import BELOW_A_PATH, HELPERS, HOLDS, LOST, TROUBLES, again
from benchmarks.drills.plan import DRILLS
from benchmarks.drills.scene import Row, at_least, at_most, row


def test_every_drill_has_its_own_name_and_a_function() -> None:
    assert len({drill.name for drill in DRILLS}) == len(DRILLS)
    for drill in DRILLS:
        assert inspect.isgeneratorfunction(drill.run), drill.name
        assert drill.limit <= drill.long_limit, drill.name


def test_row_passes_without_faults_and_names_the_first_of_them() -> None:
    assert row("pages", figure="12").is_passed
    assert row("pages", "/a/", "/b/", shown=1).figure == "/a/ and 1 more"
    assert (at_most("wait", 3, 3, "s").is_passed, at_most("wait", 3.1, 3, "s").is_passed) == (True, False)
    assert at_least("answered", 99.4, 99, "%").figure == "99.4 %"


@pytest.mark.parametrize(
    "program, limit, expected",
    [
        ("print('no JSON at all')", 20, "no JSON at all"),
        ("raise SystemExit('The port is taken.')", 20, "The port is taken."),
        ("import time; time.sleep(20)", 0.3, "it was broken off"),
    ],
)
def test_drill_that_breaks_off_or_takes_too_long_has_failed(
    monkeypatch: pytest.MonkeyPatch, program: str, limit: float, expected: str
) -> None:
    monkeypatch.setattr(runner, "_command", lambda *_: [sys.executable, "-c", program])
    drill = SimpleNamespace(name="broken", limit=limit)
    [failed] = runner.rows(drill, "SQLite", is_long=False)  # type: ignore[arg-type]
    assert not failed.is_passed
    assert expected in failed.figure


#: Does not end when it is told to, nor does the server that it has started.
STUBBORN = """
import signal, subprocess, tempfile, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
server = subprocess.Popen(["sleep", "60"], start_new_session=True)
print(f'{{"what": "{server.pid} {tempfile.mkdtemp()}", "is_passed": true}}', flush=True)
time.sleep(60)
"""


def test_drill_that_is_broken_off_leaves_no_process_and_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "_command", lambda *_: [sys.executable, "-c", STUBBORN])
    monkeypatch.setattr(runner, "TO_END", 0.1)
    rows = runner.rows(SimpleNamespace(name="stubborn", limit=60), "SQLite", is_long=False)  # type: ignore[arg-type]
    server, folder = next(rows).what.split()
    ended = os.pidfd_open(int(server))
    rows.close()  # type: ignore[attr-defined]
    assert select([ended], [], [], 10)[0] == [ended]
    assert not Path(folder).exists()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_runner_that_gets_a_signal_says_which_drill_was_broken_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], sign: signal.Signals
) -> None:
    def rows(*_: object, **__: object) -> Iterator[Row]:
        yield row("pages")
        signal.raise_signal(sign)

    before = [(each, signal.getsignal(each)) for each in (signal.SIGINT, signal.SIGTERM)]
    monkeypatch.setattr(runner, "rows", rows)
    monkeypatch.setattr(sys, "argv", ["drills", "disk", "--database", "SQLite"])
    try:
        assert runner.main() == 130
    finally:
        for each, handler in before:
            signal.signal(each, handler)
    assert "disk on SQLite was broken off.\n\n1 passed, 0 failed before." in capsys.readouterr().out


def test_hostile_drill_asks_every_public_address() -> None:
    def routes(resolver: URLResolver, above: str = "") -> Iterator[str]:
        for pattern in resolver.url_patterns:
            route = f"{above}{pattern.pattern}"
            if isinstance(pattern, URLPattern):
                yield route
            elif route != "admin/":
                yield from routes(pattern, route)

    asked = {resolve(path).route for path in PAGES if path != "/nowhere/"}
    assert {*routes(get_resolver())} - asked == {
        "embed/<path:path>/"
    }  # what is no page that could be embedded


def test_operating_drill_replaces_only_what_the_document_says() -> None:
    commands = "\n".join([*blocks(DOCUMENT.read_text()), *advice(DOCUMENT.read_text())])
    assert [words for words in INSTEAD if words not in commands] == []
    # What is left in capitals would be a name that nobody has filled in.
    assert re.findall(r"(?<![\w$])(?:ADDRESS|NAME|OLDER)\b", adapted(commands)) == []


def test_operating_drill_restores_on_another_machine_before_the_services_start() -> None:
    commands = [*again(DOCUMENT.read_text())]
    [restored] = [number for number, block in enumerate(commands) if LOST in block]
    [started] = [number for number, block in enumerate(commands) if "systemctl enable --now" in block]
    assert 0 < restored < started
    assert "createsuperuser" not in (together := "\n".join(commands))
    assert BELOW_A_PATH not in together
    assert "systemctl reload nginx" in commands[-1]


def test_operating_drill_checks_each_of_its_commands() -> None:
    scripts = "\n".join([HELPERS, *HOLDS.values(), *TROUBLES.values()])
    assert re.findall(r"^ *! .*", scripts, re.MULTILINE) == []
