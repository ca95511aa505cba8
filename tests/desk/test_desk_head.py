"""The head of the desk: what is used most in one row, and all there is in parts."""

import pytest
from django.contrib.auth.models import User

from tests import factories
from tests.desk.signing_in import sign_in
from tests.html import Element, read

pytestmark = [pytest.mark.django_db, pytest.mark.menu]

PARTS = ["What is compared", "Evidence", "Related things", "Advice", "The desk", "Accounts"]


def head(user: User, path: str = "/admin/") -> Element:
    return read(sign_in(user).get(path).content).one("#desk-nav")


def test_desk_navigation_and_front_page_list_every_section() -> None:
    client = sign_in(User.objects.create_superuser("boss"))
    page = read(client.get("/admin/").content)
    index = page.one("#desk-nav details")
    assert index.texts("p") == page.texts(".all-content h3") == PARTS
    listed = [link["href"] for link in index.all("a")]
    assert len(listed) == len(set(listed))
    assert listed == [
        link["href"] for link in page.all(".all-content a") if "add" not in link["href"].split("/")
    ]
    row = [link.text for link in page.all("#desk-nav a")][: -len(listed)]
    assert row == [
        *("Grid", "Ratings", "Claims", "Frameworks", "Criteria", "Sources"),
        *("Use cases", "Proposals", "Problem reports", "Revisions"),
    ]


def test_desk_navigation_hides_accounts_from_editors() -> None:
    assert head(factories.make_proposer(username="ada")).texts("details p") == PARTS[:-1]


def test_desk_navigation_marks_the_current_list() -> None:
    boss = User.objects.create_superuser("boss")
    for path, marked in (
        ("/admin/frameworks/claim/", ["Claims", "Claims"]),
        ("/admin/frameworks/tie/", ["Ties"]),
    ):
        assert [link.text for link in head(boss, path).all("a") if "aria-current" in link] == marked
