"""Count requests of all processes for Prometheus, and show the figures at /metrics to whoever may see them.

It is imported only with METRICS on, because prometheus-client is installed only where somebody wants it.
"""

import os
from collections.abc import Iterator
from ipaddress import ip_address

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client import generate_latest as written
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from desk.keeping.last import last_backup
from frameworks.serving import version

METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
#: Seconds. A kept answer takes less than the first, a page that nobody has seen some tens of milliseconds.
BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter(
    "touchstone_requests",
    "Requests, by method, status and whether memory answered.",
    ["method", "status", "kept"],
)
SECONDS = Histogram(
    "touchstone_request_seconds", "Time until the answer was ready.", ["kept"], buckets=BUCKETS
)
QUERIES = Counter("touchstone_queries", "Queries to the database for requests.")


class RecordCollector(Collector):
    """Tells, when it is asked, whether the database answers, and when a fact was last changed and all backed up."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the figures, as far as they are known."""
        try:
            version.current(at_once=True)
            is_up = version.silent_since() is None  # a replica may go on
        except DatabaseError:
            is_up = False
        yield GaugeMetricFamily("touchstone_database_up", "Whether the database answers.", value=is_up)
        if is_up and (changed_at := version.changed_at()):
            yield GaugeMetricFamily(
                "touchstone_record_changed_timestamp_seconds",
                "When a fact was last changed.",
                value=changed_at.timestamp(),
            )
        if backup := last_backup():
            yield GaugeMetricFamily(
                "touchstone_last_backup_timestamp_seconds",
                "When the last backup was made.",
                value=backup.made_at.timestamp(),
            )


def count(
    request: HttpRequest, response: HttpResponseBase, *, seconds: float, queries: int, is_kept: bool
) -> None:
    """Count a request."""
    kept = "yes" if is_kept else "no"
    method = request.method if request.method in METHODS else "other"
    REQUESTS.labels(method, response.status_code, kept).inc()
    SECONDS.labels(kept).observe(seconds)
    QUERIES.inc(queries)


@require_safe
@cache_control(no_store=True)
def figures(request: HttpRequest) -> HttpResponse:
    """Show the figures of all processes to this machine and to whoever has the token; to others there is no page."""
    if not (_is_local(request) or _has_token(request)):
        raise Http404
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    registry.register(RecordCollector())
    return HttpResponse(written(registry), content_type=CONTENT_TYPE_LATEST)


def _is_local(request: HttpRequest) -> bool:
    """Return whether a program on this machine asks, and no proxy does so for somebody else."""
    if "HTTP_X_FORWARDED_FOR" in request.META:
        return False
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    token: str = settings.METRICS_TOKEN
    given = request.META.get("HTTP_AUTHORIZATION", "")
    return bool(token) and constant_time_compare(given, f"Bearer {token}")
