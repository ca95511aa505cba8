"""What all tests share: settings that only tests need, the browser, commands in processes of their own."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",  # as root there is none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHROMIUM_PLACES = [
    "chromium-headless-shell",  # the same without windows: a third faster
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
]
NO_CHROMIUM = (
    "no Chromium: install it (Debian: apt-get install chromium), or name one by CHROMIUM=/where/it/is"
)
NO_DRIVER = (
    "Playwright's driver does not start: install what it lacks (on a bare Debian: apt-get install libatomic1)"
)
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

Command = Callable[..., subprocess.CompletedProcess[str]]
Axe = Callable[[Page], list[str]]


def chromium() -> str | None:
    """The browser to test in: $CHROMIUM, which must then exist, or the first one found."""
    if named := os.environ.get("CHROMIUM"):
        return named
    return next(filter(None, map(shutil.which, CHROMIUM_PLACES)), None)


def browser_required() -> bool:
    return bool(os.environ.get("TOUCHSTONE_REQUIRE_BROWSER"))


def pytest_configure() -> None:
    # Hashed names come from collecting, which tests do not do.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    # Slow hashing protects passwords. There are none here.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


# What ran where is said at the end, and what was required but did not run fails the whole.


def ran_in_browser(reporter: Any) -> int:
    reports = [*reporter.stats.get("passed", []), *reporter.stats.get("failed", [])]
    return sum("browser" in report.keywords for report in reports)


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    is_worker = hasattr(session.config, "workerinput")
    if reporter and not is_worker and browser_required() and not ran_in_browser(reporter):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    count = ran_in_browser(terminalreporter)
    skipped = [report for report in terminalreporter.stats.get("skipped", []) if "browser" in report.keywords]
    where = f"{connection.display_name}, {count} tests in {chromium()}" if count else connection.display_name
    terminalreporter.write_line(f"These tests ran on {where}.")
    if browser_required() and not count:
        terminalreporter.write_line("BROWSER TESTS WERE REQUIRED AND DID NOT RUN.", red=True, bold=True)
    elif skipped:
        reason = str(skipped[0].longrepr[2]).removeprefix("Skipped: ")
        terminalreporter.write_line(
            f"{len(skipped)} BROWSER TESTS DID NOT RUN: {reason}.", red=True, bold=True
        )


# Real browsers


def unavailable(reason: str) -> NoReturn:
    (pytest.fail if browser_required() else pytest.skip)(reason)


@pytest.fixture(scope="session")
def browser(django_db_setup: None) -> Iterator[Browser]:
    """One Chromium for all tests of a process."""
    path = chromium()
    if path is None:
        unavailable(NO_CHROMIUM)
    try:
        playwright = sync_playwright().start()
    except Exception:  # noqa: BLE001 - it has no other; what its driver complained of stands in the captured output
        unavailable(NO_DRIVER)
    # Playwright keeps an event loop in this thread, and where one is running Django takes every database call for a
    # mistake. Ours come from the test, one after the other.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
    # Connections are kept by event loop: left open, these would keep PostgreSQL from dropping the test database.
    connections.close_all()
    playwright.stop()


@pytest.fixture
def page(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page of a browser without a past, to which `/` is the running portal."""
    context = browser.new_context(
        base_url=live_server.url, locale="en-GB", viewport={"width": 1280, "height": 800}
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    yield page
    context.close()


@pytest.fixture
def console(page: Page) -> list[str]:
    """What the page complains about while the test runs: script errors and violations of the security policy."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@pytest.fixture(scope="session")
def axe() -> Axe:
    """Call it with a page: what breaks WCAG 2.2 AA there, a line for each rule and the elements it concerns."""
    source = (Path(__file__).parent / "browser" / "vendor" / "axe.min.js").read_text()

    def violations(page: Page) -> list[str]:
        page.evaluate(source)  # evaluated, not added as a script: the security policy forbids that, rightly
        found = page.evaluate("tags => axe.run({runOnly: tags, resultTypes: ['violations']})", WCAG)
        return [
            f"{rule['id']} ({rule['impact']}): {rule['help']}: "
            + ", ".join(" ".join(map(str, node["target"])) for node in rule["nodes"])
            for rule in found["violations"]
        ]

    return violations


# Pages that stay as they are


class RememberingClient(Client):
    """Asks for each page once. For tests that change nothing, and look at the same pages again and again."""

    def __init__(self) -> None:
        super().__init__()
        self._answers: dict[str, Any] = {}

    def get(self, *asked: Any, **options: Any) -> Any:
        key = repr((asked, options))
        if key not in self._answers:
            self._answers[key] = super().get(*asked, **options)
        return self._answers[key]


@pytest.fixture(scope="module")
def remembering() -> Client:
    return RememberingClient()


# Commands


@pytest.fixture
def manage(tmp_path: Path) -> Command:
    """Runs manage.py in a process with a fresh var/ and only the environment that the test gives it."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {name: os.environ[name] for name in ("PATH", "PYTEST_VERSION")}
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env={**kept, "VAR_DIR": str(tmp_path), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    return run
