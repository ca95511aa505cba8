"""Offer frameworks to choose from, also where they are too many for a page to list them all. No queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from django.http import QueryDict

from frameworks.catalogue import LISTED
from frameworks.facts import Facts
from frameworks.models import Framework

#: The parameter that says what the text in `q` is for, with its values: to show the frameworks that contain it, or to
#: add the one that has this name. Without it the text belongs to something else.
SEARCH, SHOW, ADD = "search", "show", "add"
#: How many characters of a text are looked for.
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Choice:
    """The slugs of the frameworks that are chosen. `is_open`: the visitor is still looking for others."""

    slugs: Sequence[str]
    is_open: bool

    @classmethod
    def read(cls, query: QueryDict, facts: Facts, ticked: Sequence[str]) -> Self:
        purpose = "" if facts.catalogue.are_listed else query.get(SEARCH)
        framework = facts.catalogue.named(query.get("q", "")) if purpose == ADD else None
        if framework is None:
            return cls(ticked, is_open=purpose in {SHOW, ADD})
        return cls(list(dict.fromkeys([*ticked, framework.slug])), is_open=False)


@dataclass(frozen=True, slots=True)
class Offer:
    """The frameworks that a page offers: all of them, or if they are many, those chosen and those that contain `q`.

    `total` is how many contain it; only the first `shown` of them are offered.
    """

    frameworks: Sequence[Framework]
    is_whole: bool
    q: str
    total: int
    shown: int

    @classmethod
    def read(cls, query: QueryDict, facts: Facts, chosen: Sequence[str]) -> Self:
        """Return the offer for the text in the query. `chosen` are the slugs of frameworks that exist."""
        everyone = facts.frameworks
        if facts.catalogue.are_listed:
            return cls(everyone, True, "", len(everyone), len(everyone))
        text = query.get("q", "").strip()[:LONGEST]
        found = facts.catalogue.find(text)
        first = found[:LISTED]
        others = [framework for framework in first if framework.slug not in chosen]
        return cls([*(facts.by_slug[slug] for slug in chosen), *others], False, text, len(found), len(first))
