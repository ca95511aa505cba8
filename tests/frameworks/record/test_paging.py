"""Pages of long lists: each begins where the one before ends, whatever is added meanwhile."""

import pytest
from django.http import QueryDict
from pytest_django import DjangoAssertNumQueries

from frameworks.models import Source
from frameworks.record.paging import NO_PAGE, KeysetPage, page_of
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def numbers(page: KeysetPage[Source]) -> list[int]:
    return [int(source.title) for source in page.rows]


def shown(query: str = "", size: int = 3) -> KeysetPage[Source]:
    return page_of(Source.objects.all(), QueryDict(query), size)


@pytest.fixture
def ten() -> None:
    for number in range(10):
        factories.make_source(title=str(number), short_name=f"Source {number}")


def test_pages_lead_to_the_oldest_and_back(ten: None) -> None:
    pages = [shown()]
    while pages[-1].older:
        pages.append(shown(f"before={pages[-1].older}"))
    assert [numbers(page) for page in pages] == [[9, 8, 7], [6, 5, 4], [3, 2, 1], [0]]
    assert (pages[0].before, pages[0].newer) == ("", "")
    back = shown(f"after={pages[3].newer}")
    assert back == pages[2]
    assert shown(f"after={pages[2].newer}") == pages[1]
    assert shown(f"after={pages[1].newer}") == pages[0]


def test_page_stays_when_rows_are_added(ten: None) -> None:
    second = f"before={shown().older}"
    before = shown(second)
    factories.make_source(title="10", short_name="New")
    assert shown(second) == before
    # The newest page is always full.
    assert numbers(shown(f"after={before.newer}")) == [9, 8, 7]
    assert numbers(shown(f"after={shown().rows[0].pk}")) == [10, 9, 8]


@pytest.mark.parametrize(
    "query",
    [
        "before=x",
        "before=%00",
        "before=-1",
        "after=1.5",
        f"before={'9' * 5000}",
        f"after={2**63}",
        "before=0",
    ],
)
def test_page_that_does_not_exist_is_the_newest_with_a_notice(ten: None, query: str) -> None:
    page = shown(query)
    assert numbers(page) == [9, 8, 7]
    assert page.notices == (NO_PAGE,)


def test_empty_list_has_one_empty_page() -> None:
    assert shown() == KeysetPage([])


def test_page_needs_one_query_and_the_newest_in_place_of_another_two(
    ten: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    middle = Source.objects.get(title="5").pk
    for query, count in (("", 1), (f"before={middle}", 1), (f"after={middle}", 1), ("before=1", 2)):
        with django_assert_num_queries(count):
            shown(query)
