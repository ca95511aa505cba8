"""Every public page asks the database as often for much as for little; and each has something to say of nothing."""

from collections.abc import Iterator
from itertools import product

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from frameworks.models import Claim, Criterion, FacetValue, Framework, Source
from tests import factories
from tests.html import read

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def make_items(count: int) -> None:
    """`count` of everything that grows, but one framework more, since it takes two to compare; facets stay two."""
    sources = [factories.make_source(key=f"s{number}", interest_short="sells it") for number in range(count)]
    frameworks = [factories.make_framework(name=f"F{number}") for number in range(count + 1)]
    scored = [factories.make_criterion(name=f"Scored {number}") for number in range(count)]
    described = [
        factories.make_criterion(name=f"Described {number}", is_scored=False) for number in range(count)
    ]
    for framework, criterion, (place, source) in product(
        frameworks, [*scored, *described], enumerate(sources)
    ):
        reading = 1 + 2 * place if criterion.is_scored else None
        factories.make_claim(framework=framework, criterion=criterion, source=source, reading=reading)
    for framework, criterion in product(frameworks, scored):
        factories.make_rating(framework=framework, criterion=criterion)
    for source in sources:
        factories.make_claim(framework=None, criterion=scored[0], source=source)
        factories.make_claim(
            framework=frameworks[0], criterion=described[0], joint_criterion=scored[-1], source=source
        )
    make_surroundings(count, frameworks, list(Claim.objects.filter(framework=frameworks[0])[: count + 1]))


def make_surroundings(count: int, frameworks: list[Framework], claims: list[Claim]) -> None:
    for name in ("Kind", "Capability"):
        facet = factories.make_facet(name=name, requires_all=name == "Capability")
        for number in range(count):
            value = factories.make_facet_value(facet=facet, name=f"Value {number}")
            for framework in frameworks:
                factories.make_trait(framework=framework, value=value, claims=claims)
    for number in range(count):
        component = factories.make_component(name=f"C{number}")
        gap = factories.make_capability(name=f"Gap {number}")
        for framework in frameworks:
            factories.make_tie(framework=framework, component=component, claims=claims)
            factories.make_addition(framework=framework, capability=gap, component=component, claims=claims)
    for other in frameworks[1:]:
        factories.make_relation(framework=frameworks[0], other=other, claims=claims)
    for _ in range(count):
        factories.make_disagreement(claims=claims)
    for number in range(count):
        make_use_case(number, frameworks, claims)
        make_answers(number, frameworks, claims)


def make_use_case(number: int, frameworks: list[Framework], claims: list[Claim]) -> None:
    """With a weight for each criterion, a must-have for each facet value, and each framework recommended."""
    scored = Criterion.objects.scored()
    made = factories.make_use_case(name=f"Case {number}", weights=dict.fromkeys(scored, 5))
    for value in FacetValue.objects.all():
        factories.make_need(use_case=made, value=value, claims=claims)
    factories.make_need(use_case=made, criterion=scored[0], minimum=3, claims=claims)
    for framework in frameworks:
        factories.make_recommendation(framework, use_case=made, claims=claims)
    factories.make_recommendation(*frameworks[:2], use_case=made, claims=claims)


def make_answers(number: int, frameworks: list[Framework], claims: list[Claim]) -> None:
    """A benchmark with a figure of each framework; a question, with answers of each source."""
    source = Source.objects.get(key="s0")
    measured = factories.make_benchmark(title=f"B{number}", source=source, counter_claims=claims)
    for framework in frameworks:
        factories.make_figure(benchmark=measured, framework=framework, claims=claims)
    asked = factories.make_question(text=f"Q{number}", claims=claims)
    for source in Source.objects.filter(claims__in=claims).distinct():
        factories.make_answer(question=asked, source=source, claims=claims)


@pytest.fixture(scope="module")
def items(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        if request.param:
            make_items(request.param)
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("items", [1, 3], indirect=True, scope="module")
@pytest.mark.parametrize(
    "path, queries",
    [
        ("/", 12),
        (
            "/?q=f&kind=value-0&capability=value-0&min-scored-0=2&w-scored-0=9&sort=-scored-0&only=differences",
            12,
        ),
        ("/?open=f0:scored-0", 13),
        ("/?q=nothing", 12),
        ("/compare/", 5),
        ("/compare/f0-vs-f1/", 7),
        ("/compare/f0-vs-f1/?baseline=f1&only=differences&w-scored-0=9", 7),
        ("/compare/f0-vs-nobody/", 6),
        ("/?use-case=case-0&w-scored-0=9", 15),
        ("/compare/f0-vs-f1/?use-case=case-0", 10),
        ("/embed/", 5),
        ("/embed/?framework=f0&framework=f1&w-scored-0=9", 7),
        ("/embed/compare/f0-vs-f1/", 8),
        ("/embed/compare/f0-vs-f1/?baseline=f1&only=differences&w-scored-0=9", 8),
        ("/embed/compare/f0-vs-nobody/", 7),
        ("/oembed?url=http://127.0.0.1:8000/compare/f0-vs-f1/", 8),
        ("/use-cases/", 5),
        ("/use-cases/case-0/", 13),
        ("/frameworks/", 4),
        ("/frameworks/f0/", 23),
        ("/criteria/", 3),
        ("/criteria/scored-0/", 7),
        ("/criteria/described-0/", 7),
        ("/sources/", 2),
        ("/sources/s0/", 9),
        ("/disagreements/", 7),
        ("/benchmarks/", 5),
        ("/questions/", 5),
        ("/components/", 3),
        ("/components/c0/", 6),
        ("/capabilities/", 10),
        ("/capabilities/?need=value-0&need=gap-0", 10),
        ("/capabilities/?need=nothing", 10),
        ("/method/", 9),
        ("/search/", 1),
        ("/search/?q=f0", 15),
        ("/search/?q=says+something", 15),
        ("/search/?q=qqqq", 14),
        ("/changes/?kind=claim&framework=f0", 12),
        (f"/changes/{factories.MAKER.changeset}/", 15),
        ("/frameworks/f0/scored-0/history/", 14),
        ("/sitemap.xml", 9),
        ("/robots.txt", 0),
        ("/llms.txt", 4),
        ("/api/", 15),
        ("/nowhere/", 0),
    ],
)
def test_as_many_queries_for_much_as_for_little(
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
            "There are no frameworks yet. An editor can add them, or manage.py seed plants the ones from the articles.",
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
        ("/changes/", "Nothing is recorded yet."),
        ("/search/?q=django", "Nothing has “django”."),
    ],
)
def test_an_empty_portal_says_that_it_is(client: Client, items: None, path: str, said: str) -> None:
    page = read(client.get(path).content)
    assert said in page.one("main").texts("p")
