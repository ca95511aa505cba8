"""Work at the desk of another topic: a proposal and an import, each undone; a report; the mails; the commands."""

from collections.abc import Iterator
from typing import Any

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import get_commands, load_command_class
from django.test.utils import override_settings
from django.utils import timezone

from desk.queues import digests
from desk.review import proposals
from frameworks.models import Objection, Proposal, Rating
from tests import factories
from tests.desk.acting import decide, save
from tests.desk.reading import change_url, form_on, last_revision
from tests.desk.signing_in import sign_in
from tests.html import read

from .words import ADDRESS, WORDS, foreign


def answers(reviewer: Any) -> Iterator[tuple[str, Any]]:
    """Yield what an editor and this reviewer read one after the other, each with a name."""
    rating = Rating.objects.published().select_related("framework", "criterion")[0]
    about_all = factories.make_claim(
        framework=None, criterion=rating.criterion, source=rating.framework.claims.all()[0].source
    )
    yield "a claim about all", reviewer.get(change_url(about_all))
    eve = sign_in(factories.make_proposer(username="eve", email="eve@example.org"))
    yield "proposing", save(eve, change_url(rating), verdict="As proposed", reason="Read again.")
    proposal = Proposal.objects.get()
    page = reviewer.get(proposals.page_of(proposal))
    yield "the proposal", page
    for link in read(page.content).all(".previews a"):
        yield f"a preview, {link.text}", reviewer.get(link["href"])
    yield "publishing", decide(reviewer, proposal, "publish")
    yield from _undoing(reviewer, rating)
    framework, criterion = rating.natural_key()
    rating.refresh_from_db()
    table = f"framework,criterion,verdict,version\n{framework},{criterion},From a table,{rating.version}"
    file = SimpleUploadedFile("ratings.csv", table.encode())
    preview = reviewer.post("/admin/frameworks/rating/import/", {"file": file}, follow=True)
    yield "an import", preview
    address = preview.redirect_chain[-1][0]
    yield "importing", reviewer.post(address, form_on(preview, reason="From a table."), follow=True)
    yield from _undoing(reviewer, rating)
    report = Objection.objects.create(framework=rating.framework, criterion=rating.criterion, text="Not so.")
    yield "a problem report", reviewer.get(f"/admin/frameworks/objection/{report.pk}/change/")
    yield "the history", reviewer.get(f"{change_url(rating)[: -len('change/')]}history/")
    yield "the changes", reviewer.get("/changes/")


def _undoing(reviewer: Any, rating: Rating) -> Iterator[tuple[str, Any]]:
    step = last_revision(rating)
    url = f"/admin/frameworks/revision/changeset/{step.changeset}/undo/"
    page = reviewer.get(url)
    yield "what undoing changes", page
    yield "undoing", reviewer.post(url, form_on(page, reason="A mistake."), follow=True)


def findings(reviewer: Any) -> Iterator[str]:
    """Yield what fails or speaks of web frameworks, on the way to a rating that is as it was."""
    before = Rating.objects.published()[0]
    for name, answer in answers(reviewer):
        if answer.status_code not in {200, 302}:
            yield f"{name}: {answer.status_code}"
        yield from (f"{name}: {words}" for words in foreign(answer))
    after = Rating.objects.get(pk=before.pk)
    if (after.verdict, after.version) != (before.verdict, before.version + 4):
        yield f"the rating is {after.verdict} in version {after.version}, and was {before.verdict}"
    yield from _mails()
    for name, room in get_commands().items():
        if room in {"desk", "frameworks"}:
            said = load_command_class(room, name).help
            yield from (f"{name} --help: {word[0]}" for word in WORDS.finditer(said))


def _mails() -> Iterator[str]:
    """Yield the mails that speak of web frameworks."""
    mail.outbox = []
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        sent, failed = digests.send_all(timezone.now())
    if (sent, failed) != (1, 0):
        yield f"{sent} mails were sent, {failed} failed"
    said = (ADDRESS.sub(" ", f"{each.subject} {each.body}") for each in mail.outbox)
    yield from (f"mail: {text}" for text in said if WORDS.search(text))
