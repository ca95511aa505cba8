"""How fast the search is with 300 frameworks and 16,000 claims: making the index, finding, and the whole page.

Run it from the project's root: `python -m benchmarks.search`. It makes a SQLite database of its own in a directory that
is gone afterwards; with DATABASE_URL set it fills that database instead, which must be empty.
"""

import os
import random
import statistics
import tempfile
from datetime import date
from time import perf_counter

import django

FRAMEWORKS, CRITERIA, SOURCES, CLAIMS = 300, 40, 40, 16_000
#: As many different words as that many claims would have, most of them rare.
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
    """In bulk: this is no editing, and nobody reads its history."""
    from frameworks import models as facts

    chance = random.Random(4)  # noqa: S311 - the same words each time
    letters = "aeioubcdfglmnprst"
    known = ["".join(chance.choices(letters, k=chance.randint(4, 11))) for _ in range(VOCABULARY)]
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
        facts.Framework(slug=f"f-{n}", name=f"Framework {n}", summary=" ".join(chance.choices(known, k=60)))
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
            paraphrase=" ".join(chance.choices(known, weights, k=18)),
        )
        for n in range(CLAIMS)
    )


def measure() -> None:
    from django.test import Client

    from portal.search import documents

    start = perf_counter()
    index = documents.index()
    print(f"index of {len(index.documents)} documents, {len(index.vocabulary)} words: {since(start)}")
    documents._cache.clear()  # noqa: SLF001 - as after an edit
    start = perf_counter()
    documents.index()
    print(f"made anew after an edit: {since(start)}")
    for query in QUERIES:
        times = []
        for _ in range(5):
            start = perf_counter()
            found = index.find(query)
            times.append(perf_counter() - start)
        client, path = Client(), f"/search/?q={query}"
        pages = []
        for _ in range(5):
            start = perf_counter()
            client.get(path)
            pages.append(perf_counter() - start)
        print(
            f"“{query}”: {len(found.hits)} found in {statistics.median(times) * 1000:.1f} ms, "
            f"page in {statistics.median(pages) * 1000:.0f} ms"
        )


def since(start: float) -> str:
    return f"{perf_counter() - start:.2f} s"


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        os.environ.update(VAR_DIR=place, DJANGO_SETTINGS_MODULE="config.settings")
        django.setup()
        from django.conf import settings
        from django.core.management import call_command

        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        # Hashed names come from collecting, which this does not do.
        plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
        settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
        call_command("migrate", verbosity=0)
        fill()
        measure()


if __name__ == "__main__":
    main()
