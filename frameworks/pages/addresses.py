"""Build the absolute addresses that pages, feeds and pictures publish."""

from django.conf import settings
from django.urls import Resolver404, get_script_prefix


def absolute(path: str) -> str:
    """Return the URL of a path under the portal's public address, whichever host the request named."""
    return f"{settings.SITE_URL}{path}"


def home() -> str:
    """Return the path of the front page: `/`, or the one below which the portal lies."""
    return get_script_prefix()


def below_home(path: str) -> str:
    """Return a path of ours as routes are matched with it. Raises Resolver404 for one outside the portal."""
    if not path.startswith(home()):
        raise Resolver404({"path": path})
    return f"/{path.removeprefix(home())}"
