from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from frameworks.serving import version


def site(request: HttpRequest) -> dict[str, Any]:
    """Return what every template needs: the topic, the portal's name and address, where readers reach those who run it,
    whether they may object, today's date, when something was last recorded, which sections have nothing to show, and
    the proposal that the page is a preview of, if any."""
    return {
        "topic": settings.TOPIC,
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL.rstrip("/"),
        "CONTACT": settings.CONTACT,
        "OBJECTIONS": settings.OBJECTIONS,
        "today": timezone.localdate(),
        "changed_at": version.changed_at(),
        "empty_sections": version.empty_sections(),
        "preview_of": getattr(request, "preview_of", None),
    }
