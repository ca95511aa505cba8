"""Bring the database and the static files up to date before the server starts.

One process does everything, because starting Django takes longer than finding that there is nothing to do.
"""

import fcntl
import hashlib
import json
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import django
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db.utils import DatabaseError, OperationalError


def check_port() -> None:
    """Exit with a sentence if the port cannot be used."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server does
        try:
            probe.bind(("127.0.0.1", settings.PORT))
        except PermissionError:
            sys.exit(
                f"Touchstone: port {settings.PORT} is for root alone: choose one from 1024 on, PORT=8001 say."
            )
        except OSError:
            sys.exit(
                f"Touchstone: port {settings.PORT} is taken: stop what uses it,"
                f" or choose another with `PORT={settings.PORT % 65535 + 1} make run`."
            )


def migrate() -> None:
    call_command("migrate", interactive=False, verbosity=0)


def seed() -> None:
    call_command("seed", "--if-empty")


def collect_static() -> None:
    """Collect the static files if one of them has changed, or if a collected file is missing."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in sorted(finder.list([]), key=lambda pair: str(pair[0])):
            digest.update(f"\0{path}\0".encode())
            digest.update(Path(storage.path(path)).read_bytes())
    if is_collected(digest.hexdigest()):
        return
    with (settings.VAR_DIR / "static.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # instances that share the folder and start at once take turns
        if is_collected(digest.hexdigest()):
            return
        stamp().unlink(missing_ok=True)
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp().write_text(digest.hexdigest())


def stamp() -> Path:
    """Return the file that says of which files the collected ones were made."""
    return Path(settings.VAR_DIR) / "static.stamp"


def is_collected(digest: str) -> bool:
    """Return whether every file of the manifest exists and was made of the files with this digest."""
    return stamp().exists() and stamp().read_text() == digest and everything_collected()


def everything_collected() -> bool:
    """Return whether every file of the manifest exists."""
    try:
        manifest = json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())
    except (OSError, ValueError):
        return False
    return all((settings.STATIC_ROOT / name).exists() for pair in manifest["paths"].items() for name in pair)


def step(command: str, trouble: str, remedy: str, run: Callable[[], None]) -> None:
    """Run one step; if it fails, exit with a sentence that says what is wrong and what to do."""
    try:
        run()
    except Exception as error:  # noqa: BLE001 - whatever it is, a sentence serves better; the command has the traceback
        if storage := _storage(error):
            sys.exit(f"Touchstone: {trouble} ({_reason(error)}): {storage} and try again.")
        sys.exit(
            f"Touchstone: {trouble} ({_reason(error)}): {remedy} and try again;"
            f" `.venv/bin/python manage.py {command}` says more."
        )


def _reason(error: Exception) -> str:
    """Return what is wrong in one line."""
    return (" ".join(str(error).split()) or type(error).__name__).rstrip(".")


def _storage(error: Exception) -> str:
    """Return what to see to when neither content nor code is at fault, but where they are kept; else nothing."""
    database = settings.DATABASES["default"]
    is_file = database["ENGINE"].endswith("sqlite3")
    if isinstance(error, OSError):
        return f"see that {settings.VAR_DIR} and all in it can be written and have room"
    if isinstance(error, DatabaseError) and "not a database" in str(error):
        return f"move {database['NAME']} away, or put a copy of the database in its place,"
    if isinstance(error, OperationalError):
        if is_file:
            return f"see that {database['NAME']} and {settings.VAR_DIR} can be written and have room"
        return "check that the database is running and that DATABASE_URL names it"
    return ""


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    if "--port-is-held" not in sys.argv:  # by systemd, for us: deploy/touchstone.socket
        check_port()
    step(
        "migrate",
        "the database could not be brought up to date",
        "check that it is running and that DATABASE_URL names it",
        migrate,
    )
    step(
        "seed",
        "the first content could not be loaded",
        f"repair what it names in {settings.TOPIC.folder}",
        seed,
    )
    if not settings.DEBUG:
        step(
            "collectstatic",
            "the static files could not be collected",
            f"see that {settings.VAR_DIR} can be written",
            collect_static,
        )


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    main()
