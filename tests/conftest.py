"""What all tests share: settings that only tests need, their fixtures, and where they ran."""

import gc
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models.signals import post_migrate
from django.template import Template
from django.test import Client
from pytest_django import DjangoDbBlocker

import tests.draws  # noqa: F401 - loads the profile of hypothesis
from tests.browser.chromium import browser_required, chromium

#: Modules with fixtures for tests of several rooms.
pytest_plugins = ["tests.commands", "tests.desk.signing_in", "tests.items", "tests.memory", "tests.worlds"]


#: The test files that take longest are begun first, so that no process is left alone with one of them at the end.
LONGEST = (
    "test_pages_as_loaded test_grid_flow test_accessibility test_embed_flow test_matrix_flow test_search_flow "
    "test_layout test_keyboard test_copy_flow test_tooling test_admin test_fixtures test_imports test_rights "
    "test_bad_input test_no_javascript"
).split()

#: Whoever asks for one of these fixtures asks for a database.
DATABASE = {"db", "django_db_setup", "transactional_db"}
#: And whoever asks for one of these starts a process.
PROCESSES = {"manage", "installation", "server"}


#: How templates render before Django's test environment has them hand out their contexts.
RENDER = Template._render  # type: ignore[attr-defined]


def pytest_configure() -> None:
    # Hashed names come from collecting, which tests do not do.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    # What was collected for a server would be read anew by each client.
    settings.STATIC_ROOT = None
    # Tests change facts behind the back of what is kept in memory. Those of frameworks/serving/ turn it on.
    settings.KEEP_IN_MEMORY = False
    # However busy the machine is, a slow answer is no outage here.
    settings.PATIENCE = settings.DESK_PATIENCE = None
    # Slow hashing protects passwords. There are none here.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_finish() -> None:
    # Thousands of tests and all modules stay to the end: looking through them for garbage took a quarter of the time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
        elif item.get_closest_marker("django_db") or DATABASE & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.database)
        if PROCESSES & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.slow)
    rank = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.path.stem, len(rank)))


@pytest.fixture(scope="session", autouse=True)
def _contexts_are_not_copied(django_test_environment: None) -> None:
    """Have templates render as in production: no test reads a page's context, and copying it for each include takes
    time.
    """
    Template._render = RENDER  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Make the roles once, and again when all is emptied: for each test with an editor that would take longest."""
    from frameworks.roles import create_roles

    def make_roles(**_: object) -> None:
        create_roles()

    *_, last = apps.get_app_configs()
    post_migrate.connect(make_roles, sender=last, weak=False)
    with django_db_blocker.unblock():
        create_roles()


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
