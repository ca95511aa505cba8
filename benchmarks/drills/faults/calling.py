"""Call the portal in this process while each call of what may fail does so in turn, and print what went wrong.

It runs on a seeded database of its own. What fails: calls of the database, commits before and after they are done,
writes of the session, calls of what is kept in memory, and files that are opened to be written.
"""

import errno
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from frameworks.models import Rating
    from tests.faults import Faults

#: How many addresses are asked for, and how many of the calls of one fail, in the short form.
SOME_ADDRESSES, SOME_CALLS = 40, 8
FILES = (
    *("/matrix.csv", "/matrix.png", "/changes.atom", "/sitemap.xml", "/search/?q=django"),
    *("/api/v1/frameworks", "/api/v1/matrix"),
)
DESK_FILES = ("/admin/frameworks/rating/export/xlsx/", "/admin/frameworks/claim/export/csv/")
REPORT = "/frameworks/django/performance/objection/"
COPY = "/compare/django-vs-flask/freeze/?w-performance={}&w-security={}&w-maturity={}"

Checked = tuple[str, list[str], str]
"""What was checked, what speaks against it, and a figure."""
Fail = Callable[[int], AbstractContextManager["Faults"]]
"""Lets the n-th call of a kind fail; none with 0."""


def kinds() -> dict[str, Fail]:
    """Return what may fail while a request is answered, by name."""
    from django.db import OperationalError
    from django.db.backends.base.base import BaseDatabaseWrapper

    from desk.accounts.sessions import SessionStore
    from frameworks.serving.stores import Store
    from tests.faults import failing, failing_files, failing_methods

    lost, full = OperationalError("the connection was lost"), OSError(errno.ENOSPC, "No space left on device")
    commits = [(BaseDatabaseWrapper, "_commit")]
    sessions = [(SessionStore, "save"), (SessionStore, "delete")]
    return {
        "call of the database": failing,
        "commit, before it is done": partial(failing_methods, methods=commits, error=lost),
        "commit, after it is done": partial(failing_methods, methods=commits, error=lost, is_done=True),
        "write of the session": partial(failing_methods, methods=sessions, error=lost),
        "call of memory": partial(
            failing_methods, methods=[(Store, "get"), (Store, "put")], error=MemoryError()
        ),
        "file opened to be written": partial(failing_files, error=full),
    }


def visitor(kind: str, fail: Fail, addresses: Sequence[str], most: int) -> Checked:
    """Let the calls for each address fail, one in each request."""
    from django.test import Client

    from frameworks.serving import answers, pieces
    from tests.faults import steps

    def forget() -> None:
        answers.clear()
        pieces.clear()

    client, faults, requests = Client(raise_request_exception=False), [], 0
    for address in addresses:
        forget()
        with fail(0) as counted:
            usual = client.get(address)
        for nth in steps(counted.calls, most):
            forget()
            with fail(nth):
                response = client.get(address)
            requests += 1
            is_announced = response.status_code == 503 and "Retry-After" in response
            if not is_announced and response.status_code != usual.status_code:
                faults.append(f"{address} answered {response.status_code} when call {nth} failed")
    return f"{kind}: {len(addresses)} addresses answer as usual or with a 503", faults, f"{requests} requests"


def reader(kind: str, fail: Fail, most: int) -> Checked:
    """Let the calls for what a reader sends fail: it comes back to be sent again, and is then stored once."""
    from django.test import Client

    from comparisons.models import Snapshot
    from frameworks.models import Objection
    from tests.desk.reading import form_on
    from tests.faults import steps

    client, faults, requests = Client(raise_request_exception=False), [], 0

    def report(number: int) -> tuple[str, dict[str, list[str]]]:
        return REPORT, form_on(client.get(REPORT), text=f"This is report {kind} {number}.")

    def copy(number: int) -> tuple[str, dict[str, list[str]]]:
        return COPY.format(number % 11, number // 11 % 11, number // 121), {}

    for make, model in ((report, Objection), (copy, Snapshot)):
        calls, number = [0], model.objects.count() + 1
        while calls:
            nth, number = calls.pop(0), number + 1
            path, sent = make(number)
            before, address = model.objects.count(), f"192.0.2.{number % 256}"
            with fail(nth) as counted:
                response: Any = client.post(path, sent, REMOTE_ADDR=address)
            if nth == 0:
                calls = steps(counted.calls, most)
            requests += 1
            if response.status_code == 503:
                if form_on(response) != sent:
                    faults.append(f"{path} lost what was typed when call {nth} failed")
                response = client.post(path, form_on(response), REMOTE_ADDR=address)
            if response.status_code != 302 or model.objects.count() != before + 1:
                faults.append(f"{path} answered {response.status_code} when call {nth} failed")
    return (
        f"{kind}: a report and a permanent copy come back, and are stored once",
        faults,
        f"{requests} requests",
    )


def editor(kind: str, fail: Fail, most: int, client: Any) -> Checked:
    """Let the calls for each way to save fail, one in each request, and compare what is said with what is there."""
    from frameworks.models import Rating
    from tests.desk.test_faults import FLOWS, recorded, said_to_be_saved
    from tests.faults import steps

    faults, requests = [], 0
    rating = Rating.objects.select_related("framework", "criterion").order_by("pk")[0]
    for flow in FLOWS:
        headers = {"Accept": "application/json"} if flow.__name__ == "grid" else {}
        calls = [0]
        while calls:
            with taken_back(rating):
                # Made anew each time, for a form is sent once.
                path, posted = flow(client, rating)
                nth, before = calls.pop(0), recorded()
                with fail(nth) as counted:
                    response: Any = client.post(path, posted, headers=headers)
                requests += 1
                is_saved = recorded() > before
                if nth == 0:
                    calls = steps(counted.calls, most)
                    faults += [f"{flow.__name__} does not save"] * (not is_saved)
                if response.status_code >= 500 and response.status_code != 503:
                    faults.append(f"{flow.__name__} answered {response.status_code} when call {nth} failed")
                elif said_to_be_saved(client, response) not in {None, is_saved}:
                    faults.append(f"{flow.__name__} said what is not so when call {nth} failed")
    return f"{kind}: {len(FLOWS)} ways to save say what is so", faults, f"{requests} requests"


@contextmanager
def taken_back(rating: "Rating") -> Iterator[None]:
    """Put the rating back after the block, as it was before. It is not rolled back, or nothing would be committed."""
    from frameworks.record.revisions import SEED, save

    verdict, is_published = rating.verdict, rating.is_published
    yield
    rating.refresh_from_db(fields=["verdict", "is_published", "version"])
    rating.verdict, rating.is_published = verdict, is_published
    save(rating, by=SEED, reason="The drill takes it back.", seen=rating.version)


def desk_files(kind: str, fail: Fail, most: int, client: Any) -> Checked:
    """Let the calls for a table that is uploaded, and for those that are exported, fail."""
    from tests.faults import steps
    from tests.frameworks.tables.importing import exported, file

    rows, faults, requests = exported("rating")[:3], [], 0

    def upload() -> Any:
        return client.post("/admin/frameworks/rating/import/", {"file": file(rows)})

    asked: list[Callable[[], Any]] = [upload, *(partial(client.get, path) for path in DESK_FILES)]
    for ask in asked:
        with fail(0) as counted:
            usual = ask()
        for nth in steps(counted.calls, most):
            with fail(nth):
                response = ask()
            requests += 1
            if response.status_code not in {503, usual.status_code}:
                faults.append(
                    f"{response.request['PATH_INFO']} answered {response.status_code} at call {nth}"
                )
    return f"{kind}: tables are uploaded and exported as usual, or a 503", faults, f"{requests} requests"


def main(form: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.conf import settings

    from benchmarks.instances.instance import ADDRESS

    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0  # so that a small file is written to the disk as a large one is
    from django.contrib.auth.models import User
    from django.test import Client

    client, addresses = Client(raise_request_exception=False), []
    for part in ADDRESS.findall(client.get("/sitemap.xml").content.decode()):
        addresses += (
            ADDRESS.findall(client.get(part).content.decode()) if part.startswith("/sitemap") else [part]
        )
    client.force_login(
        User.objects.create_superuser("drill"), backend="django.contrib.auth.backends.ModelBackend"
    )
    is_long = form == "long"
    most = 1_000 if is_long else SOME_CALLS
    for kind, fail in kinds().items():
        is_memory = kind == "call of memory"
        settings.KEEP_IN_MEMORY = is_memory
        is_main = kind == "call of the database"
        some = SOME_ADDRESSES if is_main else SOME_ADDRESSES // 4
        chosen = addresses if is_long else addresses[:: max(1, len(addresses) // some)]
        for checked in (
            visitor(kind, fail, [*chosen, *FILES], most),
            reader(kind, fail, most),
            editor(kind, fail, most * 3 if is_main else most, client),
            desk_files(kind, fail, most, client),
        ):
            print(json.dumps(checked), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
