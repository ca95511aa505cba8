"""The mail about what is waiting: to whom it concerns, once a day at most, and nothing of it is lost."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from desk.queues import digests
from frameworks.models import Digest, Objection, Proposal, Rating
from tests import factories
from tests.desk.acting import changed_cell, decide, save, send
from tests.desk.reading import form_on, text_of
from tests.desk.signing_in import sign_in

pytestmark = pytest.mark.django_db

PROFILE = "/admin/profile/"


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def eve() -> User:
    return factories.make_proposer(username="eve", first_name="Eve", email="eve@example.org")


def rating_not_due(**fields: Any) -> Rating:
    return factories.make_rating(reviewed_on=timezone.localdate(), **fields)


def report_on(rating: Rating, text: str = "The source\nsays otherwise.") -> Objection:
    return Objection.objects.create(framework=rating.framework, criterion=rating.criterion, text=text)


def sent_to(address: str) -> list[Any]:
    return [message for message in mail.outbox if message.to == [address]]


@pytest.mark.both
def test_digest_tells_each_what_concerns_them_once_a_day(eve: User, now: datetime) -> None:
    rob = factories.make_reviewer(username="rob", email="rob@example.org")
    others: dict[str, Any] = {
        "gone": {"is_active": False},
        "silent": {"email": ""},
        "guest": {"is_staff": False},
    }
    for name, fields in others.items():
        other = factories.make_editor(username=name, email=f"{name}@example.org")
        User.objects.filter(pk=other.pk).update(**fields)
    User.objects.create_user("idle", email="idle@example.org", is_staff=True)
    rating, due = rating_not_due(), factories.make_rating(reviewed_on=None)
    report = report_on(rating)
    send(sign_in(eve), changed_cell(rating, score=4), reason="Read again.")
    proposal = Proposal.objects.get()
    decide(sign_in(rob), proposal, "reject", note="No line\nsays so.")

    assert digests.send_all(now + timedelta(minutes=1)) == (2, 0)
    [hers], [his] = sent_to("eve@example.org"), sent_to("rob@example.org")
    assert (
        hers.subject == "Touchstone: 1 of your proposals decided, 1 problem report, 1 rating due for review"
    )
    desk = "http://127.0.0.1:8000/admin/frameworks"
    noted = f"- Proposal {proposal.pk}, “Read again.”: rejected. Note: “No line says so.”"
    for words in (
        "Hello Eve",
        f"{noted}\n  {desk}/proposal/{proposal.pk}/change/\n",
        f"- {rating}: “The source says otherwise.”\n  {desk}/objection/{report.pk}/change/\n",
        f"- {due}\n  {desk}/rating/{due.pk}/change/\n",
    ):
        assert words in hers.body
    # He may answer reports, and changes no rating.
    assert his.subject == "Touchstone: 1 problem report"
    assert digests.send_all(now + timedelta(minutes=2)) == (0, 0)
    # The next day what is told is told, and what still waits is told again.
    assert digests.send_all(now + timedelta(days=1)) == (2, 0)
    assert sent_to("eve@example.org")[1].subject == "Touchstone: 1 problem report, 1 rating due for review"


def test_digest_is_not_sent_while_nothing_waits(eve: User, now: datetime) -> None:
    rating = rating_not_due()
    send(sign_in(eve), changed_cell(rating, score=4))
    assert digests.send_all(now) == (0, 0)
    # Nor of what its author has withdrawn.
    decide(sign_in(eve), Proposal.objects.get(), "withdraw")
    assert digests.send_all(now + timedelta(minutes=1)) == (0, 0)
    assert mail.outbox == []


@pytest.mark.both
def test_digest_that_fails_is_logged_and_sent_by_the_next_run(
    eve: User, now: datetime, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, settings: Any
) -> None:
    settings.DIGESTS = True
    bob, rating = factories.make_editor(username="bob", email="bob@example.org"), rating_not_due()
    send(sign_in(eve), changed_cell(rating, score=4))
    decide(sign_in(bob), Proposal.objects.get(), "publish")
    report_on(rating)

    def refuse_eve(backend: EmailBackend, messages: Any) -> int:
        if any(message.to == ["eve@example.org"] for message in messages):
            raise OSError("The server has gone.")
        return original(backend, messages)

    original = EmailBackend.send_messages
    monkeypatch.setattr(EmailBackend, "send_messages", refuse_eve)
    with pytest.raises(CommandError, match="Digests not sent: 1"):
        call_command("send_digests")
    assert "The digest for eve could not be sent." in caplog.text
    assert (len(sent_to("bob@example.org")), sent_to("eve@example.org")) == (1, [])
    monkeypatch.undo()
    call_command("send_digests")
    assert len(sent_to("bob@example.org")) == 1
    [mine] = sent_to("eve@example.org")
    assert mine.subject.startswith("Touchstone: 1 of your proposals decided, 1 problem report")


def test_digest_taken_by_another_run_is_not_sent_twice(
    eve: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other run is faster between looking and sending."""
    report_on(rating_not_due())
    sections = digests._sections

    def slow(user: User, *args: Any) -> Any:
        monkeypatch.setattr(digests, "_sections", sections)
        assert digests.send_all(now) == (1, 0)
        return sections(user, *args)

    monkeypatch.setattr(digests, "_sections", slow)
    assert digests.send_all(now) == (0, 0)
    assert len(mail.outbox) == 1


def test_long_queues_are_counted_and_the_first_named(eve: User, now: datetime) -> None:
    rating = rating_not_due()
    for number in range(digests.NAMED_MAX + 2):
        report_on(rating, f"Report {number}.")
    digests.send_all(now)
    [message] = mail.outbox
    assert message.subject == "Touchstone: 12 problem reports"
    assert message.body.count("“Report") == digests.NAMED_MAX
    assert "- and 2 more\n  http://127.0.0.1:8000/admin/frameworks/objection/\n" in message.body


def test_editors_turn_digests_off_and_on(eve: User, now: datetime, settings: Any) -> None:
    client, _ = sign_in(eve), report_on(rating_not_due())
    assert "is_wanted" not in form_on(client.get(PROFILE))
    settings.DIGESTS = True
    assert form_on(client.get(PROFILE))["is_wanted"] == ["on"]
    assert "You get no more mails." in text_of(off(client))
    assert digests.send_all(now) == (0, 0)
    save(client, PROFILE, is_wanted="on")
    assert digests.send_all(now) == (1, 0)
    # The name is another matter.
    page = client.post(PROFILE, form_on(client.get(PROFILE), public_name="E. S."), follow=True)
    assert "under this name: E. S." in text_of(page)
    assert Digest.objects.get().is_wanted


def off(client: Client) -> Any:
    return client.post(PROFILE, form_on(client.get(PROFILE), is_wanted=None), follow=True)


def test_command_sends_nothing_unless_it_is_turned_on(eve: User, capsys: pytest.CaptureFixture[str]) -> None:
    report_on(rating_not_due())
    call_command("send_digests")
    assert "Digests are off, so none was sent. DIGESTS=on turns them on." in capsys.readouterr().out
    assert mail.outbox == []
