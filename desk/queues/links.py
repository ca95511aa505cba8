"""Whether the addresses that the portal names still answer. Only public ones are ever asked.

What an editor writes down, and what a server answers with a redirect, may name a machine that only this one can reach.
So each name is looked up once, the address is judged, and the connection goes to that very address: a second look-up
could give another. Redirects pass the same door. Nothing is read but the head of the answer, and nothing is sent along:
no cookies, no user names, no proxy of the environment.
"""

import socket
import ssl
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, InvalidURL
from io import BufferedReader, RawIOBase
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import SplitResult, urljoin, urlsplit

from django.conf import settings
from django.utils.encoding import iri_to_uri

from frameworks.models import Framework, LinkCheck, Source, Versioned
from frameworks.pages.addresses import absolute, home

Address = IPv4Address | IPv6Address

PORTS = {"http": 80, "https": 443}
REDIRECTS_MAX = 5
HEAD_MAX = 64 * 1024
REDIRECTS = {301, 302, 303, 307, 308}
#: Statuses of servers that answer, though they refuse the check.
GUARDED = {401, 403, 405, 406, 429}
SENTENCES = {404: "Not found (404)", 410: "Gone (410)"}
GLOBAL_UNICAST = IPv6Network("2000::/3")
NAT64 = IPv6Network("64:ff9b::/96")


class Unreachable(Exception):
    """Why there is no answer, in a sentence."""


@dataclass(frozen=True)
class LinkOutcome:
    is_alive: bool
    status: int | None
    detail: str = ""


# Which addresses may be checked


def is_public(address: Address) -> bool:
    """Return whether this is one machine on the public internet. An embedded IPv4 address is what is judged."""
    if isinstance(address, IPv4Address):
        return address.is_global and not (address.is_multicast or address.is_reserved)
    embedded = address.ipv4_mapped or address.sixtofour
    if address in NAT64:
        embedded = IPv4Address(int(address) & 0xFFFF_FFFF)
    if embedded is not None:
        return is_public(embedded)
    return address in GLOBAL_UNICAST and address.is_global and not address.teredo


def look_up(host: str, port: int) -> list[str]:
    """Return the addresses of the host from this machine's resolver, which sets its own time limit."""
    entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in entries))


@dataclass(frozen=True)
class Door:
    """What a check may connect to, and for how long. Tests use others."""

    look_up: Callable[[str, int], Sequence[str]] = look_up
    is_allowed: Callable[[Address], bool] = is_public
    ports: frozenset[int] = frozenset(PORTS.values())
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    connect_seconds: float = 5
    total_seconds: float = 15

    def addresses(self, host: str, port: int) -> list[str]:
        """Return the addresses of the host. Raises Unreachable when it has none, or one that may not be checked."""
        if port not in self.ports:
            raise Unreachable(f"Uses port {port}: only ports 80 and 443 are checked.")
        try:
            addresses = self.look_up(host, port)
        except (OSError, UnicodeError):
            addresses = []
        if not addresses:
            raise Unreachable("There is no such host")
        if not all(self.is_allowed(ip_address(address)) for address in addresses):
            raise Unreachable("Points to a private address, which is not checked")
        return list(addresses)


# Checking


class ResponseHead(RawIOBase):
    """What a server answers, as far as anybody wants to know it: so many bytes, and until its time is up."""

    def __init__(self, sock: socket.socket, until: float) -> None:
        self.sock, self.until, self.bytes_left = sock, until, HEAD_MAX

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.bytes_left:
            raise HTTPException(f"No end of the head within {HEAD_MAX} bytes.")
        self.sock.settimeout(seconds_until(self.until))
        count = self.sock.recv_into(memoryview(buffer)[: self.bytes_left])
        self.bytes_left -= count
        return count


class HeadResponse(HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, until: float, **options: Any) -> None:
        super().__init__(sock, *args, **options)
        self.fp.close()
        self.fp = BufferedReader(ResponseHead(sock, until))


def seconds_until(moment: float) -> float:
    """Return how many seconds are left to wait. Raises TimeoutError when there is no time left."""
    left = moment - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


class Knock(HTTPConnection):
    """A connection to the address that was judged, under the name that was looked up."""

    def __init__(self, url: SplitResult, door: Door, until: float) -> None:
        self.default_port = PORTS[url.scheme]
        super().__init__(url.hostname or "", url.port or self.default_port)
        self.tls = door.tls if url.scheme == "https" else None
        self.door, self.until = door, until
        self.response_class = partial(HeadResponse, until=until)  # type: ignore[assignment]

    def connect(self) -> None:
        self.sock = self._reach(self.door.addresses(self.host, self.port))
        self.sock.settimeout(seconds_until(self.until))
        if self.tls:
            self.sock = self.tls.wrap_socket(self.sock, server_hostname=self.host)

    def _reach(self, addresses: Sequence[str]) -> socket.socket:
        """Connect to the first that takes the connection. Raises the last one's error."""
        *others, last = addresses
        for address in others:
            with suppress(OSError):
                return self._open(address)
        return self._open(last)

    def _open(self, address: str) -> socket.socket:
        # A literal address: nothing is looked up again.
        timeout = min(self.door.connect_seconds, seconds_until(self.until))
        return socket.create_connection((address, self.port), timeout)


def check(url: str, door: Door) -> LinkOutcome:
    """Ask for the head of the page, and follow it where it leads. Never raises."""
    until = time.monotonic() + door.total_seconds
    try:
        return _follow(url, door, until)
    except Unreachable as reason:
        sentence = str(reason)
    except (OSError, HTTPException, ValueError) as error:
        sentence = "Timed out" if time.monotonic() >= until else _in_words(error)
    return LinkOutcome(is_alive=False, status=None, detail=sentence)


def _follow(url: str, door: Door, until: float) -> LinkOutcome:
    at = url
    for _ in range(1 + REDIRECTS_MAX):
        parts = urlsplit(at)
        if parts.scheme not in PORTS or not parts.hostname:
            raise Unreachable("Leads to something that is not a web address")
        status, to = _answer(parts, door, until)
        if status not in REDIRECTS or not to:
            return _judged(status, moved_to="" if at == url else iri_to_uri(at))
        at = urljoin(at, to)
    raise Unreachable(f"Redirects more than {REDIRECTS_MAX} times")


def _answer(url: SplitResult, door: Door, until: float) -> tuple[int, str]:
    """Return status and where it leads. Servers that know no HEAD, or answer it wrongly, are asked to GET."""
    with suppress(HTTPException):
        status, to = _ask("HEAD", url, door, until)
        if status < HTTPStatus.BAD_REQUEST:
            return status, to
    return _ask("GET", url, door, until)


def _ask(method: str, url: SplitResult, door: Door, until: float) -> tuple[int, str]:
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    with closing(Knock(url, door, until)) as knock:
        knock.request(method, iri_to_uri(target), headers={"User-Agent": user_agent(), "Accept": "*/*"})
        answer = knock.getresponse()  # the body stays where it is
        to = answer.getheader("Location") or ""
        answer.close()
        return answer.status, to.encode("latin-1", "replace").decode("utf-8", "replace")


def user_agent() -> str:
    return f"{settings.SITE_NAME} link check (+{absolute(home()).rstrip('/')})"


def _judged(status: int, moved_to: str) -> LinkOutcome:
    if status in GUARDED:
        return LinkOutcome(
            is_alive=True, status=status, detail=f"Answers, but does not allow checks ({status})"
        )
    if status < HTTPStatus.BAD_REQUEST:
        return LinkOutcome(
            is_alive=True, status=status, detail=f"Redirects to {moved_to}" if moved_to else ""
        )
    known = SENTENCES.get(status)
    broken = "Server error" if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "Refused"
    return LinkOutcome(is_alive=False, status=status, detail=known or f"{broken} ({status})")


#: The first that fits.
FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (TimeoutError, "Timed out"),
    (ssl.SSLCertVerificationError, "The certificate is not valid"),
    (ssl.SSLError, "A secure connection could not be made"),
    (ConnectionRefusedError, "The connection was refused"),
    (InvalidURL, "The address cannot be checked"),
    (ConnectionError, "The connection broke off without an answer"),
    (HTTPException, "The answer is not HTTP"),
    (OSError, "Cannot be reached"),
)


def _in_words(error: Exception) -> str:
    return next(
        (words for kind, words in FAILURES if isinstance(error, kind)), "The address cannot be checked"
    )


# What the portal names


def named() -> dict[str, list[Versioned]]:
    """Return every address with the facts that name it. Two queries."""
    facts: dict[str, list[Versioned]] = defaultdict(list)
    for source in Source.objects.exclude(url=""):
        facts[source.url].append(source)
    for framework in Framework.objects.all():
        for url in filter(None, dict.fromkeys((framework.website, framework.repository))):
            facts[url].append(framework)
    return dict(facts)


def check_all(door: Door, *, at: datetime, limit: int) -> Iterator[LinkCheck]:
    """Ask up to `limit` addresses, one after the other, beginning with those asked longest ago; note each answer.

    What is noted of addresses that nothing names any more is removed.
    """
    urls = named()
    LinkCheck.objects.exclude(url__in=urls).delete()
    last = dict(LinkCheck.objects.values_list("url", "checked_at"))
    for url in sorted(urls, key=lambda url: (last[url].timestamp() if url in last else 0, url))[:limit]:
        outcome = check(url, door)
        noted, _ = LinkCheck.objects.update_or_create(
            url=url,
            defaults={
                "checked_at": at,
                "is_alive": outcome.is_alive,
                "status": outcome.status,
                "detail": outcome.detail[:300],
            },
        )
        yield noted
