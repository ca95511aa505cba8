"""Write a line about each request, and count it for Prometheus: how it ended, how long it took, what it needed."""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.db import connections
from django.http import HttpRequest
from django.http.response import HttpResponseBase

logger = logging.getLogger("touchstone.requests")

#: What a line says of an address at most, in characters.
LONGEST = 2_000
DESK = "/admin/"

GetResponse = Callable[[HttpRequest], HttpResponseBase]
Execute = Callable[[str, Any, bool, dict[str, Any]], Any]


class QueryCount:
    """How many queries were sent to the database while this wrapped them."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(
        self, execute: Execute, sql: str, parameters: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        self.number += 1
        return execute(sql, parameters, many, context)


def observed(get_response: GetResponse) -> GetResponse:
    """Observe each request. It stands outside all other middleware, and is left out where nobody wants to know."""
    if not (settings.LOG_REQUESTS or settings.METRICS):
        raise MiddlewareNotUsed

    def respond(request: HttpRequest) -> HttpResponseBase:
        start, queries = perf_counter(), QueryCount()
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(queries))
            response = get_response(request)
        seconds, is_kept = perf_counter() - start, hasattr(request, "kept_answer")
        if settings.LOG_REQUESTS:
            fields = describe(request, response, seconds=seconds, queries=queries.number, is_kept=is_kept)
            logger.info("request", extra={"fields": fields})
        if settings.METRICS:
            from .metrics import count

            count(request, response, seconds=seconds, queries=queries.number, is_kept=is_kept)
        return response

    return respond


def describe(
    request: HttpRequest, response: HttpResponseBase, *, seconds: float, queries: int, is_kept: bool
) -> dict[str, object]:
    """Return what a line says: neither who asked, nor what was sent, nor what an editor searches for at the desk."""
    fields: dict[str, object] = {
        "request": getattr(request, "request_id", ""),
        "method": request.method,
        "path": request.path[:LONGEST],
        "status": response.status_code,
        "milliseconds": round(1_000 * seconds, 2),
        "queries": queries,
        "kept": is_kept,
    }
    if (query := request.META.get("QUERY_STRING")) and not request.path_info.startswith(DESK):
        fields["query"] = query[:LONGEST]
    return fields
