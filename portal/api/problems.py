"""Answer errors of the API with problem details (RFC 9457), wherever they arise.

The middleware sees every response below `/api/`, also where Django itself resolves no view. `/api/` itself is a page
like others.
"""

import json
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import NotRequired

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.encoding import escape_uri_path
from typing_extensions import TypedDict

from frameworks.serving import outages
from frameworks.serving.request_ids import request_id

PREFIX = "/api/"
PROBLEM = "application/problem+json"
METHODS = "GET, HEAD, OPTIONS"
#: What browsers let scripts of other sites do: send any header but a cookie, and read these headers of the response.
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Expose-Headers": "Age, Allow, ETag, Link, Retry-After, X-Request-ID",
    "Access-Control-Max-Age": "86400",  # seconds
    "Cross-Origin-Resource-Policy": "cross-origin",
}
DETAILS = {
    400: "The request could not be read.",
    404: "There is nothing at this address. {api} lists the endpoints.",
    405: f"The API is read-only: the methods are {METHODS}.",
    500: "Something went wrong on our side. The error has been logged.",
    503: "The server cannot read what it needs at the moment. Try again after the seconds that Retry-After gives.",
}


class Fault(TypedDict):
    """A parameter of the address, and what is wrong with it."""

    parameter: str
    detail: str


class Problem(TypedDict):
    """Why the request failed. `errors` is present if parameters are invalid, with one entry for each fault."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: NotRequired[list[Fault]]


def problem(request: HttpRequest, status: int, detail: str = "", faults: Iterable[Fault] = ()) -> Problem:
    """Return the problem detail; `type` links to the documentation of parameters where these are at fault."""
    usual = DETAILS.get(status, f"{HTTPStatus(status).description or HTTPStatus(status).phrase}.")
    details = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail or usual.format(api=reverse("portal:api")),
        instance=escape_uri_path(request.path),
    )
    if errors := list(faults):
        details |= {
            "type": f"{settings.SITE_URL}{reverse('portal:api')}#parameters",
            "errors": errors,
        }
    return details


def problem_response(details: Problem) -> HttpResponse:
    """Return the problem as a response with its status."""
    return HttpResponse(as_json(details), status=details["status"], content_type=PROBLEM)


def as_json(details: Problem) -> bytes:
    """Return the problem as JSON in UTF-8."""
    return json.dumps(details, ensure_ascii=False).encode(errors="replace")


def open_to_programs(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Wrap the handler: below `/api/` scripts of any site may read, without cookies, and errors are problems."""

    def respond(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX) or request.path_info == PREFIX:
            return get_response(request)
        if request.method == "OPTIONS":
            return _with_cors(HttpResponse(status=204, headers={"Allow": METHODS}))
        response = get_response(request)
        if response.status_code >= 400 and response.get("Content-Type") != PROBLEM:
            response.content = as_json(problem(request, response.status_code))
            response.headers["Content-Type"] = PROBLEM
            # That of the page would make a client wait for more.
            response.headers["Content-Length"] = str(len(response.content))
        if response.status_code == 405:
            response.headers["Allow"] = METHODS
        return _with_cors(response)

    return respond


def database_away(request: HttpRequest, _: BaseException) -> HttpResponse:
    """Return the problem of a request that the database did not answer, with the number of the request."""
    if request.path_info == PREFIX:
        return outages.page(request)
    detail = f"{DETAILS[503]} The number of this request is {request_id(request)}."
    return _with_cors(problem_response(problem(request, 503, detail)))


def _with_cors(response: HttpResponse) -> HttpResponse:
    # Any cache may store it, but must revalidate it before each use, which costs one query.
    response.headers.setdefault(
        "Cache-Control", "public, no-cache" if response.status_code < 400 else "no-store"
    )
    for name, value in CORS.items():
        response.headers[name] = value
    return response
