"""Addresses as they are told to others."""

from django.conf import settings


def absolute(path: str) -> str:
    """Under the portal's public address, by whichever name it was asked."""
    return f"{settings.SITE_URL}{path}"
