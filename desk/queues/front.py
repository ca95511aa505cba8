"""The desk's front page, which opens on what wants looking at; and the picture of what is covered."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from desk.editing.bulk_actions import ChosenFact
from desk.editing.fields import is_number
from desk.kinds.fact_admin import FactAdmin
from desk.kinds.ratings import STILL_RIGHT
from desk.versions import recent
from frameworks.models import Proposal, Rating

from . import freshness
from .freshness import Backing, Coverage

PER_PAGE = 25
#: For how long imports and grid saves are shown, and a rejected proposal to its author; one with changes requested
#: stays until it is replaced.
SHOWN_FOR = timedelta(days=30)
VIEW_RECORD = "frameworks.view_revision"
#: What the history says of a review in one click.
REASON = "Reviewed and confirmed as still correct."


def urls(site: admin.AdminSite) -> list[URLPattern]:
    return [
        path("coverage/", site.admin_view(require_safe(coverage)), name="coverage"),
        path("still-right/", site.admin_view(require_POST(still_right)), name="still_right"),
    ]


def context(request: HttpRequest) -> dict[str, Any]:
    """Return what the front page shows above the list of facts."""
    if not request.user.has_perm("frameworks.view_rating"):
        return {}
    today, since = timezone.localdate(), timezone.now() - SHOWN_FOR
    queue = Rating.objects.current().to_review(today).select_related("framework", "criterion")
    shown = Paginator(queue, PER_PAGE).get_page(request.GET.get("p"))
    return {
        "waiting": freshness.waiting(request.user, today),
        "shown": shown,
        "reviews": [(review, ChosenFact.of(review.rating)) for review in freshness.reviews(shown, today)],
        "reason": REASON,
        "decided": Proposal.objects.to_be_read_by(request.user, since=since),
        "changesets": recent.of_many(request.user, since) if request.user.has_perm(VIEW_RECORD) else None,
        "shown_for": SHOWN_FOR.days,
        "counts": freshness.coverage().counts,
    }


def still_right(request: HttpRequest) -> HttpResponse:
    """Mark a rating as reviewed today, in one click. The queue comes back where it was, on the rating that moved up."""
    ratings = cast(FactAdmin, admin.site.get_model_admin(Rating))
    if not ratings.has_change_permission(request):
        raise PermissionDenied
    page, at = (value if is_number(value := request.GET.get(name)) else "1" for name in ("p", "at"))
    return ratings.bulk.run(request, STILL_RIGHT, keep_url=f"{reverse('admin:index')}?p={page}#due-{at}")


def coverage(request: HttpRequest) -> HttpResponse:
    if not request.user.has_perm("frameworks.view_rating"):
        raise PermissionDenied
    request.current_app = admin.site.name
    picture = freshness.coverage()
    shown = {
        **admin.site.each_context(request),
        "title": "Coverage",
        "picture": picture,
        "rows": _linked(picture, can_add=request.user.has_perm("frameworks.add_rating")),
    }
    return TemplateResponse(request, "desk/queues/coverage.html", shown)


def _linked(picture: Coverage, *, can_add: bool) -> Iterator[tuple[Any, list[tuple[Backing, str]]]]:
    """Yield each row's cells with where they lead: the rating, a new one, or the cell's claims."""
    add, claims = reverse("admin:frameworks_rating_add"), reverse("admin:frameworks_claim_changelist")
    for framework, cells in picture.rows:
        linked = []
        for cell in cells:
            of = {"framework": framework.pk, "criterion": cell.criterion.pk}
            if cell.rating is not None:
                url = reverse("admin:frameworks_rating_change", args=[cell.rating])
            elif can_add:
                url = f"{add}?{urlencode(of)}"
            else:
                url = f"{claims}?{urlencode({f'{name}__id__exact': pk for name, pk in of.items()})}"
            linked.append((cell, url))
        yield framework, linked
