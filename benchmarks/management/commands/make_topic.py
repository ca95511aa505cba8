from time import perf_counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from benchmarks.topic.making import NotEmpty, Size, make

#: The lowest and highest value of each option.
BOUNDS = {"frameworks": (1, 10_000_000), "criteria": (1, 1_000), "rated": (0, 1_000), "seed": (0, 2**63)}


class Command(BaseCommand):
    help = (
        "Fills an empty database with a made-up topic: items, criteria, sources, claims and published ratings. "
        "The same numbers and the same seed give the same topic."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        for name, default, what in (
            ("frameworks", 1_000, "How many items"),
            ("criteria", 50, "How many scored criteria"),
            ("rated", 12, "Under how many of them an item is rated, on average"),
            ("seed", 1, "Which topic of this size"),
        ):
            parser.add_argument(f"--{name}", type=int, default=default, help=f"{what} ({default}).")

    def handle(self, *args: Any, **options: Any) -> None:
        for name, (least, most) in BOUNDS.items():
            if not least <= options[name] <= most:
                raise CommandError(f"--{name} takes {least:,} to {most:,}.")
        size, start = Size(options["frameworks"], options["criteria"], options["rated"]), perf_counter()
        try:
            counts = make(size, seed=options["seed"], progress=self._say if options["verbosity"] else None)
        except NotEmpty as error:
            raise CommandError(
                "The database holds facts already, and a topic is made in an empty one: "
                "let VAR_DIR or DATABASE_URL name another."
            ) from error
        lines = ", ".join(f"{count:,} {name}" for name, count in counts.items())
        self.stdout.write(f"Made in {perf_counter() - start:.0f} s: {lines}.")

    def _say(self, frameworks: int) -> None:
        if frameworks % 10_000 == 0:
            self.stdout.write(f"{frameworks:,} frameworks …")
