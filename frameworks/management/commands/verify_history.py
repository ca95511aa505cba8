from typing import Any

from django.core.management.base import BaseCommand, CommandError

from frameworks.models import Revision
from frameworks.record.replaying import divergences


class Command(BaseCommand):
    help = (
        "Replays the history and checks that every fact agrees with it. Names what differs, and then fails."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        sentences = list(divergences())
        for sentence in sentences:
            self.stderr.write(sentence)
        if sentences:
            raise CommandError(f"{len(sentences)} facts or changes do not agree with the history.")
        self.stdout.write(f"All facts agree with the {Revision.objects.count()} recorded changes.")
