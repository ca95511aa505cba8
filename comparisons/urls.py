from django.urls import path, register_converter
from django.views.decorators.http import require_safe

from comparisons.comparison.permalinks import parties, versus
from frameworks.pages.conditional import revalidated

from .pages import embeds, formats, snapshots, views
from .sharing import feeds


class PartiesConverter:
    """`django-vs-flask` as a list of slugs. Anything passes: the view has a clear page for what it cannot show."""

    regex = r"[^/]+"

    def to_python(self, value: str) -> list[str]:
        return parties(value)

    def to_url(self, value: list[str]) -> str:
        return versus(value)


class EndingConverter:
    """The ending of an address is the format of what it answers."""

    regex = "|".join(formats.TYPES)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class SnapshotConverter:
    """The hash of a snapshot. What cannot be one never reaches the database."""

    regex = r"[a-z2-7]{26}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PartiesConverter, "parties")
register_converter(SnapshotConverter, "snapshot")
register_converter(EndingConverter, "ending")

app_name = "comparisons"

urlpatterns = [
    path("", views.matrix, name="matrix"),
    # /compare/…
    path("compare/", views.choose_parties, name="choose_parties"),
    path("compare/<parties:slugs>/", views.side_by_side, name="side_by_side"),
    path("compare/<parties:slugs>/freeze/", snapshots.freeze, name="freeze"),
    path("matrix/freeze/", snapshots.freeze_matrix, name="freeze_matrix"),
    # /s/…
    path("s/<snapshot:snapshot_id>/", snapshots.snapshot, name="snapshot"),
    path("s/<snapshot:snapshot_id>/changes/", snapshots.snapshot_changes, name="snapshot_changes"),
    path("compare/<parties:slugs>.atom", require_safe(revalidated(feeds.ComparisonFeed())), name="feed"),
    # The same as files
    path("matrix.<ending:ending>", formats.matrix, name="matrix_file"),
    path("compare/<parties:slugs>.<ending:ending>", formats.side_by_side, name="side_by_side_file"),
    path("s/<snapshot:snapshot_id>.<ending:ending>", formats.snapshot, name="snapshot_file"),
    # /embed/…: the frames, and what else is asked for beneath; the page that makes the snippet is no frame itself
    path("embed/", embeds.maker, name="embed_maker"),
    path("embed/compare/<parties:slugs>/", embeds.compare, name="embed"),
    path("embed/s/<snapshot:snapshot_id>/", embeds.snapshot, name="embed_snapshot"),
    path("embed/<path:path>/", embeds.missing, name="embed_missing"),
    path("oembed", embeds.oembed, name="oembed"),
    path("choose/", views.choose, name="choose"),
    path("capabilities/", views.capabilities, name="capabilities"),
    # /use-cases/…
    path("use-cases/", views.use_case_index, name="use_cases"),
    path("use-cases/<slug:slug>/", views.use_case, name="use_case"),
    path("method/", views.method, name="method"),
    path("glossary/", views.glossary, name="glossary"),
]
