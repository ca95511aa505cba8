"""The roll-back preview: public pages as they would be with a proposal published.

The proposal is published in a transaction, by the same code that publishes it for good; the page is asked for inside,
by the very view that answers its address; then the transaction is rolled back. So a preview cannot differ from what it
previews, and no view needs to know of previews.

It works because the database takes everything back. **Nothing outside the database may happen inside a preview**: no
mail is sent, no file written, no other machine asked, and what a process keeps to itself is kept under its content,
which is as true after the roll-back. What has to happen outside after a change belongs into `transaction.on_commit`,
which a rolled back transaction never calls.
"""

from collections.abc import Iterable, Iterator
from copy import copy
from typing import NamedTuple

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import resolve
from django_htmx.middleware import HtmxDetails

from comparisons.pages.shown_on import pages_comparing
from frameworks.models import Framework, Proposal, ProposedChange
from frameworks.models.schema import State
from frameworks.pages.addresses import below_home
from frameworks.pages.shown_on import SHOWN, pages_about
from frameworks.record.revisions import Author
from frameworks.serving import version

from . import proposals

REDIRECTS_MAX = 3


class PreviewOf(NamedTuple):
    """What a previewed page says of the proposal: its number, and the address of its page at the desk."""

    number: int
    page: str


def render(request: HttpRequest, proposal: Proposal, path: str, query: str) -> HttpResponse:
    """Return the page at this address with the proposal's changes in it, for the reviewer who asks.

    Nothing of it is kept. Raises what `proposals.apply` raises, and Http404 where there is no such public page.
    """
    author = Author(proposal.author_name, proposal.origin, proposal.author, changeset=proposal.changeset)  # type: ignore[arg-type]
    with version.apart(), transaction.atomic():
        proposals.apply(proposal, author)
        response = _answer(request, proposal, path, query)
        for _ in range(REDIRECTS_MAX):
            if "Location" in response.headers:
                path, _, query = response.headers["Location"].partition("?")
                response = _answer(request, proposal, path, query)
        transaction.set_rollback(True)
    # A page says above that it is a preview. A file, a picture or an answer for programs could not.
    if not response.headers["Content-Type"].startswith("text/html"):
        raise _no_page(path)
    return response


def _answer(request: HttpRequest, proposal: Proposal, path: str, query: str) -> HttpResponse:
    """Ask the view behind a path as a visitor would, with a GET. The desk's own pages are none for visitors."""
    match = resolve(below := below_home(path))
    if admin.site.name in match.namespaces:
        raise _no_page(path)
    asked = copy(request)
    asked.method = "GET"
    asked.path, asked.path_info = path, below
    asked.GET = QueryDict(query)
    asked.META = {
        **{name: value for name, value in request.META.items() if not name.startswith("HTTP_HX_")},
        "REQUEST_METHOD": "GET",
        "QUERY_STRING": query,
    }
    asked.resolver_match = match
    asked.user = AnonymousUser()
    asked.htmx = HtmxDetails(asked)  # type: ignore[attr-defined]
    asked.preview_of = PreviewOf(proposal.pk, proposals.page_of(proposal))  # type: ignore[attr-defined]
    response: HttpResponse = match.func(asked, *match.args, **match.kwargs)
    if hasattr(response, "render"):
        response.render()
    return response


def _no_page(path: str) -> Http404:
    return Http404(f"“{path}” is not a public page.")


def pages_of(changes: Iterable[ProposedChange]) -> Iterator[tuple[str, str]]:
    """Yield the public pages on which the changes would be seen: a label and an address each."""
    named: dict[str, dict[str, None]] = {kind: {} for kind in SHOWN}
    published: dict[str, bool] = {}
    for change in changes:
        state: State = change.after or change.before or {}
        for kind, slugs in named.items():
            key = [change.key] if change.model == kind else state.get(kind)
            if key:
                slugs[key[0]] = None
        if change.model == "framework":
            published[change.key] = bool(change.after and change.after["is_published"])
    # A page that stays hidden has no preview.
    known = Framework.objects.filter(slug__in=named["framework"]).values_list("slug", "is_published")
    published = dict(known) | published
    named["framework"] = {slug: None for slug in named["framework"] if published.get(slug)}
    yield from pages_comparing([*named["framework"]])
    yield from pages_about(named)
