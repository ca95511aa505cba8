"""The history of one fact, for the page that shows it version by version."""

from typing import Any

from django.http import QueryDict

from frameworks.models import Versioned
from frameworks.record import past
from frameworks.record.paging import page_of

PER_PAGE = 50


def context(fact: Versioned, query: QueryDict) -> dict[str, Any]:
    """Return what the page named in the query shows: revisions, newest first, each with what it changed."""
    model = type(fact)
    shown = page_of(past.history(model, fact.key_text), query, PER_PAGE, key="version")
    return {
        "title": f"Change history: {fact}",
        "steps": [(revision, past.changes(model, revision)) for revision in shown.rows],
        "shown": shown,
    }
