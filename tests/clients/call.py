"""Call the API through the generated Python client: `python call.py http://127.0.0.1:8000`. Each answer is typed."""

import importlib
import sys
from typing import Any

CLIENT = importlib.import_module("touchstone_api_client").Client(base_url=sys.argv[1])

#: Each operation with its arguments, the type of its answer and, of a list, that of its entries.
CALLS: list[tuple[str, dict[str, Any], str, str]] = [
    ("start.start", {}, "Start", ""),
    ("facts.frameworks", {"limit": 2}, "FrameworkPage", "Framework"),
    ("facts.framework", {"slug": "django"}, "Framework", ""),
    ("facts.criteria", {"limit": 2}, "CriterionPage", "Criterion"),
    ("facts.criterion", {"slug": "security"}, "Criterion", ""),
    ("facts.sources", {"limit": 2}, "SourcePage", "Source"),
    ("facts.source", {"key": "003"}, "Source", ""),
    ("facts.claims", {"limit": 2}, "ClaimPage", "Claim"),
    ("facts.ratings", {"limit": 2, "after": "django/security"}, "RatingPage", "Rating"),
    ("facts.rating", {"framework": "django", "criterion": "security"}, "Rating", ""),
    ("comparisons.matrix", {"w_security": 9}, "ComparedPage", ""),
    ("comparisons.compare", {"versus": "django-vs-flask"}, "Compared", ""),
    ("comparisons.snapshot", {"snapshot_id": "a" * 26}, "Problem", ""),
    ("changes.changes", {"limit": 2}, "Changes", "Change"),
]


def main() -> None:
    for name, arguments, kind, entry in CALLS:
        operation = importlib.import_module(f"touchstone_api_client.api.{name}")
        answer = operation.sync_detailed(client=CLIENT, **arguments)
        found = type(answer.parsed).__name__
        entries = {type(item).__name__ for item in answer.parsed.items} if entry else {""}
        if (found, entries) != (kind, {entry}):
            sys.exit(
                f"{name}: {found} of {entries} instead of {kind} of {entry} (status {answer.status_code})"
            )


main()
