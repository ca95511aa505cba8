"""The desk as one site: what somebody without the right to publish saves, anywhere in it, becomes a proposal."""

import json
import re
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse, QueryDict
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html

from . import proposals
from .models import Proposal
from .revisions import Author
from .roles import may_publish

#: Larger forms are not kept to be taken up again; the proposal itself is.
FORM_MAX = 200_000
#: Carried by a form that takes up a proposal again: what it replaces.
RESUMES = "_resumes"

View = TypeVar("View", bound=Callable[..., Any])


class Desk(AdminSite):
    def get_urls(self) -> list[Any]:
        from .admin import profile  # the desks register with this site when they are imported

        return [path("profile/", self.admin_view(profile.page), name="profile"), *super().get_urls()]

    def admin_view(self, view: View, cacheable: bool = False) -> View:
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def desk_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = request.user
            if request.method != "POST" or not self.has_permission(request) or may_publish(user):
                response: HttpResponse = guarded(request, *args, **kwargs)
                return response
            return _proposing(request, lambda: guarded(request, *args, **kwargs))

        return cast(View, desk_view)


def _proposing(request: HttpRequest, view: Callable[[], HttpResponse]) -> HttpResponse:
    """Runs the view and, where it has written facts, makes a proposal of them instead."""
    form_path, data = request.get_full_path(), request.POST.copy()
    with proposals.kept_aside(Author.of(request)) as written:
        response = view()
    if not written:
        return response
    proposal = proposals.propose(
        written, at=timezone.now(), form_path=form_path[:500], form_data=_kept(data, request)
    )
    _replace(data.get(RESUMES), proposal, request)
    _say(request, proposal)
    if isinstance(response, JsonResponse):
        return JsonResponse({**json.loads(response.content), "proposal": proposal.get_absolute_url()})
    # A page that still asks something, about facts in conflict say, comes first.
    if response.status_code != HTTPStatus.FOUND:
        return response
    return HttpResponseRedirect(proposal.get_absolute_url())


def _kept(data: QueryDict, request: HttpRequest) -> list[tuple[str, list[str]]] | None:
    """What was typed, for taking it up again; nothing where a file was sent or it is too much."""
    kept = [
        (name, [str(value) for value in values])
        for name, values in data.lists()
        if name not in {"csrfmiddlewaretoken", RESUMES}
    ]
    size = sum(len(name) + sum(map(len, values)) for name, values in kept)
    return None if request.FILES or size > FORM_MAX else kept


def _replace(resumed: str | None, proposal: Proposal, request: HttpRequest) -> None:
    """The proposal that was taken up again gives way to the new one."""
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
                note=f"Taken up again as proposal {proposal.pk}.",
            )
        except proposals.Undecidable as fact:
            messages.info(request, str(fact))


def _say(request: HttpRequest, proposal: Proposal) -> None:
    """What the view said of having saved is not so; its warnings still hold."""
    # Reading them all takes them off the list.
    warnings = [said for said in messages.get_messages(request) if said.level >= messages.WARNING]
    messages.success(
        request,
        format_html(
            'Proposed as <a href="{}">number {}</a>. It changes nothing until a reviewer publishes it.',
            proposal.get_absolute_url(),
            proposal.pk,
        ),
    )
    for said in warnings:
        messages.add_message(request, said.level, said.message, extra_tags=said.extra_tags)
