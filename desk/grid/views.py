"""The pages of the grid: frameworks × criteria, typed in like a spreadsheet, and the panel beside it."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from itertools import groupby
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.views.decorators.http import require_http_methods, require_safe

from desk.editing.edit import edit_of
from desk.editing.fields import is_number
from desk.editing.forms import ReasonForm
from desk.editing.offers import public_page, undo_url
from desk.editing.refusals import PlainErrors, in_words
from frameworks.cells import Cell
from frameworks.models import Claim, Criterion, Framework, Objection, Proposal, Rating, Revision, Source
from frameworks.roles import may_publish

from . import parsing, writing
from .cells import grid_cells
from .parsing import NotUnderstood
from .resuming import taken_up
from .writing import GridRights


def urls(site: admin.AdminSite) -> list[URLPattern]:
    at = "frameworks/rating/matrix/"
    cell = "cell/<slug:framework>/<slug:criterion>/"
    return [
        path(at, site.admin_view(grid_view), name="frameworks_rating_matrix"),
        path(at + cell, site.admin_view(cell_view), name="frameworks_rating_matrix_cell"),
    ]


class GridFilter(PlainErrors, forms.Form):
    """Which rows and columns to show; nothing ticked is all of them."""

    group = forms.MultipleChoiceField(required=False, label="Groups of criteria")
    framework = forms.MultipleChoiceField(required=False, label=capfirst(settings.TOPIC.items))

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
                    f"The address names a {name} that does not exist, so it was ignored."
                )

    def chosen(self, name: str) -> set[str]:
        """Return the slugs that are in the address and are known."""
        return set(self.posted.getlist(name)) & self.known[name].keys()

    def shows(self, name: str, slug: str) -> bool:
        return slug in (self.chosen(name) or self.known[name])

    @property
    def menus(self) -> list[tuple[str, str, str, list[tuple[str, str, bool]]]]:
        """Return for each menu its name, its label, how much is ticked, and what can be."""
        return [
            (
                name,
                str(self.fields[name].label),
                f"{len(self.chosen(name))} of {len(known)}" if self.chosen(name) else "all",
                [(slug, words, slug in self.chosen(name)) for slug, words in known.items()],
            )
            for name, known in self.known.items()
        ]


# The page


@require_http_methods(["GET", "HEAD", "POST"])
def grid_view(request: HttpRequest) -> HttpResponse:
    """Show the grid; save what was changed in it and is sent back to the same address."""
    if not _may_view(request):
        raise PermissionDenied
    frameworks = list(Framework.objects.current())
    criteria = list(Criterion.objects.current().scored().in_order())
    if request.method == "POST":
        return _save(request, GridRights.of(request), frameworks, criteria)
    form = GridFilter(request.GET, frameworks, criteria)
    rows = [one for one in frameworks if form.shows("framework", one.slug)]
    columns = [one for one in criteria if form.shows("group", one.group.slug)]
    found = grid_cells(rows, columns, timezone.localdate())
    context = {
        **admin.site.each_context(request),
        "title": "Grid",
        "opts": Rating._meta,
        "form": form,
        "rows": [(row, [found[row.pk, column.pk] for column in columns]) for row in rows],
        "only_row": rows[0] if len(form.chosen("framework")) == 1 else None,
        "columns": columns,
        "groups": [(group, len(list(under))) for group, under in groupby(columns, lambda one: one.group)],
        "rights": GridRights.of(request),
        "publishes": may_publish(request.user),
        "reason": ReasonForm()["reason"],
        "resumed": (resumed := _resumed(request)),
        "taken_up": taken_up(resumed) if resumed else None,
    }
    request.current_app = admin.site.name
    return TemplateResponse(request, "desk/grid/grid.html", context)


def _may_view(request: HttpRequest) -> bool:
    return admin.site.get_model_admin(Rating).has_view_permission(request)


def _resumed(request: HttpRequest) -> Proposal | None:
    """Return the proposal of this editor's own that the address asks to take up again."""
    number = request.GET.get("proposal", "")
    if not is_number(number):
        return None
    own = Proposal.objects.filter(pk=number, author=request.user.pk, origin=Revision.Origin.GRID)
    return own.exclude(status=Proposal.Status.PUBLISHED).first()


def _save(
    request: HttpRequest, rights: GridRights, frameworks: Sequence[Framework], criteria: Sequence[Criterion]
) -> JsonResponse:
    if not rights.any:
        raise PermissionDenied
    try:
        parsed = parsing.parse(
            request.POST.get("changes", ""),
            {framework.slug: framework for framework in (*frameworks, *Framework.objects.retired())},
            {criterion.slug: criterion for criterion in (*criteria, *Criterion.objects.retired())},
        )
        by = edit_of(request).by(Revision.Origin.GRID)
        outcomes = writing.write(parsed, by, rights)
    except NotUnderstood as problem:
        return JsonResponse({"error": str(problem)}, status=HTTPStatus.BAD_REQUEST)
    except OperationalError as error:
        return JsonResponse({"error": in_words(error)}, status=HTTPStatus.CONFLICT)
    saved = any(outcome["outcome"] == "saved" for outcome in outcomes)
    links = {
        "undo": undo_url(request, by.changeset) if saved else "",
        "page": public_page(by.changeset) if saved else "",
    }
    return JsonResponse({"outcomes": outcomes, "cells": _current(parsed.cells), **links})


def _current(named: Iterable[tuple[Framework, Criterion]]) -> dict[str, dict[str, Any]]:
    """Return what these cells hold now."""
    pairs = set(named)
    frameworks = list({framework for framework, _ in pairs})
    criteria = list({criterion for _, criterion in pairs})
    found = grid_cells(frameworks, criteria, timezone.localdate())
    return {
        f"{framework.slug}/{criterion.slug}": {**cell.values, "note": cell.note}
        for framework, criterion in pairs
        for cell in [found[framework.pk, criterion.pk]]
    }


# The side panel


@require_safe
def cell_view(request: HttpRequest, framework: str, criterion: str) -> HttpResponse:
    """Show all that is known of one cell, and the fields to change it."""
    if not _may_view(request):
        raise PermissionDenied
    of = get_object_or_404(Framework.objects.current(), slug=framework)
    under = get_object_or_404(Criterion.objects.current().scored(), slug=criterion)
    rating = Rating.objects.filter(framework=of, criterion=under).first()
    claims = Claim.objects.behind(of, under).cited()
    add_url = f"{reverse('admin:frameworks_rating_add')}?framework={of.pk}&criterion={under.pk}"
    rights = GridRights.of(request)
    context = {
        "cell": Cell.of(of, under, rating, claims),
        "rating": rating,
        "objections": Objection.objects.waiting().about(of, under),
        "sources": Source.objects.current(),
        "parts": Claim.Part.choices,
        "add_url": add_url,
        "can_edit": rights.change if rating else rights.add,
        "can_add_claim": rights.claim,
    }
    return TemplateResponse(request, "desk/grid/panel.html", context)
