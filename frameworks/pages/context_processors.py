from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Return what every template needs: the portal's name and address, whether readers may object, and the proposal
    that the page is a preview of, if any."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL.rstrip("/"),
        "OBJECTIONS": settings.OBJECTIONS,
        "preview_of": getattr(request, "preview_of", None),
    }
