"""Write as JSON which words of a drill the ratings hold, and which their histories say were added, with their versions.

`python -m benchmarks.drills.editing.recorded`, on the database of DATABASE_URL.
"""

import json
import re
from collections import Counter

import django

#: A word as the editors add them.
WORD = re.compile(r"\bw\d+-\d+\b")


def main() -> None:
    django.setup()
    from frameworks.models import Rating, Revision

    stored: list[str] = []
    added: list[str] = []
    steps = 0
    for rating in Rating.objects.filter(version__gt=1):
        stored += WORD.findall(rating.rationale)
        before: Counter[str] = Counter()
        for step in Revision.objects.of(rating).reverse():
            words = Counter(WORD.findall((step.after or {}).get("rationale", "")))
            added += (words - before).elements()
            steps, before = steps + bool(words != before), words
    print(json.dumps({"stored": stored, "recorded": added, "steps": steps}))


if __name__ == "__main__":
    main()
