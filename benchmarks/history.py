"""Measure the pages of the history with the seed alone and with 100,000 revisions, on the database of DATABASE_URL.

Run it from the project's root, on an empty database that nobody needs afterwards:

    DATABASE_URL=postgres://… python -m benchmarks.history [--revisions 100000] [--rounds 7]

Without DATABASE_URL it makes a temporary SQLite database. A time is that of the whole answer in this process, in
milliseconds, the median of the rounds after one that does not count.
"""

import argparse
import os
import re
import statistics
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from random import Random
from time import perf_counter
from typing import Any
from uuid import UUID

import django

#: Facts that an editor changes in one go, and how many of a thousand changesets are of that size.
SIZES = ((1, 700), (3, 200), (12, 90), (400, 10))
EDITORS = 20


def add_revisions(total: int) -> None:
    """Add changes of the seed's ratings, claims and frameworks until the history has `total` revisions.

    The facts themselves stay as they are: what is measured reads the history alone.
    """
    from django.contrib.auth.models import User
    from django.db import connection

    from frameworks.models import Revision

    chance = Random(1)  # noqa: S311 - the same history at every run
    editors = User.objects.bulk_create(User(username=f"editor-{n}") for n in range(EDITORS))
    latest = list(Revision.objects.filter(model__in=("rating", "claim", "framework")).order_by("pk"))
    at = max(revision.at for revision in latest)

    def changes(count: int) -> Iterator[Revision]:
        nonlocal at
        while count > 0:
            size = min(chance.choices(*zip(*SIZES, strict=True))[0], count)
            editor, changeset = chance.choice(editors), UUID(int=chance.getrandbits(128), version=4)
            at += timedelta(milliseconds=1)
            for place in chance.sample(range(len(latest)), min(size, len(latest))):
                before = latest[place]
                latest[place] = Revision(
                    at=at,
                    model=before.model,
                    key=before.key,
                    version=before.version + 1,
                    action="changed",
                    origin="admin",
                    changeset=changeset,
                    author=editor,
                    author_name=editor.username,
                    reason=f"Read again, for the {before.version}. time.",
                    before=before.after,
                    after={**(before.after or {}), "note": f"Read {before.version} times."},
                )
                count -= 1
                yield latest[place]

    made = changes(total - Revision.objects.count())
    while batch := list(islice(made, 2_000)):
        Revision.objects.bulk_create(batch)
    # As PostgreSQL does by itself within a minute.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measures() -> dict[str, Callable[[], Any]]:
    """Return what is measured, by name."""
    from django.contrib.auth.models import User
    from django.test import Client
    from django.utils import timezone

    from frameworks.models import Rating, Revision

    visitor, editor = Client(), Client()
    root, _ = User.objects.get_or_create(username="root", is_staff=True, is_superuser=True)
    editor.force_login(root, backend="django.contrib.auth.backends.ModelBackend")
    rating = Rating.objects.published().order_by("pk")[0]
    framework, criterion = rating.natural_key()
    newest = Revision.objects.latest("pk").pk
    middle = Revision.objects.order_by("pk").values_list("pk", flat=True)[Revision.objects.count() // 2]

    def all_parts() -> None:
        index = visitor.get("/sitemap.xml").content.decode()
        for part in re.findall(r"<loc>https?://[^/]+(/[^<]+)", index):
            visitor.get(part)

    def of(client: Client, address: str) -> Callable[[], Any]:
        def answer() -> None:
            response = client.get(address)
            if response.status_code != 200:
                raise RuntimeError(f"{address}: {response.status_code}")

        return answer

    desk = "/admin/frameworks"
    pages = {
        "changes": (visitor, "/changes/"),
        "changes, from the middle of the history": (visitor, f"/changes/?before={middle}"),
        "changes of ratings": (visitor, "/changes/?kind=rating"),
        "changes of one framework": (visitor, f"/changes/?framework={framework}"),
        "feed of changes": (visitor, "/changes.atom"),
        "feed of one framework": (visitor, f"/frameworks/{framework}.atom"),
        "history of one cell": (visitor, f"/frameworks/{framework}/{criterion}/history/"),
        "API, changes": (visitor, "/api/v1/changes"),
        "sitemap": (visitor, "/sitemap.xml"),
        "sitemap, the newest changes": (visitor, f"/sitemap-changesets-{(newest - 1) // 2_000 + 1}.xml"),
        "desk, history": (editor, f"{desk}/revision/"),
        "desk, history of one rating": (editor, f"{desk}/rating/{rating.pk}/history/"),
        "desk, proposals": (editor, f"{desk}/proposal/"),
        "desk, front page": (editor, "/admin/"),
    }
    return {
        **{name: of(*page) for name, page in pages.items()},
        "sitemap, all of its parts": all_parts,
        "newest revision until now": lambda: Revision.objects.public().until(timezone.now()),
    }


def median(work: Callable[[], Any], rounds: int) -> float:
    """Return the median time of the work, in milliseconds."""
    times = []
    for _ in range(rounds + 1):
        start = perf_counter()
        work()
        times.append(1000 * (perf_counter() - start))
    return statistics.median(times[1:])


def describe_database() -> str:
    from django.db import connection

    if connection.vendor != "postgresql":
        return connection.display_name
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        (jit,) = cursor.fetchone()
    return f"{connection.display_name}, jit {jit}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--revisions", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        os.environ.update(VAR_DIR=directory, DJANGO_SETTINGS_MODULE="config.settings")
        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        from frameworks.models import Revision

        # Made anew each time: what is measured is what the history costs, not what is kept of its pages.
        settings.KEEP_IN_MEMORY = False
        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        # Hashed file names need collectstatic, which is not run here.
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
        call_command("migrate", verbosity=0)
        call_command("seed", verbosity=0)
        columns: list[dict[str, float]] = []
        counts = []
        for total in (0, options.revisions):
            if total:
                start = perf_counter()
                add_revisions(total)
                print(f"revisions added in {perf_counter() - start:.0f} s")
            counts.append(Revision.objects.count())
            columns.append({name: median(work, options.rounds) for name, work in measures().items()})
    print(f"{describe_database()}; milliseconds, median of {options.rounds}")
    print(f"{'':42}" + "".join(f"{count:>10,}" for count in counts) + f"{'ratio':>8}")
    for name, before in columns[0].items():
        after = columns[1][name]
        print(f"{name:42}{before:10.1f}{after:10.1f}{after / before:8.1f}")


if __name__ == "__main__":
    main()
