from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from comparisons.models import Snapshot
from desk.keeping.contents import one_moment
from desk.keeping.reasons import in_words
from desk.keeping.soundness import FAULTY, faults
from frameworks.models import Revision


class Command(BaseCommand):
    help = (
        "Checks the database: that the history replays to the facts, that constraints and triggers are there and hold,"
        " that permanent copies are what their addresses say. Names each fault and what to do, and then fails."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        try:
            with one_moment():
                for check, sentences in faults():
                    count += len(sentences)
                    for sentence in sentences:
                        self.stderr.write(sentence)
                    self.stderr.write(f"What to do: {check.remedy}")
                changes, copies = Revision.objects.count(), Snapshot.objects.count()
        except DatabaseError as error:
            raise CommandError(f"The database could not be checked: {in_words(error)}") from error
        if count:
            raise CommandError(
                f"{count} {'thing is' if count == 1 else 'things are'} wrong.", returncode=FAULTY
            )
        self.stdout.write(
            "Nothing is wrong: the history replays to the facts, constraints hold, permanent copies are as they were"
            f" saved. Recorded changes: {changes}. Permanent copies: {copies}."
        )
