"""Where success is told, offer to see what was saved, at the desk and as readers do, and to undo it."""

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from frameworks.models import Revision
from frameworks.roles import may_publish


def undo_url(request: HttpRequest, changeset: UUID) -> str:
    """Return the address of the page that undoes the changeset; empty for somebody who may not see it."""
    return _url_of(request, "undo", changeset)


def with_undo(request: HttpRequest, sentence: str, changeset: UUID) -> SafeString:
    """Return the sentence with links to what was saved in the changeset, to undoing it, and to its public page."""
    shown, undone = _url_of(request, "changeset", changeset), _url_of(request, "undo", changeset)
    links = format_html(' <a href="{}">Show what changed</a> <a href="{}">Undo</a>', shown, undone)
    return with_page(format_html("{}{}", sentence, links if shown else ""), public_page(changeset))


def with_page(sentence: str, url: str | None) -> SafeString:
    """Return the sentence with a link to where readers see what was saved, if they do."""
    link = format_html(' <a href="{}">See it on the site</a>', url) if url else ""
    return format_html("{}{}", sentence, link)


def public_page(changeset: UUID) -> str:
    """Return the address at which readers see the changeset; empty where they see none of it. One query."""
    is_shown = Revision.objects.public().filter(changeset=changeset).exists()
    return reverse("frameworks:changeset", args=[changeset]) if is_shown else ""


def _url_of(request: HttpRequest, page: str, changeset: UUID) -> str:
    # What somebody else has to publish is not written yet.
    if not request.user.has_perm("frameworks.view_revision") or not may_publish(request.user):
        return ""
    return reverse(f"admin:frameworks_revision_{page}", args=[changeset])
