"""The API asks the database as often for much as for little."""

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("items", [1, 3], indirect=True, scope="module")
@pytest.mark.parametrize(
    "path, queries",
    [
        ("", 1),
        ("frameworks?limit=200", 5),
        ("frameworks/f0", 4),
        ("criteria", 4),
        ("criteria/scored-0", 3),
        ("sources", 3),
        ("sources/s0", 2),
        ("claims", 6),
        ("claims?framework=f0&criterion=scored-0&source=s0", 6),
        ("ratings", 7),
        ("ratings?framework=f0&criterion=scored-0&source=s0", 7),
        ("ratings/f0/scored-0", 3),
        ("matrix", 15),
        ("matrix?use-case=case-0&w-scored-0=9&kind=value-0", 13),
        ("compare/f0-vs-f1", 15),
        ("changes?limit=1", 6),
        ("changes?limit=200", 15),
        ("openapi.json", 19),
    ],
)
def test_api_query_count_is_independent_of_amount_of_data(
    client: Client,
    items: None,
    django_assert_num_queries: DjangoAssertNumQueries,
    path: str,
    queries: int,
) -> None:
    with django_assert_num_queries(queries):
        assert client.get(f"/api/v1/{path}").status_code == 200
