"""Serve comparisons for other people's pages: the frames, the page that makes the snippet, oEmbed."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar, cast
from xml.etree import ElementTree

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_update
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from comparisons.comparison import comparing
from comparisons.comparison.forms import FrameForm, OembedForm, notices, value_notices
from comparisons.models import Snapshot
from comparisons.sharing import embedding, snippets
from comparisons.sharing.snapshots import FrozenComparison
from frameworks.pages.conditional import revalidated, unchanging
from frameworks.pages.feeds import plain
from frameworks.pages.pictured import PageResponse, pictured
from frameworks.text.mangled import unknown
from pictures.card import titled

from .answers import HtmxRequest, page_or_fragment, tidied, vary_on_htmx, wants_fragment, without_blanks
from .contexts import FramePage, MakerPage

View = TypeVar("View", bound=Callable[..., HttpResponse])

#: A frame shows text and lines. It submits no form, runs no script, and may be framed by any page.
POLICY = {
    "default-src": [NONE],
    "style-src": [SELF],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": ["*"],
}
#: For a page that frames one of ours. Sent with 304 as well, because the browser then adopts the new headers.
shows_frames = cast(Callable[[View], View], csp_update({"frame-src": [SELF]}))


def framable(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Allow any page to frame this view, including its error pages and its 304 responses."""

    @csp(POLICY)
    @xframe_options_exempt
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            response = _nothing(request, 404)
        except SuspiciousOperation:
            response = _nothing(request, 400)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    return answer


@framable
@require_safe
@revalidated
def compare(request: HttpRequest, slugs: list[str]) -> HttpResponse:
    """Show two to five frameworks in brief, under the same parameters as their side by side."""
    query = without_blanks(request)
    revision = comparing.newest_revision(query)
    comparison, look = comparing.side_by_side(query, slugs), FrameForm(query)
    slugs = [*comparison.slugs]
    if len(slugs) < 2 and comparison.retired:
        return _nothing(request, 410, " ".join(comparison.retirement_notes))
    if len(comparison.places) < len(slugs):
        return _nothing(
            request, 404, f"Some of the {settings.TOPIC.items} in its address are not known here."
        )
    if not embedding.fits(comparison, slugs):
        return _nothing(
            request, 400, f"A comparison takes 2 to {settings.COMPARE_MAX} {settings.TOPIC.items}."
        )
    page = FramePage(
        embed=embedding.of_comparison(comparison, slugs),
        theme=look.clean_data.get("theme", ""),
        notices=[*comparison.retirement_notes, *notices(comparison.query, *comparison.forms, look)],
        day=comparison.view.as_of or timezone.localdate(),
        revision=revision,
    )
    return PageResponse(request, "comparisons/embed.html", page)


@framable
@require_safe
@unchanging
def snapshot(request: HttpRequest, snapshot_id: str) -> HttpResponse:
    """Show a snapshot in brief, from its stored content; it never changes."""
    query = without_blanks(request)
    frozen, look = get_object_or_404(Snapshot, pk=snapshot_id), FrameForm(query)
    if not FrozenComparison(frozen).is_side_by_side:
        return _nothing(request, 400, f"A frame takes 2 to {settings.COMPARE_MAX} {settings.TOPIC.items}.")
    page = FramePage(
        embed=embedding.of_snapshot(frozen),
        theme=look.clean_data.get("theme", ""),
        notices=[*value_notices(look), *unknown(query, FrameForm.base_fields)],
        snapshot=frozen,
        day=frozen.stood_at,
    )
    return PageResponse(request, "comparisons/embed.html", page)


@framable
@require_safe
def missing(request: HttpRequest, path: str) -> HttpResponseBase:
    """Answer 404 for every other address that is framed."""
    raise Http404


@shows_frames
@require_safe
@vary_on_htmx
@revalidated
@pictured(
    titled(
        "Embed", "A comparison on your own page", "Live or as a permanent copy, without cookies or scripts"
    )
)
def maker(request: HtmxRequest) -> HttpResponse:
    """Make the snippet for a comparison, in a theme, a width and a height, with a preview."""
    query = without_blanks(request)
    if query != request.GET and not wants_fragment(request):
        return tidied(request, query)
    snippet = snippets.read(query)
    return page_or_fragment(
        request, "comparisons/embed_maker.html", "maker", MakerPage(snippet=snippet), snippet
    )


@require_safe
@revalidated
def oembed(request: HttpRequest) -> HttpResponse:
    """Describe how to embed a page of ours, as oEmbed 1.0 specifies: 400, 404 or 501 if it cannot be done."""
    form = OembedForm(request.GET)
    parameters = form.clean_data
    if not request.GET.get("url"):
        return _error_json(400, "The parameter “url” is missing.")
    if "format" in form.errors or parameters.get("format", "").lower() not in {"", "json", "xml"}:
        return _error_json(501, "Only JSON and XML are available.")
    embed = (
        embedding.embed_at(embedding.complete(parameters["url"], request.GET))
        if "url" in parameters
        else None
    )
    if embed is None:
        return _error_json(404, "There is no comparison at this address.")
    if form.errors:
        return _error_json(400, f"{' and '.join(form.errors)}: must be a whole number of pixels, 1 or more.")
    description = embed.oembed(parameters.get("maxwidth"), parameters.get("maxheight"))
    return (
        _xml(description) if parameters.get("format", "").lower() == "xml" else _cors_json(description, 200)
    )


def _xml(description: Mapping[str, str | int]) -> HttpResponse:
    """Return the same as XML, as the specification has it: an element for each value."""
    root = ElementTree.Element("oembed")
    for name, value in description.items():
        ElementTree.SubElement(root, name).text = plain(str(value))
    text = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return HttpResponse(
        text, content_type="text/xml; charset=utf-8", headers={"Access-Control-Allow-Origin": "*"}
    )


def _error_json(status: int, sentence: str) -> HttpResponse:
    return _cors_json({"status": status, "title": sentence}, status)


def _cors_json(content: dict[str, Any], status: int) -> HttpResponse:
    """Return JSON that scripts of any origin may read: the portal's public answers use no cookies."""
    return JsonResponse(content, status=status, headers={"Access-Control-Allow-Origin": "*"})


def _nothing(
    request: HttpRequest, status: int, sentence: str = "The address may be mistyped."
) -> HttpResponse:
    """Return an error page small enough for the frame."""
    context = {"sentence": sentence}
    return TemplateResponse(request, "comparisons/embed_missing.html", context, status=status).render()
