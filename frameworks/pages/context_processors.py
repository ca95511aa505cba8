from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """The portal's name, where it lives and whether readers may object, for every page; and the proposal that a page
    is a preview of."""
    return {
        "SITE_NAME": settings.SITE_NAME,
        "SITE_URL": settings.SITE_URL.rstrip("/"),
        "OBJECTIONS": settings.OBJECTIONS,
        "preview_of": getattr(request, "preview_of", None),
    }
