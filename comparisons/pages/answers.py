"""Answer requests in the ways that several views share: page or fragment, redirect, or refusal."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote_plus, urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from comparisons.comparison.comparing import Comparison
from comparisons.comparison.permalinks import is_parameter
from comparisons.comparison.picking import Offer, compared_at, meant
from frameworks.models import Framework
from frameworks.pages.pictured import PageResponse
from frameworks.record.asof import history_begins
from frameworks.text.mangled import untracked

from . import links
from .contexts import ChooserPage

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class HtmxRequest(HttpRequest):
    """A request with the details that `django_htmx.middleware` adds."""

    htmx: HtmxDetails


class HasAddress(Protocol):
    """A view state that knows its canonical address."""

    def url(self, path: str) -> str: ...


# A cache must not hand the fragment to somebody who asks for the page, nor the reverse.
vary_on_htmx = vary_on_headers("HX-Request", "HX-History-Restore-Request")


def page_or_fragment(
    request: HtmxRequest,
    template: str,
    fragment: str,
    page: "DataclassInstance",
    view: HasAddress,
    *,
    pictured_at: str = "",
) -> PageResponse:
    """Return the whole page, or for htmx the fragment that holds everything that the controls can change.

    The response names the canonical address, which the browser then shows. `pictured_at` is that of which the page's
    picture is, if that is another.
    """
    address = view.url(request.path)
    if not wants_fragment(request):
        return PageResponse(request, template, page, address=pictured_at or address, reads=None)
    response = PageResponse(request, f"{template}#{fragment}", page, reads=None)
    # Whether it is a new step in the history or replaces the one at hand is for the browser to say.
    response.headers["HX-Push-Url"] = address
    return response


def wants_fragment(request: HtmxRequest) -> bool:
    """Return whether htmx requests a fragment. When it restores the history it needs the whole page."""
    return bool(request.htmx) and not request.htmx.history_restore_request


def without_blanks(request: HttpRequest) -> QueryDict:
    """Return the query without blank values: a form submits every control, filled in or not.

    A parameter without even an equals sign is from no form; it stays, to be named among what was not understood.
    """
    if all(value for _, values in request.GET.lists() for value in values):
        return request.GET
    bare = {unquote_plus(part) for part in request.META.get("QUERY_STRING", "").split("&") if "=" not in part}
    parameters = request.GET.copy()
    for name, values in request.GET.lists():
        parameters.setlist(name, [value for value in values if value or name in bare])
        if not parameters.getlist(name):
            del parameters[name]
    return parameters


def tidied(request: HttpRequest, query: QueryDict) -> HttpResponseRedirect:
    """Redirect to the address with only these parameters, for forms that are submitted without JavaScript."""
    text = re.sub(r"=(?=&|$)", "", query.urlencode())  # what is blank here has come without an equals sign
    return HttpResponseRedirect(f"{request.path}?{text}" if text else request.path)


def chooser(
    request: HtmxRequest, comparison: Comparison, wanted: Sequence[str], *, is_open: bool = False
) -> HttpResponse:
    """Return the page that says why there is nothing to compare, and offers frameworks to choose.

    The status is 404 if a framework does not exist, 410 if too few are left because others are retired, 400 if there
    are too few, 200 if none is named or the choice is open: the visitor is still looking for others.
    """
    if wants_fragment(request):
        # This is a different page from the one with the form. All readers of the address are given the same answer.
        return HttpResponseClientRedirect(untracked(request.get_full_path()))
    ticked = [slug for slug in wanted if slug in comparison.facts.by_slug]
    unknown = [slug for slug in wanted if slug not in comparison.facts.by_slug]
    view = comparison.view.side_by_side()
    likely = meant(" ".join(wanted), comparison.facts.catalogue) if unknown else ticked
    page = ChooserPage(
        offer=Offer.read(request.GET, comparison.facts, ticked),
        is_open=is_open,
        ticked=ticked,
        unknown=unknown,
        wanted=wanted,
        retirement_notes=comparison.retirement_notes,
        last_day=comparison.last_day,
        last_day_url=on_last_day(comparison),
        maximum=settings.COMPARE_MAX,
        suggested=[comparison.facts.by_slug[slug] for slug in likely],
        suggestion=compared_at(likely, view, comparison.usual) if len(likely) > 1 else "",
        # The weights are passed on with whatever is ticked here.
        passed_on=[*view.parameters(), *comparison.misread],
        view=comparison.view,
        stood=past_day_note(request.path, comparison),
    )
    is_gone = any(isinstance(fact, Framework) for _, fact in comparison.retired) and len(wanted) < 2
    status = 404 if unknown else 200 if is_open else 410 if is_gone else 400 if wanted else 200
    facets = {
        facet.slug for facet in comparison.facts.facets
    }  # a form without scripts sends its filters, too
    reads = [name for name in request.GET if name in facets or is_parameter(name)]
    return PageResponse(request, "comparisons/choose_parties.html", page, status=status, reads=reads)


def compared(request: HtmxRequest, comparison: Comparison, slugs: Sequence[str]) -> HttpResponse:
    """Redirect to the page that compares these, with all parameters, those that were not understood included."""
    view = comparison.view
    baseline = view.baseline if view.baseline in slugs else ""
    address = compared_at(slugs, view.but(baseline=baseline), comparison.usual)
    if comparison.misread:
        address += f"{'&' if '?' in address else '?'}{urlencode(comparison.misread)}"
    return HttpResponseClientRedirect(address) if wants_fragment(request) else HttpResponseRedirect(address)


def on_last_day(comparison: Comparison) -> str:
    """Return the address of the same comparison on the last day before something in it was retired; empty if nothing
    is, if fewer than two are named, or if the history does not reach back so far."""
    retired = [fact.slug for _, fact in comparison.retired if isinstance(fact, Framework)]
    slugs = list(dict.fromkeys([*(comparison.slugs or comparison.view.framework), *retired]))
    if comparison.last_day is None or len(slugs) < 2:
        return ""
    begins = history_begins()
    if begins is None or begins > comparison.last_day:
        return ""
    return compared_at(slugs, comparison.view.but(as_of=comparison.last_day), comparison.usual)


def past_day_note(path: str, comparison: Comparison) -> links.PastDayNote:
    return links.past_day_note(path, comparison.view, history_begins() if comparison.facts.is_blank else None)
