"""Offer frameworks to choose from, also where they are too many for a page to list them all. No queries."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from django.conf import settings
from django.http import QueryDict
from django.urls import reverse
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import extractOne

from frameworks.catalogue import LISTED, Catalogue
from frameworks.facts import Facts
from frameworks.models import Framework

from .permalinks import View

#: The parameter that says what the text in `q` is for, with its values: to show the frameworks that contain it, or to
#: add the one that has this name. Without it the text belongs to something else.
SEARCH, SHOW, ADD = "search", "show", "add"
#: How many characters of a text are looked for.
LONGEST = 60
#: How alike a mistyped or truncated name must be to one that exists, and how many words of an address are looked at.
ALIKE, WORDS = 0.84, 24


def compared_at(slugs: Sequence[str], view: View, usual: Mapping[str, int]) -> str:
    """Return the address at which these two or more are compared: side by side, or if they are too many for that, in
    the matrix reduced to them. `usual` are the weights before any change that the visitor makes."""
    if len(slugs) <= settings.COMPARE_MAX:
        return view.side_by_side().url(reverse("comparisons:side_by_side", args=[list(slugs)]))
    return reduced(view, slugs, usual).url(reverse("comparisons:matrix"))


def reduced(view: View, slugs: Sequence[str], usual: Mapping[str, int]) -> View:
    """Return the view of the matrix reduced to these. Of a use case it has the weights alone: what it requires would
    hide some of them."""
    pinned = view.pinned(usual) if view.use_case else view
    return pinned.unfiltered().but(
        framework=(), open="", rows=(), why="", evidence="", among=tuple(sorted(slugs))
    )


def meant(text: str, catalogue: Catalogue) -> list[str]:
    """Return the slugs of the frameworks that a mistyped part of an address may name, each once, in its order.

    Names are found whole, in any punctuation, and else by the most similar slug.
    """
    words = [
        word for word in re.findall(r"[^\W_]+", text)[:WORDS] if word.lower() not in {"vs", "and", "versus"}
    ]
    found, start = [], 0
    while start < len(words):
        for end in range(min(len(words), start + 4), start, -1):
            part = words[start:end]
            exact = catalogue.named("-".join(part)) or catalogue.named(" ".join(part))
            if exact:
                found.append(exact.slug)
                start = end - 1
                break
        else:
            if len(words[start]) > 2 and (near := _nearest(words[start].lower(), catalogue)):
                found.append(near)
        start += 1
    return list(dict.fromkeys(found))


def _nearest(word: str, catalogue: Catalogue) -> str:
    similar = extractOne(word, list(catalogue.by_slug), scorer=JaroWinkler.similarity, score_cutoff=ALIKE)
    return similar[0] if similar else ""


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
