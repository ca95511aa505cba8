"""Connections that send nothing, or half of a request, lie open at nginx: honest readers notice nothing."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from statistics import quantiles

from benchmarks.drills.scene import Row, Scene, at_most, row

from .site import Site, site, trusting

#: Open connections of each of three kinds, in the long form and in the short one.
CONNECTIONS = (1_300, 350)
#: Requests of honest readers, one after the other.
ASKED = (2_000, 300)
PATHS = ("/", "/frameworks/django/", "/compare/django-vs-flask/", "/sources/")
#: Of a request, what its sender stops after; nothing at all is the third kind.
HALVES = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    b"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9999\r\n\r\na",
)


def drill(scene: Scene) -> Iterator[Row]:
    with site(scene) as here, ExitStack() as stack:
        for _ in range(3):
            for path in PATHS:
                here.ask(path)
        number = scene.long(*CONNECTIONS)
        opened = [stack.enter_context(_open(here, half)) for half in (b"", *HALVES) for _ in range(number)]
        honest = [here.ask(PATHS[turn % len(PATHS)]) for turn in range(scene.long(*ASKED))]
        yield row(
            f"{len(honest)} pages are answered beside {len(opened)} half-open connections",
            *[each for each in honest if not each.is_answered],
        )
        slowest = quantiles([each.seconds for each in honest], n=100)[-1]
        yield at_most("the slowest of a hundred", 1_000 * slowest, 100, "ms")
        left = [connection for connection in opened if _is_open(connection)]
        yield at_most("connections that are still open after a while", len(left), 0, "connections")


def _open(here: Site, half: bytes) -> socket.socket:
    """Return a connection on which this was sent; without anything not even a greeting."""
    plain = socket.create_connection(("127.0.0.1", here.port), timeout=10)
    if not half:
        return plain
    connection = trusting().wrap_socket(plain, server_hostname="127.0.0.1")
    connection.sendall(half)
    return connection


def _is_open(connection: socket.socket) -> bool:
    """Return whether nginx has not let go of the connection 15 s after it was last heard of."""
    connection.settimeout(15)
    with suppress(TimeoutError):
        try:
            while connection.recv(65_536):
                pass
        except (ConnectionError, ssl.SSLError):
            pass
        return False
    return True
