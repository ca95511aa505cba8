from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from benchmarks import measuring
from benchmarks.speed import load, running
from benchmarks.speed.journal import Journal, OtherTerms
from benchmarks.speed.plan import Terms

#: The lowest and highest value of each option: less measures nothing, more is a typing error.
BOUNDS = {"seconds": (1, 600), "repetitions": (1, 100), "connections": (1, 10_000), "minutes": (1, 24 * 60)}


class Command(BaseCommand):
    help = (
        "Measures how many requests a second each framework answers with one JSON endpoint, and stores the figures "
        "as a benchmark. Takes a while; broken off, it goes on where it stood."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        terms = Terms()
        for name, default, what in (
            ("seconds", terms.seconds, "How long one measurement takes"),
            ("repetitions", terms.repetitions, "How often each is made"),
            ("connections", terms.connections, "How many the load tool keeps open at once"),
            ("minutes", 60, "How long the whole may take"),
        ):
            parser.add_argument(f"--{name}", type=int, default=default, help=f"{what} ({default}).")
        parser.add_argument("--anew", action="store_true", help="Drop what an earlier run has measured.")
        parser.add_argument(
            "--fixture", metavar="FILE", type=Path, help="Write the benchmark to FILE as well."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        for name, (least, most) in BOUNDS.items():
            if not least <= options[name] <= most:
                raise CommandError(f"--{name} takes {least} to {most}.")
        terms = Terms(
            seconds=options["seconds"],
            repetitions=options["repetitions"],
            connections=options["connections"],
        )
        folder = settings.VAR_DIR / "benchmark"
        path = folder / "journal.jsonl"
        if options["anew"]:
            path.unlink(missing_ok=True)
        try:
            journal = Journal(path, running.conditions(terms))
        except load.NotMeasured as error:
            raise CommandError(str(error)) from error
        except OtherTerms as error:
            raise CommandError(
                "An earlier run was made under other terms, with other versions or on another machine: "
                "end it with these, or drop what it has measured with --anew."
            ) from error
        failures = self._run(journal, folder, options["minutes"])
        if failures is None:
            raise CommandError(f"{options['minutes']} minutes are over. Run it again: it goes on from here.")
        if not journal.results:
            raise CommandError("Nothing could be measured.")
        command = f"python manage.py benchmark --seconds {terms.seconds} --repetitions {terms.repetitions}"
        facts = measuring.store(journal, failures, command=f"{command} --connections {terms.connections}")
        path.unlink()
        self.stdout.write(f"Stored: {facts[0]}, {len(facts) - 1} figures.")
        if options["fixture"]:
            try:
                options["fixture"].write_text(measuring.fixture(facts), encoding="utf-8")
            except OSError as error:
                raise CommandError(f"It is stored, but not written as a fixture: {error}") from error

    def _run(self, journal: Journal, folder: Path, minutes: int) -> dict[str, str] | None:
        """Measure what remains; return the reason for each failure, or None if time ran out."""
        failures = {}
        number, of = 0, len(running.remaining(journal))
        for step in running.run(journal, folder / "environments", seconds=minutes * 60):
            number = step.number
            what = f"{step.application.name} under {step.server.name}"
            if step.failure:
                failures[what] = step.failure
            outcome = step.failure or f"{step.requests:,} requests a second"
            self.stdout.write(
                f"{number} of {of}: {what}, repetition {step.repetition}: {outcome}. "
                f"About {timedelta(seconds=step.left)} left."
            )
        return failures if number == of else None
