"""The matrix in pages: more frameworks than a page shows, each page a part of the same order."""

import csv
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker, Settings

from benchmarks.topic.making import Size, make
from comparisons.pages import formats
from frameworks.models import Criterion, Framework
from tests import factories
from tests.html import Element
from tests.memory import forget_everything
from tests.pages import get

pytestmark = pytest.mark.django_db

TOTAL = 120


@pytest.fixture(scope="module", autouse=True)
def topic(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """120 frameworks under 6 criteria, made once and left as they are."""
    with django_db_blocker.unblock(), transaction.atomic():
        make(Size(TOTAL, 6, 3))
        yield
        transaction.set_rollback(True)


def names(page: Element) -> list[str]:
    return page.texts(".grid tbody th.name a")


def ranks(page: Element) -> list[int]:
    return [int(rank) for rank in page.texts(".grid .rank") if rank]


def submitted(page: Element) -> dict[str, str]:
    """Return what the form of the matrix sends besides its visible controls."""
    fields = page.all("#matrix input[type=hidden]")
    return {field["name"]: field["value"] for field in fields if field["value"]}


def pages(client: Client, query: str = "") -> list[Element]:
    """Return the pages of the matrix, each reached from the one before."""
    found = [get(client, f"/?{query}")]
    while following := found[-1].all(".pages a[rel=next]"):
        found.append(get(client, following[0]["href"]))
    return found


@pytest.mark.parametrize("query", ["", "sort=name", "sort=-fit", "w-c1=10", "only=differences"])
def test_matrix_pages_are_parts_of_one_order(client: Client, query: str) -> None:
    found = pages(client, query.replace("c1", Criterion.objects.earliest("pk").slug))
    assert [len(names(page)) for page in found] == [50, 50, 20]
    every = [name for page in found for name in names(page)]
    assert sorted(every) == sorted(Framework.objects.values_list("name", flat=True))
    assert {page.one(".count b").text for page in found} == {str(TOTAL)}
    if query != "sort=-fit" and not query.startswith("sort"):
        in_order = [rank for page in found for rank in ranks(page)]
        assert in_order == sorted(in_order)
        assert in_order[0] == 1
    assert found[1].one(".pages p").text == "51 to 100 of 120"
    assert [link.text for link in found[1].all(".pages a")] == ["Previous", "1", "3", "Next"]
    assert found[1].one(".pages [aria-current=page]").text == "2"
    assert found[2].all(".pages a[rel=next]") == found[0].all(".pages a[rel=prev]") == []


def test_matrix_of_one_page_has_no_pages(client: Client) -> None:
    [one] = pages(client, f"q={Framework.objects.earliest('pk').name}")
    assert one.all(".pages") == []


def test_matrix_page_is_in_its_address_title_and_canonical_link(client: Client) -> None:
    page = get(client, "/?page=2")
    assert ", page 2 ·" in page.one("title").text
    assert page.one("link[rel=canonical]")["href"].endswith("/?page=2")
    assert get(client, "/?page=2&sort=name").one("link[rel=canonical]")["href"].endswith("/")
    assert page.all(".copy a")[0]["href"] == "/?page=2"


def test_matrix_ticks_and_opened_cells_keep_the_page_and_other_changes_leave_it(client: Client) -> None:
    page = get(client, "/?page=2")
    first, hidden = page.all(".grid tbody input[type=checkbox]")[0]["value"], submitted(page)
    ticked = client.get("/", {**hidden, "framework": first}, headers={"HX-Request": "true"})
    assert ticked["HX-Push-Url"] == f"/?framework={first}&page=2"
    assert "page=2" in page.all(".grid tbody td a")[0]["href"]
    filtered = client.get("/", {**hidden, "sort": "name"}, headers={"HX-Request": "true"})
    assert filtered["HX-Push-Url"] == "/?sort=name"
    assert not any("page=" in link["href"] for link in page.all(".heads a"))


def test_matrix_page_behind_the_last_is_left_out_and_said_so(client: Client) -> None:
    page = get(client, "/?page=4")
    assert page.texts(".notices li") == ["Page: There are only 3 pages. It was ignored."]
    assert names(page) == names(get(client, "/"))


def test_matrix_form_without_scripts_leads_to_the_page_it_was_on(client: Client) -> None:
    hidden = submitted(get(client, "/?page=3"))
    assert names(get(client, f"/?{'&'.join('='.join(item) for item in hidden.items())}")) == names(
        get(client, "/?page=3")
    )


def test_api_pages_agree_with_those_of_the_matrix(client: Client) -> None:
    address, found = "/api/v1/matrix?sort=name", []
    while address:
        answer = client.get(re.sub("^https?://[^/]+", "", address)).json()
        assert answer["total"] == TOTAL
        found.append(answer)
        address = answer["next"]
    assert [[one["name"] for one in answer["frameworks"]] for answer in found] == [
        names(page) for page in pages(client, "sort=name")
    ]
    assert found[1]["page"].endswith("/?sort=name&page=2")


def test_api_pages_of_the_matrix_go_on_after_a_framework_whatever_is_added(client: Client) -> None:
    def slugs(answer: Any) -> list[str]:
        return [one["slug"] for one in answer["frameworks"]]

    first = client.get("/api/v1/matrix?sort=name").json()
    following = client.get(re.sub("^https?://[^/]+", "", first["next"])).json()
    factories.make_framework(name="0 first", slug="first-of-all")
    again = client.get(re.sub("^https?://[^/]+", "", first["next"])).json()
    assert not set(slugs(again)) & set(slugs(first))
    assert [slug for slug in slugs(again) if slug != "first-of-all"] == slugs(following)[
        : len(slugs(again)) - 1
    ]
    # Without the framework after which it begins, the number counts.
    by_number = client.get("/api/v1/matrix?sort=name&page=2").json()
    assert slugs(client.get("/api/v1/matrix?sort=name&page=2&after=gone").json()) == slugs(by_number)


def written(client: Client, ending: str) -> str:
    response = client.get(f"/matrix.{ending}?sort=name&page=2")
    assert response.status_code == 200
    return response.getvalue().decode("utf-8-sig")


@pytest.mark.parametrize("ending", ["csv", "json", "md"])
def test_files_hold_all_pages_and_say_the_same_when_streamed(
    client: Client, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    whole = written(client, ending)
    monkeypatch.setattr(formats, "PORTION", 50)
    assert client.get(f"/matrix.{ending}").streaming
    streamed = written(client, ending)
    if ending == "json":
        document, parts = json.loads(whole), json.loads(streamed)
        # Each part has its claims in order.
        assert sorted(parts.pop("claims"), key=lambda claim: claim["key"]) == document.pop("claims")
        assert parts == document
        assert [one["name"] for one in document["frameworks"]] == everyone(client)
    else:
        assert streamed == whole
        every = everyone(client)
        if ending == "csv":
            rows = list(csv.DictReader(whole.splitlines()))
            assert list(dict.fromkeys(row["(framework name)"] for row in rows)) == every
        else:
            assert re.findall(r"^\| [\w ]+ \| \*\*(.+?)\*\*", whole, re.MULTILINE) == every


def everyone(client: Client) -> list[str]:
    return [name for page in pages(client, "sort=name") for name in names(page)]


@pytest.mark.parametrize("portion", [50, 500])
def test_file_query_count_grows_with_its_parts_only(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    portion: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    monkeypatch.setattr(formats, "PORTION", portion)
    # Two for each part: its ratings and its claims.
    with django_assert_num_queries(11 + 2 * (3 if portion == 50 else 1)):
        _ = client.get("/matrix.csv").getvalue()


def test_why_explains_the_whole_order_on_every_page(client: Client) -> None:
    first, last = (get(client, f"/?why=shown&page={page}") for page in (1, 3))
    explained: list[Any] = [page.one("section.explained").text for page in (first, last)]
    assert explained[0] == explained[1]
    assert len(last.all(".makeup-bar")) == 10


def test_pages_give_the_same_bytes_with_and_without_memory(client: Client, settings: Settings) -> None:
    first, second = Framework.objects.order_by("pk")[:2]
    weight = f"w-{Criterion.objects.earliest('pk').slug}"
    addresses = [
        *("/", "/?page=2", "/?page=3&sort=name", f"/?{weight}=9&page=2", f"/?baseline={first.slug}"),
        *(f"/?framework={first.slug}&page=2", f"/?{weight}=0&why=shown&page=3", "/?only=differences"),
        *(f"/compare/{first.slug}-vs-{second.slug}/", "/compare/?q=a&search=show", "/frameworks/?page=2"),
        *("/names/?q=a", "/api/v1/matrix?page=2", "/matrix.csv", "/matrix.md?sort=name"),
    ]

    def answers() -> list[bytes]:
        return [client.get(address).getvalue() for address in addresses]

    without = answers()
    settings.KEEP_IN_MEMORY = True
    settings.VERSION_SECONDS = 3_600
    forget_everything()
    # Made of pieces that the others have left, and then given from memory.
    assert answers() == without
    assert answers() == without
    forget_everything()
