from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from desk.queues import digests


class Command(BaseCommand):
    help = "Sends each editor a mail about what is waiting for them, once a day at most, where DIGESTS is turned on."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DIGESTS:
            self.stdout.write("Digests are off, so none was sent. DIGESTS=on turns them on.")
            return
        sent, failed = digests.send_all(timezone.now())
        self.stdout.write(f"Digests sent: {sent}.")
        if failed:
            raise CommandError(f"Digests not sent: {failed}. The log says why. The next run tries again.")
