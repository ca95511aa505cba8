"""Answer while the database or the disk fails: 503 with words, and never a wrong reason.

What has to say more of itself, the desk and the API, registers its own answer below its addresses.
"""

import errno
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, InterfaceError, InternalError, OperationalError
from django.db.transaction import TransactionManagementError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.views.defaults import server_error as stock_server_error

from . import patience, replica
from .request_ids import request_id

logger = logging.getLogger(__name__)

Answer = Callable[[HttpRequest, BaseException], HttpResponse]

#: Seconds after which it is worth trying again.
RETRY_AFTER = 5
#: What the disk says when it is full, read-only or broken, or when no more files can be opened.
OF_THE_DISK = frozenset(
    {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.EACCES}
)

#: What the database says when it fails, and the machine without memory. The fourth is Django's, where a rollback to a
#: savepoint has failed in silence.
FAILURES = (OperationalError, InterfaceError, InternalError, TransactionManagementError, MemoryError)
#: Fields of public forms in which nobody types: they are sent again, and not shown.
UNTYPED = frozenset({"token", "homepage"})

_answers: dict[str, Answer] = {}


@dataclass(frozen=True)
class SentForm:
    """A public form as it was sent: its address, and its fields."""

    path: str
    pairs: list[tuple[str, str]]

    @classmethod
    def of(cls, request: HttpRequest) -> Self | None:
        """Return what the request has posted; None where it has posted nothing, or what cannot be read."""
        if request.method != "POST":
            return None
        try:
            fields = request.POST.lists()
        except (SuspiciousOperation, OSError):
            return None
        return cls(
            request.get_full_path(), [(name, str(value)) for name, values in fields for value in values]
        )

    @property
    def typed(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.pairs if name not in UNTYPED]


def register(prefix: str, answer: Answer) -> None:
    """Have requests below this path answered by a function of the request and the error. Called once, at the start."""
    _answers[prefix] = answer


def is_outage(error: BaseException | None) -> bool:
    """Return whether the error says that database, disk or memory fails, and not that the request, or we, are wrong."""
    if isinstance(error, OSError):
        return error.errno in OF_THE_DISK
    return isinstance(error, FAILURES) or type(error) is DatabaseError


def answer(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Return the 503 for this request, with when to try again. No queries."""
    if replica.has_failed(error):  # nobody sees this answer: the request is answered again
        return _outage(HttpResponse())
    logger.error("%s %s could not be answered: %s", request.method, request.path, replica.in_a_line(error))
    own = next((own for prefix, own in _answers.items() if request.path_info.startswith(prefix)), None)
    return _outage(own(request, error) if own else page(request, held=SentForm.of(request)))


def _outage(response: HttpResponse) -> HttpResponse:
    response.status_code = 503
    response.headers["Retry-After"] = str(RETRY_AFTER)
    response.headers["Cache-Control"] = "no-store"
    response.is_outage = True  # type: ignore[attr-defined]
    return response


def page(request: HttpRequest, template: str = "503.html", **context: Any) -> HttpResponse:
    """Return a page in the portal's look that needs neither the database nor collected files."""
    base = {
        "number": request_id(request),
        "SITE_NAME": settings.SITE_NAME,
        "is_sent": request.method == "POST",
    }
    return HttpResponse(render_to_string(template, {**base, **context}))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error outside the views, as while a session is saved: 503 if it is an outage, else Django's 500."""
    error = sys.exc_info()[1]
    return answer(request, error) if error and is_outage(error) else stock_server_error(request)


class OutagesMiddleware:
    """Limits how long a request waits for the database, and answers it when that fails."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        is_patient = request.path_info.startswith("/admin/")
        with patience.at_most(settings.DESK_PATIENCE if is_patient else settings.PATIENCE):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return answer(request, error) if is_outage(error) else None
