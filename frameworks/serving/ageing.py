"""Mark an answer that may be older than the record, because the database fails: by headers, and on pages in words."""

import gzip
import re
import sys
from collections.abc import Callable, Mapping

import brotli
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django_http_compression.middleware import best_coding

from .compression import CompressionMiddleware

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DECODED: Mapping[str, Callable[[bytes], bytes]] = {
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    "zstd": zstd.decompress,
    "identity": bytes,
}
MAIN = re.compile(rb"<main\b[^>]*>")
LINE = '<p class="aged" role="note">The database cannot be reached at the moment. This page is as it was {} ago.</p>'


def aged(request: HttpRequest, response: HttpResponse, age: float) -> HttpResponse:
    """Return the answer with its age in seconds as a header, and a page with a line that says so.

    It is compressed as this client takes it. A page with the line is no longer what its ETag stands for, and has none.
    """
    response.headers["Age"] = str(int(age))
    response.headers["Warning"] = '110 - "Response is Stale"'
    if response.status_code != 200:
        return response
    coding = response.headers.get("Content-Encoding", "identity")
    content = DECODED[coding](response.content)
    is_html = response.headers.get("Content-Type", "").startswith("text/html")
    marked, count = MAIN.subn(_with_line(age), content, count=1) if is_html else (content, 0)
    if not count and coding in {"identity", best_coding(request.headers.get("Accept-Encoding", ""))}:
        return response
    for name in ("Content-Encoding", "X-Noise", *["ETag"] * count):
        response.headers.pop(name, None)
    response.content = marked
    response.headers["Content-Length"] = str(len(marked))
    _compression.maybe_compress(request, response)
    return response


def _with_line(age: float) -> Callable[[re.Match[bytes]], bytes]:
    line = LINE.format(in_words(age)).encode()
    return lambda main: main[0] + b"\n" + line


def in_words(age: float) -> str:
    """Return an age in seconds as readers say it, in the largest unit of which there is one."""
    for seconds, unit in ((86_400, "day"), (3_600, "hour"), (60, "minute")):
        if (count := int(age // seconds)) > 0:
            return f"{count} {unit}{'s' * (count > 1)}"
    return "less than a minute"


def _answered(request: HttpRequest) -> HttpResponseBase:
    raise NotImplementedError("Only the compression of this middleware is used.")


_compression = CompressionMiddleware(_answered)
