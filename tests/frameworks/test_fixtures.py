"""The content as it is shipped: every statement in its place, every number with its words, every dispute.

The seed is planted once, in a transaction around the whole module; the tests only read.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.test import Client
from pytest_django import DjangoDbBlocker

from frameworks.models import (
    Claim,
    Criterion,
    CriterionGroup,
    Disagreement,
    FacetValue,
    Framework,
    Rating,
    Relation,
    Revision,
    Source,
    Trait,
    Versioned,
)
from frameworks.record.seeding import fixture_files, plant
from tests.html import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]

FILES = fixture_files(settings.BASE_DIR / "fixtures")

MAJOR = ["django", "flask", "fastapi"]
MINOR = ["litestar", "pyramid", "tornado", "sanic", "quart", "web2py", "cherrypy"]

SHA256 = {
    "000": "a46380a451248f62e6df5e1d08c5ce06ba7bb08ef1be5b2280e274809b7f52f9",
    "001": "3a5ce3c64124fd4735289232d38fbd0d4699cf380c288e8d30c13bdbdb25f0f0",
    "002": "b5d5f1a38704fbdcf613e2d431130f69091005af7bd8bba2285e21e8854587bb",
    "003": "26cbf301e8d86dcc8df2ff660334d9fd16ff7d005a1aa786fd692069c7371cb2",
}

#: Which sources say something about Django, Flask and FastAPI under each criterion, by an independent count.
COVERAGE = """
philosophy          | 000 001 002 003 | 000 001 002 003 | 000 003
architecture        | 001 002 003     | 001 002         | 001 002 003
best-uses           | 000 001 002 003 | 000 001 002 003 | 000 001 002 003
ideal-team          | 000             | 000 001         | 000
performance         | 000 001 002 003 | 001 002 003     | 000 001 002 003
scalability         | 000 001         | 000             | 000
async-support       | 001 002 003     | 001 002 003     | 000 001 002 003
development-speed   | 000 001 003     | 000 001 003     | 000 001 002
flexibility         | 000 001 003     | 000 001 002 003 | 000 003
learning-curve      | 000 001 002 003 | 000 001 002 003 | 000 001 002 003
built-in-features   | 000 001 002 003 | 000 001 002 003 | 001 003
data-layer          | 000 001 002 003 | 001 003         | 002 003
admin-interface     | 000 001 002 003 | 001 003         | 003
validation          | 003             | 003             | 000 001 002 003
api-tooling         | 003             | 003             | 000 001 002 003
type-hints          | 003             | 003             | 001 002 003
security            | 000 001 002 003 | 000 001 002     | 000 002
community-ecosystem | 000 001 002 003 | 000 002 003     | 000 001 002 003
documentation       | 000 002 003     | 003             | 002 003
maturity-adoption   | 000 002 003     | 000 002 003     | 000 001 002 003
maintainability     | 000 001 002     | 001 003         |
strengths           | 001             | 001             | 001
limits              | 001             | 001 002 003     | 001
"""

#: Which sources take part in each disagreement, by the same count.
DISAGREEMENTS = """
django-learning-curve          | 000 001 002 003
django-or-fastapi-for-learners | 000 001 002 003
fastapi-learning-curve         | 000 001 002 003
flask-learning-curve-later     | 000 001 002 003
django-async                   | 001 002 003
flask-async                    | 001 002 003
django-under-load              | 000 001 002 003
flask-performance              | 000 001 002 003
fastapi-performance            | 000 001 002 003
does-framework-speed-matter    | 000 001 002 003
flask-development-speed        | 000 001 002 003
fastest-to-production          | 000 001 002 003
flask-community                | 000 002 003
fastapi-ecosystem              | 000 001 002 003
microservices                  | 000 001 002 003
fastapi-structure              | 000 003
django-pattern                 | 001 002 003
fastapi-security               | 000 002
is-there-a-best-framework      | 000 001 002 003
fastapi-age                    | 000 001 002 003
flask-today                    | 000 002 003
which-frameworks-exist         | 000 001 002 003
"""
#: Those in which a source contradicts itself, and which source.
INSIDE = {
    "django-learning-curve": "003",
    "django-async": "002",
    "flask-development-speed": "000",
    "microservices": "001",
}


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        plant(FILES)
        yield
        transaction.set_rollback(True)


def slugs(facts: models.QuerySet[Any]) -> list[str]:
    return sorted(facts.values_list("slug", flat=True))


def listed(facts: models.QuerySet[Any]) -> list[str]:
    """By name, for a message that says which; empty where all is well."""
    return sorted(map(str, facts))


# Every fact


@pytest.mark.parametrize("model", Versioned.__subclasses__(), ids=lambda model: str(model.__name__))
def test_every_fact_is_valid_by_its_own_rules(model: type[Versioned]) -> None:
    facts = model._default_manager.all()
    assert facts
    for fact in facts:
        fact.full_clean(validate_constraints=False)  # those the database has checked by itself


@pytest.mark.both
def test_every_entry_is_planted_once() -> None:
    entries = [entry["model"].split(".")[1] for file in FILES for entry in json.loads(file.read_text())]
    assert Counter(entries) == {
        model._meta.model_name: model._default_manager.count() for model in Versioned.__subclasses__()
    }
    assert Revision.objects.count() == len(entries)


@pytest.mark.both
def test_planted_again_nothing_changes() -> None:
    assert plant(FILES) == {"unchanged": Revision.objects.count()}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_a_fixture_names_facts_by_their_keys_and_no_versions(file: Path) -> None:
    for entry in json.loads(file.read_text()):
        assert set(entry) == {"model", "fields"}
        assert "version" not in entry["fields"]


# The catalogue


def test_ten_frameworks() -> None:
    assert slugs(Framework.objects.published()) == sorted(MAJOR + MINOR)


def test_every_criterion_that_the_articles_rate() -> None:
    named = {line.split("|")[0].strip() for line in COVERAGE.strip().splitlines()}
    assert named <= set(slugs(Criterion.objects.all()))
    described = {"philosophy", "architecture", "best-uses", "ideal-team", "strengths", "limits", "choosing"}
    assert slugs(Criterion.objects.filter(is_scored=False)) == sorted(described)
    assert Criterion.objects.scored().count() >= 18


def test_every_group_has_criteria_and_scored_ones_stand_apart_from_those_that_describe() -> None:
    groups = {
        group.slug: set(group.criteria.values_list("is_scored", flat=True))
        for group in CriterionGroup.objects.all()
    }
    assert groups == {
        "learning": {True},
        "building": {True},
        "running": {True},
        "in-the-box": {True},
        "background": {False},
    }


def test_every_scored_criterion_counts_and_says_how_words_are_read() -> None:
    assert slugs(Criterion.objects.scored().filter(default_weight=0)) == []
    assert slugs(Criterion.objects.scored().filter(reading_rule="")) == []


def test_the_four_sources_are_the_very_files_that_were_read() -> None:
    assert dict(Source.objects.values_list("key", "sha256")) == SHA256
    assert {key for key in SHA256 if Source.objects.get(key=key).commercial_interest} == {"000", "003"}
    assert listed(Source.objects.filter(line_count=None)) == []


# Claims


def test_there_are_claims_enough() -> None:
    assert Claim.objects.exclude(framework=None).count() >= 330
    by_source = Counter(Claim.objects.values_list("source__key", flat=True))
    assert {key for key, count in by_source.items() if count >= 80} == set(SHA256)


def test_a_claim_s_key_says_where_it_stands_and_on_what() -> None:
    wrong = [
        claim.key
        for claim in Claim.objects.cited()
        if not re.fullmatch(
            f"{claim.source.key}-{claim.line}-"
            f"{claim.framework.slug if claim.framework else 'general'}-{claim.criterion.slug}(-[2-9])?",
            claim.key,
        )
    ]
    assert wrong == []


def test_every_claim_stands_on_a_line_that_its_source_has() -> None:
    assert listed(Claim.objects.filter(line__gt=F("source__line_count"))) == []


def test_a_paraphrase_is_short_and_a_term_no_sentence() -> None:
    assert [claim.key for claim in Claim.objects.all() if len(claim.paraphrase) > 300] == []
    assert [claim.key for claim in Claim.objects.all() if len(claim.term.split()) > 6] == []
    assert listed(Claim.objects.filter(term=F("paraphrase"))) == []


def test_only_scored_criteria_have_readings() -> None:
    assert listed(Claim.objects.filter(criterion__is_scored=False).exclude(reading=None)) == []
    assert listed(Claim.objects.filter(joint_criterion__is_scored=False)) == []


def test_only_source_000_rates_two_criteria_as_one() -> None:
    joint = Claim.objects.exclude(joint_criterion=None).values_list(
        "source__key", "framework__slug", "criterion__slug", "joint_criterion__slug"
    )
    assert set(joint) == {("000", slug, "performance", "scalability") for slug in MAJOR}


@pytest.mark.parametrize("line", COVERAGE.strip().splitlines(), ids=lambda line: str(line.split()[0]))
def test_every_source_that_speaks_is_heard(line: str) -> None:
    slug, *cells = (part.strip() for part in line.split("|"))
    criterion = Criterion.objects.get(slug=slug)
    expected = {
        (key, framework) for framework, keys in zip(MAJOR, cells, strict=True) for key in keys.split()
    }
    heard = set(Claim.objects.under(criterion).values_list("source__key", "framework__slug"))
    assert expected - heard == set()


@pytest.mark.parametrize("slug", MINOR)
def test_a_minor_framework_has_what_little_is_said_and_is_mostly_silence(slug: str) -> None:
    framework = Framework.objects.get(slug=slug)
    assert framework.claims.exists()
    scored = Criterion.objects.scored()
    heard = [criterion for criterion in scored if Claim.objects.behind(framework, criterion)]
    assert len(heard) < scored.count() / 2


# Ratings


def test_no_claim_no_score() -> None:
    ratings = Rating.objects.select_related("framework", "criterion")
    behind = Claim.objects.behind
    assert [str(one) for one in ratings if not behind(one.framework, one.criterion).exists()] == []
    assert listed(Rating.objects.filter(criterion__is_scored=False)) == []


def test_every_rating_is_published_and_reviewed() -> None:
    assert listed(Rating.objects.filter(is_published=False)) == []
    assert listed(Rating.objects.filter(reviewed_on=None)) == []


def test_a_verdict_is_a_few_words_and_a_rationale_more() -> None:
    ratings = Rating.objects.all()
    assert [str(rating) for rating in ratings if len(rating.verdict) > 80] == []
    assert [str(rating) for rating in ratings if len(rating.rationale) <= len(rating.verdict)] == []


def test_a_score_lies_within_the_readings_that_it_rests_on() -> None:
    outside = [
        f"{rating}: {rating.score}, read as {readings}"
        for rating in Rating.objects.select_related("framework", "criterion")
        if (readings := readings_behind(rating)) and not readings[0] <= rating.score <= readings[-1]
    ]
    assert outside == []


def readings_behind(rating: Rating) -> list[int]:
    claims = Claim.objects.behind(rating.framework, rating.criterion)
    return sorted(claim.reading for claim in claims if claim.reading is not None)


def test_every_cell_with_readings_of_the_three_is_rated() -> None:
    unrated = [
        (framework.slug, criterion.slug)
        for framework in Framework.objects.filter(slug__in=MAJOR)
        for criterion in Criterion.objects.scored()
        if Claim.objects.behind(framework, criterion).exclude(reading=None).exists()
        and not Rating.objects.filter(framework=framework, criterion=criterion).exists()
    ]
    assert unrated == []


# Traits and relations


def test_every_trait_and_relation_has_a_claim_about_its_framework() -> None:
    for model in (Trait, Relation):
        unfounded = [
            str(fact)
            for fact in model.objects.all()
            if not fact.claims.filter(framework__in=[fact.framework, getattr(fact, "other", None)]).exists()
        ]
        assert unfounded == []


def test_every_facet_value_is_had_by_some_framework() -> None:
    assert listed(FacetValue.objects.filter(traits=None)) == []


def test_every_framework_is_of_a_kind() -> None:
    assert slugs(Framework.objects.exclude(traits__value__facet__slug="kind")) == []


# Disagreements


def sources_of(disagreement: Disagreement) -> Counter[str]:
    """How many of its claims each source makes."""
    return Counter(disagreement.claims.values_list("source__key", flat=True))


def test_every_disagreement_is_there_with_all_who_take_part() -> None:
    rows = (line.split("|") for line in DISAGREEMENTS.strip().splitlines())
    expected = {slug.strip(): set(keys.split()) for slug, keys in rows}
    assert len(expected) == 22
    assert {entry.slug: set(sources_of(entry)) for entry in Disagreement.objects.all()} == expected


def test_each_source_contradicts_itself_once() -> None:
    entries = Disagreement.objects.filter(kind__in=["within", "both"])
    assert slugs(entries) == sorted(INSIDE)
    assert {entry.slug: sources_of(entry)[INSIDE[entry.slug]] >= 2 for entry in entries} == dict.fromkeys(
        INSIDE, True
    )


def test_they_stand_in_an_order() -> None:
    assert list(Disagreement.objects.values_list("position", flat=True)) == list(range(1, 23))


def test_disagreements_about_a_score_show_in_the_readings() -> None:
    disputed = set(Rating.objects.published().disputed().values_list("framework__slug", "criterion__slug"))
    assert {
        ("django", "async-support"),
        ("django", "learning-curve"),
        ("django", "performance"),
        ("fastapi", "community-ecosystem"),
        ("flask", "community-ecosystem"),
        ("flask", "development-speed"),
        ("flask", "performance"),
    } <= disputed


# How its pages are found


def test_every_page_has_a_title_and_a_description_of_its_own_that_fit_into_a_list_of_results(
    client: Client,
) -> None:
    """All of the sitemap but the histories of cells and most of the pairs, of which there are hundreds alike."""
    listed = re.findall("<loc>[^<]*?//[^/]+(/[^<]*)</loc>", client.get("/sitemap.xml").content.decode())
    pairs = [path for path in listed if path.startswith("/compare/") and path != "/compare/"]
    paths = [path for path in listed if path not in pairs and not path.endswith("/history/")] + pairs[:3]
    assert len(paths) > 100
    heads = {path: read(client.get(path).content).one("head") for path in paths}
    titles = {path: head.one("title").text for path, head in heads.items()}
    descriptions = {path: head.one("meta[name=description]")["content"] for path, head in heads.items()}
    assert {path: title for path, title in titles.items() if not 15 <= len(title) <= 75} == {}
    assert {path: text for path, text in descriptions.items() if not 50 <= len(text) <= 210} == {}
    for said in (titles, descriptions):
        assert [text for text, count in Counter(said.values()).items() if count > 1] == []
