"""Serve the text files for crawlers and language models."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from comparisons.models import UseCase
from frameworks.catalogue import LISTED
from frameworks.models import Criterion, Framework
from frameworks.pages.conditional import revalidated
from frameworks.serving.answers import canonical_address

#: Who fetches a page when somebody shares its address, to show its card.
CARDS = (
    "facebookexternalhit", "Twitterbot", "LinkedInBot", "Slackbot-LinkExpanding", "Slackbot", "Discordbot", "WhatsApp",
    "TelegramBot", "SkypeUriPreview", "Mastodon", "redditbot", "Pinterestbot", "Embedly", "Iframely",
)  # fmt: skip
PLAIN_TEXT = "text/plain; charset=utf-8"


@require_safe
def robots(request: HttpRequest) -> TemplateResponse:
    """Allow the plain pages, and views of them only to those that show a card of a link that somebody shared."""
    return TemplateResponse(request, "portal/robots.txt", {"fetchers": CARDS}, content_type=PLAIN_TEXT)


def unindexed_views(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Wrap the handler: what is at an address with parameters is a view of a page, and no page for a search engine."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if "?" in canonical_address(request):
            response.headers.setdefault("X-Robots-Tag", "noindex")
        return response

    return respond


@require_safe
@revalidated
def llms(request: HttpRequest) -> TemplateResponse:
    """Describe the portal and list its addresses, for language models that look something up."""
    frameworks = list(Framework.objects.published()[: LISTED + 1])
    are_listed = len(frameworks) <= LISTED
    context = {
        "maximum": settings.COMPARE_MAX,
        "frameworks": frameworks[:LISTED],
        "total": len(frameworks) if are_listed else Framework.objects.published().count(),
        "criteria": Criterion.objects.current().in_order(),
        "use_cases": UseCase.objects.all(),
    }
    return TemplateResponse(request, "portal/llms.txt", context, content_type=PLAIN_TEXT)
