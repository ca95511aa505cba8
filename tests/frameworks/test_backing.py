"""A published rating has a claim: what is said over facts at hand, what queries find, and what the database refuses."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from frameworks import backing
from frameworks.models import Claim, Criterion, Framework, Rating
from tests.database import execute
from tests.factories import make_claim, make_criterion, make_framework, make_rating

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
    """Cells with a claim of their own, with a joint one, with both, and with none. Another claim is a general one."""
    frameworks, criteria = [make_framework(), make_framework()], [make_criterion(), make_criterion()]
    first, second = criteria
    make_claim(framework=frameworks[0], criterion=first)
    make_claim(framework=frameworks[0], criterion=first, joint_criterion=second)
    make_claim(framework=frameworks[1], criterion=second)
    make_claim(framework=None, criterion=first, joint_criterion=second)
    return frameworks, criteria


def moves(claim: Claim) -> Iterator[Claim | None]:
    """The claim in every other place, and deleted."""
    frameworks = [*Framework.objects.all(), None]
    criteria = list(Criterion.objects.order_by("pk"))
    for framework, criterion, joint in product(frameworks, criteria, [*criteria, None]):
        if joint != criterion:
            moved = Claim.objects.get(pk=claim.pk)
            moved.framework, moved.criterion, moved.joint_criterion = framework, criterion, joint
            yield moved
    yield None


def test_is_backed_agrees_with_queries_and_trigger(cells: tuple[list[Framework], list[Criterion]]) -> None:
    claims = backing.claims_by_cell()
    outcomes = set()
    for framework, criterion in product(*cells):
        rating = make_rating(framework=framework, criterion=criterion, is_published=False)
        assert backing.is_backed(rating, claims)
        rating.is_published = True
        publish = "UPDATE frameworks_rating SET is_published = %s WHERE id = %s"
        is_backed = backing.is_backed(rating, claims)
        assert is_backed is Claim.objects.behind(framework, criterion).exists()
        assert is_refused(publish, True, rating.pk) is not is_backed
        outcomes.add(is_backed)
    assert outcomes == {True, False}


def test_left_bare_agrees_with_queries_and_trigger(cells: tuple[list[Framework], list[Criterion]]) -> None:
    claims = backing.claims_by_cell()
    for framework, criterion in product(*cells):
        if claims[framework.pk, criterion.pk]:
            make_rating(framework=framework, criterion=criterion)
    published = backing.published_cells()
    assert len(published) == 3
    outcomes = set()
    for claim in Claim.objects.all():
        for after in moves(claim):
            bare = backing.left_bare(claim, after, claims, published)
            resting = backing.resting_on(claim, after)
            assert {(rating.framework_id, rating.criterion_id) for rating in resting} == bare
            if after is None:
                refused = is_refused("DELETE FROM frameworks_claim WHERE id = %s", claim.pk)
            else:
                refused = is_refused(
                    "UPDATE frameworks_claim SET framework_id = %s, criterion_id = %s, joint_criterion_id = %s "
                    "WHERE id = %s",
                    *(after.framework_id, after.criterion_id, after.joint_criterion_id, claim.pk),
                )
            assert refused is bool(bare)
            outcomes.add(refused)
    assert outcomes == {True, False}


def test_resting_on_ignores_unpublished_ratings(cells: tuple[list[Framework], list[Criterion]]) -> None:
    for framework, criterion in product(*cells):
        make_rating(framework=framework, criterion=criterion, is_published=False)
    assert Rating.objects.count() == 4
    assert not any(backing.resting_on(claim) for claim in Claim.objects.all())
