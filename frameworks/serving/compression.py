"""Compress answers, and mark every compressible one as varying by Accept-Encoding, whether this one is or not."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django_http_compression.middleware import HttpCompressionMiddleware


class CompressionMiddleware(HttpCompressionMiddleware):
    """Compresses as its base does.

    A cache that has stored an answer to a client that takes none compressed must not hand it to all others, nor the
    reverse.
    """

    def maybe_compress(self, request: HttpRequest, response: HttpResponseBase) -> None:
        content_type = response.headers.get("Content-Type", "").partition(";")[0]
        if self.content_type_re.match(content_type):
            patch_vary_headers(response, ["Accept-Encoding"])
        super().maybe_compress(request, response)
