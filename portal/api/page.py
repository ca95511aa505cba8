"""The page about the API, for people."""

from django.http import HttpRequest
from django.views.decorators.http import require_safe

from frameworks.pages.conditional import revalidated
from frameworks.pages.page import PageResponse
from frameworks.pages.pictured import pictured
from portal import cards

from .api import api


@require_safe
@revalidated
@pictured(cards.of_api)
def index(request: HttpRequest) -> PageResponse:
    """What can be asked for and how, from the description that programs read."""
    paths = api.get_openapi_schema()["paths"]
    operations = [
        {"path": path, "steps": path.split("/")[1:], "is_whole": "{" not in path, **methods["get"]}
        for path, methods in paths.items()
    ]
    return PageResponse(request, "portal/api.html", cards.ApiPage(operations=operations))
