"""Show the page about the API, for people."""

from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from frameworks.pages.conditional import revalidated
from frameworks.pages.pictured import pictured
from pictures.card import titled

from .api import api


@require_safe
@revalidated
@pictured(titled("API", "Everything that the pages say, as JSON", "Read-only and open to all, without a key"))
def index(request: HttpRequest) -> TemplateResponse:
    """Show each operation with its parameters, from the OpenAPI document that programs read."""
    paths = api.get_openapi_schema()["paths"]
    operations = [
        {"path": path, "steps": path.split("/")[1:], "is_whole": "{" not in path, **methods["get"]}
        for path, methods in paths.items()
    ]
    return TemplateResponse(request, "portal/api.html", {"operations": operations})
