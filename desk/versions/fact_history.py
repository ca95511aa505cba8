"""The history of one fact, for the page that shows it version by version."""

from typing import Any

from django.core.paginator import Paginator

from frameworks.models import Versioned
from frameworks.record import past

PER_PAGE = 50


def context(fact: Versioned, page: str | None) -> dict[str, Any]:
    """Return what the page of this number shows: revisions, newest first, each with what it changed."""
    model = type(fact)
    shown = Paginator(past.history(model, fact.key_text), PER_PAGE).get_page(page)
    return {
        "title": f"History of {fact}",
        "steps": [(revision, past.changes(model, revision)) for revision in shown],
        "shown": shown,
    }
