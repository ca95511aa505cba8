"""Answer for comparisons: the matrix, a side by side, a snapshot."""

import json
from collections.abc import Collection
from functools import partial
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router
from ninja.decorators import decorate_view

from comparisons.comparison import comparing
from comparisons.comparison.comparing import Comparison
from comparisons.comparison.forms import clip
from comparisons.comparison.matrix import Row
from comparisons.comparison.permalinks import View, parties, with_query
from comparisons.models import Snapshot
from comparisons.sharing import snapshots
from comparisons.sharing.exports import json_items
from frameworks.facts import Detail
from frameworks.models import Revision
from frameworks.pages.conditional import revalidated, unchanging

from . import schemas
from .facts import SAFE_METHODS, moment, page_of
from .parameters import MatrixForm, ParameterRefused, validate
from .problems import Fault

#: Parameters that change only how a page looks. They are accepted, so that its query string can be used as it is.
DISPLAY_ONLY = ("baseline", "framework", "open", "rows", "why", "evidence")
#: Those of them that a side by side has.
DISPLAY_ONLY_BESIDE = ("baseline", "rows", "why", "evidence")
#: Parameters of the matrix that mean nothing side by side.
MATRIX_ONLY = ("criteria", "sort", "framework", "open")

router = Router()


@router.api_operation(
    SAFE_METHODS,
    "/matrix",
    summary="All frameworks, filtered, weighted and ranked",
    response=schemas.ComparedPage,
    tags=["Comparisons"],
)
@decorate_view(revalidated)
def matrix(request: HttpRequest) -> HttpResponse:
    """Return the frameworks that match the filters, ranked by the weights, each cell with its claims.

    More than 50 are split into pages; `next` is the address of the next one, which begins `after` the last framework of
    this one. `page` selects one by its number.

    The parameters are those of the page `/`, so its query string can be used as it is. `baseline`, `framework`, `open`,
    `rows` and `why`, which only set what the page highlights, selects and opens, have no effect here. Filters never
    change a score.
    """
    revision = comparing.newest_revision(request.GET)
    comparison, place = comparing.matrix(request.GET, detail=Detail.CLAIMS), MatrixForm(request.GET)
    _refuse_retired(comparison, ignored=DISPLAY_ONLY)
    validate(request.GET, *comparison.forms, place, ignored=DISPLAY_ONLY, excluded=["of"])
    comparison.after = comparison.facts.by_slug.get(place.clean_data.get("after", ""))
    table, view = comparison.table, comparison.view
    shown = [*table.ranked, *table.unranked]
    page = schemas.ComparedPage(
        **_compared(comparison, revision, reverse("comparisons:matrix")),
        total=len(comparison.places),
        next=_next(request, view.but(page=view.page + 1), shown[-1]) if shown and table.rows_after else None,
    )
    return _written(page, comparison.facts.mark)


@router.api_operation(
    SAFE_METHODS,
    "/compare/{slug:versus}",
    summary="Two to five frameworks side by side",
    response=schemas.Compared,
    tags=["Comparisons"],
)
@decorate_view(revalidated)
def compare(request: HttpRequest, versus: str) -> HttpResponse:
    """Compare two to five frameworks, as in `first-vs-second`, ranked by the weights, each cell with its claims.

    The parameters are those of the page `/compare/first-vs-second/`; `baseline`, `rows` and `why` have no effect
    here.
    With `only=differences`, criteria on which all are alike are left out; their weights still count.
    """
    slugs = parties(versus)
    revision = comparing.newest_revision(request.GET)
    comparison = comparing.side_by_side(
        request.GET, slugs, folds=False
    )  # a page folds equal rows; data leaves them out
    if gone := [fact.retirement_note for parameter, fact in comparison.retired if fact.slug in slugs]:
        raise Http404(" ".join(gone))
    known = {framework.slug for framework in comparison.frameworks}
    if unknown := [slug for slug in slugs if slug not in known]:
        raise Http404(f"There is no {settings.TOPIC.item} “{clip(', '.join(unknown))}”.")
    if not 2 <= len(slugs) <= settings.COMPARE_MAX:
        detail = (
            f"Name 2 to {settings.COMPARE_MAX} different {settings.TOPIC.items}, with -vs- between them. "
            "The matrix takes more: among=…&among=…"
        )
        raise ParameterRefused([Fault(parameter="versus", detail=detail)])
    _refuse_retired(comparison, ignored=DISPLAY_ONLY_BESIDE)
    validate(request.GET, *comparison.forms, ignored=DISPLAY_ONLY_BESIDE, excluded=MATRIX_ONLY)
    compared = _compared(comparison, revision, reverse("comparisons:side_by_side", args=[slugs]))
    return _written(compared, comparison.facts.mark)


@router.api_operation(
    SAFE_METHODS,
    "/snapshots/{slug:snapshot_id}",
    summary="A permanent copy of a comparison",
    response=schemas.Frozen,
    tags=["Comparisons"],
)
@decorate_view(unchanging)
def snapshot(request: HttpRequest, snapshot_id: str) -> schemas.Frozen:
    """Return a permanent copy of a comparison. Its id is the hash of its content and ends its address, `/s/<id>/`."""
    validate(request.GET)
    frozen = Snapshot.objects.filter(pk=snapshot_id).first()
    if frozen is None:
        raise Http404(f"There is no snapshot “{clip(snapshot_id)}”.")
    return schemas.Frozen(
        id=frozen.pk,
        stood_at=moment(frozen.stood_at),
        created_at=moment(frozen.created_at),
        page=page_of(frozen.get_absolute_url()),
        content=snapshots.FrozenComparison(frozen).content,
    )


def _refuse_retired(comparison: Comparison, ignored: Collection[str]) -> None:
    """Raise ParameterRefused if parameters that count name a framework or a criterion that is retired."""
    faults = [
        Fault(parameter=clip(parameter), detail=fact.retirement_note)
        for parameter, fact in comparison.retired
        if parameter and parameter not in ignored
    ]
    if faults:
        raise ParameterRefused(faults)


def _next(request: HttpRequest, view: View, last: Row) -> str:
    """Return the address of the page after this row: what is added meanwhile is neither repeated nor missed."""
    after = urlencode({"after": last.framework.slug})
    return page_of(f"{with_query(request.path, view.query())}&{after}")


def _compared(comparison: Comparison, revision: Revision | None, path: str) -> schemas.Compared:
    return schemas.Compared(
        **comparison.content,
        revision=revision.pk if revision else None,
        as_of=comparison.view.as_of.isoformat() if comparison.view.as_of else None,
        use_case=comparison.view.use_case or None,
        minimum_coverage=settings.MINIMUM_COVERAGE,
        page=page_of(comparison.view.url(path)),
    )


_json = partial(json.dumps, ensure_ascii=False)


def _written(compared: schemas.Compared, mark: str) -> HttpResponse:
    """Return the response as the API's renderer writes it, its cells and claims from memory where they are kept.

    That the content is what its schema says is known to mypy and to a test: to have it checked here as well, and copied
    before it is written, would take longer than all else.
    """
    lists = {name: f"[{', '.join(json_items(compared, name, mark, _json))}]" for name in ("cells", "claims")}
    fields = (f"{_json(name)}: {lists.get(name) or _json(value)}" for name, value in compared.items())
    return HttpResponse(f"{{{', '.join(fields)}}}", content_type="application/json; charset=utf-8")
