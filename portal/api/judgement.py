"""What follows from the facts under somebody's weights: the matrix, a side by side, what was frozen."""

from django.conf import settings
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from ninja import Router
from ninja.decorators import decorate_view

from comparisons.comparison import comparing
from comparisons.comparison.comparing import Comparison
from comparisons.comparison.forms import clip
from comparisons.comparison.permalinks import parties
from comparisons.models import Snapshot
from comparisons.sharing import snapshots
from frameworks.models import Revision
from frameworks.pages.conditional import revalidated, unchanging

from . import schemas
from .facts import LOOKING, moment, page_of
from .parameters import Refused, understood
from .problems import Fault

#: What only changes how the page looks. Its address may be asked as it is: here this changes nothing.
MERELY_SHOWN = ("baseline", "framework", "open")
#: What means nothing side by side.
OF_THE_MATRIX = ("criteria", "sort", "framework", "open")

router = Router()


@router.api_operation(
    LOOKING,
    "/matrix",
    summary="All frameworks, filtered, weighed and ranked",
    response=schemas.Compared,
    tags=["Comparisons"],
)
@decorate_view(revalidated)
def matrix(request: HttpRequest) -> schemas.Compared:
    """All frameworks that pass the filters, ranked under the weights, each cell with its claims.

    The parameters are those of the page `/`, so that its address asks for the same; `baseline`, `framework` and `open`,
    which only say what stands out, is ticked and open there, change nothing here. Filters never change a score.
    """
    revision = comparing.newest_revision(request.GET, timezone.now())
    asked = comparing.matrix(request.GET, with_claims=True)
    understood(request.GET, *asked.forms, ignored=MERELY_SHOWN)
    return _compared(asked, revision, reverse("comparisons:matrix"))


@router.api_operation(
    LOOKING,
    "/compare/{slug:versus}",
    summary="Two to five frameworks side by side",
    response=schemas.Compared,
    tags=["Comparisons"],
)
@decorate_view(revalidated)
def compare(request: HttpRequest, versus: str) -> schemas.Compared:
    """Two to five frameworks, as `django-vs-flask`, ranked under the weights, each cell with its claims.

    The parameters are those of the page `/compare/django-vs-flask/`; `baseline` changes nothing here. With
    `only=differences` the criteria are left out in which all of them are alike; their weights still count.
    """
    slugs = parties(versus)
    revision = comparing.newest_revision(request.GET, timezone.now())
    asked = comparing.side_by_side(
        request.GET, slugs, folds=False
    )  # a page folds what is alike; data leaves it out
    known = {framework.slug for framework in asked.frameworks}
    if unknown := [slug for slug in slugs if slug not in known]:
        raise Http404(f"There is no framework “{clip(', '.join(unknown))}”.")
    if not 2 <= len(slugs) <= settings.COMPARE_MAX:
        detail = f"Name 2 to {settings.COMPARE_MAX} different frameworks, with -vs- between them."
        raise Refused([Fault(parameter="versus", detail=detail)])
    understood(request.GET, *asked.forms, ignored=["baseline"], but=OF_THE_MATRIX)
    return _compared(asked, revision, reverse("comparisons:side_by_side", args=[slugs]))


@router.api_operation(
    LOOKING,
    "/snapshots/{slug:snapshot_id}",
    summary="A comparison as it was frozen",
    response=schemas.Frozen,
    tags=["Comparisons"],
)
@decorate_view(unchanging)
def snapshot(request: HttpRequest, snapshot_id: str) -> schemas.Frozen:
    """A comparison as it was frozen, named by the hash of what it says: the last part of its address, `/s/<id>/`."""
    understood(request.GET)
    found = Snapshot.objects.filter(pk=snapshot_id).first()
    if found is None:
        raise Http404(f"There is no snapshot “{clip(snapshot_id)}”.")
    return schemas.Frozen(
        id=found.pk,
        stood_at=moment(found.stood_at),
        created_at=moment(found.created_at),
        page=page_of(found.get_absolute_url()),
        content=snapshots.FrozenComparison(found).content,
    )


def _compared(asked: Comparison, revision: Revision | None, path: str) -> schemas.Compared:
    return schemas.Compared(
        **asked.content,
        revision=revision.pk if revision else None,
        as_of=asked.view.as_of.isoformat() if asked.view.as_of else None,
        use_case=asked.view.use_case or None,
        minimum_coverage=settings.MINIMUM_COVERAGE,
        page=page_of(asked.view.url(path)),
    )
