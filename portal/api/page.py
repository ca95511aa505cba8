"""Show the page about the API, for people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.views.decorators.http import require_safe

from frameworks.pages.conditional import revalidated
from frameworks.pages.pictured import PageResponse, pictured
from pictures.card import titled

from .api import api


@dataclass(frozen=True, kw_only=True)
class ApiPage:
    """`operations` are those of the description that programs read, each with its path in steps."""

    operations: Sequence[Mapping[str, Any]]


@require_safe
@revalidated
@pictured(
    titled("API", "Everything on these pages, as JSON", "Read-only and open to everyone, without a key")
)
def index(request: HttpRequest) -> PageResponse:
    """Show each operation with its parameters, from the OpenAPI document that programs read."""
    paths = api.get_openapi_schema()["paths"]
    operations = [
        {"path": path, "steps": path.split("/")[1:], "is_whole": "{" not in path, **methods["get"]}
        for path, methods in paths.items()
    ]
    return PageResponse(request, "portal/api.html", ApiPage(operations=operations))
