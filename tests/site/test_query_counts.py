"""Every public page asks the database as often for much as for little; and each has something to say of nothing."""

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests import factories
from tests.html import read

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("items", [1, 3], indirect=True, scope="module")
@pytest.mark.parametrize(
    "path, queries",
    [
        ("/", 12),
        (
            "/?q=f&kind=value-0&capability=value-0&min-scored-0=2&w-scored-0=9&sort=-scored-0&only=differences",
            12,
        ),
        ("/?open=f0:scored-0", 14),
        ("/?q=nothing", 12),
        ("/compare/", 9),
        ("/compare/f0-vs-f1/", 13),
        ("/compare/f0-vs-f1/?baseline=f1&only=differences&w-scored-0=9", 14),
        ("/compare/f0-vs-nobody/", 10),
        ("/?use-case=case-0&w-scored-0=9", 12),
        ("/compare/f0-vs-f1/?use-case=case-0", 13),
        ("/embed/", 9),
        ("/embed/?framework=f0&framework=f1&w-scored-0=9", 12),
        ("/embed/compare/f0-vs-f1/", 15),
        ("/embed/compare/f0-vs-f1/?baseline=f1&only=differences&w-scored-0=9", 17),
        ("/embed/compare/f0-vs-nobody/", 11),
        ("/oembed?url=http://127.0.0.1:8000/compare/f0-vs-f1/", 15),
        ("/use-cases/", 5),
        ("/use-cases/case-0/", 16),
        ("/frameworks/", 5),
        ("/frameworks/f0/", 30),
        ("/criteria/", 3),
        ("/criteria/scored-0/", 8),
        ("/criteria/described-0/", 7),
        ("/sources/", 3),
        ("/benchmarks/", 5),
        ("/questions/", 5),
        ("/components/", 3),
        ("/components/c0/", 6),
        ("/capabilities/", 8),
        ("/capabilities/?need=value-0&need=gap-0", 15),
        ("/capabilities/?need=nothing", 8),
        ("/method/", 15),
        ("/glossary/", 1),
        ("/search/", 1),
        ("/search/?q=f0", 14),
        ("/search/?q=says+something", 14),
        ("/search/?q=qqqq", 13),
        ("/changes/?kind=claim&framework=f0", 12),
        (f"/changes/{factories.MAKER.changeset}/", 16),
        ("/frameworks/f0/scored-0/history/", 13),
        ("/sitemap.xml", 8),
        ("/sitemap-general-1.xml", 2),
        ("/sitemap-frameworks-1.xml", 2),
        ("/sitemap-pairs-1.xml", 2),
        ("/sitemap-cells-1.xml", 2),
        ("/sitemap-changesets-1.xml", 2),
        ("/names/?q=f", 5),
        ("/robots.txt", 0),
        ("/llms.txt", 4),
        ("/api/", 19),
        ("/nowhere/", 8),
    ],
)
def test_every_page_query_count_is_independent_of_amount_of_data(
    client: Client,
    items: None,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    queries: int,
) -> None:
    if path.startswith("/sitemap-"):  # divided by primary keys, which on PostgreSQL never begin anew
        parts = re.findall(rf"{path.removesuffix('1.xml')}[0-9]+\.xml", client.get("/sitemap.xml").text)
        path = parts[0]
    with django_assert_num_queries(queries):
        client.get(path)


# With one framework and one source, nobody stands against another and there is nothing to read of it.
@pytest.mark.parametrize("items", [2, 3], indirect=True, scope="module")
@pytest.mark.parametrize("path, queries", [("/sources/s0/", 15), ("/disagreements/", 13)])
def test_pages_on_opposed_sources_query_count_is_independent_of_amount_of_data(
    client: Client,
    items: None,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    queries: int,
) -> None:
    with django_assert_num_queries(queries):
        client.get(path)


@pytest.mark.parametrize("items", [0], indirect=True, scope="module")
@pytest.mark.parametrize(
    "path, said",
    [
        (
            "/",
            "There are no frameworks yet. An editor can add them, or manage.py seed loads those of the topic.",
        ),
        ("/compare/", "There are no frameworks yet."),
        ("/frameworks/", "There are no frameworks yet."),
        ("/use-cases/", "There are no use cases yet."),
        ("/criteria/", "There are no criteria yet."),
        ("/sources/", "There are no sources yet."),
        ("/components/", "There are no components yet."),
        ("/capabilities/", "There are no capabilities yet."),
        ("/disagreements/", "No contradictions have been found yet."),
        ("/benchmarks/", "Nothing has been measured yet."),
        ("/questions/", "There are no questions yet."),
        ("/method/", "Nothing is rated yet, so there is no example to work through."),
        ("/changes/", "No changes are recorded yet."),
        ("/search/?q=django", "No results for “django”."),
    ],
)
def test_pages_show_a_message_when_the_portal_is_empty(
    client: Client, items: None, path: str, said: str
) -> None:
    page = read(client.get(path).content)
    assert said in page.one("main").texts("p")
    sentences = [
        page.one("meta[name=description]")["content"],
        *page.texts(".lede p"),
        *page.texts(".count"),
        *page.texts("h3"),
    ]
    assert not [sentence for sentence in sentences if re.search(r"\b0 (?!to )|\bof 0\b|match", sentence)]
