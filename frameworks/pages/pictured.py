"""The picture of every page: at the page's own address with another ending, made from what the page says.

`/frameworks/django/` has its picture at `/frameworks/django.png`, and its chart at `/frameworks/django.svg`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from hashlib import sha256
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit, urlunsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from pictures import drawing
from pictures.card import Card
from pictures.svg import STYLE_HASH

from .addresses import absolute
from .conditional import revalidated_exactly
from .page import PageResponse

View = TypeVar("View", bound=Callable[..., HttpResponse])

#: What the page at `/` is called where it needs a name.
HOME = "matrix"
#: How long a picture may be shown without asking whether it has changed, in seconds.
FRESH, YEAR = 3_600, 31_536_000


@dataclass
class Picture:
    """Of one page; nothing is computed before it is asked for, and no query is made: the page has its facts."""

    build: Callable[[Any], Card]
    page: Any
    #: Of the page, with its query where the view names one: what a page does not read is no part of its address.
    path: str
    for_ever: bool = False

    @cached_property
    def card(self) -> Card:
        return self.build(self.page)

    @cached_property
    def shown(self) -> Card:
        """What of it a picture has room for."""
        return drawing.fitting(self.card)

    @property
    def alt(self) -> str:
        return self.shown.alt

    @property
    def title(self) -> str:
        return self.shown.title

    @property
    def label(self) -> str:
        """The title as Markdown takes it for the text of an image."""
        return re.sub(r"([\\\[\]`*_<>])", r"\\\1", self.card.title)

    @property
    def page_url(self) -> str:
        return absolute(self.path)

    @property
    def url(self) -> str:
        """With a mark of what is in it, so that platforms which keep pictures fetch a changed one anew."""
        path, _, query = self.path.partition("?")
        mark = sha256(repr(self.shown).encode()).hexdigest()[:10]
        return absolute(f"{address(path, 'png')}?{query}{'&' if query else ''}v={mark}")


def address(path: str, ending: str) -> str:
    """Of the picture of the page at this path."""
    return f"{path.rstrip('/') or '/' + HOME}.{ending}"


def pictured(build: Callable[[Any], Card], *, for_ever: bool = False) -> Callable[[View], View]:
    """The page gets a picture, as `build` makes a card of what it shows; `for_ever`, if the page never changes."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if isinstance(response, PageResponse) and response.status_code == 200:
                picture = Picture(build, response.page, response.address, for_ever)
                response.context_data = {**(response.context_data or {}), "picture": picture}
            return response

        # Decorators around it hand it on: the view of the picture calls the page from here on inwards.
        answer.pictured = answer  # type: ignore[attr-defined]
        return cast(View, answer)

    return decorate


@require_safe
@revalidated_exactly
def png(request: HttpRequest, page: str) -> HttpResponse:
    """The picture that platforms show beside a link to the page."""
    found = _page(request, page)
    if not isinstance(found, Picture):
        return _instead(found, "png")
    drawn = drawing.picture(found.card, brand=settings.SITE_NAME, address=_told(page))
    return _kept(HttpResponse(drawn, content_type="image/png"), found)


@require_safe
@csp_replace({"style-src": [STYLE_HASH]})  # type: ignore[arg-type]
@revalidated_exactly
def svg(request: HttpRequest, page: str) -> HttpResponse:
    """The same as a chart to be used as an image elsewhere, in a README say."""
    found = _page(request, page)
    if not isinstance(found, Picture):
        return _instead(found, "svg")
    drawn = drawing.chart(found.card, brand=settings.SITE_NAME, address=_told(page))
    return _kept(HttpResponse(drawn, content_type="image/svg+xml; charset=utf-8"), found)


def _page(request: HttpRequest, page: str) -> Picture | HttpResponse:
    """What the page itself would answer, or its picture."""
    query = request.GET.copy()
    query.pop("v", None)
    request.GET = query  # type: ignore[assignment]
    try:
        match = resolve("/" if page == HOME else f"/{page}/")
        view = getattr(match.func, "pictured", None)
        if view is None:
            raise Http404
        response: HttpResponse = view(request, *match.args, **match.kwargs)
    except (Resolver404, Http404):
        return HttpResponse(status=404)
    found: Picture | None = (getattr(response, "context_data", None) or {}).get("picture")
    return found or response


def _instead(response: HttpResponse, ending: str) -> HttpResponse:
    """Where the page sends its readers on, so does its picture; otherwise one sentence, with the page's status."""
    if "Location" in response:
        scheme, host, path, query, part = urlsplit(response["Location"])
        if path.endswith("/"):
            response["Location"] = urlunsplit((scheme, host, address(path, ending), query, part))
        return response
    sentence = f"There is no picture here, because there is no such page (status {response.status_code}).\n"
    return HttpResponse(sentence, status=response.status_code, content_type="text/plain; charset=utf-8")


def _told(page: str) -> str:
    """The address of the page as a picture tells it."""
    return urlsplit(settings.SITE_URL).netloc + ("" if page == HOME else f"/{page}/")


def _kept(response: HttpResponse, found: Picture) -> HttpResponse:
    if found.for_ever:
        patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    else:
        patch_cache_control(response, public=True, max_age=FRESH)
    return response
