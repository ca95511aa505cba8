"""Tables that a drill imports."""

import csv
from pathlib import Path

from benchmarks.instances.instance import Instance


def write_ratings(instance: Instance, file: Path, **values: str) -> int:
    """Export all ratings as CSV, each with these values, and return how many they are."""
    instance.run("manage.py", "export_facts", "rating", str(file))
    with file.open(newline="") as table:
        rows = list(csv.DictReader(table))
    with file.open("w", newline="") as table:
        writer = csv.DictWriter(table, rows[0])
        writer.writeheader()
        writer.writerows({**each, **values} for each in rows)
    return len(rows)
