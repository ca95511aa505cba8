"""`manage.py make_topic`: what it makes is accepted by every rule, shown by every page, and the same each time."""

import re
from collections import Counter
from html import unescape
from io import StringIO
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from benchmarks.topic import words
from benchmarks.topic.making import BATCH, NotEmpty, Size, make
from frameworks.models import (
    Claim,
    Criterion,
    CriterionGroup,
    Facet,
    FacetValue,
    Framework,
    Rating,
    RecordState,
    Revision,
    Source,
    Trait,
)
from frameworks.models.schema import state_of
from frameworks.verification import departures
from tests import factories

SMALL = Size(frameworks=6, criteria=8, rated=5)
KINDS = (CriterionGroup, Criterion, Facet, FacetValue, Framework, Source, Claim, Rating, Trait)


@pytest.fixture
def topic(db: None) -> Counter[str]:
    return make(SMALL)


@pytest.mark.both
@pytest.mark.usefixtures("topic")
def test_topic_satisfies_every_validator_and_constraint() -> None:
    for kind in KINDS:
        for fact in kind.objects.all():
            fact.full_clean()
    assert all(trait.claims.exists() for trait in Trait.objects.all())
    assert list(departures(Rating.objects.select_related("framework", "criterion"))) == []
    connection.check_constraints()


@pytest.mark.both
def test_topic_has_as_many_facts_as_it_says(topic: Counter[str]) -> None:
    kinds = {str(kind._meta.verbose_name_plural): kind.objects.count() for kind in KINDS}
    assert topic.items() & kinds.items() == {(name, kinds[name]) for name in topic if name in kinds}
    assert (Framework.objects.count(), Criterion.objects.scored().count()) == (6, 8)
    assert Rating.objects.published().count() == Rating.objects.count() > 6
    assert Claim.objects.in_unrated_cells().exists()


@pytest.mark.both
def test_topic_moves_the_mark_of_the_record_by_one_revision(db: None) -> None:
    before = RecordState.objects.mark()
    make(SMALL)
    assert RecordState.objects.mark() != before
    assert [revision.reason for revision in Revision.objects.all()] == [
        "Topic made by chance: 6 × 8, 5 rated; seed 1."
    ]


@pytest.mark.both
@pytest.mark.usefixtures("topic")
def test_topic_can_be_edited_and_added_to() -> None:
    factories.make_rating(
        framework=factories.make_framework(), criterion=Criterion.objects.scored()[0], is_published=False
    )
    factories.make_claim(framework=Framework.objects.all()[0])


@pytest.mark.usefixtures("topic")
def test_every_page_of_a_topic_answers() -> None:
    client = Client()
    parts = _places(client, "/sitemap.xml")
    addresses = [address for part in parts for address in _places(client, part)]
    assert len(addresses) > 6 + 8
    pair = [framework.slug for framework in Framework.objects.all()[:2]]
    slugs = "-vs-".join(pair)
    others = ["/search/?q=routing", f"/compare/{slugs}/", "/matrix.csv", "/api/v1/matrix", "/changes.atom"]
    wrong = {
        address: status
        for address in [*addresses, *others]
        if (status := client.get(address).status_code) != 200
    }
    assert wrong == {}


def _places(client: Client, address: str) -> list[str]:
    """Return the addresses that a sitemap, or its index, names."""
    text = client.get(address).content.decode()
    return [unescape(part.split("<", 1)[0]) for part in text.split("<loc>")[1:]]


def contents() -> list[object]:
    return [[state_of(fact) for fact in kind.objects.order_by("pk")] for kind in KINDS]


@pytest.mark.django_db
def test_topic_is_the_same_for_the_same_seed() -> None:
    def made(seed: int) -> list[object]:
        make(SMALL, seed=seed)
        made = contents()
        for kind in reversed(KINDS):
            kind.objects.all().delete()
        Revision.objects.all().delete()
        return made

    first, again, other = made(1), made(1), made(2)
    assert first == again
    assert first != other


@pytest.mark.django_db
def test_topic_is_refused_where_there_are_facts() -> None:
    factories.make_group()
    with pytest.raises(NotEmpty):
        make(SMALL)
    with pytest.raises(CommandError, match="The database holds facts already"):
        call_command("make_topic")
    assert not Framework.objects.exists()


@pytest.mark.django_db
def test_make_topic_says_what_it_has_made() -> None:
    out = StringIO()
    call_command("make_topic", "--frameworks", "4", "--criteria", "3", "--rated", "3", stdout=out)
    assert re.match(r"Made in \d+ s: 4 frameworks, 4 sources, ", out.getvalue())
    assert "12 ratings" in out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize("option, value", [("frameworks", "0"), ("criteria", "1001"), ("rated", "-1")])
def test_make_topic_rejects_options_out_of_range(option: str, value: str) -> None:
    with pytest.raises(CommandError, match=f"--{option} takes "):
        call_command("make_topic", f"--{option}", value)


@pytest.mark.django_db
def test_topic_larger_than_a_batch_is_sparse_and_unevenly_known() -> None:
    make(Size(frameworks=BATCH + 1, criteria=20, rated=4))
    rated = Counter(Rating.objects.order_by().values_list("framework", flat=True)).values()
    assert Framework.objects.count() == BATCH + 1
    assert 3.5 < sum(rated) / (BATCH + 1) < 4.5
    assert min(rated) == 1
    assert max(rated) > 12


def test_framework_names_differ_however_many_there_are() -> None:
    numbers = [*range(5_000), *range(words.NAMES, words.NAMES + 5_000)]
    names = {words.framework_name(number, 1) for number in numbers}
    assert len(names) == len({words.slug_of(name) for name in names}) == 10_000


def test_criterion_names_differ_however_many_there_are() -> None:
    worded = [words.criterion_words(number) for number in range(300)]
    assert len({criterion.name for criterion in worded}) == 300
    assert max(len(criterion.short_name) for criterion in worded) <= 24


def test_taglines_fit_their_column() -> None:
    chance = Random(1)  # noqa: S311 - the same at every run
    every = list(words.FACETS[0].values)
    assert words.tagline([], chance).startswith("Web framework for ")
    assert all(len(words.tagline(every, chance)) <= 100 for _ in range(50))
