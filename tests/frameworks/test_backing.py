"""A published rating is backed: what is said over facts at hand, what queries find, and what the database refuses."""

from collections.abc import Iterator
from datetime import date
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from frameworks import backing
from frameworks.models import Claim, Criterion, Framework, Rating
from tests.database import execute
from tests.factories import make_claim, make_criterion, make_framework, make_rating, make_source

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def is_refused(statement: str, *values: Any) -> bool:
    """Whether the database refuses it by this rule. Nothing is written in either case."""
    refusal = ""
    try:
        with transaction.atomic():
            execute(statement, *values)
            transaction.set_rollback(True)
    except IntegrityError as error:
        refusal = str(error)
    assert not refusal or backing.CONSTRAINT in refusal
    return bool(refusal)


@pytest.fixture
def cells() -> tuple[list[Framework], list[Criterion]]:
    """Cells with a claim of their own, with a joint one, with both, and with none; read, unread, and both.

    Another claim is a general one, another of a retired source.
    """
    frameworks, criteria = [make_framework(), make_framework()], [make_criterion(), make_criterion()]
    first, second = criteria
    make_claim(framework=frameworks[0], criterion=first)
    make_claim(framework=frameworks[0], criterion=first, joint_criterion=second, reading=4)
    make_claim(framework=frameworks[1], criterion=second)
    make_claim(framework=None, criterion=first, joint_criterion=second)
    retired = make_source()
    make_claim(framework=frameworks[1], criterion=first, source=retired, reading=3)
    retired.retired_on, retired.retired_because = date(2026, 5, 1), "it is gone"
    retired.save(update_fields=["retired_on", "retired_because"])
    return frameworks, criteria


def changes(claim: Claim) -> Iterator[Claim | None]:
    """The claim in every place, read or not, and deleted."""
    frameworks = [*Framework.objects.all(), None]
    criteria = list(Criterion.objects.order_by("pk"))
    for framework, criterion, joint, reading in product(frameworks, criteria, [*criteria, None], [2, None]):
        if joint != criterion:
            changed = Claim.objects.get(pk=claim.pk)
            changed.framework, changed.criterion, changed.joint_criterion = framework, criterion, joint
            changed.reading = reading
            yield changed
    yield None


def test_is_backed_agrees_with_queries_and_trigger(cells: tuple[list[Framework], list[Criterion]]) -> None:
    evidence = backing.evidence_by_cell()
    outcomes = set()
    for framework, criterion in product(*cells):
        rating = make_rating(framework=framework, criterion=criterion, is_published=False)
        for departure in ("", "The editors have tried it."):
            rating.is_published, rating.departure = False, departure
            assert backing.is_backed(rating, evidence)
            rating.is_published = True
            statement = "UPDATE frameworks_rating SET is_published = %s, departure = %s WHERE id = %s"
            is_backed = backing.is_backed(rating, evidence)
            assert is_refused(statement, True, departure, rating.pk) is not is_backed
            execute(statement, False, departure, rating.pk)
            assert Rating.objects.backed().filter(pk=rating.pk).exists() is is_backed
            outcomes.add((is_backed, bool(departure)))
    assert len(outcomes) == 4


@pytest.mark.parametrize("departure", ["", "The editors have tried it."])
def test_left_bare_agrees_with_queries_and_trigger(
    cells: tuple[list[Framework], list[Criterion]], departure: str
) -> None:
    evidence = backing.evidence_by_cell()
    for framework, criterion in product(*cells):
        if evidence.backing((framework.pk, criterion.pk), departs=bool(departure)):
            make_rating(framework=framework, criterion=criterion, departure=departure)
    published = backing.published_cells()
    assert len(published) == (3 if departure else 2)
    outcomes = set()
    for claim in Claim.objects.select_related("source"):
        for after in changes(claim):
            evidence.replace(claim, after)
            bare = backing.left_bare(claim, after, evidence, published)
            evidence.replace(after, claim)
            resting = backing.resting_on(claim, after)
            assert {(rating.framework_id, rating.criterion_id) for rating in resting} == bare
            if after is None:
                refused = is_refused("DELETE FROM frameworks_claim WHERE id = %s", claim.pk)
            else:
                refused = is_refused(
                    "UPDATE frameworks_claim SET framework_id = %s, criterion_id = %s, joint_criterion_id = %s,"
                    " reading = %s WHERE id = %s",
                    *(after.framework_id, after.criterion_id, after.joint_criterion_id),
                    *(after.reading, claim.pk),
                )
            assert refused is bool(bare)
            outcomes.add(refused)
    assert outcomes == {True, False}


def test_resting_on_ignores_unpublished_ratings(cells: tuple[list[Framework], list[Criterion]]) -> None:
    for framework, criterion in product(*cells):
        make_rating(framework=framework, criterion=criterion, is_published=False)
    assert Rating.objects.count() == 4
    assert not any(backing.resting_on(claim) for claim in Claim.objects.all())
