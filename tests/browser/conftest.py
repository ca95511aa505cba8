"""A real browser, pages in it, and the content that they show."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

import pytest
from django.db import connections
from django.template.loader import render_to_string
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from tests.browser.chromium import CHROMIUM_FLAGS, PATIENCE, browser_required, chromium
from tests.browser.contents import Contents, make_nothing, make_seed
from tests.browser.looking import WCAG, Axe
from tests.worlds import make_world

NO_CHROMIUM = (
    "no Chromium: install it (Debian: apt-get install chromium), or name one by CHROMIUM=/where/it/is"
)


NO_DRIVER = (
    "Playwright's driver does not start: install what it lacks (on a bare Debian: apt-get install libatomic1)"
)


#: Style sheets and media are not fetched once more: no rule of these tags reads them.
AXE = "only => axe.run({runOnly: only, resultTypes: ['violations'], preload: false})"


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
    expect.set_options(timeout=PATIENCE)
    yield playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
    # Connections are kept by event loop: left open, these would keep PostgreSQL from dropping the test database.
    connections.close_all()
    playwright.stop()


@pytest.fixture(scope="module")
def context(browser: Browser, live_server: LiveServer) -> Iterator[BrowserContext]:
    """What the pages of a module share: files that the browser has fetched, which take as long to serve as a page."""
    context = browser.new_context(
        base_url=live_server.url, locale="en-GB", viewport={"width": 1280, "height": 800}
    )
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, live_server: LiveServer) -> Iterator[Page]:
    """A page of a browser that remembers nothing but files, to which `/` is the running portal."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send(
        "Storage.clearDataForOrigin",
        {"origin": live_server.url, "storageTypes": "cookies,local_storage,indexeddb,cache_storage"},
    )
    session.detach()  # what it has not been told of, such as that a page is to be printed, it would undo
    yield page
    context.clear_permissions()
    for each in context.pages:
        each.close()


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
    source = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()

    def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(
                source
            )  # evaluated, not added as a script: the security policy forbids that, rightly
        found = page.evaluate(
            AXE, {"type": "rule", "values": [*rules]} if rules else {"type": "tag", "values": WCAG}
        )
        return [
            f"{rule['id']} ({rule['impact']}): {rule['help']}: "
            + ", ".join(" ".join(map(str, node["target"])) for node in rule["nodes"])
            for rule in found["violations"]
        ]

    return violations


@pytest.fixture(scope="session")
def contents() -> Contents:
    return Contents()


@pytest.fixture
def _django_db_helper(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, contents: Contents
) -> Iterator[None]:
    """In place of pytest-django's, which would empty every table after each test. Nothing is left for the next one."""
    with django_db_blocker.unblock():
        contents.put(make_nothing)
        yield
        contents.put(make_nothing)


@pytest.fixture
def seeded(live_server: LiveServer, transactional_db: None, contents: Contents) -> None:
    """The portal's own content."""
    contents.put(make_seed)


@pytest.fixture
def broken(page: Page) -> None:
    """An address at which the portal fails: Django then answers with this page, and with nothing else.

    While anything is answered in this way, the browser fetches all files anew, as on a first visit.
    """
    page.route("**/broken/", lambda route: route.fulfill(status=500, body=render_to_string("500.html")))


@pytest.fixture
def world(live_server: LiveServer, transactional_db: None, contents: Contents) -> None:
    """The small world that the tests without a browser show as well."""
    contents.put(make_world)


@pytest.fixture
def plain(browser: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A page in which no script runs."""
    context = browser.new_context(
        base_url=live_server.url,
        locale="en-GB",
        viewport={"width": 1280, "height": 800},
        java_script_enabled=False,
    )
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()
