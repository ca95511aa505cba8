"""List every public page for crawlers, in parts, each page with the time of the last change that concerns it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, NamedTuple

from django.contrib.sitemaps.views import x_robots_tag
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Concat
from django.http import Http404, HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from comparisons.models import UseCase
from frameworks.models import Component, Criterion, Framework, Rating, Revision, Source
from frameworks.pages.addresses import absolute
from frameworks.pages.conditional import revalidated
from frameworks.serving import version

XML = "application/xml"
#: A part lists the pages of this many consecutive primary keys: at most so many, found by index in a table of any size.
PART = 2_000
#: Of this many frameworks every pair is listed, which is 1,953 pages; where there are more, of those with most ratings.
PAIRED = 63
#: Pages about all facts.
GENERAL = (
    "comparisons:matrix", "comparisons:choose_parties", "comparisons:choose", "comparisons:capabilities",
    "comparisons:use_cases", "portal:api", "comparisons:method", "comparisons:glossary", "portal:search",
    "comparisons:embed_maker",
    "frameworks:frameworks", "frameworks:criteria", "frameworks:sources", "frameworks:components",
    "frameworks:disagreements", "frameworks:benchmarks", "frameworks:questions", "frameworks:changes",
)  # fmt: skip


class SitemapPage(NamedTuple):
    location: str
    lastmod: datetime | None


@dataclass(frozen=True)
class Section:
    """The pages of one kind: `listed` returns those of a part, and `parts` the numbers of those that list any."""

    parts: Callable[[], Iterable[int]]
    listed: Callable[[int], Iterable[SitemapPage]]


def _whole(listed: Callable[[], Iterable[SitemapPage]]) -> Section:
    """Build a section of a single part."""
    return Section(lambda: [1], lambda part: listed() if part == 1 else ())


def _rows(rows: Callable[[], QuerySet[Any]], path: Callable[[Any], str]) -> Section:
    """Build a section of a page for each row of a table, in parts by primary key. `changed` of a row dates its page."""

    def parts() -> Iterable[int]:
        place = F("pk") - 1
        firsts = rows().order_by().values_list(place - place % PART, flat=True).distinct()
        return [first // PART + 1 for first in sorted(firsts)]

    def listed(part: int) -> Iterable[SitemapPage]:
        found = rows().filter(pk__gt=(part - 1) * PART, pk__lte=part * PART).order_by("pk")
        return (SitemapPage(absolute(path(row)), row.changed) for row in found)

    return Section(parts, listed)


def _dated(rows: QuerySet[Any], kind: str, key: str) -> QuerySet[Any]:
    """Annotate `changed`: when something public about the subject of this kind and key was last changed."""
    steps = Revision.objects.public().filter(subjects__kind=kind, subjects__key=OuterRef(key))
    dated: QuerySet[Any] = rows.annotate(
        changed=Subquery(steps.order_by("-subjects__revision_id").values("at")[:1])
    )
    return dated


def _frameworks() -> QuerySet[Any]:
    return _dated(Framework.objects.published(), "framework", "slug")


def _components() -> QuerySet[Any]:
    return _dated(Component.objects.public().current(), "component", "slug")


def _cells() -> QuerySet[Any]:
    ratings = Rating.objects.published().select_related("framework", "criterion")
    cell = Concat("framework__slug", Value("/"), "criterion__slug", output_field=TextField())
    return _dated(ratings.annotate(cell=cell), "rating", "cell")


def _changesets() -> QuerySet[Any]:
    return Revision.objects.public().last_of_changesets().annotate(changed=F("at"))


def _general() -> Iterable[SitemapPage]:
    latest = Revision.objects.public().order_by("-pk").values_list("at", flat=True).first()
    empty = version.empty_sections()
    return (SitemapPage(absolute(reverse(name)), latest) for name in GENERAL if name not in empty)


def _pairs() -> Iterable[SitemapPage]:
    published = Count("ratings", filter=Q(ratings__is_published=True))
    most_rated = _frameworks().annotate(published=published).order_by("-published", "slug")[:PAIRED]
    for one, other in combinations(sorted(most_rated, key=lambda framework: framework.slug), 2):
        path = reverse("comparisons:side_by_side", args=[[one.slug, other.slug]])
        times = [framework.changed for framework in (one, other) if framework.changed]
        yield SitemapPage(absolute(path), max(times, default=None))


def _own(fact: Any) -> str:
    return str(fact.get_absolute_url())


SECTIONS = {
    "general": _whole(_general),
    "frameworks": _rows(_frameworks, _own),
    "criteria": _rows(lambda: _dated(Criterion.objects.current(), "criterion", "slug"), _own),
    "sources": _rows(lambda: _dated(Source.objects.current(), "source", "key"), _own),
    "components": _rows(_components, _own),
    "use-cases": _rows(lambda: _dated(UseCase.objects.all(), "usecase", "slug"), _own),
    "pairs": _whole(_pairs),
    "cells": _rows(_cells, lambda rating: reverse("frameworks:cell_history", args=rating.natural_key())),
    "changesets": _rows(_changesets, lambda step: reverse("frameworks:changeset", args=[step.changeset])),
}


@require_safe
@revalidated
@x_robots_tag
def index(request: HttpRequest) -> TemplateResponse:
    """List the parts of the sitemap."""
    parts = [
        {"location": absolute(reverse("portal:sitemap_part", args=[name, number]))}
        for name, section in SECTIONS.items()
        for number in section.parts()
    ]
    return TemplateResponse(request, "sitemap_index.xml", {"sitemaps": parts}, content_type=XML)


@require_safe
@revalidated
@x_robots_tag
def part(request: HttpRequest, section: str, number: int) -> TemplateResponse:
    """List the pages of one part, by their addresses under the portal's own, whatever the host of the request."""
    pages = list(SECTIONS[section].listed(number)) if section in SECTIONS and number < 10**9 else []
    if not pages:
        raise Http404("There is no such part of the sitemap.")
    return TemplateResponse(request, "sitemap.xml", {"urlset": pages}, content_type=XML)
