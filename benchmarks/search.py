"""Measure how fast search is with 300 frameworks and 16,000 claims: building the index, finding, and the whole page.

Run it from the project's root: `python -m benchmarks.search`. It makes a temporary SQLite database; with
DATABASE_URL set it fills that database instead, which must be empty.
"""

import os
import random
import statistics
import tempfile
from datetime import date
from time import perf_counter

import django

FRAMEWORKS, CRITERIA, SOURCES, CLAIMS = 300, 40, 40, 16_000
#: How many different words so many claims would have, most of them rare.
VOCABULARY = 12_000
QUERIES = [
    "framework 7",
    "asyn",
    "djagno",
    "speed framework 12 claim",
    "co",
    "no such thing anywhere",
    "wordd123",
]


def fill() -> None:
    """Create the facts in bulk: no history is needed here."""
    from frameworks import models as facts

    chance = random.Random(4)  # noqa: S311 - the same words each time
    letters = "aeioubcdfglmnprst"
    vocabulary = ["".join(chance.choices(letters, k=chance.randint(4, 11))) for _ in range(VOCABULARY)]
    weights = [1 / (1 + place) for place in range(VOCABULARY)]
    group = facts.CriterionGroup.objects.create(slug="group", name="Group")
    criteria = facts.Criterion.objects.bulk_create(
        facts.Criterion(
            slug=f"c-{n}",
            name=f"Criterion {n}",
            short_name=f"C {n}",
            group=group,
            is_scored=False,
            default_weight=0,
        )
        for n in range(CRITERIA)
    )
    frameworks = facts.Framework.objects.bulk_create(
        facts.Framework(
            slug=f"f-{n}", name=f"Framework {n}", summary=" ".join(chance.choices(vocabulary, k=60))
        )
        for n in range(FRAMEWORKS)
    )
    sources = facts.Source.objects.bulk_create(
        facts.Source(key=f"s-{n}", short_name=f"Source {n}", title=f"Title {n}", read_on=date(2026, 11, 20))
        for n in range(SOURCES)
    )
    facts.Claim.objects.bulk_create(
        facts.Claim(
            key=f"k-{n}",
            source=chance.choice(sources),
            line=n + 1,
            framework=chance.choice(frameworks),
            criterion=chance.choice(criteria),
            paraphrase=" ".join(chance.choices(vocabulary, weights, k=18)),
        )
        for n in range(CLAIMS)
    )


def measure() -> None:
    """Print the times of building the index and of each query."""
    from django.test import Client

    from portal.search import documents

    start = perf_counter()
    index = documents.index()
    print(f"index of {len(index.documents)} documents, {len(index.vocabulary)} words: {since(start)}")
    documents._cache.clear()  # noqa: SLF001 - as an edit does
    start = perf_counter()
    documents.index()
    print(f"made anew after an edit: {since(start)}")
    for query in QUERIES:
        find_times = []
        for _ in range(5):
            start = perf_counter()
            result = index.find(query)
            find_times.append(perf_counter() - start)
        client, path = Client(), f"/search/?q={query}"
        page_times = []
        for _ in range(5):
            start = perf_counter()
            client.get(path)
            page_times.append(perf_counter() - start)
        print(
            f"“{query}”: {len(result.hits)} found in {statistics.median(find_times) * 1000:.1f} ms, "
            f"page in {statistics.median(page_times) * 1000:.0f} ms"
        )


def since(start: float) -> str:
    """Return the time since `start`, in seconds."""
    return f"{perf_counter() - start:.2f} s"


def main() -> None:
    with tempfile.TemporaryDirectory() as directory:
        os.environ.update(VAR_DIR=directory, DJANGO_SETTINGS_MODULE="config.settings")
        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        # Hashed file names need collectstatic, which is not run here.
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
        call_command("migrate", verbosity=0)
        fill()
        measure()


if __name__ == "__main__":
    main()
