"""Answer conditional requests: one query tells whether a page could have changed, and only then is it rendered."""

import hashlib
from collections.abc import Callable, Iterable
from functools import cache, partial, wraps
from typing import Any, TypeVar, cast

from django import get_version
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import parse_etags

from frameworks.serving import answers, memory

View = TypeVar("View", bound=Callable[..., HttpResponseBase])

YEAR = 31_536_000  # seconds


def revalidated(view: View, *, exactly: bool = False) -> View:
    """Decorate a view so that it answers 304 to a client that has the current page.

    With `exactly`, the same facts give the same bytes and the ETag is strong. The tag is computed before the page, so
    a change between the two shows with the next request.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # A preview is rolled back after rendering, so no tag describes it.
        if hasattr(request, "preview_of"):
            return view(request, *args, **kwargs)
        mark = memory.served_mark()
        typed = request.get_full_path()
        if known := _not_modified(request, typed, mark, exactly=exactly):
            return known
        response = view(request, *args, **kwargs)
        canonical = answers.canonical_address(request)
        if response.status_code != 200 or isinstance(response, answers.KeptResponse):
            return response
        if canonical != typed and (known := _not_modified(request, canonical, mark, exactly=exactly)):
            return known
        response.headers["ETag"] = _tag(request, canonical, mark, exactly=exactly)
        return response

    return cast(View, answer)


def _not_modified(request: HttpRequest, address: str, mark: str, *, exactly: bool) -> HttpResponse | None:
    """Return 304 if the client has this page. Compared weakly: compression on the way makes a strong tag weak."""
    if not (known := request.META.get("HTTP_IF_NONE_MATCH")):
        return None
    tag = _tag(request, address, mark, exactly=exactly)
    is_known = not {tag, f"W/{tag}"}.isdisjoint(parse_etags(known))
    return HttpResponseNotModified(headers={"ETag": tag}) if is_known else None


revalidated_exactly = partial(revalidated, exactly=True)


def unchanging(view: View) -> View:
    """Decorate a view whose pages never change: any cache may store them for a year without revalidation.

    They are not streamed.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = cast(HttpResponse, view(request, *args, **kwargs))
        if response.status_code != 200:
            return response
        if isinstance(response, SimpleTemplateResponse):
            response.render()
        patch_cache_control(response, public=True, max_age=YEAR, immutable=True)
        response.headers["ETag"] = tag = f'"{hashlib.sha256(response.content).hexdigest()}"'
        return cast(HttpResponse, get_conditional_response(request, tag, response=response))

    return cast(View, answer)


def _tag(request: HttpRequest, address: str, mark: str, *, exactly: bool) -> str:
    """Return the ETag of this address with the facts of this version. Weak: compressed or not, it is the same page."""
    part = "fragment" if answers.is_fragment(request) else "page"
    digest = _digest([release(), str(timezone.localdate()), address, part, mark])
    return f'"{digest}"' if exactly else f'W/"{digest}"'


@cache
def release() -> str:
    """Return a hash of the code and of the settings that show on pages: the same in every process of a release."""
    files = sorted(
        path
        for folder in settings.CODE
        for path in (settings.BASE_DIR / folder).rglob("*")
        if path.suffix != ".pyc"
    )
    hashes = (hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.is_file())
    return _digest(
        [
            get_version(),
            settings.SITE_URL,
            str(settings.OBJECTIONS),
            settings.CONTACT,
            str(settings.TOPIC),
            *hashes,
        ]
    )


def _digest(parts: Iterable[Any]) -> str:
    return hashlib.sha256("\n".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]
