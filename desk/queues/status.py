"""How the installation is, for whoever looks after it: database, record, memory, and what runs besides the pages."""

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import django
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Max, Q
from django.http import HttpRequest, HttpResponse
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_safe

from desk.keeping.last import last_backup
from frameworks.models import Digest, LinkCheck
from frameworks.pages.conditional import release
from frameworks.roles import may_publish
from frameworks.serving import answers, pieces, replica, version
from frameworks.serving.ageing import in_words

#: After so long without a backup somebody should see to it.
BACKED_UP_EVERY = timedelta(days=2)


@dataclass(frozen=True)
class Condition:
    """One thing about the installation, and whether somebody should see to it."""

    subject: str
    words: str
    is_worrying: bool = False


def urls(site: admin.AdminSite) -> list[URLPattern]:
    return [path("status/", site.admin_view(require_safe(page)), name="status")]


def page(request: HttpRequest) -> HttpResponse:
    """Show the condition of the installation to reviewers."""
    if not may_publish(request.user):
        raise PermissionDenied
    request.current_app = admin.site.name
    shown = {**admin.site.each_context(request), "title": "Status", "conditions": [*conditions()]}
    return TemplateResponse(request, "desk/queues/status.html", shown)


def conditions() -> Iterator[Condition]:
    """Yield what there is to say, of the process that is asked where processes differ."""
    yield Condition("Database", _database())
    yield _migrations()
    mark, changed_at = version.current(at_once=True), version.changed_at()
    when = f"last changed on {_moment(changed_at)}" if changed_at else "nothing has been recorded"
    yield Condition("Version of the record", f"{mark}, {when}")
    if replica.is_set():
        yield _replica()
    yield Condition("Kept in memory by this process", _memory())
    yield _backup()
    yield from _link_check()
    yield _digests()
    yield Condition(
        "Release",
        f"{release()[:12]}, on Django {django.get_version()} and Python {platform.python_version()}",
    )


def _database() -> str:
    if connection.vendor == "postgresql":
        return f"PostgreSQL {connection.pg_version // 10_000}.{connection.pg_version % 10_000}"  # type: ignore[attr-defined]
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()")
        return f"SQLite {cursor.fetchone()[0]}"


def _migrations() -> Condition:
    executor = MigrationExecutor(connection)
    missing = [
        f"{migration.app_label} {migration.name}"
        for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())
    ]
    return Condition(
        "Migrations", f"missing: {', '.join(missing)}" if missing else "all applied", bool(missing)
    )


def _memory() -> str:
    if not settings.KEEP_IN_MEMORY:
        return "nothing: KEEP_IN_MEMORY is off"
    stores = {"answers": answers.usage(), "pieces of pages": pieces.usage()}
    return ", ".join(
        f"{usage.values:,} {what} ({filesizeformat(usage.bytes)} of {filesizeformat(usage.capacity)})"
        for what, usage in stores.items()
    )


def _replica() -> Condition:
    if not settings.KEEP_IN_MEMORY:
        return Condition("Replica", "is not read: KEEP_IN_MEMORY is off")
    return Condition("Replica", replica.in_words(), replica.is_worrying())


def _backup() -> Condition:
    backup = last_backup()
    if backup is None:
        return Condition("Last backup", "none is known: `manage.py backup` has not run", is_worrying=True)
    age = timezone.now() - backup.made_at
    when = f"{_moment(backup.made_at)}, {in_words(age.total_seconds())} ago"
    words = f"{when}: {backup.rows:,} rows in {backup.path}"
    return Condition("Last backup", words, is_worrying=age > BACKED_UP_EVERY)


def _link_check() -> Iterator[Condition]:
    checks = LinkCheck.objects.aggregate(
        last=Max("checked_at"), number=Count("pk"), dead=Count("pk", filter=Q(is_alive=False))
    )
    if checks["last"] is None:
        yield Condition("Last link check", "never: `manage.py check_links` has not run", is_worrying=True)
        return
    words = f"{_moment(checks['last'])}: {checks['number']:,} addresses, {checks['dead']:,} without an answer"
    yield Condition("Last link check", words)


def _digests() -> Condition:
    if not settings.DIGESTS:
        return Condition("Mails to editors", "off: DIGESTS is off")
    last = Digest.objects.aggregate(last=Max("day"))["last"]
    return Condition("Mails to editors", f"the last on {date_format(last)}" if last else "none so far")


def _moment(at: datetime) -> str:
    """Return a moment in UTC, to the minute."""
    return f"{date_format(timezone.localtime(at), 'j F Y, H:i')} UTC"
