"""The API as a whole: version 1, its addresses, its description for programs (OpenAPI) and for people."""

from typing import Any

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
from frameworks.models import Framework
from frameworks.pages.conditional import revalidated

from . import facts, judgement, schemas
from .parameters import ChangesForm, ListForm, ParameterRefused, documented, fields_of, understood
from .problems import PROBLEM, Problem, answer, problem

DESCRIPTION = """\
Everything that the pages say, for programs: read-only, open to all, without a key or a cookie.

- Scores and readings are steps from 1 to 5; weights whole numbers from 0 to 10; fits and bands points from 0 to 100;
  coverage the rated share of the weight, in percent, rounded down. No source, no score: such a cell is `silent`.
- Say with a score which criterion it is on, and link to its `page`, where the evidence stands.
- Lists come in parts of `limit`, at most 200, from `offset` on, with `total`, `next` and `previous`.
- Every answer has an `ETag`; sent back as `If-None-Match` it is answered by 304 while nothing has changed.
- What is not understood is refused: every error is a problem detail (RFC 9457, `application/problem+json`), and names
  the parameter.
- HEAD is answered as GET is. Programs on other sites may ask, too (CORS).
"""
#: Of the page to try it out.
LOOKS = {"layout": "BaseLayout", "deepLinking": True, "defaultModelsExpandDepth": 0, "docExpansion": "list"}


class Renderer(JSONRenderer):
    json_dumps_params = {"ensure_ascii": False}


class Docs(DocsBase):
    """Swagger UI within a page of ours. Left to itself it would have a stranger judge the description."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        settings = {"url": self.get_openapi_url(api, kwargs), "validatorUrl": None, **LOOKS}
        return render(request, "portal/api_docs.html", {"settings": settings})


class Api(NinjaAPI):
    """Its parameters are documented from the forms that read them: which criteria there are stands in the database."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**options)
        told = TypeAdapter(Problem).json_schema(ref_template=REF_TEMPLATE)
        schema["components"]["schemas"] |= {**told.pop("$defs"), "Problem": told}
        parameters = _parameters()
        for path, methods in schema["paths"].items():
            methods.pop("head", None)
            operation = methods["get"]
            operation["parameters"] += parameters.get(operation["operationId"], [])
            operation["responses"] |= _errors(path)
        return schema

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__


api = Api(
    title="Touchstone API",
    version="1.0",
    description=DESCRIPTION,
    urls_namespace="api",
    docs=Docs(),
    docs_decorator=lambda view: require_safe(revalidated(view)),
    renderer=Renderer(),
)
api.add_router("", facts.router)
api.add_router("", judgement.router)


@api.api_operation(
    facts.LOOKING, "/", summary="Where everything stands", response=schemas.Start, tags=["Start"]
)
@decorate_view(revalidated)
def start(request: HttpRequest) -> schemas.Start:
    """Where everything stands."""
    understood(request.GET)
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
def refused(request: HttpRequest, refusal: ParameterRefused) -> HttpResponse:
    detail = " ".join(f"{fault['parameter']}: {fault['detail']}" for fault in refusal.faults[:3])
    return answer(problem(request, 422, detail, refusal.faults))


@api.exception_handler(Http404)
def not_there(request: HttpRequest, missing: Http404) -> HttpResponse:
    return answer(problem(request, 404, str(missing)))


# What OpenAPI is told besides


def _parameters() -> dict[str, list[dict[str, Any]]]:
    """Of each operation, by its name, from the forms that read them."""
    nothing = QueryDict()
    everybody = [framework.slug for framework in Framework.objects.published()]
    matrix = fields_of(comparing.matrix(nothing).forms)
    beside = fields_of(comparing.side_by_side(nothing, everybody).forms)
    plain = list(documented(ListForm(nothing).fields))
    narrowed = list(documented(facts.narrowed(nothing).fields))
    return {
        "frameworks": plain,
        "criteria": plain,
        "sources": plain,
        "claims": narrowed,
        "ratings": narrowed,
        "matrix": list(documented(matrix, but=judgement.MERELY_SHOWN)),
        "compare": list(documented(beside, but=["baseline", *judgement.OF_THE_MATRIX])),
        "changes": list(documented(ChangesForm(nothing).fields)),
    }


def _errors(path: str) -> dict[str, dict[str, Any]]:
    """What may go wrong at an address. 304 is no error, but nothing either."""
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    told = {
        "404": "There is no such thing.",
        "422": "A parameter is not known or does not hold; `errors` names it.",
        "default": "Whatever else went wrong.",
    }
    if "{" not in path:
        del told["404"]
    return {
        "304": {"description": "Nothing has changed since the answer with this `ETag`."},
        **{status: {"description": text, "content": content} for status, text in told.items()},
    }
