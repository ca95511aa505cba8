"""Tell a cache in front of the portal, such as that of deploy/nginx.conf, how long it may store an answer.

Such a cache announces itself by the header Surrogate-Capability. Browsers never learn of it: they revalidate each time.
"""

from collections.abc import Callable, Iterable
from time import time
from typing import Any

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers = list[tuple[str, str]]

#: The cache may answer others from what it has for a second more, while one request asks whether that is still true.
CACHE_CONTROL = ("Cache-Control", "stale-while-revalidate=1")
#: What only an answer has that is not for everybody, or says itself for how long it is true.
OWN = {"cache-control", "set-cookie"}


def cacheable(application: Application) -> Application:
    """Wrap an application so that its revalidated pages are fresh to a cache until the end of the present second.

    nginx counts in whole seconds: "one second" from now would be up to two.
    """

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "HTTP_SURROGATE_CAPABILITY" not in environ:
            return application(environ, start_response)

        def start(status: str, headers: Headers, *rest: Any) -> Any:
            return start_response(status, [*headers, *_freshness(status, headers)], *rest)

        return application(environ, start)

    return answer


def _freshness(status: str, headers: Headers) -> Headers:
    names = {name.lower() for name, _ in headers}
    if status[:3] not in {"200", "304"} or "etag" not in names or names & OWN:
        return []
    return [CACHE_CONTROL, ("X-Accel-Expires", f"@{int(time())}")]
