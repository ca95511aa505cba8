"""List every public page with the time of the last change that concerns it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import combinations
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.db.models import Case, F, Max, TextField, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.urls import reverse

from comparisons.models import UseCase
from frameworks.models import Component, Criterion, Framework, Rating, Revision, Source
from frameworks.record import changelog

#: Pages about all facts.
GENERAL = (
    "comparisons:matrix", "comparisons:choose_parties", "comparisons:choose", "comparisons:capabilities",
    "comparisons:use_cases", "portal:api", "comparisons:method", "portal:search", "comparisons:embed_maker",
    "frameworks:frameworks", "frameworks:criteria", "frameworks:sources", "frameworks:components",
    "frameworks:disagreements", "frameworks:benchmarks", "frameworks:questions", "frameworks:changes",
)  # fmt: skip
#: Kinds of fact that have a page each, and the fields by which other facts name them.
SUBJECTS = {
    "framework": ("framework", "other"),
    "criterion": ("criterion", "joint_criterion"),
    "source": ("source",),
    "component": ("component",),
    "usecase": ("use_case",),
}


class SitemapPage(NamedTuple):
    path: str
    lastmod: datetime | None


class Pages(Sitemap):
    """The sitemap, under the portal's public address whatever the host of the request."""

    def items(self) -> list[SitemapPage]:
        return list(pages())

    def location(self, item: SitemapPage) -> str:
        return item.path

    def lastmod(self, item: SitemapPage) -> datetime | None:
        return item.lastmod

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.SITE_URL).scheme

    def get_domain(self, site: object = None) -> str:
        return urlsplit(settings.SITE_URL).netloc


def pages() -> Iterator[SitemapPage]:
    """Yield every public page, in as many queries however many there are."""
    changed = last_changes()
    latest = max(changed.values(), default=None)
    yield from (SitemapPage(reverse(name), latest) for name in GENERAL)
    frameworks = list(Framework.objects.published())
    facts: dict[str, Iterable[Any]] = {
        "framework": frameworks,
        "criterion": Criterion.objects.in_order(),
        "source": Source.objects.order_by("key"),
        "component": Component.objects.public(),
        "usecase": UseCase.objects.all(),
    }
    for kind, rows in facts.items():
        for fact in rows:
            yield SitemapPage(fact.get_absolute_url(), changed.get((kind, fact.key_text)))
    for pair in combinations(sorted(framework.slug for framework in frameworks), 2):
        times = [changed[key] for slug in pair if (key := ("framework", slug)) in changed]
        yield SitemapPage(reverse("comparisons:side_by_side", args=[pair]), max(times, default=None))
    for rating in Rating.objects.published().select_related("framework", "criterion"):
        path = reverse("frameworks:cell_history", args=rating.natural_key())
        yield SitemapPage(path, changed.get(("cell", rating.key_text)))
    for row in changelog.changesets(Revision.objects.public()):
        yield SitemapPage(reverse("frameworks:changeset", args=[row["changeset"]]), row["last"])


def last_changes() -> dict[tuple[str, str], datetime]:
    """Return when something public was last changed about each subject, and in each cell, in one query."""
    fields = [field for names in SUBJECTS.values() for field in names]
    places = [f"{state}__{field}__0" for state in ("before", "after") for field in fields]
    keys = {f"at_{place}": Cast(KT(place), TextField()) for place in places}
    itself = Case(When(model__in=SUBJECTS, then=F("key")), default=Value(""))
    rows = (
        Revision.objects.public()
        .order_by()
        .annotate(itself=itself, **keys)
        .values("model", "itself", *keys)
        .annotate(last=Max("at"))
    )
    changed_at: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for row in rows:
        keys_by_kind = {
            kind: {row[f"at_{state}__{name}__0"] for state in ("before", "after") for name in names} - {None}
            for kind, names in SUBJECTS.items()
        }
        if row["itself"]:
            keys_by_kind[row["model"]].add(row["itself"])
        keys_by_kind["cell"] = {
            f"{framework}/{criterion}"
            for framework in keys_by_kind["framework"]
            for criterion in keys_by_kind["criterion"]
        }
        for kind, keys_of_kind in keys_by_kind.items():
            for key in keys_of_kind:
                changed_at[kind, key].append(row["last"])
    return {subject: max(times) for subject, times in changed_at.items()}
