"""List the pages about several frameworks that show given facts, for previews of them."""

from collections.abc import Iterator, Sequence

from django.conf import settings
from django.urls import reverse


def pages_comparing(frameworks: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield a label and an address for each page that shows facts about the frameworks of these slugs."""
    yield "Matrix", reverse("comparisons:matrix")
    if len(frameworks) > 1:
        yield "Side by side", reverse("comparisons:side_by_side", args=[frameworks[: settings.COMPARE_MAX]])
