"""The grid: frameworks × criteria, typed in like a spreadsheet. What it sends back is read in `changes`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_safe

from desk.editing.forms import ReasonForm, is_number
from desk.editing.lists import AT_ONCE
from frameworks import cells
from frameworks.cells import Cell
from frameworks.due import is_due
from frameworks.models import Claim, Criterion, Framework, Objection, Proposal, Rating, Revision, Source
from frameworks.record.revisions import Author
from frameworks.roles import may_publish

from . import changes
from .changes import NotUnderstood, Rights

if TYPE_CHECKING:
    from desk.kinds.evidence import RatingAdmin


class GridFilter(forms.Form):
    """Which rows and columns to show; nothing ticked is all of them."""

    group = forms.MultipleChoiceField(required=False, label="Groups of criteria")
    framework = forms.MultipleChoiceField(required=False, label="Frameworks")

    def __init__(
        self, data: QueryDict, frameworks: Sequence[Framework], criteria: Sequence[Criterion]
    ) -> None:
        super().__init__(data)
        self.posted = data
        self.known = {
            "group": {criterion.group.slug: criterion.group.name for criterion in criteria},
            "framework": {framework.slug: framework.name for framework in frameworks},
        }
        for name, known in self.known.items():
            field = self.fields[name]
            if isinstance(field, forms.MultipleChoiceField):
                field.choices = list(known.items())
                field.error_messages["invalid_choice"] = (
                    f"The address names a {name} that is not here, so it was left out."
                )

    def chosen(self, name: str) -> set[str]:
        """The slugs that were asked for and are known."""
        return set(self.posted.getlist(name)) & self.known[name].keys()

    def shows(self, name: str, slug: str) -> bool:
        return slug in (self.chosen(name) or self.known[name])

    @property
    def menus(self) -> list[tuple[str, str, str, list[tuple[str, str, bool]]]]:
        """For each menu its name, its label, how much is ticked, and what can be."""
        return [
            (
                name,
                str(self.fields[name].label),
                f"{len(self.chosen(name))} of {len(known)}" if self.chosen(name) else "all",
                [(slug, words, slug in self.chosen(name)) for slug, words in known.items()],
            )
            for name, known in self.known.items()
        ]


# What a cell shows


EMPTY_CELL = "<td{}><div><small>{}</small></div></td>"
RATED_CELL = '<td{} data-verdict="{}"><div><p><b>{}</b> {}</p><small>{}</small></div></td>'


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell as editors see it: drafts included, with what asks for their attention."""

    cell: Cell
    objections: int
    is_due: bool

    @property
    def standing(self) -> dict[str, Any]:
        """The values that the page works with; what does not hold is left out."""
        rating = self.cell.rating
        values: dict[str, Any] = {}
        if rating:
            values = {"version": rating.version, "score": rating.score, "verdict": rating.verdict}
            if rating.is_published:
                values["published"] = 1
        marks = {
            "claims": self.cell.tally.claims,
            "disputed": int(self.cell.is_disputed),
            "due": int(self.is_due),
            "objections": self.objections,
        }
        return values | {name: number for name, number in marks.items() if number}

    @property
    def note(self) -> str:
        """The small print: `3 claims, disputed, review due`."""
        rating, claims = self.cell.rating, self.cell.tally.claims
        said = [
            f"{claims} claim{'' if claims == 1 else 's'}" if claims else "",
            "disputed" if self.cell.is_disputed else "",
            "draft" if rating and not rating.is_published else "",
            "review due" if self.is_due else "",
            f"{self.objections} objection{'' if self.objections == 1 else 's'}" if self.objections else "",
        ]
        return ", ".join(filter(None, said))

    @property
    def html(self) -> SafeString:
        """The cell of the table. Made here and not by the template, which takes four times as long for 8,000 cells."""
        values = self.standing
        verdict = values.pop("verdict", "")
        # Digits need no escaping, and escaping is what takes the time.
        numbers = SafeString("".join(f' data-{name}="{number:d}"' for name, number in values.items()))
        if not self.cell.rating:
            return format_html(EMPTY_CELL, numbers, self.note)
        return format_html(RATED_CELL, numbers, verdict, SafeString(self.cell.score), verdict, self.note)


def grid_cells(
    frameworks: Sequence[Framework], criteria: Sequence[Criterion], today: date
) -> dict[cells.Key, GridCell]:
    """Every cell of these, in three queries however many there are."""
    waiting = Objection.objects.waiting().filter(framework__in=frameworks, criterion__in=criteria)
    objections = Counter(waiting.order_by().values_list("framework_id", "criterion_id"))
    return {
        key: GridCell(cell, objections[key], _is_due(cell, today))
        for key, cell in cells.gather(frameworks, criteria, with_drafts=True).items()
    }


def _is_due(cell: cells.Cell, today: date) -> bool:
    # The criterion is at hand; the rating's own would be asked for.
    rating, interval = cell.rating, cell.criterion.review_interval_days
    return rating is not None and is_due(rating.reviewed_on, interval, today)


# The page


@require_http_methods(["GET", "HEAD", "POST"])
def grid_view(request: HttpRequest, desk: "RatingAdmin") -> HttpResponse:
    """The grid; and what was changed in it, sent back to the same address."""
    if not desk.has_view_permission(request):
        raise PermissionDenied
    frameworks = list(Framework.objects.all())
    criteria = list(Criterion.objects.scored().in_order())
    if request.method == "POST":
        return _save(request, Rights.of(request), frameworks, criteria)
    form = GridFilter(request.GET, frameworks, criteria)
    rows = [one for one in frameworks if form.shows("framework", one.slug)]
    columns = [one for one in criteria if form.shows("group", one.group.slug)]
    found = grid_cells(rows, columns, timezone.localdate())
    context = {
        **desk.admin_site.each_context(request),
        "title": "The grid",
        "opts": desk.opts,
        "form": form,
        "rows": [(row, [found[row.pk, column.pk] for column in columns]) for row in rows],
        "columns": columns,
        "groups": [(group, len(list(under))) for group, under in groupby(columns, lambda one: one.group)],
        "rights": Rights.of(request),
        "publishes": may_publish(request.user),
        "reason": ReasonForm()["reason"],
        "resumed": (resumed := _resumed(request)),
        "taken_up": changes.taken_up(resumed) if resumed else None,
    }
    request.current_app = desk.admin_site.name
    return TemplateResponse(request, "desk/grid.html", context)


def _resumed(request: HttpRequest) -> Proposal | None:
    """The proposal of this editor's own that the address asks to take up again."""
    number = request.GET.get("proposal", "")
    if not is_number(number):
        return None
    own = Proposal.objects.filter(pk=number, author=request.user.pk, origin=Revision.Origin.GRID)
    return own.exclude(status=Proposal.Status.PUBLISHED).first()


def _save(
    request: HttpRequest, rights: Rights, frameworks: Sequence[Framework], criteria: Sequence[Criterion]
) -> JsonResponse:
    if not rights.any:
        raise PermissionDenied
    try:
        parsed = changes.parse(
            request.POST.get("changes", ""),
            {framework.slug: framework for framework in frameworks},
            {criterion.slug: criterion for criterion in criteria},
        )
        outcomes = changes.write(parsed, Author.of(request, Revision.Origin.GRID), rights)
    except NotUnderstood as problem:
        return JsonResponse({"error": str(problem)}, status=HTTPStatus.BAD_REQUEST)
    except OperationalError:
        return JsonResponse({"error": AT_ONCE}, status=HTTPStatus.CONFLICT)
    return JsonResponse({"outcomes": outcomes, "cells": _standing(parsed.cells)})


def _standing(named: Iterable[tuple[Framework, Criterion]]) -> dict[str, dict[str, Any]]:
    """What stands now in these cells."""
    pairs = set(named)
    frameworks = list({framework for framework, _ in pairs})
    criteria = list({criterion for _, criterion in pairs})
    found = grid_cells(frameworks, criteria, timezone.localdate())
    return {
        f"{framework.slug}/{criterion.slug}": {**cell.standing, "note": cell.note}
        for framework, criterion in pairs
        for cell in [found[framework.pk, criterion.pk]]
    }


# The side panel


@require_safe
def cell_view(request: HttpRequest, desk: "RatingAdmin", framework: str, criterion: str) -> HttpResponse:
    """All that is known of one cell, and the fields to change it."""
    if not desk.has_view_permission(request):
        raise PermissionDenied
    of = get_object_or_404(Framework, slug=framework)
    under = get_object_or_404(Criterion.objects.scored(), slug=criterion)
    rating = Rating.objects.filter(framework=of, criterion=under).first()
    claims = tuple(Claim.objects.behind(of, under).cited())
    add_url = f"{reverse('admin:frameworks_rating_add')}?framework={of.pk}&criterion={under.pk}"
    rights = Rights.of(request)
    context = {
        "cell": Cell(of, under, rating, cells.tally(claims), claims),
        "rating": rating,
        "objections": Objection.objects.waiting().about(of, under),
        "sources": Source.objects.all(),
        "parts": Claim.Part.choices,
        "add_url": add_url,
        "can_edit": rights.change if rating else rights.add,
        "can_add_claim": rights.claim,
    }
    return TemplateResponse(request, "desk/grid_panel.html", context)
