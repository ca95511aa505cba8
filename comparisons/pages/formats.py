"""Serve comparisons as files: the ending of an address is the format, and a file says what the page says."""

import json
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from math import ceil
from zlib import crc32

from django.conf import settings
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator, capfirst, slugify
from django.views.decorators.http import require_safe

from comparisons.comparison import comparing
from comparisons.comparison.comparing import Comparison, Filtered
from comparisons.comparison.content import content_of
from comparisons.comparison.matrix import Matrix, Portion
from comparisons.comparison.permalinks import versus
from comparisons.comparison.picking import reduced
from comparisons.models import Snapshot
from comparisons.sharing import exports
from comparisons.sharing.exports import FileOrigin, Part, Parts, Place, in_words, listed
from comparisons.sharing.snapshots import FrozenComparison
from frameworks.facts import Detail
from frameworks.models import Revision
from frameworks.pages.conditional import revalidated, unchanging

from .answers import without_blanks

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
}
#: Of how many frameworks a file is written at a time; with more it is streamed.
PORTION = 500
#: How many characters of an unknown name an error repeats, and how many names.
NAME_MAX, NAMES_MAX = 60, 5
#: How many characters of the name of a file say what is in it.
LONGEST = 100


@require_safe
@revalidated
def matrix(request: HttpRequest, ending: str) -> HttpResponseBase:
    """Return the matrix of these parameters as a file, its rows in the order of the page."""
    query, path = without_blanks(request), reverse("comparisons:matrix")
    revision = comparing.newest_revision(query)
    comparison = comparing.matrix(query, detail=Detail.CLAIMS)
    origin = _origin(comparison, f"{capfirst(settings.TOPIC.long_items)} compared", path, revision)
    parts = _parts(comparison)
    response = _file(parts, origin, ending, is_long=len(comparison.places) > PORTION)
    return _headed(
        response,
        ending,
        _name(comparison, slugify(settings.SITE_NAME)),
        path,
        is_past=bool(comparison.view.as_of),
    )


@require_safe
@revalidated
def side_by_side(request: HttpRequest, slugs: list[str], ending: str) -> HttpResponseBase:
    """Return two to five frameworks side by side as a file, in the order of the page; of more, the matrix."""
    query = without_blanks(request)
    revision = comparing.newest_revision(query)
    comparison = comparing.side_by_side(query, slugs, folds=False)
    slugs = [*comparison.slugs]
    if refusal := _refusal(comparison, slugs):
        return _refused(ending, *refusal)
    if len(slugs) > settings.COMPARE_MAX:
        view = reduced(comparison.view, slugs, comparison.usual)
        return HttpResponseRedirect(view.url(reverse("comparisons:matrix_file", args=[ending])))
    title = f"{listed(comparison.table.names)} side by side"
    path, canonical = (reverse("comparisons:side_by_side", args=[order]) for order in (slugs, sorted(slugs)))
    origin = _origin(comparison, title, path, revision)
    whole = Part(comparison.content, _versions(comparison, comparison.table), comparison.facts.mark)
    response = _file(lambda: [whole], origin, ending, turned=True)
    return _headed(
        response, ending, _name(comparison, versus(slugs)), canonical, is_past=bool(comparison.view.as_of)
    )


@require_safe
@unchanging
def snapshot(request: HttpRequest, snapshot_id: str, ending: str) -> HttpResponseBase:
    """Return a snapshot as a file, from its stored content alone."""
    stored = Snapshot.objects.filter(pk=snapshot_id).first()
    if stored is None:
        return _refused(ending, HTTPStatus.NOT_FOUND, "There is no permanent copy at this address.")
    frozen, path = FrozenComparison(stored), stored.get_absolute_url()
    content, names = frozen.content, frozen.names
    address, stood = settings.SITE_URL + path, in_words(timezone.localdate(stored.stood_at))
    origin = FileOrigin(
        site=settings.SITE_NAME,
        title=f"{listed(names) if frozen.is_side_by_side else frozen.title} as they stood on {stood}",
        address=address,
        facts=f"permanent copy saved on {in_words(timezone.localdate(stored.created_at))}",
        source_page=lambda key: f"{address}#source-{key}",
        metadata={"snapshot": {"id": stored.pk, "stood_at": stored.stood_at, "frozen_at": stored.created_at}},
    )
    name = versus(frozen.slugs) if frozen.is_side_by_side else slugify(f"{settings.SITE_NAME} {frozen.title}")
    name = f"{name}-{timezone.localdate(stored.stood_at)}-{stored.pk[:8]}"
    response = _file(lambda: [Part(content, {})], origin, ending, turned=frozen.is_side_by_side)
    return _headed(response, ending, name, path, is_past=True)


# What a file says


def _origin(comparison: Comparison, title: str, path: str, revision: Revision | None) -> FileOrigin:
    day, use_case = comparison.view.as_of, comparison.use_case
    when = f"as it stood on {in_words(day)}" if day else _words(revision)
    return FileOrigin(
        site=settings.SITE_NAME,
        title=title,
        address=settings.SITE_URL + comparison.pinned_url(path),
        facts=f"{when}, with the weights for {use_case.name}" if use_case else when,
        source_page=lambda key: settings.SITE_URL + reverse("frameworks:source", args=[key]),
        metadata={
            "revision": {"number": revision.pk, "at": revision.at} if revision else None,
            "as_of": day,
            "use_case": {"slug": use_case.slug, "name": use_case.name} if use_case else None,
        },
        notices=list(comparison.notices),
    )


def _words(revision: Revision | None) -> str:
    if revision is None:
        return "before the first revision"
    return f"revision {revision.pk} of {in_words(timezone.localdate(revision.at))}"


def _parts(comparison: Filtered) -> Parts:
    """Return the rows of all pages of a matrix, in parts that are built when they are written."""

    def parts() -> Iterator[Part]:
        for number in range(max(1, ceil(len(comparison.places) / PORTION))):
            table = comparison.build(Portion(number + 1, PORTION))
            rows = [*table.ranked, *table.unranked]
            yield Part(content_of(table, rows), _versions(comparison, table), comparison.facts.mark)

    if len(comparison.places) > PORTION:
        return parts
    whole = tuple(parts())
    return lambda: whole


def _versions(comparison: Comparison, table: Matrix) -> dict[Place, int]:
    """Return the versions of today's ratings; none for a past day, because an editor would not change its ratings."""
    if comparison.view.as_of:
        return {}
    return {
        (cell.framework.slug, cell.criterion.slug): cell.rating.version
        for row in table.in_order
        for cell in row.cells
        if cell.rating
    }


# How it is answered


def _file(
    parts: Parts, origin: FileOrigin, ending: str, *, turned: bool = False, is_long: bool = False
) -> HttpResponseBase:
    """Return the file, streamed if it is long."""
    written: Iterator[str] | Iterator[bytes]
    if ending == "csv":
        written = exports.write_csv(parts, origin)
    elif ending == "json":
        written = exports.write_json(parts, origin)
    else:
        written = exports.write_markdown(parts, origin, turned=turned)
    response = (StreamingHttpResponse if is_long else HttpResponse)(written, content_type=TYPES[ending])
    if ending == "csv" and origin.notices:
        # A table has no place for them; JSON is plain ASCII, as a header must be.
        response.headers["X-Notices"] = json.dumps(origin.notices[:NAMES_MAX])
    return response


def _headed(
    response: HttpResponseBase, ending: str, name: str, canonical: str, *, is_past: bool
) -> HttpResponseBase:
    """Add the file name and the canonical page; keep a past day or a snapshot out of search results, as its page is."""
    disposition = "attachment" if ending == "csv" else "inline"
    response.headers["Content-Disposition"] = f'{disposition}; filename="{name}.{ending}"'
    response.headers["Link"] = f'<{settings.SITE_URL}{canonical}>; rel="canonical"'
    if is_past:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _name(comparison: Comparison, name: str) -> str:
    """Return the name of a file without its ending: what is compared, which view of it, and the day of its facts.

    What few words can say is said in words; a mark tells views apart that differ in anything else.
    """
    view = comparison.view
    values = [value for values in view.facets.values() for value in values]
    words = "-".join([name, *filter(None, [view.use_case, versus(view.among), *values])])
    rest = view.but(as_of=None, use_case="", among=(), facets={}, page=1).query()
    if rest or len(words) > LONGEST:
        words = f"{words[:LONGEST]}-{crc32(view.query().encode()):08x}"
    return f"{words}-{view.as_of or timezone.localdate()}"


def _refusal(comparison: Comparison, slugs: Sequence[str]) -> tuple[HTTPStatus, str] | None:
    """Return the status and the reason why these cannot be compared side by side, or None."""
    known, most = {framework.slug for framework in comparison.frameworks}, settings.COMPARE_MAX
    if unknown := [f"“{Truncator(slug).chars(NAME_MAX)}”" for slug in slugs if slug not in known]:
        day = comparison.view.as_of
        there_was = f"On {in_words(day)} there was" if day else "There is"
        named = listed(unknown[:NAMES_MAX], "or")
        return HTTPStatus.NOT_FOUND, f"{there_was} no {settings.TOPIC.item} called {named} here."
    if len(slugs) < 2 and comparison.retired:
        return HTTPStatus.GONE, " ".join(comparison.retirement_notes)
    if len(slugs) < 2:
        return (
            HTTPStatus.BAD_REQUEST,
            f"Name 2 to {most} {settings.TOPIC.items}, as in first-vs-second.",
        )
    return None


def _refused(ending: str, status: HTTPStatus, sentence: str) -> HttpResponse:
    """Return the error as problem details for JSON, and as plain text for the other formats."""
    if ending != "json":
        return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
    problem = {"type": "about:blank", "title": status.phrase, "status": status, "detail": sentence}
    return JsonResponse(problem, status=status, content_type="application/problem+json")
