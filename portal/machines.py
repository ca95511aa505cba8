"""Serve what programs look for: the text files for crawlers and language models, colours and icons for browsers."""

from collections.abc import Callable
from functools import cache
from struct import pack

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from comparisons.models import UseCase
from frameworks.catalogue import LISTED
from frameworks.models import Criterion, Framework
from frameworks.pages.conditional import revalidated
from frameworks.serving.answers import canonical_address
from pictures.rasterising import png_of
from pictures.svg import ACCENT

#: Who fetches a page when somebody shares its address, to show its card.
CARDS = (
    "facebookexternalhit", "Twitterbot", "LinkedInBot", "Slackbot-LinkExpanding", "Slackbot", "Discordbot", "WhatsApp",
    "TelegramBot", "SkypeUriPreview", "Mastodon", "redditbot", "Pinterestbot", "Embedly", "Iframely",
)  # fmt: skip
PLAIN_TEXT = "text/plain; charset=utf-8"
#: The widths of the icons in pixels: in a tab, and on the home screen of a phone; and how long they stay, in seconds.
TAB, HOME_SCREEN, A_MONTH = 32, 180, 30 * 86_400


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


@require_safe
@revalidated
def accent(request: HttpRequest) -> HttpResponse:
    """Put the topic's accent in place of the one in the style sheets, which are files; on paper all is black."""
    colours = settings.TOPIC.accent
    rule = f":root,html[data-theme]{{--accent:light-dark({colours.light},{colours.dark})}}"
    return HttpResponse(f"@media screen{{{rule}}}\n", content_type="text/css; charset=utf-8")


@require_safe
def icon(request: HttpRequest) -> HttpResponse:
    """Return the icon in the topic's accent, in place of the file that pages of a topic without one link to."""
    return _lasting(_drawn().encode(), "image/svg+xml")


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Return the icon for browsers that ask for it at this address without reading a page."""
    icon = _icon(TAB)
    # An ICO file of a single picture: how many, its size, planes, bits a pixel, length, and where it begins.
    head = pack("<3H4B2H2I", 0, 1, 1, TAB, TAB, 0, 0, 1, 32, len(icon), 22)
    return _lasting(head + icon, "image/x-icon")


@require_safe
def touch_icon(request: HttpRequest) -> HttpResponse:
    """Return the icon that phones put on their home screen."""
    return _lasting(_icon(HOME_SCREEN), "image/png")


@cache
def _icon(width: int) -> bytes:
    return png_of(_drawn().replace("<svg ", f'<svg width="{width}" height="{width}" ', 1))


def _drawn() -> str:
    """Return the drawing of the icon, whose highest bar has the accent for dark ground."""
    drawing = (settings.BASE_DIR / "static" / "favicon.svg").read_text()
    return drawing.replace(ACCENT[1], settings.TOPIC.accent.dark)


def _lasting(icon: bytes, content_type: str) -> HttpResponse:
    response = HttpResponse(icon, content_type=content_type)
    patch_cache_control(response, public=True, max_age=A_MONTH)
    return response
