"""Measure how fast the grid is with 200 frameworks and 40 criteria: at the server, on the wire, and in Chromium.

Run it from the project's root, where the tests run too: `python -m benchmarks.grid`. It makes a temporary SQLite
database; with DATABASE_URL set it fills that database instead, which must be empty.
"""

import gzip
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import django

from benchmarks.processes import await_port, free_port, running

ROOT = Path(__file__).resolve().parent.parent
FRAMEWORKS, CRITERIA = 200, 40
GRID = "/admin/frameworks/rating/matrix/"
EDITOR = "bench"

#: JavaScript that repeats an action and returns milliseconds for each time: until layout, and until paint.
MEASURE = """
async ({action, times}) => {
    const painted = () => new Promise(done => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = done;
        channel.port2.postMessage(0);
    }));
    const send = event => document.activeElement.dispatchEvent(event);
    const common = {bubbles: true, cancelable: true};
    const press = (key, options = {}) => send(new KeyboardEvent("keydown", {key, ...common, ...options}));
    const paste = text => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", text);
        send(new ClipboardEvent("paste", {clipboardData, ...common}));
    };
    const line = Array(10).fill("2 Pasted in").join("\\t");
    const actions = {
        move: turn => press(turn % 2 ? "ArrowRight" : "ArrowDown"),
        select: () => press("ArrowDown", {shiftKey: true}),
        type: () => {
            press("4");
            press("Enter");
        },
        paste: () => paste(Array(200).fill(line).join("\\n")),
        undo: () => press("z", {ctrlKey: true}),
    };
    const laid = [], shown = [];
    for (let turn = 0; turn < times; turn += 1) {
        await painted();
        const start = performance.now();
        actions[action](turn);
        document.activeElement.getBoundingClientRect();
        laid.push(performance.now() - start);
        await painted();
        shown.push(performance.now() - start);
    }
    return [laid, shown];
}
"""


def session() -> str:
    """Create a superuser and return the key of a session."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(
        User.objects.create_superuser(EDITOR), backend="django.contrib.auth.backends.ModelBackend"
    )
    return client.cookies["sessionid"].value


@contextmanager
def server() -> Iterator[str]:
    """Run the portal as in production, under gunicorn with one process, and yield its address."""
    port = free_port()
    address = f"127.0.0.1:{port}"
    command = [sys.executable, "-m", "gunicorn", "--bind", address, "--timeout", "300", "config.wsgi"]
    with running(command, directory=ROOT, environment=os.environ) as process:
        await_port(process, port)
        yield f"http://{address}"


def measure_server() -> None:
    """Measure the page in this process, without a network."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client()
    client.force_login(User.objects.get(username=EDITOR), backend="django.contrib.auth.backends.ModelBackend")
    times, page = [], b""
    for _ in range(6):
        start = perf_counter()
        page = client.get(GRID).content
        times.append(perf_counter() - start)
    print(f"page made in {statistics.median(times[1:]):.2f} s (median of 5; the first took {times[0]:.2f} s)")
    print(f"page {len(page) / 1e6:.2f} MB, gzipped {len(gzip.compress(page, 6)) / 1e3:.0f} kB")


def measure_browser(address: str, cookie: str) -> None:
    """Measure loading, typing, pasting, undoing and saving in Chromium."""
    from playwright.sync_api import sync_playwright

    from tests.browser.chromium import CHROMIUM_FLAGS, chromium

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": f"{address}/admin/"}])
        page = context.new_page()
        start = perf_counter()
        page.goto(address + GRID)
        print(f"page loaded and laid out in {perf_counter() - start:.2f} s, from the request on")
        for action, times, name in [
            ("move", 100, "an arrow key"),
            ("select", 50, "an arrow key with Shift"),
            ("type", 50, "4 and Enter"),
        ]:
            page.locator("#grid tbody td").first.click()
            report(name, *page.evaluate(MEASURE, {"action": action, "times": times}))
        page.locator("#grid tbody td").first.click()
        report("pasting 200 × 10", *page.evaluate(MEASURE, {"action": "paste", "times": 1}))
        report("undoing it", *page.evaluate(MEASURE, {"action": "undo", "times": 1}))
        page.evaluate(MEASURE, {"action": "paste", "times": 1})
        page.get_by_label("Why").fill("Measured.")
        start = perf_counter()
        page.get_by_role("button", name="Save").click()
        page.get_by_text("Saved 2000").wait_for(timeout=300_000)
        print(f"saved in {perf_counter() - start:.1f} s: {page.locator('#outcome').inner_text()}")
        browser.close()


def report(name: str, laid: list[float], painted: list[float]) -> None:
    """Print the median and the worst of these times, in milliseconds."""
    print(
        f"{name}: script and layout {statistics.median(laid):.1f} ms (worst {max(laid):.1f}), "
        f"to the painted frame {statistics.median(painted):.1f} ms (worst {max(painted):.1f}), of {len(laid)}"
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        os.environ.update(
            VAR_DIR=directory, DJANGO_SETTINGS_MODULE="config.settings", DJANGO_ALLOW_ASYNC_UNSAFE="1"
        )
        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        from benchmarks.topic.making import Size, make

        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        make(Size(FRAMEWORKS, CRITERIA, rated=CRITERIA))
        cookie = session()
        measure_server()
        with server() as address:
            measure_browser(address, cookie)


if __name__ == "__main__":
    main()
