"""Answer the probes of a process manager: is the process alive, and is it ready for visitors?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(no_store=True)
def live(request: HttpRequest) -> HttpResponse:
    """Answer that the process is alive. The database is not checked: a restart would not repair it."""
    return plain_response("ok")


@require_safe
@cache_control(no_store=True)
def ready(request: HttpRequest) -> HttpResponse:
    """Answer whether the database is reachable and migrated; otherwise 503, naming which it is not."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return plain_response("database", status=503)
    return plain_response("migrations", status=503) if missing else plain_response("ok")


def plain_response(word: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{word}\n", content_type="text/plain; charset=utf-8", status=status)
