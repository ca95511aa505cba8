"""An editor’s session with a database of which the n-th call fails: what is said to be saved is, and nothing else."""

import errno
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.utils import timezone

from desk.interrupted import Outcome
from frameworks.models import (
    Criterion,
    EditorProfile,
    Framework,
    LinkCheck,
    Proposal,
    Rating,
    Revision,
    Upload,
)
from tests import factories
from tests.desk.acting import GRID, changed_cell, edit
from tests.desk.reading import change_url, form_on, last_revision, list_url, text_of
from tests.faults import failing, failing_files, steps
from tests.frameworks.tables.importing import exported, file, upload
from tests.html import read

pytestmark = pytest.mark.both

#: A request that writes: its address and what is posted.
Post = tuple[str, dict[str, Any]]
#: How many of the calls of a request fail in turn.
CALLS = 5


def form(client: Client, rating: Rating) -> Post:
    return change_url(rating), form_on(client.get(change_url(rating)), verdict="Mine", reason="Read again.")


def rows(client: Client, rating: Rating) -> Post:
    url = list_url(Rating)
    return url, edit(client.get(url), {rating: {"verdict": "Mine"}})


def action(client: Client, rating: Rating) -> Post:
    row = f"{rating.pk}:{rating.version}:{rating.key_text}"
    return list_url(Rating), {"row": row, "action": "unpublish", "reason": "Read again.", "confirmed": "1"}


def grid(client: Client, rating: Rating) -> Post:
    changes = {"reason": "Read again.", "ratings": [changed_cell(rating, verdict="Mine")], "claims": []}
    return GRID, {"changes": json.dumps(changes)}


def table(client: Client, rating: Rating) -> Post:
    named = (rating.framework.slug, rating.criterion.slug)
    [row] = [each for each in exported("rating") if (each["framework"], each["criterion"]) == named]
    return upload(client, "rating", file([{**row, "verdict": "Mine"}])), {"reason": "From the table."}


def undoing(client: Client, rating: Rating) -> Post:
    client.post(*form(client, rating))
    url = f"/admin/frameworks/revision/changeset/{last_revision(rating).changeset}/undo/"
    return url, form_on(client.get(url), reason="A mistake.")


def restoring(client: Client, rating: Rating) -> Post:
    client.post(*form(client, rating))
    url = f"/admin/frameworks/revision/{Revision.objects.of(rating).get(version=1).pk}/restore/"
    return url, form_on(client.get(url), reason="It was right.")


def order(client: Client, rating: Rating) -> Post:
    factories.make_criterion()
    url = list_url(Criterion)
    moved = {"form-0-position": "9", "form-1-position": "8"}
    return url, form_on(client.get(url), reason="In this order.", _save="Save", **moved)


def retiring(client: Client, rating: Rating) -> Post:
    row = f"{rating.framework.pk}:{rating.framework.version}:{rating.framework.slug}"
    return list_url(Framework), {"row": row, "action": "retire", "reason": "Nobody maintains it."}


def account(client: Client, rating: Rating) -> Post:
    User.objects.filter(username="ada").update(is_superuser=True)
    word = "correct horse"
    user = {"username": "new", "password1": word, "password2": word, "usable_password": "true"}
    return "/admin/auth/user/add/", {**user, "groups": factories.make_proposer().groups.get().pk}


def profile(client: Client, rating: Rating) -> Post:
    return "/admin/profile/", {"public_name": "Ada L."}


def links(client: Client, rating: Rating) -> Post:
    factories.make_source(url="http://127.0.0.1:1/")  # of this machine, which is not asked
    return "/admin/frameworks/linkcheck/run/", {"since": timezone.now().isoformat()}


def upload_of(client: Client, rating: Rating) -> Post:
    return f"{list_url(Rating)}import/", {"file": file(exported("rating"))}


FLOWS: list[Callable[[Client, Rating], Post]] = [form, rows, action, grid, table]
#: What changes no content, or cannot be proposed, or is written by the code of another.
OTHERS = [undoing, restoring, order, retiring, account, profile, links, upload_of]
#: What leads on without a message.
SILENT = {links, upload_of}


def recorded() -> list[int]:
    return [
        kind._default_manager.count()
        for kind in (Revision, Proposal, User, LogEntry, EditorProfile, LinkCheck, Upload)
    ]


def said_to_be_saved(client: Client, response: Any) -> bool | None:
    """What the answer to a form says of it, the page after it included; None if it says that this is not certain."""
    if response.status_code == 302:
        return bool(read(client.get(response["Location"]).content).all(".messagelist .success"))
    if response["Content-Type"].startswith("application/json"):
        answer = response.json()
        error = answer.get("error")
        if not error:
            return any(outcome["outcome"] == "saved" for outcome in answer["outcomes"])
        return bool(error == Outcome.SAVED.value)
    words = text_of(response)
    assert "at the same moment" not in words
    if Outcome.SAVED.value in words:
        return True
    is_uncertain = any(each.value in words for each in (Outcome.PARTLY, Outcome.UNKNOWN, Outcome.UNCERTAIN))
    return None if is_uncertain else False


@pytest.mark.django_db
@pytest.mark.parametrize(
    "editor, flow",
    [*((editor, flow) for editor in ("ada", "eve") for flow in FLOWS), *(("ada", flow) for flow in OTHERS)],
)
def test_what_is_said_to_be_saved_is_saved_whichever_call_of_the_database_fails(
    request: pytest.FixtureRequest, editor: str, flow: Callable[[Client, Rating], Post]
) -> None:
    client: Client = request.getfixturevalue(editor)
    client.raise_request_exception = False
    url, posted = flow(client, factories.make_rating())
    ContentType.objects.get_for_models(Criterion, Framework, User)  # kept in memory from the first time on
    headers = {"Accept": "application/json"} if flow is grid else {}
    before = recorded()
    count = None
    for nth in (0, *range(1, CALLS + 1)):
        with transaction.atomic():
            at = 0 if count is None else steps(count, CALLS)[nth - 1]
            if flow is upload_of:
                posted["file"].seek(0)
            with failing(at) as faults:
                response = client.post(url, posted, headers=headers)
            if count is None:
                count = faults.calls
                assert recorded() > before, text_of(response)
            transaction.set_rollback(False)  # what is written outside a transaction is one for itself
            assert faults.has_failed == (at > 0)
            assert response.status_code != 500, at
            is_saved = recorded() > before
            is_silent = flow in SILENT and response.status_code == 302
            said = is_silent or said_to_be_saved(client, response)
            assert said in {None, is_saved}, (at, text_of(response))
            if response.status_code == 503 and not said and flow not in {grid, account, upload_of}:
                typed, words = form_on(response), posted.keys() & {"reason", "public_name"}
                assert {name: typed[name] for name in words} == {
                    name: _listed(posted[name]) for name in words
                }
            transaction.set_rollback(True)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value


# The commit


class Commit:
    """Stands in for the commit of the connection: fails before it, or after it as where its answer is lost."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, is_lost: bool) -> None:
        wrapper: Any = connection
        self.commit, self.is_lost, self.has_failed = wrapper._commit, is_lost, False
        monkeypatch.setattr(connection, "_commit", self)

    def __call__(self) -> None:
        if self.has_failed or self.is_lost:
            self.commit()
        if not self.has_failed:
            self.has_failed = True
            raise OperationalError("the connection was lost")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_lost", [False, True])
def test_commit_that_fails_is_told_as_what_it_was(
    ada: Client, monkeypatch: pytest.MonkeyPatch, is_lost: bool
) -> None:
    ada.raise_request_exception = False
    rating = factories.make_rating()
    url, posted = form(ada, rating)
    commit = Commit(monkeypatch, is_lost=is_lost)
    response = ada.post(url, posted)
    assert commit.has_failed
    assert response.status_code == 503
    rating.refresh_from_db()
    assert rating.verdict == ("Mine" if is_lost else "Middling")
    words = text_of(response)
    assert (Outcome.SAVED.value in words, Outcome.NOTHING.value in words) == (is_lost, not is_lost)
    assert "changed successfully" not in words
    # Neither is it said on the next page.
    assert not read(ada.get(url).content).all(".messagelist .success")
    if is_lost:
        return
    again = ada.post(url, form_on(response))
    assert again.status_code == 302
    rating.refresh_from_db()
    assert (rating.verdict, Revision.objects.of(rating).count()) == ("Mine", 2)  # the first made it


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_lost", [False, True])
def test_commit_that_fails_elsewhere_is_told_as_what_it_was(
    ada: Client, monkeypatch: pytest.MonkeyPatch, is_lost: bool
) -> None:
    """That of an undoing above all: its page would find it done, as if by somebody else."""
    ada.raise_request_exception = False
    for flow in (undoing, restoring, order, retiring, account, profile):
        url, posted = flow(ada, factories.make_rating())
        before = recorded()
        with monkeypatch.context() as patched:
            commit = Commit(patched, is_lost=is_lost)
            response = ada.post(url, posted)
        assert (commit.has_failed, response.status_code) == (True, 503), flow
        is_saved = recorded() != before
        assert is_saved or not is_lost, flow
        assert said_to_be_saved(ada, response) in {None, is_saved}, text_of(response)
        # Neither is it said on the next page.
        assert is_saved or not read(ada.get("/admin/password_change/").content).all(".messagelist li"), flow


@pytest.mark.django_db
@pytest.mark.parametrize("flow", [links, upload_of])
def test_disk_that_is_full_or_read_only_is_named_as_the_reason(
    ada: Client, settings: Any, flow: Callable[[Client, Rating], Post]
) -> None:
    ada.raise_request_exception = False
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 0  # as with a large file, which is put aside
    url, posted = flow(ada, factories.make_rating())
    before = recorded()
    with failing_files(1, OSError(errno.ENOSPC, "No space left on device")) as faults:
        response = ada.post(url, posted)
    assert (faults.has_failed, response.status_code, recorded()) == (True, 503, before)
    assert Outcome.NO_FILES.value in text_of(response)
    assert "database" not in text_of(response)


@pytest.mark.django_db
def test_database_that_stays_away_leaves_open_whether_it_was_saved(ada: Client) -> None:
    """The form can be opened again with what was typed."""
    ada.raise_request_exception = False
    rating = factories.make_rating()
    url, posted = form(ada, rating)
    with transaction.atomic():
        with failing(0) as counted:
            ada.post(url, posted)
        transaction.set_rollback(True)
    with transaction.atomic():
        with failing(counted.calls, for_good=True):
            response = ada.post(url, posted)
        assert Outcome.UNKNOWN.value in text_of(response)
        transaction.set_rollback(True)
    opened = ada.post(url, {**form_on(response), "_edit": "1"})
    assert form_on(opened)["verdict"] == ["Mine"]
    assert Rating.objects.get().verdict == "Middling"
    with failing(for_good=True):
        page = ada.get(url)
        signing_in = ada.post("/admin/login/", {"username": "ada", "password": "secret"})
    assert "This page is not available at the moment" in text_of(page)
    assert "secret" not in signing_in.content.decode()
