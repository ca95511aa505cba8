"""Where success is told, offer to see what was saved and to undo it."""

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from frameworks.roles import may_publish


def undo_url(request: HttpRequest, changeset: UUID) -> str:
    """Return the address of the page that undoes the changeset; empty for somebody who may not see it."""
    return _url_of(request, "undo", changeset)


def with_undo(request: HttpRequest, sentence: str, changeset: UUID) -> SafeString:
    """Return the sentence with links to what was saved in the changeset, and to undoing it."""
    shown, undone = _url_of(request, "changeset", changeset), _url_of(request, "undo", changeset)
    links = format_html(' <a href="{}">Show what changed</a> <a href="{}">Undo</a>', shown, undone)
    return format_html("{}{}", sentence, links if shown else "")


def _url_of(request: HttpRequest, page: str, changeset: UUID) -> str:
    # What somebody else has to publish is not written yet.
    if not request.user.has_perm("frameworks.view_revision") or not may_publish(request.user):
        return ""
    return reverse(f"admin:frameworks_revision_{page}", args=[changeset])
