"""Find words in texts, whatever their case, accents and small typing errors, and rank the hits. Pure: no queries.

Words are folded here and not in the database, so that both databases find the same. Hits are ranked:

1. By name: documents with all words of the query in their name come first, and before these such as have no other
   word in it.
2. By points. Each word of the query gives a document the weight of the best passage that has it (a name 8, a heading
   4, a key word 2, a text 1), times how well it matches (as typed 1, as the beginning of a longer word 0.6, misspelt
   0.4), times how rare it is among all documents. The points of the words add up.
3. At equal points, in the order of the documents: frameworks and criteria come before claims.

Of a question, the criterion that it is about comes first: the one with most of its words, or of their topics, in its
name and its own question.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import log
from operator import attrgetter

from django.conf import settings
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import extract, extractOne

from frameworks.text import folding
from frameworks.text.mangled import INVISIBLE

NAME, HEADING, KEY, TEXT = 8.0, 4.0, 2.0, 1.0
AS_TYPED, PREFIX, MISSPELT = 1.0, 0.6, 0.4
#: Left out of a query unless it has no other words.
STOP_WORDS = frozenset(
    "a an and are as at be by can do does for from has how i in is it my of on or should that the to vs what when"
    " which who why will with you your we they one there this us not".split()
) | {*settings.TOPIC.stop_words}
#: Words that begin a question.
ASKING = frozenset("are can do does has have how is should what when which who why will".split())
#: What people type for a word that is used here, in one word or two.
SYNONYMS = {typed: word for word, alike in settings.TOPIC.synonyms.items() for typed in alike}
#: The word in a criterion's name for what a question may call otherwise.
TOPICS = {word: name for name, said in settings.TOPIC.criterion_words.items() for word in said}
#: The kind of document that questions are about, and the kind that can be compared.
TOPIC, COMPARED = "criterion", "framework"
#: Characters of a longer text that are shown, and how many of them come before the first match.
EXCERPT, LEAD = 220, 60

#: Combining accents, vowel points and vowel signs of every script.
MARKS = "".join(
    map(chr, filter(lambda code: unicodedata.category(chr(code)).startswith("M"), range(0x300, 0x3100)))
)
#: A word: a number with its thousands separators, or letters with combining accents.
WORD = re.compile(rf"\d{{1,3}}(?:,\d{{3}})+(?!\d)|[^\W_](?:[^\W_]|[{MARKS}])*(?:[’'][sS]\b)?")
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
    """Something to search. Its first passage is its name; `about` describes it where no other passage matches. What is
    retired is found by its name, and neither compared nor what a question is about."""

    kind: str
    pk: int
    url: str
    passages: tuple[Passage, ...]
    about: str = ""
    slug: str = ""
    is_retired: bool = False


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
        #: Each document that can be compared, by the words of its name as one.
        self.compared = {
            "".join(words(document.passages[0].text)): document
            for document in self.documents
            if document.kind == COMPARED and not document.is_retired
        }
        self.longest = max((len(words(one.passages[0].text)) for one in self.compared.values()), default=0)

    def find(self, text: str) -> SearchResult:
        """Return the documents that have all words of a text, or else those that have some, ranked."""
        everything = words(text)
        is_question = len(everything) > 1 and (everything[0] in ASKING or text.rstrip().endswith("?"))
        everything = _joined(everything)
        typed = [word for word in dict.fromkeys(everything) if word not in STOP_WORDS]
        typed = typed or list(dict.fromkeys(everything))
        readings = [self._readings(word) for word in typed]
        meant = {stem(word) for word in everything}
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
        topics = self._topics(typed, readings) if is_question else []
        order, partly = self._ranked([self._scores(ways) for ways in readings], meant, topics)
        stems = frozenset(root for ways in readings for root in ways)
        missing = tuple(word for word, ways in zip(typed, readings, strict=True) if not ways)
        return SearchResult(tuple(Hit(self.documents[at], stems) for at in order), partly, read_as, missing)

    def named(self, text: str, read_as: Mapping[str, str]) -> list[Document]:
        """Return what a text names in full that can be compared, in its order, each once: `fast api` is FastAPI too."""
        said = [read_as.get(word, word) for word in words(text)]
        found: dict[str, Document] = {}
        at = 0
        while at < len(said):
            for length in range(self.longest + 1, 0, -1):
                if document := self.compared.get("".join(said[at : at + length])):
                    found.setdefault(document.slug, document)
                    at += length - 1
                    break
            at += 1
        return list(found.values())

    def suggestion(self, word: str) -> str | None:
        """Return the most similar word that is known, by Jaro-Winkler at least 0.82; None if there is none."""
        match = extractOne(word, self.vocabulary, scorer=JaroWinkler.similarity, score_cutoff=0.82)
        return match[0] if match else None

    def _readings(self, word: str) -> dict[str, float]:
        """Return the stems that a word matches, with how well: its own, and those of the words that begin with it."""
        root = stem(word)
        ways = {self.stems[longer]: PREFIX for longer in self._beginning_with(root)}
        for same in (root, stem(SYNONYMS.get(word, root))):
            if same in self.places:
                ways[same] = AS_TYPED
        return ways

    def _topics(self, typed: Sequence[str], readings: Sequence[Mapping[str, float]]) -> list[int]:
        """Return the numbers of the documents that a question in these words is about: those that ask the same, then
        the criterion with most of its words, if it has enough.

        A word in a criterion's name counts as two in its question, and one in its question is too little.
        """

        def likeness(number: int) -> int:
            name, asked = self.names[number], _stems(self.documents[number].about).values()
            return sum(
                2 * bool(name & {*ways, TOPICS.get(word, "")}) + bool(ways.keys() & set(asked))
                for word, ways in zip(typed, readings, strict=True)
            )

        wanted = {stem(word) for word in typed}
        same = [
            number
            for number, document in enumerate(self.documents)
            if document.kind != TOPIC and wanted == _telling(document.passages[0].text)
        ]
        topics = [
            number
            for number, document in enumerate(self.documents)
            if document.kind == TOPIC and not document.is_retired
        ]
        best = max(topics, key=likeness, default=None)
        return [*same, best] if best is not None and likeness(best) > 1 else same

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
        self,
        scores: Sequence[Mapping[int, tuple[float, bool]]],
        meant: AbstractSet[str],
        topics: Sequence[int],
    ) -> tuple[list[int], bool]:
        """Return the numbers of the documents that have all words, or else of those that have some, best first.

        Before them come the topics of a question, and of a question half of the words are the least. The second
        value says whether only some of the words were matched.
        """
        numbers = set(scores[0]).intersection(*scores[1:]) if scores else set()
        if partly := not numbers:
            matched = Counter(number for documents in scores for number in documents)
            enough = min(len(scores) / 2 if topics else 1, max(matched.values(), default=0))
            numbers = {number for number, count in matched.items() if count >= enough}
        numbers.update(topics)

        def rank(number: int) -> tuple[float, ...]:
            own = [documents[number] for documents in scores if number in documents]
            is_named = len(own) == len(scores) and all(in_name for _, in_name in own)
            is_all = bool(self.names[number]) and self.names[number] <= meant
            place = topics.index(number) if number in topics else len(topics)
            return (place, -len(own), -(is_named + is_all), -sum(points for points, _ in own), number)

        return sorted(numbers, key=rank), partly and bool(numbers)


def _telling(text: str) -> set[str]:
    """Return the stems of a text without the words that a query may leave out."""
    return {stem(word) for word in _joined(words(text)) if word not in STOP_WORDS}


def _joined(typed: Sequence[str]) -> list[str]:
    """Return the words, those that mean something together as one: `log in` as `login`."""
    found: list[str] = []
    for word in typed:
        if found and f"{found[-1]} {word}" in SYNONYMS:
            found[-1] += word
        else:
            found.append(word)
    return found


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
