"""Build the absolute addresses that pages, feeds and pictures publish."""

from django.conf import settings


def absolute(path: str) -> str:
    """Return the URL of a path under the portal's public address, whichever host the request named."""
    return f"{settings.SITE_URL}{path}"
