"""List the pages on which facts are shown, so that a preview can link to them."""

from collections.abc import Iterable, Iterator, Mapping

from django.urls import reverse
from django.utils.text import capfirst

from frameworks.models import Criterion, Framework, Source, Versioned
from frameworks.record import past

#: The kinds of facts with a page of their own, on which other facts about them are shown as well.
SHOWN: dict[str, type[Versioned]] = {"framework": Framework, "criterion": Criterion, "source": Source}


def pages_about(named: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, str]]:
    """Yield the label and address of each page that shows facts about these slugs, given by kind as in SHOWN."""
    for kind, slugs in named.items():
        for slug in slugs:
            fact = past.by_name(SHOWN[kind], slug)
            label = capfirst(SHOWN[kind]._meta.verbose_name)
            yield f"{label} {fact or slug}", reverse(f"frameworks:{kind}", args=[slug])
    yield "Disagreements", reverse("frameworks:disagreements")
