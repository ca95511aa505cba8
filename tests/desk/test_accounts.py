"""Accounts and groups: the stock pages take any address, and who has written is switched off, not deleted."""

from itertools import cycle

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import Group, User
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from frameworks.models import Revision
from frameworks.record import revisions
from frameworks.record.revisions import Author
from frameworks.roles import create_roles
from tests import factories
from tests.desk.reading import form_on, text_of
from tests.desk.signing_in import sign_in
from tests.hostile import IN_TURN
from tests.html import read

pytestmark = pytest.mark.django_db

USERS, GROUPS, ATTEMPTS = "/admin/auth/user/", "/admin/auth/group/", "/admin/axes/accessattempt/"
LISTS = [USERS, GROUPS, ATTEMPTS]
PARAMETERS = (
    "q p o e all is_staff__exact is_superuser__exact is_active__exact groups__id__exact groups__id__in name "
    "permissions__id__exact username__exact attempt_time__year attempt_time__gte path_info locked_out "
    "_facets _popup _to_field _changelist_filters nonsense"
).split()


@pytest.fixture
def root() -> Client:
    AccessAttempt.objects.create(username="ada", failures_since_start=1)
    return sign_in(User.objects.create_superuser("root"))


# Any address gets an answer


@pytest.mark.slow
@pytest.mark.parametrize("values", IN_TURN)
@pytest.mark.parametrize("url", LISTS)
def test_account_lists_accept_any_parameter(root: Client, url: str, values: list[str]) -> None:
    for name, value in zip(PARAMETERS, cycle(values), strict=False):
        response = root.get(url, {name: value}, follow=True)
        assert response.status_code in (200, 400), name
        assert b"<h1" in response.content
    assert root.get(url, {"q": "x" * 60_000}).status_code == 200


def test_account_lists_report_invalid_parameters(root: Client) -> None:
    refused = root.get(USERS, {"groups__id__exact": "9" * 30})
    assert refused.status_code == 400
    assert "That address was not understood" in text_of(refused)
    assert "Show all users" in text_of(refused)
    assert "Null characters are not allowed." in text_of(root.get(USERS, {"q": "\0"}))


@pytest.mark.both
@pytest.mark.parametrize("value", ["\0", "9" * 30, "abc"])
def test_account_lists_reject_invalid_selection(root: Client, value: str) -> None:
    for url in LISTS:
        for action in ("delete_selected", "turn_two_factor_off"):
            sent = {"_selected_action": [value], "action": action, "index": "0", "post": "yes"}
            assert root.post(url, sent).status_code == 400


@pytest.mark.both
@pytest.mark.parametrize("page", ["change", "delete", "history", "password"])
@pytest.mark.parametrize("pk", ["%00", "9" * 30, "abc", "_5F"])
def test_account_pages_handle_invalid_ids(root: Client, page: str, pk: str) -> None:
    for url in [USERS] if page == "password" else LISTS:
        for response in (root.get(f"{url}{pk}/{page}/", follow=True), root.post(f"{url}{pk}/{page}/", {})):
            assert response.status_code in (200, 302, 404)


@pytest.mark.slow
@pytest.mark.parametrize("values", [*IN_TURN, pytest.param(["9" * 19], id="beyond 64 bits")])
def test_account_forms_handle_any_input(root: Client, values: list[str]) -> None:
    group = Group.objects.create(name="Readers")
    user = User.objects.create_user("ada", password="correct horse")
    for url in (f"{USERS}{user.pk}/change/", f"{GROUPS}{group.pk}/change/", f"{USERS}add/", f"{GROUPS}add/"):
        clean = form_on(root.get(url))
        names = {*clean, "groups", "user_permissions", "permissions"} - {"csrfmiddlewaretoken"}
        for name, value in zip(sorted(names), cycle(values), strict=False):
            assert root.post(url, {**clean, name: [value]}).status_code in (200, 302, 400), (url, name)
        assert root.get(url, dict.fromkeys(clean, values[0])).status_code in (200, 400)


def test_user_admin_creates_account_and_assigns_group(root: Client) -> None:
    create_roles()
    new = {
        "username": "eve",
        "password1": "correct horse",
        "password2": "correct horse",
        "usable_password": "true",
    }
    made = root.post(f"{USERS}add/", new, follow=True)
    assert "was added successfully" in text_of(made)
    eve, editors = User.objects.get(username="eve"), Group.objects.get(name="Editors")
    changed = form_on(root.get(f"{USERS}{eve.pk}/change/"), is_staff="on", groups=[editors.pk])
    assert root.post(f"{USERS}{eve.pk}/change/", changed).status_code == 302
    assert list(User.objects.get(username="eve", is_staff=True).groups.all()) == [editors]


def test_user_admin_says_what_is_missing_for_the_desk(root: Client) -> None:
    create_roles()
    eve, editors = User.objects.create_user("eve"), Group.objects.get(name="Editors")
    url, writers = f"{USERS}{eve.pk}/change/", Group.objects.create(name="Writers")
    writers.permissions.set(editors.permissions.all())

    def saved(**changes: object) -> str:
        return text_of(root.post(url, form_on(root.get(url), **changes), follow=True))

    assert "cannot work" not in saved(first_name="Eve")
    page = saved(groups=[writers.pk], is_active=None)
    assert (
        "Eve cannot work at the desk yet. Tick “Active”. Tick “Staff status”, which signing in needs. Set a"
        in page
    )
    eve.set_password("correct horse")
    eve.save(update_fields=["password"])
    assert "Eve cannot work at the desk yet. Tick “Active”." in saved(groups=[editors.pk])
    assert "cannot work" not in saved(is_active="on")
    assert "Add it to one of the groups Editors or Reviewers" in saved(groups=[])


# Who has written stays


@pytest.fixture
def writer() -> User:
    user = factories.make_editor(username="ada")
    rating = factories.make_rating()
    rating.verdict = "Ada’s"
    revisions.save(rating, by=Author.editor(user), reason="Because.", seen=1)
    return user


def test_user_deletion_is_refused_for_authors_of_revisions(root: Client, writer: User) -> None:
    url = f"{USERS}{writer.pk}/delete/"
    for response in (root.get(url), root.post(url, {"post": "yes"})):
        page = read(response.content).one("#content")
        assert "An account that has made changes cannot be deleted" in page.text
        assert page.texts("ul li") == ["ada: 1 revision"]
        assert "untick “Active” on its page" in page.text
        assert page.all("form") == []
    assert User.objects.filter(pk=writer.pk).exists()
    assert Revision.objects.filter(author=writer).count() == 1


def test_user_bulk_deletion_is_refused_when_any_account_has_revisions(root: Client, writer: User) -> None:
    idle = User.objects.create_user("idle")
    sent = {"action": "delete_selected", "_selected_action": [writer.pk, idle.pk]}
    for response in (root.post(USERS, sent), root.post(USERS, {**sent, "post": "yes"})):
        assert "An account that has made changes cannot be deleted" in text_of(response)
    assert User.objects.filter(username__in=["ada", "idle"]).count() == 2


def test_user_deletion_removes_accounts_without_revisions(root: Client) -> None:
    idle = User.objects.create_user("idle")
    assert "Are you sure" in text_of(root.get(f"{USERS}{idle.pk}/delete/"))
    root.post(f"{USERS}{idle.pk}/delete/", {"post": "yes"})
    assert not User.objects.filter(username="idle").exists()
    second = User.objects.create_user("idle")
    root.post(USERS, {"action": "delete_selected", "_selected_action": [second.pk], "post": "yes"})
    assert not User.objects.filter(username="idle").exists()


def test_user_list_query_count_is_constant(
    root: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # The session, the account; the filter's groups; how many there are, how many of all, and the accounts.
    queries = 6
    for _ in range(2):
        with django_assert_num_queries(queries):
            root.get(USERS)
        User.objects.create_user(f"more-{User.objects.count()}")
        User.objects.create_user(f"more-{User.objects.count()}")
