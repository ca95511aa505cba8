from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from portal.api.api import api

from . import health

# The other error pages are Django's own handlers with our templates: 403.html, 500.html.
handler400 = "desk.accounts.held_posts.too_much"
handler404 = "portal.missing.page_not_found"
handler500 = "frameworks.serving.outages.server_error"

if settings.METRICS:
    from .metrics import figures

    measured = [path("metrics", figures, name="metrics")]
else:
    measured = []

urlpatterns = [
    *measured,
    path("live/", health.live, name="live"),
    path("ready/", health.ready, name="ready"),
    path("admin/", admin.site.urls),
    path("api/v1/", api.urls),
    path("", include("frameworks.urls")),
    path("", include("comparisons.urls")),
    path("", include("portal.urls")),
]
