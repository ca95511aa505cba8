"""The list of changesets, newest first, from which each can be undone: some on the front page, all on a page."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from desk.editing.guarded import GuardedAdmin
from frameworks.models import Revision
from frameworks.models.versioned import called
from frameworks.record import past
from frameworks.record.paging import page_of
from frameworks.record.reverting import right_to_undo

PER_PAGE = 25
#: So many imports and grid saves are on the front page.
ON_FRONT_PAGE = 3
#: What changesets are called by where they come from.
ORIGINS: Mapping[str, str] = {
    Revision.Origin.IMPORT: "Import",
    Revision.Origin.GRID: "Grid",
    Revision.Origin.ADMIN: "Form or list",
    Revision.Origin.REVERT: "Undo or restore",
    Revision.Origin.SEED: "Loaded content",
}
#: What many facts are changed by at once.
OF_MANY = (Revision.Origin.IMPORT, Revision.Origin.GRID)
NOT_UNDERSTOOD = "That filter was not understood, so the whole list is shown."


@dataclass(frozen=True)
class RecentChangeset:
    """A changeset in a list: its last revision speaks for it."""

    last: Revision
    #: What it did, in words: `12 ratings changed`.
    parts: list[str]
    may_undo: bool

    @property
    def origin(self) -> str:
        return ORIGINS.get(self.last.origin, self.last.origin)


def of_many(user: Any, since: datetime) -> list[RecentChangeset]:
    """Return the newest imports and grid saves since this moment. Two queries."""
    last = Revision.objects.last_of_changesets().filter(origin__in=OF_MANY, at__gte=since)
    return _described(last[:ON_FRONT_PAGE], user)


class ChangesetList:
    """The page of all changesets."""

    def __init__(self, admin: GuardedAdmin) -> None:
        self.admin = admin

    def view(self, request: HttpRequest) -> HttpResponse:
        if not self.admin.has_view_permission(request):
            raise PermissionDenied
        origin = request.GET.get("origin", "")
        if origin and origin not in ORIGINS:
            messages.warning(request, NOT_UNDERSTOOD)
            origin = ""
        last = Revision.objects.last_of_changesets()
        shown = page_of(last.filter(origin=origin) if origin else last, request.GET, PER_PAGE)
        for notice in shown.notices:
            messages.warning(request, notice)
        context = self.admin.page_context(
            request,
            title="Changesets",
            changesets=_described(shown.rows, request.user),
            shown=shown,
            origin=origin,
            origins=ORIGINS,
        )
        return TemplateResponse(request, "desk/versions/changesets.html", context)


def _described(last: Iterable[Revision], user: Any) -> list[RecentChangeset]:
    shown = list(last)
    counts: defaultdict[Any, Counter[tuple[str, str]]] = defaultdict(Counter)
    steps = Revision.objects.filter(changeset__in=[step.changeset for step in shown]).order_by()
    for changeset, *done, count in steps.values_list("changeset", "model", "action").annotate(n=Count("pk")):
        counts[changeset][done[0], done[1]] = count
    return [
        RecentChangeset(
            step,
            [
                _in_words(model, action, count)
                for (model, action), count in counts[step.changeset].most_common()
            ],
            all(
                known is not None and user.has_perm(right_to_undo(action, known))
                for (model, action) in counts[step.changeset]
                for known in [past.versioned_model(model)]
            ),
        )
        for step in shown
    ]


def _in_words(kind: str, action: str, count: int) -> str:
    model = past.versioned_model(kind)
    return f"{count:,} {called(model, count) if model else kind} {action}"
