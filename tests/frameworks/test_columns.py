"""Columns of numbers: every row of a table comes in one row of the database."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from frameworks.columns import read_rows, rows_of
from frameworks.models import Claim, Framework
from tests.factories import make_claim, make_criterion, make_framework

FIELDS = ("framework_id", "criterion_id", "joint_criterion_id", "reading")


@pytest.mark.both
@pytest.mark.django_db
def test_rows_have_the_fields_of_each_row_and_0_for_null(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    framework, criterion, joint = make_framework(), make_criterion(), make_criterion()
    make_claim(framework=framework, criterion=criterion, reading=3)
    make_claim(framework=framework, criterion=criterion, joint_criterion=joint, reading=None)
    make_claim(framework=None, criterion=joint, reading=5)
    with django_assert_num_queries(1):
        rows = read_rows(Claim.objects.all(), *FIELDS)
    assert sorted(rows.tolist()) == [
        [0, joint.pk, 0, 5],
        [framework.pk, criterion.pk, 0, 3],
        [framework.pk, criterion.pk, joint.pk, 0],
    ]


@pytest.mark.both
@pytest.mark.django_db
def test_many_rows_come_in_one_row_of_the_database() -> None:
    """Other threads run at every row that is fetched, and have to be waited for."""
    for _ in range(20):
        make_framework()
    frameworks = Framework.objects.all()
    with connection.execute_wrapper(_one_row):
        rows = read_rows(frameworks, "pk")
    assert sorted(rows[:, 0]) == sorted(framework.pk for framework in frameworks)


def _one_row(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Execute a query, having checked that it returns a single row."""
    execute(f"SELECT count(*) FROM ({sql}) AS counted", params, many, context)  # noqa: S608 - our own query
    assert context["cursor"].fetchone() == (1,)
    return execute(sql, params, many, context)


@pytest.mark.both
@pytest.mark.django_db
def test_no_rows_have_columns_all_the_same() -> None:
    assert read_rows(Claim.objects.all(), *FIELDS).shape == (0, 4)
    assert read_rows(Claim.objects.none(), *FIELDS).shape == (0, 4)
    assert rows_of([], 3).shape == (0, 3)


def test_tuples_become_rows() -> None:
    assert rows_of(iter([(1, 2), (3, 4)]), 2).tolist() == [[1, 2], [3, 4]]
