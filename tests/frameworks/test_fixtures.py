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
    Wording,
    versioned_models,
)
from frameworks.models.schema import schema_of
from frameworks.record.seeding import fixture_files, plant
from frameworks.verification import departures, miscounted, misread
from frameworks.wordings import contradiction

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
flask-community                | 000 001 002 003
fastapi-ecosystem              | 000 001 002 003
microservices                  | 000 001 002 003
fastapi-structure              | 000 003
django-pattern                 | 001 002 003
fastapi-security               | 000 001 002
is-there-a-best-framework      | 000 001 002 003
fastapi-age                    | 000 001 002 003
flask-today                    | 000 001 002 003
which-frameworks-exist         | 000 001 002 003
"""
#: Those in which a source contradicts itself, and which source.
INSIDE = {
    "django-learning-curve": "003",
    "django-async": "002",
    "flask-development-speed": "000",
    "microservices": "001",
}

#: Lines of each source by the reason why they bear no statement on frameworks.
WITHOUT_STATEMENT: dict[str, dict[str, list[int]]] = json.loads(
    Path(__file__).with_name("lines_without_statements.json").read_text(encoding="utf-8")
)


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


@pytest.mark.parametrize("model", versioned_models().values(), ids=lambda model: str(model.__name__))
def test_fixtures_pass_model_validation(model: type[Versioned]) -> None:
    relations = schema_of(model).relations
    facts = model._default_manager.prefetch_related(
        *relations
    )  # so that all claims of a criterion share its table
    assert facts
    for fact in facts:
        # The rest the database has checked by itself.
        fact.clean_fields(exclude=set(relations))
        fact.clean()


@pytest.mark.both
def test_seed_plants_every_fixture_once() -> None:
    entries = [entry["model"].split(".")[1] for file in FILES for entry in json.loads(file.read_text())]
    assert Counter(entries) == {
        model._meta.model_name: model._default_manager.count() for model in versioned_models().values()
    }
    assert Revision.objects.count() == len(entries)


@pytest.mark.both
def test_seed_changes_nothing_the_second_time() -> None:
    assert plant(FILES) == {"unchanged": Revision.objects.count()}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.stem))
def test_fixtures_have_no_primary_keys_and_no_versions(file: Path) -> None:
    for entry in json.loads(file.read_text()):
        assert set(entry) == {"model", "fields"}
        assert "version" not in entry["fields"]


# The catalogue


def test_fixtures_publish_ten_frameworks() -> None:
    assert slugs(Framework.objects.published()) == sorted(MAJOR + MINOR)


def test_fixtures_include_every_criterion_rated_by_the_articles() -> None:
    named = {line.split("|")[0].strip() for line in COVERAGE.strip().splitlines()}
    assert named <= set(slugs(Criterion.objects.all()))
    described = {"philosophy", "architecture", "best-uses", "ideal-team", "strengths", "limits", "choosing"}
    assert slugs(Criterion.objects.filter(is_scored=False)) == sorted(described)
    assert Criterion.objects.scored().count() >= 18


def test_criterion_groups_separate_scored_from_descriptive_criteria() -> None:
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


def test_scored_criteria_have_weight_and_reading_rule() -> None:
    assert slugs(Criterion.objects.scored().filter(default_weight=0)) == []
    assert slugs(Criterion.objects.scored().filter(reading_rule="")) == []


def test_sources_have_expected_hashes_and_commercial_interests() -> None:
    assert dict(Source.objects.values_list("key", "sha256")) == SHA256
    assert {key for key in SHA256 if Source.objects.get(key=key).commercial_interest} == {"000", "003"}
    assert listed(Source.objects.filter(line_count=None)) == []


# Claims


def test_claims_reach_minimum_count_in_total_and_per_source() -> None:
    assert Claim.objects.exclude(framework=None).count() >= 330
    by_source = Counter(Claim.objects.values_list("source__key", flat=True))
    assert {key for key, count in by_source.items() if count >= 80} == set(SHA256)


def test_claim_keys_contain_source_line_framework_and_criterion() -> None:
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


def test_claim_lines_exist_in_their_source() -> None:
    assert listed(Claim.objects.filter(line__gt=F("source__line_count"))) == []


def test_claims_have_short_paraphrases_and_terms() -> None:
    assert [claim.key for claim in Claim.objects.all() if len(claim.paraphrase) > 300] == []
    assert [claim.key for claim in Claim.objects.all() if len(claim.term.split()) > 6] == []
    assert listed(Claim.objects.filter(term=F("paraphrase"))) == []


def test_claims_have_readings_only_under_scored_criteria() -> None:
    assert listed(Claim.objects.filter(criterion__is_scored=False).exclude(reading=None)) == []
    assert listed(Claim.objects.filter(joint_criterion__is_scored=False)) == []


@pytest.mark.parametrize("key", sorted(SHA256))
def test_every_line_of_an_article_is_claimed_or_bears_no_statement(key: str) -> None:
    """Those without are listed with the reason, from a reading by somebody who had not seen the claims."""
    unclaimed = [line for lines in WITHOUT_STATEMENT[key].values() for line in lines]
    claimed = set(Claim.objects.filter(source__key=key).values_list("line", flat=True))
    assert Counter([*unclaimed, *claimed]) == Counter(
        range(1, (Source.objects.get(key=key).line_count or 0) + 1)
    )


def test_claims_on_frameworks_in_general_have_no_readings() -> None:
    assert listed(Claim.objects.filter(framework=None).exclude(reading=None, wording=None)) == []


def test_factors_name_what_two_sources_say_should_be_weighed() -> None:
    factors = Claim.objects.filter(is_factor=True, criterion__is_scored=True)
    named = {
        (claim.source.key, claim.criterion.slug) for claim in factors.select_related("source", "criterion")
    }
    assert {
        *(("000", slug) for slug in ("scalability", "performance", "development-speed", "flexibility")),
        *(("000", slug) for slug in ("community-ecosystem", "security")),
        *(("001", slug) for slug in ("performance", "scalability", "built-in-features", "flexibility")),
        ("001", "development-speed"),
    } <= named
    assert {claim.framework_id for claim in factors} == {None}


def test_conditions_and_comparisons_begin_as_they_are_shown() -> None:
    conditions = Claim.objects.exclude(condition="").values_list("condition", flat=True)
    comparisons = Claim.objects.exclude(comparison="").values_list("comparison", flat=True)
    assert [
        text for text in conditions if not re.match(r"(if|for|when|while|once|as long as|with|in) ", text)
    ] == []
    assert [text for text in comparisons if not re.match(r"(than|among|beside|compared) ", text)] == []


# The table of readings


def test_claims_are_read_as_the_table_of_readings_says() -> None:
    assert list(misread(Claim.objects.cited())) == []


def test_rows_of_the_table_of_readings_agree_with_the_rubric() -> None:
    assert [
        f"{row}: {sentence}"
        for row in Wording.objects.select_related("criterion")
        for phrase in row.phrases
        if (sentence := contradiction(phrase, row.reading, row.criterion.rubric))
    ] == []


def test_rows_of_the_table_of_readings_are_all_used_and_hold_each_phrase_once() -> None:
    assert listed(Wording.objects.filter(claims=None)) == []
    phrases = Counter((row.criterion_id, phrase) for row in Wording.objects.all() for phrase in row.phrases)
    assert [phrase for phrase, count in phrases.items() if count > 1] == []


@pytest.mark.parametrize("line", COVERAGE.strip().splitlines(), ids=lambda line: str(line.split()[0]))
def test_claims_cover_expected_sources_per_framework_and_criterion(line: str) -> None:
    slug, *cells = (part.strip() for part in line.split("|"))
    criterion = Criterion.objects.get(slug=slug)
    expected = {
        (key, framework) for framework, keys in zip(MAJOR, cells, strict=True) for key in keys.split()
    }
    heard = set(Claim.objects.under(criterion).values_list("source__key", "framework__slug"))
    assert expected - heard == set()


@pytest.mark.parametrize("slug", MINOR)
def test_minor_frameworks_have_claims_but_mostly_silent_cells(slug: str) -> None:
    framework = Framework.objects.get(slug=slug)
    assert framework.claims.exists()
    scored = Criterion.objects.scored()
    heard = [criterion for criterion in scored if Claim.objects.behind(framework, criterion)]
    assert len(heard) < scored.count() / 2


# Ratings


def test_ratings_have_claims_and_scored_criteria() -> None:
    ratings = Rating.objects.select_related("framework", "criterion")
    behind = Claim.objects.behind
    assert [str(one) for one in ratings if not behind(one.framework, one.criterion).exists()] == []
    assert listed(Rating.objects.filter(criterion__is_scored=False)) == []


def test_ratings_are_published_and_reviewed() -> None:
    assert listed(Rating.objects.filter(is_published=False)) == []
    assert listed(Rating.objects.filter(reviewed_on=None)) == []


def test_ratings_have_short_verdict_and_longer_rationale() -> None:
    ratings = Rating.objects.all()
    assert [str(rating) for rating in ratings if len(rating.verdict) > 80] == []
    assert [str(rating) for rating in ratings if len(rating.rationale) <= len(rating.verdict)] == []


def test_rating_scores_follow_from_their_claims_or_say_why_they_depart() -> None:
    ratings = Rating.objects.select_related("framework", "criterion")
    assert list(departures(ratings)) == []
    assert ratings.exclude(departure="").count() <= ratings.count() / 10


def test_rationales_quote_only_terms_of_their_cell() -> None:
    assert [
        f"{rating}: “{quoted}”"
        for rating in Rating.objects.select_related("framework", "criterion")
        for terms in [
            [claim.quotable_term for claim in Claim.objects.behind(rating.framework, rating.criterion)]
        ]
        for quoted in re.findall("“([^”]+)”", rating.rationale + rating.verdict)
        if not any(quoted.casefold() in term.casefold() for term in terms)
    ] == []


def test_rationales_count_what_their_claims_bear_out() -> None:
    assert list(miscounted(Rating.objects.select_related("framework", "criterion"))) == []


def test_ratings_cover_every_cell_with_readings_of_major_frameworks() -> None:
    unrated = [
        (framework.slug, criterion.slug)
        for framework in Framework.objects.filter(slug__in=MAJOR)
        for criterion in Criterion.objects.scored()
        if Claim.objects.behind(framework, criterion).exclude(reading=None).exists()
        and not Rating.objects.filter(framework=framework, criterion=criterion).exists()
    ]
    assert unrated == []


# Traits and relations


def test_traits_and_relations_have_a_claim_about_their_framework() -> None:
    for model in (Trait, Relation):
        unfounded = [
            str(fact)
            for fact in model.objects.all()
            if not fact.claims.filter(framework__in=[fact.framework, getattr(fact, "other", None)]).exists()
        ]
        assert unfounded == []


def test_facet_values_each_apply_to_a_framework() -> None:
    assert listed(FacetValue.objects.filter(traits=None)) == []


def test_frameworks_each_have_a_kind() -> None:
    assert slugs(Framework.objects.exclude(traits__value__facet__slug="kind")) == []


# Disagreements


def sources_of(disagreement: Disagreement) -> Counter[str]:
    """How many of its claims each source makes."""
    return Counter(disagreement.claims.values_list("source__key", flat=True))


def test_disagreements_include_all_participating_sources() -> None:
    rows = (line.split("|") for line in DISAGREEMENTS.strip().splitlines())
    expected = {slug.strip(): set(keys.split()) for slug, keys in rows}
    assert len(expected) == 22
    assert {entry.slug: set(sources_of(entry)) for entry in Disagreement.objects.all()} == expected


def test_disagreements_within_a_source_occur_once_per_source() -> None:
    entries = Disagreement.objects.filter(kind__in=["within", "both"])
    assert slugs(entries) == sorted(INSIDE)
    assert {entry.slug: sources_of(entry)[INSIDE[entry.slug]] >= 2 for entry in entries} == dict.fromkeys(
        INSIDE, True
    )


def test_disagreements_have_consecutive_positions() -> None:
    assert list(Disagreement.objects.values_list("position", flat=True)) == list(range(1, 23))


def test_disagreements_about_a_score_appear_as_disputed_ratings() -> None:
    disputed = set(Rating.objects.published().disputed().values_list("framework__slug", "criterion__slug"))
    assert {
        ("django", "async-support"),
        ("fastapi", "community-ecosystem"),
        ("flask", "community-ecosystem"),
        ("flask", "development-speed"),
        ("flask", "performance"),
    } <= disputed
