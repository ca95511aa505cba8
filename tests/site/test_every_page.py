"""What holds for every page of the site: each is read once, and every invariant is tried on it."""

import pytest
from django.test import Client

from tests.invariants import EVERYWHERE_AND_DESK, PUBLIC, Invariant, Visit, broken
from tests.pages import ERRORS, EVERYWHERE, PAGES


@pytest.fixture(scope="module")
def visits(world: None) -> list[Visit]:
    """Every public page, those for what is not there, and the desk's front door."""
    client = Client()
    htmx = {"HX-Request": "true"}
    paths = [*EVERYWHERE, "/admin/login/"]
    return [Visit(path, client.get(path), client.get(path, headers=htmx)) for path in paths]


# The tests


@pytest.mark.django_db
@pytest.mark.parametrize("invariant", PUBLIC, ids=lambda invariant: invariant.__name__)
def test_every_public_page_satisfies_invariant(visits: list[Visit], invariant: Invariant) -> None:
    lines = broken(invariant, [visit for visit in visits if not visit.path.startswith("/admin/")])
    assert not lines, "\n".join(lines)


@pytest.mark.django_db
@pytest.mark.parametrize("invariant", EVERYWHERE_AND_DESK, ids=lambda invariant: invariant.__name__)
def test_every_page_satisfies_invariant(visits: list[Visit], invariant: Invariant) -> None:
    lines = broken(invariant, visits)
    assert not lines, "\n".join(lines)


@pytest.mark.django_db
def test_every_page_returns_expected_status(visits: list[Visit]) -> None:
    found = {visit.path: visit.response.status_code for visit in visits}
    assert found == {**dict.fromkeys(PAGES.values(), 200), **dict(ERRORS.values()), "/admin/login/": 200}


@pytest.mark.django_db
def test_every_error_page_is_noindex(visits: list[Visit]) -> None:
    errors = [visit for visit in visits if visit.response.status_code >= 400]
    assert len(errors) == len(ERRORS)
    assert {visit.page.one("meta[name=robots]")["content"] for visit in errors} == {"noindex"}


@pytest.mark.django_db
def test_every_page_has_unique_title_and_description(visits: list[Visit]) -> None:
    paths = {path for path in PAGES.values() if "?" not in path}
    pages = [visit.page for visit in visits if visit.path in paths]
    assert len({page.one("head title").text for page in pages}) == len(paths)
    assert len({page.one("meta[name=description]")["content"] for page in pages}) == len(paths)
