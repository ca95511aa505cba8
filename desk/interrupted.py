"""Answer a request of the desk that the database or the machine broke off: say what became of it, and give back what
was typed.

Nothing here needs the database, except to ask it what it has recorded, once it answers again.
"""

import re
from collections.abc import Callable
from enum import Enum
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token

from desk.accounts.held_posts import FORM_PAGE, HeldPost
from desk.editing.edit import Edit
from frameworks.serving import outages

WRITING = re.compile(r"\s*(?:INSERT|UPDATE|DELETE)\b(?!.{0,40}django_session)", re.IGNORECASE | re.DOTALL)


class Outcome(Enum):
    """What became of a form that was sent, in a sentence."""

    NOTHING = "The database is busy or has failed, so nothing was saved."
    #: Where it was another than the database that failed.
    NO_FILES = "The server cannot write its files, perhaps because its disk is full, so nothing was saved."
    NO_MEMORY = "The server is out of memory, so nothing was saved."
    SAVED = "What you sent was saved. Only the page that should have followed could not be shown."
    PARTLY = (
        "The database broke off in the middle: some of what you sent was saved, perhaps all of it. Send it again:"
        " nothing is saved twice."
    )
    UNKNOWN = (
        "The database broke off, and does not say whether what you sent was saved. Send it again when it answers:"
        " nothing is saved twice."
    )
    #: What has no changeset, by which a second sending would be recognized.
    UNCERTAIN = (
        "The database broke off, and it is not certain whether what you sent was saved. Look at the page again before"
        " you send it a second time."
    )


def answer(request: HttpRequest, error: BaseException) -> HttpResponse:
    if request.method != "POST":
        return outages.page(request, "desk/interrupted.html")
    outcome = outcome_of(request, error)
    if not request.accepts("text/html"):
        return JsonResponse({"error": outcome.value})
    held = None if outcome == Outcome.SAVED else HeldPost.of(request)
    names = {name for name, _ in held.values} if held else set()
    context = {
        "outcome": outcome.value,
        "is_saved": outcome == Outcome.SAVED,
        "held": held,
        "token": get_token(request) if held else "",
        "can_open": "seen" in names and _is_form(request),
        "path": request.get_full_path(),
    }
    return outages.page(request, "desk/interrupted.html", **context)


def outcome_of(request: HttpRequest, error: BaseException) -> Outcome:
    """Return what is certain about what was sent. One query or two, if anything was written at all."""
    edit: Edit | None = getattr(request, "edit", None)
    if edit is None or not edit.has_written_anything:
        return _nothing(error)
    if not edit.is_author:
        return Outcome.UNCERTAIN
    try:
        is_recorded = edit.is_recorded
    except DatabaseError:
        return Outcome.UNKNOWN
    if not is_recorded:
        return _nothing(error)
    return Outcome.PARTLY if edit.is_in_parts else Outcome.SAVED


def _nothing(error: BaseException) -> Outcome:
    """Return that nothing was saved, and why."""
    if isinstance(error, OSError):
        return Outcome.NO_FILES
    return Outcome.NO_MEMORY if isinstance(error, MemoryError) else Outcome.NOTHING


def noting_writes(edit: Edit) -> Callable[..., Any]:
    """Return a wrapper of database calls that notes on the edit whether anything but its session was written."""

    def execute(run: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not edit.has_written_anything and WRITING.match(sql):
            edit.has_written_anything = True
        return run(sql, params, many, context)

    return execute


def _is_form(request: HttpRequest) -> bool:
    """Return whether the page shows what was typed again, unsaved, when asked to."""
    match = request.resolver_match
    return match is not None and bool(FORM_PAGE.search(str(match.url_name)))
