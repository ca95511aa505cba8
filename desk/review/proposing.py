"""What somebody without the right to publish saves, anywhere at the desk, becomes a proposal."""

import json
import re
from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.utils import timezone
from django.utils.html import format_html

from desk.editing.edit import CHANGESET, Edit
from frameworks.models import Proposal

from . import proposals

#: Larger forms are not kept to be taken up again; the proposal itself is.
FORM_MAX = 200_000
#: The buttons of forms that the desk can show again with what was typed.
SAVING = {"_save", "_continue", "_addanother"}
PROPOSED = 'Saved as <a href="{}">proposal {}</a>. It changes nothing until a reviewer publishes it.'
PROPOSED_BEFORE = (
    'You have proposed exactly this already, as <a href="{}">proposal {}</a>, which is waiting for a reviewer. Nothing'
    " was saved twice."
)
#: Carried by a form that takes up a proposal again: what it replaces.
RESUMES = "resumes"


def proposing(request: HttpRequest, edit: Edit, view: Callable[[], HttpResponse]) -> HttpResponse:
    """Run the view and, where it has written facts, make a proposal of them instead."""
    form_path, data = request.get_full_path_info(), request.POST.copy()
    with transaction.atomic():
        # Of two requests at the same moment, the second sees what the first has proposed.
        User.objects.select_for_update().filter(username=request.user.get_username()).first()
        with proposals.kept_aside(edit.by()) as written:
            response = view()
        if not written:
            return response
        before = proposals.waiting_same(written, request.path_info)
        proposal = before or proposals.propose(
            written, at=timezone.now(), form_path=form_path[:500], form_data=_kept(data, request)
        )
        if data.get(RESUMES) != str(proposal.pk):
            _replace(data.get(RESUMES), proposal, request)
    _say(request, proposal, PROPOSED_BEFORE if before else PROPOSED)
    if isinstance(response, JsonResponse):
        said = {"proposal": proposals.page_of(proposal), "is_repeated": before is not None}
        return JsonResponse({**json.loads(response.content), **said})
    # A page that still asks something, about facts in conflict say, comes first.
    if response.status_code != HTTPStatus.FOUND:
        return response
    return HttpResponseRedirect(proposals.page_of(proposal))


def _kept(data: QueryDict, request: HttpRequest) -> list[tuple[str, list[str]]] | None:
    """Return what was typed, for taking it up again: of forms that can be shown again unsaved, and not too large."""
    if request.FILES or not SAVING & data.keys():
        return None
    kept = [
        (name, [str(value) for value in values])
        for name, values in data.lists()
        if name not in {"csrfmiddlewaretoken", RESUMES, CHANGESET, *SAVING}
    ]
    size = sum(len(name) + sum(map(len, values)) for name, values in kept)
    return None if size > FORM_MAX else kept


def _replace(resumed: str | None, proposal: Proposal, request: HttpRequest) -> None:
    """Withdraw the proposal that was taken up again: it gives way to the new one."""
    own = Proposal.objects.filter(
        pk=resumed if resumed and re.fullmatch("[0-9]{1,18}", resumed) else "0", author=request.user.pk
    )
    for old in own:
        try:
            proposals.decide(
                old,
                Proposal.Status.WITHDRAWN,
                by=proposal.author,
                at=proposal.created_at,
                note=f"Replaced by proposal {proposal.pk}.",
            )
        except proposals.Undecidable as fact:
            messages.info(request, str(fact))


def _say(request: HttpRequest, proposal: Proposal, sentence: str) -> None:
    """Say that it is proposed. What the view said of having saved is not so; its warnings still are."""
    # Reading them all takes them off the list.
    warnings = [said for said in messages.get_messages(request) if said.level >= messages.WARNING]
    messages.success(
        request,
        format_html(sentence, proposals.page_of(proposal), proposal.pk),
    )
    for said in warnings:
        messages.add_message(request, said.level, said.message, extra_tags=said.extra_tags)
