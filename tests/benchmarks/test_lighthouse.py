"""`python -m benchmarks.lighthouse`: which pages are audited, and what is read from the reports."""

from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

import comparisons.urls
import frameworks.urls
import portal.urls
from benchmarks.lighthouse import PAGES, Audit, NotAudited, combined, is_unlisted, read
from tests import factories

#: Routes that answer with no page: files, feeds, pictures, suggestions, what machines read, and what only writes.
NO_PAGES = {
    "framework_feed",
    "freeze",
    "freeze_matrix",
    "feed",
    "matrix_file",
    "side_by_side_file",
    "snapshot_file",
    "embed_missing",
    "oembed",
    "names",
    "changes_feed",
    "sitemap",
    "sitemap_part",
    "robots",
    "llms",
    "accent",
    "favicon",
    "icon",
    "touch_icon",
    "picture",
    "chart",
}
PATHS = {"snapshot": f"/s/{factories.KEPT}/", "changeset": "/changes/11111111-2222-4333-8444-000000000000/"}


def test_pages_cover_every_type_of_page() -> None:
    patterns = [
        *frameworks.urls.urlpatterns,
        *comparisons.urls.urlpatterns,
        *portal.urls.urlpatterns,
    ]
    names = {pattern.name for pattern in patterns}
    audited = {resolve(path.format(**PATHS).partition("?")[0]).url_name for path in PAGES.values()}
    assert names - NO_PAGES - audited == set()


@pytest.mark.parametrize(
    "path, listed",
    [
        ("/", True),
        ("/?sort=name", False),
        ("/search/", True),
        ("/search/?q=x", False),
        ("/embed/compare/a-vs-b/", False),
    ],
)
def test_unlisted_pages_say_so_in_header_or_page(client: Client, db: None, path: str, listed: bool) -> None:
    answer = client.get(path)
    assert is_unlisted(answer.headers, answer.text) is not listed


def report(speed: float | None, shift: float = 0.0) -> dict[str, Any]:
    """Return a report as Lighthouse writes it, with one audit in each category."""
    audits = {
        "speed-index": {"score": speed, "scoreDisplayMode": "numeric", "displayValue": "3 s"},
        "cumulative-layout-shift": {"score": 1, "scoreDisplayMode": "numeric", "numericValue": shift},
        "tabindex": {"score": None, "scoreDisplayMode": "notApplicable"},
    }
    categories = {
        "performance": {"score": speed, "auditRefs": [{"id": "speed-index", "weight": 10}]},
        "accessibility": {"score": 1, "auditRefs": [{"id": "tabindex", "weight": 7}]},
        "best-practices": {"score": 1, "auditRefs": []},
        "seo": {"score": 1, "auditRefs": []},
    }
    return {"audits": audits, "categories": categories}


def test_report_gives_scores_shift_and_failed_audits() -> None:
    assert read(report(0.994)) == Audit((99, 100, 100, 100), 0, ("speed-index 3 s",))
    assert read(report(1)).is_perfect
    assert not read(report(1, shift=0.001)).is_perfect


def test_report_without_a_page_is_no_audit() -> None:
    with pytest.raises(NotAudited, match="no trace"):
        read({"runtimeError": {"message": "no trace"}})


def test_audits_of_a_page_give_median_score_and_largest_shift() -> None:
    audits = [read(report(score, shift)) for score, shift in ((0.9, 0), (1, 0.2), (1, 0))]
    assert combined(audits) == Audit((100, 100, 100, 100), 0.2, ("speed-index 3 s",))
