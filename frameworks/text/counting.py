"""Hold what a rationale counts against the claims of its cell. Pure functions, without queries."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

WORDS = "no one two three four five six seven eight nine ten eleven twelve".split()
NUMBER = "|".join(WORDS[1:])
TIMES = {"once": 1, "twice": 2}


@dataclass(frozen=True)
class Said:
    """What the sources say in a cell: each claim's source, by its short name, and its reading (None: not read)."""

    claims: Sequence[tuple[str, int | None]]
    #: The short names of all sources of the portal.
    sources: Sequence[str]
    #: The median as text, empty where nothing is read.
    median: str

    @property
    def readings(self) -> Counter[str]:
        """Return how many readings each source has."""
        return Counter(source for source, reading in self.claims if reading is not None)

    @property
    def voices(self) -> Counter[str]:
        """Return how many claims each source has."""
        return Counter(source for source, _ in self.claims)


def miscounts(text: str, said: Said) -> Iterator[str]:
    """Yield a sentence for each count in the text that the claims do not bear out."""
    for sentence in re.split(r"(?<=[.;:!?])\s+", text):
        yield from _sources(sentence, said)
        yield from _readings(sentence, said)
        yield from _repetitions(sentence, said)
        for median in re.findall(
            r"(?<!its )\bmedian (?:of the sources |of these )?is (\d(?:\.\d+)?)", sentence
        ):
            if median != said.median:
                yield f"It says that the median is {median}, which is {said.median or 'nothing'}."


def _sources(sentence: str, said: Said) -> Iterator[str]:
    read, silent = len(said.readings), len(said.sources) - len(said.readings)
    for word in _numbers(rf"\b(?:all|the|both) (?:(?<=both )|({NUMBER}) )sources\b", sentence, default=2):
        if word != read:
            yield f"It says “{WORDS[word]} sources”, and {read} have a reading."
    for word in _numbers(rf"\bother ({NUMBER}) sources\b", sentence):
        if word != silent:
            yield f"It says “the other {WORDS[word]} sources”, and {silent} have no reading."
    for word in _numbers(rf"(?<!all )(?<!the )(?<!other )\b({NUMBER}) sources\b", sentence):
        if word > read:
            yield f"It says “{WORDS[word]} sources”, and {read} have a reading."
    if silent and re.search(r"\b(?:all|every|each) sources?\b", sentence, re.IGNORECASE):
        yield f"It speaks of every source, and {silent} have no reading."
    yield from _only(sentence, said)


def _only(sentence: str, said: Said) -> Iterator[str]:
    """Yield a sentence where a source is said to be the only one and is not."""
    for name in said.sources:
        others = [source for source in said.readings if source != name]
        if others and re.search(
            rf"\bOnly {re.escape(name)}\b|\b{re.escape(name)}, the only source\b", sentence
        ):
            yield f"It says that only {name} speaks, and {others[0]} has a reading, too."
    if re.search(r"\b(?:Only one|One|the one) source\b", sentence) and len(said.readings) != 1:
        yield f"It speaks of one source, and {len(said.readings)} have a reading."


def _readings(sentence: str, said: Said) -> Iterator[str]:
    total = sum(said.readings.values())
    if re.search(r"\b(?:the|this) one (?:reading|line)\b", sentence) and total != 1:
        yield f"It speaks of one reading, and there are {total}."
    for word in _numbers(rf"\bits ({NUMBER}) readings\b", sentence):
        names = [name for name in said.sources if name in sentence] or list(said.readings)
        if word not in {said.readings[name] for name in names}:
            yield f"It says “its {WORDS[word]} readings”, and no source that it names has so many."


def _repetitions(sentence: str, said: Said) -> Iterator[str]:
    """Yield a sentence where something is said more often than any source has claims in the cell."""
    counts = [
        WORDS.index(word.lower()) for word in re.findall(rf"\b({NUMBER}) times\b", sentence, re.IGNORECASE)
    ]
    counts += [TIMES[word.lower()] for word in re.findall(r"\b(once|twice)\b", sentence, re.IGNORECASE)]
    named = [said.voices[name] for name in said.sources if name in sentence]
    most = max(named or said.voices.values(), default=0)
    for count in counts:
        if count > most:
            yield f"It says that something is said {count} times, and no source that it names has so many claims."


def _numbers(pattern: str, sentence: str, default: int = 0) -> Iterable[int]:
    for word in re.findall(pattern, sentence, re.IGNORECASE):
        yield WORDS.index(word.lower()) if word else default
