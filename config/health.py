"""Two answers for whoever watches over the processes: is it alive, and may visitors be sent to it?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@cache_control(no_store=True)
def live(request: HttpRequest) -> HttpResponse:
    """The process answers. It asks nothing of the database: a restart would not cure that one."""
    return answer("ok")


@require_safe
@cache_control(no_store=True)
def ready(request: HttpRequest) -> HttpResponse:
    """The database is within reach and as the code expects it; otherwise 503 and the word for what is not."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return answer("database", status=503)
    return answer("migrations", status=503) if missing else answer("ok")


def answer(word: str, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{word}\n", content_type="text/plain; charset=utf-8", status=status)
