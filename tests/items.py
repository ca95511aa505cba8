"""As many of everything as a test asks for, to count queries by."""

from collections.abc import Iterator
from itertools import product

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from frameworks.models import Claim, Criterion, FacetValue, Framework, Source
from tests import factories
from tests.database import analyse


def make_items(count: int) -> None:
    """`count` of everything that grows, but one framework more, since it takes two to compare; facets stay two."""
    sources = [factories.make_source(key=f"s{number}", interest_short="sells it") for number in range(count)]
    frameworks = [factories.make_framework(name=f"F{number}") for number in range(count + 1)]
    scored = [factories.make_criterion(name=f"Scored {number}") for number in range(count)]
    described = [
        factories.make_criterion(name=f"Described {number}", is_scored=False) for number in range(count)
    ]
    wordings = [
        (
            source,
            factories.make_wording(
                criterion=criterion, reading=1 + 2 * place if criterion.is_scored else None
            ),
        )
        for criterion, (place, source) in product([*scored, *described], enumerate(sources))
    ]
    for framework, (source, wording) in product(frameworks, wordings):
        factories.make_claim(
            framework=framework,
            criterion=wording.criterion,
            source=source,
            reading=wording.reading,
            wording=wording,
        )
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
            analyse()
        yield
        transaction.set_rollback(True)
