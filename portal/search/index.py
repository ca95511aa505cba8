"""Finding words in texts: folded alike, ranked, small typing errors forgiven. Pure: no queries, no weights of criteria.

Folding happens here and not in the database, so that both databases find the same. How what is found is ranked:

1. By name: what has all words asked for in its name comes first, and more so what has no other word in it.
2. By points. Each word asked for gives a document: what the best passage counts that has it (a name 8, a heading 4, a
   key word 2, a text 1), times how well it fits (as typed 1, as the beginning of a longer word 0.6, forgiven 0.4),
   times how rare it is among all documents. The points of the words add up.
3. On equal terms, in the order in which the documents were given: frameworks and criteria come before claims.
"""

import re
import unicodedata
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

NAME, HEADING, KEY, TEXT = 8.0, 4.0, 2.0, 1.0
AS_TYPED, BEGINS, FORGIVEN = 1.0, 0.6, 0.4
#: What a question is padded with. Left out of it unless there is nothing else.
SMALL_WORDS = frozenset(
    "a an and are as at be by can do does for from has how i in is it my of on or should that the to vs what when"
    " which who why will with".split()
)
#: Longer texts are shown in part, from a little before the first word that was found.
EXCERPT, LEAD = 220, 60

#: A word as it stands: a number with its thousands in one, letters with the accents that stand by themselves.
WORD = re.compile(r"\d{1,3}(?:,\d{3})+(?!\d)|[^\W_](?:[^\W_]|[\u0300-\u036f])*(?:[’'][sS]\b)?")
#: Letters that no decomposition takes the accent from.
PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"})

#: A piece of a text, and whether it is what was found.
Piece = tuple[str, bool]


@lru_cache(maxsize=50_000)
def folded(word: str) -> str:
    """`Naïve` as `naive`, `34,000` as `34000`, `Django’s` as `django`."""
    bare = re.sub(r"[’']s$", "", word.casefold()).replace(",", "")
    apart = unicodedata.normalize("NFKD", bare)
    return "".join(letter for letter in apart if not unicodedata.combining(letter)).translate(PLAIN)


def stem(word: str) -> str:
    """A folded word without the s of its plural, so that `APIs` and `API` are one."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def words(text: str) -> list[str]:
    """The folded words of a text, in its order."""
    return [word for found in WORD.findall(text) if (word := folded(found))]


@dataclass(frozen=True, slots=True)
class Passage:
    """One text of a document: what it is called on the page, and what a word in it counts."""

    label: str
    text: str
    weight: float = TEXT


@dataclass(frozen=True, slots=True)
class Document:
    """Something that can be found. Its first passage is what it goes by; `about` describes it where nothing better
    was found."""

    kind: str
    pk: int
    url: str
    passages: tuple[Passage, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found, with the words that were found in it marked."""

    document: Document
    stems: AbstractSet[str]

    @property
    def title(self) -> list[Piece]:
        return marked(self.document.passages[0].text, self.stems)

    @property
    def texts(self) -> dict[str, list[Piece]]:
        """Each passage in full, by its label."""
        return {passage.label: marked(passage.text, self.stems) for passage in self.document.passages}

    @property
    def why(self) -> tuple[str, list[Piece]] | None:
        """The passage, besides the first, that has most of what was looked for, and as much of it as shows that."""
        found = [
            (len(self.stems & set(_stems(passage.text).values())), passage)
            for passage in self.document.passages[1:]
        ]
        most, best = max(found, key=lambda one: (one[0], one[1].weight), default=(0, None))
        return (best.label, excerpt(best.text, self.stems)) if best and most else None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """What was found, best first. `partly`: nothing has all words, these have some of them."""

    hits: tuple[Hit, ...]
    partly: bool
    #: Words as typed that nothing has, with the word that each was read as.
    read_as: Mapping[str, str]
    #: Words as typed that nothing has and nothing is like.
    missing: tuple[str, ...]


class Index:
    """Documents by the words in them."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self.documents = tuple(documents)
        #: For each stem the documents that have it, by number, with the weight of the best passage.
        self.places: dict[str, dict[int, float]] = {}
        #: Of what goes by a name, the stems in it.
        self.names: list[frozenset[str]] = []
        #: Each word as it is written, for beginnings and near misses, with its stem.
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
        asked = words(text)
        asked = [word for word in dict.fromkeys(asked) if word not in SMALL_WORDS] or asked
        readings = [self._readings(word) for word in asked]
        meant = {stem(word) for word in asked}
        for at, (one, other) in enumerate(pairwise(asked)):
            if (joined := stem(one + other)) in self.places:  # `fast api` is FastAPI
                readings[at][joined] = readings[at + 1][joined] = AS_TYPED
                meant.add(joined)
        read_as = {
            word: near
            for word, ways in zip(asked, readings, strict=True)
            if not ways and (near := self._nearest(word))
        }
        for word, ways in zip(asked, readings, strict=True):
            if word in read_as:
                ways[self.stems[read_as[word]]] = FORGIVEN
                meant.add(self.stems[read_as[word]])
        order, partly = self._ranked([self._scores(ways) for ways in readings], meant)
        stems = frozenset(root for ways in readings for root in ways)
        missing = tuple(word for word, ways in zip(asked, readings, strict=True) if not ways)
        return SearchResult(tuple(Hit(self.documents[at], stems) for at in order), partly, read_as, missing)

    def suggestion(self, word: str) -> str | None:
        """The word that is most like one that nothing has, however far from it."""
        found = extractOne(word, self.vocabulary, scorer=JaroWinkler.similarity, score_cutoff=0.82)
        return found[0] if found else None

    def _readings(self, word: str) -> dict[str, float]:
        """The stems that a word stands for, with how well they fit: its own, and those of the words that it begins."""
        root = stem(word)
        ways = {self.stems[longer]: BEGINS for longer in self._beginning_with(root)}
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
        """The word that was meant: one slip away from four letters on, two from eight on; the most frequent of such."""
        slips = 0 if len(word) < 4 else 1 if len(word) < 8 else 2
        near = (
            extract(word, self.vocabulary, scorer=OSA.distance, score_cutoff=slips, limit=None)
            if slips
            else []
        )
        best = min(near, key=lambda one: (one[1], -len(self.places[self.stems[one[0]]])), default=None)
        return best[0] if best else None

    def _scores(self, ways: Mapping[str, float]) -> dict[int, tuple[float, bool]]:
        """For each document with one of the words: its points, and whether its name has it."""
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
        """Documents with all words, or where there are none those with some, most words first; best first."""
        every = set(scores[0]).intersection(*scores[1:]) if scores else set()
        if partly := not every:
            every = {number for one in scores for number in one}

        def rank(number: int) -> tuple[float, ...]:
            own = [one[number] for one in scores if number in one]
            is_named = len(own) == len(scores) and all(in_name for _, in_name in own)
            is_all = bool(self.names[number]) and self.names[number] <= meant
            return (-len(own), -(is_named + is_all), -sum(points for points, _ in own), number)

        return sorted(every, key=rank), partly and bool(every)


def marked(text: str, stems: AbstractSet[str]) -> list[Piece]:
    """The text in pieces, the words that were found apart from what stands between them."""
    pieces: list[Piece] = []
    at = 0
    for found in WORD.finditer(text):
        if stem(folded(found[0])) in stems:
            pieces += [(text[at : found.start()], False), (found[0], True)]
            at = found.end()
    return [piece for piece in [*pieces, (text[at:], False)] if piece[0]]


def excerpt(text: str, stems: AbstractSet[str]) -> list[Piece]:
    """A long text from a little before the first word that was found; a short one whole."""
    if len(text) <= EXCERPT:
        return marked(text, stems)
    first = next((found.start() for found in WORD.finditer(text) if stem(folded(found[0])) in stems), 0)
    start = text.rfind(" ", 0, first - LEAD) + 1 if first > LEAD else 0
    end = text.rfind(" ", start, start + EXCERPT) if start + EXCERPT < len(text) else len(text)
    part = text[start : end if end > start else start + EXCERPT]
    return marked(f"{'… ' if start else ''}{part}{' …' if end < len(text) else ''}", stems)


@lru_cache(maxsize=100_000)
def _stems(text: str) -> Mapping[str, str]:
    """The words of a text with their stems. Kept, because after an edit most texts stand as they stood."""
    return {word: stem(word) for word in words(text)}
