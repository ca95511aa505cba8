from django.contrib.sitemaps.views import sitemap
from django.urls import path, register_converter
from django.views.decorators.http import require_safe

from frameworks.conditional import revalidated

from . import feeds, sitemaps
from .permalinks import parties, versus
from .views import api, machines, pages, snapshots


class PartiesConverter:
    """`django-vs-flask` as a list of slugs. Anything passes: the view has a clear page for what it cannot show."""

    regex = r"[^/]+"

    def to_python(self, value: str) -> list[str]:
        return parties(value)

    def to_url(self, value: list[str]) -> str:
        return versus(value)


class SnapshotConverter:
    """The hash of a snapshot. What cannot be one never reaches the database."""

    regex = r"[a-z2-7]{26}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PartiesConverter, "parties")
register_converter(SnapshotConverter, "snapshot")

app_name = "comparisons"

urlpatterns = [
    path("", pages.matrix, name="matrix"),
    # /compare/…
    path("compare/", pages.choose_parties, name="choose_parties"),
    path("compare/<parties:slugs>/", pages.side_by_side, name="side_by_side"),
    path("compare/<parties:slugs>/freeze/", snapshots.freeze, name="freeze"),
    # /s/…
    path("s/<snapshot:snapshot_id>/", snapshots.snapshot, name="snapshot"),
    path("s/<snapshot:snapshot_id>/changes/", snapshots.snapshot_changes, name="snapshot_changes"),
    path("compare/<parties:slugs>.atom", require_safe(revalidated(feeds.ComparisonFeed())), name="feed"),
    path("choose/", pages.choose, name="choose"),
    path("capabilities/", pages.capabilities, name="capabilities"),
    # /use-cases/…
    path("use-cases/", pages.use_case_index, name="use_cases"),
    path("use-cases/<slug:slug>/", pages.use_case, name="use_case"),
    path("method/", pages.method, name="method"),
    path("search/", pages.search, name="search"),
    # For machines
    path("api/", api.index, name="api"),
    path(
        "sitemap.xml",
        require_safe(revalidated(sitemap)),
        {"sitemaps": {"pages": sitemaps.Pages}},
        name="sitemap",
    ),
    path("robots.txt", machines.robots, name="robots"),
    path("llms.txt", machines.llms, name="llms"),
]
