"""Make snapshots, show them, and show what has changed since."""

from datetime import datetime
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
from comparisons.comparison.forms import FrozenForm, wrong
from comparisons.comparison.permalinks import View
from comparisons.models import Snapshot
from comparisons.sharing import snapshots
from comparisons.sharing.embedding import oembed_url
from frameworks.pages.conditional import revalidated, unchanging
from frameworks.pages.pictured import PageResponse, pictured
from frameworks.text.mangled import unknown

from . import cards, controls
from .answers import HtmxRequest, chooser, vary_on_htmx, wants_fragment, without_blanks
from .contexts import SnapshotChangesPage, SnapshotPage


@csrf_exempt  # there is no cookie that somebody could abuse
@require_POST
def freeze(request: HtmxRequest, slugs: list[str]) -> HttpResponse:
    """Freeze a side by side and redirect to its snapshot; 429 or 503 if there are too many."""
    now = timezone.now()
    comparison = comparing.side_by_side(without_blanks(request), slugs)
    if not 2 <= len(slugs) <= settings.COMPARE_MAX or len(comparison.places) < len(slugs):
        return chooser(request, comparison, slugs)
    content = comparison.content
    at, address = comparing.stood_at(comparison.view.as_of, now), settings.CLIENT_ADDRESS(request)
    try:
        frozen = snapshots.freeze(content, at=at, address=address, now=now)
    except snapshots.TooManySnapshots as full:
        live_url = comparison.view.url(reverse("comparisons:side_by_side", args=[slugs]))
        return _not_frozen(request, full, live_url, now)
    shown = View(baseline=comparison.view.baseline, only=comparison.view.only)
    return HttpResponseRedirect(shown.url(frozen.get_absolute_url()))


@require_safe
@unchanging
@pictured(cards.of_snapshot, for_ever=True)
def snapshot(request: HttpRequest, snapshot_id: str) -> PageResponse:
    """Show a comparison as it was when it was frozen, from its stored content alone."""
    kept = get_object_or_404(Snapshot, pk=snapshot_id)
    form = FrozenForm(request.GET, frameworks=snapshots.FrozenComparison(kept).slugs)
    view, path = View.read(form.clean_data, ()), kept.get_absolute_url()
    page = SnapshotPage(
        frozen=snapshots.FrozenComparison(kept, view),
        notices=[*wrong(form), *unknown(request.GET, FrozenForm.NAMES)],
        pinned_url=view.url(path),
        only_url=view.url(path, only="" if view.only else "differences"),
        without_baseline_url=view.url(path, baseline=""),
        evidence_url=f"{view.url(path, evidence='shown')}#evidence",
        hide_url=view.url(path, evidence=""),
        files=controls.files(View(), "comparisons:snapshot_file", snapshot_id),
        embed_url=f"{reverse('comparisons:embed_maker')}?{urlencode({'address': path})}",
        oembed_url=oembed_url(path),
        pictures=controls.pictures(View(), path),
    )
    return PageResponse(request, "comparisons/snapshot.html", page)


@require_safe
@vary_on_htmx
@revalidated
@pictured(cards.of_snapshot_changes)
def snapshot_changes(request: HtmxRequest, snapshot_id: str) -> HttpResponse:
    """Show which cells of a snapshot have changed since, and why; for htmx as the bar of the snapshot's page."""
    page = SnapshotChangesPage(since=snapshots.since(get_object_or_404(Snapshot, pk=snapshot_id)))
    part = "#bar" if wants_fragment(request) else ""
    return PageResponse(request, f"comparisons/snapshot_changes.html{part}", page)


def _not_frozen(
    request: HttpRequest, full: snapshots.TooManySnapshots, live_url: str, now: datetime
) -> TemplateResponse:
    """Say why, with 429 and Retry-After if it is known when there is room again, or else 503."""
    context = {"reason": str(full), "live_url": live_url}
    status = 429 if full.again else 503
    response = TemplateResponse(request, "comparisons/not_frozen.html", context, status=status)
    if full.again:
        response.headers["Retry-After"] = str(int((full.again - now).total_seconds()) + 1)
    return response
