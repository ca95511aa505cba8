"""Read every request as UTF-8, as pages and forms of the portal are written, whatever charset it states.

Django would decode the parameters by it: one address would answer as several, of which one is kept for everybody. And
some codecs of Python decode no text at all, which Django takes for our fault.
"""

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters


class Utf8Request(WSGIRequest):
    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except ValueError:  # a parameter in a charset that nobody knows
            self.content_type, self.content_params = "", {}


class Utf8Handler(WSGIHandler):
    request_class = Utf8Request
