"""Give each request a number, by which a reader's report, the log and the proxy's log speak of the same one."""

import re
from collections.abc import Callable
from contextvars import ContextVar
from logging import Filter, LogRecord
from secrets import token_hex

from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "X-Request-ID"
IN_META = "HTTP_X_REQUEST_ID"
#: What is taken over from a proxy. Anything else could break lines of the log, or pages that show it.
WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

_current: ContextVar[str] = ContextVar("request_id", default="-")


class RequestIdMiddleware:
    """Numbers requests: `request.request_id`, and a header of every answer. The proxy's number is taken over."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.META.get(IN_META, "")
        number = given if WELL_FORMED.fullmatch(given) else token_hex(16)
        request.request_id = number  # type: ignore[attr-defined]
        _current.set(number)  # until the next request of this thread: Django logs what it answered after us
        response = self.get_response(request)
        response.headers[HEADER] = number
        return response


def request_id(request: HttpRequest) -> str:
    """Return the number of the request; `-` for one that did not come through the server."""
    return getattr(request, "request_id", "-")


class RequestIdFilter(Filter):
    """Gives each line of the log the number of the request that it is about, or `-`."""

    def filter(self, record: LogRecord) -> bool:
        record.request_id = _current.get()
        return True
