"""Answer below the path of SITE_URL, where it has one, and nowhere else. A proxy passes the whole path on."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseNotFound
from django.http.response import HttpResponseBase

#: What programs on this machine ask the process for, wherever the portal is reached.
PROBES = frozenset({"/live/", "/ready/", "/metrics"})

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def below_a_path(get_response: GetResponse) -> GetResponse:
    """Take the portal's path off the one that is matched, and leave it in the one that pages link to.

    Django takes it for granted that the server has done so, and has put its own path before what was asked for.
    """
    prefix = settings.FORCE_SCRIPT_NAME
    if not prefix:
        raise MiddlewareNotUsed

    def respond(request: HttpRequest) -> HttpResponseBase:
        request.path = path = request.path_info
        if path == prefix or path.startswith(f"{prefix}/"):
            request.path_info = path.removeprefix(prefix)
        elif path not in PROBES:
            sentence = f"There is nothing here. {settings.SITE_NAME} is at {prefix}/.\n"
            return HttpResponseNotFound(sentence, content_type="text/plain; charset=utf-8")
        return get_response(request)

    return respond
