"""Store the results of `manage.py benchmark` as a benchmark with figures, through `revisions`."""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils.formats import date_format

from benchmarks.speed.journal import Journal
from benchmarks.speed.plan import APPLICATIONS
from frameworks.models import Benchmark, Figure, Framework, Revision, Versioned
from frameworks.models.schema import state_of
from frameworks.record import revisions

from .speed import report

REASON = "Measured by manage.py benchmark."


def store(journal: Journal, failures: Mapping[str, str], *, command: str) -> list[Versioned]:
    """Store a new benchmark with a figure for each complete set of repetitions; return it, then the figures.

    `failures` gives the reason for each framework that was not measured. Unknown frameworks are left out.
    """
    by = revisions.Author("manage.py benchmark", Revision.Origin.IMPORT)
    days = [result.measured_on for result in journal.results.values()]
    with transaction.atomic():
        benchmark = _benchmark(
            max(days), report.method(journal.conditions), report.comment(failures), command
        )
        frameworks = Framework.objects.in_bulk(
            [application.slug for application in APPLICATIONS], field_name="slug"
        )
        facts: list[Versioned] = [
            benchmark,
            *(
                Figure(
                    benchmark=benchmark,
                    framework=frameworks[spread.framework],
                    setup=spread.setup,
                    server=spread.server,
                    release=spread.release,
                    value=spread.middle,
                    lowest=spread.lowest,
                    highest=spread.highest,
                )
                for spread in report.spreads(journal)
                if spread.framework in frameworks
            ),
        ]
        for fact in facts:
            revisions.save(fact, by=by, reason=REASON)
    return facts


def _benchmark(day: date, method: str, comment: str, command: str) -> Benchmark:
    stem = f"json-endpoint-{day.isoformat()}"
    existing = set(Benchmark.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug = next(
        slug for number in range(1, len(existing) + 2) if (slug := _nth(stem, number)) not in existing
    )
    last = Benchmark.objects.order_by("-position").first()
    return Benchmark(
        slug=slug,
        title=f"One JSON endpoint, measured by Touchstone on {date_format(day, 'j F Y')}",
        question="How many requests a second does each framework answer with a short JSON reply, on the same machine?",
        method=method,
        unsaid="\n".join(report.UNSAID),
        unit="requests a second",
        measured_on=day,
        command=command,
        comment=comment,
        position=last.position + 1 if last else 1,
    )


def _nth(stem: str, number: int) -> str:
    return stem if number == 1 else f"{stem}-{number}"


def fixture(facts: Sequence[Versioned]) -> str:
    """Return these facts as the JSON of a fixture, which `seed` reads."""
    entries = [{"model": fact._meta.label_lower, "fields": state_of(fact)} for fact in facts]
    return json.dumps(entries, indent=1, ensure_ascii=False) + "\n"
