"""Assemble version 1 of the API: its addresses and its description for programs (OpenAPI) and for people."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.decorators import decorate_view
from ninja.openapi.docs import DocsBase
from ninja.openapi.schema import REF_TEMPLATE, OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import JSONRenderer
from pydantic import TypeAdapter

from comparisons.comparison import comparing
from frameworks.pages.conditional import revalidated

from . import facts, judgement, schemas
from .parameters import ChangesForm, ListForm, MatrixForm, ParameterRefused, documented, fields_of, validate
from .problems import PROBLEM, Problem, problem, problem_response

DESCRIPTION = """\
Everything on the pages, as JSON: read-only and open to everyone, without a key or a cookie.

- Scores and readings are steps from 1 to 5; weights whole numbers from 0 to 10; fits and bands points from 0 to 100;
  coverage is the rated share of the weight, in percent, rounded down. A cell that no source rates is `silent`.
- When you quote a score, name its criterion and link to its `page`, which shows the evidence.
- Lists are paginated: `limit`, at most 200, sets the size of a page, and each has `total` and the addresses of the
  `next` and the `previous` one. These name the entry `after` or `before` which a page lies, so that reading on neither
  repeats nor misses an entry while others are added. `offset` still works.
- Every response has an `ETag`. Sent back as `If-None-Match`, it is answered with 304 as long as nothing has changed.
- Invalid parameters are rejected. Every error is a problem detail (RFC 9457, `application/problem+json`), which names
  the parameter.
- HEAD requests are answered like GET. Scripts on other sites may use the API too (CORS).
"""
#: What of the description is written for people.
TEXTS = ("description", "summary")
#: Options of Swagger UI.
SWAGGER_OPTIONS = {
    "layout": "BaseLayout",
    "deepLinking": True,
    "defaultModelsExpandDepth": 0,
    "docExpansion": "list",
}


class Renderer(JSONRenderer):
    json_dumps_params = {"ensure_ascii": False}


class Docs(DocsBase):
    """Swagger UI within a page of ours. By default it would send the description to a validator on another site."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        settings = {"url": self.get_openapi_url(api, kwargs), "validatorUrl": None, **SWAGGER_OPTIONS}
        return render(request, "portal/api_docs.html", {"settings": settings})


class Api(NinjaAPI):
    """An API whose parameters are documented from the forms that read them, since the database holds the criteria."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        problem_schema = TypeAdapter(Problem).json_schema(ref_template=REF_TEMPLATE)
        schema["components"]["schemas"] |= {**problem_schema.pop("$defs"), "Problem": problem_schema}
        parameters = _parameters()
        for path, methods in schema["paths"].items():
            methods.pop("head", None)
            operation = methods["get"]
            operation["parameters"] += parameters.get(operation["operationId"], [])
            operation["responses"] |= _errors(path)
        schema.update(_worded(schema))
        return schema

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


api = Api(
    title=f"{settings.SITE_NAME} API",
    version="1.0",
    description=DESCRIPTION,
    urls_namespace="api",
    docs=Docs(),
    docs_decorator=lambda view: require_safe(revalidated(view)),
    renderer=Renderer(),
)
api.add_router("", facts.router)
api.add_router("", judgement.router)


@api.api_operation(facts.SAFE_METHODS, "/", summary="All endpoints", response=schemas.Start, tags=["Start"])
@decorate_view(revalidated)
def start(request: HttpRequest) -> schemas.Start:
    """List the addresses of all endpoints."""
    validate(request.GET)
    root = facts.page_of(reverse("api:api-root"))
    return schemas.Start(
        frameworks=f"{root}frameworks",
        criteria=f"{root}criteria",
        sources=f"{root}sources",
        claims=f"{root}claims",
        ratings=f"{root}ratings",
        matrix=f"{root}matrix",
        compare=f"{root}compare/{{first}}-vs-{{second}}",
        snapshots=f"{root}snapshots/{{id}}",
        changes=f"{root}changes",
        openapi=facts.page_of(reverse("api:openapi-json")),
        docs=facts.page_of(reverse("api:openapi-view")),
    )


@api.exception_handler(ParameterRefused)
def parameter_refused(request: HttpRequest, refusal: ParameterRefused) -> HttpResponse:
    """Return 422 with the first three faults as its detail, and all of them as its errors."""
    detail = " ".join(f"{fault['parameter']}: {fault['detail']}" for fault in refusal.faults[:3])
    return problem_response(problem(request, 422, detail, refusal.faults))


@api.exception_handler(Http404)
def not_found(request: HttpRequest, missing: Http404) -> HttpResponse:
    """Return 404 as a problem detail."""
    return problem_response(problem(request, 404, str(missing)))


# Additions to the OpenAPI document


def _parameters() -> dict[str, list[dict[str, Any]]]:
    """Return the query parameters of each operation, by its name, from the forms that read them."""
    # Forms leave out the optional fields that a query does not name.
    named, everything = QueryDict(mutable=True), comparing.every_parameter()
    for name in ("limit", "offset", "since", "after"):
        named.setlist(name, [])
    claims = facts.filter_form(named, facts.CLAIMS).fields
    matrix = fields_of([*comparing.matrix(everything).forms, MatrixForm(everything)])
    side_by_side = fields_of(comparing.side_by_side(everything, []).forms)
    return {
        "frameworks": list(documented(ListForm(named, facts.FRAMEWORKS).fields)),
        "criteria": list(documented(ListForm(named, facts.CRITERIA).fields)),
        "sources": list(documented(ListForm(named, facts.SOURCES).fields)),
        "claims": list(documented(claims)),
        "ratings": list(documented({**claims, **ListForm(named, facts.RATINGS).fields})),
        "matrix": list(documented(matrix, excluded=[*judgement.DISPLAY_ONLY, "of"])),
        "compare": list(
            documented(side_by_side, excluded=[*judgement.DISPLAY_ONLY_BESIDE, *judgement.MATRIX_ONLY])
        ),
        "changes": list(documented(ChangesForm(named).fields)),
    }


def _worded(part: Any) -> Any:
    """Return a part of the document whose texts say what is compared as the topic does."""
    if isinstance(part, dict):
        return {
            name: settings.TOPIC.worded(text) if name in TEXTS and isinstance(text, str) else _worded(text)
            for name, text in part.items()
        }
    return [_worded(each) for each in part] if isinstance(part, list) else part


def _errors(path: str) -> dict[str, dict[str, Any]]:
    """Return the error responses of a path, by status, and 304, which has no content either."""
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    descriptions = {
        "404": "It does not exist.",
        "422": "A parameter is unknown or invalid; `errors` names it.",
        "default": "Any other error.",
    }
    if "{" not in path:
        del descriptions["404"]
    return {
        "304": {"description": "Nothing has changed since the response with this `ETag`."},
        **{status: {"description": text, "content": content} for status, text in descriptions.items()},
    }
