"""Count wrong passwords and codes, but none that were dated by a clock which has been put back since."""

from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

#: How long what was wrong counts, and how far ahead it may be dated: clocks of several machines differ a little.
SPAN: timedelta = settings.AXES_COOLOFF_TIME


def counted() -> dict[str, tuple[datetime, datetime]]:
    """Return what selects the tries that count: those dated far ahead must not lock an account for as long."""
    now = timezone.now()
    return {"attempt_time__range": (now - SPAN, now + SPAN)}


class Tries(AxesDatabaseHandler):
    """Counts wrong tries in the database."""

    def get_user_attempts(
        self, request: HttpRequest, credentials: dict[str, Any] | None = None
    ) -> list["QuerySet[Any]"]:
        tries = self.filter_user_attempts(request, credentials)
        return [each.filter(**counted()) for each in tries]

    def clean_expired_user_attempts(
        self, request: HttpRequest | None = None, credentials: dict[str, Any] | None = None
    ) -> int:
        number, _ = AccessAttempt.objects.exclude(**counted()).delete()
        return int(number)


def forgive(device: Any) -> None:
    """Forget the wrong codes of a device that are dated far ahead."""
    failed = device.throttling_failure_timestamp
    if failed is not None and failed > timezone.now() + SPAN:
        device.throttle_reset()
