"""What the views share: how a page or a fragment is answered, and what is sent on or turned away."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from comparisons.comparison.comparing import Comparison
from frameworks.pages.page import PageResponse
from frameworks.record.asof import history_begins

from . import controls
from .contexts import ChooserPage

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class HtmxRequest(HttpRequest):
    """A request with what `django_htmx.middleware` tells about it."""

    htmx: HtmxDetails


class HasAddress(Protocol):
    """What a page shows, with the canonical address of it."""

    def url(self, path: str) -> str: ...


# A cache must not hand the fragment to somebody who asks for the page, nor the reverse.
vary_on_htmx = vary_on_headers("HX-Request", "HX-History-Restore-Request")


def page_or_fragment(
    request: HtmxRequest,
    template: str,
    fragment: str,
    page: "DataclassInstance",
    view: HasAddress,
) -> PageResponse:
    """The whole page, or for htmx the one fragment that holds all that the controls can change.

    The server names the address, so that it is the canonical one.
    """
    address = view.url(request.path)
    if not wants_fragment(request):
        return PageResponse(request, template, page, address=address)
    response = PageResponse(request, f"{template}#{fragment}", page)
    # Whether it is a new step in the history or replaces the one at hand is for the browser to say.
    response.headers["HX-Push-Url"] = address
    return response


def wants_fragment(request: HtmxRequest) -> bool:
    """Going back in the history restores a whole page, whoever asks for it."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def spoken(query: QueryDict) -> QueryDict:
    """What an address says, without the blanks: a form names every control, also those that say nothing."""
    spoken = query.copy()
    for name, values in query.lists():
        spoken.setlist(name, [value for value in values if value])
        if not spoken.getlist(name):
            del spoken[name]
    return spoken


def tidied(request: HttpRequest, query: QueryDict) -> HttpResponseRedirect:
    """Sends a form without JavaScript on to the address that keeps only what says something."""
    text = query.urlencode()
    return HttpResponseRedirect(f"{request.path}?{text}" if text else request.path)


def chooser(request: HtmxRequest, asked: Comparison, wanted: Sequence[str]) -> HttpResponse:
    """The page that says why there is nothing to compare yet, and offers the way on.

    404 for frameworks that do not exist, 400 for a number that cannot stand side by side.
    """
    if wants_fragment(request):
        # It is another page than the one that the form stands on.
        return HttpResponseClientRedirect(request.get_full_path())
    ticked = [slug for slug in wanted if slug in asked.facts.by_slug]
    unknown = [slug for slug in wanted if slug not in asked.facts.by_slug]
    view = asked.view.side_by_side()
    page = ChooserPage(
        everyone=asked.facts.frameworks,
        ticked=ticked,
        unknown=unknown,
        wanted=wanted,
        maximum=settings.COMPARE_MAX,
        suggestion=view.url(reverse("comparisons:side_by_side", args=[ticked[: settings.COMPARE_MAX]]))
        if len(ticked) > 1
        else "",
        # The weights go along with whatever is ticked here.
        kept=[*view.parameters(), *asked.misread],
        view=asked.view,
        stood=stood(request.path, asked),
    )
    status = 404 if unknown else 400 if wanted else 200
    return PageResponse(request, "comparisons/choose_parties.html", page, status=status)


def stood(path: str, asked: Comparison) -> controls.Stood:
    return controls.stood(path, asked.view, history_begins() if asked.facts.is_blank else None)
