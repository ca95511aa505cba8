"""Find words in texts, whatever their case, accents and small typing errors, and rank the hits. Pure: no queries.

Words are folded here and not in the database, so that both databases find the same. Hits are ranked:

1. By name: documents with all words of the query in their name come first, and before these such as have no other
   word in it.
2. By points. Each word of the query gives a document the weight of the best passage that has it (a name 8, a heading
   4, a key word 2, a text 1), times how well it matches (as typed 1, as the beginning of a longer word 0.6, misspelt
   0.4), times how rare it is among all documents. The points of the words add up.
3. At equal points, in the order of the documents: frameworks and criteria come before claims.
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log
from operator import attrgetter

from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import extract, extractOne

from frameworks.text import folding
from frameworks.text.mangled import INVISIBLE

NAME, HEADING, KEY, TEXT = 8.0, 4.0, 2.0, 1.0
AS_TYPED, PREFIX, MISSPELT = 1.0, 0.6, 0.4
#: Left out of a query unless it has no other words.
STOP_WORDS = frozenset(
    "a an and are as at be by can do does for from has how i in is it my of on or should that the to vs what when"
    " which who why will with".split()
)
#: Characters of a longer text that are shown, and how many of them come before the first match.
EXCERPT, LEAD = 220, 60

#: A word: a number with its thousands separators, or letters with combining accents.
WORD = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)|[^\W_](?:[^\W_]|[\u0300-\u036f])*(?:[’'][sS]\b)?")
#: A piece of a text, and whether it is a match.
Piece = tuple[str, bool]


def folded(word: str) -> str:
    """Return a folded word without commas and possessive: `Naïve` as `naive`, `Django’s` as `django`."""
    return re.sub(r"'s$", "", folding.folded(word)).replace(",", "")


def stem(word: str) -> str:
    """Return a folded word without its plural s, so that `APIs` and `API` match."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def words(text: str) -> list[str]:
    """Return the folded words of a text, in its order."""
    return [word for match in WORD.findall(text.translate(INVISIBLE)) if (word := folded(match))]


@dataclass(frozen=True, slots=True)
class Passage:
    """One text of a document, with its label on the page and the weight of a word in it."""

    label: str
    text: str
    weight: float = TEXT


@dataclass(frozen=True, slots=True)
class Document:
    """Something to search. Its first passage is its name; `about` describes it where no other passage matches."""

    kind: str
    pk: int
    url: str
    passages: tuple[Passage, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that matches, with its matching words marked."""

    document: Document
    stems: AbstractSet[str]

    @property
    def title(self) -> list[Piece]:
        return marked(self.document.passages[0].text, self.stems)

    @property
    def texts(self) -> dict[str, list[Piece]]:
        """Return each passage in full, by its label."""
        return {passage.label: marked(passage.text, self.stems) for passage in self.document.passages}

    @property
    def why(self) -> tuple[str, list[Piece]] | None:
        """Return the label and an excerpt of the passage after the first that has most stems; None if none has any."""
        counted = [
            (len(self.stems & set(_stems(passage.text).values())), passage)
            for passage in self.document.passages[1:]
        ]
        most, best = max(counted, key=lambda pair: (pair[0], pair[1].weight), default=(0, None))
        return (best.label, excerpt(best.text, self.stems)) if best and most else None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The hits, best first. `partly`: no document has all words of the query, these have some of them."""

    hits: tuple[Hit, ...]
    partly: bool
    #: Words as typed that no document has, with the word that each was corrected to.
    read_as: Mapping[str, str]
    #: Words as typed that no document has, and that resemble none.
    missing: tuple[str, ...]


class Index:
    """An inverted index: documents by the words in them."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents = tuple(documents)
        #: For each stem the documents that have it, by number, each with the weight of its best such passage.
        self.places: dict[str, dict[int, float]] = {}
        #: For each document the stems in its name; none where its first passage is no name.
        self.names: list[frozenset[str]] = []
        #: Each folded word with its stem, for prefixes and misspellings.
        self.stems: dict[str, str] = {}
        for number, document in enumerate(self.documents):
            best: dict[str, float] = {}
            for passage in sorted(document.passages, key=attrgetter("weight")):
                stems = _stems(passage.text)
                self.stems.update(stems)
                best.update(dict.fromkeys(stems.values(), passage.weight))
            for root, weight in best.items():
                self.places.setdefault(root, {})[number] = weight
            first = document.passages[0]
            self.names.append(frozenset(_stems(first.text).values() if first.weight == NAME else ()))
        self.vocabulary = sorted(self.stems)

    def find(self, text: str) -> SearchResult:
        """Return the documents that have all words of a text, or else those that have some, ranked."""
        typed = words(text)
        typed = [word for word in dict.fromkeys(typed) if word not in STOP_WORDS] or typed
        readings = [self._readings(word) for word in typed]
        meant = {stem(word) for word in typed}
        for at, (first, second) in enumerate(pairwise(typed)):
            if (joined := stem(first + second)) in self.places:  # `fast api` is FastAPI
                readings[at][joined] = readings[at + 1][joined] = AS_TYPED
                meant.add(joined)
        read_as = {
            word: near
            for word, ways in zip(typed, readings, strict=True)
            if not ways and (near := self._nearest(word))
        }
        for word, ways in zip(typed, readings, strict=True):
            if word in read_as:
                ways[self.stems[read_as[word]]] = MISSPELT
                meant.add(self.stems[read_as[word]])
        order, partly = self._ranked([self._scores(ways) for ways in readings], meant)
        stems = frozenset(root for ways in readings for root in ways)
        missing = tuple(word for word, ways in zip(typed, readings, strict=True) if not ways)
        return SearchResult(tuple(Hit(self.documents[at], stems) for at in order), partly, read_as, missing)

    def suggestion(self, word: str) -> str | None:
        """Return the most similar word that is known, by Jaro-Winkler at least 0.82; None if there is none."""
        match = extractOne(word, self.vocabulary, scorer=JaroWinkler.similarity, score_cutoff=0.82)
        return match[0] if match else None

    def _readings(self, word: str) -> dict[str, float]:
        """Return the stems that a word matches, with how well: its own, and those of the words that begin with it."""
        root = stem(word)
        ways = {self.stems[longer]: PREFIX for longer in self._beginning_with(root)}
        if root in self.places:
            ways[root] = AS_TYPED
        return ways

    def _beginning_with(self, root: str) -> list[str]:
        if len(root) < 2:
            return []
        return self.vocabulary[
            bisect_left(self.vocabulary, root) : bisect_left(self.vocabulary, root + "\U0010ffff")
        ]

    def _nearest(self, word: str) -> str | None:
        """Return the most frequent word within one edit of a word of four letters or more, two of eight or more."""
        edits = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
        near = (
            extract(word, self.vocabulary, scorer=OSA.distance, score_cutoff=edits, limit=None)
            if edits
            else []
        )
        best = min(near, key=lambda match: (match[1], -len(self.places[self.stems[match[0]]])), default=None)
        return best[0] if best else None

    def _scores(self, ways: Mapping[str, float]) -> dict[int, tuple[float, bool]]:
        """Return, for each document that has one of the stems, its points, and whether the stem is in its name."""
        best: dict[int, float] = {}
        named: set[int] = set()
        for root, fit in ways.items():
            for number, weight in self.places[root].items():
                if best.get(number, 0) < fit * weight:
                    best[number] = fit * weight
                if weight == NAME:
                    named.add(number)
        rarity = log(1 + len(self.documents) / len(best)) if best else 0
        return {number: (points * rarity, number in named) for number, points in best.items()}

    def _ranked(
        self, scores: Sequence[Mapping[int, tuple[float, bool]]], meant: AbstractSet[str]
    ) -> tuple[list[int], bool]:
        """Return the numbers of the documents that have all words, or else of those that have some, best first.

        The second value says whether only some of the words were matched.
        """
        numbers = set(scores[0]).intersection(*scores[1:]) if scores else set()
        if partly := not numbers:
            numbers = {number for documents in scores for number in documents}

        def rank(number: int) -> tuple[float, ...]:
            own = [documents[number] for documents in scores if number in documents]
            is_named = len(own) == len(scores) and all(in_name for _, in_name in own)
            is_all = bool(self.names[number]) and self.names[number] <= meant
            return (-len(own), -(is_named + is_all), -sum(points for points, _ in own), number)

        return sorted(numbers, key=rank), partly and bool(numbers)


def marked(text: str, stems: AbstractSet[str]) -> list[Piece]:
    """Return the text in pieces, matching words separate from the text between them."""
    pieces: list[Piece] = []
    at = 0
    for match in WORD.finditer(text):
        if stem(folded(match[0])) in stems:
            pieces += [(text[at : match.start()], False), (match[0], True)]
            at = match.end()
    return [piece for piece in [*pieces, (text[at:], False)] if piece[0]]


def excerpt(text: str, stems: AbstractSet[str]) -> list[Piece]:
    """Return part of a long text, in pieces, from a little before the first match; a short text whole."""
    if len(text) <= EXCERPT:
        return marked(text, stems)
    first = next((match.start() for match in WORD.finditer(text) if stem(folded(match[0])) in stems), 0)
    start = text.rfind(" ", 0, first - LEAD) + 1 if first > LEAD else 0
    end = text.rfind(" ", start, start + EXCERPT) if start + EXCERPT < len(text) else len(text)
    part = text[start : end if end > start else start + EXCERPT]
    return marked(f"{'… ' if start else ''}{part}{' …' if end < len(text) else ''}", stems)


@lru_cache(maxsize=100_000)
def _stems(text: str) -> Mapping[str, str]:
    """Return the words of a text with their stems. Cached, because an edit leaves most texts unchanged."""
    return {word: stem(word) for word in words(text)}
