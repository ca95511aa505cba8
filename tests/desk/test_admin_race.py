"""Real threads at the real database: whoever is told that it is saved finds it saved, and no work is lost."""

import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from desk.editing.edit import SAVED_BEFORE
from frameworks.models import Claim, Facet, Framework, Proposal, Rating, Revision
from frameworks.record import revisions
from frameworks.record.revisions import Author
from tests import factories
from tests.database import at_once
from tests.desk.reading import add_url, change_url, form_on, last_revision, text_of
from tests.desk.signing_in import sign_in
from tests.frameworks.tables.importing import upload

pytestmark = [pytest.mark.both, pytest.mark.slow]

RATINGS = "/admin/frameworks/rating/"
SAVED, CONFLICT = 302, 409


@pytest.fixture(autouse=True)
def _committed(transactional_db: None) -> Iterator[None]:
    """Each step commits. Ratings go first at the end: flushing empties the tables in any order."""
    yield
    Rating.objects.all().delete()


@pytest.fixture
def meeting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Holds both writers between check and write until the other is there too.

    PostgreSQL lets both come so far. On SQLite the second cannot even begin, so the first waits a moment and goes on.
    """
    barrier = threading.Barrier(2)
    write = revisions._update

    def held(*args: Any) -> None:
        with suppress(threading.BrokenBarrierError):
            barrier.wait(timeout=2 if connection.vendor == "postgresql" else 0.2)
        write(*args)

    monkeypatch.setattr(revisions, "_update", held)


def editors(count: int) -> list[Client]:
    return [sign_in(factories.make_editor(username=f"editor-{number}")) for number in range(count)]


@pytest.mark.usefixtures("meeting")
def test_rating_form_reports_conflict_for_concurrent_saves() -> None:
    rating = factories.make_rating(verdict="Before", rationale="Before.")
    url = change_url(rating)
    ada, bob = editors(2)
    forms = [
        form_on(ada.get(url), verdict="Ada’s", reason="Mine."),
        form_on(bob.get(url), rationale="Bob’s.", reason="His."),
    ]
    answers = at_once(lambda: ada.post(url, forms[0]), lambda: bob.post(url, forms[1]))
    assert sorted(answer.status_code for answer in answers) == [SAVED, CONFLICT]
    loser, page = next(
        (client, answer)
        for client, answer in zip((ada, bob), answers, strict=True)
        if answer.status_code == CONFLICT
    )
    assert loser.post(url, form_on(page, _save="1")).status_code == SAVED
    rating.refresh_from_db()
    assert (rating.verdict, rating.rationale, rating.version) == ("Ada’s", "Bob’s.", 3)
    assert Revision.objects.of(rating).count() == 3


@pytest.mark.usefixtures("meeting")
def test_rating_list_reports_conflict_for_concurrent_edits() -> None:
    rating = factories.make_rating(verdict="Before", score=3)
    ada, bob = editors(2)
    forms = [
        form_on(client.get(RATINGS), **{"form-0-verdict": verdict}, reason="At once.", _save="Save")
        for client, verdict in ((ada, "Ada’s"), (bob, "Bob’s"))
    ]
    answers = at_once(lambda: ada.post(RATINGS, forms[0]), lambda: bob.post(RATINGS, forms[1]))
    assert sorted(answer.status_code for answer in answers) == [SAVED, CONFLICT]
    page = next(answer for answer in answers if answer.status_code == CONFLICT)
    rating.refresh_from_db()
    assert rating.version == 2
    assert f"Verdict Before {rating.verdict}" in text_of(page)


@pytest.mark.usefixtures("meeting")
def test_rating_form_reports_conflict_for_concurrent_change_and_deletion() -> None:
    rating = factories.make_rating()
    url = change_url(rating)
    delete_url = url.replace("/change/", "/delete/")
    ada, bob = editors(2)
    change = form_on(ada.get(url), verdict="Ada’s", reason="Mine.")
    deletion = form_on(bob.get(delete_url), confirmed="1", reason="Gone.")
    answers = at_once(lambda: ada.post(url, change), lambda: bob.post(delete_url, deletion))
    assert sorted(answer.status_code for answer in answers) == [SAVED, CONFLICT]
    if answers[0].status_code == SAVED:
        assert Rating.objects.get().verdict == "Ada’s"
    else:
        assert not Rating.objects.exists()
        assert ada.post(url, form_on(answers[0], _save="1")).status_code == SAVED
        assert Rating.objects.get().verdict == "Ada’s"


def test_rating_form_gives_concurrent_claims_distinct_keys() -> None:
    rating, source = factories.make_rating(is_published=False), factories.make_source(key="003")
    url = change_url(rating)
    clients = editors(3)
    row = {"source": source.pk, "line": 28, "part": "prose", "term": "", "note": "", "id": ""}
    forms = []
    for number, client in enumerate(clients):
        data = form_on(client.get(url), reason="Found it.", **{"claims-TOTAL_FORMS": "1"})
        mine = {**row, "paraphrase": f"Says {number}."}
        forms.append(data | {f"claims-0-{name}": [str(value)] for name, value in mine.items()})
    answers = at_once(*(lambda client=client, form=form: client.post(url, form)
                        for client, form in zip(clients, forms, strict=True)))  # fmt: skip
    for client, answer in zip(clients, answers, strict=True):
        assert answer.status_code in (SAVED, 200)
        if answer.status_code == 200:
            assert "at the same moment" in text_of(answer)
            assert client.post(url, form_on(answer)).status_code == SAVED
    assert sorted(Claim.objects.values_list("paraphrase", flat=True)) == ["Says 0.", "Says 1.", "Says 2."]
    assert Claim.objects.values("key").distinct().count() == 3
    assert Revision.objects.filter(model="claim").count() == 3


def test_claim_deletion_preserves_last_claim_under_concurrency() -> None:
    rating = factories.make_rating()
    factories.make_claim(framework=rating.framework, criterion=rating.criterion)
    clients, claims = editors(2), list(Claim.objects.all())
    urls = [change_url(claim).replace("/change/", "/delete/") for claim in claims]
    forms = [
        form_on(client.get(url), confirmed="1", reason="Gone.")
        for client, url in zip(clients, urls, strict=True)
    ]
    at_once(lambda: clients[0].post(urls[0], forms[0]), lambda: clients[1].post(urls[1], forms[1]))
    rating.refresh_from_db()
    assert Claim.objects.count() == 1
    assert Revision.objects.filter(model="claim", action="deleted").count() == 1


def test_rating_form_loses_no_edits_of_concurrent_editors() -> None:
    """Each adds a line of their own, and saves over where they come second."""
    rating = factories.make_rating(rationale="Start.")
    url = change_url(rating)
    clients = editors(4)
    rounds = 3

    def write_lines(client: Client, name: str) -> int:
        saved = 0
        for number in range(rounds):
            form = client.get(url)
            while True:
                text = form_on(form)["rationale"][0]
                answer = client.post(
                    url, form_on(form, rationale=f"{text}\n{name}{number}", reason="A line.")
                )
                if answer.status_code == SAVED:
                    saved += 1
                    break
                assert answer.status_code == CONFLICT
                # Looks at theirs, and adds the line to that.
                form = client.get(url)
        return saved

    saved = at_once(*(lambda client=client, name=f"line-{n}-": write_lines(client, name)
                      for n, client in enumerate(clients)))  # fmt: skip
    rating.refresh_from_db()
    lines = rating.rationale.split("\n")
    assert sum(saved) == len(clients) * rounds == len(lines) - 1 == len(set(lines)) - 1
    assert rating.version == Revision.objects.of(rating).count() == len(lines)


def taken_back(step: Revision, way: str) -> str:
    whole = f"changeset/{step.changeset}/undo/"
    return f"/admin/frameworks/revision/{whole if way == 'undo' else f'{step.pk}/restore/'}"


@pytest.mark.parametrize("way", ["restore", "undo"])
@pytest.mark.parametrize("is_gone", [False, True])
def test_restore_and_undo_apply_once_under_concurrency(way: str, is_gone: bool) -> None:
    """Also where it was deleted: there is no row then whose version could tell the second writer."""
    rating = factories.make_rating(score=3)
    first = Revision.objects.of(rating).get()
    rating.score = 5
    by = Author("Bob", Revision.Origin.ADMIN)
    if is_gone:
        step: Revision | None = revisions.delete(rating, by=by, reason="His.", seen=1)
    else:
        step = revisions.save(rating, by=by, reason="His.", seen=1)
    assert step
    url = taken_back(first if way == "restore" else step, way)
    ada, eve = editors(2)
    forms = [form_on(client.get(url), reason=f"{number}.") for number, client in enumerate((ada, eve))]
    answers = at_once(lambda: ada.post(url, forms[0]), lambda: eve.post(url, forms[1]))
    statuses = [answer.status_code for answer in answers]
    # The second is told of the first, or led to what undid it, or asked to look again; nobody gets an error.
    assert sorted(statuses) in ([200, SAVED], [SAVED, SAVED], [SAVED, CONFLICT])
    stands = Rating.objects.get()
    assert (stands.score, stands.version) == (3, 3)
    reasons = [f"{place}." for place, status in enumerate(statuses) if status == SAVED]
    assert last_revision(rating).reason in reasons


def uploaded(client: Client, rating: Rating) -> str:
    """Where the preview of a table is that gives the rating another score."""
    framework, criterion = rating.natural_key()
    table = f"framework,criterion,score,version\n{framework},{criterion},4,1"
    return upload(client, "rating", SimpleUploadedFile("x.csv", table.encode()))


def twice(user: User, address: str, data: Any) -> list[Any]:
    """The answers to a form sent twice by the same editor, from sessions of their own that keep their messages."""
    one, other = sign_in(user), sign_in(user)
    return at_once(
        lambda: one.post(address, data, follow=True), lambda: other.post(address, data, follow=True)
    )


def test_import_confirmed_twice_at_once_writes_once_and_says_so() -> None:
    """The second waits for the first, and is told that it was done; so is the second of two who undo it."""
    rating, editor = factories.make_rating(score=3), factories.make_editor()
    address = uploaded(sign_in(editor), rating)
    texts = [text_of(answer) for answer in twice(editor, address, {"reason": "From the table."})]
    assert sum("1 rating imported: 1 changed." in text for text in texts) == 1
    assert sum("That file has been imported already." in text for text in texts) == 1
    rating.refresh_from_db()
    assert (rating.score, rating.version) == (4, 2)
    step = Revision.objects.get(origin="import")

    undo = f"/admin/frameworks/revision/changeset/{step.changeset}/undo/"
    form = form_on(sign_in(editor).get(undo), reason="A mistake.")
    texts = [text_of(answer) for answer in twice(editor, undo, form)]
    assert sum("1 change was undone." in text for text in texts) == 1
    assert sum("That changeset has been undone already." in text for text in texts) == 1
    rating.refresh_from_db()
    assert (rating.score, rating.version) == (3, 3)


def test_form_that_adds_sent_twice_at_once_adds_once_and_says_so() -> None:
    """By those who publish and those who propose: the second is not told that the name is taken."""
    for editor, model in ((factories.make_editor(), Framework), (factories.make_proposer(), Facet)):
        data = form_on(
            sign_in(editor).get(add_url(model)), name="New", slug="new", help="Which?", reason="New."
        )
        texts = [text_of(answer) for answer in twice(editor, add_url(model), data | {"_save": ["Save"]})]
        assert sum(SAVED_BEFORE in text for text in texts) == 1
        assert sum("There is already" in text for text in texts) == 0
    assert (Framework.objects.filter(slug="new").count(), Proposal.objects.count()) == (1, 1)


def test_import_proposed_twice_at_once_is_one_proposal() -> None:
    proposer = factories.make_proposer()
    address = uploaded(sign_in(proposer), factories.make_rating(score=3))
    answers = twice(proposer, address, {"reason": "From the table."})
    assert [answer.status_code for answer in answers] == [200, 200]
    assert Proposal.objects.count() == 1
