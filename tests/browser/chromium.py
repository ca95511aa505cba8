"""Where Chromium is on this machine, and whether tests must run in it."""

import os
import shutil

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
#: How long a test waits for what must come, in milliseconds: a crowded machine may take ten seconds over a script.
PATIENCE = 30_000
CHROMIUM_PLACES = [
    "chromium-headless-shell",  # the same without windows: a third faster
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
]


def chromium() -> str | None:
    """The browser to test in: $CHROMIUM, which must then exist, or the first one found."""
    if named := os.environ.get("CHROMIUM"):
        return named
    return next(filter(None, map(shutil.which, CHROMIUM_PLACES)), None)


def browser_required() -> bool:
    return bool(os.environ.get("TOUCHSTONE_REQUIRE_BROWSER"))
