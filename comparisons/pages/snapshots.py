"""Make snapshots, show them, and show what has changed since."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from comparisons.comparison import comparing
from comparisons.comparison.comparing import Comparison
from comparisons.comparison.forms import FrozenForm, value_notices
from comparisons.comparison.permalinks import View
from comparisons.models import Snapshot
from comparisons.sharing import snapshots
from comparisons.sharing.embedding import oembed_url
from frameworks.catalogue import LISTED
from frameworks.facts import Detail
from frameworks.pages.conditional import revalidated, unchanging
from frameworks.pages.pictured import PageResponse, pictured
from frameworks.text.mangled import unknown

from . import cards, links
from .answers import HtmxRequest, chooser, compared, vary_on_htmx, wants_fragment, without_blanks
from .contexts import SnapshotChangesPage, SnapshotPage


@csrf_exempt  # there is no cookie that somebody could abuse
@require_POST
def freeze(request: HtmxRequest, slugs: list[str]) -> HttpResponse:
    """Freeze a side by side and redirect to its snapshot; 429 or 503 if there are too many."""
    comparison = comparing.side_by_side(without_blanks(request), slugs)
    slugs = [*comparison.slugs]
    if len(slugs) < 2 or len(comparison.places) < len(slugs):
        return chooser(request, comparison, slugs)
    if len(slugs) > settings.COMPARE_MAX:
        return compared(request, comparison, slugs)
    shown = View(baseline=comparison.view.baseline, only=comparison.view.only)
    return _frozen(request, comparison, shown, reverse("comparisons:side_by_side", args=[slugs]))


@csrf_exempt  # as above
@require_POST
def freeze_matrix(request: HtmxRequest) -> HttpResponse:
    """Freeze the frameworks that a matrix shows and redirect to their snapshot; 400 if they are too many, or none."""
    comparison = comparing.matrix(without_blanks(request), detail=Detail.CLAIMS, folds=True)
    path, total = reverse("comparisons:matrix"), len(comparison.places)
    if not total or comparison.pages > 1:
        reason = (
            f"A permanent copy holds up to {LISTED} {settings.TOPIC.items}, and {total:,} are shown. Filter them first."
            if total
            else f"No {settings.TOPIC.items} match, so there is nothing to copy."
        )
        return _not_frozen(request, reason, comparison.view.url(path), 400)
    base = comparison.view.baseline
    is_there = base in {framework.slug for framework in comparison.frameworks}
    shown = View(baseline=base if is_there else "", only=comparison.view.only)
    return _frozen(request, comparison, shown, path)


def _frozen(request: HtmxRequest, comparison: Comparison, shown: View, path: str) -> HttpResponse:
    """Freeze the comparison and redirect to its snapshot as it is shown, or say why not."""
    now = timezone.now()
    at, address = comparing.stood_at(comparison.view.as_of, now), settings.CLIENT_ADDRESS(request)
    try:
        frozen = snapshots.freeze(comparison.content, at=at, address=address, now=now)
    except snapshots.TooManySnapshots as full:
        response = _not_frozen(request, str(full), comparison.view.url(path), 429 if full.again else 503)
        if full.again:
            response.headers["Retry-After"] = str(int((full.again - now).total_seconds()) + 1)
        return response
    return HttpResponseRedirect(shown.url(frozen.get_absolute_url()))


@require_safe
@unchanging
@pictured(cards.of_snapshot, for_ever=True)
def snapshot(request: HttpRequest, snapshot_id: str) -> PageResponse:
    """Show a comparison as it was when it was frozen, from its stored content alone."""
    kept = get_object_or_404(Snapshot, pk=snapshot_id)
    form = FrozenForm(request.GET, frameworks=snapshots.FrozenComparison(kept).slugs)
    view, path = View.read(form.clean_data, ()), kept.get_absolute_url()
    frozen = snapshots.FrozenComparison(kept, view)
    page = SnapshotPage(
        frozen=frozen,
        notices=[*value_notices(form), *unknown(request.GET, FrozenForm.NAMES)],
        pinned_url=view.url(path),
        only_url=view.url(path, only="" if view.only else "differences"),
        without_baseline_url=view.url(path, baseline=""),
        evidence_base="" if view.evidence else view.url(path, evidence="shown"),
        evidence_url=f"{view.url(path, evidence='shown')}#evidence",
        hide_url=view.url(path, evidence=""),
        files=links.files(View(), "comparisons:snapshot_file", snapshot_id),
        embed_url=f"{reverse('comparisons:embed_maker')}?{urlencode({'address': path})}"
        if frozen.is_side_by_side
        else "",
        oembed_url=oembed_url(path) if frozen.is_side_by_side else "",
        pictures=links.pictures(View(), path),
    )
    return PageResponse(request, "comparisons/snapshot.html", page, reads=None)


@require_safe
@vary_on_htmx
@revalidated
@pictured(cards.of_snapshot_changes)
def snapshot_changes(request: HtmxRequest, snapshot_id: str) -> HttpResponse:
    """Show which cells of a snapshot have changed since, and why; for htmx as the bar of the snapshot's page."""
    page = SnapshotChangesPage(since=snapshots.since(get_object_or_404(Snapshot, pk=snapshot_id)))
    part = "#bar" if wants_fragment(request) else ""
    return PageResponse(request, f"comparisons/snapshot_changes.html{part}", page)


def _not_frozen(request: HttpRequest, reason: str, live_url: str, status: int) -> TemplateResponse:
    """Say why no copy was saved."""
    context = {"reason": reason, "live_url": live_url}
    return TemplateResponse(request, "comparisons/not_frozen.html", context, status=status)
