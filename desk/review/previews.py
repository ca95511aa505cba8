"""Public pages as they would be with a proposal published: written, shown, taken back."""

from collections.abc import Iterable, Iterator
from copy import copy

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import resolve, reverse
from django_htmx.middleware import HtmxDetails

from frameworks.models import Criterion, Framework, Proposal, ProposedChange, Source, Versioned
from frameworks.models.schema import State
from frameworks.record import past
from frameworks.record.revisions import Author

from . import proposals

#: What has public pages. The desk's own are never previewed.
PUBLIC = {"frameworks", "comparisons"}
KINDS: dict[str, type[Versioned]] = {"framework": Framework, "criterion": Criterion, "source": Source}
REDIRECTS_MAX = 3


def render(request: HttpRequest, proposal: Proposal, path: str, query: str) -> HttpResponse:
    """The page at this address with the proposal's changes in it, for the reviewer who asks.

    Nothing of it is kept. Raises what `proposals.apply` raises, and Http404 where there is no such public page.
    """
    author = Author(proposal.author_name, proposal.origin, proposal.author, changeset=proposal.changeset)  # type: ignore[arg-type]
    with transaction.atomic():
        proposals.apply(proposal, author)
        response = _answer(request, proposal, path, query)
        for _ in range(REDIRECTS_MAX):
            if "Location" in response.headers:
                path, _, query = response.headers["Location"].partition("?")
                response = _answer(request, proposal, path, query)
        transaction.set_rollback(True)
    return response


def _answer(request: HttpRequest, proposal: Proposal, path: str, query: str) -> HttpResponse:
    match = resolve(path)
    if match.app_name not in PUBLIC:
        raise Http404(f"“{path}” is no public page.")
    asked = copy(request)
    asked.path = asked.path_info = path
    asked.GET = QueryDict(query)
    asked.META = {
        **{name: value for name, value in request.META.items() if not name.startswith("HTTP_HX_")},
        "QUERY_STRING": query,
    }
    asked.resolver_match = match
    asked.user = AnonymousUser()
    asked.htmx = HtmxDetails(asked)  # type: ignore[attr-defined]
    asked.preview_of = proposal  # type: ignore[attr-defined]
    response: HttpResponse = match.func(asked, *match.args, **match.kwargs)
    if hasattr(response, "render"):
        response.render()
    return response


def pages_of(changes: Iterable[ProposedChange]) -> Iterator[tuple[str, str]]:
    """The public pages on which the changes would be seen: a label and an address each."""
    named: dict[str, dict[str, None]] = {kind: {} for kind in KINDS}
    for change in changes:
        state: State = change.after or change.before or {}
        for kind, slugs in named.items():
            key = [change.key] if change.model == kind else state.get(kind)
            if key:
                slugs[key[0]] = None
    yield "Matrix", reverse("comparisons:matrix")
    frameworks = list(named["framework"])
    if len(frameworks) > 1:
        yield "Side by side", reverse("comparisons:side_by_side", args=[frameworks[:5]])
    for kind, slugs in named.items():
        for slug in slugs:
            fact = past.by_name(KINDS[kind], slug)
            yield f"{kind.capitalize()} {fact or slug}", reverse(f"frameworks:{kind}", args=[slug])
    yield "Disagreements", reverse("frameworks:disagreements")
