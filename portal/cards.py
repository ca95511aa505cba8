"""The cards of these pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pictures.card import Bar, Card, Row, figures, part

from .search.documents import SearchPage


@dataclass(frozen=True, kw_only=True)
class ApiPage:
    """`operations` are those of the description that programs read, each with its path in steps."""

    operations: Sequence[Mapping[str, Any]]


def of_api(page: ApiPage) -> Card:
    return Card(
        "API",
        "Everything that the pages say, as JSON",
        "Read-only, open to any page and program, without a key",
        figures=figures((len(page.operations), "address|addresses")),
    )


def of_search(page: SearchPage) -> Card:
    asked = page.asked
    groups = page.results.narrower if page.results else []
    counts = [(group.label, group.total) for group in groups]
    most = max((count for _, count in counts), default=1)
    return Card(
        "Search",
        f"“{asked.q}”" if asked.q else "Frameworks, criteria, claims, questions",
        "" if asked.q else "Every cited claim can be found, with its source and line",
        parts=part(Row(name, f"{name} {count}", Bar(count / most), f"{count:,}") for name, count in counts),
        figures=figures((0, "find")) if asked.q and not counts else (),
        legend="Finds by kind" if counts else "",
    )
