"""Keep whole answers, compressed as they were sent, under the version, the canonical address and what tells them apart.

An answer is looked up by the address as it was typed, so most requests end here. An address with parameters that its
page does not know, or that change nothing, leads to the answer of the canonical one; it has none of its own.

While the database fails, an address goes on answering as it last did, and says how old that is.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic
from typing import NamedTuple, Self

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase, ResponseHeaders
from django.utils import timezone
from django.utils.http import parse_etags
from django_htmx.middleware import HtmxDetails
from django_http_compression.middleware import best_coding

from frameworks.text.mangled import untracked

from . import ageing, memory, outages, replica, version
from .stores import Store, Usage

KEEPABLE, HARMLESS = frozenset({"GET", "HEAD"}), frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: What a key covers. An answer that varies by anything else is not kept.
COVERED = frozenset({"hx-request", "hx-history-restore-request", "accept-encoding"})
#: Headers that describe the content, which an answer without content does not have.
OF_CONTENT = frozenset(
    {"content-type", "content-length", "content-encoding", "content-disposition", "x-noise"}
)
#: What an entry takes besides its content, in bytes, about: keys, headers, objects.
OVERHEAD = 2_000
#: What a key of the last answer takes besides its address, which it shares.
OF_A_KEY = 300
#: Answers that say how old they are while the database fails.
AGEING = frozenset({200, 304})


class Key(NamedTuple):
    """What tells answers apart: version and day of the facts, address, page or fragment, and how it is compressed."""

    mark: str
    day: int
    address: str
    is_fragment: bool
    coding: str

    def at(self, address: str) -> Self:
        return self._replace(address=address)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it left the portal."""

    headers: "ExaminedHeaders"
    content: bytes
    etags: frozenset[str]
    #: The headers of an answer without content, to a client that has it.
    bare_headers: "ExaminedHeaders"
    #: When it was made, by the monotonic clock.
    made_at: float


class ExaminedHeaders(ResponseHeaders):
    """Headers of which Django has found that they can be sent. To have it look again takes a tenth of the time of a
    kept answer."""

    def copy(self) -> Self:
        copy = type(self)({})
        copy._store.update(self._store)  # noqa: SLF001 - Django has no other way
        return copy


class KeptResponse(HttpResponse):
    """Stands for a kept answer until it has passed all that may still refuse the request."""

    def __init__(self, answer: KeptAnswer) -> None:
        super().__init__()
        self.answer = answer


_answers: Store[KeptAnswer] = Store(settings.ANSWERS_BYTES)
_addresses: Store[str] = Store(settings.ANSWERS_BYTES // 16)
#: The key of the last answer of each address, as page or fragment.
_last: Store[Key] = Store(settings.ANSWERS_BYTES // 16)


class AnswersMiddleware:
    """Answers from memory where it can, and keeps what it could not."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in KEEPABLE or not version.keeps() or not _is_public(request):
            response = self.get_response(request)
            if request.method not in HARMLESS:
                version.forget()
            return response
        response = replica.answered(self._answered, request)
        if getattr(response, "is_outage", False):
            return _last_answer(request) or response
        if (age := memory.age()) and isinstance(response, HttpResponse) and response.status_code in AGEING:
            return ageing.aged(request, response, age)
        return response

    def _answered(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self._respond(request)
        except DatabaseError as error:  # before a view is reached
            if not outages.is_outage(error):
                raise
            return outages.answer(request, error)

    def _respond(self, request: HttpRequest) -> HttpResponseBase:
        typed = request.get_full_path()
        key = _key(request, typed)
        request.answer_key = key  # type: ignore[attr-defined]
        answer = _answers.get(key)
        if answer is None and (address := _addresses.get((typed, key.is_fragment))):
            answer = _answers.get(key.at(address))
        if answer:
            return _response(request, answer)
        # Nothing here reads what tracks readers, so that the address without it has the same answer.
        response = shown_as(request, untracked(typed)) or self.get_response(request)
        canonical: Key = request.answer_key  # type: ignore[attr-defined]
        if canonical is not key:
            _addresses.put(
                (typed, key.is_fragment), canonical.address, len(typed) + len(canonical.address) + 200
            )
        if isinstance(response, KeptResponse):
            return _response(request, response.answer)
        if isinstance(response, HttpResponse) and _is_keepable(response) and not memory.age():
            _keep(canonical, response)
        return response


def shown_as(request: HttpRequest, address: str) -> KeptResponse | None:
    """Note that the address that was typed shows what this canonical one shows, and return its kept answer if any."""
    request.canonical_address = address  # type: ignore[attr-defined]
    key: Key | None = getattr(request, "answer_key", None)
    if key is None or key.address == address:
        return None
    request.answer_key = canonical = key.at(address)  # type: ignore[attr-defined]
    answer = _answers.get(canonical)
    return KeptResponse(answer) if answer else None


def canonical_address(request: HttpRequest) -> str:
    """Return the address under which the answer is known: as typed, unless its view has named another."""
    address: str = getattr(request, "canonical_address", "") or request.get_full_path()
    return address


def clear() -> None:
    _answers.clear()
    _addresses.clear()
    _last.clear()


def usage() -> Usage:
    """Return what this process keeps of its answers."""
    return _answers.usage()


def is_fragment(request: HttpRequest) -> bool:
    """Return whether htmx requests a fragment. When it restores the history it needs the whole page."""
    if "HTTP_HX_REQUEST" not in request.META:
        return False
    htmx = HtmxDetails(request)
    return bool(htmx) and not htmx.history_restore_request


def _is_keepable(response: HttpResponse) -> bool:
    if response.status_code != 200 or "ETag" not in response or response.cookies:
        return False
    vary = {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}
    return vary <= COVERED


def _is_public(request: HttpRequest) -> bool:
    """Return whether everybody gets the same here. A request for another host is refused further in."""
    if request.path_info.startswith(settings.NEVER_KEPT):
        return False
    try:
        request.get_host()
    except DisallowedHost:
        return False
    return True


def _key(request: HttpRequest, address: str) -> Key:
    coding = best_coding(request.META.get("HTTP_ACCEPT_ENCODING", ""))
    return Key(memory.served_mark(), timezone.localdate().toordinal(), address, is_fragment(request), coding)


def _last_answer(request: HttpRequest) -> HttpResponse | None:
    """Return what the address answered last, whatever the version, marked with its age; None if it is not kept."""
    typed, fragment = request.get_full_path(), is_fragment(request)
    address = _addresses.get((typed, fragment)) or typed
    key = _last.get((address, fragment))
    answer = _answers.get(key) if key else None
    if answer is None:
        return None
    return ageing.aged(request, _response(request, answer), monotonic() - answer.made_at)


def _keep(key: Key, response: HttpResponse) -> None:
    content, tag = response.content, response["ETag"]
    headers = dict(response.items())
    weak = f"W/{tag.removeprefix('W/')}"
    bare = {name: value for name, value in headers.items() if name.lower() not in OF_CONTENT}
    answer = KeptAnswer(
        ExaminedHeaders(headers), content, frozenset({tag, weak}), ExaminedHeaders(bare), monotonic()
    )
    _answers.put(key, answer, len(content) + len(key.address) + OVERHEAD)
    _last.put((key.address, key.is_fragment), key, len(key.address) + OF_A_KEY)


def _response(request: HttpRequest, answer: KeptAnswer) -> HttpResponse:
    request.kept_answer = answer  # type: ignore[attr-defined]
    known = request.META.get("HTTP_IF_NONE_MATCH")
    if known and (known in answer.etags or not answer.etags.isdisjoint(parse_etags(known))):
        response: HttpResponse = HttpResponseNotModified()
        response.headers = answer.bare_headers.copy()
    else:
        response = HttpResponse(answer.content)
        response.headers = answer.headers.copy()
    return response
