"""State on every answer what browsers may do with it, whatever has made it: a page, a file, an error, a redirect."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

#: No page uses any of these. Pages copy addresses. Names that Chromium does not know would fill its console.
UNUSED = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "compute-pressure", "display-capture",
    "encrypted-media", "fullscreen", "gamepad", "geolocation", "gyroscope", "hid", "identity-credentials-get",
    "idle-detection", "local-fonts", "magnetometer", "microphone", "midi", "otp-credentials", "payment",
    "picture-in-picture", "publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock",
    "serial", "storage-access", "usb", "window-management", "xr-spatial-tracking",
)  # fmt: skip

EVERYWHERE = {
    "Permissions-Policy": ", ".join([*(f"{name}=()" for name in UNUSED), "clipboard-write=(self)"]),
    "X-Permitted-Cross-Domain-Policies": "none",
}
#: For an answer that is made before the page's own policy: a redirect to HTTPS.
NO_CONTENT_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def stated_everywhere(get_response: GetResponse) -> GetResponse:
    """Add the headers that all answers share. It stands outside all other middleware.

    Other sites may show pictures, what has said so itself (frames, the API), and with the frames, which have no origin
    of their own, static files; nothing else. Cross-Origin-Embedder-Policy is left out: it would keep pages from showing
    these frames, and pages share no memory that it would protect.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        headers = response.headers
        for name, value in EVERYWHERE.items():
            headers[name] = value
        is_shared = headers.get("Content-Type", "").startswith("image/") or request.path.startswith(
            settings.STATIC_URL
        )
        headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if is_shared else "same-origin")
        if not settings.DEBUG:  # its error pages have code and styles in them
            headers.setdefault("Content-Security-Policy", NO_CONTENT_POLICY)
        return response

    return respond
