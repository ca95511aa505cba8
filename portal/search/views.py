"""Show the page of search."""

from django.conf import settings
from django.http import HttpResponse
from django.utils.text import capfirst
from django.views.decorators.http import require_safe

from comparisons.pages.answers import (
    HtmxRequest,
    page_or_fragment,
    tidied,
    vary_on_htmx,
    wants_fragment,
    without_blanks,
)
from frameworks.pages.conditional import revalidated
from frameworks.pages.pictured import pictured
from pictures.card import Card

from . import documents


def of_search(page: documents.SearchPage) -> Card:
    """Build the card of the page: what is searched for, or what can be."""
    text = page.asked.q
    return Card(
        "Search", f"“{text}”" if text else f"{capfirst(settings.TOPIC.items)}, criteria, claims, questions"
    )


@require_safe
@vary_on_htmx
@revalidated
@pictured(of_search)
def search(request: HtmxRequest) -> HttpResponse:
    """Show all public facts that have the words searched for, and where each has them."""
    parameters = without_blanks(request)
    if parameters != request.GET and not wants_fragment(request):
        return tidied(request, parameters)
    query = documents.SearchQuery.read(parameters)
    page = documents.search_page(query, request.path)
    return page_or_fragment(request, "portal/search.html", "found", page, query)
