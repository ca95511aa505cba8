"""A small world of frameworks for pages to show, made once for all tests of a module that ask for `world`."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.http import QueryDict
from pytest_django import DjangoDbBlocker

from comparisons.comparison import comparing
from frameworks.models import Claim, Criterion, FacetValue, Framework, Source
from tests import factories
from tests.database import analyse

#: A small world. Scores by framework, in the order of the criteria; None: a claim but no score; 0: no source says.
SCORES: dict[str, list[int | None]] = {
    "Django": [3, 5, 3, 2],
    "FastAPI": [4, 4, 5, 5],
    "Flask": [5, 4, 3, None],
    "Quart": [5, 0, 0, 0],
    "Sanic": [0, 0, 0, 0],
}


TRAITS = {
    "Django": ["kind:full-stack", "interface:wsgi", "interface:asgi", "capability:orm", "capability:admin"],
    "FastAPI": ["kind:micro", "interface:asgi", "capability:validation"],
    "Flask": ["kind:micro", "interface:wsgi"],
    "Quart": ["kind:micro", "interface:asgi"],
}


def make_world() -> None:
    """Five frameworks on four criteria of two groups, facts from two sources, one cell in dispute."""
    going = factories.make_group(name="Getting going", position=1)
    load = factories.make_group(name="Under load", position=2)
    criteria = [
        factories.make_criterion(
            name=name, short_name=short, group=group, position=place, default_weight=weight
        )
        for place, (name, short, group, weight) in enumerate(
            [
                ("Learning curve", "Learning", going, 2),
                ("Documentation", "Docs", going, 1),
                ("Performance", "Speed", load, 3),
                ("Async support", "Async", load, 1),
            ]
        )
    ]
    almanac = factories.make_source(key="001", short_name="The almanac")
    shop = factories.make_source(
        key="002",
        short_name="The shop",
        interest_short="sells developers",
        commercial_interest="It lets developers by the hour.",
        authors="A. Writer",
        date_stated="Updated in May",
    )
    values = {}
    for place, (name, choices, requires_all) in enumerate(
        [
            ("Kind", ["Full-stack", "Micro"], False),
            ("Interface", ["WSGI", "ASGI"], False),
            ("Capability", ["ORM", "Admin", "Validation"], True),
        ]
    ):
        facet = factories.make_facet(name=name, position=place, requires_all=requires_all)
        for at, value in enumerate(choices):
            values[f"{name}:{value}".lower()] = factories.make_facet_value(
                facet=facet, name=value, position=at
            )
    for name, scores in SCORES.items():
        framework = factories.make_framework(name=name)
        for criterion, score in zip(criteria, scores, strict=True):
            if score != 0:
                factories.make_claim(
                    framework=framework, criterion=criterion, source=almanac, reading=score, line=10
                )
            if score:
                factories.make_rating(
                    read=True,
                    framework=framework,
                    criterion=criterion,
                    score=score,
                    verdict=f"{score} in a few words",
                )
        for trait in TRAITS.get(name, []):
            claims = list(Claim.objects.filter(framework=framework)[:1])
            factories.make_trait(framework=framework, value=values[trait], claims=claims)
    factories.make_claim(
        framework=Framework.objects.get(slug="fastapi"),
        criterion=criteria[2],
        source=shop,
        line=28,
        part="table",
        term="Moderate",
        paraphrase="Puts it in the middle of its table.",
        reading=2,
        key="002-28",
    )
    flask = Framework.objects.get(slug="flask")
    strengths = factories.make_criterion(name="Strengths", group=going, position=9, is_scored=False)
    praise = factories.make_claim(
        framework=flask,
        criterion=strengths,
        source=shop,
        line=40,
        paraphrase="Praises how small it is.",
        note="Of 2019.",
    )
    factories.make_claim(
        framework=None,
        criterion=criteria[3],
        source=shop,
        line=50,
        paraphrase="Says that async suits waiting.",
    )
    factories.make_relation(
        framework=Framework.objects.get(slug="quart"),
        kind="mirrors",
        other=flask,
        claims=[praise],
        text="In async.",
    )
    toolkit = factories.make_component(
        name="SQLAlchemy", kind="data-layer", label="ORM", summary="Named as a data layer for Flask."
    )
    factories.make_tie(
        component=toolkit, framework=flask, kind="works-with", claims=[praise], text="Said in passing."
    )
    factories.make_addition(
        framework=flask, capability=values["capability:orm"], component=toolkit, claims=[praise]
    )
    factories.make_disagreement(
        title="How fast is FastAPI?",
        slug="how-fast",
        question="Is it among the fastest?",
        explanation="The almanac measures, the shop guesses.",
        claims=list(Claim.objects.filter(framework__slug="fastapi", criterion=criteria[2])),
    )
    factories.make_framework(name="Hidden", is_published=False)
    make_use_cases(criteria, values["interface:asgi"], praise)
    make_answers(criteria[2], almanac, shop)
    factories.make_snapshot(comparing.side_by_side(QueryDict(), ["flask", "fastapi"]))


def make_use_cases(criteria: list[Criterion], asgi: FacetValue, praise: Claim) -> None:
    """One with a must-have, where the sources agree, and one where they do not."""
    learning, _, speed, waiting = criteria
    django, fastapi, flask, quart = Framework.objects.exclude(slug__in=["hidden", "sanic"])
    fast = list(Claim.objects.filter(framework=fastapi, criterion=speed))
    live = factories.make_use_case(
        name="Live updates",
        summary="Pages that follow what happens.",
        weights_reason="The almanac speaks of waiting.",
        weights={learning: 0, speed: 5, waiting: 10},
        position=1,
    )
    factories.make_need(use_case=live, number=1, value=asgi, claims=fast[:1])
    factories.make_recommendation(fastapi, use_case=live, claims=fast)
    factories.make_recommendation(quart, use_case=live, strength="suitable", claims=[praise])
    shop = factories.make_use_case(
        name="Shop",
        summary="Goods, orders and customers.",
        dispute="The almanac recommends Flask, the shop two together.",
        position=2,
    )
    toolkit = factories.make_component(name="Flask Shopping")
    factories.make_recommendation(django, fastapi, use_case=shop, claims=fast)
    factories.make_recommendation(flask, slug="toolkit", component=toolkit, use_case=shop, claims=[praise])
    factories.make_recommendation(
        quart, slug="quart-against", strength="against", use_case=shop, claims=[praise]
    )


def make_answers(speed: Criterion, almanac: Source, shop: Source) -> None:
    """A benchmark of the almanac, and a question that both sources answer, each in its own way."""
    fastapi, flask = Framework.objects.get(slug="fastapi"), Framework.objects.get(slug="flask")
    ours, theirs = Claim.objects.filter(framework=fastapi, criterion=speed)
    measured = factories.make_benchmark(
        slug="one-endpoint",
        title="One endpoint",
        source=almanac,
        unsaid="Hardware: A faster machine answers more.\nAll else.",
        comment="Nobody has repeated it.",
        counter_claims=[theirs],
    )
    factories.make_figure(
        benchmark=measured, framework=fastapi, value=34_000, is_about=True, claims=[ours], release="0.115"
    )
    factories.make_figure(
        benchmark=measured, framework=flask, setup="gunicorn", server="Gunicorn", value=9_000, lowest=8_500,
        highest=9_250,
    )  # fmt: skip
    factories.make_figure(benchmark=measured, framework=Framework.objects.get(slug="hidden"), value=50_000)
    asked = factories.make_question(
        slug="fastest",
        text="Which is the fastest?",
        dispute="They part over FastAPI.",
        claims=[ours],
        position=1,
    )
    factories.make_answer(
        question=asked, source=almanac, line=10, stance="FastAPI", text="FastAPI, by far.", claims=[ours]
    )
    factories.make_answer(
        question=asked,
        source=shop,
        line=28,
        stance="None in particular",
        text="Speed <b>&</b> more is the programmer's.",
        question_is_stated=False,
    )


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Made once for all tests of a module. What a test changes is undone after it, the world at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        make_world()
        analyse()
        yield
        transaction.set_rollback(True)


#: Each framework's tagline, traits, and scores in speed and security (None: not rated).
CATALOGUE: dict[str, tuple[str, str, int | None, int | None]] = {
    "Django": ("The web framework with everything", "full-stack orm admin forms", 3, 5),
    "FastAPI": ("Typed APIs", "api validation", 5, 4),
    "Flask": ("Small core, many extensions", "micro", 3, 2),
    "Quart": ("Flask for async", "micro api", None, None),
    "Tornado": ("Keeps äpfel", "", 4, None),
}


def make_many() -> None:
    """51 frameworks, of which the first three are rated, and one use case whose must-have nobody meets."""
    criterion = factories.make_criterion(name="Speed", default_weight=2)
    for number in range(51):
        tagline = "Small and quick" if number % 2 else ""
        framework = factories.make_framework(name=f"Frame {number:02}", slug=f"f{number:02}", tagline=tagline)
        if number < 3:
            factories.make_rating(framework=framework, criterion=criterion, score=5 - number, read=True)
    use_case = factories.make_use_case(name="Shop")
    factories.make_need(use_case=use_case, value=factories.make_facet_value(name="ORM"), claims=[])
    factories.make_use_case(name="Blog")


@pytest.fixture(scope="module")
def many(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        make_many()
        yield
        transaction.set_rollback(True)
