"""On which pages about one thing facts are shown, for whoever offers a look at them."""

from collections.abc import Iterable, Iterator, Mapping

from django.urls import reverse

from frameworks.models import Criterion, Framework, Source, Versioned
from frameworks.record import past

#: What has a page of its own on which the facts about it are shown.
SHOWN: dict[str, type[Versioned]] = {"framework": Framework, "criterion": Criterion, "source": Source}


def pages_about(named: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    """Yield a label and an address for each page that shows facts which name these: slugs by kind, as in SHOWN."""
    for kind, slugs in named.items():
        for slug in slugs:
            fact = past.by_name(SHOWN[kind], slug)
            yield f"{kind.capitalize()} {fact or slug}", reverse(f"frameworks:{kind}", args=[slug])
    yield "Disagreements", reverse("frameworks:disagreements")
