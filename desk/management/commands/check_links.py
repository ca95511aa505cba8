from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from desk.queues.link_runs import Busy, alone
from desk.queues.links import Door, check_all


class Command(BaseCommand):
    help = (
        "Checks whether the web addresses of sources and of what is compared still answer. The desk shows it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--limit",
            type=int,
            default=200,
            help="How many to check at most, those checked longest ago first (200). Each takes 15 seconds at most.",
        )

    def handle(self, *args: Any, limit: int, **options: Any) -> None:
        try:
            with alone():
                self._check(max(limit, 0))
        except Busy as busy:
            raise CommandError("Another check of links is running. Nothing was checked.") from busy

    def _check(self, limit: int) -> None:
        checks = dead = 0
        for check in check_all(Door(), at=timezone.now(), limit=limit):
            checks += 1
            if not check.is_alive:
                dead += 1
                self.stdout.write(f"{check.url}: {check.detail}")
        self.stdout.write(f"Checked {checks} addresses: {checks - dead} answer, {dead} do not.")
