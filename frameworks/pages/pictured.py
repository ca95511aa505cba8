"""Serve a picture of every page: at the page's own address with another ending, made from what the page says.

`/frameworks/django/` has its picture at `/frameworks/django.png`, and its chart at `/frameworks/django.svg`.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from functools import cached_property, wraps
from hashlib import sha256
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import urlsplit, urlunsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from frameworks.text.mangled import unknown
from pictures import drawing
from pictures.card import Card
from pictures.svg import style_hash

from .addresses import absolute, home
from .conditional import revalidated_exactly

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

View = TypeVar("View", bound=Callable[..., HttpResponse])

#: The name of the page at `/` in the address of its picture.
HOME = "matrix"
#: How long a cache may show a picture without revalidating it, in seconds.
FRESH, YEAR = 3_600, 31_536_000
#: On light and on dark ground.
ACCENT = (settings.TOPIC.accent.light, settings.TOPIC.accent.dark)


#: Marks a field of a page, a frozen dataclass, as a part of it: the template knows the part's fields as the page's.
PART = {"is_part": True}


def context_of(page: "DataclassInstance") -> dict[str, Any]:
    """Return the template context: each field under its name, and the fields of its parts under theirs."""
    context: dict[str, Any] = {}
    for field in fields(page):
        value = getattr(page, field.name)
        if not field.metadata.get("is_part"):
            context[field.name] = value
        elif value is not None:
            context |= context_of(value)
    return context


class PageResponse(TemplateResponse):
    """A template with what the page shows. `address` names the page where its path alone does not. `reads` are the
    parameters that the page reads: it names the others; None if what it shows does so already."""

    def __init__(
        self,
        request: HttpRequest,
        template: str,
        page: "DataclassInstance",
        *,
        address: str = "",
        status: int | None = None,
        reads: Collection[str] | None = (),
    ) -> None:
        strays = [] if reads is None else list(unknown(request.GET, reads))
        super().__init__(request, template, {"strays": strays, **context_of(page)}, status=status)
        self.page = page
        self.address = address or request.path


@dataclass
class Picture:
    """The picture of one page, computed on first use and without a query: the page already has its facts."""

    build: Callable[[Any], Card]
    page: Any
    #: The page's path, with the query where the view names one: parameters that the page does not read are left out.
    path: str
    for_ever: bool = False

    @cached_property
    def card(self) -> Card:
        return self.build(self.page)

    @cached_property
    def shown(self) -> Card:
        """Return the part of the card that a picture has room for."""
        return drawing.fitting(self.card)

    @property
    def alt(self) -> str:
        return self.shown.alt

    @property
    def title(self) -> str:
        return self.shown.title

    @property
    def label(self) -> str:
        """Return the title, escaped for the alternative text of an image in Markdown."""
        return re.sub(r"([\\\[\]`*_<>])", r"\\\1", self.card.title)

    @property
    def page_url(self) -> str:
        return absolute(self.path)

    @property
    def url(self) -> str:
        """Return the absolute URL, with a hash of the content, so that platforms fetch a picture that has changed."""
        path, _, query = self.path.partition("?")
        mark = sha256(repr(self.shown).encode()).hexdigest()[:10]
        return absolute(f"{address(path, 'png')}?{query}{'&' if query else ''}v={mark}")


def address(path: str, ending: str) -> str:
    """Return the path of the picture of the page at `path`; `ending` is `png` or `svg`."""
    return f"{home()}{HOME}.{ending}" if path == home() else f"{path.rstrip('/')}.{ending}"


def pictured(build: Callable[[Any], Card], *, for_ever: bool = False) -> Callable[[View], View]:
    """Decorate a view so that its page has a picture.

    `build` makes a card of what the page shows; `for_ever` says that the page never changes.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            response = view(request, *args, **kwargs)
            if isinstance(response, PageResponse) and response.status_code == 200:
                picture = Picture(build, response.page, response.address, for_ever)
                response.context_data = {**(response.context_data or {}), "picture": picture}
            return response

        # functools.wraps copies this attribute to the decorators outside it, so that the view of the picture can call
        # the page without them.
        answer.pictured = answer  # type: ignore[attr-defined]
        return cast(View, answer)

    return decorate


@require_safe
@revalidated_exactly
def png(request: HttpRequest, page: str) -> HttpResponse:
    """Return the picture that platforms show beside a link to the page."""
    picture = _picture_or_response(request, page)
    if not isinstance(picture, Picture):
        return _without_picture(picture, "png")
    image = drawing.picture(
        picture.card, brand=settings.SITE_NAME, address=_printed_address(page), accent=ACCENT
    )
    return _cacheable(HttpResponse(image, content_type="image/png"), picture)


@require_safe
@csp_replace({"style-src": [style_hash(ACCENT)]})  # type: ignore[arg-type]
@revalidated_exactly
def svg(request: HttpRequest, page: str) -> HttpResponse:
    """Return the same card as a chart, for use as an image elsewhere, for example in a README."""
    picture = _picture_or_response(request, page)
    if not isinstance(picture, Picture):
        return _without_picture(picture, "svg")
    image = drawing.chart(
        picture.card, brand=settings.SITE_NAME, address=_printed_address(page), accent=ACCENT
    )
    return _cacheable(HttpResponse(image, content_type="image/svg+xml; charset=utf-8"), picture)


def _picture_or_response(request: HttpRequest, page: str) -> Picture | HttpResponse:
    """Return the page's picture, or the response of the page itself where it has none."""
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
    picture: Picture | None = (getattr(response, "context_data", None) or {}).get("picture")
    return picture or response


def _without_picture(response: HttpResponse, ending: str) -> HttpResponse:
    """Redirect to the other page's picture where the page redirects; otherwise say so, with the page's status."""
    if "Location" in response:
        scheme, host, path, query, part = urlsplit(response["Location"])
        if path.endswith("/"):
            response["Location"] = urlunsplit((scheme, host, address(path, ending), query, part))
        return response
    sentence = f"There is no picture here, because there is no such page (status {response.status_code}).\n"
    return HttpResponse(sentence, status=response.status_code, content_type="text/plain; charset=utf-8")


def _printed_address(page: str) -> str:
    """Return the address of the page as its picture prints it: without a scheme."""
    return urlsplit(settings.SITE_URL).netloc + (home().rstrip("/") if page == HOME else f"{home()}{page}/")


def _cacheable(response: HttpResponse, picture: Picture) -> HttpResponse:
    if picture.for_ever:
        patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
    else:
        patch_cache_control(response, public=True, max_age=FRESH)
    return response
